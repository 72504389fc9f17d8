"""The burst pipe: a room off sale now, at every provider, whatever git says; and git's word again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.world import World

HOTEL = "properties/lisbon-baixa.yaml"


@pytest.fixture
def sold(world: World) -> World:
    """The hotel after its first apply."""
    world.apply()
    return world


def close(world: World, *arguments: str) -> Any:
    return world.run("close", "--property", "lisbon-baixa", "--reason", "Burst pipe", *arguments)


def findings(world: World, verb: str) -> dict[str, dict[str, Any]]:
    return {f["code"]: f for f in world.run(verb, "--format", "json").json["findings"]}


def availability(world: World, address: str) -> list[dict[str, Any]]:
    return [op for op in world.operations() if op["address"] == f"lisbon-baixa/{address}"]


def test_a_closed_room_is_off_sale_everywhere_and_no_plan_opens_it(sold: World) -> None:
    assert close(sold, "--room", "suite").code == 0
    plan = sold.plan()
    assert plan["operations"] == []
    told = {f["code"]: f for f in plan["findings"]}["closed-by-hand"]
    assert told["severity"] == "warning"
    assert "suite is closed by hand" in told["message"]
    assert "Burst pipe" in told["message"]
    assert sold.run("drift", "--detailed-exitcode").code == 0
    for provider in ("expedia", "booking.com"):
        seen = sold.run("runs", "--format", "json").json
        assert seen["runs"][0]["verb"] == "close"
        assert _closed_nights(sold, provider, "suite") == 40
        assert _closed_nights(sold, provider, "double") == 0


def _closed_nights(world: World, provider: str, room: str) -> int:
    """How many nights of the horizon the last word at the provider says closed."""
    rows = world.rows(
        "SELECT from_night, until_night, value FROM reconciler.applied WHERE address = %s",
        f"lisbon-baixa/{provider}/availability/{room}",
    )
    return sum((until - start).days for start, until, value in rows if value["closed"])


def test_the_first_lines_of_a_plan_say_it(sold: World) -> None:
    close(sold, "--room", "suite")
    sold.edit(HOTEL, "default: 120.00", "default: 125.00")
    lines = sold.run("plan").out.splitlines()
    told = next(number for number, line in enumerate(lines) if "suite is closed by hand" in line)
    first = next(number for number, line in enumerate(lines) if line.startswith("  ~"))
    assert told < first


def test_a_closing_sends_the_closing_and_nothing_else(sold: World) -> None:
    sold.edit(
        HOTEL,
        "default: {direct: 2, expedia: 2, booking.com: 2, overbooking: 0}",
        "default: {direct: 4, expedia: 1, booking.com: 1}",
    )
    sold.edit(HOTEL, "default: 120.00", "default: 125.00")
    before = len(sold.messages("expedia"))
    assert close(sold, "--room", "suite").code == 0
    sent = sold.messages("expedia")[before:]
    assert sent
    assert all("Inventory" not in str(message["body"]) and "PerDay" not in str(message["body"]) for message in sent)
    left = {op["address"].removeprefix("lisbon-baixa/") for op in sold.operations()}
    assert "expedia/availability/suite" in left


def test_closing_some_nights_leaves_the_others_on_sale(sold: World) -> None:
    assert close(sold, "--room", "suite", "--from", sold.night(3), "--through", sold.night(5)).code == 0
    assert _closed_nights(sold, "expedia", "suite") == 3
    assert _closed_nights(sold, "booking.com", "suite") == 3
    assert sold.operations() == []


def test_the_whole_property_is_closed_without_a_room(sold: World) -> None:
    assert close(sold).code == 0
    assert _closed_nights(sold, "expedia", "double") == _closed_nights(sold, "expedia", "suite") == 40


def test_open_lets_gits_word_hold_again(sold: World) -> None:
    close(sold, "--room", "suite")
    opened = sold.run("open", "--property", "lisbon-baixa", "--room", "suite")
    assert opened.code == 0, opened.err
    assert _closed_nights(sold, "expedia", "suite") == _closed_nights(sold, "booking.com", "suite") == 0
    assert sold.operations() == []
    assert "closed-by-hand" not in findings(sold, "plan")
    assert sold.run("open", "--property", "lisbon-baixa", "--room", "suite").code == 64


def test_when_git_says_the_same_it_is_a_note_and_opening_changes_nothing(sold: World) -> None:
    close(sold, "--room", "suite", "--through", sold.night(4))
    nights = f"{sold.night(0)}..{sold.night(4)}"
    sold.edit(
        HOTEL,
        "name: Suite, units: 6,",
        f"name: Suite, units: 6, closed: {{overrides: {{pipe: {{nights: {nights}, set: true}}}}}},",
    )
    told = findings(sold, "plan")["closed-by-hand"]
    assert told["severity"] == "info"
    assert "git says the same" in told["message"]
    before = len(sold.messages("expedia"))
    assert sold.run("open", "--property", "lisbon-baixa").code == 0
    assert len(sold.messages("expedia")) == before
    assert sold.operations() == []


def test_a_suspension_does_not_stop_a_closing(sold: World) -> None:
    sold.edit(HOTEL, "horizon: 40", "horizon: 40\nsuspend: {reason: Moving, until: 2031-02-01T00:00}")
    assert close(sold, "--room", "suite").code == 0
    assert _closed_nights(sold, "expedia", "suite") == 40


def test_a_freeze_does_not_stop_a_closing(sold: World) -> None:
    sold.settings(
        "policies: {freeze: {now: {from: 2031-01-01T00:00, until: 2031-02-01T00:00}}, blast_radius: {operations: 0}}"
    )
    assert close(sold, "--room", "suite").code == 0
    assert _closed_nights(sold, "expedia", "suite") == 40


def test_a_provider_that_is_down_is_told_and_the_next_closing_finishes_it(sold: World) -> None:
    sold.sandbox.admin.fault("status", {"provider": "booking.com", "times": 0}, status=503)
    result = close(sold, "--room", "suite")
    assert result.code == 1
    assert "booking.com" in result.out + result.err
    assert _closed_nights(sold, "expedia", "suite") == 40
    sold.sandbox.admin.clear_faults()
    assert close(sold, "--room", "suite").code == 0
    assert _closed_nights(sold, "booking.com", "suite") == 40
    assert sold.operations() == []


def test_closing_twice_changes_nothing_and_keeps_its_beginning(sold: World) -> None:
    close(sold, "--room", "suite")
    since = sold.rows("SELECT since FROM reconciler.closures")
    again = close(sold, "--room", "suite")
    assert again.code == 0
    assert "nothing was left to be sent" in again.err
    assert sold.rows("SELECT since FROM reconciler.closures") == since


def test_a_booking_that_is_cancelled_does_not_open_a_closed_room(sold: World) -> None:
    close(sold, "--room", "suite")
    assert sold.operations() == []
    sold.now = sold.now.replace(day=14)
    sold.sandbox.admin.clock(frozen_at=sold.now.isoformat())
    entering = [op for op in sold.operations() if "availability/suite" in op["address"]]
    assert all(run["value"]["closed"] for op in entering for run in op["after"] if "closed" in run["value"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--room", "siute"],
        ["--through", "2031-01-01"],
        ["--from", "2031-13-01"],
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(sold: World, arguments: list[str]) -> None:
    assert close(sold, *arguments).code == 64
    assert sold.rows("SELECT count(*) FROM reconciler.closures") == [(0,)]
