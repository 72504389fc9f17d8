"""Golden files: each report in each format as it is meant to be. `REWRITE_GOLDEN=1 pytest tests/report` writes them anew; read the diff."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

_GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compares a text with the golden file of that name, or writes the file where the environment says so."""

    def compare(name: str, text: str) -> None:
        path = _GOLDEN / name
        if os.environ.get("REWRITE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8", newline="")
        assert text == path.read_text(encoding="utf-8"), f"{name} differs; REWRITE_GOLDEN=1 writes it anew"

    return compare
