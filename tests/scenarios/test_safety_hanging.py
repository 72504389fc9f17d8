"""A provider that hangs: no run hangs with it, nothing is sent twice that must not be, and the next run reaches the same end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.workspace import Transport
from reconciler.providers.http import HttpClient
from tests.scenarios.test_safety_crashes import carry_on, nothing_is_left_open, other, outside, turn
from tests.scenarios.test_safety_database import EVERY
from tests.scenarios.world import World


def requests(world: World, provider: str) -> int:
    """How many requests the last run made there."""
    return len(world.sandbox.admin.log(provider=provider))


@contextmanager
def impatient() -> Iterator[None]:
    """A third of a second for a request, which no file can ask for."""
    make = HttpClient.__init__

    def hurried(self: HttpClient, hosts: Mapping[str, str], transport: Transport, *args: Any, **more: Any) -> None:
        make(self, hosts, replace(transport, timeout=0.3), *args, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpClient, "__init__", hurried)
        yield


@pytest.mark.parametrize("provider", ["expedia", "booking.com"])
def test_whatever_request_hangs_the_run_ends_and_the_next_one_reaches_the_same_end(
    small_world: World, provider: str
) -> None:
    world, ends, counts = small_world, {}, set()
    for side in ("dear", "cheap"):
        turn(world, side)
        world.sandbox.admin.clear_log()
        world.apply()
        ends[side] = outside(world)
        counts.add(requests(world, provider))
    side = "cheap"
    for nth in range(1, min(counts) + 1, 1 if EVERY else 3):
        side = other(side)
        turn(world, side)
        world.sandbox.admin.clear_log()
        world.sandbox.admin.fault("latency", {"provider": provider, "nth": nth}, seconds=0.4)
        with impatient():
            result = world.run("apply", "--auto-approve")
        where = f"request {nth} of {min(counts)} at {provider}: {result.out}{result.err}"
        assert result.code in (0, 1), where
        assert [entry["fault"] for entry in world.sandbox.admin.log(provider=provider) if entry["fault"]], where
        world.sandbox.admin.clear_faults()
        carry_on(world)
        assert outside(world) == ends[side], where
        assert world.addresses() == [], where
        assert nothing_is_left_open(world), where
