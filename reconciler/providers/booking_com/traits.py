"""The names under which a hotel's own facts at Booking.com travel from observing to normal forms and messages."""

from __future__ import annotations

from collections.abc import Mapping

UNREADABLE = "unreadable"
"""Restriction fields that were not answered this time, separated by spaces."""

ROOM_CLOSED_UNREADABLE = "room_closed_unreadable"
"""Present where it is not answered whether a room is closed."""


PRICING_MODEL = "pricing_model"
"""How the hotel is priced, where all of its rates that tell it agree."""

_PRICED_BY_THE_ROOM = frozenset({"", "standard", "rlo"})
"""Models with a price for the room: the standard one, and the one that derives prices for fewer guests from it."""


def pricing_of(room_id: str, plan_id: str) -> str:
    """How a rate of a room is priced, where that is told."""
    return f"{PRICING_MODEL}:{room_id}/{plan_id}"


def unsupported_pricing(facts: Mapping[str, str], room_id: str, plan_id: str) -> str:
    """The model of a rate, else of the hotel, where it takes other prices than one for the room; empty where it does not."""
    model = facts.get(pricing_of(room_id, plan_id), facts.get(PRICING_MODEL, ""))
    return "" if model.casefold() in _PRICED_BY_THE_ROOM else model


def read_only(plan_id: str) -> str:
    """Present where the rate follows another, or is marked read-only: `child` or `readonly`."""
    return f"read_only:{plan_id}"


def max_guests(room_id: str) -> str:
    """The most guests that a room takes."""
    return f"max_guests:{room_id}"


def switched_off(room: str, plan: str) -> str:
    """Present where one of our plans is not sold by a room any more, as git wants it: nothing can be sent for the two."""
    return f"switched_off:{room}/{plan}"


def sold_elsewhere(plan_id: str) -> str:
    """Rooms, by id and separated by spaces, that sell a plan of ours without being mapped for it."""
    return f"sold_elsewhere:{plan_id}"


def unsold(room_id: str) -> str:
    """Present where no rate sells the room: what is left and sold of it is not told."""
    return f"unsold:{room_id}"
