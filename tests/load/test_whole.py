"""The documents of the documentation load, agree with their schemas, and give the same whatever the order of things."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler import load
from reconciler.load import schemas
from reconciler.model.state import Allotments, Price
from tests.load.writing import HEAD, NOW, loaded, write

WHOLE = Path(__file__).parent / "whole"
FILES = ("reconciler.yaml", "properties/_defaults.yaml", "properties/iberia/lisbon-baixa.yaml")


def test_a_whole_workspace_loads_without_an_error() -> None:
    found = load.workspace(WHOLE, now=NOW)
    assert [one.code for one in found.diagnostics] == ["direct-gives-way"]
    (lisbon,) = found.properties
    bar = lisbon.rate_plans["BAR"]
    assert sorted(lisbon.rate_plans) == ["BAR", "BB", "LONG", "NREF"]
    assert bar.prices["suite", "direct"].runs[0].value == Price(Decimal("210.00"), ((1, Decimal("189.00")),))
    assert lisbon.rate_plans["BB"].base_rates["double", "expedia"] == Decimal("154.50")
    assert lisbon.allocation["double"].runs[0].value == Allotments(
        40, (("direct", 10), ("booking.com", 16), ("expedia", 14)), 2
    )
    assert len(lisbon.mappings["booking.com"].plans) == 8
    assert len(lisbon.mappings["expedia"].plans) == 5
    assert set(found.workspace.environments) == {"development", "staging", "production"}


@pytest.mark.parametrize("name", sorted(schemas.schemas()))
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schemas.schemas()[name])


def test_stale_schemas_are_named_and_written_anew(tmp_path: Path) -> None:
    assert schemas.check(tmp_path) == ["defaults.json", "inheriting.json", "property.json", "workspace.json"]
    schemas.write(tmp_path)
    assert schemas.check(tmp_path) == []
    (tmp_path / "property.json").write_text("{}")
    assert schemas.write(tmp_path) == ["property.json"]


def test_the_schemas_in_the_repository_are_up_to_date() -> None:
    assert schemas.check(Path(__file__).parents[2] / "schemas") == []


def test_layout_and_comments_do_not_change_the_digest_and_values_do(tmp_path: Path) -> None:
    digest = loaded(tmp_path, {"properties/x.yaml": HEAD}).digest
    reordered = "# a comment\n" + "".join(f"{line}   # why\n" for line in reversed(HEAD.splitlines()))
    assert loaded(tmp_path, {"properties/x.yaml": reordered}).digest == digest
    assert loaded(tmp_path, {"properties/x.yaml": HEAD + "horizon: 10\n"}).digest != digest
    ten = loaded(tmp_path, {"properties/x.yaml": HEAD + "rate_plans: {A: {type: bar, rates: {x: 9.50}}}\n"}).digest
    assert (
        loaded(tmp_path, {"properties/x.yaml": HEAD + "rate_plans: {A: {type: bar, rates: {x: 9.5}}}\n"}).digest == ten
    )
    assert (
        loaded(tmp_path, {"properties/x.yaml": HEAD + 'rate_plans: {A: {type: bar, rates: {x: "9.5"}}}\n'}).digest
        != ten
    )


_SCRIPT = """
import sys, pathlib, datetime
from reconciler import load
found = load.workspace(pathlib.Path(sys.argv[1]), now=datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.timezone.utc))
print(found.digest, found.diagnostics, found.properties, found.workspace)
"""


def _run(root: Path, seed: str, zone: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C" if seed == "1" else "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(root)], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_order_of_files_hash_seed_locale_and_time_zone_change_nothing(tmp_path: Path) -> None:
    texts = {f"properties/{name}.yaml": HEAD + "nonsense: 1\nhorizon: 0\n" for name in "dacb"}
    texts |= {file: (WHOLE / file).read_text() for file in FILES}
    one = write(tmp_path / "w", texts)
    first = _run(one, "1", "UTC")
    for path in sorted(one.rglob("*.yaml")):
        path.unlink()
    assert _run(write(one, dict(reversed(texts.items()))), "2", "Pacific/Auckland") == first
    assert json.dumps(first)
