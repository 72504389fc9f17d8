"""A snapshot: what every target told at one moment and what was remembered then, so that a plan can be made without touching anything.

It holds what planning reads and nothing beside it: no secret (documents mask them where they are read, and what other programs keep in
them is left out), no booking, no guest. Reading and writing its file is `engine.snapshot_file`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Applied, JournalEntry
from reconciler.model.moves import Moves
from reconciler.model.property import Closure
from reconciler.model.state import Observation, Window

NOT_IN_SNAPSHOT = "not-in-snapshot"
"""The code of what says that a snapshot does not speak of something: nothing is planned for it."""

Part = tuple[str, ...]
"""A part of a property at a target: the whole (no words), a room, or a room and a plan."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one target told: of these kinds, on these nights.

    `went_by`: the ids, and whatever else of the files decided what was asked and how it was understood, by part. Where git says something
    else by now, the snapshot does not speak of that part. `nothing_at`: addresses that were asked for and had nothing.
    """

    kinds: frozenset[str]
    window: Window
    went_by: Mapping[Part, str]
    observation: Observation
    nothing_at: frozenset[Address] = frozenset()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the store has of one property, as far as plans read it.

    `bindings`: by provider, then (room, plan). `cut_off`: attempts without an outcome. `said`: the moves of the files that were there,
    `moved`: those that were carried out; what is keyed here has the keys of those files. `moving`: by room's id and provider.
    """

    applied: Mapping[Address, Applied] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    cut_off: tuple[JournalEntry, ...] = ()
    said: Moves = field(default_factory=Moves)
    moved: Moves = field(default_factory=Moves)
    closures: tuple[Closure, ...] = ()
    rotated: Mapping[str, datetime] = field(default_factory=dict)
    moving: Mapping[tuple[str, str], Calendar[bool]] = field(default_factory=dict)
    sold_direct: Mapping[str, Calendar[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """One property. A target that could not be looked at is not in `seen`."""

    id: str
    seen: Mapping[str, Seen]
    remembered: Remembered


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One environment at one moment. `workspace`: what belongs to no property; None where it was not looked at."""

    environment: str
    as_of: datetime
    commit: str | None = None
    properties: Mapping[str, Kept] = field(default_factory=dict)
    workspace: Seen | None = None
