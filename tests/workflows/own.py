"""This repository's own pipelines: those of `init`, but that the program is the one that is checked out.

`python -m tests.workflows.own` writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.cli.laying_out import pipelines

ROOT = Path(__file__).parents[2]
INSTALL = "python -m pip install --require-hashes -r requirements.lock"


def own() -> Iterator[tuple[Path, str]]:
    """Each file with its text."""
    for name, text in pipelines("github", INSTALL, "python -m reconciler"):
        yield ROOT / name, text


if __name__ == "__main__":
    for file, text in own():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
