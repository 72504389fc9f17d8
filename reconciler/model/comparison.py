"""A comparison as a value: what two states of the files want differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs from one state of the files, called `before`, to the other. A change's `before` is what the first one says."""

    before: str
    after: str
    environment: str
    as_of: datetime
    changes: tuple[Change, ...]
    findings: tuple[Diagnostic, ...]
    properties: tuple[str, ...]
