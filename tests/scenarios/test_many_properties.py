"""A run over many properties holds few connections: a database server takes a hundred or so."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from reconciler.model.address import DATABASE
from reconciler.wiring import Options, site
from tests.scenarios.world import World

MANY = 150


def test_properties_that_are_open_hold_no_connection(world: World) -> None:
    options = Options(workspace=Path(world.folder), database=world.database, as_of=world.now)
    with site(options) as here, ExitStack() as stack:
        (hotel,) = here.properties()
        opened = [stack.enter_context(here.targets(hotel)) for _ in range(MANY)]
        for targets in opened:
            assert targets[DATABASE].observe(frozenset({"mapping"}), hotel.window).entries == {}
        ((held,),) = world.rows("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        assert held < 10
