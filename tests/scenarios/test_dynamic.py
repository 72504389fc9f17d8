"""`mode: dynamic`: the numbers stand in the hotel's database and move inside git's bounds; providers follow the database."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.state import Observation
from reconciler.providers.database.target import HotelDatabase
from tests.scenarios.test_units import left
from tests.scenarios.world import EXPEDIA, World

FILE = "properties/lisbon-baixa.yaml"
STATIC = "double: {default: {direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}"
DYNAMIC = (
    "double: {mode: dynamic, bounds: {expedia: 4..12, booking.com: 4..12, direct: 3..}, "
    "default: {direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}"
)
DOUBLE = "room_type_id = '7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201'"


@pytest.fixture
def moving(world: World) -> World:
    """A hotel whose double moves by demand, applied once."""
    world.edit(FILE, STATIC, DYNAMIC)
    world.apply()
    return world


def move(world: World, **counts: int) -> None:
    """Another program moves units of two nights."""
    changes = ", ".join(f"allocated_{channel} = {count}" for channel, count in counts.items())
    world.rows(
        f"UPDATE ota_inventory_allocation SET {changes} WHERE {DOUBLE} "
        f"AND date >= '{world.night(3)}' AND date < '{world.night(5)}'"
    )


def shares(world: World, night: str) -> tuple[int, ...]:
    columns = "allocated_direct, allocated_expedia, allocated_booking_com"
    (found,) = world.rows(f"SELECT {columns} FROM ota_inventory_allocation WHERE {DOUBLE} AND date = '{night}'")
    return tuple(found)


def test_it_starts_with_gits_numbers(moving: World) -> None:
    assert shares(moving, moving.night(3)) == (5, 8, 7)
    assert (left(moving, "expedia", moving.night(3)), left(moving, "booking.com", moving.night(3))) == (8, 7)
    assert moving.addresses() == []


def test_numbers_that_moved_inside_the_bounds_stand_and_the_providers_follow_them(moving: World) -> None:
    move(moving, direct=3, expedia=12, booking_com=7)
    assert set(moving.addresses()) == {"lisbon-baixa/expedia/availability/double"}
    moving.apply()
    assert shares(moving, moving.night(3)) == (3, 12, 7)
    assert left(moving, "expedia", moving.night(3)) == 12
    assert left(moving, "expedia", moving.night(6)) == 8
    assert moving.addresses() == []
    assert moving.run("drift", "--detailed-exitcode").code == 0


def test_a_number_outside_goes_to_its_nearest_bound_in_the_database_and_at_the_provider(moving: World) -> None:
    move(moving, direct=3, expedia=15, booking_com=2)
    assert set(moving.addresses()) == {
        "lisbon-baixa/database/allocation/double",
        "lisbon-baixa/expedia/availability/double",
        "lisbon-baixa/booking.com/availability/double",
    }
    moving.apply()
    assert shares(moving, moving.night(3)) == (3, 12, 4)
    assert (left(moving, "expedia", moving.night(3)), left(moving, "booking.com", moving.night(3))) == (12, 4)
    assert moving.addresses() == []


def test_a_provider_alone_is_compared_with_what_stands_in_the_database(moving: World) -> None:
    move(moving, direct=3, expedia=12, booking_com=7)
    assert moving.addresses("--target", "*/expedia/availability/*") == ["lisbon-baixa/expedia/availability/double"]
    moving.sandbox.admin.change(
        "expedia",
        EXPEDIA,
        {"room": "30011", "from": moving.night(3), "until": moving.night(5), "set": {"left": 12}},
    )
    assert moving.addresses("--target", "*/expedia/availability/*") == []


def test_what_moves_while_a_plan_is_made_is_not_moved_back(moving: World, monkeypatch: pytest.MonkeyPatch) -> None:
    observe = HotelDatabase.observe

    def and_then_somebody_moves(self: HotelDatabase, *args: Any) -> Observation:
        found = observe(self, *args)
        move(moving, direct=3, expedia=12, booking_com=7)
        return found

    monkeypatch.setattr(HotelDatabase, "observe", and_then_somebody_moves)
    assert [address for address in moving.addresses() if "/database/" in address] == []


def test_a_saved_plan_is_not_judged_by_the_numbers_that_git_starts_with(moving: World) -> None:
    moving.settings("policies: {inventory: {direct: 6, severity: error}}")
    move(moving, direct=6, expedia=4, booking_com=7)
    assert moving.run("plan", "--target", "*/*/availability/double", "--out", "plan.json").code == 0
    assert moving.run("apply", "plan.json").code == 0
    assert left(moving, "expedia", moving.night(3)) == 4


def test_where_the_numbers_cannot_be_read_no_provider_is_told_any(moving: World) -> None:
    move(moving, direct=3, expedia=12, booking_com=7)
    moving.rows("ALTER TABLE ota_inventory_allocation RENAME COLUMN allocated_expedia TO hidden")
    plan = moving.plan()
    assert plan["operations"] == []
    failed = {found["address"] for found in plan["findings"] if found["code"] == "target-failed"}
    assert failed == {f"lisbon-baixa/{target}" for target in ("database", "expedia", "booking.com")}


def test_adopt_leaves_numbers_that_move_alone(moving: World) -> None:
    before = (moving.folder / FILE).read_text("utf-8")
    nights = {"from": moving.night(3), "until": moving.night(5)}
    moving.sandbox.admin.change("expedia", EXPEDIA, {"room": "30011", **nights, "set": {"left": 5}})
    result = moving.run("adopt", "--as-of", moving.now.isoformat())
    assert result.code == 1
    assert "it moves by demand" in result.out + result.err
    assert (moving.folder / FILE).read_text("utf-8") == before
