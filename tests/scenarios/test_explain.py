"""`explain`: every step with its line; what is explained is worked out once more, and is what was resolved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.cli.app import execute, program
from reconciler.load import workspace
from reconciler.load.explaining import Source, explain, fields_of, sources
from reconciler.load.explaining.addresses import DATED
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.state import Restrictions, Value
from reconciler.runtime.comparing import Side, wanted
from reconciler.wiring import CAPABILITIES
from tests.load.writing import write

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
LISBON = "properties/iberia/lisbon-baixa.yaml"


def run(*arguments: str, folder: Path = ROOT) -> Any:
    asked = ["explain", *arguments, "--workspace", str(folder), "--as-of", NOW.isoformat()]
    return CliRunner().invoke(program, asked)


def told(*arguments: str, folder: Path = ROOT) -> Any:
    shown = run(*arguments, "--format", "json", folder=folder)
    assert shown.stdout, shown.stderr
    return json.loads(shown.stdout)


def everything(folder: Path) -> tuple[dict[str, Source], dict[Address, Value]]:
    loaded = workspace(folder, now=NOW)
    assert [d for d in loaded.diagnostics if d.severity == "error"] == []
    side = Side("now", loaded, loaded.workspace.environments["development"])
    return sources(folder, NOW, ("**",)), wanted(side, CAPABILITIES)


def agrees(source: Source, address: Address, value: Value) -> None:
    """Explained on the nights around every change of the value, and on some others, it is what was resolved."""
    if not isinstance(value, Calendar):
        assert fields_of(source, address, value).value == value
        return
    window = source.hotel.window
    edges = {day + timedelta(days=step) for run in value for day in (run.start, run.until) for step in (-1, 0)}
    nights = sorted({*edges, *(window.start + timedelta(days=days) for days in range(0, 500, 41))})
    for night in nights[:: max(1, len(nights) // 25)]:
        if window.start <= night < window.until:
            found = explain(source, address, night).value
            nothing = Restrictions() if address.kind == "restrictions" else None
            assert (found or nothing) == (value.at(night) or nothing), (str(address), night)


def test_every_value_of_the_example_is_explained_as_it_is_resolved() -> None:
    known, values = everything(ROOT)
    checked = 0
    for address, value in values.items():
        if address.property in known:
            agrees(known[address.property], address, value)
            checked += 1
    assert checked > 200
    assert {address.kind for address in values} >= DATED


def test_values_that_are_inherited_shared_and_clamped_are_explained_as_they_are_resolved(tmp_path: Path) -> None:
    write(tmp_path, {
        "reconciler.yaml": "kind: Workspace\nenvironments: {development: {endpoints: local}}\n",
        "properties/_defaults.yaml": """\
kind: Defaults
weekend: [sat, sun]
seasons: {summer: [2026-12-10..2027-01-10], fair: {nights: 2026-12-20..2026-12-24, priority: 3}}
rate_plans:
  BAR:
    type: bar
    base: true
    occupancy: {1: -10%}
    rates: {double: {default: {EUR: 100.00, USD: 120.00}, seasons: {fair: {EUR: 150.00, USD: 170.00}}}}
    restrictions: {default: {min_stay: 2}, days: {weekend: {closed_to_arrival: true}}}
  LONG:
    type: long_stay
    derive: {from: BAR, change: [-12%, +1.00], round: {to: 5.00, mode: down}, floor: {EUR: 96.00}, ceiling: {EUR: 143.00}}
    providers: {expedia: {change: +2%, round: {to: 1.00, mode: up}}}
""",
        "properties/group/_defaults.yaml": """\
kind: Defaults
allocation: {"*": {default: {direct: 30%, expedia: 35%, booking.com: 35%}}}
""",
        "properties/group/house.yaml": """\
kind: Property
id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11
name: House
country: PT
currency: EUR
timezone: Europe/Lisbon
horizon: 90
providers: {expedia: {property_id: "1"}, booking.com: {hotel_id: "2"}}
rooms:
  double: {id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, units: {default: 11, overrides: {paint: {nights: 2026-12-01..2026-12-05, set: 7}}}}
  suite: {id: 11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202, units: 4, closed: {overrides: {pipe: {nights: 2026-12-03, set: true}}}}
mappings:
  expedia: {rooms: {double: "30", suite: "31"}, rate_plans: {BAR: {double: "8A", suite: "9A"}, LONG: {double: "10A"}}}
  booking.com: {rooms: {double: "40", suite: "41"}, rate_plans: {BAR: "7", LONG: "8"}}
allocation: {suite: {days: {weekend: {direct: 4, expedia: 0, booking.com: 0}}}}
rate_plans:
  BAR:
    rates: {suite: {derive: {from: double, change: +50.00}, overrides: {eve: {nights: 2026-12-31, set: 400.00}}}}
    room_restrictions: {suite: {seasons: {summer: {min_stay: null, max_stay: 9}}}}
  LONG: {rates: {double: {overrides: {gala: {season: fair, days: [tue], set: 111.00}}}}}
