"""A connection of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.providers.database.faults import Connection
from reconciler.store.connect import connect


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    with connect(database) as opened:
        yield opened
