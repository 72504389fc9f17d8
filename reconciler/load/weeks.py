"""Nights as a year is written: few stretches, each with one value for all its nights or one for each weekday.

Loading works with these and not with calendars. A year of weekend prices is one stretch here and a hundred runs there, and whoever only
asks whether files are right never needs the runs. The values stand beside the stretches, each once: a price that is derived from another
changes the values and shares the stretches. Nothing of it is worked out before somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from reconciler.model.calendar import Calendar, Run, from_runs

V = TypeVar("V")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
K = TypeVar("K")

NOTHING = -1
"""The place of no value."""
_NONE = (NOTHING,)
_NO_VALUE = frozenset(_NONE)
_NEITHER = (NOTHING, NOTHING)
_WEEK = 7


class Stretch(NamedTuple):
    """Nights from `start` up to and not including `until`.

    `places`: of the one value of all nights, or of seven, from Monday on. A weekday that no night of the stretch falls on has none.
    """

    start: date
    until: date
    places: tuple[int, ...]


Parts: TypeAlias = "tuple[tuple[Stretch, ...], tuple[V, ...]]"
"""Stretches, and what their places are places of."""


def _no_parts() -> Parts[Any]:
    return (), ()


@dataclass(slots=True, eq=False)
class Weeks(Generic[V]):
    """A step function over nights, like a calendar, that is worked out when it is first looked at.

    Stretches are in order and disjoint, and each value is that of some night.
    """

    work: Callable[[], Parts[V]] = _no_parts
    _parts: Parts[V] | None = field(default=None, repr=False)
    _calendar: Calendar[V] | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return bool(self.stretches)

    @property
    def nothing(self) -> bool:
        """Whether it is known, without looking, that no night has a value."""
        return self.work is _no_parts

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """What there is, in order."""
        return self._worked_out()[0]

    @property
    def values(self) -> tuple[V, ...]:
        """What the places of the stretches are places of."""
        return self._worked_out()[1]

    def _worked_out(self) -> Parts[V]:
        if self._parts is None:
            self._parts = self.work()
        return self._parts

    def map(self, change: Callable[[V], C]) -> Weeks[C]:
        """Each value changed, once."""
        return Weeks(lambda: (self.stretches, tuple([change(value) for value in self.values])))

    def pick(self, change: Callable[[V], C | None]) -> Weeks[C]:
        """Each value changed, once; a None takes the nights away."""
        return Weeks(lambda: _trimmed(self.stretches, [change(value) for value in self.values]))

    def overlay(self, over: Weeks[V]) -> Weeks[V]:
        """This with `over` on top: where `over` has a value, it wins."""
        if over.nothing or self.nothing:
            return self if over.nothing else over
        return merge(self, over, lambda under, top: under if top is None else top)

    def calendar(self) -> Calendar[V]:
        """The same as runs of nights; worked out once."""
        if self._calendar is None:
            self._calendar = self._one_run() or from_runs(self._runs())
        return self._calendar

    def _one_run(self) -> Calendar[V] | None:
        """The calendar of one value on neighbouring nights, which most have."""
        if len(self.stretches) == 1 and len(self.stretches[0].places) == 1:
            start, until, places = self.stretches[0]
            return Calendar((Run(start, until, self.values[places[0]]),))
        return None

    def _runs(self) -> Iterator[Run[V]]:
        values = self.values
        for start, until, places in self.stretches:
            if len(places) == 1:
                yield Run(start, until, values[places[0]])
                continue
            alike = [_alike(places, day) for day in range(_WEEK)]
            night, day = start, start.weekday()
            while night < until:
                after = min(night + timedelta(days=alike[day]), until)
                if places[day] != NOTHING:
                    yield Run(night, after, values[places[day]])
                night, day = after, (day + alike[day]) % _WEEK


def _alike(places: tuple[int, ...], day: int) -> int:
    """On how many days from this one on the same holds, at most a week."""
    return next((more for more in range(1, _WEEK) if places[(day + more) % _WEEK] != places[day]), _WEEK)


def constant(start: date, until: date, value: V) -> Weeks[V]:
    """One value from `start` up to and not including `until`."""
    return Weeks(lambda: ((Stretch(start, until, (0,)),), (value,))) if start < until else Weeks()


def merge(left: Weeks[A], right: Weeks[B], combine: Callable[[A | None, B | None], C | None]) -> Weeks[C]:
    """Night by night `combine` of two, once for each two values that meet; a None leaves the nights without a value."""
    return Weeks(lambda: _merged(left, right, combine))


def _merged(left: Weeks[A], right: Weeks[B], combine: Callable[[A | None, B | None], C | None]) -> Parts[C]:
    known: dict[tuple[int, int], int] = {}
    stretches = []
    for start, until, under, over in _joint(left.stretches, right.stretches):
        met = [
            NOTHING if pair == _NEITHER else known.setdefault(pair, len(known))
            for pair in zip(under, over, strict=True)
        ]
        stretches.append(Stretch(start, until, tuple(met)))
    a, b = (*left.values, None), (*right.values, None)  # what NOTHING is the place of
    return _trimmed(stretches, [combine(a[under], b[over]) for under, over in known])


def _trimmed(stretches: Iterable[Stretch], values: list[V | None]) -> Parts[V]:
    """Without the values that are None and the stretches that hold none."""
    kept = tuple([value for value in values if value is not None])
    if len(kept) == len(values):
        return tuple(stretches), kept
    numbers = count()
    moved = [NOTHING if value is None else next(numbers) for value in values] + [NOTHING]
    trimmed = [Stretch(start, until, tuple([moved[place] for place in places])) for start, until, places in stretches]
    return tuple([one for one in trimmed if set(one.places) != {NOTHING}]), kept


def weekdays(start: date, until: date) -> list[int]:
    """The weekdays of the nights, in the order in which they come, each once."""
    first = start.weekday()
    return [(first + day) % _WEEK for day in range(min(_WEEK, (until - start).days))]


def _joint(
    left: tuple[Stretch, ...], right: tuple[Stretch, ...]
) -> Iterator[tuple[date, date, tuple[int, ...], tuple[int, ...]]]:
    """The stretches of both, cut wherever one of them begins or ends; each with as many places of the one as of the other."""
    cuts = sorted({cut for stretch in (*left, *right) for cut in (stretch.start, stretch.until)})
    i = j = 0
    for start, until in pairwise(cuts):
        while i < len(left) and left[i].until <= start:
            i += 1
        while j < len(right) and right[j].until <= start:
            j += 1
        under = left[i].places if i < len(left) and left[i].start <= start else _NONE
        over = right[j].places if j < len(right) and right[j].start <= start else _NONE
        if len(under) != len(over):
            under, over = under * (_WEEK // len(under)), over * (_WEEK // len(over))
        if len(under) == _WEEK and (until - start).days < _WEEK:
            under, over = _within(under, start, until), _within(over, start, until)
        if set(under) | set(over) != _NO_VALUE:
            yield start, until, under, over


def _within(places: tuple[int, ...], start: date, until: date) -> tuple[int, ...]:
    """The places without those of weekdays that no night falls on."""
    days = weekdays(start, until)
    return tuple([place if day in days else NOTHING for day, place in enumerate(places)])


class Calendars(Mapping[K, Calendar[V]]):
    """Calendars by key, each worked out when it is asked for."""

    __slots__ = ("_weeks",)

    def __init__(self, weeks: Mapping[K, Weeks[V]]) -> None:
        self._weeks = weeks

    def __getitem__(self, key: K) -> Calendar[V]:
        return self._weeks[key].calendar()

    def __iter__(self) -> Iterator[K]:
        return iter(self._weeks)

    def __len__(self) -> int:
        return len(self._weeks)

    def __repr__(self) -> str:
        return repr(dict(self))


class Later(Mapping[K, V]):
    """A mapping that is made when it is first looked at."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._make = make
        self._made: Mapping[K, V] | None = None

    def _known(self) -> Mapping[K, V]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __getitem__(self, key: K) -> V:
        return self._known()[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    def __repr__(self) -> str:
        return repr(dict(self))
