"""Units: an allotment is what is left and what is sold. Bookings move it nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.waiting import until
from tests.scenarios.world import BOOKING, EXPEDIA, World

ROOMS = {"expedia": (EXPEDIA, "30011", "880011A"), "booking.com": (BOOKING, "90100101", "77001")}
DIRECT_SALE = (
    "--property",
    "lisbon-baixa",
    "--room",
    "suite",
    "--arrival",
    "2031-01-20",
    "--departure",
    "2031-01-21",
    "--reference",
    "D-1",
)


def test_a_plan_counts_the_closings_that_go_before_changes_of_counts(world: World) -> None:
    world.apply()
    world.edit(
        "properties/lisbon-baixa.yaml", "direct: 5, expedia: 8, booking.com: 7", "direct: 7, expedia: 6, booking.com: 7"
    )
    said = world.run("plan").out
    world.sandbox.admin.clear_log()
    world.apply()
    assert f"{len(world.messages('expedia')) + len(world.messages('booking.com'))} messages to send" in said


def left(world: World, provider: str, night: str) -> Any:
    hotel_id, room, _ = ROOMS[provider]
    hotel = world.sandbox.admin.hotel(provider, hotel_id)
    (found,) = [r for r in hotel["rooms"] if r["id"] == room]
    return next(run["value"] for run in found["left"] if run["from"] <= night < run["until"])


def book(world: World, provider: str, **stay: Any) -> str:
    hotel_id, room, plan = ROOMS[provider]
    return world.sandbox.admin.book(provider, hotel_id, room=room, rate_plan=plan, **stay)


@pytest.mark.parametrize(("provider", "allotment"), [("expedia", 8), ("booking.com", 7)])
def test_a_booking_lowers_what_is_left_and_nothing_raises_it_again(world: World, provider: str, allotment: int) -> None:
    world.apply()
    assert left(world, provider, world.night(4)) == allotment
    book(world, provider, arrival=world.night(3), departure=world.night(6))
    assert left(world, provider, world.night(4)) == allotment - 1
    assert world.addresses() == []
    assert world.run("drift", "--detailed-exitcode").code == 0
    world.sandbox.admin.clear_log()
    world.apply()
    assert world.messages(provider) == []
    assert left(world, provider, world.night(4)) == allotment - 1


@pytest.mark.parametrize("provider", ["expedia", "booking.com"])
def test_a_reviewed_plan_does_not_become_stale_by_a_booking(world: World, provider: str) -> None:
    world.apply()
    world.edit(
        "properties/lisbon-baixa.yaml", "direct: 5, expedia: 8, booking.com: 7", "direct: 5, expedia: 6, booking.com: 6"
    )
    world.run("plan", "--out", "plan.json")
    book(world, provider, arrival=world.night(3), departure=world.night(6))
    applied = world.run("apply", "plan.json")
    assert applied.code == 0, applied.err
    assert left(world, provider, world.night(4)) == 5
    assert left(world, provider, world.night(9)) == 6
    assert world.addresses() == []


@pytest.mark.parametrize("provider", ["expedia", "booking.com"])
def test_more_sold_than_the_allotment_is_a_finding_and_not_a_change(world: World, provider: str) -> None:
    world.apply()
    for _ in range(4):
        book(world, provider, arrival=world.night(3), departure=world.night(4))
    world.edit(
        "properties/lisbon-baixa.yaml", "direct: 5, expedia: 8, booking.com: 7", "direct: 5, expedia: 3, booking.com: 3"
    )
    world.apply()
    assert left(world, provider, world.night(3)) == 0
    assert left(world, provider, world.night(5)) == 3
    plan = world.plan()
    assert plan["operations"] == []
    assert "sold-beyond-allotment" in {finding["code"] for finding in plan["findings"]}


def test_units_are_taken_away_before_they_are_given(world: World) -> None:
    world.apply()
    world.edit(
        "properties/lisbon-baixa.yaml",
        "direct: 5, expedia: 8, booking.com: 7",
        "direct: 5, expedia: 10, booking.com: 5",
    )
    world.sandbox.admin.clear_log()
    world.apply()
    log = [e for e in world.sandbox.admin.log() if e["operation"] in ("ar", "availability")]
    providers = [entry["provider"] for entry in log]
    assert providers == sorted(providers)  # Booking.com gives, Expedia receives
    assert set(providers) == {"booking.com", "expedia"}
    assert world.addresses() == []


def test_a_booking_between_looking_and_sending_is_not_sold_again(world: World) -> None:
    world.apply()
    world.edit(
        "properties/lisbon-baixa.yaml",
        "direct: 5, expedia: 8, booking.com: 7",
        "direct: 5, expedia: 10, booking.com: 5",
    )
    world.sandbox.admin.clear_log()
    world.sandbox.admin.fault(
        "latency", {"provider": "booking.com", "operation": "availability", "nth": 1}, seconds=1.5
    )
    process = world.process("apply", "--auto-approve")
    until(lambda: bool(world.sandbox.admin.log(provider="booking.com", operation="availability")), process)
    book(
        world, "expedia", arrival=world.night(3), departure=world.night(4)
    )  # Expedia gets its units after Booking.com gave
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert left(world, "expedia", world.night(3)) == 9
    assert left(world, "expedia", world.night(5)) == 10
    assert world.addresses() == []


def test_when_the_side_that_gives_fails_the_other_gets_nothing(world: World) -> None:
    world.apply()
    world.edit(
        "properties/lisbon-baixa.yaml",
        "direct: 5, expedia: 8, booking.com: 7",
        "direct: 5, expedia: 10, booking.com: 5",
    )
    world.sandbox.admin.fault(
        "status", {"provider": "booking.com", "operation": "availability", "times": 0}, status=500
    )
    assert world.run("apply", "--auto-approve").code == 1
    assert left(world, "expedia", world.night(3)) == 8
    rows = world.rows("SELECT DISTINCT allocated_expedia FROM ota_inventory_allocation WHERE total_inventory = 20")
    assert rows == [(8,)]


def test_a_closed_room_keeps_its_count(world: World) -> None:
    world.apply()
    world.edit("properties/lisbon-baixa.yaml", "name: Suite, units: 6,", "name: Suite, units: 6, closed: true,")
    world.apply()
    assert world.addresses() == []
    hotel = world.sandbox.admin.hotel("expedia", EXPEDIA)
    (suite,) = [room for room in hotel["rooms"] if room["id"] == "30012"]
    assert {run["value"] for run in suite["closed"]} == {True}
    assert {run["value"] for run in suite["left"]} == {2}


@pytest.mark.parametrize(("move", "messages"), [("close", 2), ("overlap", 1)])
def test_where_enough_is_free_an_overlap_changes_a_count_without_taking_the_room_off_sale(
    world: World, move: str, messages: int
) -> None:
    world.edit("reconciler.yaml", "expedia: {endpoints", f"expedia: {{allotment: {{move: {move}}}, endpoints")
    world.apply()
    assert world.run("bookings", "add", *DIRECT_SALE).code == 0  # a hotel that asks holds only what it sold
    book(world, "expedia", arrival=world.night(3), departure=world.night(4))
    world.edit(
        "properties/lisbon-baixa.yaml", "direct: 5, expedia: 8, booking.com: 7", "direct: 7, expedia: 6, booking.com: 7"
    )
    world.sandbox.admin.clear_log()
    world.apply()
    sent = [entry for entry in world.messages("expedia") if 'totalInventoryAvailable="' in entry["body"]]
    assert len(sent) == messages
    assert ('closed="true"' in str(sent)) is (move == "close")
    assert (left(world, "expedia", world.night(3)), left(world, "expedia", world.night(4))) == (5, 6)
    assert world.addresses() == []
    held = world.rows("SELECT DISTINCT held FROM reconciler.holdings WHERE channel = 'expedia' AND held > 2 ORDER BY 1")
    assert held == [(6,)]


def test_where_too_little_is_free_an_overlap_closes_first(world: World) -> None:
    world.edit("reconciler.yaml", "expedia: {endpoints", "expedia: {allotment: {move: overlap}, endpoints")
    world.apply()  # the hotel never asked, and so holds its whole allotment
    world.edit(
        "properties/lisbon-baixa.yaml", "direct: 5, expedia: 8, booking.com: 7", "direct: 7, expedia: 6, booking.com: 7"
    )
    world.sandbox.admin.clear_log()
    world.apply()
    assert 'closed="true"' in str(world.messages("expedia"))
    assert left(world, "expedia", world.night(4)) == 6
    assert world.addresses() == []
