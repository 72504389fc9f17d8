"""No unit is sold twice, whatever is lost or late, whoever comes, wherever a run ends; and each rule is needed for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from reconciler.model.property import BOOKING, DIRECT, EXPEDIA
from reconciler.runtime.planning import make_plan
from tests.simulator.mutations import MUTATIONS, NO_REGRETS
from tests.simulator.naive import NAIVE
from tests.simulator.walk import hotel, share, walk
from tests.simulator.world import Odds, OversoldError, Simulation

Record = Callable[[str, object], None]
WALKS, RUNS = 5, 20
SEEDS = 20


@pytest.mark.parametrize("first", range(0, 40, WALKS))
def test_at_no_instant_can_more_be_sold_than_there_is_and_once_it_is_quiet_everything_is_in_force(
    first: int, record_property: Record
) -> None:
    counts: Counter[str] = Counter()
    for seed in range(first, first + WALKS):
        counts += walk(seed, RUNS).counts
    record_property("simulated", dict(counts))
    assert counts["boundaries"] > 1000
    assert (
        min(counts[what] for what in ("done", "waits", "booked at expedia", "booked at booking.com", "sold direct")) > 0
    )


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_rule_that_is_switched_off_is_found(name: str, record_property: Record) -> None:
    survived = [MUTATIONS[name].survives(seed) for seed in range(SEEDS)]
    record_property("survives", (name, survived))
    assert None not in survived


@pytest.mark.parametrize("name", NAIVE)
def test_a_protocol_that_looks_right_sells_a_room_twice(name: str) -> None:
    assert any(_oversells(name, seed) for seed in range(50))


def _oversells(name: str, seed: int) -> bool:
    world = Simulation(hotel(), seed, replace(NO_REGRETS, guest=0.7), nights=1, checked=False)
    wanted = {DIRECT: 0, EXPEDIA: 2, BOOKING: 2}
    try:
        for _ in range(20):
            wanted = share(world, wanted)
            NAIVE[name](world, wanted)
    except OversoldError:
        return True
    return False


def test_a_plan_says_where_rooms_are_off_sale_while_units_move_and_how_long() -> None:
    world = Simulation(hotel(), 0, Odds.calm())
    world.apply({DIRECT: 2, EXPEDIA: 2, BOOKING: 2}, killable=False)
    plan = make_plan(world.site(world.wanting({DIRECT: 2, EXPEDIA: 3, BOOKING: 2})))
    (told,) = [finding for finding in plan.findings if finding.code == "off-sale-for-a-moment"]
    assert (told.address, "off sale at expedia for about 60 s" in told.message) == ("lisbon-baixa/expedia", True)


def test_a_seed_replays_exactly() -> None:
    one, other = walk(3, 6), walk(3, 6)
    assert (one.story, one.counts, one.now) == (other.story, other.counts, other.now)
