"""Whole objects are written with what others keep in them: fields that git does not speak of survive a change of their neighbours."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.scenarios.world import BOOKING, EXPEDIA, World

HOTEL = "properties/lisbon-baixa.yaml"


def plan_at(world: World, plan: str) -> dict[str, Any]:
    sold: list[dict[str, Any]] = world.sandbox.admin.hotel("expedia", EXPEDIA)["rate_plans"]
    return next(one for one in sold if one["id"] == plan)


def test_what_others_set_on_a_rate_plan_at_expedia_survives_a_change_of_its_neighbours(world: World) -> None:
    world.apply()
    exception = {
        "startDate": world.night(20),
        "endDate": world.night(25),
        "penalties": [{"deadline": 0, "perStayFee": "FullCostOfStay", "amount": Decimal("12.50")}],
    }
    policy = plan_at(world, "880011")["facts"]["cancelPolicy"]
    theirs: dict[str, Any] = {
        "mobileOnly": True,
        "bookDateEnd": "2034-01-01",
        "travelDateStart": "2031-01-01",
        "minLOSDefault": 1,
        "additionalGuestAmounts": [
            {"ageCategory": "Adult", "amount": Decimal("17.50"), "dateStart": "2031-01-01", "dateEnd": "2034-01-01"}
        ],
        "serviceFeesPerStay": Decimal("9.10"),
        "valueAddInclusions": ["Free Parking", "Free Wireless Internet"],
        "cancelPolicy": {**policy, "exceptions": [exception]},
    }
    world.sandbox.admin.change(
        "expedia", EXPEDIA, {"rate_plan": "880011A", "room": "30011", "facts": theirs}, {"facts": {"theirs": 1}}
    )
    room = {"room": "30011", "facts": {"theirs": {"view": "garden"}}}
    world.sandbox.admin.change("expedia", EXPEDIA, room)
    before, rooms = plan_at(world, "880011"), world.sandbox.admin.hotel("expedia", EXPEDIA)["rooms"]
    world.edit(HOTEL, "name: Best Available Rate", "name: Best Rate")
    world.edit(HOTEL, "    cancellation: flex\n", "    cancellation: flex\n    meal_plan: breakfast\n")
    world.edit(HOTEL, "flex: {type: flexible, deadline_hours: 24", "flex: {type: flexible, deadline_hours: 48")
    world.apply("--target", "*/expedia/**")
    after = plan_at(world, "880011")
    assert after["name"] == "Best Rate"
    assert after["facts"].pop("valueAddInclusions") == ["Free Parking", "Free Wireless Internet", "Free Breakfast"]
    assert after["facts"]["cancelPolicy"].pop("defaultPenalties") != before["facts"]["cancelPolicy"].pop(
        "defaultPenalties"
    )
    del before["facts"]["valueAddInclusions"]
    for found in (before["facts"], after["facts"]):
        del found["lastUpdateDateTime"]
    assert written(after["facts"]) == written(before["facts"])
    assert world.sandbox.admin.hotel("expedia", EXPEDIA)["rooms"] == rooms


def written(value: Any) -> str:
    """Digit by digit."""
    return json.dumps(value, sort_keys=True, default=str)


def test_what_others_set_on_a_room_rate_at_booking_survives_a_change_of_its_conditions(world: World) -> None:
    world.sandbox.admin.switch(booking_pricing_type=True)
    world.apply()
    own = {"room": "90100101", "rate_plan": "77001", "facts": {"pricing_type": "RLO", "max_persons": "3"}}
    world.sandbox.admin.change("booking.com", BOOKING, own)
    world.edit(HOTEL, "    cancellation: flex\n", "    cancellation: strict\n    meal_plan: breakfast\n")
    world.apply("--target", "*/booking.com/rate_plan/**")
    sold = world.sandbox.admin.hotel("booking.com", BOOKING)["room_rates"]
    facts = {one["room"]: one["facts"] for one in sold if one["id"] == "77001"}
    ours = {"policy_id": "1", "meal_plan": "1"}
    assert facts["90100101"] == {**ours, "pricing_type": "RLO", "max_persons": "3"}
    assert ours.items() <= facts["90100102"].items()


def test_what_others_keep_in_the_hotels_rows_survives_a_change_of_their_neighbours(world: World) -> None:
    world.apply()
    theirs = '{"theirs": {"amount": 1.50, "list": [1, {"a": null}], "text": "\\u00e9"}}'
    keep = {
        "third_party_integrations": ["credentials", "configuration"],
        "ota_rate_plans": ["cancellation_policy", "configuration"],
        "ota_sync_schedules": ["configuration"],
    }
    for table, columns in keep.items():
        for column in columns:
            world.rows(f"UPDATE {table} SET {column} = coalesce({column}, '{{}}') || %s::jsonb", theirs)
    world.rows("UPDATE third_party_integrations SET status = 'theirs', last_sync_at = '2030-01-01T00:00:00Z'")
    world.edit(HOTEL, 'ean_id: "402918"', 'ean_id: "402919"')
    world.edit(HOTEL, "name: Best Available Rate", "name: Best Rate")
    world.edit(HOTEL, "flex: {type: flexible, deadline_hours: 24", "flex: {type: flexible, deadline_hours: 48")
    world.edit("reconciler.yaml", "*/15 * * * *", "*/10 * * * *")
    world.edit("reconciler.yaml", "  expedia-group:\n", "  spare: {provider: expedia}\n  expedia-group:\n")
    changed = {address.split("/")[2] for address in world.addresses()}
    assert {"integration", "rate_plan", "schedule"} <= changed
    world.apply("--target", "**/database/**")
    for table, columns in keep.items():
        for column in columns:
            found = world.rows(f"SELECT DISTINCT ({column} -> 'theirs')::text FROM {table}")
            assert found == [('{"list": [1, {"a": null}], "text": "é", "amount": 1.50}',)], (table, column)
    assert world.rows("SELECT DISTINCT status, extract(year from last_sync_at)::int FROM third_party_integrations") == [
        ("theirs", 2030)
    ]
    assert world.rows("SELECT configuration ->> 'ean_id' FROM third_party_integrations WHERE provider = 'expedia'") == [
        ("402919",)
    ]
