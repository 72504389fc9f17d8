"""`policies:` as it is written, and the parameters that checks are given; the schema takes and refuses the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from reconciler.load.schemas import schemas
from reconciler.model.diagnostics import Severity
from reconciler.model.policies import (
    Absolute,
    Basis,
    BlastRadius,
    Bounds,
    CredentialAge,
    Custom,
    Freeze,
    Inventory,
    MappedShare,
    ParityScope,
    Policy,
    Protection,
    RateBounds,
    RateParity,
    RateStep,
    Rule,
    Selection,
    Window,
)
from reconciler.model.share import Share
from tests.load.writing import WORKSPACE, loaded

ALL = """\
rate_parity: {within: 2%, basis: net, scope: narrow, markets: {US: wide, DE: {expedia: none}}, severity: warning}
rate_bounds:
  floor: {EUR: 60.00, JPY: 8000}
  overrides: {suites: {rooms: ["*suite*"], plans: [BAR], types: [bar], properties: [lisbon-*], ceiling: {EUR: 900}}}
rate_step: {percent: 12.5}
blast_radius: {operations: 1, properties: 2, deletions: 3, nights_closed: 4, allow: [booked_nights, last_mapping]}
inventory: {direct: 2, overbooking: 5%, overrides: {suites: {rooms: [suite], direct: 10%}}}
coverage: {rooms: 90%, rates: 80%}
freeze:
  christmas: {from: 2026-12-23T00:00, until: 2026-12-27, kinds: [rates], properties: [lisbon-*], severity: info}
  hours: {from: 2026-12-01T08:00, until: 2026-12-01T18:00, allow: true}
credential_age: {warn_before: 14d}
custom: {dear: {when: "percent > 40", message: too dear, severity: warning}}
"""
PARSED: dict[str, Policy] = {
    "rate_parity": RateParity(
        within=Decimal(2),
        basis=Basis.NET,
        scope=ParityScope.NARROW,
        markets={
            "US": {"expedia": ParityScope.WIDE, "booking.com": ParityScope.WIDE},
            "DE": {"expedia": ParityScope.NONE},
        },
        severity=Severity.WARNING,
    ),
    "rate_bounds": RateBounds(
        bounds=(
            Bounds(key="rate_bounds", floor={"EUR": Decimal(60), "JPY": Decimal(8000)}),
            Bounds(
                key="rate_bounds.overrides.suites",
                selected=Selection(properties=("lisbon-*",), rooms=("*suite*",), plans=("BAR",), types=("bar",)),
                ceiling={"EUR": Decimal(900)},
            ),
        )
    ),
    "rate_step": RateStep(percent=Decimal("12.5")),
    "blast_radius": BlastRadius(
        operations=1,
        properties=2,
        deletions=3,
        nights_closed=4,
        allow=frozenset({Absolute.BOOKED_NIGHTS, Absolute.LAST_MAPPING}),
    ),
    "inventory": Inventory(
        protections=(
            Protection(key="inventory", direct=Share(Decimal(2), False), overbooking=Share(Decimal(5), True)),
            Protection(
                key="inventory.overrides.suites",
                selected=Selection(rooms=("suite",)),
                direct=Share(Decimal(10), True),
            ),
        )
    ),
    "coverage": MappedShare(rooms=Decimal(90), rates=Decimal(80)),
    "freeze": Freeze(
        windows={
            "christmas": Window(
                start=datetime(2026, 12, 23),
                until=datetime(2026, 12, 27),
                kinds=("rates",),
                properties=("lisbon-*",),
                severity=Severity.INFO,
            ),
            "hours": Window(start=datetime(2026, 12, 1, 8), until=datetime(2026, 12, 1, 18), allow=True),
        }
    ),
    "credential_age": CredentialAge(warn_before=timedelta(days=14)),
    "custom": Custom(rules={"dear": Rule(when="percent > 40", message="too dear", severity=Severity.WARNING)}),
}


def policies(folder: Path, text: str) -> Mapping[str, Policy]:
    found = loaded(folder, {"reconciler.yaml": WORKSPACE + "policies:\n" + indented(text)})
    assert [one.message for one in found.diagnostics] == []
    return found.workspace.policies


def indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def test_every_key_becomes_a_parameter(tmp_path: Path) -> None:
    assert policies(tmp_path, ALL) == PARSED


def test_a_check_that_is_only_named_has_its_defaults(tmp_path: Path) -> None:
    names = "".join(f"{name}: {{}}\n" for name in PARSED)
    assert policies(tmp_path, names) == {
        "rate_parity": RateParity(),
        "rate_bounds": RateBounds(bounds=(Bounds(key="rate_bounds"),)),
        "rate_step": RateStep(),
        "blast_radius": BlastRadius(),
        "inventory": Inventory(protections=(Protection(key="inventory"),)),
        "coverage": MappedShare(),
        "freeze": Freeze(),
        "credential_age": CredentialAge(),
        "custom": Custom(),
    }


def schema_takes(text: str) -> bool:
    data = YAML(typ="safe", pure=True).load(WORKSPACE + "policies:\n" + indented(text))
    return Draft202012Validator(dict(schemas()["workspace.json"])).is_valid(plain(data))


def plain(data: Any) -> Any:
    """Dates as they are written: the schema speaks of what is written."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item) for item in data]
    return data if isinstance(data, (str, int, float, bool, type(None))) else data.isoformat()


