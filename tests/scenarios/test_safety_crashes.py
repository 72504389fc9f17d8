"""A run that ends at any instant: the next one carries on, and nothing is lost and nothing proven is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from reconciler.providers.booking_com.provider import BookingCom
from reconciler.providers.database.target import HotelDatabase
from reconciler.providers.expedia.provider import Expedia
from reconciler.store.postgres import PostgresStore
from tests.scenarios.world import BOOKING, EXPEDIA, World

STEPS: list[tuple[type, str]] = [
    (PostgresStore, name) for name in ("start", "intend", "record", "bind", "settle", "finish", "complete")
]
STEPS += [(kind, "execute") for kind in (HotelDatabase, Expedia, BookingCom)]

SIDES = {
    "cheap": ("{default: 120.00", "{direct: 5, expedia: 8, booking.com: 7, overbooking: 2}"),
    "dear": ("{default: 125.00", "{direct: 7, expedia: 6, booking.com: 7, overbooking: 2}"),
}


class Killed(BaseException):
    """The process is gone: nothing that it would still do happens."""


class Death:
    """Ends the process right before or right after one of its steps towards the outside."""

    def __init__(self, at: int, *, before: bool) -> None:
        self.at, self.before, self.steps = at, before, 0

    def around(self, step: Any) -> Any:
        def stepping(*args: Any, **kwargs: Any) -> Any:
            self.steps += 1
            if self.steps > self.at or (self.before and self.steps == self.at):
                raise Killed
            result = step(*args, **kwargs)
            if self.steps == self.at:
                raise Killed
            return result

        return stepping

    @contextmanager
    def lurking(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for owner, name in STEPS:
                patch.setattr(owner, name, self.around(getattr(owner, name)))
            yield


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


def cut_off(world: World, death: Death) -> set[str]:
    """What was sent by a run that ended at that step."""
    world.sandbox.admin.clear_log()
    with death.lurking(), suppress(Killed):
        world.run("apply", "--auto-approve")
        assert death.steps < death.at
    found = sent(world)
    world.sandbox.admin.clear_log()
    return found


def uncut(world: World) -> tuple[dict[str, dict[str, Any]], int]:
    """Both ends as uninterrupted runs reach them, and how many steps such a run takes."""
    world.apply()
    ends, death = {}, Death(10**6, before=True)
    for side in ("dear", "cheap"):
        turn(world, side)
        death.steps = 0
        with death.lurking():
            world.apply()
        ends[side] = outside(world)
    assert ends["dear"] != ends["cheap"]
    return ends, death.steps


def other(side: str) -> str:
    return "dear" if side == "cheap" else "cheap"


def nothing_is_left_open(world: World) -> bool:
    intents = "SELECT count(*) FROM reconciler.operations WHERE intent_at IS NOT NULL AND outcome IS NULL"
    running = "SELECT count(*) FROM reconciler.runs WHERE status = 'running'"
    return world.rows(intents) == world.rows(running) == [(0,)]


@pytest.mark.parametrize("share", range(2))
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_cut_off_at_any_step_the_next_apply_reaches_the_same_end_and_sends_nothing_proven_again(
    world: World, before: bool, share: int
) -> None:
    ends, steps = uncut(world)
    side = "cheap"
    for at in range(1 + share, steps + 1, 5 if before else 3):
        side = other(side)
        turn(world, side)
        first = cut_off(world, Death(at, before=before))
        world.apply()
        where = f"cut {'before' if before else 'after'} step {at} of {steps}"
        assert outside(world) == ends[side], where
        assert not first & sent(world), where
        assert world.addresses() == [], where
        assert nothing_is_left_open(world), where


@pytest.mark.parametrize("share", range(2))
def test_what_a_cut_off_run_sent_is_taken_back_when_git_goes_back(world: World, share: int) -> None:
    ends, steps = uncut(world)
    for at in range(1 + share, steps + 1, 4):
        turn(world, "dear")
        cut_off(world, Death(at, before=False))
        turn(world, "cheap")
        world.apply()
        where = f"cut after step {at} of {steps}"
        assert outside(world) == ends["cheap"], where
        assert world.addresses() == [], where
        assert nothing_is_left_open(world), where
