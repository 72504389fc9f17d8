"""The extranet on this machine, and the official examples where they are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from os import environ
from pathlib import Path

import pytest

from reconciler.sandbox.server import running

from .hotels import NOW, Extranet


@pytest.fixture(scope="module")
def server() -> Iterator[Extranet]:
    with running() as started:
        yield Extranet(started.admin, started.url)


@pytest.fixture
def extranet(server: Extranet) -> Iterator[Extranet]:
    """Freshly loaded for each test."""
    server.admin.reset()
    server.admin.clock(NOW.isoformat())
    fresh = Extranet(server.admin, server.base_url)
    fresh.load()
    yield fresh
    if fresh.client is not None:
        fresh.client.close()


@pytest.fixture
def official() -> Path:
    """The folder of official examples."""
    if "OTA_REFERENCE" not in environ:
        pytest.skip("OTA_REFERENCE does not say where the official examples are")
    return Path(environ["OTA_REFERENCE"]) / "booking"
