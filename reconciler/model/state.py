"""State: the values that addresses have, and how we know them.

A value is a document (an object of fields) or a calendar of one of the night values below. Both sides of every comparison, desired and
observed, are these values in one normal form, so that equal things are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Document: TypeAlias = "Mapping[str, Json]"


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs for one night, in the property's currency; `guests`: other numbers of guests, by rising number."""

    amount: Decimal
    guests: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Availability:
    """What a provider may sell of a room for one night in all, and whether the room is closed there."""

    allotment: int
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Allotments:
    """Who may sell how many units of a room for one night. `channels`: (channel, units) in the order direct, then by name."""

    units: int
    channels: tuple[tuple[str, int], ...]
    overbooking: int = 0

    def of(self, channel: str) -> int:
        """The allotment of one channel; 0 where it has none."""
        return dict(self.channels).get(channel, 0)


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What limits a stay on one night. The defaults are "no restriction"; stays in nights, advance windows in days."""

    min_stay: int = 1
    max_stay: int | None = None
    min_stay_through: int = 1
    max_stay_through: int | None = None
    closed: bool = False
    closed_to_arrival: bool = False
    closed_to_departure: bool = False
    min_advance_days: int | None = None
    max_advance_days: int | None = None


NightValue: TypeAlias = Price | Availability | Allotments | Restrictions
Value: TypeAlias = "Document | Calendar[NightValue]"


@dataclass(frozen=True, slots=True)
class Counts:
    """Units of a room at a provider for one night: still for sale there, and sold there."""

    left: int
    sold: int


class Provenance(StrEnum):
    """How an observed value is known."""

    READ_BACK = "read_back"
    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Observed:
    """A value seen at a target. Nights that an acknowledged calendar lacks are unknown; that a read one lacks, are empty.

    `ours`: the nights on which a room is closed, or its count taken away, by us and for the moment, while its units move.
    """

    value: Value
    provenance: Provenance = Provenance.READ_BACK
    counts: Calendar[Counts] = Calendar()
    ours: Calendar[bool] = Calendar()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The nights looked at: from `start` (the property's today) up to and not including `until`."""

    start: date
    until: date


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what a provider has is mapped; `unmapped` by name, for people."""

    rooms: int = 0
    rooms_mapped: int = 0
    rates: int = 0
    rates_mapped: int = 0
    unmapped_rooms: tuple[str, ...] = ()
    unmapped_rates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything seen at one target for one property.

    `traits`: what the target says of the hotel itself and normal forms depend on (for instance `pricing_model`).
    `assigned`: ids of plans that git asked to create and that exist already, by (room, plan): a lost reply, found again.
    """

    entries: Mapping[Address, Observed] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()
    coverage: Coverage | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    assigned: Mapping[tuple[str, str], str] = field(default_factory=dict)


Desired: TypeAlias = "Mapping[Address, Value]"
