"""A plan against a snapshot says what a plan says, touches nothing, guesses nothing, and is never applied."""

from __future__ import annotations

from typing import Any

from tests.scenarios.world import Result, World

FILE = "properties/lisbon-baixa.yaml"


def snapshot(world: World, *arguments: str) -> None:
    result = world.run("snapshot", "--out", "snapshot.json", *arguments)
    assert result.code == 0, result.out + result.err


def offline(world: World, *arguments: str) -> Result:
    return world.run("plan", "--offline", "snapshot.json", *arguments)


def planned(result: Result) -> dict[str, Any]:
    """What a plan says, without what only an offline plan has."""
    assert result.out, result.err
    plan = result.json
    plan.pop("offline", None)
    plan.pop("digest")
    return dict(plan)


def same(world: World, *arguments: str) -> dict[str, Any]:
    """The plan, which is the same against the snapshot."""
    online = planned(world.run("plan", "--format", "json", *arguments))
    assert planned(offline(world, "--format", "json", *arguments)) == online
    return online


EDITS: dict[str, tuple[tuple[str, str], ...]] = {
    "nothing": (),
    "a price": (("default: 120.00", "default: 125.00"),),
    "restrictions": (("min_stay: 3", "min_stay: 4"),),
    "allocation": (
        (
            "{direct: 5, expedia: 8, booking.com: 7, overbooking: 2}",
            "{direct: 5, expedia: 6, booking.com: 9, overbooking: 2}",
        ),
    ),
    "a retired plan": (("    type: non_refundable\n", "    type: non_refundable\n    retired: true\n"),),
    "a suspension": (
        ("default: 120.00", "default: 125.00"),
        ("weekend: [fri, sat]\n", "weekend: [fri, sat]\nsuspended: {expedia: {reason: works, until: 2031-02-01}}\n"),
    ),
    "a plan that is to be made": (
        ('NREF: {double: "880021A"}', 'NREF: {double: "880021A"}, HALF: {double: create}'),
        ('NREF: "77002"', 'NREF: "77002", HALF: create'),
        (
            "rate_plans:\n  BAR:",
            "rate_plans:\n  HALF: {name: Half Board, type: half_board, cancellation: flex, rates: {double: {default: 180.00}}}\n  BAR:",
        ),
    ),
    "a renamed plan": (
        ("  NREF:\n", "  SAVER:\n    moved: {from: NREF}\n"),
        ("NREF: {double", "SAVER: {double"),
        ('NREF: "77002"', 'SAVER: "77002"'),
    ),
}


def test_every_edit_gives_the_plan_that_looking_gives(world: World) -> None:
    world.apply()
    snapshot(world)
    for what, edits in EDITS.items():
        world.hotel()
        for old, new in edits:
            world.edit(FILE, old, new)
        found = same(world)
        assert bool(found["operations"]) == bool(edits), (what, found["findings"])
