"""The ledger in PostgreSQL beside the one that the simulator works with: whatever is done to both, they say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model.booking import Stay
from reconciler.model.calendar import Calendar, constant, from_nights
from reconciler.model.holding import Holding, Phase
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA
from reconciler.model.state import Allotments, Window
from reconciler.store.connect import connect
from reconciler.store.postgres import PostgresStore
from reconciler.store.seed import PropertyRow, RoomTypeRow, seed
from tests.simulator.memory import MemoryLedger, Rooms

HOTEL, ROOM = str(UUID(int=1)), str(UUID(int=2))
FIRST, NIGHTS = date(2031, 2, 1), 5
WINDOW = Window(FIRST, FIRST + timedelta(NIGHTS))
ROW = (
    b"INSERT INTO ota_inventory_allocation (property_id, room_type_id, date, total_inventory, allocated_direct, allocated_expedia,"
    b" allocated_booking_com, overbooking_buffer) SELECT %s, %s, d::date, 6, 2, 2, 2, 1 FROM generate_series(%s::date, %s::date, '1 day') d"
)


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    with connect(database) as connection:
        seed(connection, [PropertyRow(UUID(HOTEL), "Grand")])
        seed(connection, [RoomTypeRow(UUID(ROOM), UUID(HOTEL), "Double")])
    store = PostgresStore(database, "development")
    yield store
    store.close()


spans = st.tuples(st.integers(0, NIGHTS - 1), st.integers(1, 3)).map(
    lambda span: (FIRST + timedelta(span[0]), min(FIRST + timedelta(span[0] + span[1]), WINDOW.until))
)
holdings = st.builds(Holding, st.integers(0, 7), st.sampled_from(Phase), st.integers(0, 9))
held = st.tuples(st.just("hold"), st.sampled_from([EXPEDIA, BOOKING]), spans, holdings)
gave = st.tuples(st.just("give way"), st.integers(0, 3), spans, st.integers(4, 8))
sold = st.tuples(st.just("sell"), st.integers(1, 2), spans, st.integers(1, 4))
cancelled = st.tuples(st.just("cancel"), st.just(0), spans, st.integers(1, 4))
steps = st.lists(st.one_of(held, gave, sold, cancelled), max_size=14)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_held_given_sold_and_cancelled_both_ledgers_say_the_same(
    store: PostgresStore, story: list[tuple[str, object, tuple[date, date], object]]
) -> None:
    _clear(store)
    night = Allotments(6, ((DIRECT, 2), (BOOKING, 2), (EXPEDIA, 2)), 1)
    model = Model({(ROOM): constant(WINDOW.start, WINDOW.until, night)})
    for epoch, (what, one, (start, until), other) in enumerate(story):
        if what == "hold":
            assert isinstance(one, str)
            assert isinstance(other, Holding)
            other = replace(other, epoch=epoch)
            model.ledger.hold(ROOM, one, constant(start, until, other))
            with store.units(HOTEL) as ledger:
                ledger.hold(ROOM, one, constant(start, until, other))
        elif what == "give way":
            assert isinstance(one, int)
            assert isinstance(other, int)
            lowered = constant(start, until, Allotments(other, ((DIRECT, one), (BOOKING, 2), (EXPEDIA, 2)), 1))
            model.ledger.give_way(ROOM, lowered)
            with store.units(HOTEL) as ledger:
                ledger.give_way(ROOM, lowered)
        elif what == "sell" and f"D-{other}" not in model.ever:
            assert isinstance(one, int)
            stay = Stay(ROOM, start, until, one)
            assert store.sell_direct(HOTEL, ROOM, stay, f"D-{other}") is model.sell(stay, f"D-{other}"), story
        elif what == "cancel" and f"D-{other}" in model.direct:
            assert store.cancel_direct(HOTEL, f"D-{other}")
            del model.direct[f"D-{other}"]
        _alike(store, model)


class Model:
    """The rooms as the simulator keeps them, and its rule of what the hotel itself may sell."""

    def __init__(self, standing: dict[str, Calendar[Allotments]]) -> None:
        self.rooms = Rooms(standing=standing)
        self.ledger = MemoryLedger(self.rooms)
        self.direct: dict[str, Stay] = {}
        self.ever: set[str] = set()

    def sold(self, night: date) -> int:
        return sum(stay.units for stay in self.direct.values() if stay.arrival <= night < stay.departure)

    def free(self, night: date) -> int:
        standing = self.rooms.standing[ROOM].at(night)
        assert standing is not None
        taken = 0
        for provider in (EXPEDIA, BOOKING):
            holding = self.rooms.holdings.get((ROOM, provider), Calendar()).at(night)
            taken += holding.held if holding else standing.of(provider)
        return standing.units + standing.overbooking - taken - self.sold(night)

    def sell(self, stay: Stay, reference: str) -> bool:
        nights = [stay.arrival + timedelta(number) for number in range((stay.departure - stay.arrival).days)]
        if any(self.free(night) < stay.units for night in nights):
            return False
        self.direct[reference] = stay
        self.ever.add(reference)
        return True


def _alike(store: PostgresStore, model: Model) -> None:
    nights = [FIRST + timedelta(number) for number in range(NIGHTS)]
    booked = from_nights({night: units for night in nights if (units := model.sold(night))})
    with store.units(HOTEL) as ledger:
        assert dict(ledger.holdings(ROOM)) == {k: v for k, v in model.ledger.holdings(ROOM).items() if v}
        assert ledger.standing(ROOM, WINDOW) == model.ledger.standing(ROOM, WINDOW)
        assert ledger.booked(ROOM, WINDOW).get(DIRECT, Calendar()) == booked
        assert ledger.sells_direct() is bool(model.ever)
    assert [store.free(HOTEL, ROOM, night) for night in nights] == [model.free(night) for night in nights]


def _clear(store: PostgresStore) -> None:
    with connect(store._url) as connection:
        for table in (
            "reconciler.bookings",
            "reconciler.booking_versions",
            "reconciler.holdings",
            "ota_inventory_allocation",
        ):
            connection.execute(f"DELETE FROM {table}".encode())
        connection.execute(ROW, (HOTEL, ROOM, FIRST, WINDOW.until - timedelta(1)))
