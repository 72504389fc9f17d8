"""Alerts: what stands wrong out there and somebody should know of, told when it is new, when it changes and when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Severity

Name: TypeAlias = "tuple[str, str, str, str]"
"""What an alert is recognised by: property, target, kind, subject."""


class Edge(StrEnum):
    """What became of an alert since the last time somebody looked."""

    NEW = "new"
    CHANGED = "changed"
    CLEARED = "cleared"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing that stands wrong; property (`slug`), target, kind and subject together name it.

    `kind`: `drift`, `conflict`, or what was found, as a word of letters and underscores. `subject`: what it is about, an address or the
    beginning of one. `mark` and `nights` stand for what exactly is wrong: where they are the same, nothing has changed. Nights that have
    passed are no change.
    """

    slug: str
    target: str
    kind: str
    subject: str
    severity: Severity
    message: str
    mark: str
    nights: Calendar[str] = Calendar()

    @property
    def name(self) -> Name:
        """What it is recognised by."""
        return self.slug, self.target, self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that was told and is not over. `id`: of its row; `since` when it was first told, `changed` when it last changed.

    `ours` is False where another program wrote it; then `slug` is the hotel's id.
    """

    id: str
    alert: Alert
    since: datetime
    changed: datetime | None = None
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What became of an alert. `before`: as it was told, None for a new one."""

    edge: Edge
    alert: Alert
    before: Raised | None = None
