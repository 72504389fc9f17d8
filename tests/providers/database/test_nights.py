"""Allocation, prices and restrictions: runs in, runs out, and nothing but the given nights touched."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant, from_nights, from_runs
from reconciler.model.journal import Outcome
from reconciler.model.plan import Action, Change
from reconciler.model.state import Allotments, Restrictions, Value, Window
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.target import HotelDatabase

from .hotels import (
    DOUBLE,
    PROPERTY,
    START,
    SUITE,
    UNTIL,
    allotted,
    at,
    bring_about,
    changes,
    database_of,
    hotel,
    look,
    night,
    price,
    rows,
    seed,
    write,
)

RATES = at("rates", "expedia", "double", "BAR")
RESTRICTIONS = at("restrictions", "expedia", "double", "BAR")
ALLOCATION = at("allocation", "double")
NIGHTS = 14
MODEST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

amounts = st.sampled_from([price("100.00"), price("120.50"), price("99.99", g1="90.00", g3="130.00")])
limits = st.sampled_from(
    [
        Restrictions(),
        Restrictions(min_stay=3),
        Restrictions(
            min_stay=2,
            max_stay=9,
            min_stay_through=2,
            max_stay_through=14,
            closed=True,
            closed_to_arrival=True,
            closed_to_departure=True,
            min_advance_days=1,
            max_advance_days=300,
        ),
    ]
)
shares = st.sampled_from([hotel().allocation["double"].runs[0].value, hotel().allocation["suite"].runs[0].value])
VALUES: Mapping[Address, st.SearchStrategy[Any]] = {RATES: amounts, RESTRICTIONS: limits, ALLOCATION: shares}


def calendar_of(values: list[Any]) -> Calendar[Any]:
    return from_nights({night(number): value for number, value in enumerate(values) if value is not None})


def clean(connection: Connection) -> None:
    for table in ("ota_rate_calendar", "ota_restriction_calendar", "ota_inventory_allocation"):
        connection.execute(f"DELETE FROM {table}".encode())
    connection.commit()


def in_force(target: HotelDatabase, address: Address) -> Value:
    seen = look(target).entries.get(address)
    return seen.value if seen else Calendar()


@MODEST
@given(data=st.data())
def test_any_plan_leads_from_any_calendar_to_any_other(connection: Connection, data: st.DataObject) -> None:
    target = _fresh(connection)
    for address, values in VALUES.items():
        for _ in range(2):
            wanted = calendar_of(data.draw(st.lists(st.none() | values, max_size=NIGHTS)))
            write(target, {address: wanted})
            assert in_force(target, address) == wanted
    assert _runs_are_joined(connection)


@MODEST
@given(data=st.data())
def test_a_part_of_the_nights_is_written_and_cleared_as_one_would_night_by_night(
    connection: Connection, data: st.DataObject
) -> None:
    target = _fresh(connection)
    for address, values in VALUES.items():
        model: dict[date, Any] = {}
        for _ in range(3):
            start = data.draw(st.integers(0, NIGHTS))
            piece = data.draw(st.lists(st.none() | values, min_size=1, max_size=5))
            places = [night(start + 2 * i if data.draw(st.booleans()) else start + i) for i in range(len(piece))]
            after = dict(zip(places, piece, strict=True))
            before = {place: model[place] for place in after if place in model}
            kept = {place: value for place, value in after.items() if value is not None}
            change = Change(address, Action.UPDATE, from_nights(before) or None, from_nights(kept) or None)
            assert bring_about(target, [change]) == {Outcome.APPLIED}
            for place in before:
                del model[place]
            model.update(kept)
            assert in_force(target, address) == from_nights(model)
    assert _runs_are_joined(connection)


def _fresh(connection: Connection) -> HotelDatabase:
    if not rows(connection, "SELECT FROM properties"):
        seed(connection)
    clean(connection)
    return HotelDatabase(hotel(), lambda: nullcontext(connection))


def _runs_are_joined(connection: Connection) -> bool:
    """No two rows of a plan that adjoin say the same."""
    same = "to_jsonb(a) - 'nights' = to_jsonb(b) - 'nights' AND a.nights -|- b.nights"
    return all(
        rows(connection, f"SELECT count(*) FROM {table} a, {table} b WHERE {same}") == [(0,)]
        for table in ("ota_rate_calendar", "ota_restriction_calendar")
    )


def test_nothing_is_there_at_first(connection: Connection) -> None:
    seen = look(database_of(connection))
    assert (dict(seen.entries), seen.findings, dict(seen.traits)) == ({}, (), {})


def test_a_year_of_one_price_is_one_row(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {RATES: constant(START, UNTIL, price("120.00"))})
    query = "SELECT property_id::text, provider, room_type_id::text, rate_plan_id, nights, price, guests, currency"
    [row] = rows(connection, f"{query} FROM ota_rate_calendar")
    assert row[:4] == (PROPERTY, "expedia", DOUBLE, "BAR")
    assert (row[4].lower, row[4].upper, str(row[5]), row[6], row[7]) == (START, UNTIL, "120.00", None, "EUR")


def test_cutting_into_a_run_leaves_both_ends_of_it(connection: Connection) -> None:
    target = database_of(connection)
    whole = constant(START, UNTIL, price("120.00"))
    write(target, {RATES: whole})
    middle = whole.overlay(constant(night(10), night(12), price("150.00", g1="140.00")))
    write(target, {RATES: middle})
    assert in_force(target, RATES) == middle
    assert rows(connection, "SELECT count(*) FROM ota_rate_calendar") == [(3,)]
    write(target, {RATES: whole})
    assert rows(connection, "SELECT count(*) FROM ota_rate_calendar") == [(1,)]


def test_nights_outside_the_window_are_neither_seen_nor_touched(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {RATES: constant(START, UNTIL, price("120.00")), ALLOCATION: hotel().allocation["double"]})
    week = Window(night(7), night(14))
    seen = target.observe(frozenset({"rates", "allocation"}), week).entries
    assert seen[RATES].value == constant(night(7), night(14), price("120.00"))
    assert seen[ALLOCATION].value == allotted(20, 5, 8, 7, 2).clip(night(7), night(14))
    change = Change(RATES, Action.UPDATE, seen[RATES].value, None)
    assert bring_about(target, [change]) == {Outcome.APPLIED}
    emptied = constant(night(7), night(14), True)
    assert in_force(target, RATES) == constant(START, UNTIL, price("120.00")).without(emptied)


def test_plans_rooms_and_providers_do_not_touch_each_other(connection: Connection) -> None:
    target = database_of(connection)
    desired: dict[Address, Value] = {
        at("rates", provider, room, plan): constant(night(i), night(i + 9), price(f"{100 + i}.00"))
        for i, (provider, room, plan) in enumerate(
            (p, r, k) for p in ("expedia", "booking.com") for r in ("double", "suite") for k in ("BAR", "NREF", "BB")
        )
    }
    write(target, desired)
    assert {address: seen.value for address, seen in look(target).entries.items()} == desired
    one = at("rates", "expedia", "suite", "NREF")
    write(target, {**desired, one: constant(night(2), night(4), price("1.00"))})
    assert {a: s.value for a, s in look(target).entries.items() if a != one} == {
        a: v for a, v in desired.items() if a != one
    }


def test_doing_it_again_changes_nothing(connection: Connection) -> None:
    target = database_of(connection)
    desired: dict[Address, Value] = {
        RATES: constant(START, UNTIL, price("120.00")),
        ALLOCATION: hotel().allocation["double"],
    }
    found = changes(target, desired)
    tables = "SELECT xmin::text FROM ota_inventory_allocation ORDER BY date"
    bring_about(target, found)
    first, seen = rows(connection, tables), look(target)
    bring_about(target, found)
    assert rows(connection, tables) == first, "rows that are so already are not written again"
    assert look(target) == seen


def test_what_is_not_set_is_null_so_that_other_programs_see_only_what_is(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {RESTRICTIONS: constant(START, UNTIL, Restrictions(min_stay=3, closed_to_arrival=True))})
    names = [field.name for field in fields(Restrictions)]
    [row] = rows(connection, f"SELECT {', '.join(names)} FROM ota_restriction_calendar")
    assert {name: value for name, value in zip(names, row, strict=True) if value is not None} == {
        "min_stay": 3,
        "closed_to_arrival": True,
    }


def test_what_another_program_spells_out_is_the_same_as_what_it_leaves_out(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute(
        "INSERT INTO ota_restriction_calendar (property_id, provider, room_type_id, rate_plan_id, nights, min_stay, closed) "
        "VALUES (%s, 'expedia', %s, 'BAR', daterange(%s, %s), 1, false)",
        [PROPERTY, DOUBLE, START, UNTIL],
    )
    connection.execute(
        "INSERT INTO ota_inventory_allocation (property_id, room_type_id, date, total_inventory, allocated_direct) "
        "VALUES (%s, %s, %s, 20, NULL)",
        [PROPERTY, DOUBLE, START],
    )
    connection.commit()
    assert in_force(target, RESTRICTIONS) == constant(START, UNTIL, Restrictions())
    assert in_force(target, ALLOCATION) == allotted(20, 0, 0, 0, 0).clip(START, night(1))


@pytest.mark.parametrize(
    ("currency", "stored", "seen"),
    [("EUR", "289", "289.00"), ("JPY", "28900.00", "28900"), ("KWD", "12.5", "12.500"), ("JPY", "100.5", "100.5")],
)
def test_prices_have_the_decimals_of_their_currency(
    connection: Connection, currency: str, stored: str, seen: str
) -> None:
    target = database_of(connection, currency=currency)
    connection.execute(
        "INSERT INTO ota_rate_calendar (property_id, provider, room_type_id, rate_plan_id, nights, price, currency) "
        "VALUES (%s, 'expedia', %s, 'BAR', daterange(%s, %s), %s, %s)",
        [PROPERTY, DOUBLE, START, UNTIL, stored, currency.lower()],
    )
    connection.commit()
    value: Any = in_force(target, RATES)
    assert [f"{run.value.amount:f}" for run in value] == [seen]


def test_prices_in_another_currency_count_as_not_there_and_are_put_right(connection: Connection) -> None:
    target = database_of(connection)
    for room, guests, amount, currency in ((DOUBLE, None, "120", "USD"), (SUITE, '{"many": "x"}', "120", "EUR")):
        connection.execute(
            "INSERT INTO ota_rate_calendar (property_id, provider, room_type_id, rate_plan_id, nights, price, guests, currency) "
            "VALUES (%s, 'expedia', %s, 'BAR', daterange(%s, %s), %s, %s, %s)",
            [PROPERTY, room, START, UNTIL, amount, guests, currency],
        )
    connection.commit()
    seen = look(target)
    assert [(f.code, f.severity.value) for f in seen.findings] == [("unreadable-row", "warning")] * 2
    assert in_force(target, RATES) == Calendar()
    write(target, {RATES: constant(START, UNTIL, price("120.00"))})
    assert rows(
        connection, "SELECT currency, count(*) FROM ota_rate_calendar WHERE room_type_id = %s GROUP BY 1", DOUBLE
    ) == [("EUR", 1)]


def test_a_price_that_is_none_counts_as_not_there(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute(
        "INSERT INTO ota_rate_calendar (property_id, provider, room_type_id, rate_plan_id, nights, price, currency) "
        "VALUES (%s, 'expedia', %s, 'BAR', daterange(%s, %s), 'NaN', 'EUR')",
        [PROPERTY, DOUBLE, START, UNTIL],
    )
    connection.commit()
    assert in_force(target, RATES) == Calendar()


def test_a_channel_without_a_column_is_an_error_that_names_it(connection: Connection) -> None:
    target = database_of(connection)
    wanted = constant(START, UNTIL, Allotments(20, (("direct", 5), ("airbnb", 3))))
    _, [remark] = target.normal(ALLOCATION, wanted, {})
    assert remark.code == "unsupported-channel"
    assert "airbnb" in remark.message


def test_a_channel_that_sells_nothing_is_a_zero(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {ALLOCATION: constant(START, UNTIL, Allotments(20, (("direct", 20),)))})
    assert in_force(target, ALLOCATION) == allotted(20, 20, 0, 0, 0)


def test_two_rows_of_one_night_are_duplicates(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute(
        "ALTER TABLE ota_inventory_allocation DROP CONSTRAINT ota_inventory_allocation_property_id_room_type_id_date_key"
    )
    for total in (20, 20, 21):
        connection.execute(
            "INSERT INTO ota_inventory_allocation (property_id, room_type_id, date, total_inventory) VALUES (%s, %s, %s, %s)",
            [PROPERTY, DOUBLE, START, total],
        )
    connection.commit()
    seen = look(target)
    assert [finding.code for finding in seen.findings] == ["duplicate-rows"]
    assert changes(target, {RATES: from_runs(constant(START, UNTIL, price("1.00")).runs)}) == []


def test_without_the_exclusion_constraint_the_trigger_lets_the_same_writes_through(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute("ALTER TABLE ota_rate_calendar DROP CONSTRAINT IF EXISTS ota_rate_calendar_no_overlap")
    connection.execute(
        "CREATE OR REPLACE TRIGGER ota_rate_calendar_no_overlap AFTER INSERT OR UPDATE ON ota_rate_calendar "
        "FOR EACH ROW EXECUTE FUNCTION reconciler.refuse_overlap()"
    )
    connection.commit()
    whole = constant(START, UNTIL, price("120.00"))
    for wanted in (whole, whole.overlay(constant(night(3), night(5), price("150.00"))), whole.clip(night(2), night(9))):
        write(target, {RATES: wanted})
        assert in_force(target, RATES) == wanted
