"""`--changed-since` looks at the properties whose files changed, and at no other."""

from __future__ import annotations

import subprocess

from tests.scenarios.test_determinism import SECOND
from tests.scenarios.world import World


def git(world: World, *arguments: str) -> None:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=world.folder, check=True, capture_output=True)


def two_hotels_in_git(world: World) -> None:
    world.hotel(SECOND, "lisbon-alfama")
    world.set_up_extranets()
    world.seed()
    git(world, "init", "-q")
    git(world, "add", ".")
    git(world, "commit", "-q", "-m", "two hotels")


def test_only_the_property_whose_file_changed_is_planned(world: World) -> None:
    two_hotels_in_git(world)
    world.edit("properties/lisbon-alfama.yaml", "default: 120.00", "default: 125.00")
    plan = world.plan("--changed-since", "HEAD")
    assert plan["properties"] == ["lisbon-alfama"]
    assert plan["partial"] is True


def test_a_new_file_counts_and_an_unchanged_workspace_has_nothing_to_plan(world: World) -> None:
    two_hotels_in_git(world)
    result = world.run("plan", "--changed-since", "HEAD")
    assert (result.code, result.out) == (0, "")
    assert "No property changed" in result.err
    world.write("properties/_defaults.yaml", "kind: Defaults\nhorizon: 40\n")
    assert world.plan("--changed-since", "HEAD")["properties"] == ["lisbon-alfama", "lisbon-baixa"]


def test_a_change_of_the_workspaces_own_file_concerns_every_property(world: World) -> None:
    two_hotels_in_git(world)
    world.edit("reconciler.yaml", "*/15 * * * *", "*/20 * * * *")
    assert world.plan("--changed-since", "HEAD")["properties"] == ["lisbon-alfama", "lisbon-baixa"]


def test_a_revision_that_git_does_not_know_is_wrong_usage(world: World) -> None:
    two_hotels_in_git(world)
    assert world.run("plan", "--changed-since", "--output=x").code == 64
    assert world.run("plan", "--changed-since", "nowhere").code == 64
