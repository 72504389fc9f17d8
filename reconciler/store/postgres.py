"""The store in PostgreSQL, schema `reconciler`: one instance for one environment, one connection per transaction-sized piece of work.

Threads each get a connection of their own. Values are written as their kind's JSON, calendars a row per run of nights.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

import psycopg
from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError, LockedError, RefusedError
from reconciler.kinds import KINDS
from reconciler.model.address import Address, parse
from reconciler.model.alert import Raised
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.journal import Applied, Binding, Holder, JournalEntry, Outcome, RunStatus
from reconciler.model.journal import Run as JournalRun
from reconciler.model.moves import Moves
from reconciler.model.property import PROVIDERS, Closure
from reconciler.model.state import Json
from reconciler.store import rows
from reconciler.store.alerts import PostgresAlerts, raised
from reconciler.store.connect import connect
from reconciler.store.contract import Booked, Recording
from reconciler.store.faults import told
from reconciler.store.ledger import PostgresLedger
from reconciler.store.statements import statements

_POLL = 0.1
_LONGEST = 2000
"""Characters of a detail that the journal keeps."""
Row = tuple[Any, ...]


_PLAN_ROWS = {"rate_plan": "plan_rows", "rates": "rate_nights", "restrictions": "restriction_nights"}
"""The hotel's rows that have the key of a plan, by kind."""


