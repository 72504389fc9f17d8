"""A snapshot lets a plan be made without looking at anything, and it is the plan that would be made by looking."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from reconciler.engine import snapshot_file
from tests.scenarios import canaries
from tests.scenarios.world import World

FILE = "properties/lisbon-baixa.yaml"


@contextmanager
def alone(world: World) -> Iterator[None]:
    """No socket, no variable with a secret, no database."""
    environ, database = dict(world.environ), world.database
    world.environ.clear()
    world.database = "postgresql://127.0.0.1:1/nothing"
    with patch.object(socket.socket, "connect", side_effect=AssertionError("something was looked at")):
        yield
    world.environ |= environ
    world.database = database


def snapshot(world: World) -> str:
    file = str(world.folder / "snapshot.json")
    result = world.run("snapshot", "--out", file, "--as-of", world.now.isoformat())
    assert result.code == 0, result.out + result.err
    return file


def offline(world: World, file: str, *arguments: str) -> dict[str, Any]:
    with alone(world):
        return world.plan("--offline", file, *arguments)


EDITS = {
    "nothing": ("", ""),
    "a price": ("default: 120.00", "default: 125.00"),
    "a rule of stay": ("min_stay: 3", "min_stay: 4"),
    "who may sell how many": ("{direct: 5, expedia: 8", "{direct: 7, expedia: 6"),
    "a new plan": (
        "  NREF:\n",
        "  LONG: {type: long_stay, cancellation: flex, derive: {from: BAR}, rooms: [double]}\n  NREF:\n",
    ),
    "a retired room": ("name: Suite, units: 6,", "name: Suite, units: 6, retired: true,"),
    "a suspension": ("currency: EUR\n", "currency: EUR\nsuspend: {reason: storm, until: 2031-02-01T00:00}\n"),
}


def test_it_is_the_plan_that_looking_would_give(world: World) -> None:
    world.apply()
    world.sandbox.admin.book(
        "expedia", "16636843", room="30011", rate_plan="880011A", arrival=world.night(3), departure=world.night(5)
    )
    world.settings("policies: {rate_step: {percent: 2}}")
    file = snapshot(world)
    text = (world.folder / FILE).read_text("utf-8")
    for what, (old, new) in EDITS.items():
        edited = text.replace(old, new, 1) if old else text
        if what == "a new plan":
            for mapped, id_ in (('NREF: {double: "880021A"}', "{double: create}"), ('NREF: "77002"', "create")):
                edited = edited.replace(mapped, f"{mapped}, LONG: {id_}")
        (world.folder / FILE).write_text(edited, "utf-8")
        online, made = world.plan(), offline(world, file)
        assert made["operations"] == online["operations"], what
        assert made["findings"] == online["findings"], what
        assert made["messages"] == online["messages"], what
        assert made["coverage"] == online["coverage"], what
        assert bool(made["operations"]) == (what not in ("nothing", "a suspension")), what


def test_it_is_never_applied(world: World) -> None:
    world.apply()
    file = snapshot(world)
    world.edit(FILE, "default: 120.00", "default: 125.00")
    saved = str(world.folder / "plan.json")
    with alone(world):
        result = world.run("plan", "--offline", file, "--out", saved)
    assert "Made offline, against what was there at 2031-01-13 09:00:00 UTC" in result.out
    for command in (("apply", saved), ("plan", "--reviewed", saved)):
        result = world.run(*command)
        assert (result.code, "the plan was made offline" in result.err) == (4, True)


def test_what_was_not_there_or_was_mapped_otherwise_is_told_and_left_out(world: World) -> None:
    world.apply()
    file = snapshot(world)
    text = (world.folder / FILE).read_text("utf-8")
    other = text.replace("id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "id: 5c7b1d3a-2f4e-4d6b-9a80-1c2d3e4f5a6b")
    for id_ in ("16636843", "8011855", "7d3b1f0c", "11e2ab0d"):
        other = other.replace(id_, f"{id_[:-1]}9")
    world.hotel(other, "porto-ribeira")
    world.edit(FILE, 'suite: "880012A"', 'suite: "880099A"')
    world.edit(FILE, "default: 120.00", "default: 125.00")
    made = offline(world, file)
    told = {finding["code"]: finding["message"] for finding in made["findings"]}
    assert "it was not there when the snapshot was taken" in told["not-in-snapshot"]
    assert "suite BAR was not mapped so" in told["mapped-but-missing"]
    assert {op["address"].split("/")[0] for op in made["operations"]} == {"lisbon-baixa"}
    assert not any(
        "expedia/rates/suite" in op["address"] and "database" not in op["address"] for op in made["operations"]
    )


def test_it_holds_no_secret_and_whoever_changes_it_is_found_out(world: World) -> None:
    world.apply()
    file = snapshot(world)
    text = (world.folder / "snapshot.json").read_text("utf-8")
    assert canaries.in_text(text) == []
    assert snapshot_file.dumps(snapshot_file.loads(text)) == text
    data = json.loads(text)
    changes: tuple[dict[str, Any], ...] = (
        {"environment": "elsewhere"},
        {"format_version": 2},
        {"properties": []},
        {"report": "plan"},
    )
    for change in changes:
        (world.folder / "snapshot.json").write_text(json.dumps(data | change), "utf-8")
        assert world.run("plan", "--offline", file).code == 1
    for text in ("", "[]", "{", "null", json.dumps(data)[:-9]):
        (world.folder / "snapshot.json").write_text(text, "utf-8")
        assert world.run("plan", "--offline", file).code == 1


@pytest.mark.parametrize("days", [1, 9])
def test_an_old_snapshot_is_told(world: World, days: int) -> None:
    world.apply()
    file = snapshot(world)
    with alone(world):
        made = world.plan("--offline", file, "--as-of", world.now.replace(day=13 + days).isoformat())
    assert [f["code"] for f in made["findings"] if f["code"] == "snapshot-old"] == (
        ["snapshot-old"] if days > 7 else []
    )


def test_another_environment_is_refused(world: World) -> None:
    world.apply()
    result = world.run("plan", "--offline", snapshot(world), "--env", "elsewhere")
    assert result.code == 1
    assert "the snapshot is of environment `development`" in result.err


def test_what_cannot_be_looked_at_is_told_and_the_rest_is_kept(world: World) -> None:
    world.apply()
    world.sandbox.admin.fault("status", {"provider": "expedia", "times": 0}, status=500)
    file = str(world.folder / "snapshot.json")
    result = world.run("snapshot", "--out", file, "--as-of", world.now.isoformat())
    assert (result.code, "target-failed" in result.out) == (1, True)
    world.sandbox.admin.clear_faults()
    world.edit(FILE, "default: 120.00", "default: 125.00")
    made = offline(world, file)
    assert {op["address"].split("/")[1] for op in made["operations"]} == {"database", "booking.com"}
