"""The ledger in PostgreSQL: versions of bookings and what they come to, and the sales of the hotel itself, as SQL and under its role."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo

from reconciler.engine.bookings import current
from reconciler.errors import RefusedError
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.calendar import constant
from reconciler.model.holding import Holding
from reconciler.store.check import APPLY_ROLE, HOTEL_ROLE, grants
from reconciler.store.connect import connect
from reconciler.store.contract import Booked
from reconciler.store.postgres import PostgresStore
from reconciler.store.seed import PropertyRow, RoomTypeRow, seed

HOTEL, OTHER = UUID("11111111-1111-1111-1111-111111111111"), UUID("33333333-3333-3333-3333-333333333333")
ROOM, OTHER_ROOM = UUID("22222222-2222-2222-2222-222222222222"), UUID("44444444-4444-4444-4444-444444444444")
AT = datetime(2031, 1, 13, 9, 0, tzinfo=UTC)
ARRIVAL = date(2031, 2, 1)
UNITS, DIRECT, PROVIDERS = 10, 4, 3
"""Units of the room, and what the hotel itself and each provider has of them; there is no overbooking."""


def night(number: int) -> date:
    return ARRIVAL + timedelta(number)


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    with connect(database) as connection:
        hotels = [(HOTEL, ROOM), (OTHER, OTHER_ROOM)]
        seed(connection, [PropertyRow(hotel, "Grand") for hotel, _ in hotels])
        seed(connection, [RoomTypeRow(room, hotel, "Double") for hotel, room in hotels])
        for hotel, room in hotels:
            connection.execute(
                b"INSERT INTO ota_inventory_allocation (property_id, room_type_id, date, total_inventory, allocated_direct,"
                b" allocated_expedia, allocated_booking_com) SELECT %s, %s, d::date, %s, %s, %s, %s"
                b" FROM generate_series(%s::date, %s::date, interval '1 day') AS d",
                (hotel, room, UNITS, DIRECT, PROVIDERS, PROVIDERS, night(0), night(9)),
            )
    store = PostgresStore(database, "development")
    yield store
    store.close()


# --- versions, and what they come to


def version(number: int, change: Change, *stays: Stay, booking: str = "4711") -> Version:
    return Version("expedia", "1", booking, f"v{number}", change, AT + timedelta(minutes=number), stays)


def deliver(store: PostgresStore, versions: Sequence[Version], hotel: UUID = HOTEL) -> list[bool]:
    """Each as a pull takes it in; which of them were new."""
    fresh = []
    for one in versions:
        with store.units(str(hotel)) as ledger:
            fresh.append(ledger.receive(one, "test"))
            newest, stays = current(ledger.versions(one.channel, one.booking))
            ledger.enter(newest, [(stay, str(ROOM)) for stay in stays])
    return fresh


def lines(store: PostgresStore, booking: str = "4711", hotel: UUID = HOTEL) -> list[Booked]:
    return [replace(one, booking="") for one in store.bookings(str(hotel)) if one.booking == booking]


stays = st.builds(
    lambda room, first, nights, units: Stay(room, night(first), night(first + nights), units),
    st.sampled_from(("30011", "30012")),
    st.integers(0, 5),
    st.integers(1, 3),
    st.integers(1, 3),
)
told = st.lists(st.tuples(st.sampled_from(Change), st.lists(stays, min_size=1, max_size=3)), min_size=1, max_size=5)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(told, st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_deliveries_gives_the_same_ledger(
    store: PostgresStore, history: list[tuple[Change, list[Stay]]], luck: random.Random
) -> None:
    ordered, shuffled = uuid.uuid4().hex, uuid.uuid4().hex
    once = [
        version(number, change, *(() if change is Change.CANCELLED else of), booking=ordered)
        for number, (change, of) in enumerate(history)
    ]
    deliver(store, once)
    came = [*once, *luck.choices(once, k=3)]
    luck.shuffle(came)
    deliver(store, [replace(one, booking=shuffled) for one in came])
    assert lines(store, shuffled) == lines(store, ordered)
    status = history[-1][0]
    assert {one.status for one in lines(store, ordered)} <= {status}


def test_a_version_is_new_once_and_a_booking_that_is_changed_back_is_new_again(store: PostgresStore) -> None:
    a, b = (version(1, Change.MODIFIED, Stay("30011", night(0), night(nights))) for nights in (1, 2))
    a, b = replace(a, version="a"), replace(b, version="b")
    assert deliver(store, [a, a, b, b, a, a]) == [True, False, True, False, True, False]
    with store.units(str(HOTEL)) as ledger:
        assert [one.version for one in ledger.versions("expedia", "4711")] == ["a", "b", "a~2"]
    assert [one.stay.departure for one in lines(store)] == [night(1)]


def test_what_is_acknowledged_is_written_down_and_nothing_else(store: PostgresStore, database: str) -> None:
    first, second = (version(number, Change.MODIFIED, Stay("30011", night(0), night(1))) for number in (1, 2))
    deliver(store, [first, second, first])
    store.acknowledged([first], AT)
    with connect(database) as connection:
        rows = connection.execute("SELECT version, acknowledged_at FROM reconciler.booking_versions ORDER BY 1")
        assert rows.fetchall() == [("v1", AT), ("v1~2", AT), ("v2", None)]


def test_two_hotels_may_number_their_bookings_alike(store: PostgresStore) -> None:
    booked = version(1, Change.BOOKED, Stay("30011", night(0), night(1)))
    assert deliver(store, [booked]) == [True]
    assert deliver(store, [version(2, Change.CANCELLED)], OTHER) == [True]
    assert [one.status for one in lines(store)] == [Change.BOOKED]
    for hotel, room in ((HOTEL, ROOM), (OTHER, OTHER_ROOM)):
        stay = Stay("", night(0), night(1), DIRECT)
        assert store.sell_direct(str(hotel), str(room), stay, "D-1")
    assert store.cancel_direct(str(OTHER), "D-1")
    assert store.free(str(HOTEL), str(ROOM), night(0)) == 0
    assert store.free(str(OTHER), str(OTHER_ROOM), night(0)) == DIRECT


# --- sales by the hotel itself, as the hotel's own system makes them


@pytest.fixture
def hotel(store: PostgresStore, database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection that may do what the hotel's system may."""
    with connect(database) as connection:
        connection.execute(grants().encode())
    with connect(database, autocommit=True) as connection:
        connection.execute(f"SET ROLE {HOTEL_ROLE}".encode())
        yield connection


