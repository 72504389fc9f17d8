"""A walk: allotments that git changes again and again, runs that are cut off and go on, and then a calm in which all settles."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.load import workspace
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, Property
from reconciler.model.workspace import CLOSE, OVERLAP
from tests.simulator.world import DEADLINE, START, Odds, Simulation

CALM = 6
"""Runs within which everything is in force once nothing goes wrong any more."""

_WORKSPACE = """
kind: Workspace
environments: {development: {database: embedded, endpoints: local, test_mode: true}}
"""
_HOTEL = """
kind: Property
id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11
name: Lisbon Baixa
country: PT
currency: EUR
timezone: Europe/Lisbon
horizon: 3
manage: {integration: false, mapping: false, rate_plan: false, rates: false, restrictions: false}
targets: {database: {manage: {allocation: true}}}
providers: {expedia: {property_id: "16636843"}, booking.com: {hotel_id: "8011855"}}
rooms: {double: {id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, units: 6, occupancy: {base: 2, max: 2}}}
mappings:
  expedia: {rooms: {double: "30011"}, rate_plans: {BAR: {double: "880011A"}}}
  booking.com: {rooms: {double: "90100101"}, rate_plans: {BAR: "77001"}}
allocation: {double: {direct: 2, expedia: 2, booking.com: 2, overbooking: 1}}
rate_plans: {BAR: {type: bar, base: true, rates: {double: 100.00}}}
"""


@cache
def hotel() -> Property:
    """One room, three nights."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "properties").mkdir()
        (Path(folder) / "reconciler.yaml").write_text(_WORKSPACE)
        (Path(folder) / "properties/lisbon-baixa.yaml").write_text(_HOTEL)
        loaded = workspace(Path(folder), now=START)
    assert not [found for found in loaded.diagnostics if found.severity == "error"], loaded.diagnostics
    return loaded.properties[0]


def walk(seed: int, runs: int, odds: Odds | None = None) -> Simulation:
    """So many runs towards allotments that change, and then the calm. Raises OversoldError as soon as a rule is broken."""
    move = OVERLAP if seed % 3 == 0 else CLOSE
    world = Simulation(hotel(), seed, odds or some_odds(seed), direct_asks=seed % 2 == 0, move=move)
    wanted = storm(world, runs)
    world.odds = Odds.calm()
    for _ in range(CALM):
        world.pass_time(DEADLINE)
        if world.apply(wanted, killable=False) == "done" and world.settled(wanted):
            return world
    raise AssertionError(f"seed {seed}: not settled within {CALM} calm runs; {world.story[-30:]}")


def storm(world: Simulation, runs: int) -> dict[str, int]:
    """The runs alone. Returns what was wanted in the end."""
    odds, world.odds = world.odds, Odds.calm()
    wanted = {DIRECT: 2 if world.direct_asks else 0, EXPEDIA: 2, BOOKING: 2}
    assert world.apply(wanted, killable=False) == "done", world.story
    world.odds = odds
    for _ in range(runs):
        world.sleep(world.luck.choice(odds.pauses))
        wanted = share(world, wanted) if world.luck.random() < 0.6 else wanted
        world.counts[world.apply(wanted)] += 1
    return wanted


def some_odds(seed: int) -> Odds:
    """Quiet and rough days, few guests and many, with and without runs that are cut off."""
    luck = random.Random(seed * 7)
    rough, cut, guests = luck.choice((0.2, 1.0, 2.0)), luck.choice((0.0, 0.3, 1.0)), luck.choice((0.1, 0.25, 0.5))
    return Odds(0.04 * rough, 0.04 * rough, 0.04 * rough, 0.03 * rough, 0.01 * cut, guests)


def share(world: Simulation, before: dict[str, int]) -> dict[str, int]:
    """Some allotments that are together within the limit.

    A hotel that sells without asking never gets a smaller allotment: what it has sold of it, nobody knows.
    """
    direct = world.luck.randint(0, 3) if world.direct_asks else min(3, before[DIRECT] + (world.luck.random() < 0.3))
    expedia = world.luck.randint(0, world.limit - direct)
    return {DIRECT: direct, EXPEDIA: expedia, BOOKING: world.luck.randint(0, world.limit - direct - expedia)}
