"""The mapping service: which room or rate plan of ours is which at a provider, either way round, as the database says it.

Always for one property, because two of them may share an account at a provider. An answer is one active pair; none, or more than one,
is an error that names what was looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from psycopg.rows import TupleRow

from reconciler.errors import DatabaseError
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.property import Property
from reconciler.providers.database.faults import Connection, snapshot
from reconciler.providers.database.identity import identify
from reconciler.providers.database.statements import statement
from reconciler.providers.lookup import MappedPlan, MappedRoom

Mapped = TypeVar("Mapped", MappedRoom, MappedPlan)


class MappingService:
    """Lookups for one property. Every method reads afresh; each raises DatabaseError, also for what is missing or ambiguous."""

    def __init__(self, hotel: Property, connection: Connection) -> None:
        self._hotel, self._connection = hotel, connection
        self._identity = identify(hotel)

    def external_room(self, provider: str, room: str) -> MappedRoom:
        """The room by its key or its id in the database."""
        known = self.rooms(provider)
        found = [one for one in known if _is_room(one, room)]
        return self._one(f"room `{room}`", provider, room, found, known, lambda one: one.room)

    def internal_room(self, provider: str, external_room: str) -> MappedRoom:
        """The room by its id at the provider."""
        known = self.rooms(provider)
        found = [one for one in known if one.external_room == external_room]
        what = f"room {external_room} there"
        return self._one(what, provider, external_room, found, known, lambda one: one.external_room)

    def external_plan(self, provider: str, room: str, plan: str) -> MappedPlan:
        """The rate plan of a room (key or id) by its key."""
        known = [one for one in self.plans(provider) if _is_room(one, room)]
        found = [one for one in known if one.plan == plan]
        return self._one(f"rate plan `{plan}` of room `{room}`", provider, plan, found, known, lambda one: one.plan)

    def internal_plan(self, provider: str, external_plan: str, room: str | None = None) -> MappedPlan:
        """The rate plan by its id at the provider; `room` (key or id) where one id serves several rooms, as at Booking.com."""
        known = [one for one in self.plans(provider) if room is None or _is_room(one, room)]
        found = [one for one in known if one.external_plan == external_plan]
        what = f"rate plan {external_plan} there" + (f" in room `{room}`" if room is not None else "")
        return self._one(what, provider, external_plan, found, known, lambda one: one.external_plan)

    def rooms(self, provider: str) -> tuple[MappedRoom, ...]:
        """Every mapped room, active or not."""
        return tuple(
            MappedRoom(provider, self._identity.room_key(room_id), room_id, external, active)
            for room_id, external, active in self._rows("rooms", provider)
        )

    def plans(self, provider: str) -> tuple[MappedPlan, ...]:
        """Every rate plan that has an id at the provider, active or not."""
        return tuple(
            MappedPlan(provider, self._identity.room_key(room_id), room_id, there or "", plan, external, active)
            for room_id, there, plan, external, active in self._rows("plans", provider)
        )

    def _rows(self, name: str, provider: str) -> list[TupleRow]:
        parameters = {"property": self._identity.property, "provider": provider}
        with snapshot(self._connection):
            return self._connection.execute(statement("lookup.sql", name), parameters).fetchall()

    def _one(
        self,
        what: str,
        provider: str,
        wanted: str,
        found: Iterable[Mapped],
        known: Iterable[Mapped],
        named: Callable[[Mapped], str],
    ) -> Mapped:
        """The one active match; an error naming what was looked for otherwise."""
        matches = list(found)
        active = [one for one in matches if one.active]
        if len(active) == 1:
            return active[0]
        where = f"for {self._hotel.slug} at {provider}"
        if active:
            raise DatabaseError(
                f"{what} is mapped {len(active)} times {where}: {', '.join(str(one) for one in active[:5])}",
                hint="say which room is meant, or resolve the mapping in git",
            )
        if matches:
            raise DatabaseError(f"{what} is mapped {where}, and the mapping is not active", hint=f"it is {matches[0]}")
        hint = did_you_mean(wanted, [named(one) for one in known if one.active])
        raise DatabaseError(
            f"{what} is not mapped {where}",
            hint=hint or f"nothing of it is mapped at {provider}: `reconciler apply` writes what the files map",
        )


def _is_room(one: MappedRoom | MappedPlan, room: str) -> bool:
    return room == one.room or room.lower() == one.room_id
