"""Every message of a scenario held against the official schemas of Expedia, where they are at hand (OTA_REFERENCE)."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

_NAMES = {
    "ar": ("AvailRateUpdateRQ", "AvailRateUpdateRS"),
    "parr": ("ProductAvailRateRetrievalRQ", "ProductAvailRateRetrievalRS"),
    "br": ("BookingRetrievalRQ", "BookingRetrievalRS"),
    "bc": ("BookingConfirmRQ", "BookingConfirmRS"),
}
_BLOTTED, _OF_A_LEGAL_LENGTH = '"***"', '"blotted-out"'


def assert_valid(entry: dict[str, Any]) -> int:
    """The request and the reply of one entry of the sandbox's log; how many of them were checked."""
    reference = os.environ.get("OTA_REFERENCE")
    names = _NAMES.get(entry["operation"])
    if not reference or names is None or entry["provider"] != "expedia":
        return 0
    texts = [entry["body"], entry["reply"] if entry["status"] == 200 and not entry["fault"] else None]
    checked = [(text, name) for text, name in zip(texts, names, strict=True) if text]
    for text, name in checked:
        document = etree.fromstring(text.replace(_BLOTTED, _OF_A_LEGAL_LENGTH).encode())
        _schema(reference, name).assertValid(document)
    return len(checked)


@cache
def _schema(reference: str, name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(reference) / "expedia" / "xsd" / f"{name}.xsd"))
