"""The nights of one address for formats that draw calendars: what each run of them was and is to be, in words and as an amount.

Made by the builders and from the plan or drift report alone; worked out when a format asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from reconciler.model.calendar import Calendar, merge
from reconciler.model.state import Availability, Counts, NightValue
from reconciler.report.contract import Stretch
from reconciler.report.values import UNKNOWN, amount, left_of, night, telling

Words = tuple[str, str, float | None, float | None]
"""Before and after in words, then as amounts: the value of a stretch."""


@lru_cache(maxsize=256)  # the database and a provider mostly get the same nights
def of_change(
    before: Calendar[Any], after: Calendar[Any], counts: Calendar[Counts], absent: str
) -> tuple[Stretch, ...]:
    """The nights of a change. `absent` stands for a night that was empty or is unknown."""

    @cache
    def words(old: NightValue | None, new: NightValue | None, units: Counts | None = None) -> Words:
        unknown = old is None and new is not None and absent == UNKNOWN
        sold = " ".join(left_of(_units(old), new, units)) if isinstance(new, Availability) else ""
        was, is_to_be = telling((old, new))
        said = " ".join(filter(None, (night(is_to_be), sold, "(first send)" if unknown else "")))
        return night(was, absent), said, amount(old), amount(new)

    sides: Calendar[Any] = merge(before, after, lambda old, new: (old, new))
    if counts:
        sides = merge(sides, counts, lambda side, units: None if side is None else (*side, units))
    return stretches(sides, lambda side: words(*side))


def stretches(sides: Calendar[Any], words: Callable[[Any], Words]) -> tuple[Stretch, ...]:
    """A stretch per run of nights with the same values on every side."""
    return tuple(Stretch(run.start, run.until, *words(run.value)) for run in sides)


def entering(nights: Calendar[bool]) -> tuple[Stretch, ...]:
    """The nights that the horizon lets in."""
    return tuple(Stretch(run.start, run.until, "beyond the horizon", "new night") for run in nights)


def _units(value: NightValue | None) -> Availability | None:
    return value if isinstance(value, Availability) else None
