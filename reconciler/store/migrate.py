"""Brings the schema up to date: the SQL files in `migrations/`, in the order of their names, once each.

Each runs in a transaction of its own together with its record, all under one lock, so that two commands cannot migrate at the same
time and a failure leaves the migrations before it. An applied file that was edited afterwards is an error: what a database has must be
what the files say. Nothing here knows what the files do.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files

import psycopg
from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError
from reconciler.store.expected import OLDEST_SERVER
from reconciler.store.faults import told

LOCK_KEY = 7_236_411_520_193_001
"""The advisory lock's number: any, but always the same."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `checksum` is over its text with line ends as on Unix."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> tuple[Migration, ...]:
    """All migrations of this version, in order."""
    folder = files("reconciler.store") / "migrations"
    named = sorted((file for file in folder.iterdir() if file.name[:4].isdigit()), key=lambda file: file.name)
    return tuple(
        Migration(file.name.removesuffix(".sql"), file.read_text("utf-8").replace("\r\n", "\n")) for file in named
    )


@told()
def applied(connection: psycopg.Connection[TupleRow]) -> dict[str, str]:
    """Name and checksum of every migration that the database has."""
    row = connection.execute("SELECT to_regclass('reconciler.migrations')").fetchone()
    if row is None or row[0] is None:
        return {}
    return dict(connection.execute("SELECT name, checksum FROM reconciler.migrations").fetchall())


def unfit(present: dict[str, str]) -> list[str]:
    """What is wrong with the migrations that a database has: edited ones, and ones that this version does not know."""
    known = {migration.name: migration.checksum for migration in migrations()}
    edited = [
        f"migration {name} was applied in another wording"
        for name in present
        if known.get(name, present[name]) != present[name]
    ]
    newer = [f"migration {name} is not known to this version" for name in present if name not in known]
    return sorted(edited + newer)


def pending(present: dict[str, str]) -> tuple[Migration, ...]:
    """The migrations that a database still lacks, in order."""
    return tuple(migration for migration in migrations() if migration.name not in present)


@told()
def migrate(connection: psycopg.Connection[TupleRow]) -> list[str]:
    """Apply what is pending; returns the names of what was applied, empty when nothing was.

    The connection must not be in a transaction. Raises DatabaseError when a migration fails (it is rolled back, those before it stay)
    or when the database has migrations that do not fit this version.
    """
    autocommit = connection.autocommit
    connection.autocommit = True
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        try:
            return _apply_pending(connection)
        finally:
            with suppress(psycopg.Error):  # a broken connection has lost the lock already
                connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
    except psycopg.errors.LockNotAvailable as error:
        raise DatabaseError("another migration is running", hint="wait for it and try again") from error
    finally:
        if not connection.closed:
            connection.autocommit = autocommit


def _apply_pending(connection: psycopg.Connection[TupleRow]) -> list[str]:
    version = connection.info.server_version
    if version < OLDEST_SERVER:
        raise DatabaseError(
            f"the server is PostgreSQL {version // 10000}; {OLDEST_SERVER // 10000} or newer is needed",
            hint="use a newer server, or the embedded one",
        )
    present = applied(connection)
    wrong = unfit(present)
    if wrong:
        raise DatabaseError(
            "; ".join(wrong), hint="use the version of reconciler that migrated this database, or a newer one"
        )
    missing = pending(present)
    if missing:
        _run(
            connection,
            Migration("bootstrap", (files("reconciler.store") / "migrations/bootstrap.sql").read_text("utf-8")),
        )
    for migration in missing:
        _run(connection, migration, record=True)
    return [migration.name for migration in missing]


def _run(connection: psycopg.Connection[TupleRow], migration: Migration, *, record: bool = False) -> None:
    try:
        with connection.transaction():
            connection.execute("SET LOCAL statement_timeout = 0")
            connection.execute(migration.sql.encode())
            if record:
                connection.execute(
                    "INSERT INTO reconciler.migrations (name, checksum) VALUES (%s, %s)",
                    [migration.name, migration.checksum],
                )
    except psycopg.Error as error:
        reason = error.diag.message_primary or type(error).__name__
        raise DatabaseError(
            f"migration {migration.name} failed and was rolled back: {reason}", hint=error.diag.message_hint or ""
        ) from error
