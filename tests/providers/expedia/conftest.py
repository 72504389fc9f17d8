"""The extranet on this machine, and the official schemas where they are at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from os import environ
from pathlib import Path

import pytest
from lxml import etree

from reconciler.sandbox.server import running

from .hotels import NOW, Extranet

REFERENCE = Path(environ.get("OTA_REFERENCE", "")) / "expedia"
_MESSAGES = {
    "ar": "AvailRateUpdate",
    "parr": "ProductAvailRateRetrieval",
    "br": "BookingRetrieval",
    "bc": "BookingConfirm",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Extranet]:
    with running() as started:
        yield Extranet(started.admin, started.url)


@pytest.fixture
def extranet(server: Extranet) -> Iterator[Extranet]:
    """Freshly loaded for each test; afterwards everything that was exchanged is held against the official schemas."""
    server.admin.reset()
    server.admin.clock(NOW.isoformat())
    fresh = Extranet(server.admin, server.base_url)
    fresh.load()
    yield fresh
    entries = server.admin.log()
    if fresh.client is not None:
        fresh.client.close()
    if REFERENCE.is_dir() and "OTA_REFERENCE" in environ:
        for entry in entries:
            for text, kind in ((entry["body"], "RQ"), (entry["reply"], "RS")):
                name = _MESSAGES.get(entry["operation"])
                if name and text and entry["fault"] is None:
                    shown = text.replace('"***"', '"blotted out"')  # shorter than a password may be
                    schema(f"{name}{kind}").assertValid(etree.fromstring(shown.encode()))


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(REFERENCE / "xsd" / f"{name}.xsd"))


@pytest.fixture
def official() -> Path:
    """The folder of official schemas and messages."""
    if "OTA_REFERENCE" not in environ:
        pytest.skip("OTA_REFERENCE does not say where the official schemas and messages are")
    return REFERENCE


@pytest.fixture
def valid(official: Path) -> Callable[[str, bytes], None]:
    """Raises where a message does not fit the official schema of that name."""
    return lambda name, body: schema(name).assertValid(etree.fromstring(body))
