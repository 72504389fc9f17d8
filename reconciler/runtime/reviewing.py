"""Review in CI: what of a proposed change is to be planned. Talks to no code host and draws nothing."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from reconciler.load import reached
from reconciler.load.files import PROPERTIES, WORKSPACE_FILE


def reaches(files: Path, names: Collection[str], settings: bytes | None) -> frozenset[str] | None:
    """The properties that a change of these files can reach; None where it changes the workspace itself, and so anything.

    `files`: the folder that has them as they are to be; `settings`: what `reconciler.yaml` was before.
    """
    if WORKSPACE_FILE in names:
        return None
    return reached(files, [name for name in names if name.startswith(f"{PROPERTIES}/")], settings)
