"""What no single file can see: ids that two properties claim, a hotel that two environments reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from reconciler.load.files import selected
from reconciler.load.problems import Keys, Problem
from reconciler.model.property import BOOKING, EXPEDIA, Property
from reconciler.model.workspace import Environment, Workspace

Told = tuple[str, Problem]
"""A property's slug, and what is wrong with it."""


class Facts(NamedTuple):
    """What of a property the others must know of: its file, its id, those of its rooms by key, and its own at each provider."""

    slug: str
    file: str
    id: str
    rooms: dict[str, str]
    providers: dict[str, str]


def facts(hotel: Property) -> Facts:
    """Those of a property."""
    rooms = {room.key: room.id for room in hotel.rooms.values()}
    providers = {name: link.external_id for name, link in hotel.providers.items()}
    return Facts(hotel.slug, hotel.file, hotel.id, rooms, providers)


_ID_KEY = {EXPEDIA: "property_id", BOOKING: "hotel_id"}


def across(workspace: Workspace, properties: Iterable[Facts]) -> Iterator[Told]:
    """Everything that only shows with all properties in view."""
    hotels = sorted(properties, key=lambda hotel: hotel.slug)
    yield from _twice(hotels, "property", lambda hotel: [(hotel.id, ("id",))])
    yield from _twice(hotels, "a room", lambda hotel: [(id_, ("rooms", key, "id")) for key, id_ in hotel.rooms.items()])
    for provider in (EXPEDIA, BOOKING):
        yield from _twice(hotels, f"the hotel at {provider}", _ids_at(provider))
    for hotel in hotels:
        yield from _environments(workspace, hotel)


def _ids_at(provider: str) -> Callable[[Facts], list[tuple[str, Keys]]]:
    def ids(hotel: Facts) -> list[tuple[str, Keys]]:
        id_ = hotel.providers.get(provider)
        return [] if id_ is None else [(id_, ("providers", provider, _ID_KEY[provider]))]

    return ids


def _twice(hotels: list[Facts], what: str, ids: Callable[[Facts], list[tuple[str, Keys]]]) -> Iterator[Told]:
    seen: dict[str, str] = {}
    for hotel in hotels:
        for id_, keys in ids(hotel):
            first = seen.setdefault(id_, hotel.slug)
            if first != hotel.slug:
                message = f"`{id_}` is already the id of {what} in `{first}`"
                yield (
                    hotel.slug,
                    Problem("id-used-twice", message, keys, "one file per hotel; give this one its own id"),
                )


def _environments(workspace: Workspace, hotel: Facts) -> Iterator[Told]:
    """Booking.com has the same hosts for test and production: only the hotel tells the environments apart."""
    if BOOKING not in hotel.providers:
        return
    remote = [one for one in workspace.environments.values() if _reaches(one, hotel)]
    if len({one.test_mode for one in remote}) > 1:
        names = " and ".join(f"`{one.name}`" for one in sorted(remote, key=lambda one: one.name))
        message = (
            f"the environments {names} both reach this hotel at {BOOKING}, which has one system for test and production"
        )
        keys: Keys = ("providers", BOOKING, "hotel_id")
        yield (
            hotel.slug,
            Problem("hotel-in-two-environments", message, keys, "narrow their `properties` in reconciler.yaml"),
        )


def _reaches(environment: Environment, hotel: Facts) -> bool:
    return environment.endpoints != "local" and selected(hotel.file, environment.properties)
