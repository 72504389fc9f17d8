"""The rows of `properties` and `room_types` that the files name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from reconciler.model.property import BOOKING, EXPEDIA, Property
from reconciler.store.seed import PropertyRow, RoomTypeRow

PROVIDER_SETTINGS = {EXPEDIA: "expedia_property_id", BOOKING: "booking_com_hotel_id"}


def rows_of(hotels: Iterable[Property]) -> Iterator[PropertyRow | RoomTypeRow]:
    """Each property with its rooms."""
    for hotel in hotels:
        settings = {PROVIDER_SETTINGS[name]: link.external_id for name, link in sorted(hotel.providers.items())}
        yield PropertyRow(UUID(hotel.id), hotel.name, ota_enabled=bool(settings), ota_settings=settings)
        for _, room in sorted(hotel.rooms.items()):
            yield RoomTypeRow(UUID(room.id), UUID(hotel.id), room.name)
