"""Changes into operations: what must come before what.

Within a property: plans are made before anything is sent for them; the side that gives units goes before the side that receives;
prices go before what may open a night; the hotel's own allocation row is written last, when the providers have confirmed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.kinds.contract import ASSIGNED
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, constant, merge
from reconciler.model.journal import Applied
from reconciler.model.plan import Action, Change, Label, Operation
from reconciler.model.state import Availability, Json, Value

_STAGES = {"rate_plan": 0, "rates": 2, "restrictions": 3, "availability": 4}
_LOWER_STAGE, _DATABASE_STAGE, _ALLOCATION_STAGE = 1, 5, 6


def operations(changes: Iterable[Change], applied: Mapping[Address, Applied]) -> tuple[Operation, ...]:
    """The changes of one or more properties as operations in the order in which they run."""
    parts = [Operation(_id(part, label), part, label) for change in changes for part, label in _split(change, applied)]
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
    return _LOWER_STAGE if op.label is Label.LOWER else _STAGES.get(op.address.kind, 0)


def _split(change: Change, applied: Mapping[Address, Applied]) -> Iterator[tuple[Change, Label]]:
    """The parts of one change that run apart: nights that entered the horizon, units taken away, units given."""
    entered, rest = _horizon(change, applied)
    if entered is not None:
        yield entered, Label.HORIZON
    if rest is None:
        return
    if change.address.kind != "availability":
        yield rest, Label.NONE
        return
    giving = merge(calendar_of(rest.before), calendar_of(rest.after), _gives)
    for label, nights in ((Label.LOWER, giving), (Label.RAISE, touched(rest).without(giving))):
        if nights:
            yield within(rest, nights), label


def _gives(before: Availability | None, after: Availability | None) -> bool | None:
    if before is None or after is None:
        return None
    return after.allotment < before.allotment or (after.closed and not before.closed) or None


def _horizon(change: Change, applied: Mapping[Address, Applied]) -> tuple[Change | None, Change | None]:
    last = applied.get(change.address)
    after = change.after
    if last is None or not isinstance(last.value, Calendar) or not last.value or not isinstance(after, Calendar):
        return None, change
    if not after or after.until <= last.value.until:
        return None, change
    entered = constant(last.value.until, after.until, True)
    new, rest = within(change, entered), within(change, touched(change).without(entered))
    return new, rest if touched(rest) else None


def touched(change: Change) -> Calendar[bool]:
    """All nights that a change of a calendar touches."""
    return merge(calendar_of(change.before), calendar_of(change.after), lambda _b, _a: True)


def within(change: Change, nights: Calendar[bool]) -> Change:
    """The part of a calendar's change on these nights."""
    before, after = calendar_of(change.before).keep(nights), calendar_of(change.after).keep(nights)
    unknown = after.without(before.covered()).nights if change.unknown else 0
    return replace(
        change, before=before or None, after=after or None, unknown=unknown, counts=change.counts.keep(nights)
    )


def calendar_of(value: Value | None) -> Calendar[Any]:
    """The value as a calendar: an empty one for nothing. Kinds never mix the two shapes."""
    return value if isinstance(value, Calendar) else Calendar()


def _waits_for(op: Operation, others: Sequence[Operation]) -> Iterator[str]:
    for other in others:
        if _must_follow(op, other):
            yield other.id


def _must_follow(op: Operation, other: Operation) -> bool:
    ours, theirs = op.address, other.address
    if theirs.target == DATABASE:
        return False
    if theirs.kind == "rate_plan" and other.change.action is Action.CREATE:
        if ours.target == DATABASE:
            return ours.key[0] == theirs.target and _names_assigned(op.change.after)
        return ours.target == theirs.target and ours.kind in ("rates", "restrictions") and ours.key == theirs.key
    if theirs.kind != "availability" or op is other:
        return False
    same_room = ours.key == theirs.key
    if ours.target == DATABASE:
        return ours.kind == "allocation" and same_room
    giving_first = op.label is Label.RAISE and other.label is Label.LOWER
    return giving_first and ours.kind == "availability" and same_room and ours.target != theirs.target


def _names_assigned(value: Value | None) -> bool:
    def inside(data: Json) -> bool:
        return data == ASSIGNED or (isinstance(data, dict) and any(inside(item) for item in data.values()))

    return value is not None and not isinstance(value, Calendar) and inside(dict(value))
