"""Prices from and to a spreadsheet: rows become named overrides such that exactly those nights have exactly those prices.

Prices are a plan's own, before what one provider has of its own. A plan that is made from another follows it: rows for both say both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reconciler.errors import ReconcilerError
from reconciler.load import editing
from reconciler.load.layout import Branch, Layout, Leaf, unquoted
from reconciler.load.parse import parse
from reconciler.load.times import nights as read_nights
from reconciler.model.calendar import EVERY_DAY, WEEKDAYS, Calendar, from_nights, merge, patterns
from reconciler.model.diagnostics import Diagnostic, did_you_mean
from reconciler.model.money import in_currency
from reconciler.model.property import DIRECT, Property
from reconciler.runtime.drafting import Draft
from reconciler.runtime.spreadsheet import Row

PREFIX = "csv-"
_MOST_NIGHTS = 5_000_000
_PASSES = 8
_DAY = timedelta(days=1)

Group = tuple[str, str, str]
"""Property, room, rate plan."""
Wanted = Mapping[Group, Calendar[Decimal]]


@dataclass(frozen=True, slots=True)
class Repriced:
    """What came of it: groups and nights whose price is another one now."""

    groups: int
    nights: int


def exported(hotels: Iterable[Property], *, derived: bool = False) -> Iterator[Row]:
    """The prices of all nights as rows; without those that are made from others, unless `derived`."""
    for hotel in hotels:
        for name, plan in hotel.rate_plans.items():
            for room in plan.rooms:
                if derived or room in plan.own_prices:
                    amounts = plan.prices[room, DIRECT].map(lambda price: price.amount)
                    found = sorted(patterns(amounts), key=lambda pattern: (pattern.start, sorted(pattern.days)))
                    for one in found:
                        yield Row(0, hotel.slug, room, name, one.start, one.until, one.days, one.value)


def wanted(rows: Sequence[Row], hotels: Mapping[str, Property], name: str) -> tuple[Wanted, list[Diagnostic]]:
    """What the rows want, by group, and what is wrong with them. Nights before a property's today are passed over."""
    problems = [problem for row in rows for problem in _unknown(row, hotels, name)]
    if sum((row.until - row.start).days for row in rows) > _MOST_NIGHTS:
        problems.append(Diagnostic("bad-csv", f"more than {_MOST_NIGHTS:,} nights", hint="split it", file=name))
    if problems:
        return {}, problems
    said: dict[Group, dict[date, Row]] = defaultdict(dict)
    for row in rows:
        group = (row.property, row.room, row.rate_plan)
        for night in _nights(row, hotels[row.property]):
            other = said[group].setdefault(night, row)
            if other.price != row.price:
                message = f"{night} has the price {row.price} here and {other.price} in line {other.line}"
                problems.append(
                    Diagnostic("bad-csv", message, hint="keep one of them", file=name, line=row.line, column=1)
                )
                break
    currencies = {group: hotels[group[0]].currency for group in said}
    return {
        group: from_nights({night: in_currency(row.price, currencies[group]) for night, row in nights.items()})
        for group, nights in said.items()
    }, problems


def _nights(row: Row, hotel: Property) -> Iterator[date]:
    night = max(row.start, hotel.window.start)
    while night < row.until:
        if night.weekday() in row.days:
            yield night
        night += _DAY


def _unknown(row: Row, hotels: Mapping[str, Property], name: str) -> Iterator[Diagnostic]:
    hotel = hotels.get(row.property)
    if hotel is None:
        yield _odd(row, name, f"there is no property `{row.property[:80]}`", did_you_mean(row.property, hotels))
    elif row.rate_plan not in hotel.rate_plans:
        yield _odd(
            row, name, f"there is no rate plan `{row.rate_plan[:80]}`", did_you_mean(row.rate_plan, hotel.rate_plans)
        )
    elif row.room not in hotel.rate_plans[row.rate_plan].rooms:
        rooms = hotel.rate_plans[row.rate_plan].rooms
        yield _odd(row, name, f"`{row.rate_plan}` is not for room `{row.room[:80]}`", did_you_mean(row.room, rooms))
    elif in_currency(row.price, hotel.currency) != row.price:
        yield _odd(row, name, f"{row.price} has more decimals than {hotel.currency}")


