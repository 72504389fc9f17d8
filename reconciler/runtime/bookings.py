"""The verb `bookings pull`: what providers sold, taken in, kept, and only then acknowledged.

A version is kept in one transaction: in the inbox, and in the ledger what the booking comes to with it. Whatever happens after that, the
provider hands over again what was not acknowledged, and what is kept already changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.engine.bookings import current
from reconciler.errors import ReconcilerError
from reconciler.model.booking import Change, Version
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import PROVIDERS, Property
from reconciler.providers.contract import Desk
from reconciler.runtime.faults import as_error
from reconciler.runtime.site import Site
from reconciler.store.contract import Booked, Ledger

_ROUNDS = 200
"""A provider that hands over one version at a time, and never the last, is left at some point."""


@dataclass(slots=True)
class Pulled:
    """What one provider handed over: how many versions were new, by what they say; how many were known; what was not taken.

    `refused`: bookings whose acknowledgement it did not take, and why. `more`: it would have gone on handing over.
    """

    provider: str
    fresh: dict[Change, int] = field(default_factory=dict)
    known: int = 0
    acknowledged: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    more: bool = False
    findings: list[Diagnostic] = field(default_factory=list)
    failed: ReconcilerError | None = None


def pull(site: Site, hotel: Property) -> list[Pulled]:
    """Every provider of the property. One that fails stops itself only."""
    with site.desks(hotel) as desks:
        return [_pull(site, hotel, desk) for _, desk in sorted(desks.items())]


def _pull(site: Site, hotel: Property, desk: Desk) -> Pulled:
    found = Pulled(desk.name)
    try:
        for _ in range(_ROUNDS):
            handed = desk.retrieve()
            found.findings = list(handed.findings)
            if not handed.versions:
                return found
            for version in handed.versions:
                _keep(site, hotel, version, found)
            refused = desk.acknowledge(handed.versions)
            taken = [version for version in handed.versions if version not in refused]
            site.store.acknowledged(taken, site.clock())
            found.acknowledged += len(taken)
            found.refused = {version.booking: reason for version, reason in refused.items()}
            if not taken:
                return found
        found.more = True
    except Exception as fault:  # noqa: BLE001 - whatever comes from one provider, the others go on
        found.failed = as_error(fault)
    return found


def _keep(site: Site, hotel: Property, version: Version, found: Pulled) -> None:
    """Keeps a version by itself: where keeping the next one fails, this one is not handed over in vain."""
    with site.store.units(hotel.id) as ledger:
        if ledger.receive(version, "pull"):
            found.fresh[version.change] = found.fresh.get(version.change, 0) + 1
        else:
            found.known += 1
        _enter(ledger, hotel, version.channel, version.booking)


def _enter(ledger: Ledger, hotel: Property, channel: str, booking: str) -> None:
    newest, stays = current(ledger.versions(channel, booking))
    ledger.enter(newest, [(stay, _room_id(hotel, channel, stay.room)) for stay in stays])


def unmapped(site: Site, hotel: Property) -> Iterator[Diagnostic]:
    """Stays in rooms that are mapped to none of ours. Those that have been mapped since they were booked count from here on."""
    for channel, booking in sorted({(one.channel, one.booking) for one in _strays(site, hotel)}):
        with site.store.units(hotel.id) as ledger:
            _enter(ledger, hotel, channel, booking)
    left = Counter((one.channel, one.stay.room) for one in _strays(site, hotel))
    for (channel, room), stays in sorted(left.items()):
        yield Diagnostic(
            "booking-of-unmapped-room",
            f"room {room} is mapped to none of ours and is booked {stays} times; these units are counted nowhere",
            Severity.WARNING,
            hint="map the room, and pull again",
            address=f"{hotel.slug}/{channel}",
        )


def _strays(site: Site, hotel: Property) -> list[Booked]:
    known = site.store.bookings(hotel.id)
    standing = [one for one in known if one.channel in PROVIDERS and one.status is not Change.CANCELLED]
    return [one for one in standing if one.room_id is None]


def _room_id(hotel: Property, provider: str, external: str) -> str | None:
    ours = {id_: room for room, id_ in hotel.mappings[provider].rooms.items()} if provider in hotel.mappings else {}
    room = ours.get(external, "")
    return hotel.rooms[room].id if room in hotel.rooms else None
