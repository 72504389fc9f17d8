"""One world for all cases: they change nothing, and each shows that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reconciler.sandbox.server import running
from tests.hostile.place import Place
from tests.scenarios.world import NOW, World


_OUTSIDE = "  outside: {database: embedded, endpoints: production, test_mode: true}"
"""An environment whose providers are the real ones: a case that uses it gives a proxy where nobody is."""


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory, database_server: str) -> Iterator[Place]:
    """One hotel at both providers, set up there and in the hotel's database; little was applied yet."""
    with psycopg.connect(database_server, autocommit=True) as server:
        server.execute("CREATE DATABASE hostile TEMPLATE template_migrated")
    database = make_conninfo(database_server, dbname="hostile")
    folder: Path = tmp_path_factory.mktemp("hostile") / "workspace"
    folder.mkdir()
    with running() as sandbox, psycopg.connect(database, autocommit=True) as connection:
        sandbox.admin.clock(frozen_at=NOW.isoformat())
        world = World(folder, sandbox, database)
        world.settings()
        world.edit("reconciler.yaml", "  elsewhere:", f"{_OUTSIDE}\n  elsewhere:")
        world.hotel()
        world.set_up_extranets()
        world.seed()
        world.apply("--target", "*/expedia/availability/double")  # marks the database with its environment
        yield Place(world, connection)
