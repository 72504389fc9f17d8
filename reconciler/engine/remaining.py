"""A saved plan against what is there now: what is done already, what is still to do, what has moved.

Judged night by night: observed equal to `after` is done, equal to `before` is to do, anything else has moved. Bookings move nothing,
because an allotment is what is left and what is sold together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.engine.diff import project
from reconciler.engine.planner import calendar_of, touched, within
from reconciler.kinds.availability import in_force
from reconciler.kinds.contract import ASSIGNED
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar, Changed, merge
from reconciler.model.plan import Operation
from reconciler.model.state import Document, Json, Observed, Provenance, Restrictions, Value, Window


@dataclass(frozen=True, slots=True)
class Remaining:
    """What an operation still has to bring about (`todo`, None: nothing), and what was found instead of what was reviewed."""

    operation: Operation
    todo: Operation | None
    moved: Value | None = None
    has_moved: bool = False


def remaining(op: Operation, seen: Observed | None, window: Window) -> Remaining:
    """How one operation stands. Nights before the window are past, and count as done."""
    after, before = op.change.after, op.change.before
    if isinstance(after, Calendar) or isinstance(before, Calendar):
        return _calendar(op, seen, window)
    there = project(seen.value, after or {}) if seen is not None and not isinstance(seen.value, Calendar) else None
    if there == after:
        return Remaining(op, None)
    return Remaining(op, None, there, has_moved=True) if _document_moved(there, before, after) else Remaining(op, op)


def _document_moved(there: Document | None, before: Document | None, after: Document | None) -> bool:
    """Whether any field is neither what was reviewed nor what is wanted. A field that is not there (any more) is to be written."""
    if there is None or before is None:
        return there is not before
    wanted = after or {}
    return any(value not in (before.get(key), wanted.get(key)) for key, value in there.items())


def _calendar(op: Operation, seen: Observed | None, window: Window) -> Remaining:
    nights = touched(op.change).clip(window.start, window.until)
    change = within(op.change, nights)
    after, before = calendar_of(change.after), calendar_of(change.before)
    now = calendar_of(seen.value if seen else None).keep(nights)
    if _nothing_means_free(op, seen):
        free = nights.map(lambda _: Restrictions())
        before, now = free.overlay(before), free.overlay(now)
    target = in_force(after, seen.counts.keep(nights)) if op.address.kind == "availability" and seen else after
    differs = merge(now, merge(target, nights, lambda t, _n: (t,)), lambda n, t: None if t and n == t[0] else True)
    if not differs:
        return Remaining(op, None)
    pairs = merge(now, before, Changed).without(seen.ours if seen is not None else Calendar())
    if seen is not None and seen.provenance is not Provenance.READ_BACK:
        pairs = pairs.keep(now.covered())  # a value that became unknown has not moved: it is sent again
    moved = merge(pairs, differs, lambda p, d: True if d and p is not None and p.before != p.after else None)
    if moved:
        return Remaining(op, None, now.keep(moved), has_moved=True)
    return Remaining(op, replace(op, change=within(change, differs)))


def _nothing_means_free(op: Operation, seen: Observed | None) -> bool:
    """At a provider that is read back, a night without restrictions and one of which nothing is told are the same."""
    readable = seen is None or seen.provenance is Provenance.READ_BACK
    return readable and op.address.kind == "restrictions" and op.address.target != DATABASE


def resolve_assigned(value: Value, assigned: str) -> Value:
    """The document with the id that the provider assigned in place of the mark."""

    def put(data: Json) -> Json:
        if isinstance(data, dict):
            return {key: put(item) for key, item in data.items()}
        return assigned if data == ASSIGNED else data

    return value if isinstance(value, Calendar) else {key: put(item) for key, item in value.items()}
