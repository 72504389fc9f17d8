"""Calendars of a report as compact JSON for a page that draws them: each word, value, week and calendar once.

A lane is the nights of one room and plan at one provider. Addresses with the same nights (a provider and the hotel's database as a
rule have them) share one. Weeks begin on Monday; equal weeks in a row are one with a number, so a year of weekend prices is short.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Generic, TypeVar

from reconciler.kinds import KINDS
from reconciler.kinds.parts import parts
from reconciler.model.plan import MAX_WINDOW
from reconciler.report.clean import clean
from reconciler.report.contract import Entry, Section, Stretch

H = TypeVar("H", bound=Hashable)

LARGEST = 6_000_000
"""Characters of all calendars of a page. What does not fit is left out, and the page says so."""

LONGEST = 2 * MAX_WINDOW
"""Nights from the first to the last of a section: more than a plan has, and few enough to be drawn."""

_MONDAY = date(1970, 1, 5).toordinal()
# So that a text cannot end the element it stands in, whatever reads it.
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})

_Lane = list[int | list[int]]


class _Once(Generic[H]):
    """Things by number, each kept once."""

    def __init__(self) -> None:
        self.numbers: dict[H, int] = {}

    def __call__(self, thing: H) -> int:
        return self.numbers.setdefault(thing, len(self.numbers))

    def __iter__(self) -> Iterator[H]:
        return iter(self.numbers)


class Calendars:
    """The calendars of a report, section by section."""

    def __init__(self) -> None:
        self.left_out = 0
        self._size = 0
        self._words: _Once[str] = _Once()
        self._values: _Once[tuple[int, int, float | None, float | None]] = _Once()
        self._weeks: _Once[tuple[int, ...]] = _Once()
        self._known: dict[tuple[str, str, float | None, float | None], int] = {}
        self._calendars: dict[tuple[Stretch, ...], int] = {}
        self._written: list[list[int]] = []
        self._sections: list[list[_Lane]] = []
        self._words(""), self._values((0, 0, None, None))

    def add(self, section: Section) -> bool:
        """Whether the section has calendars on the page. They are left out where all together, or theirs alone, would be too large."""
        dated = [(number, entry, entry.calendar()) for number, entry in enumerate(section.entries) if entry.calendar]
        dated = [item for item in dated if item[2]]
        fits = self._size < LARGEST and _span(nights for _, _, nights in dated) <= LONGEST
        self.left_out += bool(dated) and not fits
        self._sections.append(list(self._lanes(dated)) if fits else [])
        return bool(dated) and fits

    def _lanes(self, dated: Sequence[tuple[int, Entry, tuple[Stretch, ...]]]) -> Iterator[_Lane]:
        """Each as room, provider, plan, kind, number of its calendar, its entries, and their targets."""
        shared: dict[tuple[str, str, str, str, int], list[tuple[int, str]]] = {}
        for number, entry, nights in dated:
            at = entry.address
            where = (*_place(entry), at.kind if at else "", self._calendar(nights))
            shared.setdefault(where, []).append((number, at.target if at else ""))
        for (room, provider, plan, kind, calendar), entries in sorted(shared.items(), key=_where):
            words = [self._words(clean(text)) for text in (room, provider, plan, kind)]
            targets = [self._words(clean(target)) for _, target in entries]
            yield [*words, calendar, [number for number, _ in entries], targets]

    def _calendar(self, nights: tuple[Stretch, ...]) -> int:
        """Its number; written where it was not yet: the first week, then numbers of weeks and which."""
        if nights not in self._calendars:
            self._calendars[nights] = len(self._written)
            self._written.append(self._weekly(nights))
            self._size += 5 * len(self._written[-1])
        return self._calendars[nights]

    def _weekly(self, nights: Sequence[Stretch]) -> list[int]:
        monday = (nights[0].start.toordinal() - _MONDAY) // 7 * 7
        values = [0] * (nights[-1].until.toordinal() - _MONDAY - monday)
        values += [0] * (-len(values) % 7)
        for stretch in nights:
            first, until = stretch.start.toordinal() - _MONDAY - monday, stretch.until.toordinal() - _MONDAY - monday
            values[first:until] = [self._value(stretch)] * (until - first)
        known = len(self._weeks.numbers)
        weeks = [self._weeks(tuple(values[i : i + 7])) for i in range(0, len(values), 7)]
        self._size += 30 * (len(self._weeks.numbers) - known)
        return [monday // 7, *(number for week, run in groupby(weeks) for number in (len(list(run)), week))]

    def _value(self, stretch: Stretch) -> int:
        said = (stretch.before, stretch.after, stretch.amount_before, stretch.amount_after)
        if said not in self._known:
            before, after = self._words(clean(stretch.before)), self._words(clean(stretch.after))
            self._known[said] = self._values((before, after, stretch.amount_before, stretch.amount_after))
            self._size += 30 + len(stretch.before) + len(stretch.after)
        return self._known[said]

    def json(self) -> str:
        """All of them, safe inside an HTML element."""
        return safe_json(
            {
                "words": list(self._words),
                "values": [[_short(part) for part in value] for value in self._values],
                "weeks": list(self._weeks),
                "calendars": self._written,
                "sections": self._sections,
            }
        )


def safe_json(data: object) -> str:
    """JSON without any character that HTML could read as its own."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)


def _place(entry: Entry) -> tuple[str, str, str]:
    if entry.address is None:
        return "", "", entry.name
    provider, room, plan = parts(entry.address)
    return room, provider, plan


def _where(item: tuple[tuple[str, str, str, str, int], object]) -> tuple[bool, str, str, int, str]:
    """Rooms by name, at each provider the units first; what is about no single room stands last."""
    room, provider, plan, kind, _ = item[0]
    return not room, room, provider, list(KINDS).index(kind) if kind in KINDS else len(KINDS), plan


def _span(calendars: Iterable[Sequence[Stretch]]) -> int:
    ends = [(nights[0].start, nights[-1].until) for nights in calendars]
    return (max(until for _, until in ends) - min(start for start, _ in ends)).days if ends else 0


def _short(number: float | None) -> float | None:
    """Whole numbers without a point."""
    return int(number) if number is not None and number == int(number) else number
