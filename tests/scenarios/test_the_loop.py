"""The whole loop: plan, apply, an empty plan, drift."""

from __future__ import annotations

from tests.scenarios.world import BOOKING, EXPEDIA, World


def test_apply_then_plan_is_empty_at_every_target(world: World) -> None:
    first = world.plan()
    assert {op["address"].split("/")[1] for op in first["operations"]} == {"database", "expedia", "booking.com"}
    world.apply()
    assert world.addresses() == []
    assert world.run("plan", "--detailed-exitcode").code == 0


def test_a_second_apply_changes_nothing(world: World) -> None:
    world.apply()
    world.sandbox.admin.clear_log()
    assert world.run("apply", "--auto-approve").code == 0
    assert world.messages("expedia") == world.messages("booking.com") == []


def test_a_price_changed_by_hand_is_drift_with_both_values_and_a_plan_puts_it_right(world: World) -> None:
    world.apply()
    nights = {"from": world.night(3), "until": world.night(5)}
    world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": "880011A", **nights, "set": {"price": "99.00"}})
    result = world.run("drift", "--format", "json")
    (difference,) = result.json["differences"]
    assert difference["address"] == "lisbon-baixa/expedia/rates/double/BAR"
    assert difference["mover"] == "there"
    assert difference["observed"][0]["value"] == {"price": "99.00"}
    assert world.addresses() == ["lisbon-baixa/expedia/rates/double/BAR"]
    world.apply()
    assert world.run("drift", "--detailed-exitcode").code == 0


def test_a_booking_moves_nothing(world: World) -> None:
    world.apply()
    stay = {"arrival": world.night(3), "departure": world.night(6)}
    world.sandbox.admin.book("expedia", EXPEDIA, room="30011", rate_plan="880011A", **stay)
    world.sandbox.admin.book("booking.com", BOOKING, room="90100101", rate_plan="77001", **stay)
    assert world.addresses() == []
    assert world.run("drift", "--detailed-exitcode").code == 0
