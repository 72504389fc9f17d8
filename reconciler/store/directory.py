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
    return [
        PropertyRow(id_, name, True, {k: str(v) for k, v in (settings or {}).items()}) for id_, name, settings in rows
    ]


@told()
def room_types(connection: psycopg.Connection[TupleRow], property_id: str) -> dict[str, str]:
    """The ids of a property's rooms by name."""
    rows = connection.execute(statements("directory.sql")["room_types"], (property_id,)).fetchall()
    return {name: str(id_) for id_, name in rows}
