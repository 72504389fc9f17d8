"""A plan against a snapshot says what a plan says, touches nothing, guesses nothing, and is never applied."""

from __future__ import annotations

import json
import random
import socket
from datetime import timedelta
from typing import Any, NoReturn

import psycopg
import pytest

from reconciler.engine import plan_file
from reconciler.errors import RefusedError
from reconciler.report import plan as plan_report
from reconciler.report import terminal
from reconciler.wiring import offline as wiring
from tests.scenarios.world import HOTEL, Result, World

FILE = "properties/lisbon-baixa.yaml"
Edits = tuple[tuple[str, str], ...]

HALF = """
rate_plans:
  HALF:
    name: Half Board
    type: half_board
    cancellation: flex
    rates: {double: {default: 180.00}}
  BAR:"""
PRICE = ("default: 120.00", "default: 125.00")
DOUBLE = "double: {default: {direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}"
EDITS: dict[str, Edits] = {
    "nothing": (),
    "a price": (PRICE,),
    "restrictions": (("min_stay: 3", "min_stay: 4"),),
    "allocation": ((DOUBLE, DOUBLE.replace("8", "6").replace("7", "9")),),
    "allocation that moves": (
        (
            DOUBLE,
            f"{DOUBLE[:-1].replace('8, booking.com: 7', '6, booking.com: 9')}, mode: dynamic, bounds: {{expedia: 3..7}}}}",
        ),
    ),
    "a retired plan": (("    type: non_refundable\n", "    type: non_refundable\n    retired: true\n"),),
    "a suspension": (PRICE, ("horizon: 40", "horizon: 40\nsuspend: {reason: Moving, until: 2031-02-01T00:00}")),
    "less that git owns": (PRICE, ("horizon: 40", "horizon: 40\nmanage: {rates: false}")),
    "a plan that is to be made": (
        ('NREF: {double: "880021A"}', 'NREF: {double: "880021A"}, HALF: {double: create}'),
        ('NREF: "77002"', 'NREF: "77002", HALF: create'),
        ('meals: {breakfast: "1"}', 'meals: {breakfast: "1", half_board: "2"}'),
        ("\nrate_plans:\n  BAR:", HALF),
    ),
    "a renamed plan": (
        ("  NREF:\n", "  SAVER:\n    moved: {from: NREF}\n"),
        ("NREF: {double", "SAVER: {double"),
        ('NREF: "77002"', 'SAVER: "77002"'),
    ),
}
VANISHED: Edits = (
    (', NREF: {double: "880021A"}', ""),
    (', NREF: "77002"', ""),
    (HOTEL[HOTEL.index("  NREF:\n") :], ""),
)
ELSEWHERE: Edits = (('NREF: {double: "880021A"}', 'NREF: {double: "880099A"}'), PRICE)


def snapshot(world: World, *arguments: str) -> None:
    result = world.run("snapshot", "--out", "snapshot.json", *arguments)
    assert result.code == 0, result.out + result.err


def offline(world: World, *arguments: str) -> Result:
    return world.run("plan", "--offline", "snapshot.json", *arguments)


def planned(result: Result) -> dict[str, Any]:
    """What a plan says, without what only an offline plan has."""
    assert result.out, result.err
    plan: dict[str, Any] = result.json
    return {key: value for key, value in plan.items() if key not in ("offline", "digest")}


def same(world: World, *arguments: str) -> dict[str, Any]:
    """The plan, which is the same against the snapshot."""
    online = planned(world.run("plan", "--format", "json", *arguments))
    assert planned(offline(world, "--format", "json", *arguments)) == online
    return online


def edited(world: World, edits: Edits) -> None:
    world.hotel()
    for old, new in edits:
        world.edit(FILE, old, new)


def shown(world: World, name: str) -> str:
    file = world.folder / name
    return terminal.render(plan_report.build(plan_file.loads(file.read_text(encoding="utf-8"))[0]))


def findings(result: Result, code: str) -> list[dict[str, Any]]:
    return [finding for finding in planned(result)["findings"] if finding["code"] == code]


def test_every_edit_gives_the_plan_that_looking_gives(world: World) -> None:
    world.apply()
    snapshot(world)
    for what, edits in EDITS.items():
        edited(world, edits)
        found = same(world)
        assert bool(found["operations"]) == (what != "nothing" and what != "a suspension"), (what, found["findings"])


def test_any_edit_of_a_world_that_was_never_applied_or_changed_by_hand_does(world: World) -> None:
    chance = random.Random(7)
    snapshot(world)
    assert same(world)["operations"]
    world.apply()
    nights = {"from": world.night(2), "until": world.night(9)}
    world.sandbox.admin.change("expedia", "16636843", {"rate_plan": "880011A", **nights, "set": {"price": "99.00"}})
    world.run("close", "--property", "lisbon-baixa", "--room", "suite", "--reason", "Painted", "--from", world.night(3))
    snapshot(world)
    for _ in range(4):
        price, stay, units = chance.randint(80, 300), chance.randint(1, 6), chance.randint(1, 8)
        edited(
            world,
            (
                ("default: 120.00", f"default: {price}.50"),
                ("min_stay: 3", f"min_stay: {stay}"),
                ("expedia: 8, booking.com: 7", f"expedia: {units}, booking.com: {15 - units}"),
                ("change: -15%", f"change: -{chance.randint(1, 40)}%"),
            ),
        )
        assert same(world)["operations"]


