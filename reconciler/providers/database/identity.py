"""Which rows are a property's: its ids in the database, and what of it git knows.

Rooms are found by their id; in addresses they have their key. A row of a room that git does not name keeps the id in its key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from reconciler.errors import DatabaseError
from reconciler.kinds.pairs import provider_pairs
from reconciler.model.property import Property

Key = tuple[str, ...]

TABLES: Mapping[str, str] = {
    "integration": "third_party_integrations",
    "mapping": "ota_property_mappings",
    "rate_plan": "ota_rate_plans",
    "allocation": "ota_inventory_allocation",
    "rates": "ota_rate_calendar",
    "restrictions": "ota_restriction_calendar",
    "schedule": "ota_sync_schedules",
}
"""The table of each kind."""

ROOM_AT: Mapping[str, int] = {"allocation": 0, "mapping": 1, "rate_plan": 1, "rates": 1, "restrictions": 1}
"""Where in the key of an address the room is, by kind; kinds without a room left out."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The property's rows. `rooms`: key to id; `room_keys`: the way back; `known`: the keys that git wants, per kind."""

    property: UUID
    rooms: Mapping[str, UUID]
    room_keys: Mapping[UUID, str]
    known: Mapping[str, frozenset[Key]]

    def room_id(self, key: str) -> UUID:
        """The id of a room, named by its key or by the id itself. Raises DatabaseError for anything else."""
        return self.rooms[key] if key in self.rooms else as_uuid(key, "room")

    def room_key(self, room_id: str | None) -> str:
        """The key of a room by its id; the id where git does not know it, nothing where the row names none."""
        return "" if room_id is None else self.room_keys.get(UUID(room_id), room_id)


def identify(hotel: Property) -> Identity:
    """The identity of a property. Raises DatabaseError for ids that are not UUIDs."""
    rooms = {key: as_uuid(room.id, f"room `{key}`") for key, room in hotel.rooms.items()}
    return Identity(
        as_uuid(hotel.id, f"property `{hotel.slug}`"), rooms, {id_: key for key, id_ in rooms.items()}, _known(hotel)
    )


def as_uuid(text: str, whose: str) -> UUID:
    """The id as a UUID. Raises DatabaseError naming whose it is."""
    try:
        return UUID(text)
    except ValueError:
        raise DatabaseError(f"the id of {whose} is not a UUID", hint="ids are those of the hotel's database") from None


def _known(hotel: Property) -> dict[str, frozenset[Key]]:
    sold = frozenset((p, room, plan.key) for p in hotel.mappings for room, plan in provider_pairs(hotel, p))
    return {
        "integration": frozenset((provider,) for provider in hotel.providers),
        "mapping": frozenset((p, room) for p, there in hotel.mappings.items() for room in there.rooms),
        "rate_plan": sold,
        "rates": sold,
        "restrictions": sold,
        "allocation": frozenset((room,) for room in hotel.allocation),
    }
