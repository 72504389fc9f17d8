"""Changes into operations: what must come before what.

Within a property: plans are made before anything is sent for them; the side that gives units goes before the side that receives;
prices go before what may open a night; the hotel's own allocation row is written last, when the providers have confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from reconciler.kinds.contract import ASSIGNED
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.journal import Applied
from reconciler.model.plan import Action, Change, Label, Operation
from reconciler.model.state import Availability, Json, Provenance, Restrictions, Value

_STAGES = {"rate_plan": 0, "rates": 2, "restrictions": 3, "availability": 5}
_LOWER_STAGE, _LOWER_AND_OPEN_STAGE, _DATABASE_STAGE, _ALLOCATION_STAGE = 1, 4, 6, 7


def operations(changes: Iterable[Change], applied: Mapping[Address, Applied]) -> tuple[Operation, ...]:
    """The changes of one or more properties as operations in the order in which they run."""
    ends = horizons(applied)
    parts = [Operation(_id(part, label), part, label) for change in changes for part, label in _split(change, ends)]
    parts.sort(key=lambda op: (op.address.property, _stage(op), op.address, op.label))
    by_property: dict[str, list[Operation]] = defaultdict(list)
    for part in parts:
        by_property[part.address.property].append(part)
    return tuple(
        replace(op, waits_for=tuple(sorted(set(_waits_for(op, by_property[op.address.property]))))) for op in parts
    )


def _id(change: Change, label: Label) -> str:
    return f"{change.address}#{label.value}" if label else str(change.address)


def _stage(op: Operation) -> int:
    if op.address.target == DATABASE:
        return _ALLOCATION_STAGE if op.address.kind == "allocation" else _DATABASE_STAGE
    if op.label is Label.LOWER:
        return _LOWER_AND_OPEN_STAGE if _opened(op) else _LOWER_STAGE
    return _STAGES.get(op.address.kind, 0)


def horizons(applied: Mapping[Address, Applied]) -> dict[Address, date]:
    """Up to which night each calendar that was ever applied could be compared: as far as any of its property and target was.

    A night before that which an address lacks (a price that was not written) was looked at, so it did not enter since.
    """
    dated = {
        address: last.value for address, last in applied.items() if isinstance(last.value, Calendar) and last.value
    }
    ends: dict[tuple[str, str], date] = {}
    for address, calendar in dated.items():
        ends[address[:2]] = max(ends.get(address[:2], calendar.until), calendar.until)
    return {address: ends[address[:2]] for address in dated}


def _split(change: Change, ends: Mapping[Address, date]) -> Iterator[tuple[Change, Label]]:
    """The parts of one change that run apart: units taken away, nights that entered the horizon, the rest (units given)."""
    nights = touched(change)
    if not nights:
        yield change, Label.NONE
        return
    gives = change.address.kind == "availability"
    lower = merge(calendar_of(change.before), calendar_of(change.after), _gives) if gives else Calendar()
    end = ends.get(change.address)
    wanted = calendar_of(change.after).covered()
    entered = wanted.clip(end, date.max).without(lower) if end is not None else Calendar()
    rest = nights.without(lower).without(entered)
    parts = ((Label.HORIZON, entered), (Label.LOWER, lower), (Label.RAISE if gives else Label.NONE, rest))
    for label, part in parts:
        if part:
            yield (change if part == nights else within(change, part)), label


def _gives(before: Availability | None, after: Availability | None) -> bool | None:
    """Whether fewer units are held afterwards, or as many with none for sale. What a closed room holds is held all the same."""
    return _holds(after) < _holds(before) or None


def _holds(there: Availability | None) -> tuple[int, bool]:
    return (0, False) if there is None else (there.allotment, not there.closed)


def touched(change: Change) -> Calendar[bool]:
    """All nights that a change of a calendar touches."""
    return merge(calendar_of(change.before), calendar_of(change.after), lambda _b, _a: True)


def within(change: Change, nights: Calendar[bool]) -> Change:
    """The part of a calendar's change on these nights."""
    before, after = calendar_of(change.before).keep(nights), calendar_of(change.after).keep(nights)
    unknown = after.without(before.covered()).nights if change.unknown else 0
    return replace(
        change,
        before=before or None,
        after=after or None,
        provenance=Provenance.UNKNOWN if unknown and not before else change.provenance,
        unknown=unknown,
        counts=change.counts.keep(nights),
    )


def calendar_of(value: Value | None) -> Calendar[Any]:
    """The value as a calendar: an empty one for nothing. Kinds never mix the two shapes."""
    return value if isinstance(value, Calendar) else Calendar()


def _waits_for(op: Operation, others: Sequence[Operation]) -> Iterator[str]:
    for other in others:
        if _must_follow(op, other):
            yield other.id


def _must_follow(op: Operation, other: Operation) -> bool:
    rule = _AFTER.get(other.address.kind)
    return rule is not None and other.address.target != DATABASE and rule(op, other)


def _after_rate_plan(op: Operation, made: Operation) -> bool:
    """What is sent for a plan, and the rows that name its id, wait until it is made."""
    if made.change.action is not Action.CREATE:
        return False
    ours, (room, plan) = op.address, made.address.key
    if ours.target != DATABASE:
        return ours.target == made.address.target and ours.kind in _PRICED and ours.key == (room, plan)
    names = ours.key[1:] == ((room,) if ours.kind == "mapping" else (room, plan))
    return names and ours.key[0] == made.address.target and _names_assigned(op.change.after)


def _after_rates(op: Operation, prices: Operation) -> bool:
    """What opens nights waits for their new prices, lest they are sold at the old ones."""
    ours, theirs = op.address, prices.address
    if ours.target != theirs.target or ours.kind not in _CLOSABLE or ours.key != theirs.key[: len(ours.key)]:
        return False
    opened = _opened(op)
    return bool(opened and touched(prices.change).keep(opened))


def _after_availability(op: Operation, units: Operation) -> bool:
    """The side that receives units waits for the side that gives, the hotel's own row for both."""
    ours, theirs = op.address, units.address
    if ours.key != theirs.key:
        return False
    if ours.target == DATABASE:
        return ours.kind == "allocation"
    receives = ours.kind == "availability" and op.label is not Label.LOWER
    return receives and units.label is Label.LOWER and ours.target != theirs.target


_PRICED, _CLOSABLE = ("rates", "restrictions"), ("restrictions", "availability")
_AFTER = {"rate_plan": _after_rate_plan, "rates": _after_rates, "availability": _after_availability}


def _opened(op: Operation) -> Calendar[bool]:
    return merge(calendar_of(op.change.before), calendar_of(op.change.after), _opens)


def _opens(before: Availability | Restrictions | None, after: Availability | Restrictions | None) -> bool | None:
    return (before is not None and before.closed and after is not None and not after.closed) or None


def _names_assigned(value: Value | None) -> bool:
    def inside(data: Json) -> bool:
        return data == ASSIGNED or (isinstance(data, dict) and any(inside(item) for item in data.values()))

    return value is not None and not isinstance(value, Calendar) and inside(dict(value))
