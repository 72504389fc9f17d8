"""A database that fails in the middle of an apply, at any of its statements: the run says so, and the next one reaches the same end."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.scenarios.test_safety_crashes import carry_on, nothing_is_left_open, other, outside, sent, turn
from tests.scenarios.world import World

FULL = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"


class Trouble:
    """What happens to the database at the n-th statement of a command, and at none before it."""

    def __init__(self, kind: str, at: int, database: str) -> None:
        self.kind, self.at, self.database, self.statements = kind, at, database, 0

    @contextlib.contextmanager
    def brewing(self) -> Iterator[None]:
        with psycopg.connect(self.database, autocommit=True) as administrator, pytest.MonkeyPatch.context() as patch:
            for name in ("execute", "executemany"):
                patch.setattr(psycopg.Cursor, name, self._around(getattr(psycopg.Cursor, name), administrator))
            if self.kind == "no answer to a commit":
                patch.setattr(psycopg.Transaction, "__exit__", self._unanswered(psycopg.Transaction.__exit__))
            yield

    def _around(self, execute: Any, administrator: psycopg.Connection[Any]) -> Any:
        def executing(cursor: psycopg.Cursor[Any], *args: Any, **kwargs: Any) -> Any:
            if cursor.connection is administrator or self.kind == "no answer to a commit":
                return execute(cursor, *args, **kwargs)
            self.statements += 1
            if self.statements == self.at:
                match self.kind:
                    case "shut down":
                        pid = cursor.connection.info.backend_pid
                        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
                    case "dropped":
                        _cut(cursor.connection)
                    case "full disk":
                        execute(cursor, FULL)
            return execute(cursor, *args, **kwargs)

        return executing

    def _unanswered(self, leave: Any) -> Any:
        def leaving(transaction: psycopg.Transaction, *error: Any) -> Any:
            left = leave(transaction, *error)
            self.statements += 1
            if self.statements == self.at and error[0] is None:
                _cut(transaction.connection)
                raise psycopg.OperationalError("server closed the connection unexpectedly")
            return left

        return leaving


def _cut(connection: psycopg.Connection[Any]) -> None:
    with socket.socket(fileno=os.dup(connection.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)


KINDS = ("shut down", "dropped", "full disk", "no answer to a commit")
EVERY = bool(os.environ.get("EVERY_STATEMENT"))
"""Whether it happens at every statement, as by `make soak`; in a test run at every twenty-fourth, at others for each kind."""
STRIDE = 4 if EVERY else 24


@pytest.mark.parametrize("share", range(STRIDE) if EVERY else [0])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_statement_fails_the_run_says_so_and_the_next_one_reaches_the_same_end(
    small_world: World, kind: str, share: int
) -> None:
    world, ends, statements = small_world, {}, set()
    for side in ("dear", "cheap"):
        turn(world, side)
        with (undisturbed := Trouble(kind, 0, world.database)).brewing():
            world.apply()
        ends[side] = outside(world)
        statements.add(undisturbed.statements)
    side = "cheap"
    for at in range(1 + (share if EVERY else 6 * KINDS.index(kind) % STRIDE), min(statements) + 1, STRIDE):
        side = other(side)
        turn(world, side)
        world.sandbox.admin.clear_log()
        trouble = Trouble(kind, at, world.database)
        with trouble.brewing():
            result = world.run("apply", "--auto-approve")
        where = f"{kind} at {at} of {min(statements)}: {result.err}"
        assert trouble.statements >= at, where
        assert result.code in (0, 1), where
        assert result.code == 0 or "database" in result.out + result.err, where
        first = sent(world)
        world.sandbox.admin.clear_log()
        carry_on(world)
        assert outside(world) == ends[side], where
        assert not first & sent(world), where
        assert world.addresses() == [], where
        assert nothing_is_left_open(world), where
