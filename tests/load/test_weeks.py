"""Stretches of weeks do what calendars do, night by night; only later, and with fewer steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.load import overlay, parse, prices, pricing, weeks
from reconciler.load.documents import DeriveDoc
from reconciler.load.merging import Inherited, property_document
from reconciler.load.problems import Problem, Problems
from reconciler.load.resolve import resolve
from reconciler.load.weeks import Calendars, Stretch, Weeks
from reconciler.model import calendar
from reconciler.model.calendar import Calendar
from reconciler.model.property import Property
from tests.load.test_calendars import LENGTH, START
from tests.load.writing import HEAD, HOTEL, NOW, loaded

VALUES = ("a", "b", "c")


@st.composite
def stretched(draw: st.DrawFn) -> Weeks[str]:
    """Some stretches with gaps, for all days alike or by weekday; every value is that of some night."""
    cuts = sorted(draw(st.sets(st.integers(0, LENGTH), max_size=7)))
    found = []
    for first, last in pairwise(cuts):
        start, until = START + timedelta(days=first), START + timedelta(days=last)
        place = st.integers(weeks.NOTHING, len(VALUES) - 1)
        week = draw(st.lists(place, min_size=7, max_size=7) | st.lists(st.integers(0, 2), min_size=1, max_size=1))
        if len(week) == 7:
            days = weeks.weekdays(start, until)
            week = [place if day in days else weeks.NOTHING for day, place in enumerate(week)]
        if set(week) != {weeks.NOTHING}:
            found.append(Stretch(start, until, tuple(week)))
    return Weeks(lambda: (tuple(found), VALUES))


def by_night(found: Weeks[str]) -> Calendar[str]:
    """The long way: every night looked up by itself."""
    nights = {}
    for stretch in found.stretches:
        for number in range((stretch.until - stretch.start).days):
            night = stretch.start + timedelta(days=number)
            place = stretch.places[night.weekday() if len(stretch.places) == 7 else 0]
            if place != weeks.NOTHING:
                nights[night] = found.values[place]
    return calendar.from_nights(nights)


def joined(left: str | None, right: str | None) -> str | None:
    """Order counts, and some pairs give nothing."""
    return None if left == right else f"{left}{right}"


@given(stretched(), stretched())
@settings(max_examples=150, deadline=None)
def test_stretches_of_weeks_give_what_every_night_by_itself_gives(left: Weeks[str], right: Weeks[str]) -> None:
    under, over = by_night(left), by_night(right)
    assert left.calendar() == under
    assert bool(left) == bool(under)
    assert left.overlay(right).calendar() == under.overlay(over)
    assert left.map(str.upper).calendar() == under.map(str.upper)
    picked = left.pick(lambda value: None if value == "a" else value * 2)
    assert picked.calendar() == under.map(lambda value: None if value == "a" else value * 2)
    assert bool(picked) == bool(picked.calendar())
    met = weeks.merge(left, right, joined)
    assert met.calendar() == calendar.merge(under, over, joined)
    assert bool(met) == bool(met.calendar())
    assert weeks.merge(met, left, joined).calendar() == calendar.merge(met.calendar(), under, joined)


@given(stretched(), stretched())
@settings(max_examples=50, deadline=None)
def test_every_value_of_two_that_met_is_that_of_some_night(left: Weeks[str], right: Weeks[str]) -> None:
    met = weeks.merge(left, right, joined)
    assert set(met.values) == {run.value for run in met.calendar()}


def test_calendars_are_worked_out_when_they_are_asked_for_and_once() -> None:
    asked: list[str] = []

    def make(value: str) -> str:
        asked.append(value)
        return value.upper()

    found = Calendars({"x": weeks.constant(START, START + timedelta(days=9), "a").map(make)})
    assert asked == []
    assert list(found) == ["x"]
    assert found["x"] is found["x"]
    assert asked == ["a"]
    assert found == {"x": calendar.constant(START, START + timedelta(days=9), "A")}


CHANGES = st.one_of(
    st.integers(-9900, 9900).map(lambda number: f"{Decimal(number) / 100:+}%"),
    st.integers(-30000, 30000).map(lambda number: Decimal(number) / 100),
)
RULES = st.fixed_dictionaries(
    {"from": st.just("BAR"), "change": st.lists(CHANGES, max_size=3)},
    optional={
        "round": st.fixed_dictionaries(
            {}, optional={"to": st.sampled_from([Decimal("0.05"), Decimal(5)]), "mode": st.sampled_from(["up", "down"])}
        ),
        "floor": st.integers(1, 200).map(Decimal),
        "ceiling": st.integers(1, 300).map(Decimal),
    },
)


@given(RULES, st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2), st.sampled_from(["EUR", "JPY", "KWD"]))
@settings(max_examples=200, deadline=None)
def test_whatever_makes_prices_of_prices_keeps_their_order(
    rule: dict[str, Any], one: Decimal, other: Decimal, currency: str
) -> None:
    derive: Callable[[Decimal], Decimal] = prices.deriving(DeriveDoc.model_validate(rule), currency)
    low, high = sorted((one, other))
    assert derive(low) <= derive(high)


PLANS = """\
rooms: {{double: {{id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, units: 40, occupancy: {{base: 2, max: 3}}}}}}
rate_plans:
  BAR:
    type: bar
    occupancy: {{1: {single}}}
    rates: {{double: {{default: 100.00, overrides: {{fair: {{nights: 2027-01-07..2027-01-09, set: 20.00}}}}}}}}
  LOW:
    type: bar
    derive: {{from: BAR, change: {change}}}
    occupancy: {{}}
    rates: {{double: {{overrides: {{covered: {{nights: {covered}, set: 50.00}}}}}}}}
