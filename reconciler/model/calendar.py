"""Calendars: step functions over nights.

Prices, restrictions, allotments and what was observed are all the same shape: sorted, disjoint, half-open runs of nights with equal
values, neighbours with equal values joined. Nights that no run covers have no value. Everything here is linear in runs, not nights.

A night is the `date` on which it begins. This module knows nothing of time zones, money or providers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
YEARS = (2000, 2200)
"""The years that nights and instants from outside may be in: far from where the machine's own calendar ends."""

_DAY = timedelta(days=1)


class Run(NamedTuple, Generic[V_co]):
    """Nights from `start` up to and not including `until`, all with one value."""

    start: date
    until: date
    value: V_co

    @property
    def nights(self) -> int:
        """How many nights."""
        return (self.until - self.start).days


class Pattern(NamedTuple, Generic[V_co]):
    """The nights from `start` up to and not including `until` that fall on `days` (0 is Monday), with one value."""

    start: date
    until: date
    days: frozenset[int]
    value: V_co

    @property
    def nights(self) -> int:
        """How many nights it covers."""
        return sum(_count_weekday(self.start, self.until, day) for day in self.days)


class Changed(NamedTuple, Generic[V_co]):
    """What a night was and is to be; None where it has no value."""

    before: V_co | None
    after: V_co | None


