"""From a calendar as written to the values of nights: default, then days, then each season, then overrides in their order.

The window is cut where a season or an override begins or ends; within a piece a night's value depends on its weekday alone, so each
piece is worked out at most seven times, however long it is. Nights of different pieces for which the same holds share their value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any, Generic, NamedTuple, TypeVar

from reconciler.load.document import CalendarDoc, Fields
from reconciler.load.problems import Keys, Problems
from reconciler.load.values import WEEKEND, Nights
from reconciler.load.weeks import NOTHING, Parts, Stretch, Weeks, constant, weekdays
from reconciler.model.calendar import EVERY_DAY, WEEKDAYS
from reconciler.model.state import Window

V = TypeVar("V")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Season:
    """Named nights, and which of two seasons wins."""

    nights: tuple[Nights, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What calendars of one property are read by: its window, its seasons, what it calls weekend (0 is Monday)."""

    window: Window
    seasons: Mapping[str, Season]
    weekend: frozenset[int]

    def days(self, names: tuple[str, ...]) -> frozenset[int]:
        """The weekdays that these names stand for."""
        found: frozenset[int] = frozenset()
        for name in names:
            found |= self.weekend if name == WEEKEND else {WEEKDAYS.index(name)}
        return found


class _Layer(NamedTuple, Generic[V]):
    """A value for some weekdays of some nights. `season`: what set it, where a season did."""

    nights: tuple[Nights, ...]
    days: frozenset[int]
    value: V
    season: str = ""
    priority: int = 0


Combine = Callable[[V, V], V]


def last(_under: V, over: V) -> V:
    """How plain values combine: the later one wins."""
    return over


