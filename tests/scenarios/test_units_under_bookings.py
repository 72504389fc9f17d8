"""Units that move back and forth between channels while guests book and cancel everywhere: nothing is sold twice, at no moment."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from reconciler.sandbox.admin import AdminError
from tests.scenarios import killing
from tests.scenarios.test_units import ROOMS, book
from tests.scenarios.world import BOOKING, EXPEDIA, World

FILE = "properties/lisbon-baixa.yaml"
PROPERTY, DOUBLE = "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201"
HOTELS = {"expedia": EXPEDIA, "booking.com": BOOKING}
LIMIT = 22  # 20 units, and 2 that may be sold beyond them
NIGHTS = range(2, 6)
SPLITS = [(5, 8, 7), (1, 12, 7), (9, 2, 9), (2, 4, 14), (14, 3, 3), (5, 8, 7)]
"""Allotments of the hotel itself, Expedia and Booking.com, one after the other."""


class Guests(threading.Thread):
    """Book and cancel at one channel for as long as they may; how often each was done is in `done`."""

    def __init__(self, seed: int, book_one: Callable[[random.Random], Any], cancel: Callable[[Any], object]) -> None:
        super().__init__(daemon=True)
        self._chance, self._book, self._cancel = random.Random(seed), book_one, cancel
        self.enough = threading.Event()
        self.booked: list[Any] = []
        self.done = {"booked": 0, "cancelled": 0, "turned away": 0}

    def run(self) -> None:
        while not self.enough.wait(0.02):
            if self.booked and self._chance.random() < 0.35:
                self._cancel(self.booked.pop(self._chance.randrange(len(self.booked))))
                self.done["cancelled"] += 1
            elif booking := self._book(self._chance):
                self.booked.append(booking)
                self.done["booked"] += 1
            else:
                self.done["turned away"] += 1


def provider_guests(world: World, provider: str, seed: int) -> Guests:
    def book_one(chance: random.Random) -> str | None:
        first = chance.choice(NIGHTS)
        with suppress(AdminError):
            return book(
                world, provider, arrival=world.night(first), departure=world.night(first + chance.choice((1, 2)))
            )
        return None

    return Guests(seed, book_one, lambda one: world.sandbox.admin.cancel(provider, HOTELS[provider], one))


def direct_guests(world: World, seed: int) -> Guests:
    connection = psycopg.connect(world.database, autocommit=True)
    numbers = iter(range(1, 1_000_000))

    def book_one(chance: random.Random) -> str | None:
        first, reference = chance.choice(NIGHTS), f"D-{next(numbers)}"
        stay = (world.night(first), world.night(first + chance.choice((1, 2))), 1, reference)
        sell = b"SELECT reconciler.sell_direct(%s::uuid, %s::uuid, %s::date, %s::date, %s, %s)"
        sold = connection.execute(sell, (PROPERTY, DOUBLE, *stay)).fetchone()
        return reference if sold == (True,) else None

    def cancel(reference: str) -> None:
        connection.execute(b"SELECT reconciler.cancel_direct(%s::uuid, %s)", (PROPERTY, reference))

    return Guests(seed, book_one, cancel)


def exposed(world: World) -> dict[str, int]:
    """By night, what is sold and on sale over all channels, as one look at the extranets shows it; sold by the hotel before and after."""
    before = direct(world)
    found: dict[str, int] = {}
    state = world.sandbox.admin.state()
    for night in (world.night(number) for number in range(NIGHTS[0], NIGHTS[-1] + 3)):
        providers = sum(_at(state, provider, night) for provider in ROOMS)
        found[night] = providers + min(before.get(night, 0), direct(world).get(night, 0))
    return found


def _at(state: dict[str, Any], provider: str, night: str) -> int:
    hotel_id, room_id, _ = ROOMS[provider]
    hotel = next(h for h in state["hotels"] if (h["provider"], h["id"]) == (provider, hotel_id))
    room = next(r for r in hotel["rooms"] if r["id"] == room_id)

    def on(name: str) -> Any:
        return next((run["value"] for run in room.get(name, []) if run["from"] <= night < run["until"]), 0)

    sold = sum(
        booking["units"]
        for booking in state["bookings"]
        if (booking["provider"], booking["hotel"], booking["room"]) == (provider, hotel_id, room_id)
        and not booking["cancelled"]
        and booking["arrival"] <= night < booking["departure"]
    )
    return int(sold + (0 if on("closed") else on("left")))


def direct(world: World) -> dict[str, int]:
    rows = world.rows(
        "SELECT n::date::text, sum(units) FROM reconciler.bookings, generate_series(arrival, departure - 1, interval '1 day') n"
        " WHERE provider = 'direct' AND status <> 'cancelled' GROUP BY 1"
    )
    return {night: int(units) for night, units in rows}


@pytest.mark.parametrize("seed", [1])
def test_whatever_moves_and_whoever_books_never_more_is_sold_than_there_is(small_world: World, seed: int) -> None:
    world = small_world
    guests = [
        provider_guests(world, "expedia", seed),
        provider_guests(world, "booking.com", seed + 10),
        direct_guests(world, seed + 20),
    ]
    for one in guests:
        one.start()
    try:
        for before, after in itertools.pairwise(SPLITS):
            world.edit(FILE, _split(before), _split(after))
            _move(world)
    finally:
        for one in guests:
            one.enough.set()
            one.join(30)
    assert all(count for one in guests for count in one.done.values()), [one.done for one in guests]
    assert world.run("bookings", "pull").code == 0
    for _ in range(2):
        world.run("apply", "--auto-approve")
    world.apply()
    assert max(exposed(world).values()) <= LIMIT
    assert world.addresses() == []


def _move(world: World) -> None:
    """One apply by a process of its own, while everybody looks."""
    moving = killing.begin(
        {**world.environ, "DATABASE_URL": world.database}, world.arguments("apply", "--auto-approve")
    )
    while moving.process.is_alive():
        assert max(exposed(world).values()) <= LIMIT
        moving.process.join(0.05)
    assert moving.end().code in (0, 1)  # where others still hold units, it says so
    assert world.run("bookings", "pull").code == 0


def _split(allotments: tuple[int, int, int]) -> str:
    return "direct: {}, expedia: {}, booking.com: {}".format(*allotments)
