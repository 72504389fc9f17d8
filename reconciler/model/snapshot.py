"""A snapshot: what was seen of hotels at one moment and is remembered of them, enough to plan without looking at anything.

Holds no secret, and nothing of guests or single bookings: units sold are counts by night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Applied
from reconciler.model.moves import Moves
from reconciler.model.property import Closure
from reconciler.model.state import Observation

Ids = Mapping[str, str]
"""A provider's ids: the hotel's own under "", a room's under its key, a plan's under `room/plan`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One property. `observed` and `ids` by target; what could not be looked at is not there.

    `bindings`: ids that providers assigned, by provider and (room, plan); `rotated`, `moving`, `sold_direct` as the store has them.
    """

    observed: Mapping[str, Observation]
    ids: Mapping[str, Ids] = field(default_factory=dict)
    applied: Mapping[Address, Applied] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    rotated: Mapping[str, datetime] = field(default_factory=dict)
    moving: Mapping[tuple[str, str], Calendar[bool]] = field(default_factory=dict)
    sold_direct: Mapping[str, Calendar[int]] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()
    moves: Moves = field(default_factory=Moves)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All properties of a scope by slug; the workspace's own rows under its own name."""

    environment: str
    as_of: datetime
    seen: Mapping[str, Seen]
    commit: str | None = None
