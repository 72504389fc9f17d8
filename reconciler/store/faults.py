"""What PostgreSQL says to the store, as errors of ours: a sentence and a hint, and nothing that a row holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from reconciler.errors import DatabaseError

_NO_RIGHT = "42501"


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
        raise DatabaseError(
            f"the reconciler's own tables could not be used ({state})",
            hint="`reconciler db check` says what is off",
        ) from error
