"""The desks of a property's providers, as a site opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.errors import CredentialError
from reconciler.runtime.site import Desks
from reconciler.wiring import Options, site
from tests.scenarios.world import EXPEDIA, World


@contextmanager
def desks(world: World) -> Iterator[Desks]:
    options = Options(workspace=world.folder, database=world.database, as_of=world.now)
    with site(options) as here, here.desks(*here.properties()) as opened:
        yield opened


def test_what_a_guest_books_is_handed_over_and_acknowledged(world: World) -> None:
    world.apply()
    stay = {"arrival": world.night(3), "departure": world.night(5)}
    booking = world.sandbox.admin.book("expedia", EXPEDIA, room="30011", rate_plan="880011A", **stay)
    with desks(world) as opened:
        assert opened["expedia"].name == "expedia"
        found = opened["expedia"].retrieve().versions
        assert [version.booking for version in found] == [booking]
        assert opened["expedia"].acknowledge(found) == {}
    with desks(world) as opened:
        assert opened["expedia"].retrieve().versions == ()


def test_a_desk_that_cannot_be_opened_says_so_when_it_is_asked(world: World) -> None:
    place = "https://services.expediapartnercentral.com"  # where the sandbox's own account does not count
    world.edit(
        "reconciler.yaml",
        f'expedia: {{endpoints: {{local: "{world.sandbox.url}',
        f'expedia: {{endpoints: {{local: "{place}',
    )
    with desks(world) as opened:
        for ask in (opened["expedia"].retrieve, lambda: opened["expedia"].acknowledge(())):
            with pytest.raises(CredentialError):
                ask()
