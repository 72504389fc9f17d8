"""What is retired in git is closed and switched off by a plan; what merely vanishes is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.world import BOOKING, EXPEDIA, World


def closed_everywhere(world: World, provider: str, hotel_id: str) -> bool:
    hotel = world.sandbox.admin.hotel(provider, hotel_id)
    nights: list[dict[str, Any]] = [run for room in hotel["rooms"] for run in room.get("closed", [])]
    return bool(nights) and all(run["value"] is True for run in nights)


@pytest.mark.parametrize("where", ["property", "provider"])
def test_a_retired_property_is_closed_at_its_providers_and_switched_off(world: World, where: str) -> None:
    world.apply()
    if where == "property":
        world.edit("properties/lisbon-baixa.yaml", "kind: Property\n", "kind: Property\nretired: true\n")
    else:
        world.edit("properties/lisbon-baixa.yaml", "expedia: {property_id:", "expedia: {retired: true, property_id:")
    world.apply("--consent", "blast_radius")
    assert world.addresses() == []
    assert closed_everywhere(world, "expedia", EXPEDIA)
    assert closed_everywhere(world, "booking.com", BOOKING) is (where == "property")
    enabled = dict(world.rows("SELECT provider, is_enabled FROM third_party_integrations"))
    assert enabled == {"expedia": False, "booking.com": where != "property"}


def test_a_file_that_vanishes_deletes_and_closes_nothing(world: World) -> None:
    world.apply()
    before = world.sandbox.admin.hotel("expedia", EXPEDIA)
    (world.folder / "properties" / "lisbon-baixa.yaml").unlink()
    assert world.addresses() == []
    assert world.run("apply", "--auto-approve").code == 0
    assert world.sandbox.admin.hotel("expedia", EXPEDIA) == before
    inactive = world.rows("SELECT count(*) FROM ota_rate_plans WHERE NOT is_active")
    assert inactive == [(0,)]
