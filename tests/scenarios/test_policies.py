"""Policies from the files to the exit code: refused, consented to, recorded, applied."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.errors import PolicyRefusedError
from reconciler.runtime.applying import check_fits
from reconciler.runtime.planning import make_plan
from reconciler.wiring import Options, site
from tests.scenarios.world import BOOKING, NOW, World

HOTEL = "properties/lisbon-baixa.yaml"


def codes(world: World, *arguments: str) -> dict[str, str]:
    """The severity by code of what the plan finds of checks."""
    found = world.plan(*arguments)["findings"]
    return {one["code"]: one["severity"] for one in found if one["code"].startswith("policy/")}


def test_a_step_that_is_too_large_is_refused_and_goes_out_with_consent(world: World) -> None:
    world.apply()
    world.settings("policies: {rate_step: {percent: 40}}")
    world.edit(HOTEL, "double: {default: 120.00", "double: {default: 12.00")
    world.sandbox.admin.clear_log()
    refused = world.run("plan", "--out", "plan.json")
    assert refused.code == 3
    assert "policies.rate_step.percent = 40" in refused.out
    assert "--consent rate_step" in refused.out
    applied = world.run("apply", "plan.json")
    assert (applied.code, "refused by rate_step: the price of" in applied.err) == (3, True)
    assert world.run("apply", "--auto-approve").code == 3
    assert world.messages("expedia") == world.messages("booking.com") == []
    assert world.run("plan", "--out", "plan.json", "--consent", "rate_step").code == 0
    saved = json.loads((world.folder / "plan.json").read_text("utf-8"))
    assert saved["consents"] == ["rate_step"]
    assert any("(consent given)" in one["message"] for one in saved["findings"])
    assert world.run("apply", "plan.json").code == 0
    assert world.addresses() == []


def test_an_old_violation_does_not_stop_a_change_that_has_nothing_to_do_with_it(world: World) -> None:
    world.apply()
    world.settings("policies: {rate_bounds: {floor: {EUR: 130.00}}, rate_parity: {}}")
    world.edit(HOTEL, "carnival: {min_stay: 3}", "carnival: {min_stay: 4}")
    assert codes(world) == {}
    world.edit(HOTEL, "weekend: 140.00", "weekend: 125.00")
    assert codes(world) == {"policy/rate_bounds": "error"}


def test_validate_tells_what_a_plan_would_refuse_at_its_line(world: World) -> None:
    world.settings("policies: {rate_bounds: {floor: {EUR: 130.00}}, inventory: {direct: 3}, rate_parity: {}}")
    world.edit(
        HOTEL,
        "derive: {from: BAR, change: -15%",
        "providers: {expedia: {change: +10%}}\n    derive: {from: BAR, change: -15%",
    )
    checked = world.run("validate", "--format", "json")
    assert checked.code == 0
    lines = (world.folder / HOTEL).read_text("utf-8").splitlines()
    at = {(one["code"], one["address"]): lines[one["line"] - 1].strip() for one in checked.json["findings"]}
    bounds, hotel = "policy/rate_bounds", "lisbon-baixa"
    assert at[bounds, f"{hotel}/expedia/rates/double/BAR"].startswith("double: {default: 120.00")
    assert at[bounds, f"{hotel}/booking.com/rates/double/NREF"].startswith("derive: {from: BAR, change: -15%")
    assert at["policy/rate_parity", f"{hotel}/expedia/rates/double/NREF"] == "providers: {expedia: {change: +10%}}"
    assert at["policy/inventory", f"{hotel}/database/allocation/suite"].startswith("suite: {default: {direct: 2")
    assert {one["severity"] for one in checked.json["findings"]} == {"warning"}


def test_a_rule_of_ones_own_refuses_by_its_name(world: World) -> None:
    world.settings(
        "policies:\n  custom:\n    cheap:\n"
        '      when: kind == "rates" && target != "database" && has(after.price) && after.price < 110\n'
        "      message: nothing is sold under 110\n"
    )
    assert codes(world) == {"policy/custom/cheap": "error"}
    slip = world.run("plan", "--consent", "custom/chaep")
    assert (slip.code, "did you mean `custom/cheap`?" in slip.err) == (64, True)
    assert world.run("plan", "--consent", "custom").code == 64
    assert world.run("plan", "--out", "plan.json", "--consent", "custom/cheap").code == 0
    assert world.run("apply", "plan.json").code == 0
    assert world.rows("SELECT summary -> 'consents' FROM reconciler.runs") == [(["custom/cheap"],)]


def test_a_rule_that_cannot_be_read_is_an_error_in_the_file(world: World) -> None:
    world.settings("policies: {custom: {cheap: {when: 'prise < 110', message: m}}}")
    for verb in ("validate", "plan", "apply"):
        told = world.run(verb)
        assert told.code == 1
        assert "bad-expression" in told.out + told.err
        assert "there is no `prise` (column 1 of the expression)" in told.out + told.err
    assert world.rows("SELECT count(*) FROM reconciler.runs") == [(0,)]


def test_a_room_that_guests_have_booked_is_not_closed_without_consent(world: World) -> None:
    world.apply()
    stay = {"arrival": world.night(3), "departure": world.night(4)}
    world.sandbox.admin.book("booking.com", BOOKING, room="90100102", rate_plan="77001", **stay)
    world.edit(HOTEL, "name: Suite, units: 6,", "name: Suite, units: 6, closed: true,")
    (told,) = [one for one in world.plan()["findings"] if one["code"] == "policy/blast_radius"]
    assert "booked_nights" in told["message"]
    assert "suite is closed at booking.com on 2031-01-16" in told["message"]
    world.settings("policies: {blast_radius: {allow: [booked_nights]}}")
    assert codes(world) == {}


def test_the_age_of_credentials_comes_from_the_hotels_database(world: World) -> None:
    world.settings("policies: {credential_age: {}}")
    assert codes(world) == {}  # nothing was written of them yet
    world.apply()
    world.edit(HOTEL, "double: {default: 120.00", "double: {default: 121.00")
    world.rows("UPDATE third_party_integrations SET created_at = %s", NOW - timedelta(days=70))
    assert codes(world) == {"policy/credential_age": "warning"}
    rotated = (
        "INSERT INTO integration_credential_history (property_id, provider, credentials, rotated_at) "
        "SELECT property_id, provider, '{}', %s FROM third_party_integrations WHERE provider = 'expedia'"
    )
    world.rows(rotated, NOW - timedelta(days=400))
    world.rows(rotated, NOW - timedelta(days=91))
    told = {one["address"]: one for one in world.plan()["findings"] if one["code"] == "policy/credential_age"}
    assert {address: one["severity"] for address, one in told.items()} == {
        "lisbon-baixa/expedia": "error",
        "lisbon-baixa/booking.com": "warning",
    }
    assert "last rotated 91 days ago" in told["lisbon-baixa/expedia"]["message"]
    world.rows(rotated, NOW - timedelta(days=1))
    assert codes(world) == {"policy/credential_age": "warning"}


def test_what_is_out_there_and_not_mapped_can_refuse_a_plan(world: World) -> None:
    world.settings("policies: {coverage: {}}")
    world.edit(HOTEL, ', suite: "30012"}', "}")
    world.edit(HOTEL, ', suite: "880012A"}', "}")
    assert codes(world) == {"policy/coverage": "warning"}
    world.settings("policies: {coverage: {severity: error}}")
    assert world.run("plan").code == 3
    world.settings("policies: {coverage: {severity: error, rooms: 50%, rates: 10%}}")
    assert world.run("plan").code == 0


def test_a_freeze_that_begins_after_the_plan_refuses_the_plan(world: World) -> None:
    world.settings("policies: {freeze: {fair: {from: 2031-01-13T10:00, until: 2031-01-14T10:00}}}")
    options = Options(world.folder, database=world.database, as_of=NOW)
    with site(options) as here:
        plan = make_plan(here)
        check_fits(here, plan)
        later = replace(here, now=NOW + timedelta(hours=1))
        with pytest.raises(PolicyRefusedError, match=r"refused by freeze: .*policies\.freeze\.fair"):
            check_fits(later, plan)
        check_fits(later, make_plan(later, ("freeze",)))
