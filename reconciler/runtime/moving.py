"""Allocations that move by demand: their numbers stand in the hotel's database, and git says between what.

So before anything is compared, the hotel gets the numbers that stand there, brought inside git's bounds where they are outside.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.engine.planner import calendar_of
from reconciler.errors import ReconcilerError
from reconciler.kinds.allocation import moved
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.property import Property
from reconciler.model.state import Allotments, Observed
from reconciler.providers.contract import Target
from reconciler.runtime.faults import as_error
from reconciler.runtime.site import Targets


def standing(hotel: Property, targets: Targets) -> tuple[Property, ReconcilerError | None]:
    """The property with the allotments that stand now, or why they cannot be read: then nothing may be said of any provider's."""
    database = targets.get(DATABASE)
    if not hotel.bounds:
        return hotel, None
    if database is None:
        return without_moving(hotel), None
    try:
        return _as_they_stand(hotel, database), None
    except Exception as fault:  # noqa: BLE001 - whatever comes from the database, other properties go on
        return without_moving(hotel), as_error(fault)


def _as_they_stand(hotel: Property, database: Target) -> Property:
    seen = database.observe(frozenset({"allocation"}), hotel.window).entries
    found = dict(hotel.allocation)
    for room in hotel.bounds:
        address = Address(hotel.slug, DATABASE, "allocation", (room,))
        found[room] = as_seen(hotel, address, found[room], seen.get(address))
    return replace(hotel, allocation=found)


def as_seen(
    hotel: Property, address: Address, wanted: Calendar[Allotments], seen: Observed | None
) -> Calendar[Allotments]:
    """What git wants of a room's allotments, given what was seen of them: where they move, what stands holds inside the bounds.

    Asked by the very rows that are compared, so that what moves between two looks is not moved back.
    """
    bounds = hotel.bounds.get(address.key[0])
    return wanted if bounds is None or seen is None else moved(wanted, calendar_of(seen.value), bounds)


def without_moving(hotel: Property) -> Property:
    """Without the rooms whose numbers move."""
    return replace(
        hotel, allocation={room: nights for room, nights in hotel.allocation.items() if room not in hotel.bounds}
    )
