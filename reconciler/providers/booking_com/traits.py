"""The names under which a hotel's own facts at Booking.com travel from observing to normal forms and messages."""

from __future__ import annotations

UNREADABLE = "unreadable"
"""Restriction fields that were not answered this time, separated by spaces."""

ROOM_CLOSED_UNREADABLE = "room_closed_unreadable"
"""Present where it is not answered whether a room is closed."""


def read_only(plan_id: str) -> str:
    """Present where the rate follows another, or is marked read-only: `child` or `readonly`."""
    return f"read_only:{plan_id}"


def max_guests(room_id: str) -> str:
    """The most guests that a room takes."""
    return f"max_guests:{room_id}"
