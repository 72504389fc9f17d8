"""Allocations that move by demand: their numbers stand in the hotel's database, and git says between what.

So before anything is compared, the hotel gets the numbers that stand there, brought inside git's bounds where they are outside.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.engine.planner import calendar_of
from reconciler.errors import ReconcilerError
from reconciler.kinds.allocation import moved
from reconciler.model.address import DATABASE, Address
from reconciler.model.property import Property
from reconciler.model.state import Window
from reconciler.providers.contract import Target
from reconciler.runtime.faults import as_error
from reconciler.runtime.site import Targets


def standing(
    hotel: Property, targets: Targets, window: Callable[[Target], Window]
) -> tuple[Property, ReconcilerError | None]:
    """The property with the allotments that stand now, or why they cannot be read: then nothing may be said of any provider's."""
    database = targets.get(DATABASE)
    if not hotel.bounds:
        return hotel, None
    if database is None:
        return _without_moving(hotel), None
    try:
        return _as_they_stand(hotel, database, window(database)), None
    except Exception as fault:  # noqa: BLE001 - whatever comes from the database, other properties go on
        return _without_moving(hotel), as_error(fault)


def _as_they_stand(hotel: Property, database: Target, window: Window) -> Property:
    seen = database.observe(frozenset({"allocation"}), window).entries
    found = dict(hotel.allocation)
    for room, bounds in hotel.bounds.items():
        observed = seen.get(Address(hotel.slug, DATABASE, "allocation", (room,)))
        if observed is not None:
            found[room] = moved(found[room], calendar_of(observed.value), bounds)
    return replace(hotel, allocation=found)


def _without_moving(hotel: Property) -> Property:
    """Without the rooms whose numbers move."""
    return replace(
        hotel, allocation={room: nights for room, nights in hotel.allocation.items() if room not in hotel.bounds}
    )
