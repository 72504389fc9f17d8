"""A plan is one text: the same plan gives the same bytes, any changed byte is found, anything else is refused as such."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.plan_file import canonical, digest, digest_of, dumps, loads, to_json
from reconciler.engine.planner import operations
from reconciler.errors import StalePlanError
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Label, Plan, Scope
from reconciler.model.state import Counts, Coverage, Provenance, Restrictions
from tests.engine.world import at as address
from tests.engine.world import change, changes, last, price, states, units
from tests.kinds.hotels import over

WHEN = datetime(2027, 3, 1, 6, 30, tzinfo=UTC)


def plan(**more: Any) -> Plan:
    """A plan with one of everything."""
    made = operations(
        [
            change(
                "expedia/availability/double", units(5), units(2, 0, 3).overlay(units(8, 3)), counts=over(Counts(3, 2))
            ),
            change("expedia/rates/double/BAR", price("90.00"), price("95.00", 0, 12)),
            change("booking.com/rates/double/BAR", None, price("95.00"), provenance=Provenance.UNKNOWN, unknown=10),
            change("booking.com/restrictions/double/BAR", None, over(Restrictions(min_stay=3))),
            change("expedia/rate_plan/double/LONG", None, {"name": "Séjour “long”", "active": True, "meal_plan": None}),
        ],
        {address("expedia/rates/double/BAR"): last(price("90.00"))},
    )
    values: dict[str, Any] = {
        "environment": "production",
        "as_of": WHEN,
        "workspace_digest": "ab" * 32,
        "scope": Scope(("lisbon-*",), ("*/expedia/**",), 30),
        "operations": made,
        "findings": (Diagnostic("a-b", "wörds", Severity.WARNING, "hint", "f.yaml", 3, 4, "x/y/z/k"),),
        "properties": ("lisbon-baixa",),
        "coverage": {("lisbon-baixa", "expedia"): Coverage(2, 1, 4, 4, ("Suite",), ())},
        "messages": 5,
        "commit": "c0ffee",
        "consents": ("blast_radius",),
    }
    return Plan(**{**values, **more})


def forged(**more: Any) -> str:
    """A file that says something else, with the digest that fits."""
    data = {**to_json(plan()), **more}
    data["digest"] = digest_of(data)
    return canonical(data) + "\n"


def test_a_plan_is_read_as_it_was_written() -> None:
    again, name = loads(dumps(plan()))
    assert again == plan()
    assert name == digest(plan()) == digest(again)
    assert {op.label for op in again.operations} >= {Label.HORIZON, Label.LOWER, Label.RAISE}
    bare = plan(commit=None, scope=Scope(), findings=(), coverage={}, operations=(), consents=())
    assert loads(dumps(bare))[0] == bare


@given(states())
def test_any_plan_is_read_as_it_was_written(state: Any) -> None:
    desired, observed, applied = state
    made = plan(operations=operations(changes(desired, observed), applied))
    again, _ = loads(dumps(made))
    assert again == made
    assert dumps(again) == dumps(made)


def test_the_file_has_what_the_commands_promise() -> None:
    data = json.loads(dumps(plan()))
    promised = "format_version tool_version environment commit workspace_digest as_of scope partial operations findings consents digest"
    assert set(promised.split()) <= set(data)
    for op in data["operations"]:
        assert {"address", "action", "before", "after", "provenance", "waits_for"} <= set(op)
    rates = next(op for op in data["operations"] if op["address"].endswith("expedia/rates/double/BAR"))
    assert rates["after"] == [{"from": "2027-03-01", "until": "2027-03-11", "value": {"price": "95.00"}}]
    assert data["partial"] is True


def test_the_text_is_canonical() -> None:
    text = dumps(plan())
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    assert "Séjour “long”" in text


def test_the_same_instant_in_another_time_zone_gives_the_same_bytes() -> None:
    there = WHEN.astimezone(timezone(timedelta(hours=9)))
    assert dumps(plan(as_of=there)) == dumps(plan())


def test_the_same_plan_gives_the_same_bytes_for_other_hash_seeds_locales_and_zones() -> None:
    program = "from tests.engine.test_plan_file import *; print(digest(plan()))"
    found = set()
    for seed, zone, language in (("0", "UTC", "C"), ("7", "Asia/Tokyo", "C.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
        found.add(done.stdout)
    assert found == {digest(plan()) + "\n"}


# --- nothing else is believed


@given(st.integers(0, len(dumps(plan())) - 2), st.sampled_from('0a"}{, \\é'))
def test_any_changed_character_is_found(place: int, other: str) -> None:
    text = dumps(plan())
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        with pytest.raises(StalePlanError):
            loads(changed)


@given(st.integers(0, len(dumps(plan())) - 2))
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(StalePlanError):
        loads(dumps(plan())[:length])


def test_another_spelling_of_the_same_plan_is_found() -> None:
    data = json.loads(dumps(plan()))
    for text in (json.dumps(data), json.dumps(data, indent=2), " " + dumps(plan())):
        with pytest.raises(StalePlanError, match="changed"):
            loads(text)


def test_a_key_said_twice_is_found_though_the_last_one_fits() -> None:
    text = dumps(plan())
    with pytest.raises(StalePlanError, match="changed"):
        loads('{"operations":[],' + text[1:])


def test_unknown_properties_of_a_known_version_are_accepted() -> None:
    data: Any = to_json(plan())
    operation, *others = data["operations"]
    text = forged(
        since="later",
        operations=[{**operation, "since": "later"}, *others],
        findings=[{**data["findings"][0], "since": "later"}],
    )
    assert loads(text)[0] == plan()


@pytest.mark.parametrize("version", [0, 2, "1", None, True, 1e300, [1], {"a": 1}])
def test_an_unknown_version_is_refused_by_name(version: Any) -> None:
    with pytest.raises(StalePlanError, match="format"):
        loads(forged(format_version=version))


def test_a_plan_without_its_digest_is_refused() -> None:
    data = to_json(plan())
    del data["digest"]
    with pytest.raises(StalePlanError):
        loads(canonical(data) + "\n")


_WRONG: list[tuple[str, Any]] = [
    ("environment", 7),
    ("as_of", "2027-03-01T06:30:00"),
    ("as_of", "yesterday"),
    ("as_of", 7),
    ("workspace_digest", None),
    ("scope", None),
    ("scope", {"properties": "abc", "targets": [], "window": None}),
    ("scope", {"properties": [1], "targets": [], "window": None}),
    ("scope", {"properties": [], "targets": [], "window": "30"}),
    ("scope", {"properties": [], "targets": [], "window": True}),
    ("operations", None),
    ("operations", [None]),
    ("operations", {"a": 1}),
    ("findings", [{"code": 1, "message": "m", "severity": "error"}]),
    ("findings", [{"code": "a", "message": "m", "severity": "fatal"}]),
    ("findings", [{"code": "a", "message": "m", "severity": "error", "line": "x"}]),
    ("findings", ["text"]),
    ("properties", "lisbon"),
    ("properties", [[]]),
    ("coverage", [{"property": "a"}]),
    ("coverage", 7),
    ("messages", "5"),
    ("messages", 5.5),
    ("messages", None),
    ("commit", {}),
    ("consents", ["a", 1]),
    ("consents", "blast_radius"),
]


@pytest.mark.parametrize(("key", "value"), _WRONG, ids=str)
def test_a_file_with_a_digest_that_fits_is_checked_all_the_same(key: str, value: Any) -> None:
    with pytest.raises(StalePlanError):
        loads(forged(**{key: value}))


_OPERATION: dict[str, Any] = {
    "address": "h/expedia/rates/double/BAR",
    "action": "update",
    "before": None,
    "after": [{"from": "2027-01-01", "until": "2027-01-02", "value": {"price": "1.00"}}],
    "provenance": "read_back",
    "waits_for": [],
}


def test_the_operation_that_the_next_tests_spoil_is_a_good_one() -> None:
    assert len(loads(forged(operations=[_OPERATION]))[0].operations) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "h/expedia/rates"},
        {"address": 7},
        {"address": "h/expedia/nothing/double"},
        {"action": "destroy"},
        {"before": {"price": "1.00"}},
        {"after": "1.00"},
        {"after": [{"from": "2027-01-01", "until": "2027-01-02", "value": {"price": "NaN"}}]},
        {"after": [{"from": "2027-01-01", "until": "2027-01-02", "value": None}]},
        {"provenance": "hearsay"},
        {"waits_for": "h/expedia/rates/double/BAR"},
        {"waits_for": ["h/expedia/rate_plan/double/BAR"]},
        {"waits_for": [1]},
        {"label": "sudden"},
        {"unknown_nights": "5"},
        {"counts": [{"from": "2027-01-01", "until": "2027-01-02", "left": "1", "sold": 2}]},
        {"counts": [{"from": "20270101", "until": "2027-01-02", "left": 1, "sold": 2}]},
        {"counts": 7},
    ],
    ids=str,
)
def test_a_spoilt_operation_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(StalePlanError):
        loads(forged(operations=[{**_OPERATION, **wrong}]))


def test_two_operations_of_one_id_are_refused() -> None:
    with pytest.raises(StalePlanError):
        loads(forged(operations=[_OPERATION, _OPERATION]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "null",
        "[]",
        "{}",
        "7",
        "NaN",
        '"text"',
        "\ufeff{}",
        "{" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"format_version":1,"x":' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"format_version":1,"x":' + "9" * 5_000 + "}",
        '{"format_version":' + "9" * 5_000 + "}",
        '{"format_version":1,"digest":"\\ud800"}',
        '{"format_version":1,"x":"\\ud800","digest":"a"}',
        '{"format_version":1,"digest":NaN}',
        '{"format_version":Infinity}',
        "\x00",
    ],
    ids=lambda text: text[:20],
)
def test_whatever_else_is_in_a_file_it_is_refused_as_no_plan(text: str) -> None:
    with pytest.raises(StalePlanError):
        loads(text)


def test_a_deep_document_with_a_digest_is_refused_or_read_but_never_crashes() -> None:
    for depth in (500, 990, 1500, 20_000):
        text = '{"digest":"x","format_version":1,"x":' + '{"a":' * depth + "1" + "}" * depth + "}"
        with pytest.raises(StalePlanError):
            loads(text)


def test_a_file_beyond_the_limit_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.engine import plan_file

    monkeypatch.setattr(plan_file, "MAX_BYTES", 100)
    with pytest.raises(StalePlanError, match="too large"):
        loads(dumps(plan()))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    st.sampled_from(sorted(to_json(plan()))),
)
def test_hostile_json_with_a_fitting_digest_is_a_plan_or_refused(value: Any, key: str) -> None:
    data = {**to_json(plan()), key: value}
    try:
        if key != "digest":
            data["digest"] = digest_of(data)
        text = canonical(data) + "\n"
    except (ValueError, UnicodeEncodeError):
        return
    try:
        read, name = loads(text)
    except StalePlanError:
        return
    assert name == data["digest"]
    loads(dumps(replace(read)))
