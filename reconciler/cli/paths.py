"""Files of the workspace that the user named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from reconciler.errors import UsageError


def chosen(root: Path, files: Iterable[str], paths: Sequence[Path]) -> tuple[str, ...]:
    """The files in these files and folders, which count from the workspace's folder; all of them without any.

    Raises UsageError where none is.
    """
    wanted = [(root / path).resolve() for path in paths]
    found = tuple(file for file in files if below((root / file).resolve(), wanted))
    if paths and not found:
        raise UsageError(
            f"no file of the workspace is in {', '.join(map(str, paths))}",
            hint="paths count from the workspace's folder",
        )
    return found


def below(file: Path, folders: Sequence[Path]) -> bool:
    """Whether a file is one of these, or in one of them; true without any."""
    return not folders or any(file == folder or folder in file.parents for folder in folders)
