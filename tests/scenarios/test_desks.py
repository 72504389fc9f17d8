"""The desks of a property's providers, as a site opens them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.errors import CredentialError
from reconciler.runtime.site import Desks
from reconciler.wiring import Options, site
from tests.scenarios.world import BOOKING, EXPEDIA, World


@contextmanager
def desks(world: World) -> Iterator[Desks]:
    options = Options(workspace=world.folder, database=world.database, as_of=world.now)
    with site(options) as here, here.desks(*here.properties()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("provider", "hotel", "room", "plan"),
    [("expedia", EXPEDIA, "30011", "880011A"), ("booking.com", BOOKING, "90100101", "77001")],
)
def test_what_a_guest_books_is_handed_over_and_acknowledged(
    world: World, provider: str, hotel: str, room: str, plan: str
) -> None:
    world.apply()
    stay = {"arrival": world.night(3), "departure": world.night(5)}
    booking = world.sandbox.admin.book(provider, hotel, room=room, rate_plan=plan, **stay)
    with desks(world) as opened:
        assert sorted(opened) == ["booking.com", "expedia"]
        assert opened[provider].name == provider
        found = opened[provider].retrieve().versions
        assert [version.booking for version in found] == [booking]
        assert opened[provider].acknowledge(found) == {}
    with desks(world) as opened:
        assert opened[provider].retrieve().versions == ()


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
        assert opened["booking.com"].retrieve().versions == ()
