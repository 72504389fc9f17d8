"""What no single file can see: ids that two properties claim, a hotel that two environments reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.load.files import selected
from reconciler.load.problems import Keys, Problem
from reconciler.model.property import BOOKING, EXPEDIA, Property
from reconciler.model.workspace import Environment, Workspace

Told = tuple[str, Problem]
"""A property's slug, and what is wrong with it."""

_ID_KEY = {EXPEDIA: "property_id", BOOKING: "hotel_id"}


def across(workspace: Workspace, properties: Iterable[Property]) -> Iterator[Told]:
    """Everything that only shows with all properties in view."""
    hotels = sorted(properties, key=lambda hotel: hotel.slug)
    yield from _twice(hotels, "property", lambda hotel: [(hotel.id, ("id",))])
    yield from _twice(
        hotels, "a room", lambda hotel: [(room.id, ("rooms", room.key, "id")) for room in hotel.rooms.values()]
    )
    for provider in (EXPEDIA, BOOKING):
        yield from _twice(hotels, f"the hotel at {provider}", _ids_at(provider))
    for hotel in hotels:
        yield from _environments(workspace, hotel)


def _ids_at(provider: str) -> Callable[[Property], list[tuple[str, Keys]]]:
    def ids(hotel: Property) -> list[tuple[str, Keys]]:
        link = hotel.providers.get(provider)
        return [(link.external_id, ("providers", provider, _ID_KEY[provider]))] if link else []

    return ids


def _twice(hotels: list[Property], what: str, ids: Callable[[Property], list[tuple[str, Keys]]]) -> Iterator[Told]:
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


def _environments(workspace: Workspace, hotel: Property) -> Iterator[Told]:
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


def _reaches(environment: Environment, hotel: Property) -> bool:
    return environment.endpoints != "local" and selected(hotel.file, environment.properties)
