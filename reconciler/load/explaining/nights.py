"""One night of a calendar: everything that is written for it, in the order in which it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from reconciler.load.document import CalendarDoc
from reconciler.load.explaining.source import Source
from reconciler.load.problems import Keys
from reconciler.load.values import WEEKEND, Nights
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.explanation import Step


@dataclass(frozen=True, slots=True)
class Layer:
    """A value that is written for the night: the keys behind the calendar's own, and the rule in words."""

    keys: Keys
    rule: str
    value: Any


def layers(doc: CalendarDoc[Any], source: Source, night: date) -> Iterator[Layer]:
    """What holds on the night: default, then days, then each season by priority, then the overrides in their order."""
    yield from _by_day(doc.default, doc.days, source, night, (), "")
    seasons = [(name, value) for name, value in doc.seasons.items() if _in(source.doc.seasons[name].nights, night)]
    for name, value in sorted(seasons, key=lambda item: source.doc.seasons[item[0]].priority):
        yield from _by_day(value.default, value.days, source, night, ("seasons", name), f"season {name}")
    for name, override in doc.overrides.items():
        nights = override.nights or source.doc.seasons[override.season or ""].nights
        if _in(nights, night) and (override.days is None or _falls_on(override.days, source, night)):
            yield Layer(("overrides", name, "set"), f"override {name}", override.set)


def _by_day(default: Any, days: dict[str, Any], source: Source, night: date, keys: Keys, where: str) -> Iterator[Layer]:
    if default is not None:
        yield Layer((*keys, "default"), where or "default", default)
    for name in sorted(days, key=lambda name: name != WEEKEND):
        if _falls_on((name,), source, night):
            yield Layer((*keys, "days", name), f"{where}, {name}" if where else name, days[name])


def _falls_on(names: tuple[str, ...], source: Source, night: date) -> bool:
    day = night.weekday()
    return any(day in source.weekend if name == WEEKEND else WEEKDAYS.index(name) == day for name in names)


def _in(nights: tuple[Nights, ...], night: date) -> bool:
    return any(period.start <= night < period.until for period in nights)


def steps(doc: CalendarDoc[Any], source: Source, night: date, keys: Keys, of: str = "") -> list[Step]:
    """The steps of a calendar of plain values; the last one holds."""
    found = []
    for layer in layers(doc, source, night):
        place, *overrode = source.places((*keys, *layer.keys)) or (None,)
        found.append(Step(layer.value, layer.rule, place, tuple(p for p in overrode if p is not None), of))
    return found


def by_field(doc: CalendarDoc[Any], source: Source, night: date, keys: Keys, prefix: str) -> list[Step]:
    """The steps of a calendar whose values have fields: one for each field that each layer writes; None takes it away."""
    found = []
    for layer in layers(doc, source, night):
        for name, value in layer.value.given().items():
            alias = type(layer.value).model_fields[name].alias or name
            place, *overrode = source.places((*keys, *layer.keys, alias)) or (None,)
            found.append(
                Step(value, f"{prefix}{layer.rule}", place, tuple(p for p in overrode if p is not None), alias)
            )
    return found
