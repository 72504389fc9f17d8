"""A provider that lies: reading back finds it, the output names it, and nothing is deleted because of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.test_safety_crashes import outside
from tests.scenarios.test_units import book
from tests.scenarios.world import BOOKING, EXPEDIA, World

FILE = "properties/lisbon-baixa.yaml"
HOTELS = {"expedia": EXPEDIA, "booking.com": BOOKING}

PRICE = ("{default: 120.00", "{default: 125.00")
UNITS = ("{direct: 5, expedia: 8, booking.com: 7,", "{direct: 7, expedia: 6, booking.com: 7,")
MORE_UNITS = ("{direct: 5, expedia: 8, booking.com: 7,", "{direct: 3, expedia: 8, booking.com: 9,")
STAY = ("carnival: {min_stay: 3}", "carnival: {min_stay: 4}")
CLOSED = ("carnival: {min_stay: 3}", "carnival: {closed: true}")
NAME = ("name: Best Available Rate", "name: Best Flexible Rate")

IGNORED = {
    "a price at Expedia": ("expedia", "ar", PRICE, "rates/double/BAR"),
    "a restriction at Expedia": ("expedia", "ar", STAY, "restrictions/double/BAR"),
    "a count at Expedia": ("expedia", "ar", UNITS, "availability/double"),
    "a plan's name at Expedia": ("expedia", "product", NAME, "rate_plan/double/BAR"),
    "a count at Booking.com": ("booking.com", "availability", MORE_UNITS, "availability/double"),
    "a closed plan at Booking.com": ("booking.com", "availability", CLOSED, "restrictions/double/BAR"),
    "a plan's name at Booking.com": ("booking.com", "OTA_HotelRatePlanNotif", NAME, "rate_plan/double/BAR"),
}


@pytest.mark.parametrize("lie", IGNORED)
def test_success_that_changed_nothing_is_a_failure_by_name_and_the_next_apply_puts_it_right(
    world: World, lie: str
) -> None:
    provider, operation, change, address = IGNORED[lie]
    world.apply()
    world.edit(FILE, *change)
    world.sandbox.admin.fault("ignore", {"provider": provider, "operation": operation, "times": 0})
    result = world.run("apply", "--auto-approve")
    assert result.code == 1, result.out
    assert f"{provider}/{address}" in result.out
    assert "failed" in result.out
    world.sandbox.admin.clear_faults()
    assert f"lisbon-baixa/{provider}/{address}" in world.addresses()
    world.apply()
    assert world.addresses() == []


RAISED = {
    "expedia": ("ar", r'totalInventoryAvailable="\d+"', 'totalInventoryAvailable="9"'),
    "booking.com": ("availability", r"<roomstosell>\d+</roomstosell>", "<roomstosell>9</roomstosell>"),
}


@pytest.mark.parametrize("provider", RAISED)
def test_a_count_that_was_raised_to_a_base_is_found_and_the_hotel_is_told(world: World, provider: str) -> None:
    operation, pattern, by = RAISED[provider]
    world.apply()
    world.edit(FILE, "{direct: 5, expedia: 8, booking.com: 7,", "{direct: 15, expedia: 3, booking.com: 2,")
    world.sandbox.admin.fault(
        "misread", {"provider": provider, "operation": operation, "times": 0}, pattern=pattern, by=by
    )
    result = world.run("apply", "--auto-approve")
    assert result.code == 1
    assert f"{provider}/availability/double" in result.out
    held = world.rows("SELECT max(held) FROM reconciler.holdings WHERE channel = %s", provider)
    assert held[0][0] >= 9, "what may be sold there is in the books, whatever was asked for"
    free = "SELECT reconciler.free_units(%s::uuid, %s::uuid, %s::date)"
    double = ("0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201")
    assert world.rows(free, *double, world.night(3))[0][0] <= 22 - 9


def _without(element: str, id_: str) -> str:
    return rf'<{element} [^>]*id="{id_}".*?</{element}>'


READS: dict[str, tuple[str, str, str, str]] = {
    "another hotel's prices": ("expedia", "parr", f'id="{EXPEDIA}"', 'id="99999999"'),
    "half of the prices": ("expedia", "parr", _without("RoomType", "30011"), ""),
    "half of the rate plans' prices": ("expedia", "parr", _without("RatePlan", "880011A"), ""),
    "no prices": ("expedia", "parr", "<AvailRate .*</AvailRateList>", "</AvailRateList>"),
    "an empty answer": ("expedia", "parr", ".*", ""),
    "another hotel's rooms": ("expedia", "product", EXPEDIA, "99999999"),
    "no rooms": ("expedia", "product", r'"entity":\s*\[.*\]', '"entity": []'),
    "no product at all": ("expedia", "product", ".*", ""),
    "another hotel's plans": ("booking.com", "roomrates", BOOKING, "9999999"),
    "half of the plans": ("booking.com", "roomrates", _without("room", "90100101"), ""),
    "no plans": ("booking.com", "roomrates", "<room .*</room>", ""),
    "no answer about plans": ("booking.com", "roomrates", ".*", ""),
    "another hotel's counts": (
        "booking.com",
        "roomrateavailability",
        "901001",
        "701001",
    ),  # rooms are all that it names
    "half of the counts": ("booking.com", "roomrateavailability", _without("room", "90100101"), ""),
    "no counts": ("booking.com", "roomrateavailability", "<room .*</room>", ""),
    "no answer about counts": ("booking.com", "roomrateavailability", ".*", ""),
}


@pytest.mark.parametrize("lie", READS)
def test_an_answer_about_another_hotel_or_about_half_or_nothing_is_named_and_deletes_nothing(
    world: World, lie: str
) -> None:
    provider, operation, pattern, by = READS[lie]
    world.apply()
    book(world, provider, arrival=world.night(3), departure=world.night(4))
    assert world.run("bookings", "pull").code == 0
    before, known = outside(world), remembered(world)
    world.sandbox.admin.fault(
        "rewrite", {"provider": provider, "operation": operation, "times": 0}, pattern=f"(?s){pattern}", by=by
    )
    truth = world.sandbox.admin.log(provider=provider, operation=operation)[-1]["reply"]
    planned = world.run("plan")
    named = NAMED.get(lie, "error[target-failed]")
    lied = world.sandbox.admin.log(provider=provider, operation=operation)[-1]["reply"]
    assert lied != truth, "the lie was told"
    assert named in planned.out, planned.out
    assert f"lisbon-baixa/{provider}" in planned.out
    assert "\n  - " not in planned.out, planned.out
    world.run("apply", "--auto-approve")
    world.run("bookings", "pull")
    world.run("drift", "--record")
    world.sandbox.admin.clear_faults()
    assert outside(world) == before
    assert remembered(world) == known or lie == SENT_AGAIN
    assert world.addresses() == []


SENT_AGAIN = "half of the rate plans' prices"
"""What is not told of a plan may never have been loaded: it is sent once more, and the next apply sees that it is in force."""
NAMED = {SENT_AGAIN: "plan-not-told", "half of the plans": "error[mapped-but-missing]"}


def remembered(world: World) -> list[Any]:
    return [
        world.rows("SELECT address, from_night, until_night, value::text FROM reconciler.applied ORDER BY 1, 2"),
        world.rows("SELECT * FROM reconciler.bindings ORDER BY 1, 2, 3, 4, 5"),
        world.rows("SELECT provider, booking, units, status FROM reconciler.bookings ORDER BY 1, 2"),
    ]
