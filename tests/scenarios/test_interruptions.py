"""Runs that are cut off, and replies that are lost: the next run settles what is uncertain and goes on."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.waiting import until
from tests.scenarios.world import World


def kill_in_the_middle(world: World, provider: str, operation: str, nth: int) -> None:
    """Starts an apply, and kills it when the nth message was carried out and its reply has not arrived."""
    match = {"provider": provider, "operation": operation, "nth": nth}
    world.sandbox.admin.fault("latency", match, seconds=2.5)
    process = world.process("apply", "--auto-approve")
    received: Callable[[], bool] = lambda: len(carried_out(world, provider, operation)) >= nth  # noqa: E731
    until(received, process)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert process.returncode == -signal.SIGKILL
    world.sandbox.admin.clear_faults()


def carried_out(world: World, provider: str, operation: str) -> list[dict[str, Any]]:
    """Messages whose effect is in the sandbox's state, answered or not."""
    return [entry for entry in world.sandbox.admin.log(provider=provider, operation=operation) if entry["applied"]]


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_after_a_kill_the_next_apply_sends_the_rest_and_nothing_proven_again(world: World, nth: int) -> None:
    kill_in_the_middle(world, "expedia", "ar", nth)
    before = [entry["applied"] for entry in carried_out(world, "expedia", "ar")]
    assert len(before) == nth
    world.sandbox.admin.clear_log()
    assert world.command("apply", "--auto-approve", "--lock-timeout", "10").code == 0
    again = [entry["applied"] for entry in carried_out(world, "expedia", "ar")]
    once = {str(item) for applied in before for item in applied}
    twice = {str(item) for applied in again for item in applied}
    assert not once & twice
    assert world.addresses() == []
    assert world.rows("SELECT count(*) FROM reconciler.operations WHERE intent_at IS NOT NULL AND outcome IS NULL") == [
        (0,)
    ]
    assert world.rows("SELECT status FROM reconciler.runs ORDER BY started_at") == [("interrupted",), ("succeeded",)]


def test_what_cannot_be_read_back_is_sent_again_after_a_kill_and_left_out_nowhere(world: World) -> None:
    kill_in_the_middle(world, "booking.com", "availability", 2)
    assert world.command("apply", "--auto-approve", "--lock-timeout", "10").code == 0
    assert world.addresses() == []
    hotel = world.sandbox.admin.hotel("booking.com", "8011855")
    priced = {(rate["room"], rate["id"]) for rate in hotel["room_rates"] if rate.get("price")}
    assert priced == {("90100101", "77001"), ("90100101", "77002"), ("90100102", "77001")}


def test_a_killed_holder_frees_the_lock_at_once(world: World) -> None:
    kill_in_the_middle(world, "expedia", "ar", 1)
    assert "No locks." in world.run("locks", "list").out


def test_a_saved_plan_whose_run_was_cut_off_may_be_given_again_and_then_never_changes_anything_again(
    world: World,
) -> None:
    world.run("plan", "--out", "plan.json")
    for provider, operation in (("expedia", "ar"), ("booking.com", "availability")):
        world.sandbox.admin.fault("drop_before", {"provider": provider, "operation": operation, "nth": 2, "times": 0})
    assert world.command("apply", "plan.json").code == 1
    world.sandbox.admin.clear_faults()
    resumed = world.command("apply", "plan.json")
    assert resumed.code == 0, resumed.out + resumed.err
    assert world.addresses() == []
    world.sandbox.admin.clear_log()
    again = world.command("apply", "plan.json")
    assert again.code == 0
    assert "already applied" in again.out.lower()
    assert world.messages("expedia") == world.messages("booking.com") == []


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate"])
@pytest.mark.parametrize(("provider", "operation"), [("expedia", "ar"), ("booking.com", "availability")])
def test_after_a_lost_reply_the_next_apply_brings_everything_in_force(
    world: World, provider: str, operation: str, kind: str
) -> None:
    world.sandbox.admin.fault(kind, {"provider": provider, "operation": operation, "times": 0})
    world.run("apply", "--auto-approve")
    world.sandbox.admin.clear_faults()
    world.apply()
    assert world.addresses() == []


def test_what_was_lost_and_can_be_read_back_is_settled_in_the_same_run(world: World) -> None:
    world.sandbox.admin.fault("drop_after", {"provider": "expedia", "operation": "ar", "nth": 1})
    world.run("apply", "--auto-approve")
    outcomes = world.rows(
        "SELECT address, outcome FROM reconciler.operations WHERE address LIKE '%%/expedia/availability/%%'"
    )
    assert {outcome for _, outcome in outcomes} == {"applied"}


def test_a_partial_failure_is_seen_and_only_its_nights_are_sent_again(world: World) -> None:
    world.apply()
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: 125.00")
    world.sandbox.admin.fault("partial", {"provider": "booking.com", "operation": "availability"}, items=[0])
    assert world.run("apply", "--auto-approve").code == 1
    left = [address for address in world.addresses() if "/booking.com/" in address and "/database/" not in address]
    assert left
    world.apply()
    assert world.addresses() == []


def test_an_interrupt_finishes_what_is_under_way_and_exits_130(world: World) -> None:
    world.sandbox.admin.fault("latency", {"provider": "expedia", "operation": "ar", "nth": 1}, seconds=1.5)
    process = world.process("apply", "--auto-approve")
    until(lambda: bool(carried_out(world, "expedia", "ar")), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert world.rows("SELECT status FROM reconciler.runs") == [("interrupted",)]
    unfinished = "SELECT count(*) FROM reconciler.operations WHERE intent_at IS NOT NULL AND outcome IS NULL"
    assert world.rows(unfinished) == [(0,)]
    world.apply()
    assert world.addresses() == []
