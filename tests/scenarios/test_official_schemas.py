"""What our Expedia client sends, and what the local extranet answers, is valid by the official schemas."""

from __future__ import annotations

import os

import pytest

from tests.scenarios.official import assert_valid
from tests.scenarios.world import World


@pytest.mark.skipif(
    "OTA_REFERENCE" not in os.environ, reason="OTA_REFERENCE is not set: the official schemas are not at hand"
)
def test_every_message_of_a_whole_loop_is_valid_both_ways(world: World) -> None:
    world.apply()
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: 125.00")
    world.apply()
    log = world.sandbox.admin.log(provider="expedia")
    assert (
        sum(assert_valid(entry) for entry in log) >= 2 * sum(entry["operation"] in ("ar", "parr") for entry in log) > 0
    )