@pytest.mark.parametrize(
    "wrong",
    [
        "rate_stap: {}",
        "rate_step: 40",
        "rate_step: {percent: 0}",
        "rate_step: {percent: 40%}",
        "rate_step: {severity: fatal}",
        "rate_parity: {within: 2}",
        "rate_parity: {scope: wild}",
        "rate_parity: {markets: {US: {hotels.com: wide}}}",
        "rate_parity: {markets: {US: wild}}",
        "rate_bounds: {floor: 60}",
        "rate_bounds: {floor: {EUR: 0}}",
        "rate_bounds: {overrides: {a: {types: [barr]}}}",
        "blast_radius: {operations: many}",
        "blast_radius: {allow: [everything]}",
        "inventory: {direct: -1}",
        "coverage: {rooms: 90}",
        "freeze: {a: {from: 2026-12-23T00:00}}",
        "freeze: {a: {from: 2026-12-23T00:00, until: 2026-12-24T00:00, kinds: [prices]}}",
        "credential_age: {warn_before: soon}",
        "custom: {a: {when: 'true'}}",
        "custom: {a: {when: 5, message: m}}",
        "custom: {a: {when: 'true', message: ''}}",
        "custom: {a: {when: '', message: m}}",
    ],
)
def test_the_schema_refuses_what_loading_refuses(tmp_path: Path, wrong: str) -> None:
    assert schema_takes(ALL)
    assert not schema_takes(wrong)
    found = loaded(tmp_path, {"reconciler.yaml": WORKSPACE + "policies:\n" + indented(wrong)}).diagnostics
    assert [one.severity for one in found][:1] == [Severity.ERROR]
    assert all(one.line > 0 for one in found)


def test_what_is_wrong_with_one_check_does_not_hide_the_others(tmp_path: Path) -> None:
    text = "rate_step: {percent: 0}\ncoverage: {rooms: 9}\nrate_parity: {}\ncustom: {a: {when: 'rom', message: m}}\n"
    found = loaded(tmp_path, {"reconciler.yaml": WORKSPACE + "policies:\n" + indented(text)})
    assert sorted(one.code for one in found.diagnostics) == ["bad-expression", "out-of-range", "wrong-type"]
    assert set(found.workspace.policies) >= {"rate_parity"}


def test_there_are_as_many_rules_as_can_be_read_in_no_time(tmp_path: Path) -> None:
    rules = [f"r{number}: {{when: 'percent > {number}', message: m}}" for number in range(101)]
    assert schema_takes(f"custom: {{{', '.join(rules[:100])}}}")
    assert not schema_takes(f"custom: {{{', '.join(rules)}}}")
    text = WORKSPACE + f"policies: {{custom: {{{', '.join(rules)}}}}}\n"
    (told,) = loaded(tmp_path, {"reconciler.yaml": text}).diagnostics
    assert (told.code, told.message) == ("out-of-range", "at most 100 rules, found 101")


def test_a_hostile_glob_is_answered_in_no_time() -> None:
    hostile = Selection(rooms=("*a" * 40 + "b",))
    assert not hostile.fits(slug="h", room="a" * 63)