Hotel = psycopg.Connection[tuple[object, ...]]


def sell(hotel: Hotel, first: int, last: int, units: int, reference: str, room: UUID = ROOM) -> object:
    call = b"SELECT reconciler.sell_direct(%s, %s, %s, %s, %s, %s)"
    row = hotel.execute(call, (HOTEL, room, night(first), night(last), units, reference)).fetchone()
    return row and row[0]


def cancel(hotel: Hotel, reference: str) -> object:
    row = hotel.execute(b"SELECT reconciler.cancel_direct(%s, %s)", (HOTEL, reference)).fetchone()
    return row and row[0]


def free(hotel: Hotel, number: int) -> object:
    row = hotel.execute(b"SELECT reconciler.free_units(%s, %s, %s)", (HOTEL, ROOM, night(number))).fetchone()
    return row and row[0]


def test_the_hotel_sells_all_nights_or_none(hotel: Hotel) -> None:
    assert sell(hotel, 1, 2, DIRECT, "D-1") is True
    assert sell(hotel, 0, 3, 1, "D-2") is False
    assert [free(hotel, number) for number in range(3)] == [DIRECT, 0, DIRECT]


def test_the_same_sale_again_is_one_sale_and_another_by_its_name_is_refused(hotel: Hotel) -> None:
    assert sell(hotel, 0, 2, 1, "D-1") is True
    assert sell(hotel, 0, 2, 1, "D-1") is True
    assert free(hotel, 0) == DIRECT - 1
    with pytest.raises(psycopg.errors.UniqueViolation):
        sell(hotel, 0, 2, 2, "D-1")
    assert free(hotel, 0) == DIRECT - 1


def test_a_cancelled_sale_is_free_again_once_and_its_name_is_used(hotel: Hotel) -> None:
    sell(hotel, 0, 2, 3, "D-1")
    assert [cancel(hotel, "D-1"), cancel(hotel, "D-1"), cancel(hotel, "D-2")] == [True, True, False]
    assert free(hotel, 0) == DIRECT
    with pytest.raises(psycopg.errors.UniqueViolation):
        sell(hotel, 0, 2, 3, "D-1")


def test_nothing_is_sold_of_nights_and_rooms_that_the_hotels_rows_do_not_have(hotel: Hotel) -> None:
    assert free(hotel, 10) is None
    assert sell(hotel, 9, 11, 1, "D-1") is False
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        sell(hotel, 0, 1, 1, "D-1", OTHER_ROOM)


@pytest.mark.parametrize(
    ("first", "last", "units", "name"), [(1, 1, 1, "D"), (2, 1, 1, "D"), (0, 1, 0, "D"), (0, 1, 1, "")]
)
def test_a_sale_that_cannot_be_is_an_error(hotel: Hotel, first: int, last: int, units: int, name: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        sell(hotel, first, last, units, name)


def test_the_hotel_sells_what_no_provider_holds_or_has_sold(hotel: Hotel, store: PostgresStore) -> None:
    with store.units(str(HOTEL)) as ledger:
        ledger.hold(str(ROOM), "expedia", constant(night(0), night(2), Holding(1)))
    assert [free(hotel, number) for number in range(3)] == [DIRECT + 2, DIRECT + 2, DIRECT]
    deliver(store, [version(1, Change.BOOKED, Stay("30011", night(1), night(3), 5))])
    assert [free(hotel, number) for number in range(3)] == [DIRECT + 2, DIRECT - 2, DIRECT - 2]
    deliver(store, [version(2, Change.CANCELLED)])
    assert [free(hotel, number) for number in range(3)] == [DIRECT + 2, DIRECT + 2, DIRECT]


def test_the_hotels_system_may_do_that_and_nothing_else(hotel: Hotel) -> None:
    for statement in (
        b"SELECT * FROM reconciler.bookings",
        b"DELETE FROM reconciler.booking_versions",
        b"SELECT * FROM ota_inventory_allocation",
        b"SELECT reconciler.take_turn('11111111-1111-1111-1111-111111111111')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            hotel.execute(statement)


def test_the_role_that_applies_takes_bookings_in_and_sells(store: PostgresStore, database: str) -> None:
    with connect(database) as connection:
        connection.execute(grants().encode())
    limited = PostgresStore(make_conninfo(database, options=f"-c role={APPLY_ROLE}"), "development")
    try:
        assert deliver(limited, [version(1, Change.BOOKED, Stay("30011", night(0), night(1)))]) == [True]
        limited.acknowledged([version(1, Change.BOOKED)], AT)
        assert limited.sell_direct(str(HOTEL), str(ROOM), Stay("", night(0), night(1)), "D-1")
        with pytest.raises(RefusedError, match="given before"):
            limited.sell_direct(str(HOTEL), str(ROOM), Stay("", night(0), night(2)), "D-1")
        assert limited.cancel_direct(str(HOTEL), "D-1")
    finally:
        limited.close()