"""


@pytest.mark.parametrize(
    ("change", "single", "covered", "told"),
    [
        ("-25.00", "-10%", "2027-02-01", ["the derived price is -5.00 on 2027-01-07..2027-01-09"]),
        ("-15.00", "-30.00", "2027-02-01", ["the price for 1 is -10.00 on 2027-01-07..2027-01-09"]),
        ("-10.00", "-10%", "2027-02-01", []),
    ],
)
def test_what_is_wrong_on_some_nights_only_is_told_with_these_nights(
    tmp_path: Path, change: str, single: str, covered: str, told: list[str]
) -> None:
    text = HEAD + PLANS.format(change=change, single=single, covered=covered)
    found = loaded(tmp_path, {"properties/x.yaml": text})
    assert [one.message for one in found.diagnostics if one.code == "price-not-positive"] == told


def test_a_wrong_price_that_another_covers_is_not_told(tmp_path: Path) -> None:
    text = HEAD + PLANS.format(change="+0.00", single="-10%", covered="2027-01-07..2027-01-09")
    text += "  DEEP: {type: bar, derive: {from: LOW, change: -45.00, floor: 1.00}}\n"
    text += "  DEEPER: {type: bar, derive: {from: LOW, change: -45.00}}\n"
    found = loaded(tmp_path, {"properties/x.yaml": text})
    assert [one.message for one in found.diagnostics if one.severity == "error"] == []


def test_an_empty_period_has_no_nights() -> None:
    assert not weeks.constant(START, START, "a")


AT_PROVIDERS = st.fixed_dictionaries({}, optional={"expedia": st.fixed_dictionaries({"change": CHANGES})})
DERIVED = st.fixed_dictionaries(
    {"type": st.just("bar"), "derive": RULES},
    optional={"occupancy": st.fixed_dictionaries({"1": CHANGES}), "providers": AT_PROVIDERS},
)


@given(st.lists(DERIVED, min_size=1, max_size=2), st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_what_bounds_settle_is_what_looking_at_every_night_finds(plans: list[dict[str, Any]], usual: int) -> None:
    rates = {
        "double": {"default": Decimal(usual), "days": {"weekend": Decimal(usual * 2)}},
        "suite": Decimal(usual + 9),
    }
    above = ["BAR", *(f"P{number}" for number in range(len(plans)))]
    children = {
        f"P{number}": {**plan, "derive": {**plan["derive"], "from": above[number]}} for number, plan in enumerate(plans)
    }
    head: Any = parse.parse(HOTEL)[0]
    whole = {**head, "rate_plans": {"BAR": {"type": "bar", "rates": rates}, **children}}

    def resolved() -> tuple[Property | None, list[Problem]]:
        problems = Problems()
        doc = property_document(
            Inherited([]), overlay.normal({k: v for k, v in whole.items() if k != "kind"}), "Property", problems
        )
        hotel = resolve("x", "x.yaml", doc, NOW, {}, problems) if doc else None
        return hotel, problems.found

    hotel, told = resolved()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pricing, "_settled", lambda *_: ())
        by_night, told_by_night = resolved()
    assert told == told_by_night
    assert hotel == by_night
