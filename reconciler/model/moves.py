"""Moves: rooms and plans that git renamed. What is known under the old key counts for the new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import DATABASE, Address

_WITHOUT_ROOM = frozenset({"integration", "schedule"})


@dataclass(frozen=True, slots=True)
class Moves:
    """New keys by old ones. Two that change places are both there."""

    rooms: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.rooms or self.plans)

    def without(self, done: Moves) -> Moves:
        """Those that are not among `done`."""
        return Moves(
            {old: new for old, new in self.rooms.items() if done.rooms.get(old) != new},
            {old: new for old, new in self.plans.items() if done.plans.get(old) != new},
        )

    def pair(self, room: str, plan: str) -> tuple[str, str]:
        """A room and plan by their new keys."""
        return self.rooms.get(room, room), self.plans.get(plan, plan)

    def address(self, address: Address) -> Address:
        """An address by its new keys. In the database a provider stands before room and plan."""
        if address.kind in _WITHOUT_ROOM:
            return address
        key = list(address.key)
        room = 1 if address.target == DATABASE and address.kind != "allocation" else 0
        for place, known in ((room, self.rooms), (room + 1, self.plans)):
            if place < len(key):
                key[place] = known.get(key[place], key[place])
        return address._replace(key=tuple(key))
