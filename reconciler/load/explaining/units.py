"""Units of a night: how many there are, how they are shared out, whether the room is closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from reconciler.load.allocation import allot, yielding
from reconciler.load.explaining.nights import by_field, steps
from reconciler.load.explaining.source import Source
from reconciler.model.explanation import Step
from reconciler.model.share import Share
from reconciler.model.state import Allotments


def units(source: Source, room: str, night: date) -> tuple[int | None, list[Step]]:
    """How many units there are."""
    doc = source.doc.rooms[room].units
    found = steps(doc, source, night, ("rooms", room, "units"), "units") if doc is not None else []
    return (found[-1].value if found else None), found


def closed(source: Source, room: str, night: date) -> tuple[bool, list[Step]]:
    """Whether the room is closed."""
    found = steps(source.doc.rooms[room].closed, source, night, ("rooms", room, "closed"), "closed")
    return (bool(found[-1].value) if found else False), found


def allotments(source: Source, room: str, night: date) -> tuple[Allotments | None, list[Step]]:
    """The allotments, with the arithmetic of each share."""
    count, found = units(source, room, night)
    doc = source.doc.allocation.get(room)
    if doc is None or count is None:
        return None, found
    written = by_field(doc, source, night, ("allocation", room), "")
    if not written:
        return None, found
    shares: dict[str, Any] = {step.of.replace(".", "_"): step.value for step in written}
    asked = allot(shares, count)
    value = yielding(asked)
    found += [Step(_spelled(step.value, count), step.rule, step.place, step.overrode, step.of) for step in written]
    numbers = {**dict(value.channels), "overbooking": value.overbooking}
    for channel, number in numbers.items():
        left = channel == "direct" and (value != asked or not isinstance(shares.get("direct"), Share))
        rule = "what the others leave" if left else "in whole units"
        moves = doc.mode == "dynamic" and channel != "overbooking"
        found.append(Step(number, f"{rule}; where it starts, it moves by demand" if moves else rule, None, (), channel))
    return value, found


def _spelled(share: Share | None, count: int) -> str:
    if share is None:
        return "taken away"
    return f"{share.number:f}% of {count} = {share.of(count):f}" if share.percent else f"{share.number:f}"
