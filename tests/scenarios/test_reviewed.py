"""After a merge the plan is made again: it is the one that was reviewed, or less because some of it is already so, or it is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.scenarios.world import EXPEDIA, Result, World

FILE = "properties/lisbon-baixa.yaml"


def review(world: World, *arguments: str) -> dict[str, Any]:
    world.apply()
    world.edit(FILE, "default: 120.00", "default: 125.00")
    result = world.run(
        "plan", "--out", str(world.folder / "reviewed.json"), "--as-of", world.now.isoformat(), *arguments
    )
    assert result.code in (0, 3), result.err
    saved: dict[str, Any] = json.loads((world.folder / "reviewed.json").read_text("utf-8"))
    return saved


def again(world: World, *arguments: str) -> Result:
    return world.run("plan", "--reviewed", str(world.folder / "reviewed.json"), *arguments)


def price_by_hand(world: World, price: str, first: int, last: int) -> None:
    nights = {"from": world.night(first), "until": world.night(last)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": "880011A", **nights, "set": {"price": price}})


def test_the_same_plan_is_as_reviewed_and_saved_to_be_applied(world: World) -> None:
    saved = review(world)
    addresses = {op["address"] for op in saved["operations"]}
    result = again(world, "--out", str(world.folder / "plan.json"))
    assert result.code == 0, result.err
    assert f"As reviewed: what changes at {len(addresses)} addresses." in result.out
    assert world.command("apply", str(world.folder / "plan.json")).code == 0
    assert world.addresses() == []


def test_what_is_already_so_is_less_and_as_reviewed(world: World) -> None:
    review(world)
    price_by_hand(world, "125.00", 0, 4)
    result = again(world)
    assert (result.code, "As reviewed" in result.out) == (0, True)
    world.apply("--target", "*/database/**")
    result = again(world)
    assert (result.code, "it is already so" in result.out) == (0, True)


def test_what_was_not_reviewed_is_named_and_nothing_is_saved(world: World) -> None:
    review(world)
    for what in ("a value out there", "another price", "another field"):
        match what:
            case "a value out there":
                price_by_hand(world, "99.00", 3, 4)
                address = "lisbon-baixa/expedia/rates/double/BAR"
            case "another price":
                price_by_hand(world, "120.00", 3, 4)
                world.edit(FILE, "default: 125.00", "default: 126.00")
                address = "lisbon-baixa/booking.com/rates/double/BAR"
            case _:
                world.edit(FILE, "default: 126.00", "default: 125.00")
                world.edit(FILE, "min_stay: 3", "min_stay: 4")
                address = "lisbon-baixa/expedia/restrictions/double/BAR"
        result = again(world, "--out", str(world.folder / "plan.json"))
        assert result.code == 4, what
        assert address in result.err, what
        assert "Not as reviewed" in result.out, what
        assert not (world.folder / "plan.json").exists()


def test_nights_that_passed_and_those_that_came_in_do_not_count(world: World) -> None:
    review(world)
    world.now += timedelta(days=2)
    result = world.run("plan", "--reviewed", str(world.folder / "reviewed.json"), "--format", "json")
    assert result.code == 0, result.out + result.err


def test_consents_and_scope_are_those_that_were_reviewed(world: World) -> None:
    world.settings("policies:\n  rate_step: {percent: 1}")
    review(world, "--consent", "rate_step", "--target", "*/expedia/rates/**")
    result = again(world)
    assert result.code == 0, result.out + result.err
    assert "Consent given to: rate_step" in result.out
    assert "lisbon-baixa/booking.com" not in result.out
    for flags in (("--property", "lisbon-baixa"), ("--consent", "rate_step"), ("--window", "3")):
        assert again(world, *flags).code == 64


def test_an_old_plan_and_one_of_another_environment_are_refused(world: World) -> None:
    review(world)
    assert again(world, "--env", "elsewhere").code == 4
    world.now += timedelta(days=8)
    assert "the plan is 8 days old" in again(world).err
