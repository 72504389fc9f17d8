"""What a plan means for a hotel's business, property by property: prices that move, nights that close, units that go elsewhere, plans.

Speaks of providers, where guests book; the hotel's own database follows and is counted only where nothing else changes. Nights are counted
once, however many rooms, plans and providers they are about; those that only the moving horizon lets in are routine and left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from reconciler.engine.planner import calendar_of, touched
from reconciler.model.address import DATABASE
from reconciler.model.calendar import merge
from reconciler.model.plan import Action, Label, Operation
from reconciler.model.state import Availability, Price, Restrictions
from reconciler.report.contract import count
from reconciler.report.coverage import names
from reconciler.report.values import percent

_Sides = Iterator[tuple[date, Any, Any]]


def meaning(operations: Sequence[Operation]) -> tuple[str, ...]:
    """Phrases, the most telling first; empty where nothing changes."""
    reviewed = [op for op in operations if op.label is not Label.HORIZON]
    sold = [op for op in reviewed if op.address.target != DATABASE]
    if reviewed and not sold:
        return ("only the hotel's own database changes",)
    return (*_prices(sold), *_closed(sold), *_units(sold), *_stays(sold), *_plans(sold))


def _of(operations: Iterable[Operation], kind: str) -> list[Operation]:
    return [op for op in operations if op.address.kind == kind]


def _nights(op: Operation) -> _Sides:
    """Every night that an operation touches, with what it was and is to be."""
    pairs = merge(calendar_of(op.change.before), calendar_of(op.change.after), lambda before, after: (before, after))
    there = merge(touched(op.change), pairs, lambda _, pair: pair or (None, None))
    yield from ((night, *pair) for night, pair in there.items())


def _prices(operations: Sequence[Operation]) -> Iterator[str]:
    moves: dict[str, set[date]] = defaultdict(set)
    sizes: dict[str, list[tuple[Decimal, str]]] = defaultdict(list)
    for op in _of(operations, "rates"):
        for night, before, after in _nights(op):
            what = _move(before, after)
            moves[what].add(night)
            if what in ("rise", "fall"):
                sizes[what].append((after.amount / before.amount, percent(before.amount, after.amount)))
    for what in ("rise", "fall"):
        if moves[what]:
            least, most = min(sizes[what])[1], max(sizes[what])[1]
            by = least if least == most else f"{least} to {most}"
            yield f"prices {what} on {count(len(moves[what]), 'night')} ({by})"
    if moves["new"]:
        yield f"prices for {count(len(moves['new']), 'night')} are sent for the first time"
    if moves["gone"]:
        yield f"{count(len(moves['gone']), 'night')} lose their price and are not sold"
    if moves["guests"]:
        yield f"prices for other numbers of guests change on {count(len(moves['guests']), 'night')}"


def _move(before: Price | None, after: Price | None) -> str:
    if before is None or after is None:
        return "new" if after is not None else "gone"
    if before.amount == after.amount or before.amount <= 0:
        return "guests"
    return "rise" if after.amount > before.amount else "fall"


def _closed(operations: Sequence[Operation]) -> Iterator[str]:
    """Nights on which something closes or opens, by room."""
    found: dict[tuple[bool, str], set[date]] = defaultdict(set)
    for op in (*_of(operations, "restrictions"), *_of(operations, "availability")):
        for night, before, after in _nights(op):
            was, will = _is_closed(before), _is_closed(after)
            if was != will:
                found[will, op.address.key[0]].add(night)
    for will, word in ((True, "closes"), (False, "opens")):
        rooms = sorted(room for closes, room in found if closes is will)
        if rooms:
            nights = len(set().union(*(found[will, room] for room in rooms)))
            yield f"{names(tuple(rooms))} {word if len(rooms) == 1 else word.removesuffix('s')} on {count(nights, 'night')}"


def _is_closed(value: Availability | Restrictions | None) -> bool:
    return value is not None and value.closed


def _units(operations: Sequence[Operation]) -> Iterator[str]:
    """Room nights that a provider gets or gives."""
    moved: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for op in _of(operations, "availability"):
        for _, before, after in _nights(op):
            step = (after.allotment if after else 0) - (before.allotment if before else 0)
            moved[op.address.target][step < 0] += abs(step)
    for target, (more, fewer) in sorted(moved.items()):
        if more or fewer:
            said = [f"{number:+,}" for number in (more, -fewer) if number]
            yield f"{' and '.join(said)} room nights at {target}"


def _stays(operations: Sequence[Operation]) -> Iterator[str]:
    nights: set[date] = set()
    for op in _of(operations, "restrictions"):
        nights.update(night for night, before, after in _nights(op) if _is_closed(before) == _is_closed(after))
    if nights:
        yield f"rules of stay change on {count(len(nights), 'night')}"


def _plans(operations: Sequence[Operation]) -> Iterator[str]:
    words = {Action.CREATE: "added", Action.UPDATE: "changed", Action.DELETE: "taken away"}
    found: dict[Action, set[str]] = defaultdict(set)
    for op in _of(operations, "rate_plan"):
        found[op.change.action].add(op.address.key[-1])
    for action, word in words.items():
        if found[action]:
            plans = tuple(sorted(found[action]))
            yield f"{count(len(plans), 'rate plan')} {word}: {names(plans)}"
