"""What safe running assumes: what can be seen is looked at, what cannot is said."""

from __future__ import annotations

from typing import Any

from tests.scenarios.test_units import book
from tests.scenarios.world import BOOKING, EXPEDIA, World


def looked_at(world: World, *arguments: str, code: int = 0) -> dict[tuple[str | None, str], dict[str, Any]]:
    result = world.run("doctor", "--format", "json", "--as-of", world.now.isoformat(), *arguments)
    assert result.code == code, result.out + result.err
    return {(one["property"], one["subject"]): one for one in result.json["examined"] if one["verdict"] != "ok"}


def test_where_all_is_well_everything_is_looked_at_and_nothing_is_wrong(world: World) -> None:
    world.apply()
    assert looked_at(world) == {}
    said = world.run("doctor", "--as-of", world.now.isoformat()).out
    for subject in (
        "files",
        "environment",
        "clock, the database",
        "database",
        "other writers, expedia",
        "earlier runs",
    ):
        assert subject in said


def test_counts_that_somebody_else_wrote_are_found(world: World) -> None:
    world.apply()
    nights = {"from": world.night(3), "until": world.night(5)}
    world.sandbox.admin.change("booking.com", BOOKING, {"room": "90100101", **nights, "set": {"left": 11}})
    found = looked_at(world)
    assert "double" in found["lisbon-baixa", "other writers, booking.com"]["message"]
    assert ("lisbon-baixa", "other writers, expedia") not in found


def test_units_sold_in_no_known_booking_are_found_until_they_are_pulled(world: World) -> None:
    world.apply()
    book(world, "expedia", arrival=world.night(3), departure=world.night(5))
    found = looked_at(world)
    assert "on 2 night(s)" in found["lisbon-baixa", "bookings, expedia"]["message"]
    assert world.run("bookings", "pull").code == 0
    assert looked_at(world) == {}


def test_credentials_that_are_refused_and_a_provider_that_is_down_are_wrong_and_the_rest_is_looked_at(
    world: World,
) -> None:
    world.apply()
    world.sandbox.admin.fault("status", {"provider": "booking.com", "times": 0}, status=500)
    found = looked_at(world, code=1)
    assert found["lisbon-baixa", "booking.com"]["verdict"] == "error"
    assert ("lisbon-baixa", "expedia") not in found
    world.sandbox.admin.clear_faults()
    world.sandbox.admin.fault("status", {"provider": "expedia", "times": 0}, status=401)
    assert looked_at(world, code=1)["lisbon-baixa", "expedia"]["verdict"] == "error"


def test_a_host_that_may_not_be_spoken_to_is_wrong(world: World) -> None:
    here = f'expedia: {{endpoints: {{local: "{world.sandbox.url}"'
    world.edit("reconciler.yaml", here, 'expedia: {endpoints: {local: "https://nobody.example"')
    found = looked_at(world, code=1)[None, "endpoints, expedia"]
    assert (found["verdict"], "nobody.example" in found["message"]) == ("error", True)


def test_a_contracted_base_is_doubtful(world: World) -> None:
    world.apply()
    nights = {"from": world.night(3), "until": world.night(5)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"room": "30011", **nights, "set": {"base": 3}})
    assert "contracted base" in str(looked_at(world)["lisbon-baixa", "expedia"]["message"])


def test_what_an_earlier_run_left_open_is_found(world: World) -> None:
    world.apply()
    world.rows("UPDATE reconciler.operations SET outcome = NULL RETURNING seq")
    assert "not settled" in looked_at(world)["lisbon-baixa", "earlier runs"]["message"]


def test_bad_files_are_said_and_the_database_is_looked_at_all_the_same(world: World) -> None:
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: cheap")
    assert set(looked_at(world, code=1)) == {(None, "files")}


def test_a_database_of_another_environment_is_wrong(world: World) -> None:
    world.apply()
    assert any(
        "belongs to environment" in one["message"] for one in looked_at(world, "--env", "elsewhere", code=1).values()
    )
