"""Generated calendars and the naive model they are held against: a dictionary of single nights."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from hypothesis import strategies as st

from reconciler.model.calendar import Calendar, Run, from_runs

V = TypeVar("V")

FIRST = date(2027, 1, 25)
SPAN = 60

Nights = dict[date, V]


def calendars(values: st.SearchStrategy[V], span: int = SPAN) -> st.SearchStrategy[Calendar[V]]:
    """Calendars of up to eight runs with gaps, over a few months."""

    def build(pieces: list[tuple[int, int, V]]) -> Calendar[V]:
        runs, at = [], FIRST
        for gap, length, value in pieces:
            start = at + timedelta(days=gap)
            at = start + timedelta(days=length)
            runs.append(Run(start, at, value))
        return from_runs(runs)

    piece = st.tuples(st.integers(0, span // 6), st.integers(1, span // 4), values)
    return st.lists(piece, max_size=8).map(build)


def naive(calendar: Calendar[V]) -> Nights[V]:
    """The calendar as the model has it."""
    return {
        run.start + timedelta(days=i): run.value for run in calendar.runs for i in range((run.until - run.start).days)
    }


def assert_normal(calendar: Calendar[Any]) -> None:
    """Sorted, disjoint, no empty run, equal neighbours joined."""
    assert all(run.start < run.until for run in calendar.runs)
    for before, after in pairwise(calendar.runs):
        assert before.until <= after.start
        assert before.until < after.start or before.value != after.value


def assert_same(calendar: Calendar[V], model: Mapping[date, V | None]) -> None:
    """Exactly the model's nights, in normal form."""
    assert_normal(calendar)
    assert naive(calendar) == {night: value for night, value in model.items() if value is not None}
