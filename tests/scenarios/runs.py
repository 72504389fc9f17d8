"""Runs of somebody else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from reconciler.model.journal import Run


def a_run() -> Run:
    """A run from another machine."""
    return Run(str(uuid.uuid4()), "development", "apply", datetime.now(UTC), "elsewhere", 4711, "somebody", "0.0.0")
