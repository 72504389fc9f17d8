"""Bookings: taken in once, kept before they are acknowledged, counted by room and night; and sales by the hotel itself."""

from __future__ import annotations

import json
import threading
from typing import Any

import psycopg
import pytest

from reconciler.store.postgres import PostgresStore
from tests.scenarios.runs import a_run
from tests.scenarios.test_safety_locks import store_of
from tests.scenarios.test_units import ROOMS, book, left
from tests.scenarios.world import BOOKING, EXPEDIA, World

PROPERTY = "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11"
DOUBLE = "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201"
HOTELS = {"expedia": EXPEDIA, "booking.com": BOOKING}


def pulled(world: World, code: int = 0) -> dict[str, dict[str, Any]]:
    result = world.run("bookings", "pull", "--format", "json", "--as-of", world.now.isoformat())
    assert result.code == code, result.out + result.err
    return {one["provider"]: one for one in result.json["pulled"]}


def listed(world: World, *more: str) -> list[tuple[str, str, str, str, str, int]]:
    found = world.run("bookings", "list", "--format", "json", *more).json["bookings"]
    return [(b["channel"], b["status"], b["room"], b["arrival"], b["departure"], b["units"]) for b in found]


def modify(world: World, provider: str, booking: str, **changes: Any) -> None:
    world.sandbox.admin.modify(provider, HOTELS[provider], booking, **changes)


@pytest.mark.parametrize("provider", ROOMS)
def test_a_booking_its_change_and_its_cancellation_are_taken_in_and_acknowledged(world: World, provider: str) -> None:
    world.apply()
    booking = book(world, provider, arrival=world.night(3), departure=world.night(6))
    first = pulled(world)[provider]
    assert (first["booked"], first["acknowledged"], first["refused"]) == (1, 1, {})
    assert listed(world) == [(provider, "booked", "double", world.night(3), world.night(6), 1)]
    modify(world, provider, booking, departure=world.night(5))
    assert pulled(world)[provider]["modified"] == 1
    assert listed(world) == [(provider, "modified", "double", world.night(3), world.night(5), 1)]
    world.sandbox.admin.cancel(provider, HOTELS[provider], booking)
    assert pulled(world)[provider]["cancelled"] == 1
    assert listed(world) == []
    assert listed(world, "--all") == [(provider, "cancelled", "double", world.night(3), world.night(5), 1)]
    assert pulled(world)[provider]["acknowledged"] == 0


def test_several_units_and_rooms_of_one_booking_are_lines_of_it(world: World) -> None:
    world.apply()
    book(world, "booking.com", arrival=world.night(3), departure=world.night(5), units=2)
    pulled(world)
    assert listed(world) == [("booking.com", "booked", "double", world.night(3), world.night(5), 2)]


