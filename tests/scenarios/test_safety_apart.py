"""What fails stops itself only: a target, a property; the others go on, and the exit code says so."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.state import Observation
from reconciler.providers.contract import Batch, BatchResult
from reconciler.providers.expedia.provider import Expedia
from reconciler.store.postgres import PostgresStore
from tests.scenarios.world import BOOKING, EXPEDIA, HOTEL, World

OTHER = (
    (EXPEDIA, "16636999"),
    (BOOKING, "8011999"),
    ("0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a99"),
    ("7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201", "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be299"),
    ("11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202", "11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2299"),
    ("Lisbon Baixa", "Porto Ribeira"),
    ("3001", "3991"),
    ("8800", "8899"),
    ("901001", "909901"),
    ("7700", "7799"),
)


@pytest.fixture
def two(empty_world: World) -> World:
    """Two hotels at both providers."""
    text = HOTEL
    for ours, theirs in OTHER:
        text = text.replace(ours, theirs)
    empty_world.hotel()
    empty_world.hotel(text, "porto-ribeira")
    empty_world.set_up_extranets()
    empty_world.seed()
    return empty_world


def places(world: World, *arguments: str) -> set[str]:
    """The property and target of everything that is left to do."""
    return {"/".join(address.split("/")[:2]) for address in world.addresses(*arguments)}


def down(world: World, provider: str, hotel: str | None = None) -> None:
    """A provider that answers nothing any more."""
    match = {"provider": provider, "times": 0, **({"hotel": hotel} if hotel else {})}
    world.sandbox.admin.fault("status", match, status=500)


def test_a_provider_that_cannot_be_looked_at_leaves_the_others_to_plan_and_apply(world: World) -> None:
    down(world, "expedia")
    assert world.run("plan").code == 1
    assert {place.split("/")[1] for place in places(world)} == {"booking.com", "database"}
    applied = world.run("apply", "--auto-approve")
    assert applied.code == 1, "a part could not even be looked at"
    assert places(world) == set()
    world.sandbox.admin.clear_faults()
    assert "lisbon-baixa/expedia" in places(world)
    world.apply()
    assert places(world) == set()


def test_a_saved_plan_goes_on_where_a_provider_can_no_longer_be_looked_at_and_may_be_given_again(two: World) -> None:
    two.run("plan", "--out", "plan.json")
    down(two, "expedia", EXPEDIA)
    cut = two.run("apply", "plan.json", "--format", "json")
    assert cut.code == 1, cut.err
    off = {item["operation"] for item in cut.json["outcomes"] if item["outcome"] == "not_attempted"}
    assert {"/".join(id_.split("/")[:2]) for id_ in off} == {"lisbon-baixa/expedia", "lisbon-baixa/database"}
    assert all("/allocation/" in id_ for id_ in off if "/database/" in id_), "only what waits for Expedia"
    two.sandbox.admin.clear_faults()
    two.sandbox.admin.clear_log()
    assert two.run("apply", "plan.json").code == 0
    assert {entry["provider"] for entry in two.messages("expedia") + two.messages("booking.com")} == {"expedia"}
    assert places(two) == set()


def test_a_provider_whose_credentials_are_missing_stops_itself_only(world: World) -> None:
    world.environ.clear()
    world.edit(
        "reconciler.yaml",
        f'expedia: {{endpoints: {{local: "{world.sandbox.url}"',
        'expedia: {endpoints: {local: "https://nobody.example"',
    )
    planned = world.run("plan")
    assert "`nobody.example` is not a host that may be spoken to" in planned.out
    world.environ["RECONCILER_ALLOWED_HOSTS"] = "nobody.example"
    planned = world.run("plan")
    assert planned.code == 1
    assert "env:EXPEDIA_SANDBOX_API_KEY is not set" in planned.out
    assert world.run("apply", "--auto-approve").code == 1
    assert places(world) == set()
    assert world.messages("booking.com")


def test_a_fault_of_the_program_at_one_target_stops_that_target_only_and_quotes_nothing(
    two: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Expedia.execute

    def faulty(self: Expedia, batch: Batch) -> BatchResult:
        if any(part.address.property == "porto-ribeira" for part in batch.parts):
            real(self, batch)
            raise KeyError("came from outside")
        return real(self, batch)

    monkeypatch.setattr(Expedia, "execute", faulty)
    failed = two.run("apply", "--auto-approve")
    assert failed.code == 1
    assert "a fault of the program: KeyError" in failed.out
    assert "came from outside" not in failed.out + failed.err + str(
        two.rows("SELECT detail FROM reconciler.operations")
    )
    assert two.rows("SELECT status FROM reconciler.runs") == [("failed",)]
    assert {place.split("/")[0] for place in places(two)} == {"porto-ribeira"}
    monkeypatch.undo()
    two.apply()
    assert places(two) == set()


def test_a_fault_of_the_program_in_looking_stops_that_target_only(two: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Expedia.observe

    def faulty(self: Expedia, *arguments: Any) -> Observation:
        if self._hotel.slug == "porto-ribeira":
            raise RecursionError
        return real(self, *arguments)

    monkeypatch.setattr(Expedia, "observe", faulty)
    assert two.run("apply", "--auto-approve").code == 1
    monkeypatch.undo()
    assert places(two) == {"porto-ribeira/expedia"}


def test_a_journal_that_cannot_be_written_stops_its_property_only_and_the_run_has_an_end(
    two: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PostgresStore.settle

    def faulty(self: PostgresStore, run_id: str, seqs: Any, *rest: Any) -> None:
        of = two.rows("SELECT property FROM reconciler.operations WHERE run_id = %s AND seq = %s", run_id, seqs[0])
        if of == [("porto-ribeira",)]:
            raise MemoryError
        real(self, run_id, seqs, *rest)

    monkeypatch.setattr(PostgresStore, "settle", faulty)
    assert two.run("apply", "--auto-approve").code == 1
    monkeypatch.undo()
    assert two.rows("SELECT status FROM reconciler.runs") == [("failed",)]
    assert {place.split("/")[0] for place in places(two)} == {"porto-ribeira"}
    two.apply()
    assert places(two) == set()


ROW = "property_id, integration_name, integration_type, provider, credentials, configuration"
ONE = f"provider = 'expedia' AND property_id = '{OTHER[2][0]}'"


def double_a_row(world: World) -> None:
    """A second row for one integration of the first hotel, as a database without unique keys may hold it."""
    unique = "tablename = 'third_party_integrations' AND indexdef LIKE '%%UNIQUE%%provider%%'"
    for (name,) in world.rows(f"SELECT indexname FROM pg_indexes WHERE {unique}"):
        world.rows(f'DROP INDEX "{name}"')
    table = "third_party_integrations"
    world.rows(f"INSERT INTO {table} ({ROW}) SELECT {ROW} FROM {table} WHERE {ONE}")


def dearer(world: World) -> None:
    for slug in ("lisbon-baixa", "porto-ribeira"):
        world.edit(f"properties/{slug}.yaml", "default: 120.00", "default: 125.00")


@pytest.mark.parametrize("scope", [(), ("--target", "*/expedia/**"), ("--target", "*/database/rates/**")])
def test_duplicate_rows_stop_the_whole_property_at_its_providers_too(two: World, scope: tuple[str, ...]) -> None:
    two.apply()
    double_a_row(two)
    dearer(two)
    plan = two.plan(*scope)
    assert {op["address"].split("/")[0] for op in plan["operations"]} == {"porto-ribeira"}
    assert "duplicate-rows" in {finding["code"] for finding in plan["findings"] if finding["severity"] == "error"}
    assert two.run("plan", *scope).code == 1


def test_duplicate_rows_that_appear_after_the_review_stop_the_property_before_anything_is_sent(two: World) -> None:
    two.apply()
    dearer(two)
    two.run("plan", "--out", "plan.json")
    double_a_row(two)
    two.sandbox.admin.clear_log()
    assert two.run("apply", "plan.json").code == 1
    sent = two.messages("expedia") + two.messages("booking.com")
    assert sent
    assert not [entry for entry in sent if entry["hotel"] in (EXPEDIA, BOOKING)]
