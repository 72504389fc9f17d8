"""Writing: what is pending as batches, each one transaction, and carrying one out.

Documents first, then prices and restrictions, then allocation, which says what the providers have confirmed. A transaction is in force
as a whole or not at all; run again, it changes nothing more. Pending values are written as they are: what should be true is not
decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from reconciler.engine.planner import calendar_of
from reconciler.errors import DatabaseError
from reconciler.kinds.contract import ASSIGNED
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Outcome
from reconciler.model.plan import Action
from reconciler.model.state import Document, Json, Value
from reconciler.providers.contract import Batch, BatchResult, Part, PartResult, Pending
from reconciler.providers.database.faults import Connection, change
from reconciler.providers.database.identity import TABLES, Identity
from reconciler.providers.database.nights import runs_to_write
from reconciler.providers.database.statements import statement

_STAGES = (("integration", "mapping", "rate_plan", "schedule"), ("rates", "restrictions"), ("allocation",))
_JSONB = ("credentials", "configuration", "cancellation_policy")
_NOT_ASSIGNED = "names an id that the provider has not assigned yet"


@dataclass(frozen=True, slots=True)
class Write:
    """What is to be written at one address: a document (None: the row goes), or nights with values and nights to be cleared."""

    part: Part
    document: Document | None = None
    nights: Calendar[Any] = Calendar()
    cleared: Calendar[bool] = Calendar()

    @property
    def address(self) -> Address:
        """Where."""
        return self.part.address


def batches(pending: Sequence[Pending]) -> Iterator[Batch]:
    """One batch for each stage that has something pending, in the order in which they must run."""
    for kinds in _STAGES:
        writes = tuple(_write(item) for item in pending if item.operation.address.kind in kinds)
        if writes:
            counted = Counter(write.address.kind for write in writes)
            tables = ", ".join(f"{TABLES[kind]} ({counted[kind]})" for kind in kinds if counted[kind])
            yield Batch(tuple(w.part for w in writes), f"one transaction: {tables}", repeatable=True, payload=writes)


def _write(pending: Pending) -> Write:
    op = pending.operation
    dated = op.address.kind in ("rates", "restrictions", "allocation")
    if not dated:
        gone = op.change.action is Action.DELETE or isinstance(pending.value, Calendar)
        return Write(Part(op.id, op.address), None if gone else _as_document(pending.value))
    nights = calendar_of(pending.value)
    before, after = calendar_of(op.change.before), calendar_of(op.change.after)
    cleared = before.covered().without(after.covered()).without(nights.covered())
    return Write(Part(op.id, op.address, nights.covered().overlay(cleared)), None, nights=nights, cleared=cleared)


def _as_document(value: Value) -> Document:
    assert not isinstance(value, Calendar)
    return value


def execute(connection: Connection, identity: Identity | None, currency: str, batch: Batch) -> BatchResult:
    """Carries out one batch. Raises DatabaseError where nothing of it is in force, UncertainError where that is not known.

    A row that names an id not assigned yet fails by itself: the mark that stands for the id is never written.
    """
    writes = batch.payload
    assert isinstance(writes, tuple)
    ready = [write for write in writes if not _waits(dict(write.document or {}))]
    with change(connection):
        for write in ready:
            if write.part.nights is None:
                _write_document(connection, identity, write)
        for kind in ("rates", "restrictions"):
            _write_calendar(connection, identity, kind, _runs(identity, ready, kind, currency))
        _write_allocation(connection, identity, _runs(identity, ready, "allocation", currency))
    return BatchResult(
        tuple(
            PartResult(write.part, Outcome.APPLIED)
            if write in ready
            else PartResult(write.part, Outcome.FAILED, _NOT_ASSIGNED)
            for write in writes
        )
    )


def _waits(data: Json) -> bool:
    return data == ASSIGNED or (isinstance(data, dict) and any(_waits(item) for item in data.values()))


def _write_document(connection: Connection, identity: Identity | None, write: Write) -> None:
    kind, parameters = write.address.kind, _names(identity, write.address)
    if write.document is None:
        connection.execute(statement("writing.sql", f"delete_{kind}"), parameters)
        return
    parameters["document"] = Jsonb(dict(write.document))
    parameters["steps"] = Jsonb({column: list(_steps(write.document.get(column))) for column in _JSONB})
    updated = connection.execute(statement("writing.sql", f"update_{kind}"), parameters).rowcount
    if updated > 1:
        raise DatabaseError(
            f"{TABLES[kind]} has {updated} rows for {'/'.join(write.address.key)}; none was changed",
            hint="keep one of them; `reconciler db check` lists their ids",
        )
    if updated == 0:
        connection.execute(statement("writing.sql", f"insert_{kind}"), parameters)


def _names(identity: Identity | None, address: Address) -> dict[str, object]:
    """The columns that say which row an address is."""
    if identity is None:
        return {"sync_type": address.key[0]}
    names: dict[str, object] = {"property": identity.property, "provider": address.key[0]}
    if len(address.key) > 1:
        names["room"] = identity.room_id(address.key[1])
    if len(address.key) > 2:
        names["plan"] = address.key[2]
    return names


def _steps(value: Json, path: tuple[str, ...] = ()) -> Iterator[dict[str, Json]]:
    """What is to be set in a JSONB column, from the outside in: objects only where they are missing, all else by value."""
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        place: list[Json] = [*path, key]
        yield {"path": place} if isinstance(item, dict) else {"path": place, "value": item}
        yield from _steps(item, (*path, key))


def _runs(identity: Identity | None, writes: Sequence[Write], kind: str, currency: str) -> list[dict[str, Json]]:
    """The runs of all addresses of a kind, each with the names of its row."""
    if identity is None:
        return []
    return [
        {**_row(identity, write.address), **run}
        for write in writes
        if write.address.kind == kind
        for run in runs_to_write(kind, write.nights, write.cleared, currency)
    ]


def _row(identity: Identity, address: Address) -> dict[str, Json]:
    if address.kind == "allocation":
        return {"room": str(identity.room_id(address.key[0]))}
    provider, room, plan = address.key
    return {"provider": provider, "room": str(identity.room_id(room)), "plan": plan}


def _write_calendar(
    connection: Connection, identity: Identity | None, kind: str, runs: Sequence[Mapping[str, Json]]
) -> None:
    if runs and identity is not None:
        text = statement("writing.sql", "write_calendar").decode()
        table = sql.Identifier("public", TABLES[kind])
        connection.execute(sql.SQL(text).format(table=table), {"property": identity.property, "runs": Jsonb(runs)})


def _write_allocation(connection: Connection, identity: Identity | None, runs: Sequence[Mapping[str, Json]]) -> None:
    if runs and identity is not None:
        parameters = {"property": identity.property, "runs": Jsonb(runs)}
        connection.execute(statement("writing.sql", "clear_allocation"), parameters)
        connection.execute(statement("writing.sql", "write_allocation"), parameters)
