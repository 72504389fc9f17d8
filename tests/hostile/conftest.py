"""One world for all cases: they change nothing, and each shows that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reconciler.sandbox.booking_com import tokens
from reconciler.sandbox.server import running
from tests.hostile.place import Place
from tests.scenarios.world import NOW, World

_OUTSIDE = "  outside: {database: embedded, endpoints: production, test_mode: true}"
"""An environment whose providers are the real ones: a case that uses it gives a proxy where nobody is."""


@pytest.fixture(autouse=True)
def _tokens_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """All cases happen within one hour, for time stands still here."""
    monkeypatch.setattr(tokens, "MAX_PER_HOUR", 10_000)


@contextmanager
def placed(folder: Path, server: str, name: str) -> Iterator[Place]:
    """One hotel at both providers, set up there and in the hotel's database; little was applied yet."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_migrated".encode())
    database = make_conninfo(server, dbname=name)
    with running() as sandbox, psycopg.connect(database, autocommit=True) as connection:
        sandbox.admin.clock(frozen_at=NOW.isoformat())
        world = World(folder, sandbox, database)
        world.settings()
        world.edit("reconciler.yaml", "  elsewhere:", f"{_OUTSIDE}\n  elsewhere:")
        world.hotel()
        world.set_up_extranets()
        world.seed()
        # Marks the database with its environment, and gives Expedia something to tell.
        world.apply("--target", "*/expedia/availability/double", "--target", "*/expedia/rates/double/NREF")
        yield Place(world, connection)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, database_server: str) -> Iterator[Place]:
    """The place in which nothing is changed."""
    folder = tmp_path_factory.mktemp("hostile") / "workspace"
    with placed(folder, database_server, "hostile") as made:
        yield made
