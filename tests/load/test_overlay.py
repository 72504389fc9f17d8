"""Inheritance: outer defaults, inner ones, the property; short forms; null; amounts per currency; where a value came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import load
from reconciler.load import overlay
from reconciler.model.calendar import Calendar
from reconciler.model.explanation import Place
from tests.load.writing import FILE, HEAD, ROOMS, SEASONS, TODAY, hotel, loaded

OUTER = "properties/_defaults.yaml"
INNER = "properties/group/_defaults.yaml"
DEEP = "properties/group/lisbon.yaml"

_KEYS = st.sampled_from(["a", "b", "c"])
_DOCUMENTS = st.dictionaries(
    _KEYS,
    st.recursive(
        st.one_of(st.none(), st.integers(0, 3), st.lists(st.integers(0, 3), max_size=2)),
        lambda inner: st.dictionaries(_KEYS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


def naive(under: Any, over: Any) -> Any:
    """The rule, word for word."""
    if not isinstance(over, dict):
        return over
    result = dict(under) if isinstance(under, dict) else {}
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = naive(result.get(key), value)
    return result


@given(st.lists(_DOCUMENTS, max_size=3))
@settings(max_examples=150, deadline=None)
def test_mappings_merge_scalars_and_lists_replace_null_removes(documents: list[dict[str, Any]]) -> None:
    expected: Any = {}
    for document in documents:
        expected = naive(expected, document)
    assert overlay.merged(documents) == expected


@given(st.lists(_DOCUMENTS, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_merging_in_two_steps_is_merging_in_one_where_nothing_is_removed(documents: list[dict[str, Any]]) -> None:
    kept = [overlay.merged([document]) for document in documents]
    assert overlay.merged([overlay.merged(kept[:-1]), kept[-1]]) == overlay.merged(kept)


def amount(found: Calendar[Any]) -> str:
    price = found.at(TODAY)
    return str(price.amount) if price else "none"


def test_the_innermost_file_wins(tmp_path: Path) -> None:
    files = {
        OUTER: "kind: Defaults\ncountry: PT\ncurrency: EUR\nhorizon: 10\nrate_plans: {BAR: {type: bar, name: Outer}}\n",
        INNER: "kind: Defaults\nhorizon: 20\nrate_plans: {BAR: {name: Inner, rates: {double: 90.00}}}\n",
        DEEP: HEAD + ROOMS + "rate_plans: {BAR: {rates: {suite: 120.00}}}\n",
    }
    found = loaded(tmp_path, files)
    assert found.diagnostics == ()
    (here,) = found.properties
    assert (here.window.until - here.window.start).days == 20
    assert here.rate_plans["BAR"].name == "Inner"
    assert amount(here.rate_plans["BAR"].prices["double", "direct"]) == "90.00"


def test_a_bare_value_is_the_default_of_its_calendar_also_when_merged(tmp_path: Path) -> None:
    defaults = "kind: Defaults\nrate_plans: {BAR: {type: bar, rates: {double: {default: 80.00, days: {tue: 70.00}}}}}\n"
    here = hotel(tmp_path, HEAD + ROOMS + "rate_plans: {BAR: {rates: {double: 99.00}}}\n", **{OUTER: defaults})
    prices = here.rate_plans["BAR"].prices["double", "direct"]
    assert [amount(prices), str(prices.runs[1].value.amount)] == ["70.00", "99.00"]


def test_null_removes_what_was_inherited(tmp_path: Path) -> None:
    defaults = "kind: Defaults\nrate_plans: {BAR: {type: bar, rates: {double: 80.00}}, BB: {type: bar, rates: {double: 1.00}}}\n"
    here = hotel(tmp_path, HEAD + ROOMS + "rate_plans: {BB: null}\n", **{OUTER: defaults})
    assert list(here.rate_plans) == ["BAR"]


def test_null_takes_a_field_of_a_night_away(tmp_path: Path) -> None:
    defaults = "kind: Defaults\nrate_plans: {BAR: {type: bar, rates: {double: 80.00}, restrictions: {min_stay: 2, closed: true}}}\n"
    text = HEAD + ROOMS + SEASONS + "rate_plans: {BAR: {restrictions: {default: {closed: null}}}}\n"
    restrictions = hotel(tmp_path, text, **{OUTER: defaults}).rate_plans["BAR"].restrictions["double"].at(TODAY)
    assert restrictions is not None
    assert (restrictions.min_stay, restrictions.closed) == (2, False)


def test_amounts_per_currency_become_the_propertys_own(tmp_path: Path) -> None:
    defaults = (
        "kind: Defaults\nrate_plans:\n  BAR: {type: bar, rates: {double: {EUR: 80.00, USD: 95.00}}}\n"
        "  BB: {type: bed_and_breakfast, derive: {from: BAR, change: {EUR: +25.00, USD: +30.00}}}\n"
    )
    files = {
        OUTER: defaults,
        "properties/lisbon.yaml": HEAD + ROOMS,
        "properties/boston.yaml": (HEAD + ROOMS)
        .replace("EUR", "USD")
        .replace("0b9f", "1b9f")
        .replace("7d3b", "8d3b")
        .replace("11e2", "21e2"),
    }
    found = loaded(tmp_path, files)
    assert found.diagnostics == ()
    prices = {here.slug: amount(here.rate_plans["BB"].prices["double", "direct"]) for here in found.properties}
    assert prices == {"boston": "125.00", "lisbon": "105.00"}


def test_a_plan_named_like_a_currency_is_still_a_plan(tmp_path: Path) -> None:
    here = hotel(
        tmp_path, HEAD + ROOMS + "rate_plans: {ALL: {type: bar, rates: {double: {seasons: {}, default: 80.00}}}}\n"
    )
    assert list(here.rate_plans) == ["ALL"]


def test_seasons_and_policies_of_defaults_are_shared(tmp_path: Path) -> None:
    defaults = (
        "kind: Defaults\nseasons: {now: 2026-12-01..2026-12-31}\n"
        "cancellation_policies: {flex: {type: flexible, deadline_hours: 24, penalty_percentage: 0}}\n"
    )
    text = (
        HEAD
        + ROOMS
        + "rate_plans: {BAR: {type: bar, cancellation: flex, rates: {double: {default: 1.00, seasons: {now: 2.00}}}}}\n"
    )
    plan = hotel(tmp_path, text, **{OUTER: defaults}).rate_plans["BAR"]
    assert plan.cancellation is not None
    assert (plan.cancellation.name, amount(plan.prices["double", "direct"])) == ("flex", "2.00")


def test_what_is_wrong_in_defaults_is_told_once_and_there(tmp_path: Path) -> None:
    files = {
        OUTER: "kind: Defaults\nhorizn: 10\n",
        "properties/a.yaml": HEAD,
        "properties/b.yaml": HEAD.replace("0b9f", "1b9f"),
    }
    found = loaded(tmp_path, files)
    assert [(one.code, one.file, one.line, one.column) for one in found.diagnostics] == [("unknown-key", OUTER, 2, 1)]


@pytest.mark.parametrize("text", ["horizon: 10\n", "kind: Property\n"])
def test_defaults_say_that_they_are(tmp_path: Path, text: str) -> None:
    (error,) = loaded(tmp_path, {OUTER: text, FILE: HEAD}).diagnostics
    assert error.file == OUTER
    assert "Defaults" in error.message + error.hint


def test_where_a_value_came_from_and_what_it_overrode_is_known(tmp_path: Path) -> None:
    files = {OUTER: "kind: Defaults\nhorizon: 10\n", INNER: "kind: Defaults\n", DEEP: HEAD + "horizon: 20\n"}
    found = loaded(tmp_path, files)
    assert load.origins(found, "lisbon", ("horizon",)) == (Place(DEEP, 7, 10), Place(OUTER, 2, 10))
