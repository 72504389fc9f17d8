"""A channel that sold more than its allotment: what git gives the others is no longer there, and they give way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.kinds import allocation
from reconciler.model.calendar import Calendar
from reconciler.model.property import DIRECT, Property
from reconciler.model.state import Counts
from reconciler.runtime.site import Site

if TYPE_CHECKING:
    from reconciler.runtime.survey import Survey


def outsold(site: Site, hotel: Property, surveys: Sequence[Survey]) -> Property:
    """The property with the allotments that can be kept, given what each provider says that it has sold, and the hotel itself."""
    direct = site.store.sold_direct(hotel.id)
    sold = {key: {DIRECT: direct[room.id]} for key, room in hotel.rooms.items() if room.id in direct}
    for survey in surveys:
        for address, entry in survey.observed.items():
            if address.kind == "availability" and entry.counts:
                sold.setdefault(address.key[0], {})[survey.target] = _sold(entry.counts)
    kept = {
        room: allocation.outsold(nights, sold.get(room, {}), direct_asks=bool(direct))
        for room, nights in hotel.allocation.items()
    }
    return hotel if kept == dict(hotel.allocation) else replace(hotel, allocation=kept)


def _sold(counts: Calendar[Counts]) -> Calendar[int]:
    return counts.map(lambda now: now.sold)
