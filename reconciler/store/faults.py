"""What PostgreSQL says to the store, as errors of ours: a sentence and a hint, and nothing that a row holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from reconciler.errors import DatabaseError

_NO_RIGHT = "42501"
_AGAIN = "then run it again: what was under way is settled first"


@contextmanager
def told() -> Iterator[None]:
    """Raises DatabaseError in place of what PostgreSQL raises. For a block, or as a decorator for a whole function."""
    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate or type(error).__name__
        if state == _NO_RIGHT:
            raise DatabaseError(
                f"this role lacks a right: {error.diag.message_primary}",
                hint="`reconciler db check --grants` prints the rights that planning and applying need",
            ) from error
        raise _of_server(error.sqlstate or "", error) or DatabaseError(
            f"the reconciler's own tables in the database could not be used ({state})",
            hint="`reconciler db check` says what is off",
        ) from error


def _of_server(code: str, error: psycopg.Error) -> DatabaseError | None:
    """What is the matter with the server, or the way to it, rather than with what was asked."""
    if code == "53100":
        return DatabaseError("the disk of the database server is full", hint=f"make room there; {_AGAIN}")
    if code.startswith("53"):
        return DatabaseError(
            f"the database server has not enough memory or connections ({code})", hint=f"give it more; {_AGAIN}"
        )
    if code.startswith("57P"):
        return DatabaseError(
            "the connection to the database was lost: the server is being shut down or started, or somebody ended it",
            hint=f"wait for it; {_AGAIN}",
        )
    if code.startswith("08") or (not code and isinstance(error, psycopg.OperationalError)):
        return DatabaseError(
            "the connection to the database was lost", hint=f"see that it runs and can be reached; {_AGAIN}"
        )
    return None