class PostgresStore:
    """Reader and Writer over one database for one environment. Close it when done."""

    def __init__(self, url: str, environment: str) -> None:
        self._url = url
        self._environment = environment
        self._sql = statements("store.sql")
        self._local = threading.local()
        self._open: list[psycopg.Connection[TupleRow]] = []
        self._guard = threading.Lock()
        self._pending: dict[str, Moves] = {}

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()

    def expect(self, pending: Mapping[str, Moves]) -> None:
        """Moves that were not carried out yet, by property: until they are, what has an old key is told under its new one."""
        self._pending = dict(pending)

    def pending_of(self, property_slug: str) -> Moves:
        """The moves of a property that were not carried out yet."""
        return self._pending.get(property_slug, Moves())

    # --- reading

    def clock(self) -> datetime:
        ((now,),) = self._rows("clock")
        return cast(datetime, now)

    def environment(self) -> str | None:
        found = self._rows("environment")
        return str(found[0][0]) if found else None

    def applied(self, property_slug: str) -> Mapping[Address, Applied]:
        by_address: dict[str, list[Row]] = {}
        for row in self._rows("applied", self._environment, property_slug):
            by_address.setdefault(row[0], []).append(row)
        moves = self.pending_of(property_slug)
        return {moves.address(parse(text)): rows.applied(found) for text, found in by_address.items()}

    def bindings(self, property_slug: str, provider: str) -> Mapping[tuple[str, str], str]:
        found = self._rows("bindings", self._environment, property_slug, provider)
        moves = self.pending_of(property_slug)
        return {moves.pair(*rows.pair(key)): external_id for key, external_id in found}

    def runs(self, limit: int) -> Sequence[JournalRun]:
        return [rows.run_of(row) for row in self._rows("runs", self._environment, limit)]

    def run(self, run_id: str) -> JournalRun | None:
        wanted = "".join(character for character in run_id if character in "0123456789abcdef-")
        found = self._rows("run", self._environment, wanted + "%") if wanted and wanted == run_id else []
        return rows.run_of(found[0]) if len(found) == 1 else None

    def journal(self, run_id: str) -> Sequence[JournalEntry]:
        return [rows.entry(row) for row in self._rows("journal", run_id)]

    def unsettled(self, property_slug: str) -> Sequence[JournalEntry]:
        moves = self.pending_of(property_slug)
        entries = [rows.entry(row) for row in self._rows("unsettled", self._environment, property_slug)]
        return [replace(entry, address=moves.address(entry.address)) for entry in entries]

    def completed_by(self, plan_digest: str) -> str | None:
        found = self._rows("completed_by", plan_digest)
        return str(found[0][0]) if found else None

    def rotated(self, property_id: str) -> Mapping[str, datetime]:
        return {provider: at for provider, at in self._rows("rotated", property_id, property_id) if at is not None}

    def moves(self) -> Mapping[str, Moves]:
        found: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
        for slug, kind, old, new in self._rows("moves", self._environment):
            found.setdefault(slug, ({}, {}))[kind != "room"][old] = new
        return {slug: Moves(*both) for slug, both in found.items()}

    def moving(self, property_id: str) -> Mapping[tuple[str, str], Calendar[bool]]:
        found = self._rows("moving", property_id)
        return rows.calendars(((room, channel), Run(start, until, True)) for room, channel, start, until in found)

    def sold_direct(self, property_id: str) -> Mapping[str, Calendar[int]]:
        return rows.calendars(
            (room, Run(start, until, units)) for room, start, until, units in self._rows("sold_direct", property_id)
        )

    def bookings(self, property_id: str) -> Sequence[Booked]:
        return [
            Booked(channel, booking, Change(status), room_id, Stay(room, arrival, departure, units), at)
            for channel, booking, status, room_id, room, arrival, departure, units, at in self._rows(
                "bookings", property_id
            )
        ]

    def free(self, property_id: str, room_id: str, night: date) -> int | None:
        found: int | None = self._rows("free", property_id, room_id, night)[0][0]
        return found

    def dead_at(self, property_id: str, provider: str) -> datetime | None:
        found: datetime | None = self._rows("dead_at", property_id, provider)[0][0]
        return found

    def closures(self) -> Mapping[str, tuple[Closure, ...]]:
        found: dict[str, tuple[Closure, ...]] = {}
        for slug, *columns in self._rows("closures", self._environment):
            found[slug] = (*found.get(slug, ()), Closure(*columns))
        return found

    def raised(self) -> Sequence[Raised]:
        with self._transaction() as connection:
            return raised(connection, self._environment)

    def holders(self) -> Sequence[Holder]:
        return [Holder(*row) for row in self._rows("holders", self._environment)]

    # --- writing

    def claim(self, environment: str) -> str:
        self._change([("claim", (environment,))])
        return self.environment() or environment

    def close_rooms(self, property_slug: str, closures: Sequence[Closure]) -> None:
        self._change(
            [
                ("close", (self._environment, property_slug, c.room, c.start, c.until, c.reason, c.by, c.since))
                for c in closures
            ]
        )

    def open_rooms(self, property_slug: str, rooms: Sequence[str]) -> None:
        self._change([("open", (self._environment, property_slug, list(rooms)))])

    def move(self, property_slug: str, property_id: str, moves: Moves, owned: Collection[str], at: datetime) -> None:
        where, slug, pending = self._environment, property_slug, self.pending_of(property_slug)
        with self._transaction() as connection:

            def run(name: str, *values: object) -> list[Row]:
                cursor = connection.execute(self._sql[name], values)
                return cursor.fetchall() if cursor.description else []

            run("forget_moves", where, slug)
            for kind, known in (("room", moves.rooms), ("rate_plan", moves.plans)):
                for old, new in known.items():
                    run("moved", where, slug, kind, old, new, at)
            addresses = [parse(text) for (text,) in run("remembered", where, slug, where, slug)]
            moving = [(str(a), str(pending.address(a))) for a in addresses if pending.address(a) != a]
            both = [list(side) for side in zip(*moving, strict=True)] or [[], []]
            run("move_addresses_aside", *both, where)
            run("forget_what_is_newer_there", where)
            run("move_addresses", where)
            run("move_operations", *both, where)
            bound = {key for provider in PROVIDERS for key, _ in run("bindings", where, slug, provider)}
            pairs = [
                (key, "/".join(pending.pair(*rows.pair(key))))
                for key in sorted(bound)
                if pending.pair(*rows.pair(key)) != rows.pair(key)
            ]
            run("move_bindings_aside", *([list(side) for side in zip(*pairs, strict=True)] or [[], []]), where, slug)
            run("forget_newer_bindings", where, slug)
            run("move_bindings", where, slug)
            run("move_closures", list(pending.rooms), list(pending.rooms.values()), where, slug)
            for kind in sorted(_PLAN_ROWS.keys() & set(owned)):
                run(f"move_{_PLAN_ROWS[kind]}_aside", list(pending.plans), list(pending.plans.values()), property_id)
                run(f"move_{_PLAN_ROWS[kind]}", property_id)
        self._pending.pop(property_slug, None)

    def start(self, run: JournalRun) -> None:
        values = (run.id, run.environment, run.verb, run.plan_digest, run.commit, run.started_at, run.status.value)
        self._change([("start", (*values, run.host, run.pid, run.os_user, run.tool_version))])

    def finish(self, run_id: str, status: RunStatus, at: datetime, summary: Mapping[str, Json]) -> None:
        self._change([("finish", (status.value, at, rows.to_json(dict(summary)), run_id))])

    def intend(self, entries: Sequence[JournalEntry]) -> None:
        tried = {(entry.run_id, entry.address.property) for entry in entries if entry.intent_at is not None}
        with self._transaction() as connection:
            for run_id, slug in sorted(tried):
                if not _scalar(connection.execute(self._sql["holds"], (self._environment, slug, run_id))):
                    raise LockedError(
                        f"the lock of {slug} was lost, so nothing more is sent for it",
                        hint="the connection that held it broke, or somebody broke the lock; run it again",
                    )
            for entry in entries:
                connection.execute(self._sql["intend"], rows.intent(entry))

    def settle(
        self, run_id: str, seqs: Sequence[int], outcome: Outcome, at: datetime, detail: str, messages: Sequence[str]
    ) -> None:
        told = (rows.storable(detail)[:_LONGEST], rows.to_json(list(messages)))
        self._change([("settle", (outcome.value, at, *told, run_id, list(seqs)))])

    def record(self, recordings: Sequence[Recording]) -> None:
        with self._transaction() as connection:
            for recording in recordings:
                self._record(connection, recording)

    def bind(self, bindings: Sequence[Binding], run_id: str | None, at: datetime) -> None:
        self._change(
            ("bind", (self._environment, b.property, b.provider, b.kind, b.key, b.external_id, run_id, at))
            for b in bindings
        )

    def complete(self, plan_digest: str, run_id: str, at: datetime) -> None:
        self._change([("complete", (plan_digest, self._environment, run_id, at))])

    def abandon(self, at: datetime) -> None:
        self._change([("abandon", (at, self._environment))])

    def break_lock(self, property_slug: str) -> None:
        self._change([("break_lock", (self._environment, property_slug))])

    def acknowledged(self, versions: Sequence[Version], at: datetime) -> None:
        self._change(("acknowledged", (at, one.channel, one.booking, one.version)) for one in versions)

    def sell_direct(self, property_id: str, room_id: str, stay: Stay, reference: str) -> bool:
        values = (property_id, room_id, stay.arrival, stay.departure, stay.units, reference)
        return self._asked("sell_direct", values)

    def cancel_direct(self, property_id: str, reference: str) -> bool:
        return self._asked("cancel_direct", (property_id, reference))

    def _asked(self, name: str, values: Row) -> bool:
        try:
            with self._transaction() as connection:
                return bool(_scalar(connection.execute(self._sql[name], values)))
        except DatabaseError as error:
            cause = error.__cause__
            if isinstance(cause, psycopg.errors.UniqueViolation | psycopg.errors.InvalidParameterValue):
                raise RefusedError(cause.diag.message_primary or "refused") from None
            raise

    @contextmanager
    def alerts(self) -> Iterator[PostgresAlerts]:
        with self._transaction() as connection:
            yield PostgresAlerts(connection, self._environment)

    @contextmanager
    def units(self, property_id: str) -> Iterator[PostgresLedger]:
        with self._transaction() as connection:
            yield PostgresLedger(connection, property_id)

    @contextmanager
    def lock(self, properties: Sequence[str], run: JournalRun, timeout: float) -> Iterator[None]:
        """Holds the advisory locks on one session of their own, so that they end with this process whatever happens."""
        with connect(self._url, autocommit=True) as session:
            try:
                with told():
                    self._take(session, sorted(set(properties)), run, time.monotonic() + timeout)
                yield
            finally:
                # A session that broke has let go of everything already.
                with suppress(psycopg.Error):
                    session.execute(self._sql["let_go"], (self._environment,))

    def _take(
        self, session: psycopg.Connection[TupleRow], properties: Sequence[str], run: JournalRun, deadline: float
    ) -> None:
        for slug in properties:
            while not _scalar(session.execute(self._sql["try_lock"], (self._environment, slug))):
                if time.monotonic() >= deadline:
                    raise self._locked(slug)
                time.sleep(min(_POLL, max(0.0, deadline - time.monotonic())))
            who = (run.id, run.verb, run.host, run.pid, run.os_user)
            session.execute(self._sql["hold"], (self._environment, slug, *who))

    def _locked(self, property_slug: str) -> LockedError:
        holder = next((holder for holder in self.holders() if holder.property == property_slug), None)
        hint = "wait for it, or give --lock-timeout; a lock ends by itself when its holder is gone"
        if holder is None:
            return LockedError(f"{property_slug} is locked by another run", hint=hint)
        return LockedError(
            f"{property_slug} is locked by run {holder.run_id[:8]} ({holder.verb}) since {holder.since:%Y-%m-%d %H:%M:%S} UTC, "
            f"from {holder.os_user}@{holder.host}, process {holder.pid}",
            hint=hint,
        )

    def _record(self, connection: psycopg.Connection[TupleRow], new: Recording) -> None:
        address = str(new.address)
        common = (self._environment, new.address.property, new.address.target, new.address.kind, address)
        origin = (new.provenance, new.run_id, new.plan_digest, new.message_id, new.at)
        if new.nights is None:
            connection.execute(self._sql["forget_document"], (self._environment, address))
            if new.value is not None:
                value = rows.to_json(KINDS[new.address.kind].to_json(new.value))
                connection.execute(self._sql["record"], (*common, None, None, value, *origin))
            return
        if not new.nights:
            return
        span = (self._environment, address, new.nights.until, new.nights.start)
        kept = [
            (start, until, rows.to_json(value), *rest)
            for row_start, row_until, value, *rest in connection.execute(self._sql["applied_within"], span).fetchall()
            for start, until, _ in from_runs([Run(row_start, row_until, True)]).without(new.nights)
        ]
        runs = KINDS[new.address.kind].to_json(new.value) if new.value is not None else []
        fresh = [(run["from"], run["until"], rows.to_json(run["value"]), *origin) for run in rows.objects(runs)]
        with connection.cursor() as cursor:
            cursor.executemany(self._sql["record"], [(*common, *row) for row in (*kept, *fresh)])

    # --- connections

    def _connection(self) -> psycopg.Connection[TupleRow]:
        connection: psycopg.Connection[TupleRow] | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = connect(self._url, autocommit=True)
            self._local.connection = connection
            with self._guard:
                self._open.append(connection)
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[TupleRow]]:
        with told():
            connection = self._connection()
            with connection.transaction():
                yield connection

    def _rows(self, name: str, *values: object) -> list[Row]:
        with self._transaction() as connection:
            return connection.execute(self._sql[name], values).fetchall()

    def _change(self, statements_: Iterable[tuple[str, Row]]) -> None:
        with self._transaction() as connection:
            for name, values in statements_:
                connection.execute(self._sql[name], values)


def _scalar(cursor: psycopg.Cursor[TupleRow]) -> object:
    row = cursor.fetchone()
    return row[0] if row else None
