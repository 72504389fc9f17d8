"""A plan that was made again, held against the one that was reviewed: the same, or less because some of it is already so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.engine.plan_file import canonical
from reconciler.engine.planner import calendar_of, touched
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.plan import Change, Label, Operation, Plan
from reconciler.model.state import Document, Value


@dataclass(frozen=True, slots=True)
class Review:
    """`same`: addresses that change as reviewed; `done`: reviewed, and nothing is left to do there; `others`: not reviewed like this."""

    same: tuple[Address, ...]
    done: tuple[Address, ...]
    others: tuple[Address, ...]


def compare(reviewed: Plan, again: Plan) -> Review:
    """How a plan that was made again stands to the reviewed one.

    What only moves the horizon on was nobody's to review. Nights that have passed since are in the reviewed plan only.
    """
    seen = _by_address(reviewed.operations)
    now = _by_address(op for op in again.operations if op.label is not Label.HORIZON)
    others = tuple(address for address, found in now.items() if not _covers(seen.get(address, []), found))
    same = tuple(address for address in now if address not in others)
    return Review(same, tuple(address for address in seen if address not in now), others)


def overtaken(plan: Plan, newest: Plan) -> tuple[Address, ...]:
    """The addresses of a plan at which the newest one wants something else: another value, or what is there already.

    Of a document only the fields count that the plan changes.
    """
    wanted = _by_address(newest.operations)
    mine = _by_address(op for op in plan.operations if op.label is not Label.HORIZON)
    return tuple(address for address, found in mine.items() if not _still(found, wanted.get(address, [])))


def _still(mine: list[Change], wanted: list[Change]) -> bool:
    if any(isinstance(value, Calendar) for change in mine for value in (change.before, change.after)):
        asked = _steps(wanted)
        return not merge(
            _steps(mine), asked, lambda step, other: True if step and step[1:] != (other or ())[1:] else None
        )
    return bool(wanted) and all(_same_fields(change, wanted[0]) for change in mine)


def _same_fields(change: Change, wanted: Change) -> bool:
    asked = _fields_of(wanted.after)
    return (change.after is None) == (wanted.after is None) and all(
        after == canonical(asked.get(name)) for name, (_, after) in _changed(change).items()
    )


def _by_address(operations: Iterable[Operation]) -> dict[Address, list[Change]]:
    found: dict[Address, list[Change]] = {}
    for op in operations:
        found.setdefault(op.address, []).append(op.change)
    return dict(sorted(found.items()))


def _covers(reviewed: list[Change], now: list[Change]) -> bool:
    """Whether every change now is in what was reviewed, from the same to the same."""
    if any(isinstance(value, Calendar) for change in now for value in (change.before, change.after)):
        seen = _steps(reviewed)
        return not merge(_steps(now), seen, lambda step, known: True if step is not None and step != known else None)
    return bool(reviewed) and all(_same_document(reviewed[0], change) for change in now)


def _steps(changes: Iterable[Change]) -> Calendar[tuple[object, object]]:
    """By night, from what to what; of several changes of one address each has its own nights."""
    found: Calendar[tuple[object, object]] = Calendar()
    for change in changes:
        nights = merge(touched(change), calendar_of(change.before), lambda _, before: (before,))
        found = found.overlay(merge(nights, calendar_of(change.after), lambda b, after: b and (b[0], after)))
    return found


def _same_document(reviewed: Change, now: Change) -> bool:
    """Whether it comes or goes as reviewed; else every field that changes now changes from the same to the same.

    A field that is otherwise by now, and stays so, is another change's.
    """
    if (reviewed.before is None, reviewed.after is None) != (now.before is None, now.after is None):
        return False
    if now.before is None or now.after is None:
        return (now.before, now.after) == (reviewed.before, reviewed.after)
    return _changed(now).items() <= _changed(reviewed).items()


def _changed(change: Change) -> dict[str, tuple[str, str]]:
    """Of a document, the fields that change, from what to what, as JSON."""
    before, after = _fields_of(change.before), _fields_of(change.after)
    return {
        name: (canonical(before.get(name)), canonical(after.get(name)))
        for name in {*before, *after}
        if before.get(name) != after.get(name)
    }


def _fields_of(value: Value | None) -> Document:
    return {} if value is None or isinstance(value, Calendar) else value
