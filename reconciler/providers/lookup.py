"""The mapping service as others see it: which room or rate plan of ours is which at a provider, either way round.

Behind it stands the hotel's database; nobody but the composition root needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class MappedRoom:
    """A room. `room`: its key, or its id where git does not know it; `room_id`: the one in `room_types`."""

    provider: str
    room: str
    room_id: str
    external_room: str
    active: bool = True

    def __str__(self) -> str:
        return f"{self.room} = {self.external_room}"


@dataclass(frozen=True, slots=True)
class MappedPlan:
    """A rate plan of a room. `external_room` is empty where the room is not mapped."""

    provider: str
    room: str
    room_id: str
    external_room: str
    plan: str
    external_plan: str
    active: bool = True

    def __str__(self) -> str:
        return f"{self.room}/{self.plan} = {self.external_plan}"


class Lookup(Protocol):
    """Lookups for one property. Each reads afresh, and raises DatabaseError for what is missing or ambiguous, with the nearest known."""

    def external_room(self, provider: str, room: str) -> MappedRoom:
        """The room by its key or its id in the database."""

    def internal_room(self, provider: str, external_room: str) -> MappedRoom:
        """The room by its id at the provider."""

    def external_plan(self, provider: str, room: str, plan: str) -> MappedPlan:
        """The rate plan of a room (key or id) by its key."""

    def internal_plan(self, provider: str, external_plan: str, room: str | None = None) -> MappedPlan:
        """The rate plan by its id at the provider; `room` where one id serves several rooms."""

    def rooms(self, provider: str) -> tuple[MappedRoom, ...]:
        """Every mapped room, active or not."""

    def plans(self, provider: str) -> tuple[MappedPlan, ...]:
        """Every rate plan that has an id at the provider, active or not."""
