"""Alerts: told once when something is new, again when it changes, and when it is over; with their age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.world import EXPEDIA, World

ROWS = "SELECT provider, alert_type, severity, is_resolved FROM public.ota_config_alerts ORDER BY created_at, id"
PROPERTY = "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11"


def recorded(world: World, *arguments: str, code: int = 0, days: int = 0) -> dict[str, list[dict[str, Any]]]:
    at = (world.now + timedelta(days=days)).isoformat()
    result = world.run("drift", "--record", "--format", "json", "--as-of", at, *arguments)
    assert result.code == code, result.out + result.err
    return {edge: told for edge, told in result.json["alerts"].items() if told}


def listed(world: World, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.run("alerts", "list", "--format", "json", *arguments).json["alerts"]
    return found


def change_price(world: World, amount: str, night: int = 3) -> None:
    nights = {"from": world.night(night), "until": world.night(night + 1)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": "880011A", **nights, "set": {"price": amount}})


def test_what_is_new_is_told_once_and_what_changes_and_ends_is_told_again(world: World) -> None:
    world.apply()
    assert recorded(world) == {}
    change_price(world, "99.00")
    (new,) = recorded(world)["new"]
    assert (new["provider"], new["type"], new["subject"]) == (
        "expedia",
        "drift",
        "lisbon-baixa/expedia/rates/double/BAR",
    )
    assert new["message"] == f"rates/double/BAR at expedia: changed out there, 1 night(s) from {world.night(3)} on"
    assert list(recorded(world)) == ["standing"]
    change_price(world, "98.00")
    assert list(recorded(world)) == ["changed"]
    assert world.rows(ROWS) == [("expedia", "drift", "warning", False)]
    world.apply()
    assert list(recorded(world)) == ["cleared"]
    assert world.rows(ROWS) == [("expedia", "drift", "warning", True)]
    assert world.rows("SELECT reason FROM reconciler.alerts WHERE resolved_at IS NOT NULL") == [("over",)]
    assert recorded(world) == {}


def test_nights_that_pass_are_no_change_and_age_counts_from_the_first_time(world: World) -> None:
    world.apply()
    change_price(world, "99.00", 1)
    change_price(world, "99.00", 9)
    recorded(world)
    assert list(recorded(world, days=4)) == ["standing"]
    (alert,) = listed(world, "--as-of", (world.now + timedelta(days=4)).isoformat())
    assert alert["age_seconds"] == 4 * 86400
    assert "4 days" in world.run("alerts", "list", "--as-of", (world.now + timedelta(days=4)).isoformat()).out


def test_what_was_not_looked_at_is_not_over(world: World) -> None:
    world.apply()
    change_price(world, "99.00")
    recorded(world)
    world.apply()
    assert recorded(world, "--target", "*/booking.com/**").get("cleared") is None
    world.sandbox.admin.fault("status", {"provider": "expedia", "times": 0}, status=500)
    down = recorded(world, code=1)
    assert [one["type"] for one in down["new"]] == ["target_failed"]
    assert [one["type"] for one in down["standing"]] == ["drift"]
    world.sandbox.admin.clear_faults()
    assert sorted(one["type"] for one in recorded(world)["cleared"]) == ["drift", "target_failed"]


def test_a_change_on_both_sides_is_a_conflict_and_one_in_git_alone_is_none(world: World) -> None:
    world.apply()
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: 121.00")
    assert recorded(world) == {}
    change_price(world, "99.00")
    assert [one["type"] for one in recorded(world)["new"]] == ["conflict"]


def test_an_alert_is_resolved_by_hand_and_what_still_stands_is_told_anew(world: World) -> None:
    world.apply()
    change_price(world, "99.00")
    recorded(world)
    (alert,) = listed(world)
    wrong = world.run("alerts", "resolve", alert["id"][:8], "zzz", "--reason", "no")
    assert (wrong.code, len(listed(world))) == (64, 1)
    done = world.run("alerts", "resolve", alert["id"][:8], "--reason", "the extranet was right")
    assert (done.code, listed(world)) == (0, [])
    assert world.rows("SELECT reason FROM reconciler.alerts") == [("the extranet was right",)]
    assert list(recorded(world)) == ["new"]


def test_alerts_of_other_programs_are_listed_and_left_to_them(world: World) -> None:
    world.apply()
    world.seed()
    world.rows(
        "INSERT INTO public.ota_config_alerts (property_id, provider, alert_type, severity, message)"
        " VALUES (%s, 'expedia', 'credential_expiring', 'warning', 'API credentials will expire in 30 days') RETURNING id",
        PROPERTY,
    )
    recorded(world)
    (alert,) = listed(world)
    assert (alert["property"], alert["type"], alert["ours"]) == ("lisbon-baixa", "credential_expiring", False)
    assert listed(world, "--property", "lisbon-baixa") == [alert]
    assert listed(world, "--target", "*/expedia/**") == [], "it names no address"
    assert world.run("alerts", "resolve", alert["id"], "--reason", "rotated").code == 0
    assert listed(world) == []


def test_a_row_that_another_program_resolved_is_over(world: World) -> None:
    world.apply()
    change_price(world, "99.00")
    recorded(world)
    world.rows("UPDATE public.ota_config_alerts SET is_resolved = true RETURNING id")
    assert list(recorded(world)) == ["new"]
    world.rows("DELETE FROM public.ota_config_alerts RETURNING id")
    assert list(recorded(world)) == ["new"]
    assert len(listed(world)) == 1


@pytest.mark.parametrize("narrowed", [("--window", "5"), ("--distrust", "**")])
def test_a_narrowed_look_says_nothing_of_what_is_over(world: World, narrowed: tuple[str, ...]) -> None:
    assert world.run("drift", "--record", *narrowed).code == 64


def test_without_record_nothing_is_written(world: World) -> None:
    world.apply()
    change_price(world, "99.00")
    result = world.run("drift", "--format", "json")
    assert "alerts" not in result.json
    assert world.rows(ROWS) == []