def test_nothing_is_touched_and_nothing_of_the_environment_is_needed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.apply()
    snapshot(world)
    world.edit(FILE, *PRICE)

    def forbidden(*_: Any, **__: Any) -> NoReturn:
        raise AssertionError("something outside was touched")

    asked = len(world.sandbox.admin.log())
    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", forbidden)
        patch.setattr(socket, "getaddrinfo", forbidden)
        patch.setattr(psycopg, "connect", forbidden)
        patch.setattr("reconciler.credentials.references.resolve", forbidden)
        patch.setattr(world, "environ", {})
        patch.setattr(world, "database", "postgresql://nobody:nothing@nowhere.invalid/none")
        result = offline(world)
    assert result.code == 0, result.out + result.err
    assert "to update" in result.out
    assert len(world.sandbox.admin.log()) == asked
    with pytest.raises(RefusedError):
        wiring._Nothing().send(None, repeatable=True)  # type: ignore[arg-type]


def test_an_offline_plan_says_so_first_and_is_never_applied(world: World) -> None:
    world.apply()
    snapshot(world)
    world.edit(FILE, *PRICE)
    world.now += timedelta(hours=3)
    result = offline(world, "--out", "plan.json")
    assert result.code == 0, result.err
    assert "Planned offline against a snapshot of 2031-01-13 09:00" in "\n".join(result.out.splitlines()[:4])
    assert "3 hours old" in result.out
    for command in (("apply", "plan.json"), ("plan", "--reviewed", "plan.json")):
        refused = world.run(*command)
        assert (refused.code, "made offline" in refused.err) == (4, True), refused.err
    assert "cannot be applied" in shown(world, "plan.json")
    assert world.addresses()


def test_what_the_snapshot_does_not_speak_of_is_told_and_left_out(world: World) -> None:
    world.apply()
    snapshot(world, "--property", "lisbon-baixa")
    second = HOTEL.replace("0b9f6a5e", "1b9f6a5e").replace("7d3b1f0c", "8d3b1f0c").replace("11e2ab0d", "21e2ab0d")
    second = second.replace("16636843", "16636844").replace("8011855", "8011856").replace("Baixa", "Alfama")
    world.hotel(second, "lisbon-alfama")
    edited(world, ELSEWHERE)
    result = offline(world, "--format", "json")
    assert result.code == 0, result.err
    told = {finding["address"] for finding in findings(result, "not-in-snapshot")}
    assert told == {"lisbon-alfama", "lisbon-baixa/expedia/double/NREF", "_workspace/database"}
    changed = {op["address"] for op in result.json["operations"]}
    assert "lisbon-baixa/expedia/rates/double/BAR" in changed
    assert not [address for address in changed if "alfama" in address or "expedia/rates/double/NREF" in address]
    (world.folder / FILE).unlink()
    assert "No changes." not in offline(world).out


def test_nights_behind_the_snapshot_are_left_out_and_its_age_is_told(world: World) -> None:
    world.apply()
    snapshot(world)
    world.edit(FILE, *PRICE)
    world.now += timedelta(days=2)
    result = offline(world, "--format", "json")
    assert "2 night(s) from 2031-02-22 on" in findings(result, "beyond-snapshot")[0]["message"]
    assert not findings(result, "old-snapshot")
    nights = [run for op in result.json["operations"] if isinstance(op["after"], list) for run in op["after"]]
    assert (min(run["from"] for run in nights), max(run["until"] for run in nights)) == ("2031-01-15", "2031-02-21")
    world.now += timedelta(days=6)
    assert findings(offline(world, "--format", "json"), "old-snapshot")
    world.now += timedelta(days=60)
    assert findings(offline(world, "--format", "json"), "not-in-snapshot")
    assert "earlier moment" in offline(world, "--as-of", "2031-01-01").err


def test_a_target_that_cannot_be_read_is_left_out_of_both(world: World) -> None:
    world.apply()
    world.sandbox.admin.fault("status", {"provider": "expedia", "times": 0}, status=500, body="down")
    result = world.run("snapshot", "--out", "snapshot.json")
    assert (result.code, "target-failed" in result.out) == (1, True)
    world.edit(FILE, *PRICE)
    result = offline(world, "--format", "json")
    assert [finding["address"] for finding in findings(result, "not-in-snapshot")] == ["lisbon-baixa/expedia"]
    assert {op["address"].split("/")[1] for op in result.json["operations"]} == {"database", "booking.com"}


def test_policies_judge_an_offline_plan_and_scope_holds(world: World) -> None:
    world.settings("policies:\n  rate_step: {percent: 1}")
    world.edit("reconciler.yaml", "development: {", "development: {allow_prune: true, ")
    world.apply()
    snapshot(world)
    edited(world, VANISHED)
    assert same(world, "--prune")["operations"]
    edited(world, (PRICE,))
    assert offline(world).code == 3
    assert offline(world, "--consent", "rate_step").code == 0
    same(world, "--target", "*/expedia/**", "--window", "5")
    same(world, "--distrust", "*/booking.com/rates/**")


def test_the_same_world_gives_the_same_bytes_and_other_flags_do_not_fit(world: World) -> None:
    world.apply()
    snapshot(world)
    first = (world.folder / "snapshot.json").read_bytes()
    snapshot(world)
    assert (world.folder / "snapshot.json").read_bytes() == first
    assert offline(world, "--reviewed", "snapshot.json").code == 64
    assert offline(world, "--database", "embedded").code == 64
    assert offline(world, "--env", "elsewhere").code == 1
    held = json.loads(first)["properties"]["lisbon-baixa"]
    assert set(held["targets"]) == {"booking.com", "database", "expedia"}
