"""What does not fit at Booking.com is told by name when a plan is made; everything else of the hotel goes on."""

from __future__ import annotations

from typing import Any

from tests.scenarios.world import BOOKING, World

FILE = "properties/lisbon-baixa.yaml"
AT = "lisbon-baixa/booking.com"


def errors(planned: dict[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in planned["findings"]:
        if finding["severity"] == "error":
            found.setdefault(finding["code"], []).append(finding["address"])
    return found


def reload(world: World, **changes: Any) -> None:
    """The hotel at Booking.com, otherwise as it is."""
    world.sandbox.admin.load_hotel("booking.com", {**world.sandbox.admin.hotel("booking.com", BOOKING), **changes})


def test_rates_of_a_hotel_priced_otherwise_are_refused_by_name_and_the_rest_is_planned(world: World) -> None:
    reload(world, pricing_model="OBP")
    planned = world.plan()
    assert errors(planned) == {
        "pricing-model-unsupported": [f"{AT}/rates/double/BAR", f"{AT}/rates/double/NREF", f"{AT}/rates/suite/BAR"]
    }
    addresses = {op["address"] for op in planned["operations"]}
    assert not [address for address in addresses if address.startswith(f"{AT}/rates/")]
    assert {f"{AT}/availability/double", f"{AT}/restrictions/double/BAR"} <= addresses
    assert [address for address in addresses if "/expedia/rates/" in address]


def test_where_the_pricing_model_is_not_told_prices_are_planned(world: World) -> None:
    reload(world, pricing_model="OBP")
    world.sandbox.admin.switch(booking_pricing_type=False)
    planned = world.plan()
    assert errors(planned) == {}
    assert f"{AT}/rates/double/BAR" in {op["address"] for op in planned["operations"]}


def test_a_mistyped_plan_is_an_error_and_nothing_is_sent_for_it(world: World) -> None:
    world.edit(FILE, 'NREF: "77002"', 'NREF: "77020"')
    planned = world.plan()
    assert errors(planned) == {"mapped-but-missing": [f"{AT}/mapping/double/NREF"]}
    addresses = {op["address"] for op in planned["operations"]}
    assert not [address for address in addresses if address.startswith(AT) and address.endswith("/NREF")]
    assert f"{AT}/rates/double/BAR" in addresses


def test_a_plan_that_was_retired_by_us_comes_back_when_git_wants_it_again(world: World) -> None:
    world.apply()
    world.edit(
        FILE,
        "    type: non_refundable\n    cancellation",
        "    type: non_refundable\n    retired: true\n    cancellation",
    )
    world.apply("--consent", "blast_radius")
    assert world.addresses() == []
    world.edit(FILE, "    retired: true\n", "")
    assert errors(world.plan()) == {}
    world.apply()
    assert world.addresses() == []
    plans = {plan["id"]: plan["active"] for plan in world.sandbox.admin.hotel("booking.com", BOOKING)["rate_plans"]}
    assert plans["77002"] is True
