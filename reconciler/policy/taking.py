"""What an operation takes away: something that is switched off, nights that are closed."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.engine.planner import calendar_of
from reconciler.model.calendar import Calendar, merge
from reconciler.model.plan import Action, Operation
from reconciler.model.state import Availability, Restrictions, Value

_FLAGS = ("active", "is_active", "is_enabled")
_CLOSABLE = frozenset({"availability", "restrictions"})


def switches_off(op: Operation) -> bool:
    """Whether something is deleted, or switched off that was not off already."""
    was, wanted = op.change.before, op.change.after
    off = isinstance(wanted, Mapping) and any(wanted.get(flag) is False and not _is_off(was, flag) for flag in _FLAGS)
    return op.change.action is Action.DELETE or (op.change.action is Action.UPDATE and off)


def _is_off(value: Value | None, flag: str) -> bool:
    return isinstance(value, Mapping) and value.get(flag) is False


def closed(op: Operation) -> Calendar[bool]:
    """The nights of a room or plan at a provider that are open, as far as is known, and that the operation closes."""
    if op.address.kind not in _CLOSABLE:
        return Calendar()
    return merge(calendar_of(op.change.before), calendar_of(op.change.after), _closes)


def _closes(before: Availability | Restrictions | None, after: Availability | Restrictions | None) -> bool | None:
    return (before is not None and not before.closed and after is not None and after.closed) or None
