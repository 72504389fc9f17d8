"""What a provider has of one hotel, in the provider's own ids: the common ground of observing and of `import`.

Providers fill a `Remote`; `to_observation` turns it into addresses through the property's mappings, counts coverage, and reports what
is mapped but not there. Knows no formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic, did_you_mean
from reconciler.model.property import CREATE, Property
from reconciler.model.state import Availability, Counts, Coverage, Document, Observation, Observed, Price, Restrictions


@dataclass(frozen=True, slots=True)
class RemoteRoom:
    """A room at the provider."""

    id: str
    name: str
    active: bool = True
    max_occupancy: int | None = None


@dataclass(frozen=True, slots=True)
class RemotePlan:
    """A rate plan of one room at the provider. `code`: the one we may choose ourselves. `linked`: the provider derives it.

    `document` has the fields of kind `rate_plan` that can be read there.
    """

    id: str
    room_id: str
    name: str
    active: bool = True
    code: str = ""
    linked: bool = False
    document: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Remote:
    """One hotel at one provider. Calendars are keyed by room id, or by (room id, plan id).

    `rates_are`: basis and tax of its prices in the words of git, as `net exclusive`; empty where they are not told.
    """

    hotel_id: str
    name: str = ""
    currency: str = ""
    timezone: str = ""
    rates_are: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)
    rooms: tuple[RemoteRoom, ...] = ()
    plans: tuple[RemotePlan, ...] = ()
    availability: Mapping[str, Calendar[Availability]] = field(default_factory=dict)
    counts: Mapping[str, Calendar[Counts]] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], Calendar[Price]] = field(default_factory=dict)
    restrictions: Mapping[tuple[str, str], Calendar[Restrictions]] = field(default_factory=dict)


MAPPED_BUT_MISSING = "mapped-but-missing"
"""The code of the finding for a room or plan that is mapped and does not exist at the provider."""

Bindings = Mapping[tuple[str, str], str]
"""Ids that the provider assigned, by (room, plan), where a mapping says `create`."""


@dataclass(frozen=True, slots=True)
class Ids:
    """Our keys to the provider's ids for one property at one provider, `create` resolved through the bindings."""

    rooms: Mapping[str, str]
    plans: Mapping[tuple[str, str], str]

    def room(self, key: str) -> str:
        """The provider's id of our room; KeyError where it is not mapped."""
        return self.rooms[key]

    def plan(self, room: str, plan: str) -> str:
        """The provider's id of our plan for our room; KeyError where it is not mapped or not made yet."""
        return self.plans[(room, plan)]


def ids_of(hotel: Property, provider: str, bindings: Bindings) -> Ids:
    """The ids that are known now; plans still to be created are left out."""
    mappings = hotel.mappings[provider]
    known = {pair: bindings.get(pair, "") if id_ == CREATE else id_ for pair, id_ in mappings.plans.items()}
    return Ids(mappings.rooms, {pair: id_ for pair, id_ in known.items() if id_})


def to_observation(remote: Remote, hotel: Property, provider: str, ids: Ids) -> Observation:
    """The hotel's state by address. What is not mapped counts in the coverage and appears nowhere else."""
    entries = dict(_entries(remote, hotel, provider, ids))
    findings = tuple(_missing(remote, hotel, provider, ids))
    return Observation(entries, findings, _coverage(remote, ids), remote.traits)


def _entries(remote: Remote, hotel: Property, provider: str, ids: Ids) -> Iterator[tuple[Address, Observed]]:
    for room, room_id in ids.rooms.items():
        if room_id in remote.availability:
            counts = remote.counts.get(room_id, Calendar())
            yield (
                Address(hotel.slug, provider, "availability", (room,)),
                Observed(remote.availability[room_id], counts=counts),
            )
    plans = {(plan.room_id, plan.id): plan for plan in remote.plans}
    for (room, plan), plan_id in ids.plans.items():
        pair = (ids.rooms.get(room, ""), plan_id)
        if pair in plans:
            yield Address(hotel.slug, provider, "rate_plan", (room, plan)), Observed(plans[pair].document)
        if pair in remote.rates:
            yield Address(hotel.slug, provider, "rates", (room, plan)), Observed(remote.rates[pair])
        if pair in remote.restrictions:
            yield Address(hotel.slug, provider, "restrictions", (room, plan)), Observed(remote.restrictions[pair])


def _missing(remote: Remote, hotel: Property, provider: str, ids: Ids) -> Iterator[Diagnostic]:
    rooms = {room.id: room for room in remote.rooms}
    plans = {(plan.room_id, plan.id) for plan in remote.plans}
    for room, room_id in sorted(ids.rooms.items()):
        if room_id not in rooms:
            yield _not_there(hotel, provider, (room,), f"room {room_id}", rooms)
    for (room, plan), plan_id in sorted(ids.plans.items()):
        if ids.rooms.get(room) in rooms and (ids.rooms[room], plan_id) not in plans:
            known = [id_ for room_id, id_ in plans if room_id == ids.rooms[room]]
            yield _not_there(hotel, provider, (room, plan), f"rate plan {plan_id}", known)


def _not_there(hotel: Property, provider: str, key: tuple[str, ...], what: str, known: object) -> Diagnostic:
    names = [str(name) for name in known] if isinstance(known, (list, dict)) else []
    return Diagnostic(
        MAPPED_BUT_MISSING,
        f"{what} is mapped and does not exist at {provider}",
        hint=did_you_mean(what.rsplit(" ", 1)[-1], names),
        file=hotel.file,
        address=str(Address(hotel.slug, provider, "mapping", key)),
    )


def _coverage(remote: Remote, ids: Ids) -> Coverage:
    mapped_rooms = set(ids.rooms.values())
    mapped_rates = {(ids.rooms.get(room, ""), plan_id) for (room, _), plan_id in ids.plans.items()}
    rooms = [room for room in remote.rooms if room.active]
    rates = [plan for plan in remote.plans if plan.active]
    names = {room.id: room.name for room in remote.rooms}
    unmapped_rates = [plan for plan in rates if (plan.room_id, plan.id) not in mapped_rates]
    return Coverage(
        rooms=len(rooms),
        rooms_mapped=sum(room.id in mapped_rooms for room in rooms),
        rates=len(rates),
        rates_mapped=len(rates) - len(unmapped_rates),
        unmapped_rooms=tuple(f"{room.name} ({room.id})" for room in rooms if room.id not in mapped_rooms),
        unmapped_rates=tuple(
            f"{names.get(plan.room_id, plan.room_id)}: {plan.name} ({plan.id})" for plan in unmapped_rates
        ),
    )
