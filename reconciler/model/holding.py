"""Holdings: how many units of a room each channel may have sold in all on a night, by our own word. Never less than the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    """Where a channel stands while its units move.

    `open`: on sale within what it holds. `closing`: asked to close, and perhaps it has. `closed`: shown to be closed, by us.
    `opening`: a count is under way.
    """

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Holding:
    """`held`: the most that may come to be sold there in all. It falls only by what was read there.

    `epoch` grows with every request; `dead_at`: from when on the last one can no longer be carried out, None where it was answered.
    """

    held: int
    phase: Phase = Phase.OPEN
    epoch: int = 0
    dead_at: datetime | None = None
