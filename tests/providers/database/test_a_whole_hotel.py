"""Everything that git wants of a hotel, through the kinds: in force after one go, and nothing left for a second."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from reconciler.kinds import KINDS
from reconciler.kinds.contract import Setting
from reconciler.model.address import Address
from reconciler.model.calendar import constant, on_days
from reconciler.model.property import Cancellation, Property
from reconciler.model.state import Value
from reconciler.model.workspace import Credential, Environment, Workspace
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.target import HotelDatabase

from .hotels import ALL, NOTHING, START, UNTIL, WINDOW, changes, hotel, look, price, rows, seed, write

SETS = {"production": {"api_key": "env:EXPEDIA_PROD_API_KEY", "api_secret": "file:/run/secrets/expedia"}}
SETTING = Setting(
    Environment("production", test_mode=False),
    Workspace({}, {}, {"group": Credential("group", "expedia", timedelta(days=90), SETS)}),
)


def whole() -> Property:
    base = hotel()
    weekends = constant(START, UNTIL, price("120.00", g1="108.00")).overlay(
        on_days(START, UNTIL, (4, 5), price("140.00", g1="126.00"))
    )
    plans = {
        key: replace(
            plan,
            prices={(room, provider): weekends for room in base.rooms for provider in base.providers},
            base_rates={(room, provider): Decimal("120.00") for room in base.rooms for provider in base.providers},
            cancellation=Cancellation("flexible", 24, 0, "first_night"),
            discount_from_bar=Decimal("12.5"),
        )
        for key, plan in base.rate_plans.items()
    }
    links = {**base.providers, "expedia": replace(base.providers["expedia"], credentials="group", ean_id="402918")}
    return replace(base, rate_plans=plans, providers=links)


def wanted(of: Property) -> dict[Address, Value]:
    return {address: value for kind in sorted(ALL) for address, value in KINDS[kind].database(of, "database", SETTING)}


def test_a_whole_hotel_is_in_force_after_one_go(connection: Connection) -> None:
    seed(connection)
    target, desired = HotelDatabase(whole(), lambda: nullcontext(connection)), wanted(whole())
    write(target, desired)
    seen = look(target)
    assert seen.findings == ()
    assert {address: target.normal(address, value, NOTHING)[0] for address, value in desired.items()} == {
        address: entry.value for address, entry in seen.entries.items()
    }


def test_a_change_by_hand_is_found_and_put_right(connection: Connection) -> None:
    seed(connection)
    target, desired = HotelDatabase(whole(), lambda: nullcontext(connection)), wanted(whole())
    write(target, desired)
    for by_hand in (
        "UPDATE ota_rate_calendar SET price = price + 1 WHERE nights @> '2027-01-08'::date AND provider = 'expedia'",
        "UPDATE ota_inventory_allocation SET allocated_expedia = 1 WHERE date = '2027-01-08'",
        "UPDATE ota_rate_plans SET meal_plan = 'breakfast' WHERE rate_plan_id = 'NREF'",
        "DELETE FROM ota_property_mappings WHERE provider = 'booking.com'",
        "DELETE FROM ota_restriction_calendar WHERE provider = 'booking.com' AND rate_plan_id = 'BB'",
    ):
        connection.execute(by_hand.encode())
    connection.commit()
    found = [change.address.kind for change in changes(target, desired)]
    assert {kind: found.count(kind) for kind in found} == {
        "rates": 6,
        "allocation": 2,
        "rate_plan": 4,
        "mapping": 2,
        "restrictions": 2,
    }
    write(target, desired)


def test_nights_are_kept_as_runs_and_not_one_by_one(connection: Connection) -> None:
    seed(connection)
    target = HotelDatabase(whole(), lambda: nullcontext(connection))
    write(target, wanted(whole()))
    [(restrictions,)] = rows(connection, "SELECT count(*) FROM ota_restriction_calendar")
    [(rates,)] = rows(connection, "SELECT count(*) FROM ota_rate_calendar")
    addresses = 2 * 2 * 3
    assert restrictions == addresses
    assert rates < addresses * (WINDOW.until - WINDOW.start).days / 3
