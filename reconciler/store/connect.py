"""From what the user calls a database to a connection that behaves.

`open_database` turns the word `embedded`, `embedded:DIR` or a PostgreSQL URL into a URL that can be connected to; `connect` opens one
connection with a name, time limits and keepalives. Connections through a transaction pooler are refused: session locks, on which the
one-run-per-property promise rests, do not hold there. No error and no log names a password, not even part of one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError, UsageError
from reconciler.store.embedded import running
from reconciler.store.faults import told

EMBEDDED: Final = "embedded"
TRANSACTION_POOLER_PORT: Final = "6543"
"""Where Supabase offers its pooler in transaction mode; its session mode, and a database itself, are at 5432."""

_DEFAULTS: Final = {
    "application_name": "reconciler",
    "connect_timeout": "10",
    "keepalives": "1",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SESSION: Final = {
    "statement_timeout": "60s",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "10min",
    "timezone": "UTC",
    "search_path": "public",
    "client_encoding": "UTF8",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
}
_PATIENCE: Final = 30.0
"""Seconds to wait for a connection that is free."""
_SOON: Final = (
    "too many clients",
    "too many connections",
    "remaining connection slots",
    "the database system is starting up",
)
_POOLER_HINT: Final = "use port 5432 (Supabase: direct connection, or the pooler in session mode), not 6543"


@contextmanager
def open_database(database: str, workspace: Path) -> Iterator[str]:
    """A database for as long as the block runs; yields the URL to connect to.

    `database`: `embedded` (below the workspace's `.reconciler/`), `embedded:DIR` (relative to the workspace) or a PostgreSQL URL.
    Raises UsageError for anything else, DatabaseError for a database that cannot serve.
    """
    if database == EMBEDDED or database.startswith(f"{EMBEDDED}:"):
        with running(_embedded_folder(database, workspace)) as url:
            yield url
        return
    refuse_transaction_pooler_port(database)
    yield database


def _embedded_folder(database: str, workspace: Path) -> Path:
    _, _, given = database.partition(":")
    if given:
        try:
            return workspace / Path(given).expanduser()
        except RuntimeError:
            raise UsageError(
                f"`{given}` is in a home that nobody has", hint="write embedded:DIR, with a path"
            ) from None
    if database != EMBEDDED:
        raise UsageError("`embedded:` names no folder", hint="write embedded:DIR, or just embedded")
    folder = workspace / ".reconciler" / "postgres"
    linked = next((part for part in (folder.parent, folder) if part.is_symlink()), None)
    if linked:
        # A repository can carry a link; where a database is must not be its choice.
        raise DatabaseError(f"{linked} is a symbolic link", hint="name the place yourself with --database embedded:DIR")
    return folder


def refuse_transaction_pooler_port(url: str) -> None:
    """Raise DatabaseError when the URL names the port of a transaction pooler, before anything is connected to."""
    port = parameters(url).get("port", "")
    if TRANSACTION_POOLER_PORT in str(port).split(","):
        raise DatabaseError(
            f"port {TRANSACTION_POOLER_PORT} is a transaction pooler, where session locks do not hold",
            hint=_POOLER_HINT,
        )


def parameters(url: str) -> dict[str, Any]:
    """The parts of a connection URL. Raises UsageError without repeating any of it: it may hold a password."""
    if not url.startswith(("postgresql://", "postgres://")) and "=" not in url.partition("://")[0]:
        raise UsageError(
            "the database is neither `embedded`, `embedded:DIR` nor a PostgreSQL URL",
            hint="postgresql://USER:PASSWORD@HOST:5432/NAME",
        )
    try:
        return dict(conninfo_to_dict(url))
    except (psycopg.Error, UnicodeError):
        # The library quotes the part that it could not read, which is a piece of the password when that holds `@`, `/` or `:`.
        raise UsageError(
            "the database URL cannot be read",
            hint="percent-encode special characters of the password: @ is %40, / is %2F, : is %3A",
        ) from None


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection[TupleRow]:
    """One connection; close it, or use it in a `with`. Without `autocommit` a transaction begins with the first statement.

    Raises DatabaseError when the server cannot be reached or is a transaction pooler, UsageError when the URL cannot be read.
    """
    connection = _connect(url)
    try:
        with told():
            pooled = is_transaction_pooled(connection, url)
        if pooled:
            raise DatabaseError("the connection goes through a transaction pooler", hint=_POOLER_HINT)
        connection.autocommit = autocommit
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(url: str) -> psycopg.Connection[TupleRow]:
    refuse_transaction_pooler_port(url)
    given = parameters(url)
    with ExitStack() as unless_ready:
        try:
            connection = _patiently(make_conninfo(**{**_DEFAULTS, **given}))
            unless_ready.callback(connection.close)
            settings = ", ".join(f"set_config('{name}', %s, false)" for name in _SESSION)
            # Not as start-up options: poolers refuse those.
            connection.execute(f"SELECT {settings}".encode(), list(_SESSION.values()))
        except (psycopg.Error, UnicodeError) as error:  # a name that no host can have is the latter
            raise DatabaseError(
                f"cannot connect to the database: {_without_secrets(str(error), given, url)}",
                hint="check the URL, and that the server accepts connections from here",
            ) from None
        unless_ready.pop_all()
    return connection


def _patiently(conninfo: str) -> psycopg.Connection[TupleRow]:
    """Waits its turn while the server has no connection left or is starting: of many runs that begin at once, none need fail."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return psycopg.connect(conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline or not any(words in str(error) for words in _SOON):
                raise
            time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - so that those who wait do not all come back at once


def _without_secrets(text: str, given: dict[str, Any], url: str) -> str:
    """What the library said. Left out where the URL may have been misread, since then a piece of the password can be the host."""
    if url.partition("?")[0].count("@") > 1:
        return "the URL has more than one `@`; in a password it is written %40"
    one_line = " ".join(text.split())
    for key in ("password", "sslpassword"):
        if given.get(key):
            one_line = one_line.replace(str(given[key]), "***")
    return one_line


def is_transaction_pooled(connection: psycopg.Connection[TupleRow], url: str) -> bool:
    """Whether two sessions, open at the same time, were served by the same server process: only a transaction pooler does that.

    A pooler of any kind shows as a process number that is not the one announced at the start; without one, this is all that is asked.
    """
    serving = backend_pid(connection)
    if serving == connection.info.backend_pid:
        return False
    with _connect(url) as second:
        return backend_pid(second) == serving


def backend_pid(connection: psycopg.Connection[TupleRow]) -> int:
    """The server process that serves this statement."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return int(row[0]) if row else 0
