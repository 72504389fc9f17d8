"""Availability: what a provider may sell of a room per night, and whether the room is closed there.

In force when `left = max(0, allotment - sold there)`. A provider that sold more than its allotment is a finding, not a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.contract import Kind, Setting
from reconciler.kinds.pairs import room_retired
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.property import Property
from reconciler.model.state import Allotments, Availability, Counts, Json, NightValue, Value


def _desired(hotel: Property, provider: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room in sorted(hotel.mappings[provider].rooms):
        if room not in hotel.rooms or room not in hotel.allocation:
            continue

        retired = room_retired(hotel, provider, room)

        def allot(allotments: Allotments | None, closed: bool | None, retired: bool = retired) -> Availability | None:
            return None if allotments is None else Availability(allotments.of(provider), retired or bool(closed))

        yield (
            Address(hotel.slug, provider, "availability", (room,)),
            merge(hotel.allocation[room], hotel.rooms[room].closed, allot),
        )


def in_force(desired: Calendar[Availability], counts: Calendar[Counts]) -> Calendar[Availability]:
    """What can be in force, given what is sold: where more is sold than the allotment, what is sold is all there can be."""

    def possible(wanted: Availability | None, now: Counts | None) -> Availability | None:
        if wanted is None or now is None or now.sold <= wanted.allotment:
            return wanted
        return Availability(now.sold, wanted.closed)

    return merge(desired, counts, possible)


def oversold(desired: Calendar[Availability], counts: Calendar[Counts]) -> Calendar[tuple[int, int]]:
    """The nights on which more is sold than the allotment: (sold, allotment)."""

    def over(wanted: Availability | None, now: Counts | None) -> tuple[int, int] | None:
        return (now.sold, wanted.allotment) if wanted and now and now.sold > wanted.allotment else None

    return merge(desired, counts, over)


def _to_json(value: NightValue) -> dict[str, Json]:
    assert isinstance(value, Availability)
    return {"allotment": value.allotment, "closed": value.closed}


def _from_json(data: Mapping[str, Json]) -> NightValue:
    allotment, closed = data["allotment"], data["closed"]
    if type(allotment) is not int or type(closed) is not bool:
        raise TypeError("availability has a whole allotment and a closed flag")
    return Availability(allotment, closed)


AVAILABILITY = Kind("availability", provider=_desired, night_to_json=_to_json, night_from_json=_from_json)
