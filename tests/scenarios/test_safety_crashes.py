"""A run that ends at any instant: the next one carries on, and nothing is lost and nothing proven is done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios import killing
from tests.scenarios.world import BOOKING, EXPEDIA, World

SHARES = 4
"""Tests that each take every so many-th step, so that they can run side by side."""

SIDES = {
    "cheap": ("{default: 120.00", "{direct: 5, expedia: 8, booking.com: 7, overbooking: 2}"),
    "dear": ("{default: 125.00", "{direct: 7, expedia: 6, booking.com: 7, overbooking: 2}"),
}


def turn(world: World, side: str) -> None:
    """Writes prices and allotments of one side into the file, whichever it has now; time goes on."""
    world.now += timedelta(minutes=10)  # an account gets so many tokens an hour
    world.sandbox.admin.clock(frozen_at=world.now.isoformat())
    for other in SIDES.values():
        for old, new in zip(other, SIDES[side], strict=True):
            text = (world.folder / "properties/lisbon-baixa.yaml").read_text("utf-8")
            if old in text and old != new:
                world.edit("properties/lisbon-baixa.yaml", old, new)


CALENDAR = """
    SELECT provider, room_type_id, rate_plan_id, nights, to_jsonb(t) - '{id,created_at,updated_at}'::text[]
    FROM %s t ORDER BY 1, 2, 3, 4
"""
ALLOCATION = """
    SELECT room_type_id, date, allocated_direct, allocated_expedia, allocated_booking_com
    FROM ota_inventory_allocation ORDER BY 1, 2
"""


def outside(world: World) -> dict[str, Any]:
    """All that can be seen from outside."""
    return {
        "rates": world.rows(CALENDAR % "ota_rate_calendar"),
        "restrictions": world.rows(CALENDAR % "ota_restriction_calendar"),
        "allocation": world.rows(ALLOCATION),
        "expedia": world.sandbox.admin.hotel("expedia", EXPEDIA),
        "booking.com": world.sandbox.admin.hotel("booking.com", BOOKING),
    }


def sent(world: World) -> set[str]:
    """Everything that messages to Expedia, which can be read back, brought about."""
    log = world.sandbox.admin.log(provider="expedia", operation="ar")
    return {str(entry["applied"]) for entry in log if entry["applied"]}


APPLY = ("apply", "--auto-approve")


def cut_off(world: World, after: int) -> tuple[set[str], bool]:
    """What was sent by a run that was killed after so many steps; and whether it was, or had ended before."""
    world.sandbox.admin.clear_log()
    end = killing.run({**world.environ, "DATABASE_URL": world.database}, world.arguments(*APPLY), kill_after=after)
    assert end.killed or end.code == 0
    found = sent(world)
    world.sandbox.admin.clear_log()
    return found, end.killed


def carry_on(world: World) -> None:
    """The next run, which may have to wait until the server notices that the killed one is gone."""
    world.apply("--lock-timeout", "30")


def uncut(world: World) -> tuple[dict[str, dict[str, Any]], int]:
    """Both ends as uninterrupted runs reach them, and how many steps such a run takes."""
    ends, steps = {}, 0
    for side in ("dear", "cheap"):
        turn(world, side)
        end = killing.run({**world.environ, "DATABASE_URL": world.database}, world.arguments(*APPLY), kill_after=None)
        assert (end.killed, end.code) == (False, 0)
        ends[side], steps = outside(world), max(steps, end.steps)
    assert ends["dear"] != ends["cheap"]
    return ends, steps


def other(side: str) -> str:
    return "dear" if side == "cheap" else "cheap"


def nothing_is_left_open(world: World) -> bool:
    intents = "SELECT count(*) FROM reconciler.operations WHERE intent_at IS NOT NULL AND outcome IS NULL"
    running = "SELECT count(*) FROM reconciler.runs WHERE status = 'running'"
    return world.rows(intents) == world.rows(running) == [(0,)]


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_after_any_step_the_next_apply_reaches_the_same_end_and_sends_nothing_proven_again(
    small_world: World, share: int
) -> None:
    world = small_world
    ends, steps = uncut(world)
    side, killed = "cheap", 0
    for after in range(share, steps + 1, SHARES):
        side = other(side)
        turn(world, side)
        first, was_killed = cut_off(world, after)
        carry_on(world)
        killed += was_killed
        where = f"killed after step {after} of {steps}"
        assert outside(world) == ends[side], where
        assert not first & sent(world), where
        assert world.addresses() == [], where
        assert nothing_is_left_open(world), where
    assert killed >= (steps - share) // SHARES


@pytest.mark.parametrize("share", [0, 2])
def test_what_a_killed_run_sent_is_taken_back_when_git_goes_back(small_world: World, share: int) -> None:
    world = small_world
    ends, steps = uncut(world)
    for after in range(share, steps + 1, 3 * SHARES):
        turn(world, "dear")
        cut_off(world, after)
        turn(world, "cheap")
        carry_on(world)
        where = f"killed after step {after} of {steps}"
        assert outside(world) == ends["cheap"], where
        assert world.addresses() == [], where
        assert nothing_is_left_open(world), where
