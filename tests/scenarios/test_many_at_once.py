"""Forty applies that start at once on ten properties, from as many processes: one at a time on each property, and nothing is lost."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from itertools import groupby

from tests.scenarios import canaries, killing
from tests.scenarios.world import SMALL, World

HOTELS = [f"hotel-{number}" for number in range(10)]
APPLIES = 40


def ten_hotels(world: World) -> None:
    for number, slug in enumerate(HOTELS):
        ids = {
            "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11": str(uuid.UUID(int=1000 + number)),
            "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201": str(uuid.UUID(int=2000 + number)),
            "16636843": f"9000{number}",
            "8011855": f"8000{number}",
            "402918": f"4000{number}",
            "30011": f"3001{number}",
            "880011A": f"88000{number}A",
            "90100101": f"8000{number}01",
            "77001": f"7700{number}",
        }
        text = SMALL
        for old, new in ids.items():
            text = text.replace(old, new)
        world.hotel(text, slug)
    world.set_up_extranets()
    world.seed()


def scope(number: int) -> list[str]:
    """Mostly one property, and now and then three of them, which others want too."""
    first = number % len(HOTELS)
    wanted = [first, (first + 3) % 10, (first + 7) % 10] if number % 4 == 0 else [first]
    return [flag for one in wanted for flag in ("--property", HOTELS[one])]


def test_each_property_is_changed_by_one_at_a_time_and_all_end_or_say_who_holds_it(empty_world: World) -> None:
    world = empty_world
    ten_hotels(world)
    # A hotel has one connection at Expedia, which all of them want for a look at it.
    world.edit("reconciler.yaml", "attempts: 3, delay: 0s, max_delay: 0s", "attempts: 9, delay: 100ms, max_delay: 1s")
    # An account gets so many tokens an hour, and these processes share none.
    world.edit("reconciler.yaml", "booking.com: {endpoints", "booking.com: {auth: basic, endpoints")
    start = killing.CONTEXT.Barrier(APPLIES)
    environ = {**canaries.ENVIRON, "DATABASE_URL": world.database}
    runs = [
        killing.begin(environ, world.arguments("apply", "--auto-approve", *scope(number)), start)
        for number in range(APPLIES)
    ]
    ends = [run.end() for run in runs]
    told = Counter(end.code for end in ends)
    assert set(told) == {0, 5}, [end for end in ends if end.code not in (0, 5)]
    for end in ends:
        if end.code == 5:
            assert re.search(r"hotel-\d is locked by (run [0-9a-f]{8} \(apply\) since|another run)", end.said), end.said
    assert changed_by_two_at_once(world) == []
    assert world.run("apply", "--auto-approve").code == 0
    assert world.addresses() == []
    intents = "SELECT count(*) FROM reconciler.operations WHERE outcome IS NULL OR outcome <> 'applied'"
    assert world.rows(intents) == [(0,)]
    assert world.rows("SELECT count(*) FROM reconciler.runs WHERE status NOT IN ('succeeded')") == [(0,)]
    assert world.rows("SELECT count(*) FROM reconciler.locks") == [(0,)]


def changed_by_two_at_once(world: World) -> list[str]:
    """Properties of which the journals of two runs are interleaved: in the order of their intents each run comes once."""
    intents = world.rows("SELECT property, run_id::text FROM reconciler.operations ORDER BY property, intent_at, seq")
    by_property = {slug: [run for _, run in rows] for slug, rows in groupby(intents, key=lambda row: row[0])}
    return [slug for slug, order in by_property.items() if len(list(groupby(order))) != len(set(order))]
