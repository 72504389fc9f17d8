"""Calendars do on runs what a dictionary of nights does night by night, and always stay in normal form."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.calendar import (
    Calendar,
    Changed,
    Run,
    by_month,
    constant,
    difference,
    from_nights,
    from_runs,
    merge,
    on_days,
    patterns,
)
from tests.model.strategies import FIRST, SPAN, assert_normal, assert_same, calendars, naive

small = st.integers(0, 3)
numbers = calendars(small)
marks = calendars(st.booleans())
nights = st.integers(-5, 4 * SPAN).map(lambda days: FIRST + timedelta(days=days))


@given(numbers, st.randoms(use_true_random=False))
def test_runs_in_any_order_and_cut_anywhere_make_the_same_calendar(
    calendar: Calendar[int], luck: random.Random
) -> None:
    singles = [Run(night, night + timedelta(days=1), value) for night, value in naive(calendar).items()]
    luck.shuffle(singles)
    assert from_runs(singles) == calendar
    assert from_nights(dict(run[::2] for run in singles)) == calendar


@given(numbers, nights, st.integers(1, 9))
def test_two_runs_on_one_night_are_refused_and_on_none_are_not(calendar: Calendar[int], at: date, length: int) -> None:
    extra = Run(at, at + timedelta(days=length), 7)
    claimed = any(at + timedelta(days=i) in naive(calendar) for i in range(length))
    if claimed:
        with pytest.raises(ValueError, match="claim"):
            from_runs([*calendar.runs, extra])
    else:
        assert_normal(from_runs([*calendar.runs, extra]))


def test_a_run_without_nights_is_dropped() -> None:
    assert from_runs([Run(FIRST, FIRST, 1), Run(FIRST, FIRST - timedelta(days=3), 2)]) == Calendar()


@given(numbers, numbers)
def test_the_upper_calendar_wins_where_it_has_a_value(under: Calendar[int], over: Calendar[int]) -> None:
    assert_same(under.overlay(over), {**naive(under), **naive(over)})


@given(numbers, numbers)
def test_a_merge_sees_each_night_with_both_values(left: Calendar[int], right: Calendar[int]) -> None:
    def combine(a: int | None, b: int | None) -> tuple[int | None, int | None] | None:
        return None if a == b else (a, b)

    a, b = naive(left), naive(right)
    assert_same(merge(left, right, combine), {night: combine(a.get(night), b.get(night)) for night in {*a, *b}})


@given(numbers, numbers)
def test_a_merge_is_linear_in_runs(left: Calendar[int], right: Calendar[int]) -> None:
    calls = []
    merge(left, right, lambda a, b: calls.append((a, b)))
    assert len(calls) <= 2 * (len(left.runs) + len(right.runs))
    assert (None, None) not in calls


@given(numbers)
def test_mapping_changes_values_and_joins_what_became_equal(calendar: Calendar[int]) -> None:
    halved = calendar.map(lambda value: value // 2 if value else None)
    assert_same(halved, {night: value // 2 if value else None for night, value in naive(calendar).items()})


@given(numbers, marks)
def test_keep_and_without_share_the_nights_between_them(calendar: Calendar[int], marked: Calendar[bool]) -> None:
    values, flags = naive(calendar), naive(marked)
    assert_same(calendar.keep(marked), {n: v for n, v in values.items() if flags.get(n)})
    assert_same(calendar.without(marked), {n: v for n, v in values.items() if not flags.get(n)})


@given(numbers, nights, nights)
def test_clipping_keeps_the_nights_of_the_half_open_period(calendar: Calendar[int], start: date, until: date) -> None:
    assert_same(calendar.clip(start, until), {n: v for n, v in naive(calendar).items() if start <= n < until})


@given(numbers, numbers)
def test_a_difference_has_the_nights_that_differ_with_both_values(before: Calendar[int], after: Calendar[int]) -> None:
    a, b = naive(before), naive(after)
    wanted = {n: Changed(a.get(n), b.get(n)) for n in {*a, *b} if a.get(n) != b.get(n)}
    assert_same(difference(before, after), wanted)
    assert not difference(after, after)


@given(numbers)
def test_single_nights_read_and_listed_are_the_same(calendar: Calendar[int]) -> None:
    model = naive(calendar)
    assert dict(calendar.items()) == model
    assert list(dict(calendar.items())) == sorted(model)
    assert calendar.nights == len(model)
    around = [FIRST + timedelta(days=i) for i in range(-2, 4 * SPAN)]
    assert [calendar.at(night) for night in around] == [model.get(night) for night in around]
    assert naive(calendar.covered()) == dict.fromkeys(model, True)
    assert bool(calendar) == bool(model)


@given(numbers)
def test_months_are_cut_at_their_ends_and_lose_nothing(calendar: Calendar[int]) -> None:
    months = list(by_month(calendar))
    for month in months:
        assert_normal(month)
        assert len({(night.year, night.month) for night in naive(month)}) == 1
    firsts = [month.start for month in months]
    assert firsts == sorted(firsts)
    assert len({(first.year, first.month) for first in firsts}) == len(months)
    assert from_runs(run for month in months for run in month.runs) == calendar


def test_a_calendar_that_ends_with_time_itself_is_cut_into_months_all_the_same() -> None:
    end = constant(date(9999, 11, 30), date.max, 1)
    assert [month.nights for month in by_month(end.clip(date.min, date(9999, 12, 1)))] == [1]


@given(
    calendars(st.integers(0, 2), span=30)
    | st.lists(small, max_size=60).map(
        lambda values: from_nights({FIRST + timedelta(days=i): value for i, value in enumerate(values) if value})
    )
)
def test_patterns_cover_exactly_the_nights_of_the_calendar_and_each_once(calendar: Calendar[int]) -> None:
    seen: list[tuple[date, int]] = []
    for pattern in patterns(calendar):
        days = [pattern.start + timedelta(days=i) for i in range((pattern.until - pattern.start).days)]
        inside = [(night, pattern.value) for night in days if night.weekday() in pattern.days]
        assert len(inside) == pattern.nights > 0
        seen += inside
    assert len(seen) == len(set(seen)) == calendar.nights
    assert dict(seen) == naive(calendar)
    assert len(patterns(calendar)) <= len(calendar.runs)


@pytest.mark.parametrize("first", [date(2027, 1, 1) + timedelta(days=i) for i in range(7)])
def test_a_year_of_weekend_prices_is_two_patterns_from_whatever_weekday(first: date) -> None:
    until = first + timedelta(days=365)
    year = constant(first, until, 120).overlay(on_days(first, until, (4, 5), 140))
    assert len(patterns(year)) == 2


@pytest.mark.parametrize("season", [date(2027, 6, 1) + timedelta(days=i) for i in range(7)])
def test_a_year_with_a_season_and_weekend_prices_is_a_pattern_per_price_and_period(season: date) -> None:
    first, until, end = date(2027, 1, 1), date(2028, 1, 1), date(2027, 9, 10)
    year = constant(first, until, 120).overlay(on_days(first, until, (4, 5), 140))
    year = year.overlay(constant(season, end, 165)).overlay(on_days(season, end, (4, 5), 185))
    assert len(patterns(year)) <= 6


def test_a_year_with_a_season_whose_days_off_season_repeat_stays_small() -> None:
    first, until = date(2027, 1, 1), date(2028, 1, 1)
    year = constant(first, until, 120).overlay(on_days(first, until, (4, 5), 140))
    year = year.overlay(constant(date(2027, 6, 15), date(2027, 9, 11), 165))
    year = year.overlay(constant(date(2027, 11, 8), date(2027, 11, 12), 260))
    assert len(patterns(year)) <= 8


@given(nights, st.integers(0, 40), st.sets(st.integers(0, 6)))
def test_on_days_marks_the_weekdays_of_a_period(start: date, length: int, days: set[int]) -> None:
    period = [start + timedelta(days=i) for i in range(length)]
    wanted = {night: 1 for night in period if night.weekday() in days}
    assert_same(on_days(start, start + timedelta(days=length), days, 1), wanted)
