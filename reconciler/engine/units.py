"""Units that move between channels: who may hold how many, night by night, so that nothing can be sold twice.

A holding is the most that may come to be sold at a provider in all. Bookings and cancellations there leave it as it is, for what is left
falls as what is sold rises. It rises only under the limit, before anything is sent; it falls only by what was read there.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.calendar import Calendar, merge
from reconciler.model.holding import Holding, Phase
from reconciler.model.state import Allotments, Availability, Counts

OURS = (Phase.CLOSING, Phase.CLOSED, Phase.OPENING)
"""Phases in which a room that is closed there is closed by us, for the moment."""
NONE = Counts(0, 0)


def sellable(there: Availability | None, counts: Counts | None) -> bool:
    """Whether a guest can book a unit there now."""
    return there is not None and not there.closed and counts is not None and counts.left > 0


def read(known: Calendar[Holding], there: Calendar[Availability], counts: Calendar[Counts]) -> Calendar[Holding]:
    """What is held by what was read there, while no request is under way: what is sold and left together, whoever put it there.

    A room that is closed there by us holds what it was left with when it was closed: what it had beyond that, others may have by now.
    """
    now = merge(there, counts, lambda units, count: None if count is None else (bool(units and units.closed), count))
    return merge(now, known, _read)


def _read(now: tuple[bool, Counts] | None, before: Holding | None) -> Holding | None:
    if now is None:
        return None
    closed, counts = now
    whole, epoch = counts.sold + counts.left, before.epoch if before else 0
    if before is None or not closed or before.phase not in OURS:
        return Holding(whole, Phase.OPEN, epoch)
    held = whole if before.phase is Phase.CLOSING else max(before.held, counts.sold)
    return Holding(held, Phase.CLOSED, epoch)


def drained(known: Calendar[Holding], wanted: Calendar[Availability], counts: Calendar[Counts]) -> Calendar[Holding]:
    """What a room that was shown to be closed goes on holding: what it is to have, and not what it had beyond that."""

    def keeps(one: Holding | None, need: tuple[Availability, Counts] | None) -> Holding | None:
        if one is None or need is None:
            return None
        units, count = need
        held = max(count.sold, min(one.held, units.allotment))
        return Holding(held, Phase.CLOSED, one.epoch)

    return merge(known, merge(wanted, counts, lambda u, c: (u, c or NONE) if u is not None else None), keeps)


def asked(wanted: Calendar[Availability], counts: Calendar[Counts]) -> Calendar[int]:
    """What a channel is to hold in all: its allotment, or what it sold where that is more."""

    def ask(units: Availability | None, now: Counts | None) -> int | None:
        return None if units is None else max(units.allotment, (now or NONE).sold)

    return merge(wanted, counts, ask)


def together(known: Calendar[Holding], wanted: Calendar[Availability], counts: Calendar[Counts]) -> Calendar[int]:
    """What a channel may come to sell while a new count replaces the old one: all that it holds, and then all that is left by the new."""
    left = merge(wanted, counts, lambda u, c: None if u is None or c is None else max(0, u.allotment - c.sold))
    return merge(known, left, lambda one, new: None if one is None or new is None else one.held + new)


def fitting(asked_: Calendar[int], others: Calendar[int], most: Calendar[int]) -> Calendar[int]:
    """The nights on which all of it is free."""
    free = merge(most, others, lambda limit_, taken: None if limit_ is None else limit_ - (taken or 0))
    return merge(asked_, free, lambda n, room: n if n is not None and room is not None and n <= room else None)


def limit(wanted: Calendar[Allotments]) -> Calendar[int]:
    """Units and overbooking together."""
    return wanted.map(lambda night: night.units + night.overbooking)


def total(parts: Iterable[Calendar[int]]) -> Calendar[int]:
    """The sum on every night that any of them has."""
    found: Calendar[int] = Calendar()
    for part in parts:
        found = merge(found, part, lambda a, b: (a or 0) + (b or 0))
    return found


def granted(wanted: Calendar[int], own: Calendar[int], others: Calendar[int], most: Calendar[int]) -> Calendar[int]:
    """What a channel that asks to hold so many in all may hold: what it holds already, and beyond that only what is free."""
    free = merge(most, others, lambda limit_, taken: None if limit_ is None else limit_ - (taken or 0))

    def may(total_: int | None, room: tuple[int, int] | None) -> int | None:
        if total_ is None:
            return None
        return 0 if room is None else min(total_, max(room))

    return merge(wanted, merge(own, free, lambda o, f: None if f is None else (o or 0, f)), may)
