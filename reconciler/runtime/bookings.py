"""The verb `bookings pull`: what providers sold, taken in, kept, and only then acknowledged.

A version is kept in one transaction: in the inbox, and in the ledger what the booking comes to with it. Whatever happens after that, the
provider hands over again what was not acknowledged, and what is kept already changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reconciler.engine.bookings import current
from reconciler.engine.planner import calendar_of, touched, within
from reconciler.engine.units import limit, total
from reconciler.errors import ReconcilerError
from reconciler.model.booking import Change, Version
from reconciler.model.calendar import Calendar, merge
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Label, Operation, Plan, Scope
from reconciler.model.property import Property
from reconciler.model.state import Window
from reconciler.providers.contract import Desk
from reconciler.runtime.faults import as_error
from reconciler.runtime.planning import plan_property
from reconciler.runtime.site import Site

_ROUNDS = 200
"""A provider that hands over one version at a time, and never the last, is left at some point."""


@dataclass(slots=True)
class Pulled:
    """What one provider handed over: how many versions were new, by what they say; how many were known; what was not taken."""

    provider: str
    fresh: dict[Change, int] = field(default_factory=dict)
    known: int = 0
    acknowledged: int = 0
    refused: dict[str, str] = field(default_factory=dict)
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
            if not _keep(site, hotel, handed.versions, found):
                break
            refused = desk.acknowledge(handed.versions)
            taken = [version for version in handed.versions if version not in refused]
            site.store.acknowledged(taken, site.clock())
            found.acknowledged += len(taken)
            found.refused = {version.booking: reason for version, reason in refused.items()}
            if not taken:
                break
    except Exception as fault:  # noqa: BLE001 - whatever comes from one provider, the others go on
        found.failed = as_error(fault)
    return found


def _keep(site: Site, hotel: Property, versions: Sequence[Version], found: Pulled) -> int:
    """Keeps each version by itself, and says how many there were."""
    for version in versions:
        with site.store.units(hotel.id) as ledger:
            if ledger.receive(version, "pull"):
                found.fresh[version.change] = found.fresh.get(version.change, 0) + 1
            else:
                found.known += 1
            newest, stays = current(ledger.versions(version.channel, version.booking))
            lines = [(stay, _room_id(hotel, version.channel, stay.room)) for stay in stays]
            ledger.enter(replace(newest, hotel=version.hotel), lines)
        found.findings += [
            Diagnostic(
                "booking-of-unmapped-room",
                f"booking {version.booking} is of room {stay.room}, which is mapped to none of ours; its units are counted nowhere",
                Severity.WARNING,
                hint="map the room, and pull again",
                address=f"{hotel.slug}/{version.channel}",
            )
            for stay, room in lines
            if room is None
        ]
    return len(versions)


def _room_id(hotel: Property, provider: str, external: str) -> str | None:
    ours = {id_: room for room, id_ in hotel.mappings[provider].rooms.items()} if provider in hotel.mappings else {}
    room = ours.get(external, "")
    return hotel.rooms[room].id if room in hotel.rooms else None


def oversold(site: Site, hotel: Property) -> dict[str, Calendar[tuple[int, int]]]:
    """By room, the nights on which more is sold than there are units: how many are sold, and how many there are."""
    found = {}
    for key, nights in hotel.allocation.items():
        window = Window(nights.start, nights.until) if nights else hotel.window
        with site.store.units(hotel.id) as ledger:
            sold = total(ledger.booked(hotel.rooms[key].id, window).values())
        over = merge(limit(nights), sold, lambda most, n: (n, most) if most is not None and n and n > most else None)
        if over:
            found[key] = over
    return found


def told(hotel: Property, nights: dict[str, Calendar[tuple[int, int]]]) -> Iterator[Diagnostic]:
    """What is said of them."""
    for room, over in nights.items():
        worst = max(over, key=lambda run: run.value[0] - run.value[1])
        sold, most = worst.value
        yield Diagnostic(
            "sold-beyond-units",
            f"room `{room}` is sold {sold} times on {worst.start}, and there are {most} units; {over.nights} night(s) in all",
            hint="the bookings stand: find the guests another room; every provider is closed for these nights",
            address=f"{hotel.slug}/database/allocation/{room}",
        )


def taking_away(site: Site, hotel: Property, nights: dict[str, Calendar[tuple[int, int]]]) -> tuple[Site, Plan]:
    """A plan with nothing in it but what takes units of these nights off sale. Like a closing by hand, it waits for nobody."""
    rooms = tuple(f"{hotel.slug}/*/availability/{room}" for room in nights)
    scope = Scope((hotel.slug,), rooms)
    here = replace(site, scope=scope, environment=replace(site.environment, require_commit=False))
    steps = plan_property(here, hotel).operations
    lower = tuple(_lowered(steps, nights))
    plan = Plan(
        environment=site.environment.name,
        as_of=site.now,
        workspace_digest=site.loaded.digest,
        scope=scope,
        operations=lower,
        properties=(hotel.slug,),
        messages=len(lower),
        commit=site.commit,
    )
    return here, plan


def _lowered(steps: Iterable[Operation], nights: dict[str, Calendar[tuple[int, int]]]) -> Iterator[Operation]:
    for op in steps:
        on = touched(op.change).keep(nights[op.address.key[0]].covered())
        if op.label is Label.LOWER and on and calendar_of(op.change.after):
            yield replace(op, change=within(op.change, on), waits_for=())
