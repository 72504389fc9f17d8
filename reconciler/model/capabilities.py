"""Capabilities: what a target can do, as data.

The diff asks them how a value is known, validation asks what can be expressed, `reconciler providers` and the documentation print them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Access(StrEnum):
    """What can be done with a kind at a target."""

    READ_BACK = "read back"
    ACKNOWLEDGED = "acknowledged"
    READ_ONLY = "read only"


@dataclass(frozen=True, slots=True)
class KindSupport:
    """One kind at one target.

    `fields`: what can be expressed there; a field outside is unsupported. `readable`: for an acknowledged kind, the fields that can be read
    all the same. `limits`: smallest and largest value by field. `rests_on`: the source of the claim, for people.
    """

    access: Access
    fields: frozenset[str]
    readable: frozenset[str] = frozenset()
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rests_on: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One target. `horizon`: how many nights from today it takes; `notes`: limits worth knowing, for people."""

    target: str
    kinds: Mapping[str, KindSupport]
    horizon: int
    notes: tuple[str, ...] = ()

    def access(self, kind: str) -> Access | None:
        """What can be done with this kind here; None where the target does not have it."""
        support = self.kinds.get(kind)
        return support.access if support else None