@pytest.mark.parametrize("provider", ROOMS)
def test_a_crash_between_keeping_and_acknowledging_loses_nothing_and_counts_nothing_twice(
    world: World, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.apply()
    book(world, provider, arrival=world.night(3), departure=world.night(4))
    with monkeypatch.context() as patch:
        patch.setattr(PostgresStore, "acknowledged", _killed)
        path = {"expedia": "/eqc/bc", "booking.com": "/hotels/ota/OTA_HotelResNotif"}[provider]
        world.sandbox.admin.fault("drop_before", {"provider": provider, "path": path, "nth": 1, "times": 0})
        world.run("bookings", "pull")
    world.sandbox.admin.clear_faults()
    again = pulled(world)[provider]
    assert again["acknowledged"] == 1
    assert listed(world) == [(provider, "booked", "double", world.night(3), world.night(4), 1)]
    assert world.rows("SELECT count(*) FROM reconciler.booking_versions") == [(1,)]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_provider_that_is_down_stops_itself_only(world: World) -> None:
    world.apply()
    book(world, "expedia", arrival=world.night(3), departure=world.night(4))
    world.sandbox.admin.fault("status", {"provider": "booking.com", "times": 0}, status=500)
    found = pulled(world, 1)
    assert found["expedia"]["booked"] == 1
    assert found["booking.com"]["failed"]


def test_nothing_of_the_guest_is_kept_or_said(world: World) -> None:
    world.apply()
    guest = {"given": "Canary", "surname": "Nightingale"}
    for provider in ROOMS:
        book(world, provider, arrival=world.night(3), departure=world.night(4), guest=guest)
    said = world.run("bookings", "pull", "--verbose")
    shown = world.run("bookings", "list", "--format", "json")
    with psycopg.connect(world.database) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'reconciler'").fetchall()
        kept = [
            connection.execute(f"SELECT to_jsonb(t) FROM reconciler.{name} t".encode()).fetchall() for (name,) in tables
        ]
    everything = said.out + said.err + shown.out + shown.err + json.dumps(kept, default=str)
    assert "Canary" not in everything
    assert "Nightingale" not in everything


def test_more_sold_than_there_is_is_told_and_the_others_are_closed_for_these_nights(world: World) -> None:
    world.apply()
    night = world.night(3)
    for _ in range(4):
        book(world, "booking.com", arrival=night, departure=world.night(4), units=6, force=True)
    result = world.run("bookings", "pull", "--as-of", world.now.isoformat())
    assert result.code == 1
    assert "sold-beyond-units" in result.out
    assert "24" in result.out
    assert left(world, "expedia", night) == 0
    assert left(world, "expedia", world.night(5)) == 8
    assert "off sale: applied" in result.out
    assert world.addresses("--target", "*/*/availability/**") == []


def test_a_provider_that_cannot_be_closed_is_named_with_what_was_sold(world: World) -> None:
    world.apply()
    book(world, "booking.com", arrival=world.night(3), departure=world.night(4), units=24, force=True)
    world.sandbox.admin.fault("status", {"provider": "expedia", "times": 0}, status=500)
    result = world.run("bookings", "pull", "--as-of", world.now.isoformat())
    assert result.code == 1
    assert "sold-beyond-units" in result.out
    assert "target-failed" in result.out


def test_a_stay_in_a_room_that_is_mapped_later_counts_from_then_on(world: World) -> None:
    world.apply()
    world.edit("properties/lisbon-baixa.yaml", 'double: "30011", suite', "suite")
    world.edit(
        "properties/lisbon-baixa.yaml",
        '{BAR: {double: "880011A", suite: "880012A"}, NREF: {double: "880021A"}}',
        '{BAR: {suite: "880012A"}}',
    )
    book(world, "expedia", arrival=world.night(3), departure=world.night(4))
    assert "booking-of-unmapped-room" in world.run("bookings", "pull").out
    assert world.rows("SELECT count(*) FROM reconciler.bookings WHERE room_id IS NULL") == [(1,)]
    world.hotel()
    assert "booking-of-unmapped-room" not in world.run("bookings", "pull").out
    assert world.rows("SELECT room_id::text FROM reconciler.bookings") == [(DOUBLE,)]


def test_a_property_that_is_held_is_left_out_and_named_and_the_others_go_on(world: World) -> None:
    world.apply()
    book(world, "expedia", arrival=world.night(3), departure=world.night(4))
    store = store_of(world)
    with store.lock(["lisbon-baixa"], a_run(), 0):
        result = world.run("bookings", "pull", "--format", "json")
    store.close()
    assert result.code == 5
    assert "lisbon-baixa" in result.json["pulled"][0]["failed"]
    assert pulled(world)["expedia"]["booked"] == 1


def test_stays_are_listed_by_night_and_by_channel(world: World) -> None:
    world.apply()
    book(world, "expedia", arrival=world.night(3), departure=world.night(5))
    pulled(world)
    for first, last, found in ((3, 3, 1), (4, 9, 1), (5, 9, 0), (0, 2, 0)):
        nights = ("--from", world.night(first), "--through", world.night(last))
        assert len(listed(world, *nights, "--provider", "expedia")) == found, nights
    assert listed(world, "--provider", "direct") == []


# --- the hotel itself


def test_the_hotel_sells_what_no_provider_holds_and_a_cancelled_sale_is_free_again(world: World) -> None:
    world.apply()
    sale = ["--property", "lisbon-baixa", "--reference", "D-1"]
    stay = ["--room", "double", "--arrival", world.night(3), "--departure", world.night(5), "--units", "7"]
    assert world.run("bookings", "add", *sale, *stay).code == 0  # 20 and 2, of which the providers hold 15
    assert world.run("bookings", "add", *sale, *stay).code == 0
    more = ["--property", "lisbon-baixa", "--reference", "D-2", "--room", "double"]
    refused = world.run("bookings", "add", *more, "--arrival", world.night(4), "--departure", world.night(6))
    assert refused.code == 1
    assert f"free on {world.night(4)}: 0 units free" in refused.err
    assert world.run("bookings", "cancel", *sale).code == 0
    assert world.run("bookings", "cancel", *sale).code == 0
    assert world.run("bookings", "add", *more, "--arrival", world.night(4), "--departure", world.night(6)).code == 0
    assert world.run("bookings", "cancel", "--property", "lisbon-baixa", "--reference", "D-9").code == 1


def test_what_providers_sold_and_what_is_left_to_them_is_not_sold_by_the_hotel(world: World) -> None:
    world.apply()
    book(world, "expedia", arrival=world.night(3), departure=world.night(4))
    free = "SELECT reconciler.free_units(%s::uuid, %s::uuid, %s::date)"
    assert world.rows(free, PROPERTY, DOUBLE, world.night(3)) == [(7,)]
    pulled(world)
    assert world.rows(free, PROPERTY, DOUBLE, world.night(3)) == [(7,)]
    assert world.rows(free, PROPERTY, DOUBLE, world.night(200)) == [(None,)]


@pytest.mark.parametrize("isolation", list(psycopg.IsolationLevel))
def test_of_two_who_want_the_last_unit_at_once_one_gets_it(world: World, isolation: psycopg.IsolationLevel) -> None:
    world.apply()
    sell = b"SELECT reconciler.sell_direct(%s::uuid, %s::uuid, %s::date, %s::date, %s, %s)"
    stay = (PROPERTY, DOUBLE, world.night(3), world.night(4))
    with psycopg.connect(world.database) as connection:
        assert connection.execute(sell, (*stay, 6, "D-0")).fetchone() == (True,)
    ready, outcomes = threading.Barrier(2), []

    def one(reference: str) -> None:
        with psycopg.connect(world.database) as connection:
            connection.isolation_level = isolation
            connection.execute("SELECT count(*) FROM reconciler.bookings").fetchone()  # what it looks at is this old
            ready.wait()
            try:
                outcomes.append(connection.execute(sell, (*stay, 1, reference)).fetchone() == (True,))
                connection.commit()
            except psycopg.errors.SerializationFailure:
                outcomes.append(False)

    threads = [threading.Thread(target=one, args=(f"D-{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]
    assert world.rows("SELECT sum(units) FROM reconciler.bookings") == [(7,)]


def test_where_the_hotel_sold_more_than_its_allotment_the_providers_give_way(world: World) -> None:
    world.apply()
    sale = ["--property", "lisbon-baixa", "--reference", "D-1"]
    nights = ["--room", "double", "--arrival", world.night(3), "--departure", world.night(4), "--units", "7"]
    assert world.run("bookings", "add", *sale, *nights).code == 0
    world.edit(
        "properties/lisbon-baixa.yaml",
        "direct: 5, expedia: 8, booking.com: 7",
        "direct: 2, expedia: 12, booking.com: 7",
    )
    world.apply()
    assert left(world, "expedia", world.night(3)) + left(world, "booking.com", world.night(3)) + 7 == 22
    assert (left(world, "expedia", world.night(4)), left(world, "booking.com", world.night(4))) == (12, 7)
    assert world.addresses("--target", "*/*/availability/**") == []
    assert world.run("bookings", "cancel", *sale).code == 0
    world.apply()
    assert (left(world, "expedia", world.night(3)), left(world, "booking.com", world.night(3))) == (12, 7)
