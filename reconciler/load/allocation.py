"""Allotments by night: numbers as written, shares of the night's units rounded down, and the limit that always holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from reconciler.load import calendars
from reconciler.load.calendars import spelled
from reconciler.load.context import Context
from reconciler.load.problems import Keys
from reconciler.load.weeks import Weeks, constant, merge
from reconciler.model.calendar import Run
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, Bounds
from reconciler.model.share import Share
from reconciler.model.state import Allotments


class _Night(NamedTuple):
    """What is written for a night, and how many units there are."""

    written: Mapping[str, Share | None] | None
    units: int | None


_OTHERS = ((BOOKING, "booking_com"), (EXPEDIA, "expedia"))


def allocations(context: Context) -> dict[str, Weeks[Allotments]]:
    """The allotments of every room that has an allocation."""
    found = {}
    every = context.doc.allocation.get("*")
    for room, doc in context.doc.allocation.items():
        keys = ("allocation", room)
        # A room that says `static` leaves aside what every other room moves between.
        if doc.bounds and "dynamic" not in (doc.mode, every.mode if every else None):
            message = "`bounds` say nothing without `mode: dynamic`"
            context.problems.add("bounds-without-dynamic", message, (*keys, "bounds"), "leave them out", at_key=True)
        if room == "*":
            continue
        if room not in context.rooms:
            context.problems.unknown("room", room, context.rooms, keys, at_key=True)
            continue
        found[room] = _room(context, room, keys)
    return found


def bounds(context: Context, allotted: Mapping[str, Weeks[Allotments]]) -> dict[str, Bounds]:
    """Of each room whose numbers move by demand, between what; git's numbers, with which it starts, lie inside."""
    found: dict[str, Bounds] = {}
    for room, nights in allotted.items():
        doc = context.doc.allocation[room]
        if doc.mode != "dynamic":
            continue
        found[room] = {channel: _bound(written) for channel, written in doc.bounds.items()}
        for channel, (least, most) in found[room].items():
            keys = ("allocation", room, "bounds", channel)
            if most is not None and least > most:
                hint = f"write {most}..{least}"
                context.problems.add("least-above-most", f"the least, {least}, is above the most, {most}", keys, hint)
            else:
                _check_start(context, nights, keys, (least, most))
    return found


def _bound(written: str) -> tuple[int, int | None]:
    least, _, most = written.partition("..")
    return int(least or 0), int(most) if most else None


def _check_start(context: Context, nights: Weeks[Allotments], keys: Keys, bound: tuple[int, int | None]) -> None:
    channel, (least, most) = str(keys[-1]), bound

    def outside(value: Allotments) -> bool:
        count = value.of(channel)
        return count < least or (most is not None and count > most)

    if any(map(outside, nights.values)):
        first = next(run for run in nights.calendar() if outside(run.value))
        message = f"{channel} starts with {first.value.of(channel)} on {spelled(first.start, first.until)}, outside its bounds"
        context.problems.add("start-outside-bounds", message, keys, "widen the bounds, or change the allotment")


def allot(written: Mapping[str, Share | None], units: int) -> Allotments:
    """One night's allotments. What rounding down leaves over goes to `direct`; without a word on `direct` it has what others leave."""
    others = [(channel, _of(written.get(name), units)) for channel, name in _OTHERS]
    direct = written.get("direct")
    if direct is None:
        own = max(0, units - sum(count for _, count in others))
    else:
        own = _of(direct, units) + (_left_over(written, units) if direct.percent else 0)
    return Allotments(units, ((DIRECT, own), *others), _of(written.get("overbooking"), units))


def _of(share: Share | None, units: int) -> int:
    return int(share.of(units)) if share else 0


def _left_over(written: Mapping[str, Share | None], units: int) -> int:
    """Whole units that rounding each share down lost."""
    shares = [share for name, share in written.items() if name != "overbooking" and share and share.percent]
    exact = sum((share.of(units) for share in shares), Decimal(0))
    return int(exact) - sum(int(share.of(units)) for share in shares)


def _room(context: Context, room: str, keys: Keys) -> Weeks[Allotments]:
    doc, usual = context.doc.allocation[room], context.doc.rooms[room].units
    if usual and calendars.is_one(doc) and calendars.is_one(usual) and doc.default and usual.default is not None:
        always = allot(doc.default.given(), usual.default)
        if not _over_limit(always):
            return constant(context.frame.window.start, context.frame.window.until, always)
    written = calendars.fields(doc, context.frame, keys, context.problems)
    nights: Weeks[_Night] = merge(written, context.units[room], _Night)
    _check_units(context, room, nights)
    found = nights.pick(lambda night: None if None in night else allot(night.written or {}, night.units or 0))
    _check_limit(context, found, keys, usual.default if usual and usual.default is not None else 0)
    return found.map(yielding)


def _check_units(context: Context, room: str, nights: Weeks[_Night]) -> None:
    lacking = nights.pick(lambda night: True if night.units is None else None)
    if lacking:
        first = lacking.calendar().runs[0]
        message = f"room `{room}` has an allocation but no `units` on {spelled(first.start, first.until)}"
        context.problems.add("no-units", message, ("rooms", room), "say how many there are", at_key=True)


def _check_limit(context: Context, nights: Weeks[Allotments], keys: Keys, usual: int) -> None:
    """An error, but for nights with fewer units than usual on which `direct` alone can give way: it has what the others leave."""
    if not any(map(_over_limit, nights.values)):
        return
    over = [run for run in nights.calendar() if _over_limit(run.value)]
    wrong = [run for run in over if run.value.units >= usual or _others(run.value) > _limit(run.value)]
    if wrong:
        hint = "lower an allotment, or raise `overbooking`"
        context.problems.add("over-allotted", _over(wrong), keys, hint, at_key=True)
    else:
        hint = "say what holds on these nights to be rid of this warning"
        context.problems.warn("direct-gives-way", f"{_over(over)}: `direct` gives way", keys, hint, at_key=True)


def _over_limit(value: Allotments) -> bool:
    return _total(value) > _limit(value)


def _over(runs: list[Run[Allotments]]) -> str:
    first = runs[0].value
    parts = " + ".join(f"{count} {channel}" for channel, count in first.channels)
    when = ", ".join(spelled(run.start, run.until) for run in runs[:3]) + (", …" if len(runs) > 3 else "")
    return f"{parts} is more than {first.units} units + {first.overbooking} overbooking on {when}"


def yielding(value: Allotments) -> Allotments:
    """With `direct` lowered to what the others leave, where together they are above the limit."""
    direct = max(0, min(value.of(DIRECT), _limit(value) - _others(value)))
    return replace(value, channels=((DIRECT, direct), *value.channels[1:]))


def _limit(value: Allotments) -> int:
    return value.units + value.overbooking


def _others(value: Allotments) -> int:
    return _total(value) - value.of(DIRECT)


def _total(value: Allotments) -> int:
    return sum(count for _, count in value.channels)
