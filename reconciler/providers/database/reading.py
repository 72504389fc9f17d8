"""Observing: statements run in one snapshot, rows put together by address, and what is odd about them as findings.

Decides nothing about what should be true. Rows that git does not know are counted, not looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError
from reconciler.model.address import DATABASE, WORKSPACE, Address
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.moves import Moves
from reconciler.model.property import Property
from reconciler.model.state import Observation, Observed, Value, Window
from reconciler.providers.database import documents, findings, nights
from reconciler.providers.database.faults import Connection, snapshot
from reconciler.providers.database.identity import TABLES, Identity, Key
from reconciler.providers.database.statements import statement


@dataclass(slots=True)
class _Found:
    """What the rows of one kind say, by key."""

    values: dict[Key, Value] = field(default_factory=dict)
    duplicates: set[Key] = field(default_factory=set)
    unmanaged: set[Key] = field(default_factory=set)
    unreadable: dict[Key, str] = field(default_factory=dict)

    def diagnostics(self, slug: str, kind: str) -> Iterator[Diagnostic]:
        yield from findings.duplicates(slug, kind, self.duplicates)
        yield from findings.unmanaged(slug, kind, self.unmanaged)
        for key, why in self.unreadable.items():
            yield findings.unreadable(slug, kind, key, why)


def observe_hotel(
    connection: Connection, hotel: Property, identity: Identity, kinds: frozenset[str], window: Window, moves: Moves
) -> Observation:
    """Everything of one property; rows that still have a plan's old key stand for the new one. Raises DatabaseError."""
    parameters = {
        "property": identity.property,
        "rooms": list(identity.rooms.values()),
        "providers": list(hotel.providers),
        "start": window.start,
        "until": window.until,
    }
    wanted = [kind for kind in TABLES if kind in kinds and kind in identity.known]
    with snapshot(connection):
        missing = _missing(connection, hotel, identity, parameters)
        rows = {kind: _rows(connection, kind, parameters) for kind in wanted}
    found = {
        kind: _found(kind, _keyed(kind, rows[kind], identity, moves), identity.known[kind], hotel.currency)
        for kind in rows
    }
    if "rate_plan" in found and not hotel.pending.plans:
        found["rate_plan"].values = {key: _without_its_key(value) for key, value in found["rate_plan"].values.items()}
    return _observation(hotel.slug, found, missing, tuple(_missing_findings(hotel, missing)))


def _without_its_key(value: Value) -> Value:
    """A plan's row as a document: its key is in the address, and a value of its own only while it is renamed."""
    return value if isinstance(value, Calendar) else {name: v for name, v in value.items() if name != "rate_plan_id"}


def observe_workspace(connection: Connection, kinds: frozenset[str]) -> Observation:
    """The rows that belong to no property. Raises DatabaseError."""
    if "schedule" not in kinds:
        return Observation()
    with snapshot(connection):
        rows = _rows(connection, "schedule", {})
    found = _found("schedule", [((row[0],), row[1:]) for row in rows], None, "")
    return _observation(WORKSPACE, {"schedule": found}, {}, ())


def _rows(connection: Connection, name: str, parameters: Mapping[str, object]) -> list[TupleRow]:
    return connection.execute(statement("reading.sql", name), parameters).fetchall()


def _missing(
    connection: Connection, hotel: Property, identity: Identity, parameters: Mapping[str, object]
) -> dict[str, str]:
    """Rows of others that ours refer to and that are not there, as traits."""
    if _rows(connection, "property", parameters)[0][0] == 0:
        return {findings.NO_PROPERTY: "1"}
    owners: dict[str, str | None] = dict(_rows(connection, "rooms", parameters))
    traits = {}
    for key in sorted(hotel.rooms):
        room_id = str(identity.rooms[key])
        if room_id not in owners:
            traits[findings.no_room(key)] = "table room_types has no row for it"
        elif owners[room_id] not in (None, str(identity.property)):
            traits[findings.no_room(key)] = "in table room_types it belongs to another property"
    return traits


def _missing_findings(hotel: Property, missing: Mapping[str, str]) -> Iterator[Diagnostic]:
    """The findings that stand behind the traits."""
    if findings.NO_PROPERTY in missing:
        yield findings.property_missing(hotel)
    for key in hotel.rooms:
        if findings.no_room(key) in missing:
            yield findings.room_missing(hotel, key, missing[findings.no_room(key)])


def _keyed(kind: str, rows: Iterable[TupleRow], identity: Identity, moves: Moves) -> list[tuple[Key, tuple[Any, ...]]]:
    """Rows as (key of the address, the other columns)."""
    if kind == "integration":
        return [((row[0],), row[1:]) for row in rows]
    if kind == "allocation":
        return [((identity.room_key(row[0]),), row[1:]) for row in rows]
    size = 2 if kind == "mapping" else 3
    return [
        ((row[0], identity.room_key(row[1]), *(moves.plans.get(plan, plan) for plan in row[2:size])), row[size:])
        for row in rows
    ]


def _found(
    kind: str, rows: Iterable[tuple[Key, tuple[Any, ...]]], known: frozenset[Key] | None, currency: str
) -> _Found:
    found = _Found()
    grouped: dict[Key, list[tuple[Any, ...]]] = {}
    for key, columns in rows:
        if known is None or key in known:
            grouped.setdefault(key, []).append(columns)
        else:
            found.unmanaged.add(key)
    for key, several in grouped.items():
        if kind in documents.READERS:
            _document(found, kind, key, several, currency)
        else:
            _calendar(found, kind, key, several, currency)
    return found


def _document(found: _Found, kind: str, key: Key, rows: list[tuple[Any, ...]], currency: str) -> None:
    if len(rows) > 1:
        found.duplicates.add(key)
        return
    try:
        row = documents.parse(rows[0][0])
    except ValueError as error:
        # What it holds cannot be told, so nothing can be said of the property either: a wrong create would follow.
        raise DatabaseError(f"a row of {TABLES[kind]} for {'/'.join(key)} cannot be read: {error}") from None
    found.values[key] = documents.READERS[kind](row, currency)


def _calendar(found: _Found, kind: str, key: Key, rows: list[tuple[Any, ...]], currency: str) -> None:
    runs: list[Run[Any]] = []
    for start, until, *columns in rows:
        try:
            runs.append(Run(start, until, nights.READERS[kind](tuple(columns), currency)))
        except ValueError as error:
            found.unreadable[key] = str(error)
    try:
        calendar: Calendar[Any] = from_runs(runs)
    except ValueError:
        found.duplicates.add(key)
    else:
        found.values[key] = calendar


def _observation(
    slug: str, found: Mapping[str, _Found], missing: Mapping[str, str], remarks: tuple[Diagnostic, ...]
) -> Observation:
    entries = {
        Address(slug, DATABASE, kind, key): Observed(value)
        for kind, there in found.items()
        for key, value in sorted(there.values.items(), key=lambda item: item[0])
    }
    all_remarks = (*remarks, *(d for kind, there in found.items() for d in there.diagnostics(slug, kind)))
    traits = dict(missing)
    if any(there.duplicates for there in found.values()):
        traits[findings.DUPLICATES] = ", ".join(TABLES[kind] for kind, there in found.items() if there.duplicates)
    return Observation(entries, all_remarks, traits=traits)
