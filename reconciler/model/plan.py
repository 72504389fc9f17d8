"""The plan as a value: operations in order, what they rest on, and what was found. Everything apply needs, and nothing secret.

Reading and writing the file is `engine.plan_file`'s; deciding what goes in is the engine's.
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

MAX_WINDOW = 2000
"""The most nights that may be asked for."""


class Action(StrEnum):
    """What an operation does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Label(StrEnum):
    """Why an operation stands by itself. `lower` and `raise` are halves of one change of units: the side that gives goes first."""

    NONE = ""
    HORIZON = "horizon"
    LOWER = "lower"
    RAISE = "raise"


@dataclass(frozen=True, slots=True)
class Change:
    """What differs at one address. For a calendar `before` and `after` hold the nights that differ and no others.

    `before` lacks nights that were empty (read back) or are unknown (acknowledged, unknown). `unknown` counts the latter.
    """

    address: Address
    action: Action
    before: Value | None
    after: Value | None
    provenance: Provenance = Provenance.READ_BACK
    unknown: int = 0
    counts: Calendar[Counts] = Calendar()


@dataclass(frozen=True, slots=True)
class Operation:
    """A change with its place in the plan. `id` is unique in it; `waits_for` names the ids that must have been applied first.

    `source`: file and line that say so, where that was looked up.
    """

    id: str
    change: Change
    label: Label = Label.NONE
    waits_for: tuple[str, ...] = ()
    source: str = ""

    @property
    def address(self) -> Address:
        """The address it changes."""
        return self.change.address


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for: property slugs, globs over addresses, days; empty means everything.

    `prune`: also rate plans whose entry vanished from the files.
    """

    properties: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    window: int | None = None
    prune: bool = False

    @property
    def partial(self) -> bool:
        """Whether anything was left out on purpose."""
        return bool(self.properties or self.targets or self.window is not None)


@dataclass(frozen=True, slots=True)
class Offline:
    """The snapshot that a plan was made against: of when it is, and its digest."""

    as_of: datetime
    snapshot: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Operations in the order in which they run. `coverage`: by (property, provider). `messages`: an estimate by target.

    `offline`: made against a snapshot, to be looked at; it is never applied.
    """

    environment: str
    as_of: datetime
    workspace_digest: str
    scope: Scope
    operations: tuple[Operation, ...]
    findings: tuple[Diagnostic, ...] = ()
    properties: tuple[str, ...] = ()
    coverage: Mapping[tuple[str, str], Coverage] = field(default_factory=dict)
    messages: int = 0
    commit: str | None = None
    consents: tuple[str, ...] = ()
    offline: Offline | None = None

    def count(self, action: Action) -> int:
        """How many addresses get this action."""
        return len({op.address for op in self.operations if op.change.action is action})
