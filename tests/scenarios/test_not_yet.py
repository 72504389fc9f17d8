"""What files may say and this version does not do is told, never passed over."""

from __future__ import annotations

from tests.scenarios.world import World


def codes(world: World, *arguments: str) -> set[str]:
    return {finding["code"] for finding in world.run(*arguments, "--format", "json").json["findings"]}


def test_a_check_with_a_parameter_it_does_not_know_fails_validate(world: World) -> None:
    world.settings("policies: {blast_radius: {operation: 3}}")
    assert world.run("validate").code == 1
    (finding,) = world.run("validate", "--format", "json").json["findings"]
    assert (finding["code"], finding["hint"]) == ("unknown-key", "did you mean `operations`?")
    assert (finding["file"], finding["line"] > 0, finding["column"] > 0) == ("reconciler.yaml", True, True)
