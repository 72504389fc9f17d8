"""Drift: what differs out there, and who moved.

Three values are compared at every address: desired (git), last applied, observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.state import Counts, Coverage, Provenance, Value


class Mover(StrEnum):
    """Who moved since the last apply. `first`: nothing was ever applied at this address."""

    THERE = "there"
    GIT = "git"
    BOTH = "both"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class Difference:
    """One address that differs. All three values hold the differing nights only (calendars), None where there is nothing.

    `source`: file and line that say what git wants, where that was looked up.
    """

    address: Address
    mover: Mover
    desired: Value | None
    applied: Value | None
    observed: Value | None
    provenance: Provenance
    counts: Calendar[Counts] = Calendar()
    source: str = ""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What one drift run found. `never_sent`: addresses whose value nobody can know; not drift."""

    environment: str
    as_of: datetime
    differences: tuple[Difference, ...]
    never_sent: tuple[Address, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    properties: tuple[str, ...] = ()
    coverage: Mapping[tuple[str, str], Coverage] = field(default_factory=dict)
    commit: str | None = None
    partial: bool = False
