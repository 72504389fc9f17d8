"""Writes the rows of `properties` and `room_types` that the files name, where no hotel system does.

For embedded and test databases. It inserts what is missing and changes nothing that is there; whether it may run at all (it may not in
production) is the caller's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from reconciler.errors import DatabaseError


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A row of `properties`."""

    id: UUID
    name: str
    ota_enabled: bool = True
    ota_settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoomTypeRow:
    """A row of `room_types`."""

    id: UUID
    property_id: UUID
    name: str


def seed(connection: psycopg.Connection[TupleRow], rows: Iterable[PropertyRow | RoomTypeRow]) -> int:
    """Insert the rows that are missing, properties first, in one transaction; returns how many there were.

    Raises DatabaseError when the tables ask for more than the files know.
    """
    wanted = tuple(rows)
    try:
        with connection.transaction():
            properties = [_property(connection, row) for row in wanted if isinstance(row, PropertyRow)]
            rooms = [_room(connection, row) for row in wanted if isinstance(row, RoomTypeRow)]
    except psycopg.Error as error:
        reason = error.diag.message_primary or type(error).__name__
        raise DatabaseError(f"cannot write the properties and rooms that the files name: {reason}") from error
    return sum(properties) + sum(rooms)


def _property(connection: psycopg.Connection[TupleRow], row: PropertyRow) -> int:
    return connection.execute(
        "INSERT INTO public.properties (id, name, ota_enabled, ota_settings) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        [row.id, row.name, row.ota_enabled, Jsonb(dict(row.ota_settings))],
    ).rowcount


def _room(connection: psycopg.Connection[TupleRow], row: RoomTypeRow) -> int:
    return connection.execute(
        "INSERT INTO public.room_types (id, property_id, name) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING",
        [row.id, row.property_id, row.name],
    ).rowcount
