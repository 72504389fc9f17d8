"""Plans that Expedia derives itself: nothing is sent, and a price that is not git's is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.world import EXPEDIA, HOTEL, World

NREF = "880021"
FILE = "properties/lisbon-baixa.yaml"
LINKED = HOTEL.replace("    rooms: [double]\n", "    rooms: [double]\n    providers: {expedia: {linked: true}}\n")


@pytest.fixture
def linked(empty_world: World) -> World:
    """NREF follows BAR at Expedia, 15% below it, as git says."""
    empty_world.hotel(LINKED)
    empty_world.set_up_extranets()
    empty_world.seed()
    return empty_world


def told(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in found["findings"] if finding["code"] == "linked-price-differs"]


def derive_at_expedia(world: World, percent: int) -> None:
    hotel = world.sandbox.admin.hotel("expedia", EXPEDIA)
    (facts,) = [plan["facts"] for plan in hotel["rate_plans"] if plan["id"] == NREF]
    facts["ratePlanLinkage"]["rateDerivationRules"][0]["adjustmentValue"] = percent
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": f"{NREF}A", "facts": facts})


def test_a_linked_plan_with_gits_prices_is_sent_nothing_and_told_of_nothing(linked: World) -> None:
    assert told(linked.plan()) == []  # nothing is loaded yet, so there is nothing to compare
    linked.apply()
    sent = [str(entry) for entry in linked.messages("expedia")]
    assert any("880011A" in body for body in sent)
    assert not any(NREF in body for body in sent)
    found = linked.plan()
    assert (found["operations"], told(found)) == ([], [])


def test_a_linked_price_that_is_not_gits_is_told_in_plan_and_drift_and_changes_nothing(linked: World) -> None:
    linked.apply()
    derive_at_expedia(linked, -20)
    found = linked.plan()
    assert found["operations"] == []
    (finding,) = told(found)
    assert finding["severity"] == "warning"
    assert finding["address"] == "lisbon-baixa/expedia/rates/double/NREF"
    assert "40 night(s)" in finding["message"]
    assert "first 2031-01-13: 102.00 in git, 96.00 there" in finding["message"]
    drift = linked.run("drift", "--format", "json", "--detailed-exitcode")
    assert told(drift.json) == [finding]
    assert drift.code == 0


def test_while_the_plan_above_is_about_to_change_its_nights_are_not_told(linked: World) -> None:
    linked.apply()
    linked.edit(FILE, "default: 120.00", "default: 130.00")
    found = linked.plan()
    assert [op["address"] for op in found["operations"] if op["address"].split("/")[1] == "expedia"] == [
        "lisbon-baixa/expedia/rates/double/BAR",
        "lisbon-baixa/expedia/rates/suite/BAR",
    ]
    assert told(found) == []
    linked.apply()
    (finding,) = told(linked.plan())  # 110.50, which git alone rounds down
    assert "110.00 in git, 110.50 there" in finding["message"]


def test_a_plan_that_only_git_takes_for_linked_is_told_so(linked: World) -> None:
    linked.apply()
    alone = {"parent": None, "ratePlanLinkage": None}
    linked.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": f"{NREF}A", "facts": alone})
    by_hand = {"rate_plan": f"{NREF}A", "from": linked.night(2), "until": linked.night(4), "set": {"price": "99.00"}}
    linked.sandbox.admin.change("expedia", EXPEDIA, by_hand)
    (finding,) = told(linked.plan())
    assert "2 night(s)" in finding["message"]
    assert "does not derive this plan" in finding["hint"]


@pytest.mark.parametrize("text", ["manage: {rates: false}", "manage: {rates: create_only}"])
def test_where_prices_are_not_gits_to_keep_nothing_is_compared(linked: World, text: str) -> None:
    linked.apply()
    derive_at_expedia(linked, -20)
    linked.hotel(LINKED + text + "\n")
    assert told(linked.plan()) == []


def test_with_only_prices_in_scope_the_linked_ones_are_compared(linked: World) -> None:
    linked.apply()
    derive_at_expedia(linked, -20)
    assert len(told(linked.plan("--target", "*/expedia/rates/**"))) == 1
    assert told(linked.plan("--target", "*/expedia/availability/*")) == []
