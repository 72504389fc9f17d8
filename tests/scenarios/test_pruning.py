"""`--prune`: rate plans that we applied and whose entry vanished are closed and switched off, where the environment allows it."""

from __future__ import annotations

import pytest

from tests.scenarios.test_vanishing import everything, without
from tests.scenarios.world import BOOKING, EXPEDIA, World

HOTEL = "properties/lisbon-baixa.yaml"
NREF = ("rate_plans/NREF", "mappings/expedia/rate_plans/NREF", "mappings/booking.com/rate_plans/NREF")


@pytest.fixture
def sold(world: World) -> World:
    """The hotel after its first apply, in an environment that allows pruning."""
    world.edit("reconciler.yaml", "development: {", "development: {allow_prune: true, ")
    world.apply()
    return world


def test_a_plan_that_vanished_is_closed_and_switched_off_and_nothing_else_is(sold: World) -> None:
    others = "SELECT to_jsonb(t) - 'updated_at' FROM ota_rate_plans AS t WHERE rate_plan_id <> 'NREF' ORDER BY 1"
    before, columns = sold.rows(others), "rate_plan_name, base_rate, meal_plan, cancellation_policy, configuration"
    last = sold.rows(f"SELECT {columns} FROM ota_rate_plans WHERE rate_plan_id = 'NREF' ORDER BY provider")
    without(sold, *NREF)
    assert sold.addresses() == []
    found = sold.operations("--prune")
    assert {op["address"].split("/", 1)[1] for op in found} == {
        "booking.com/rate_plan/double/NREF",
        "booking.com/restrictions/double/NREF",
        "database/rate_plan/booking.com/double/NREF",
        "database/rate_plan/expedia/double/NREF",
        "expedia/rate_plan/double/NREF",
        "expedia/restrictions/double/NREF",
    }
    sold.apply("--prune")
    assert sold.addresses("--prune") == sold.addresses() == []
    expedia = {plan["id"]: plan for plan in sold.sandbox.admin.hotel("expedia", EXPEDIA)["rate_plans"]}
    assert [expedia[plan]["active"] for plan in ("880011", "880021")] == [True, False]
    booking = sold.sandbox.admin.hotel("booking.com", BOOKING)
    off = [one["id"] for one in (*booking["rate_plans"], *booking["room_rates"]) if not one.get("active", True)]
    assert set(off) == {"77002"}
    assert sold.rows("SELECT DISTINCT rate_plan_id, is_active FROM ota_rate_plans ORDER BY 1") == [
        ("BAR", True),
        ("NREF", False),
    ]
    assert sold.rows(others) == before
    assert sold.rows(f"SELECT {columns} FROM ota_rate_plans WHERE rate_plan_id = 'NREF' ORDER BY provider") == last


def test_what_an_apply_of_ours_did_not_make_is_never_pruned(sold: World) -> None:
    sold.rows("UPDATE ota_rate_plans SET rate_plan_id = 'THEIRS' WHERE rate_plan_id = 'NREF'")
    sold.apply()
    assert sold.operations("--prune") == []


def test_a_plan_that_goes_on_under_another_key_is_not_pruned(sold: World) -> None:
    text = (sold.folder / HOTEL).read_text(encoding="utf-8")
    (sold.folder / HOTEL).write_text(text.replace("NREF", "SAVER"), encoding="utf-8")
    assert [address for address in sold.addresses("--prune") if "NREF" in address] == []


def test_a_saved_plan_prunes_what_was_reviewed_and_deletions_are_counted(sold: World) -> None:
    without(sold, *NREF)
    assert "are retired (--prune)" in sold.run("plan", "--prune", "--out", "plan.json").out
    sold.settings("policies: {blast_radius: {deletions: 1}}")
    sold.edit("reconciler.yaml", "development: {", "development: {allow_prune: true, ")
    refused = sold.run("plan", "--prune")
    assert refused.code == 3
    assert "deletions" in refused.out
    sold.settings()
    sold.edit("reconciler.yaml", "development: {", "development: {allow_prune: true, ")
    assert sold.run("apply", "plan.json").code == 0
    assert sold.rows("SELECT count(*) FROM ota_rate_plans WHERE NOT is_active") == [(2,)]


def test_where_the_environment_does_not_allow_it_pruning_is_wrong_usage(world: World) -> None:
    world.apply()
    without(world, *NREF)
    before = everything(world)
    for verb in (["plan"], ["apply", "--auto-approve"]):
        refused = world.run(*verb, "--prune")
        assert refused.code == 64
        assert "--prune is not allowed in environment `development`" in refused.err
    assert everything(world) == before
