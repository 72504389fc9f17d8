"""Protocols that look right, and sell rooms twice even where nothing is ever lost."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.property import BOOKING, EXPEDIA
from tests.simulator.world import PROVIDERS, Simulation

Wanted = dict[str, int]


def _left(world: Simulation, provider: str, wanted: Wanted) -> dict[int, int]:
    """The counts that are in force by what was read a moment ago."""
    nights = world.every_night()
    return {i: max(0, wanted[provider] - world.sold(provider, night)) for i, night in enumerate(nights)}


def _set(world: Simulation, provider: str, left: dict[int, int]) -> None:
    world.guests_come()
    room = world.hotel_of(provider).rooms[world.room_of(provider)]
    for i, night in enumerate(world.every_night()):
        room.calendar("left")[night] = left[i]
    world.check_sold()


def at_once(world: Simulation, wanted: Wanted) -> None:
    """Both providers are told their new counts, in no order."""
    order = [*PROVIDERS]
    world.luck.shuffle(order)
    counts = {provider: _left(world, provider, wanted) for provider in order}
    for provider in order:
        _set(world, provider, counts[provider])


def decrease_first(world: Simulation, wanted: Wanted) -> None:
    """Whoever gets less is told before whoever gets more."""
    before = {p: max(world.left(p, n) + world.sold(p, n) for n in world.every_night()) for p in PROVIDERS}
    for provider in sorted(PROVIDERS, key=lambda p: wanted[p] - before[p]):
        _set(world, provider, _left(world, provider, wanted))


def send_the_same_again(world: Simulation, wanted: Wanted) -> None:
    """A count that was not answered is sent once more, as any careful client does."""
    for provider in (BOOKING, EXPEDIA):
        left = _left(world, provider, wanted)
        _set(world, provider, left)
        _set(world, provider, left)


NAIVE: dict[str, Callable[[Simulation, Wanted], None]] = {
    "parallel writes": at_once,
    "decrease first": decrease_first,
    "retry the same count": send_the_same_again,
}
