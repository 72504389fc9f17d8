"""Who asks at Booking.com and how, and that a test environment says so in its messages."""

from __future__ import annotations

import pytest

from tests.scenarios.world import BOOKING, World

PLACE = "  booking.com: {endpoints:"
FILE = "properties/lisbon-baixa.yaml"


def tokens(world: World) -> int:
    return len(world.sandbox.admin.log(provider="booking.com", operation="token"))


def say(world: World, settings: str) -> None:
    """Adds to what the workspace says of Booking.com."""
    world.edit("reconciler.yaml", PLACE, f"  booking.com: {{{settings}, endpoints:")


@pytest.mark.parametrize(("auth", "asks_for_tokens"), [("token", True), ("basic", False)])
def test_the_whole_loop_runs_with_either_way_to_say_who_asks(world: World, auth: str, asks_for_tokens: bool) -> None:
    say(world, f"auth: {auth}")
    world.apply()
    assert world.messages("booking.com")
    assert world.addresses() == []
    assert bool(tokens(world)) is asks_for_tokens


def test_tokens_are_what_is_asked_for_where_nothing_is_said(world: World) -> None:
    assert world.operations()
    assert tokens(world)


def test_another_way_is_refused_by_name(world: World) -> None:
    say(world, "auth: oauth")
    result = world.run("validate")
    assert result.code == 1
    assert "auth" in result.out + result.err


@pytest.mark.parametrize(("test_mode", "target"), [("true", "Test"), ("false", "Production")])
def test_messages_of_a_test_environment_say_so(world: World, test_mode: str, target: str) -> None:
    world.edit("reconciler.yaml", "local, test_mode: true}", f"local, test_mode: {test_mode}, require_commit: false}}")
    world.edit(FILE, "name: Best Available Rate", "name: Best Flexible Rate")
    world.apply()
    sent = [entry["body"] for entry in world.messages("booking.com") if "/ota/" in entry["path"]]
    assert sent
    assert all(f'Target="{target}"' in body for body in sent)


@pytest.mark.parametrize("included", [True, False])
def test_import_counts_cancelled_bookings_as_the_account_counts_them(world: World, included: bool) -> None:
    say(world, f"booked_includes_cancelled: {str(included).lower()}")
    world.apply()
    world.sandbox.admin.switch(booking_booked_includes_cancelled=included)
    stay = {"arrival": world.night(3), "departure": world.night(6)}
    booking = world.sandbox.admin.book("booking.com", BOOKING, room="90100101", rate_plan="77001", **stay)
    world.sandbox.admin.cancel("booking.com", BOOKING, booking)
    (world.folder / FILE).unlink()
    place = ("--timezone", "Europe/Lisbon", "--currency", "EUR", "--country", "PT", "--as-of", world.now.isoformat())
    result = world.run("import", "--property", "lisbon-baixa", "--booking.com", BOOKING, *place)
    assert result.code == 0, result.out + result.err
    written = (world.folder / FILE).read_text(encoding="utf-8")
    assert "booking.com: 7" in written
    assert "booking.com: 8" not in written