def by_field(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """How values with fields combine: field by field. A None stays, as a field that was taken away."""
    return {**under, **over}


def values(doc: CalendarDoc[V], frame: Frame, keys: Keys, problems: Problems) -> Weeks[V]:
    """The nights of a calendar of plain values."""
    if is_one(doc):
        return Weeks() if doc.default is None else constant(frame.window.start, frame.window.until, doc.default)
    return _evaluate(_layers(doc, frame, keys, problems, _same), frame, last, keys, problems)


def fields(doc: CalendarDoc[Any], frame: Frame, keys: Keys, problems: Problems) -> Weeks[dict[str, Any]]:
    """The nights of a calendar whose values have fields: what is written, None for what is taken away."""
    if is_one(doc):
        return Weeks() if doc.default is None else constant(frame.window.start, frame.window.until, doc.default.given())
    return _evaluate(_layers(doc, frame, keys, problems, _given), frame, by_field, keys, problems)


def is_one(doc: CalendarDoc[Any]) -> bool:
    """Whether every night is the same, as in most calendars."""
    return not (doc.days or doc.seasons or doc.overrides)


def spelled(start: date, until: date) -> str:
    """Nights as files and messages write them; half-open in, both ends included out."""
    end = until - _DAY
    return f"{start}" if end == start else f"{start}..{end}"


def _same(value: Any) -> Any:
    return value


def _given(value: Fields) -> dict[str, Any]:
    return value.given()


def _layers(
    doc: CalendarDoc[Any], frame: Frame, keys: Keys, problems: Problems, read: Callable[[Any], V]
) -> list[_Layer[V]]:
    always = (Nights(frame.window.start, frame.window.until),)
    layers = [_Layer(always, days, read(value)) for days, value in _by_days(doc.default, doc.days, frame)]
    seasons = []
    for name, season in doc.seasons.items():
        named = frame.seasons.get(name)
        if named is None:
            problems.unknown("season", name, frame.seasons, (*keys, "seasons", name), at_key=True)
            continue
        for days, value in _by_days(season.default, season.days, frame):
            seasons.append(_Layer(named.nights, days, read(value), name, named.priority))
    layers += sorted(seasons, key=lambda layer: layer.priority)
    layers += _overrides(doc, frame, keys, problems, read)
    return layers


def _by_days(default: Any, days: Mapping[str, Any], frame: Frame) -> Iterator[tuple[frozenset[int], Any]]:
    """A default, then the weekend, then single days."""
    if default is not None:
        yield EVERY_DAY, default
    for name in sorted(days, key=lambda name: name != WEEKEND) if days else ():
        yield frame.days((name,)), days[name]


def _overrides(
    doc: CalendarDoc[Any], frame: Frame, keys: Keys, problems: Problems, read: Callable[[Any], V]
) -> Iterator[_Layer[V]]:
    for name, override in doc.overrides.items():
        here = (*keys, "overrides", name)
        if (override.nights is None) == (override.season is None):
            problems.add("nights-or-season", "an override has either `nights` or a `season`", here, at_key=True)
        elif override.season is not None and override.season not in frame.seasons:
            problems.unknown("season", override.season, frame.seasons, (*here, "season"))
        else:
            nights = frame.seasons[override.season or ""].nights if override.nights is None else override.nights
            days = EVERY_DAY if override.days is None else frame.days(override.days)
            yield _Layer(nights, days, read(override.set))


def written(doc: CalendarDoc[V]) -> list[V]:
    """Every value that a calendar writes, whether or not it is that of some night."""
    found = [doc.default, *doc.days.values()]
    for season in doc.seasons.values():
        found += [season.default, *season.days.values()]
    found += [override.set for override in doc.overrides.values()]
    return [value for value in found if value is not None]


def _evaluate(layers: list[_Layer[V]], frame: Frame, combine: Combine[V], keys: Keys, problems: Problems) -> Weeks[V]:
    if not _may_disagree(layers):
        return Weeks(lambda: _parts(layers, frame.window, combine, _agreed))
    disagreed: set[tuple[str, str]] = set()

    def compare(held: list[_Layer[V]], night: date) -> None:
        _disagreements(held, night, keys, problems, disagreed)

    parts = _parts(layers, frame.window, combine, compare)
    return Weeks(lambda: parts)


def _agreed(_held: list[_Layer[Any]], _night: date) -> None:
    """There is nothing to compare."""


def _parts(
    layers: list[_Layer[V]], window: Window, combine: Combine[V], compare: Callable[[list[_Layer[V]], date], None]
) -> Parts[V]:
    weekdays_of = [layer.days for layer in layers]
    places: dict[tuple[int, ...], int] = {}
    stretches = []
    for start, until, holding in _pieces(layers, window):
        weekly = any(weekdays_of[number] != EVERY_DAY for number in holding)
        week = [NOTHING] * (len(EVERY_DAY) if weekly else 1)
        for after, day in enumerate(weekdays(start, until) if weekly else [0]):
            found = tuple([number for number in holding if day in weekdays_of[number]])
            if found and found not in places:
                places[found] = len(places)
                compare([layers[number] for number in found], start + after * _DAY)
            week[day] = places.get(found, NOTHING)
        if max(week) != NOTHING:
            stretches.append(Stretch(start, until, tuple(week)))
    return tuple(stretches), tuple([_combined([layers[n].value for n in found], combine) for found in places])


def _combined(written: list[V], combine: Combine[V]) -> V:
    value = written[0]
    for over in written[1:]:
        value = combine(value, over)
    return value


def _pieces(layers: list[_Layer[Any]], window: Window) -> Iterator[tuple[date, date, list[int]]]:
    """The window, cut wherever a layer begins or ends; each piece with the numbers of the layers that hold there."""
    spans = [
        (number, max(nights.start, window.start), min(nights.until, window.until))
        for number, layer in enumerate(layers)
        for nights in layer.nights
    ]
    spans = [span for span in spans if span[1] < span[2]]
    cuts = sorted({cut for _, start, until in spans for cut in (start, until)})
    at = {cut: number for number, cut in enumerate(cuts)}
    holding: list[list[int]] = [[] for _ in cuts]
    for number, start, until in spans:
        for piece in holding[at[start] : at[until]]:
            if number not in piece:
                piece.append(number)
    for (start, until), piece in zip(pairwise(cuts), holding, strict=False):
        if piece:
            yield start, until, piece


def _may_disagree(layers: list[_Layer[Any]]) -> bool:
    """Whether two seasons of one priority have a night in common."""
    seasons = {layer.season: layer for layer in layers if layer.season}
    return any(
        one.priority == other.priority
        and any(a.start < b.until and b.start < a.until for a in one.nights for b in other.nights)
        for one, other in combinations(seasons.values(), 2)
    )


def _disagreements(
    layers: list[_Layer[Any]], night: date, keys: Keys, problems: Problems, known: set[tuple[str, str]]
) -> None:
    """Two seasons of one priority that set the same thing differently on one night."""
    said: dict[str, tuple[int, dict[str, Any]]] = {}
    for layer in layers:
        if layer.season:
            value = layer.value if isinstance(layer.value, dict) else {"": layer.value}
            said[layer.season] = (layer.priority, {**said.get(layer.season, (0, {}))[1], **value})
    names = sorted(said)
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            _compare(one, other, said, night, keys, problems, known)


def _compare(
    one: str,
    other: str,
    said: Mapping[str, tuple[int, dict[str, Any]]],
    night: date,
    keys: Keys,
    problems: Problems,
    known: set[tuple[str, str]],
) -> None:
    (priority, values_), (its_priority, its_values) = said[one], said[other]
    differing = [name for name in values_ if name in its_values and values_[name] != its_values[name]]
    if priority != its_priority or not differing or (one, other) in known:
        return
    known.add((one, other))
    what = f"`{differing[0]}`" if differing[0] else "the value"
    problems.add(
        "seasons-disagree",
        f"the seasons `{one}` and `{other}` both set {what} on {night}, differently",
        (*keys, "seasons", other),
        "give one of them a higher `priority` under `seasons`",
        at_key=True,
    )
