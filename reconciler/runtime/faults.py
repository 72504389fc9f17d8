"""Faults of the program itself, kept to the property and target in which they happen.

A fault has no words of its own here: its message may quote what came from outside, so only its type and its place are told.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath

from reconciler.errors import ReconcilerError

_HINT = "the others went on; this is a fault of the program, please report it with these words"


def as_error(error: Exception) -> ReconcilerError:
    """The error as one of ours: itself, or a fault of the program with its type and place."""
    if isinstance(error, ReconcilerError):
        return error
    return ReconcilerError(f"a fault of the program: {type(error).__name__} {_place(error)}".strip(), hint=_HINT)


def _place(error: Exception) -> str:
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "reconciler" in PurePath(frame.filename).parts
    ]
    if not ours:
        return ""
    return f"in {PurePath(ours[-1].filename).name}:{ours[-1].lineno}, {ours[-1].name}"