@dataclass(frozen=True, slots=True)
class Calendar(Generic[V_co]):
    """An immutable step function over nights. Build it with the functions below, which keep the normal form."""

    runs: tuple[Run[V_co], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __iter__(self) -> Iterator[Run[V_co]]:
        return iter(self.runs)

    @property
    def nights(self) -> int:
        """How many nights have a value."""
        return sum(run.nights for run in self.runs)

    @property
    def start(self) -> date:
        """The first night with a value; only for a calendar that has one."""
        return self.runs[0].start

    @property
    def until(self) -> date:
        """The day after the last night with a value; only for a calendar that has one."""
        return self.runs[-1].until

    def at(self, night: date) -> V_co | None:
        """The value of one night."""
        for run in self.runs:
            if run.start <= night < run.until:
                return run.value
            if night < run.start:
                break
        return None

    def items(self) -> Iterator[tuple[date, V_co]]:
        """Every night with its value, in order: for formats that know nothing but nights."""
        for run in self.runs:
            night = run.start
            while night < run.until:
                yield night, run.value
                night += _DAY

    def clip(self, start: date, until: date) -> Calendar[V_co]:
        """Only the nights from `start` up to and not including `until`; none where that is no period."""
        return Calendar(
            tuple(
                Run(max(run.start, start), min(run.until, until), run.value)
                for run in self.runs
                if max(run.start, start) < min(run.until, until)
            )
        )

    def keep(self, nights: Calendar[bool]) -> Calendar[V_co]:
        """Only the nights that `nights` marks true."""
        return merge(self, nights, lambda value, kept: value if kept else None)

    def without(self, nights: Calendar[bool]) -> Calendar[V_co]:
        """All nights but those that `nights` marks true."""
        return merge(self, nights, lambda value, dropped: None if dropped else value)

    def overlay(self, over: Calendar[V_co]) -> Calendar[V_co]:
        """This calendar with `over` on top: where `over` has a value, it wins."""
        return merge(self, over, _on_top)

    def map(self, change: Callable[[V_co], C | None]) -> Calendar[C]:
        """Each value changed; a None takes the nights away."""
        return from_runs(
            Run(run.start, run.until, changed) for run in self.runs if (changed := change(run.value)) is not None
        )

    def covered(self) -> Calendar[bool]:
        """The nights that have a value, marked true."""
        return self.map(_yes)


def from_runs(runs: Iterable[Run[V]]) -> Calendar[V]:
    """A calendar from runs in any order that do not overlap; empty runs are dropped, equal neighbours joined.

    Raises ValueError where two runs claim one night.
    """
    joined: list[Run[V]] = []
    for run in sorted((run for run in runs if run.start < run.until), key=lambda run: run.start):
        if joined and run.start < joined[-1].until:
            raise ValueError(f"two runs claim the night {run.start}")
        if joined and run.start == joined[-1].until and run.value == joined[-1].value:
            joined[-1] = Run(joined[-1].start, run.until, run.value)
        else:
            joined.append(run)
    return Calendar(tuple(joined))


def constant(start: date, until: date, value: V) -> Calendar[V]:
    """One value from `start` up to and not including `until`."""
    return from_runs([Run(start, until, value)])


def from_nights(values: Mapping[date, V]) -> Calendar[V]:
    """A calendar from single nights."""
    return from_runs(Run(night, night + _DAY, value) for night, value in values.items())


def on_days(start: date, until: date, days: Iterable[int], value: V) -> Calendar[V]:
    """One value on the nights of the period that fall on these weekdays (0 is Monday)."""
    wanted = frozenset(days)
    if wanted >= EVERY_DAY:
        return constant(start, until, value)
    nights = ((start + timedelta(days=i)) for i in range(max(0, (until - start).days)))
    return from_runs(Run(night, night + _DAY, value) for night in nights if night.weekday() in wanted)


def merge(left: Calendar[A], right: Calendar[B], combine: Callable[[A | None, B | None], C | None]) -> Calendar[C]:
    """Night by night `combine` of two calendars, where at least one has a value; a None leaves the night without one."""
    merged: list[Run[C]] = []
    for start, until, a, b in _zip(left.runs, right.runs):
        value = combine(a, b)
        if value is None:
            continue
        if merged and merged[-1].until == start and merged[-1].value == value:
            merged[-1] = Run(merged[-1].start, until, value)
        else:
            merged.append(Run(start, until, value))
    return Calendar(tuple(merged))


def difference(before: Calendar[V], after: Calendar[V]) -> Calendar[Changed[V]]:
    """The nights whose value differs, each with both values."""
    return merge(before, after, lambda a, b: None if a == b else Changed(a, b))


def by_month(calendar: Calendar[V]) -> Iterator[Calendar[V]]:
    """The calendar cut at the ends of calendar months, in order; months without values left out."""
    while calendar:
        first = calendar.start
        next_month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        yield calendar.clip(first, next_month)
        calendar = calendar.clip(next_month, calendar.until)


def patterns(calendar: Calendar[V]) -> tuple[Pattern[V], ...]:
    """The same nights as few runs with weekdays: a year of weekend prices is two patterns and not a hundred runs.

    Two spellings are tried, plain runs and runs per weekday joined where their period allows; the shorter one is taken. No pattern
    covers a night that the calendar lacks.
    """
    plain = tuple(Pattern(run.start, run.until, _days_of(run), run.value) for run in calendar.runs)
    if len(plain) <= 2:
        return plain
    woven = _join_columns(_columns(calendar))
    return woven if len(woven) < len(plain) else plain


def _yes(_: object) -> bool:
    return True


def _on_top(under: V | None, top: V | None) -> V | None:
    return under if top is None else top


def _days_of(run: Run[V]) -> frozenset[int]:
    if run.nights >= 7:
        return EVERY_DAY
    return frozenset((run.start + timedelta(days=i)).weekday() for i in range(run.nights))


def _columns(calendar: Calendar[V]) -> list[Pattern[V]]:
    """For each weekday, the stretches of successive weeks with one value."""
    open_columns: dict[int, Pattern[V]] = {}
    closed: list[Pattern[V]] = []
    for night, value in calendar.items():
        day = night.weekday()
        column = open_columns.get(day)
        if column is not None and column.value == value and column.until + timedelta(days=6) == night:
            open_columns[day] = column._replace(until=night + _DAY)
            continue
        if column is not None:
            closed.append(column)
        open_columns[day] = Pattern(night, night + _DAY, frozenset({day}), value)
    return sorted([*closed, *open_columns.values()], key=lambda column: (column.start, column.until))


def _join_columns(columns: list[Pattern[V]]) -> tuple[Pattern[V], ...]:
    joined: list[Pattern[V]] = []
    for column in columns:
        for i, pattern in enumerate(joined):
            if pattern.value == column.value and (both := _union(pattern, column)) is not None:
                joined[i] = both
                break
        else:
            joined.append(column)
    return tuple(joined)


def _union(left: Pattern[V], right: Pattern[V]) -> Pattern[V] | None:
    """One pattern with exactly the nights of both, or None where a longer period would add nights."""
    if left.days & right.days:
        return None
    start, until = min(left.start, right.start), max(left.until, right.until)
    both = Pattern(start, until, left.days | right.days, left.value)
    return both if both.nights == left.nights + right.nights else None


def _count_weekday(start: date, until: date, weekday: int) -> int:
    first = start + timedelta(days=(weekday - start.weekday()) % 7)
    return max(0, ((until - first).days + 6) // 7)


def _zip(left: tuple[Run[A], ...], right: tuple[Run[B], ...]) -> Iterator[tuple[date, date, A | None, B | None]]:
    """The joint pieces of two lists of runs, in order, where at least one has a value."""
    i = j = 0
    at: date | None = None
    while i < len(left) or j < len(right):
        a = left[i] if i < len(left) else None
        b = right[j] if j < len(right) else None
        begins = [max(run.start, at) if at is not None else run.start for run in (a, b) if run is not None]
        start = min(begins)
        in_a = a is not None and a.start <= start
        in_b = b is not None and b.start <= start
        until = min(
            *([a.until if in_a else a.start] if a is not None else []),
            *([b.until if in_b else b.start] if b is not None else []),
            date.max,
        )
        yield start, until, a.value if a is not None and in_a else None, b.value if b is not None and in_b else None
        at = until
        i += a is not None and a.until <= until
        j += b is not None and b.until <= until
