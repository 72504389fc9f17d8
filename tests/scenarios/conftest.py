"""The world of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox.server import running
from tests.scenarios import canaries
from tests.scenarios.official import assert_valid
from tests.scenarios.world import NOW, SMALL, World


@pytest.fixture
def empty_world(tmp_path: Path, database: str) -> Iterator[World]:
    """A workspace without properties, empty extranets, a migrated database."""
    with running() as sandbox:
        sandbox.admin.clock(frozen_at=NOW.isoformat())
        world = World(tmp_path, sandbox, database, environ=dict(canaries.ENVIRON))
        world.settings()
        yield world
        assert canaries.in_text("\n".join(world.printed)) == []
        assert list(canaries.in_files(world.folder)) == []
        assert canaries.in_tables(database) == []
        # Whatever a scenario sent and was answered is what the official schemas allow.
        for entry in sandbox.admin.log(provider="expedia"):
            assert_valid(entry)


@pytest.fixture
def small_world(empty_world: World) -> World:
    """One hotel with one room and one plan at both providers, applied once."""
    empty_world.hotel(SMALL)
    empty_world.set_up_extranets()
    empty_world.seed()
    empty_world.apply()
    return empty_world


@pytest.fixture
def world(empty_world: World) -> World:
    """One hotel at both providers, set up there and in the hotel's database; nothing was applied yet."""
    empty_world.hotel()
    empty_world.set_up_extranets()
    empty_world.seed()
    return empty_world
