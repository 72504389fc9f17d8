"""What PostgreSQL says when something fails, as errors of our own.

The server quotes values of rows in its messages and details; none of that goes on. What does: names of tables and constraints, the
server's code, and its words only where those can be about nothing but the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError, UncertainError

Connection = psycopg.Connection[TupleRow]

_AGAIN = "run it again; if it stays, see what else writes to these tables"
_SCHEMA = "run `reconciler db migrate`, then `reconciler db check`"
_RIGHTS = "apply needs the role that may write; `reconciler db check --grants` prints the rights"
_BY_CODE = {
    "57014": ("a statement took too long and was cancelled", _AGAIN),
    "55P03": ("another program holds the rows", _AGAIN),
    "40001": ("another program changed the same rows at the same time", _AGAIN),
    "40P01": ("another program changed the same rows at the same time", _AGAIN),
    "25006": ("the connection may only read", _RIGHTS),
}
_LIMITS = b"""
SELECT set_config(name, CASE current_setting(name) WHEN '0' THEN most ELSE current_setting(name) END, true)
FROM (VALUES ('statement_timeout', '60s'), ('lock_timeout', '10s')) AS limits (name, most)
"""
# For connections that have no limits of their own.


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """A transaction that only reads, and sees one moment throughout. Raises DatabaseError."""
    _require_free(connection)
    try:
        with connection.transaction():
            connection.execute(b"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute(_LIMITS)
            yield
    except psycopg.Error as error:
        raise fault(error) from None


@contextmanager
def change(connection: Connection) -> Iterator[None]:
    """A transaction that is in force as a whole or not at all.

    Raises DatabaseError where nothing of it is, UncertainError where the connection broke while it was being committed.
    """
    _require_free(connection)
    committing = False
    try:
        with connection.transaction():
            connection.execute(_LIMITS)
            yield
            committing = True
    except psycopg.Error as error:
        if committing and connection.broken:
            raise UncertainError("the connection to the database was lost while it was committing") from None
        raise fault(error) from None


def fault(error: psycopg.Error) -> DatabaseError:
    """The error without anything that could be data."""
    code = error.sqlstate or ""
    if code in _BY_CODE:
        message, hint = _BY_CODE[code]
        return DatabaseError(f"the database: {message}", hint=hint)
    if code.startswith("23"):
        what = error.diag.constraint_name or error.diag.column_name or code
        where = f" of {error.diag.table_name}" if error.diag.table_name else ""
        hint = "see what this constraint asks for, and correct the files or the rows it speaks of"
        return DatabaseError(f"the database refused a row: `{what}`{where} does not allow it", hint=hint)
    if code.startswith("42"):
        hint = _RIGHTS if code == "42501" else _SCHEMA
        return DatabaseError(f"the database is not as needed: {error.diag.message_primary}", hint=hint)
    if isinstance(error, psycopg.DataError):
        return DatabaseError(f"a value does not fit its column in the database ({code or 'NUL'})", hint=_SCHEMA)
    if code.startswith("53"):
        what = "disk is full" if code == "53100" else f"memory or connections are used up ({code})"
        return DatabaseError(f"the database server's {what}", hint="make room there, then run it again")
    if code.startswith("57P"):
        return DatabaseError(
            "the connection to the database was lost: the server is being shut down or started, or somebody ended it",
            hint="run it again when it is there",
        )
    if not code or code.startswith("08"):
        return DatabaseError("the connection to the database was lost", hint="run it again")
    return DatabaseError(f"the database refused a statement ({code})")


def _require_free(connection: Connection) -> None:
    """In a transaction of somebody else's, a commit of ours would not be one."""
    if connection.closed:
        raise DatabaseError("the connection to the database was lost", hint="run it again")
    if connection.info.transaction_status is not TransactionStatus.IDLE:
        raise DatabaseError("the connection to the database is in the middle of a transaction")
