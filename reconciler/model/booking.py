"""Bookings, as far as units need them: which room, which nights, how many. No guest, no card, no price."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Change(StrEnum):
    """What a version of a booking says, in the order in which versions of one instant follow each other."""

    BOOKED = "booked"
    MODIFIED = "modified"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Stay:
    """Units of one room from arrival up to and without departure. `room`: the id of whoever speaks, ours or the provider's."""

    room: str
    arrival: date
    departure: date
    units: int = 1


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a booking, as a channel tells it.

    `booking`: its id there, unique for the channel. `version`: what tells this version from the others of the booking, the same
    however often it is handed over. `at`: when it was made, by the channel's clock. `stays`: all of them, none for a cancellation.
    """

    channel: str
    hotel: str
    booking: str
    version: str
    change: Change
    at: datetime
    stays: tuple[Stay, ...] = ()
    receipt: str = field(default="", compare=False, repr=False)
    """What the provider wants to see again when it is acknowledged."""
