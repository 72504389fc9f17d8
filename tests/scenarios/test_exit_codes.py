"""The exit codes of the command line, each through the real program."""

from __future__ import annotations

import json

import pytest

from reconciler.store.postgres import PostgresStore
from tests.scenarios.runs import a_run
from tests.scenarios.world import EXPEDIA, NOW, World


def test_done_is_0_and_something_differs_is_2_only_when_asked_for(world: World) -> None:
    assert world.command("plan").code == 0
    assert world.command("plan", "--detailed-exitcode").code == 2
    world.apply()
    assert world.command("plan", "--detailed-exitcode").code == 0
    assert world.command("drift", "--detailed-exitcode").code == 0


def test_bad_files_are_1_and_every_problem_is_told_with_its_place(world: World) -> None:
    world.edit("properties/lisbon-baixa.yaml", "currency: EUR", "currency: EURO")
    world.edit(
        "properties/lisbon-baixa.yaml",
        "type: non_refundable\n    cancellation",
        "type: non_refundabel\n    cancellation",
    )
    checked = world.command("validate")
    assert checked.code == 1
    assert "properties/lisbon-baixa.yaml:5:" in checked.out
    assert "non_refundable" in checked.out
    planned = world.command("plan")
    assert planned.code == 1
    assert "EURO" in planned.err
    assert "Traceback" not in planned.err + checked.err


def test_a_plan_too_large_for_its_policy_is_3_and_its_file_is_written(world: World) -> None:
    world.settings("policies: {blast_radius: {operations: 3}}")
    refused = world.command("plan", "--out", "plan.json")
    assert refused.code == 3
    assert "blast_radius" in refused.out
    assert world.command("apply", "plan.json").code == 3
    assert world.command("apply", "--auto-approve").code == 3
    assert world.messages("expedia") == []
    assert world.command("plan", "--out", "plan.json", "--consent", "blast_radius").code == 0
    assert world.command("apply", "plan.json").code == 0


def test_a_stale_plan_is_4_and_nothing_is_changed(world: World) -> None:
    world.apply()
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: 125.00")
    assert world.command("plan", "--out", "plan.json").code == 0
    nights = {"from": world.night(3), "until": world.night(5)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": "880011A", **nights, "set": {"price": "99.00"}})
    before = world.rows("SELECT count(*) FROM reconciler.runs")
    world.sandbox.admin.clear_log()
    stale = world.command("apply", "plan.json")
    assert stale.code == 4
    assert "lisbon-baixa/expedia/rates/double/BAR" in stale.err
    assert world.messages("expedia") == world.messages("booking.com") == []
    assert world.rows("SELECT count(*) FROM reconciler.runs") == before


@pytest.mark.parametrize("spoil", ["digit", "digest", "version", "environment", "truncated", "not json"])
def test_a_plan_that_was_tampered_with_is_4(world: World, spoil: str) -> None:
    world.run("plan", "--out", "plan.json")
    file = world.folder / "plan.json"
    text = file.read_text("utf-8")
    plan = json.loads(text)
    spoiled = {
        "digit": text.replace("120.00", "12.00"),
        "digest": text.replace(plan["digest"], "0" * 64),
        "version": json.dumps({**plan, "format_version": 99}),
        "environment": json.dumps({**plan, "environment": "elsewhere"}),
        "truncated": text[: len(text) // 2],
        "not json": "plan",
    }[spoil]
    file.write_text(spoiled, "utf-8")
    assert world.command("apply", "plan.json").code == 4
    assert world.messages("expedia") == []


def test_a_plan_from_other_files_is_4(world: World) -> None:
    world.run("plan", "--out", "plan.json")
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: 125.00")
    assert world.command("apply", "plan.json").code == 4


def test_an_old_plan_is_4(world: World) -> None:
    world.run("plan", "--out", "plan.json", "--as-of", "2026-01-11T09:00:00+00:00")
    assert world.command("apply", "plan.json").code == 4


def test_a_locked_property_is_5_and_the_message_names_the_run(world: World) -> None:
    store = PostgresStore(world.database, "development")
    with store.lock(["lisbon-baixa"], run := a_run(), 0):
        locked = world.command("apply", "--auto-approve")
        assert locked.code == 5
        assert run.id[:8] in locked.err
        assert "somebody@elsewhere" in locked.err
        listed = world.command("locks", "list")
        assert run.id[:8] in listed.out
    store.close()
    assert world.messages("expedia") == []
    assert world.command("apply", "--auto-approve").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["plam"],
        ["plan", "--nonsense"],
        ["plan", "--window", "none"],
        ["apply"],
        ["apply", "--no-input"],
        ["lookup", "--property", "lisbon-baixa", "--provider", "expedia"],
        ["plan", "--env", "produktion"],
    ],
)
def test_wrong_usage_is_64(world: World, arguments: list[str]) -> None:
    result = world.command(*arguments)
    assert result.code == 64, result.err
    assert "Traceback" not in result.err
    assert world.messages("expedia") == []


def test_a_saved_plan_takes_no_planning_options(world: World) -> None:
    world.run("plan", "--out", "plan.json")
    assert world.command("apply", "plan.json", "--property", "lisbon-baixa").code == 64


def test_a_database_of_another_environment_is_refused(world: World) -> None:
    world.apply()
    assert world.command("plan", "--env", "elsewhere").code == 1
    assert "belongs to environment `development`" in world.command("plan", "--env", "elsewhere").err


def test_one_failing_provider_stops_itself_only_and_the_next_run_goes_on(world: World) -> None:
    fault = {"provider": "expedia", "operation": "ar", "times": 0}
    world.sandbox.admin.fault("status", fault, status=500)
    failed = world.command("apply", "--auto-approve")
    assert failed.code == 1
    left = {address.split("/")[1] for address in world.addresses()}
    assert left == {"expedia", "database"}  # the allocation rows wait for Expedia's availability
    assert [a for a in world.addresses() if "/database/" in a] == [
        "lisbon-baixa/database/allocation/double",
        "lisbon-baixa/database/allocation/suite",
    ]
    world.sandbox.admin.clear_faults()
    assert world.command("apply", "--auto-approve").code == 0
    assert world.addresses() == []


def test_now_is_when_the_scenario_says(world: World) -> None:
    assert world.plan()["as_of"] == NOW.isoformat()