def _odd(row: Row, name: str, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic("bad-csv", message, hint=hint, file=name, line=row.line, column=1)


def reprice(draft: Draft, prices: Wanted, only: Collection[str]) -> Repriced:
    """Edits the draft until every group has its prices; parents first, because plans made from them follow.

    Raises ReconcilerError where a price cannot be had, for instance because of a floor: the errors of the edited files say it better.
    """
    before = draft.load(only)
    changed: dict[Group, int] = {}
    for _ in range(_PASSES):
        loaded = before if not changed else draft.judge(before, only)
        hotels = {hotel.slug: hotel for hotel in loaded.properties}
        differing = {g: d for g, w in prices.items() if (d := _differing(w, hotels[g[0]], g, changed))}
        if not differing:
            return Repriced(len(changed), sum(changed.values()))
        for group, nights in differing.items():
            changed[group] = changed.get(group, 0) + nights.nights
            _write(draft, group, prices[group], nights)
    raise ReconcilerError(
        "the prices cannot be had: what is written over them wins", hint="give the plan's own prices only"
    )


def _differing(prices: Calendar[Decimal], hotel: Property, group: Group, done: Collection[Group]) -> Calendar[bool]:
    """The nights that have another price. Those behind the horizon nobody can see: they are written once."""
    window = hotel.window
    now = hotel.rate_plans[group[2]].prices[group[1], DIRECT].map(lambda price: price.amount)
    seen = prices if group not in done else prices.clip(window.start, window.until)
    return merge(seen, now, lambda want, is_: True if want is not None and want != is_ else None)


def _write(draft: Draft, group: Group, prices: Calendar[Decimal], nights: Calendar[bool]) -> None:
    """Overrides for these nights. Those of earlier spreadsheets that this one speaks of altogether make place."""
    slug, room, plan = group
    keys = ("rate_plans", plan, "rates", room, "overrides")

    def change(layout: Layout) -> None:
        written = nights
        for name, old in _earlier(layout, keys):
            if not old.without(prices.covered()):
                editing.take(layout, (*keys, name))
                written = written.overlay(old)
        for one in sorted(patterns(prices.keep(written)), key=lambda one: (one.start, sorted(one.days))):
            here = (*keys, free_name(layout, keys, f"{PREFIX}{one.start}"))
            editing.put(layout, here, override(one.start, one.until, one.days, one.value))

    draft.edit(slug, change)


def override(start: date, until: date, days: frozenset[int], value: object) -> dict[str, object]:
    """An override as the YAML has it."""
    last = until - _DAY
    entry: dict[str, object] = {"nights": f"{start}" if start == last else f"{start}..{last}"}
    if days != EVERY_DAY and (until - start).days > len(days):
        entry["days"] = [WEEKDAYS[day] for day in sorted(days)]
    return {**entry, "set": value}


def _earlier(layout: Layout, keys: Sequence[str]) -> Iterator[tuple[str, Calendar[bool]]]:
    """The overrides of earlier spreadsheets with the nights that they cover, whatever weekdays they are for."""
    found = editing.get(layout, keys)
    for entry in list(found.entries) if isinstance(found, Branch) else []:
        name = unquoted(entry.key)
        nights = entry.value.entry("nights") if isinstance(entry.value, Branch) else None
        if name.startswith(PREFIX) and nights is not None and isinstance(nights.value, Leaf):
            periods = read_nights(_plain(nights.value.text))
            yield (
                name,
                from_nights({p.start + n * _DAY: True for p in periods for n in range((p.until - p.start).days)}),
            )


def _plain(text: str) -> object:
    data, _ = parse(f"nights: {text}\n")
    return data["nights"] if isinstance(data, dict) else None


def free_name(layout: Layout, keys: Sequence[str], name: str) -> str:
    """The name, with a number behind it where it is taken."""
    number, free = 1, name
    while editing.get(layout, (*keys, free)) is not None:
        number += 1
        free = f"{name}-{number}"
    return free
