"""A plan that was made again, held against the one that was reviewed: the same, or less because some of it is already so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
    return now.after == reviewed.after and all(_fields(reviewed, now))


def _fields(reviewed: Change, now: Change) -> Iterator[bool]:
    """Field by field: what is there now is what was there, or is already as reviewed."""
    before, after, there = (_fields_of(value) for value in (reviewed.before, reviewed.after, now.before))
    yield (now.before is None) == (reviewed.before is None)
    for name in {*before, *there}:
        yield there.get(name) in (before.get(name), after.get(name))


def _fields_of(value: Value | None) -> Document:
    return {} if value is None or isinstance(value, Calendar) else value
