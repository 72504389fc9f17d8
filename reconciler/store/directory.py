"""What the hotel system itself says of its properties: the rows of `properties`, read only."""

from __future__ import annotations

import psycopg
from psycopg.rows import TupleRow

from reconciler.store.faults import told
from reconciler.store.seed import PropertyRow
from reconciler.store.statements import statements


@told()
def enabled_properties(connection: psycopg.Connection[TupleRow]) -> list[PropertyRow]:
    """Every property with `ota_enabled`, by name; `ota_settings` hold its ids at the providers."""
    rows = connection.execute(statements("directory.sql")["enabled_properties"]).fetchall()
    return [PropertyRow(id_, name, True, _texts(settings)) for id_, name, settings in rows]


def _texts(settings: object) -> dict[str, str]:
    """The settings that are there, as text; what other programs keep in their place is none."""
    found = settings if isinstance(settings, dict) else {}
    return {key: str(value).strip() for key, value in found.items() if value is not None}


@told()
def room_types(connection: psycopg.Connection[TupleRow], property_id: str) -> dict[str, str]:
    """The ids of a property's rooms by name."""
    rows = connection.execute(statements("directory.sql")["room_types"], (property_id,)).fetchall()
    return {name: str(id_) for id_, name in rows}
