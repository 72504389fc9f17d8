"""The example rows of the guide, written through the target, equal in every column that their INSERT statements name."""

from __future__ import annotations

from contextlib import nullcontext
from decimal import Decimal

from reconciler.model.address import WORKSPACE, Address
from reconciler.model.state import Json, Value
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.target import WorkspaceDatabase

from .hotels import DOUBLE, START, SUITE, UNTIL, at, database_of, hotel, rows, write

FLEXIBLE: dict[str, Json] = {"type": "flexible", "deadline_hours": 24, "penalty_percentage": 0}
NON_REFUNDABLE: dict[str, Json] = {"type": "non_refundable", "deadline_hours": 0, "penalty_percentage": 100}


def plan(name: str, kind: str, rate: str, policy: dict[str, Json], **more: Json) -> dict[str, Json]:
    return {
        "rate_plan_name": name,
        "rate_plan_type": kind,
        "base_rate": rate,
        "currency": "USD",
        "meal_plan": None,
        "cancellation_policy": policy,
        "min_length_of_stay": 1,
        "max_length_of_stay": None,
        "advance_booking_days": 365,
        "is_active": True,
        "configuration": {"plan_type": "bar", "external_rate_plan_id": "EXP"},
        **more,
    }


def test_the_three_rate_plans(connection: Connection) -> None:
    target = database_of(connection, currency="USD")
    discount: dict[str, Json] = {"plan_type": "non_refundable", "external_rate_plan_id": "X", "discount_from_bar": 15}
    write(
        target,
        {
            at("rate_plan", "expedia", "double", "BAR"): plan("Best Available Rate", "flexible", "199.00", FLEXIBLE),
            at("rate_plan", "expedia", "double", "NREF"): plan(
                "Non-Refundable Rate", "non_refundable", "169.00", NON_REFUNDABLE, configuration=discount
            ),
            at("rate_plan", "expedia", "double", "BB"): plan(
                "Bed & Breakfast", "flexible", "229.00", FLEXIBLE, meal_plan="breakfast"
            ),
        },
    )
    found = rows(
        connection,
        "SELECT rate_plan_id, rate_plan_name, rate_plan_type, base_rate, meal_plan, cancellation_policy, room_type_id::text, currency "
        "FROM ota_rate_plans ORDER BY base_rate",
    )
    assert found == [
        (
            "NREF",
            "Non-Refundable Rate",
            "non_refundable",
            Decimal("169.00"),
            None,
            NON_REFUNDABLE,
            DOUBLE,
            "USD",
        ),
        ("BAR", "Best Available Rate", "flexible", Decimal("199.00"), None, FLEXIBLE, DOUBLE, "USD"),
        ("BB", "Bed & Breakfast", "flexible", Decimal("229.00"), "breakfast", FLEXIBLE, DOUBLE, "USD"),
    ]
    query = "SELECT configuration->'discount_from_bar' FROM ota_rate_plans WHERE rate_plan_id = 'NREF'"
    assert rows(connection, query) == [(15,)]


def test_the_four_mappings(connection: Connection) -> None:
    target = database_of(connection)
    wanted = {
        ("expedia", "double"): ("EXP_ROOM_001", "EXP_BAR"),
        ("booking.com", "double"): ("BDC_ROOM_001", "BDC_BAR"),
        ("expedia", "suite"): ("EXP_ROOM_002", "EXP_BAR"),
        ("booking.com", "suite"): ("BDC_ROOM_002", "BDC_BAR"),
    }
    desired: dict[Address, Value] = {
        at("mapping", *key): {"external_room_id": room, "external_rate_plan_id": plan, "is_active": True}
        for key, (room, plan) in wanted.items()
    }
    write(target, desired)
    query = (
        "SELECT provider, internal_room_type_id::text, external_room_id, external_rate_plan_id, is_active "
        "FROM ota_property_mappings ORDER BY internal_room_type_id DESC, provider DESC"
    )
    assert rows(connection, query) == [
        ("expedia", DOUBLE, "EXP_ROOM_001", "EXP_BAR", True),
        ("booking.com", DOUBLE, "BDC_ROOM_001", "BDC_BAR", True),
        ("expedia", SUITE, "EXP_ROOM_002", "EXP_BAR", True),
        ("booking.com", SUITE, "BDC_ROOM_002", "BDC_BAR", True),
    ]


def test_the_two_integrations_with_references_for_secrets(connection: Connection) -> None:
    target = database_of(connection)
    keys: dict[str, Json] = {"api_key": "env:EXPEDIA_SANDBOX_API_KEY", "api_secret": "env:EXPEDIA_SANDBOX_API_SECRET"}
    settings: dict[str, Json] = {"test_mode": True, "property_id": "16636843", "ean_id": "402918"}
    write(
        target,
        {
            at("integration", "expedia"): {
                "integration_name": "Expedia Partner Solutions",
                "integration_type": "ota",
                "provider": "expedia",
                "credentials": keys,
                "configuration": settings,
                "webhook_url": None,
                "is_enabled": True,
            }
        },
    )
    query = (
        "SELECT integration_name, integration_type, provider, credentials, configuration, is_enabled, status "
        "FROM third_party_integrations"
    )
    assert rows(connection, query) == [("Expedia Partner Solutions", "ota", "expedia", keys, settings, True, "active")]


def test_twenty_rooms_are_five_and_eight_and_seven_with_a_buffer_of_two(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {at("allocation", "double"): hotel().allocation["double"]})
    query = (
        "SELECT min(date), max(date) + 1, count(*), total_inventory, allocated_direct, allocated_expedia, "
        "allocated_booking_com, overbooking_buffer, available_inventory, bool_and(last_synced_at IS NOT NULL) "
        "FROM ota_inventory_allocation GROUP BY 4, 5, 6, 7, 8, 9"
    )
    assert rows(connection, query) == [(START, UNTIL, 60, 20, 5, 8, 7, 2, 0, True)]


def test_the_four_schedules(connection: Connection) -> None:
    crons = {
        "rate_sync": "*/15 * * * *",
        "inventory_sync": "*/5 * * * *",
        "booking_sync": "*/10 * * * *",
        "content_sync": "0 2 * * *",
    }
    desired: dict[Address, Value] = {
        Address(WORKSPACE, "database", "schedule", (name,)): {
            "schedule_cron": cron,
            "is_enabled": True,
            "configuration": {"providers": ["expedia", "booking.com"]},
        }
        for name, cron in crons.items()
    }
    write(WorkspaceDatabase(lambda: nullcontext(connection)), desired, frozenset({"schedule"}))
    query = "SELECT sync_type, schedule_cron, configuration, is_enabled, last_run_at FROM ota_sync_schedules"
    assert sorted(rows(connection, query), key=lambda row: list(crons).index(row[0])) == [
        (name, cron, {"providers": ["expedia", "booking.com"]}, True, None) for name, cron in crons.items()
    ]