""",
    })  # fmt: skip
    known, values = everything(tmp_path)
    for address, value in values.items():
        if address.property in known:
            agrees(known[address.property], address, value)
    step = explain(known["house"], Address("house", "expedia", "rates", ("double", "LONG")), date(2026, 12, 7)).steps
    files = [one.place.file for one in step if one.place]
    assert set(files) == {"properties/_defaults.yaml"}
    assert "not below the floor 96.00" in [one.rule for one in step]


# --- every leaf of the example workspace


def leaves(node: Node, keys: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from leaves(value, (*keys, key.value))
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from leaves(item, (*keys, number))
    elif isinstance(node, ScalarNode):
        yield keys, node


FILES = [
    "reconciler.yaml",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "properties").rglob("*.yaml")),
]


@pytest.mark.parametrize("file", FILES)
def test_every_leaf_of_the_example_has_its_file_line_and_column(file: str) -> None:
    """Against the positions that another reader of YAML finds."""
    from reconciler.load.explaining import written
    from reconciler.load.files import read
    from reconciler.load.places import Places

    layers, places = [read(ROOT, file)], Places()
    slug = "_workspace" if file == "reconciler.yaml" else Path(file).stem
    found = list(leaves(YAML().compose((ROOT / file).read_text(encoding="utf-8"))))
    assert len(found) > 20
    for keys, node in found:
        answer = written(slug, keys, layers, places)
        assert answer is not None, keys
        place = answer.steps[0].place
        assert place is not None
        expected = (file, node.start_mark.line + 1, node.start_mark.column + 1)
        assert (place.file, place.line, place.column) == expected, keys
        assert str(answer.value).casefold() == node.value.removeprefix("+").casefold() or "+" in node.value, keys


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("rate_plans/BAR/rates/double/default", "        default: 120.00"),
        ("rate_plans/BAR/rates/suite/derive/change/1", "      suite: {derive:"),
        ("mappings/booking.com/rate_plans/LONG", '    rate_plans: {BAR: "77001"'),
        ("allocation/*/default/expedia", "    default: {direct: 25%"),
    ],
)
def test_a_leaf_is_found_by_its_path_on_the_command_line(path: str, line: str) -> None:
    lines = (ROOT / LISBON).read_text(encoding="utf-8").splitlines()
    step = told(f"lisbon-baixa/{path}")["steps"][0]
    assert step["file"] == LISBON
    assert lines[step["line"] - 1].startswith(line)


# --- as people see it


def test_a_price_is_told_step_by_step_to_what_the_provider_gets() -> None:
    found = told("lisbon-baixa/expedia/rates/double/BB", "--night", "2027-07-03")
    assert found["value"] == {"price": "221.45", "guests": {"1": "195.70"}}
    assert [(step["value"], step["rule"]) for step in found["steps"]] == [
        ("120.00", "default"),
        ("140.00", "weekend"),
        ("165.00", "season summer"),
        ("185.00", "season summer, weekend"),
        ("185.00", "starts from rate plan BAR"),
        ("215.00", "+30.00"),
        ("190.00", "for 1: -25.00"),
        ("221.45", "+3% at expedia, rounded once more"),
        ("195.70", "for 1 at expedia"),
    ]
    shown = run("lisbon-baixa/expedia/rates/double/BB", "--night", "2027-07-03").stdout
    assert f"{LISBON}:" in shown
    assert shown.rstrip().endswith("Value: 221.45 (1 guest 195.70)")


def test_what_was_overridden_is_named_with_its_line(tmp_path: Path) -> None:
    found = told("lisbon-baixa/booking.com/availability/suite", "--night", "2027-06-20")
    (season,) = [step for step in found["steps"] if step["rule"] == "default" and step.get("of") == "booking.com"]
    assert season["overrode"] == [
        {"file": LISBON, "line": season["overrode"][0]["line"], "column": season["overrode"][0]["column"]}
    ]
    assert season["overrode"][0]["line"] < season["line"]


def test_what_a_type_implies_says_so() -> None:
    found = told("lisbon-baixa/expedia/restrictions/double/LONG", "--night", "2027-04-14")
    assert ("implied by the type long_stay", 7) in [(step["rule"], step["value"]) for step in found["steps"]]
    assert found["value"]["min_stay"] == 7


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["lisbon-baixo/expedia/rates/double/BAR"], "did you mean `lisbon-baixa`?"),
        (["lisbon-baixa/expedia/rates/doubel/BAR"], "did you mean `lisbon-baixa/expedia/rates/double/BAR`?"),
        (["lisbon-baixa/rate_plans/BRA"], "keys of the YAML"),
        (["lisbon-baixa"], "such as"),
        (["lisbon-baixa/expedia/rates/double/BAR", "--night", "2031-01-01"], ""),
    ],
)
def test_what_does_not_exist_is_wrong_usage(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["explain", *arguments, "--workspace", str(ROOT), "--as-of", NOW.isoformat()]) == 64
    assert hint in capsys.readouterr().err
    assert DATABASE
