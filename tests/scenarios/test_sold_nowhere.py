"""A rate plan that is mapped at no provider."""

from __future__ import annotations

from tests.scenarios.world import World

FILE = "properties/lisbon-baixa.yaml"


def test_a_plan_that_is_sold_nowhere_is_a_warning_in_files_plan_and_drift(world: World) -> None:
    world.edit(FILE, ', NREF: "77002"', "")
    world.edit(FILE, ', NREF: {double: "880021A"}', "")
    validated = world.run("validate", "--format", "json")
    assert validated.code == 0
    found = [validated.json, world.plan(), world.run("drift", "--format", "json").json]
    told = [[one for one in report["findings"] if one["code"] == "plan-sold-nowhere"] for report in found]
    assert [len(one) for one in told] == [1, 1, 1]
    assert told[0][0]["line"] > 0
    assert "`NREF` is mapped at no provider" in told[1][0]["message"]
