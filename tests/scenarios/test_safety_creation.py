"""Rate plans that are to be made: once, whatever becomes of the answer, and their ids reach the hotel's rows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios import killing
from tests.scenarios.world import BOOKING, EXPEDIA, World

FILE = "properties/lisbon-baixa.yaml"
HOTELS = {"expedia": EXPEDIA, "booking.com": BOOKING}


@pytest.fixture
def asking(empty_world: World) -> World:
    """A hotel whose non-refundable plan exists at no provider yet."""
    empty_world.hotel()
    empty_world.edit(FILE, 'NREF: {double: "880021A"}', "NREF: {double: create}")
    empty_world.edit(FILE, 'NREF: "77002"', "NREF: create")
    empty_world.set_up_extranets()
    empty_world.seed()
    return empty_world


def made(world: World, provider: str) -> list[dict[str, Any]]:
    """The non-refundable plans that there are at a provider."""
    hotel = world.sandbox.admin.hotel(provider, HOTELS[provider])
    found = [plan for key in ("rate_plans", "room_rates") for plan in hotel.get(key, [])]
    return [plan for plan in found if "Non-Refundable" in str(plan) or "NREF" in str(plan)]


def whole(world: World, provider: str) -> None:
    """One plan, its id in the binding and in the hotel's rows, and nothing left to do."""
    assert world.addresses() == []
    bound = world.rows("SELECT external_id FROM reconciler.bindings WHERE provider = %s", provider)
    assert len(bound) == 1
    rows = world.rows(
        "SELECT configuration ->> 'external_rate_plan_id' FROM ota_rate_plans WHERE provider = %s AND rate_plan_id = 'NREF'",
        provider,
    )
    assert rows == bound
    (id_,) = {plan["id"] for plan in made(world, provider)}
    assert bound[0][0].removesuffix("A") == id_, "Expedia names a plan with and without its distribution model"


def test_plans_are_made_once_and_their_ids_are_kept(asking: World) -> None:
    asking.apply()
    for provider in HOTELS:
        whole(asking, provider)


PLANS, PAIRS = "/hotels/ota/OTA_HotelRatePlanNotif", "/hotels/ota/OTA_HotelProductNotif"
RESOURCE = "/properties/16636843/roomTypes/30011/ratePlans"  # read and written: the making is one of its requests
REQUESTS = {"expedia": [(RESOURCE, 3), (RESOURCE, 4)], "booking.com": [(PLANS, 1), (PAIRS, 1), (PAIRS, 2)]}


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate"])
@pytest.mark.parametrize(("provider", "path", "nth"), [(p, *request) for p in REQUESTS for request in REQUESTS[p]])
def test_after_a_lost_answer_the_plan_is_found_and_not_made_twice(
    asking: World, provider: str, path: str, nth: int, kind: str
) -> None:
    asking.sandbox.admin.fault(kind, {"provider": provider, "path": path, "nth": nth})
    asking.run("apply", "--auto-approve")
    (hit,) = [entry for entry in asking.sandbox.admin.log(provider=provider) if entry["fault"] == kind]
    assert hit["method"] == "POST" or nth == 3, "the second of these two is the one that makes the plan"
    asking.sandbox.admin.clear_faults()
    asking.apply()
    whole(asking, provider)


@pytest.mark.parametrize("after", range(4, 20))
def test_a_run_that_is_killed_while_plans_are_made_makes_none_twice(asking: World, after: int) -> None:
    arguments = asking.arguments("apply", "--auto-approve")
    assert killing.run({**asking.environ, "DATABASE_URL": asking.database}, arguments, kill_after=after).killed
    asking.apply("--lock-timeout", "30")
    for provider in HOTELS:
        whole(asking, provider)


def test_an_id_that_only_observing_found_is_kept_and_reaches_the_rows_in_a_narrowed_run(asking: World) -> None:
    asking.apply()
    asking.rows("DELETE FROM reconciler.bindings")
    asking.edit(FILE, "default: 120.00", "default: 125.00")
    asking.apply()
    for provider in HOTELS:
        whole(asking, provider)
    assert asking.addresses("--target", "*/database/**") == []
