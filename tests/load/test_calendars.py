"""The value of a night: default, then days, then seasons by priority, then overrides in their order."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.load import calendars
from reconciler.load.calendars import Frame, Season
from reconciler.load.document import CalendarDoc, RestrictionFields
from reconciler.load.problems import Problems
from reconciler.load.types import Count
from reconciler.load.values import Nights
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.state import Window
from tests.load.writing import HEAD, hotel

START = date(2027, 1, 1)
LENGTH = 40
WINDOW = Window(START, START + timedelta(days=LENGTH))
WEEKEND = frozenset({4, 5})

_FIELDS = st.dictionaries(
    st.sampled_from(["min_stay", "max_stay", "closed"]), st.one_of(st.none(), st.just(1), st.just(2)), max_size=2
).map(lambda fields: {key: (value and value > 1) if key == "closed" else value for key, value in fields.items()})
_DAY = st.sampled_from([*WEEKDAYS, "weekend"])


def _span(first: int, length: int) -> str:
    return f"{START + timedelta(days=first)}..{START + timedelta(days=first + length)}"


_SPANS = st.builds(_span, st.integers(-5, LENGTH + 2), st.integers(0, 15))


def _shapes(value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    days = st.dictionaries(_DAY, value, max_size=2)
    season = st.fixed_dictionaries({}, optional={"default": value, "days": days})
    override = st.fixed_dictionaries(
        {"nights": _SPANS, "set": value}, optional={"days": st.lists(_DAY, min_size=1, max_size=3)}
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "default": value,
            "days": days,
            "seasons": st.dictionaries(st.sampled_from(["low", "high"]), season, max_size=2),
            "overrides": st.dictionaries(st.sampled_from(["x", "y", "z"]), override, max_size=3),
        },
    )


def _nights(text: str) -> tuple[Nights, ...]:
    first, last = (date.fromisoformat(part) for part in text.split(".."))
    return (Nights(first, last + timedelta(days=1)),)


def _in(night: date, text: str) -> bool:
    first, last = (date.fromisoformat(part) for part in text.split(".."))
    return first <= night <= last


def _on(night: date, name: str) -> bool:
    return night.weekday() in WEEKEND if name == "weekend" else WEEKDAYS[night.weekday()] == name


def naive(shape: dict[str, Any], seasons: dict[str, str], night: date) -> list[Any]:
    """Every value that holds for a night, in order."""
    found = [shape["default"]] if "default" in shape else []
    found += _by_day(shape.get("days", {}), night)
    for name in ("low", "high"):
        season = shape.get("seasons", {}).get(name)
        if season is not None and _in(night, seasons[name]):
            found += [season["default"]] if "default" in season else []
            found += _by_day(season.get("days", {}), night)
    for override in shape.get("overrides", {}).values():
        days = override.get("days")
        if _in(night, override["nights"]) and (days is None or any(_on(night, day) for day in days)):
            found.append(override["set"])
    return found


def _by_day(days: dict[str, Any], night: date) -> list[Any]:
    weekend_first = sorted(days, key=lambda name: name != "weekend")
    return [days[name] for name in weekend_first if _on(night, name)]


def _frame(seasons: dict[str, str]) -> Frame:
    return Frame(WINDOW, {name: Season(_nights(text), name == "high") for name, text in seasons.items()}, WEEKEND)


@given(_shapes(st.integers(0, 5)), st.fixed_dictionaries({"low": _SPANS, "high": _SPANS}))
@settings(max_examples=120, deadline=None)
def test_plain_values_are_what_a_night_by_night_reading_gives(shape: dict[str, Any], seasons: dict[str, str]) -> None:
    problems = Problems()
    found = calendars.values(CalendarDoc[Count].model_validate(shape), _frame(seasons), (), problems).calendar()
    assert problems.found == []
    for number in range(LENGTH):
        night = START + timedelta(days=number)
        holding = naive(shape, seasons, night)
        assert found.at(night) == (holding[-1] if holding else None)


@given(_shapes(_FIELDS), st.fixed_dictionaries({"low": _SPANS, "high": _SPANS}))
@settings(max_examples=120, deadline=None)
def test_fields_are_what_a_night_by_night_reading_gives(shape: dict[str, Any], seasons: dict[str, str]) -> None:
    problems = Problems()
    doc = CalendarDoc[RestrictionFields].model_validate(shape)
    found = calendars.fields(doc, _frame(seasons), (), problems).calendar()
    for number in range(LENGTH):
        night = START + timedelta(days=number)
        expected: dict[str, Any] = {}
        for fields in naive(shape, seasons, night):
            expected.update(fields)
        assert (found.at(night) or {}) == expected


def test_seasons_of_one_priority_may_overlap_where_they_agree() -> None:
    problems = Problems()
    frame = Frame(WINDOW, {"a": Season(_nights(_span(0, 9)), 0), "b": Season(_nights(_span(5, 9)), 0)}, WEEKEND)
    shape = {"seasons": {"a": {"default": {"min_stay": 2}}, "b": {"default": {"min_stay": 2, "closed": True}}}}
    found = calendars.fields(CalendarDoc[RestrictionFields].model_validate(shape), frame, (), problems).calendar()
    assert problems.found == []
    assert found.at(START + timedelta(days=6)) == {"min_stay": 2, "closed": True}


def test_seasons_that_disagree_are_told_once_with_the_first_night() -> None:
    problems = Problems()
    frame = Frame(WINDOW, {"a": Season(_nights(_span(0, 9)), 0), "b": Season(_nights(_span(5, 9)), 0)}, WEEKEND)
    shape = {"seasons": {"a": {"default": {"min_stay": 2}}, "b": {"default": {"min_stay": 3}}}}
    calendars.fields(CalendarDoc[RestrictionFields].model_validate(shape), frame, (), problems).calendar()
    assert [one.message for one in problems.found] == [
        "the seasons `a` and `b` both set `min_stay` on 2027-01-06, differently"
    ]


def test_both_ends_of_nights_are_included_and_an_override_may_name_a_season(tmp_path: Path) -> None:
    text = """
seasons: {now: 2026-12-03..2026-12-04}
rooms:
  double:
    id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201
    units: {default: 9, overrides: {a: {nights: [2026-12-02], set: 8}, b: {season: now, days: [fri], set: 7}}}
    closed: {overrides: {c: {nights: 2026-12-05..2026-12-05, set: true}}}
"""
    room = hotel(tmp_path, HEAD + text).rooms["double"]
    assert [value for _, value in room.units.items()][:5] == [9, 8, 9, 7, 9]
    assert [value for _, value in room.closed.items()][:6] == [False] * 4 + [True, False]
    assert (room.closed.nights, room.units.nights) == (500, 500)


def test_weekend_is_what_the_property_says_and_single_days_win_over_it(tmp_path: Path) -> None:
    text = """
weekend: [sat, sun]
rooms: {double: {id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, units: {default: 1, days: {sun: 3, weekend: 2}}}}
"""
    units = hotel(tmp_path, HEAD + text).rooms["double"].units
    assert [units.at(date(2026, 12, day)) for day in (4, 5, 6)] == [1, 2, 3]
