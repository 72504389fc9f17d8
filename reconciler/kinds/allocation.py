"""Allocation: how a room's units are shared out among the channels, per night, in the hotel's database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.contract import Kind, Setting
from reconciler.model.address import DATABASE, Address
from reconciler.model.property import DIRECT, Property
from reconciler.model.state import Allotments, Json, NightValue, Value

_OWN = ("units", "overbooking")


def _desired(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room, calendar in sorted(hotel.allocation.items()):
        yield Address(hotel.slug, DATABASE, "allocation", (room,)), calendar


def _to_json(value: NightValue) -> dict[str, Json]:
    assert isinstance(value, Allotments)
    return {"units": value.units, **dict(value.channels), "overbooking": value.overbooking}


def _from_json(data: Mapping[str, Json]) -> NightValue:
    counts: dict[str, int] = {}
    for key, value in data.items():
        if type(value) is not int:
            raise TypeError("allocations are whole numbers")
        counts[key] = value
    channels = sorted((key for key in counts if key not in _OWN), key=lambda key: (key != DIRECT, key))
    return Allotments(counts["units"], tuple((key, counts[key]) for key in channels), counts["overbooking"])


ALLOCATION = Kind("allocation", database=_desired, night_to_json=_to_json, night_from_json=_from_json)
