"""The documents of the documentation load, agree with their schemas, and give the same whatever the order of things."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler import load
from reconciler.load import parse, schemas
from reconciler.model.state import Allotments, Price
from tests.load.writing import HEAD, NOW, loaded, write

WHOLE = Path(__file__).parent / "whole"
SCHEMA_OF = {
    "reconciler.yaml": "workspace.json",
    "properties/_defaults.yaml": "defaults.json",
    "properties/iberia/lisbon-baixa.yaml": "property.json",
}


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


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(("file", "schema"), sorted(SCHEMA_OF.items()))
def test_files_that_load_agree_with_their_schema(file: str, schema: str) -> None:
    data, problems = parse.parse((WHOLE / file).read_text())
    assert problems == []
    validator = Draft202012Validator(schemas.schemas()[schema])
    assert [error.message for error in validator.iter_errors(as_json(data))] == []


@pytest.mark.parametrize("name", sorted(schemas.schemas()))
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schemas.schemas()[name])


WRONG = [
    "seasns: {}",
    "rate_plans: {BAR: {type: bra}}",
    "rate_plans: {BAR: {type: bar, rates: {double: -1}}}",
    "rate_plans: {BAR: {type: bar, restrictions: {min_stay: 0}}}",
    "rate_plans: {BAR: {type: bar, rates: {double: {days: {frid: 9.00}}}}}",
    "weekend: [friday]",
    "providers: {expedia: {property_id: 5}}",
]


@pytest.mark.parametrize("line", WRONG)
def test_a_schema_refuses_what_loading_refuses(tmp_path: Path, line: str) -> None:
    assert loaded(tmp_path, {"properties/x.yaml": HEAD + line + "\n"}).properties == ()
    data, _ = parse.parse(HEAD + line + "\n")
    assert not Draft202012Validator(schemas.schemas()["property.json"]).is_valid(as_json(data))


def test_stale_schemas_are_named_and_written_anew(tmp_path: Path) -> None:
    assert schemas.check(tmp_path) == ["defaults.json", "property.json", "workspace.json"]
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
    texts |= {file: (WHOLE / file).read_text() for file in SCHEMA_OF}
    one = write(tmp_path / "w", texts)
    first = _run(one, "1", "UTC")
    for path in sorted(one.rglob("*.yaml")):
        path.unlink()
    assert _run(write(one, dict(reversed(texts.items()))), "2", "Pacific/Auckland") == first
    assert json.dumps(first)
