"""Closures: rooms that people took off sale by hand, laid over the property before anything is compared.

So a plan, an apply and a drift run all know of them, and nothing opens such a room again until somebody says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from reconciler.model.calendar import Calendar, constant, merge
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import Closure, Property

CLOSED_BY_HAND = "closed-by-hand"
"""The code of what says that a room is closed by hand: told before everything else, like a suspension."""


def with_closures(hotel: Property, closures: Iterable[Closure]) -> Property:
    """The property with these rooms closed on these nights. Rooms that git does not have any more are left out."""
    rooms, told = dict(hotel.rooms), []
    for closure in closures:
        if closure.room not in hotel.rooms:
            continue
        nights = nights_of(hotel, closure)
        in_git = not merge(
            nights, hotel.rooms[closure.room].closed, lambda asked, said: True if asked and not said else None
        )
        told.append(replace(closure, in_git=in_git))
        room = rooms[closure.room]
        rooms[closure.room] = replace(room, closed=room.closed.overlay(nights))
    return replace(hotel, rooms=rooms, closures=tuple(told))


def nights_of(hotel: Property, closure: Closure) -> Calendar[bool]:
    start, until = max(closure.start, hotel.window.start), min(closure.until or date.max, hotel.window.until)
    return constant(start, until, True) if start < until else Calendar()


def closed_by_hand(hotel: Property) -> Iterator[Diagnostic]:
    """What says so in plans and drift reports, one for each closure."""
    for one in hotel.closures:
        last = f" through {one.until - timedelta(days=1)}" if one.until else ""
        message = f"{one.room} is closed by hand from {one.start}{last}, since {one.since:%Y-%m-%d %H:%M} by {one.by}: {one.reason}"
        yield Diagnostic(
            CLOSED_BY_HAND,
            f"{message}; git says the same" if one.in_git else message,
            Severity.INFO if one.in_git else Severity.WARNING,
            hint=f"`reconciler open --property {hotel.slug} --room {one.room}` lets git's word hold"
            + ("" if one.in_git else "; or write `closed` for these nights in git"),
            address=f"{hotel.slug}/{one.room}",
        )
