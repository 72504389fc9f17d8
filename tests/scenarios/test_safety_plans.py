"""What was reviewed is what is applied: a saved plan against a world that went on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.engine.plan_file import canonical, digest_of
from reconciler.model.journal import RunStatus
from reconciler.providers.contract import Batch, BatchResult
from reconciler.providers.expedia.provider import Expedia
from reconciler.store.postgres import PostgresStore
from tests.scenarios.world import EXPEDIA, World

FILE = "properties/lisbon-baixa.yaml"


def forge(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    """Changes the saved plan and makes its digest fit again."""
    file = world.folder / "plan.json"
    plan = json.loads(file.read_text("utf-8"))
    change(plan)
    plan["digest"] = digest_of(plan)
    file.write_text(canonical(plan) + "\n", "utf-8")


def nothing_was_sent(world: World) -> bool:
    return world.messages("expedia") == world.messages("booking.com") == []


def dearer(world: World, price: str = "125.00") -> None:
    world.edit(FILE, "default: 120.00", f"default: {price}")


def reviewed(world: World) -> None:
    """Everything applied, and a reviewed plan for dearer nights."""
    world.apply()
    dearer(world)
    assert world.run("plan", "--out", "plan.json").code == 0
    world.sandbox.admin.clear_log()


def price_by_hand(world: World, price: str, first: int = 3, last: int = 5) -> None:
    nights = {"from": world.night(first), "until": world.night(last)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": "880011A", **nights, "set": {"price": price}})


def row_by_hand(world: World) -> None:
    world.rows("UPDATE ota_rate_calendar SET price = 99 WHERE provider = 'expedia'")


def acknowledged_by_another_run(world: World) -> None:
    """Another plan for the same prices was applied in the meantime, at Booking.com only."""
    world.edit(FILE, "default: 125.00", "default: 130.00")
    world.apply("--target", "*/booking.com/rates/**", "--as-of", "2031-01-13T10:00:00+00:00")
    world.edit(FILE, "default: 130.00", "default: 125.00")
    world.sandbox.admin.clear_log()


MOVED: dict[str, tuple[Callable[[World], None], str]] = {
    "a price at Expedia": (lambda world: price_by_hand(world, "99.00"), "expedia/rates/double/BAR"),
    "a price that was taken away": (row_by_hand, "database/rates/expedia/double/BAR"),
    "what was last acknowledged": (acknowledged_by_another_run, "booking.com/rates/double/BAR"),
}


@pytest.mark.parametrize("what", MOVED)
def test_when_anything_that_the_plan_touches_has_moved_nothing_starts(world: World, what: str) -> None:
    move, where = MOVED[what]
    reviewed(world)
    move(world)
    runs = world.rows("SELECT count(*) FROM reconciler.runs")
    stale = world.run("apply", "plan.json")
    assert stale.code == 4
    assert where in stale.err
    assert nothing_was_sent(world)
    assert world.rows("SELECT count(*) FROM reconciler.runs") == runs


def test_nights_that_moved_to_what_the_plan_wants_are_done_and_the_others_are_sent(world: World) -> None:
    reviewed(world)
    price_by_hand(world, "125.00", 7, 9)  # two nights of the week
    assert world.run("apply", "plan.json").code == 0
    assert world.addresses() == []


def test_what_moved_outside_the_plan_stops_nothing_and_is_left_as_it_is(world: World) -> None:
    reviewed(world)
    nights = {"from": world.night(3), "until": world.night(5)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": "880011A", **nights, "set": {"closed": True}})
    assert world.run("apply", "plan.json").code == 0
    assert world.addresses() == ["lisbon-baixa/expedia/restrictions/double/BAR"]


def test_a_completed_plan_never_changes_anything_again_even_where_all_is_as_before_it(world: World) -> None:
    reviewed(world)
    assert world.run("apply", "plan.json").code == 0
    for provider, id_ in (("expedia", "880011A"), ("expedia", "880012A"), ("expedia", "880021A")):
        nights = {"from": world.night(0), "until": world.night(40)}
        world.sandbox.admin.change(provider, EXPEDIA, {"rate_plan": id_, **nights, "set": {"price": "120.00"}})
    world.sandbox.admin.clear_log()
    again = world.run("apply", "plan.json")
    assert again.code == 0
    assert "already applied" in again.out.lower()
    assert nothing_was_sent(world)


def test_a_plan_that_somebody_completes_while_we_wait_for_the_lock_is_not_applied_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(world)
    saved = json.loads((world.folder / "plan.json").read_text("utf-8"))["digest"]
    real = PostgresStore.lock

    def slow(self: PostgresStore, *arguments: Any) -> Any:
        (run,) = self.runs(1)
        self.complete(saved, run.id, run.started_at)  # whoever held the lock did it all
        return real(self, *arguments)

    monkeypatch.setattr(PostgresStore, "lock", slow)
    again = world.run("apply", "plan.json")
    assert again.code == 0
    assert "already applied" in again.out.lower()
    assert nothing_was_sent(world)


FORGED: dict[str, Callable[[dict[str, Any]], None]] = {
    "a target that the property does not have": lambda plan: plan["operations"].append(
        {**plan["operations"][0], "address": "lisbon-baixa/agoda/rates/double/BAR", "waits_for": []}
    ),
    "an address that git says nothing of": lambda plan: plan["operations"].append(
        {
            "address": "lisbon-baixa/expedia/rates/suite/NREF",
            "action": "create",
            "before": None,
            "after": [{"from": "2031-01-14", "until": "2031-01-15", "value": {"price": "1.00"}}],
            "provenance": "read_back",
            "waits_for": [],
        }
    ),
    "a price that git does not say": lambda plan: plan["operations"][0]["after"][0]["value"].update(price="1.00"),
    "fewer nights than git says, and another price": lambda plan: plan["operations"][0].update(
        before=[{**plan["operations"][0]["before"][0], "until": "2031-01-14"}],
        after=[{"from": "2031-01-13", "until": "2031-01-14", "value": {"price": "1.00"}}],
    ),
    "nights that nobody looks at": lambda plan: plan["operations"][0].update(
        before=None, after=[{"from": "2039-01-14", "until": "2039-01-15", "value": {"price": "1.00"}}]
    ),
    "another property": lambda plan: plan["operations"].append(
        {**plan["operations"][0], "address": "porto-ribeira/expedia/rates/double/BAR", "waits_for": []}
    ),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_plan_made_to_fit_its_digest_changes_nothing_that_git_does_not_say(world: World, how: str) -> None:
    world.apply()
    dearer(world)
    world.run("plan", "--out", "plan.json", "--target", "*/expedia/rates/**")
    world.sandbox.admin.clear_log()
    forge(world, FORGED[how])
    stale = world.run("apply", "plan.json")
    assert stale.code == 4, stale.out + stale.err
    assert nothing_was_sent(world)
    assert world.rows("SELECT count(*) FROM reconciler.completed_plans") == [(1,)]


def test_a_refusal_that_was_taken_out_of_the_file_refuses_all_the_same(world: World) -> None:
    world.settings("policies: {blast_radius: {operations: 3}}")
    world.run("plan", "--out", "plan.json")
    forge(world, lambda plan: plan.update(findings=[]))
    assert world.run("apply", "plan.json").code == 3
    assert nothing_was_sent(world)


def test_consent_is_recorded_with_the_run(world: World) -> None:
    world.settings("policies: {blast_radius: {operations: 3}}")
    world.run("plan", "--out", "plan.json", "--consent", "blast_radius")
    assert world.run("apply", "plan.json").code == 0
    assert world.rows("SELECT summary -> 'consents' FROM reconciler.runs") == [(["blast_radius"],)]


def test_a_success_that_is_not_in_force_is_a_failure_here_in_the_journal_and_in_what_was_last_applied(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(world)
    real = Expedia.execute

    def undone(self: Expedia, batch: Batch) -> BatchResult:
        result = real(self, batch)
        price_by_hand(world, "77.00", 7, 8)  # it said yes, and something else is in force
        return result

    monkeypatch.setattr(Expedia, "execute", undone)
    applied = world.run("apply", "plan.json")
    assert applied.code == 1
    assert "reading it back shows another value" in applied.out
    address = "lisbon-baixa/expedia/rates/double/BAR"
    last = "SELECT DISTINCT ON (address) outcome, run_id FROM reconciler.operations WHERE address = %s ORDER BY address, intent_at DESC"
    assert world.rows(last, address)[0][0] == "failed"
    assert world.rows(
        "SELECT count(*) FROM reconciler.applied WHERE address = %s AND value ->> 'price' = '125.00'", address
    ) == [(0,)]
    monkeypatch.undo()
    assert world.addresses() == [address]
    world.apply()
    assert world.addresses() == []


@pytest.mark.parametrize("scope", [("--target", "*/booking.com/**"), ("--window", "2")])
def test_a_narrowed_run_settles_what_a_wider_one_left_open_by_what_is_really_there(
    world: World, scope: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewed(world)
    world.sandbox.admin.fault("drop_after", {"provider": "expedia", "operation": "ar", "times": 0})
    monkeypatch.setattr("reconciler.runtime.execution.Execution._prove", lambda *_: None)
    assert world.run("apply", "plan.json").code == 1
    monkeypatch.undo()
    world.sandbox.admin.clear_faults()
    unknown = world.rows("SELECT seq FROM reconciler.operations WHERE outcome = 'unknown' ORDER BY seq")
    assert unknown
    world.edit(FILE, "default: 125.00", "default: 126.00")
    world.apply(*scope)
    settled = world.rows(
        "SELECT outcome, detail FROM reconciler.operations o JOIN reconciler.runs r ON r.id = o.run_id"
        " WHERE r.status = %s AND seq = ANY(%s)",
        RunStatus.FAILED.value,
        [seq for (seq,) in unknown],
    )
    assert {outcome for outcome, _ in settled} == {"applied"}
    assert {detail for _, detail in settled} == {"cut off; reading it back shows it in force"}


def test_narrowed_applies_one_after_the_other_end_where_a_whole_one_does(world: World) -> None:
    for scope in (("--window", "5"), ("--target", "*/booking.com/**"), ("--target", "*/*/rates/**"), ()):
        result = world.run("apply", "--auto-approve", *scope)
        assert result.code in (0, 1), result.err  # rows of the allocation may wait for a provider that is out of scope
    assert world.addresses() == []
    assert world.run("drift", "--detailed-exitcode").code == 0
    price_by_hand(world, "99.00")
    (difference,) = world.run("drift", "--format", "json").json["differences"]
    assert difference["mover"] == "there"
    assert difference["applied"][0]["value"] == {"price": "120.00"}


def test_a_plan_made_to_fit_its_digest_writes_no_secret(world: World) -> None:
    def slip_in(plan: dict[str, Any]) -> None:
        for op in plan["operations"]:
            if op["address"].endswith("database/integration/expedia"):
                op["after"]["credentials"] = {"api_key": "hunter2"}

    _refused_when_forged(world, slip_in)


@pytest.mark.parametrize("forged", [{"allotment": 20}, {"closed": True}])
def test_a_plan_made_to_fit_its_digest_sells_no_unit_and_closes_no_room_that_git_does_not_say(
    world: World, forged: dict[str, Any]
) -> None:
    def change_units(plan: dict[str, Any]) -> None:
        (units,) = [op for op in plan["operations"] if op["address"].endswith("expedia/availability/double")]
        units["after"][0]["value"].update(forged)

    _refused_when_forged(world, change_units)


def _refused_when_forged(world: World, change: Callable[[dict[str, Any]], None]) -> None:
    world.run("plan", "--out", "plan.json")
    forge(world, change)
    assert world.run("apply", "plan.json").code == 4
    assert nothing_was_sent(world)
