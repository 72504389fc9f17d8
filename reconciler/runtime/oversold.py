"""More sold than there is: the bookings stand, and whatever is left of these nights goes off sale at every provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.engine.planner import calendar_of, touched, within
from reconciler.engine.units import limit, total
from reconciler.model.calendar import Calendar, merge
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Label, Operation, Plan, Scope
from reconciler.model.property import Property
from reconciler.model.state import Window
from reconciler.runtime.planning import plan_property
from reconciler.runtime.site import Site

Oversold = dict[str, Calendar[tuple[int, int]]]
"""By room, the nights on which more is sold than there are units: how many are sold, and how many there are."""


@dataclass(frozen=True, slots=True)
class Lower:
    """What takes units of these nights off sale: a plan, and the site to apply it with. `failed`: where that cannot be looked at."""

    site: Site
    plan: Plan
    failed: tuple[Diagnostic, ...]


def oversold(site: Site, hotel: Property) -> Oversold:
    """The nights oversold, by the bookings that are known."""
    found = {}
    for key, nights in hotel.allocation.items():
        window = Window(nights.start, nights.until) if nights else hotel.window
        with site.store.units(hotel.id) as ledger:
            sold = total(ledger.booked(hotel.rooms[key].id, window).values())
        over = merge(limit(nights), sold, lambda most, n: (n, most) if most is not None and n and n > most else None)
        if over:
            found[key] = over
    return found


def told(hotel: Property, nights: Oversold) -> Iterator[Diagnostic]:
    """What is said of them."""
    for room, over in nights.items():
        worst = max(over, key=lambda run: run.value[0] - run.value[1])
        sold, most = worst.value
        yield Diagnostic(
            "sold-beyond-units",
            f"room `{room}` is sold {sold} times on {worst.start}, and there are {most} units; nights like that: {over.nights}",
            hint="the bookings stand: find the guests another room; every provider is closed for these nights",
            address=f"{hotel.slug}/database/allocation/{room}",
        )


def giving_way(site: Site, hotel: Property, nights: Oversold) -> Lower:
    """A plan with nothing in it but what takes units of these nights off sale. Like a closing by hand, it waits for nobody."""
    rooms = tuple(f"{hotel.slug}/*/availability/{room}" for room in nights)
    scope = Scope((hotel.slug,), rooms)
    here = replace(site, scope=scope, environment=replace(site.environment, require_commit=False))
    surveyed = plan_property(here, hotel)
    plan = Plan(
        environment=site.environment.name,
        as_of=site.now,
        workspace_digest=site.loaded.digest,
        scope=scope,
        operations=(lower := tuple(_lowered(surveyed.operations, nights))),
        properties=(hotel.slug,),
        messages=len(lower),
        commit=site.commit,
    )
    failed = tuple(finding for one in surveyed.surveys if one.failed for finding in one.findings)
    return Lower(here, plan, failed)


def _lowered(steps: Iterable[Operation], nights: dict[str, Calendar[tuple[int, int]]]) -> Iterator[Operation]:
    for op in steps:
        on = touched(op.change).keep(nights[op.address.key[0]].covered())
        if op.label is Label.LOWER and on and calendar_of(op.change.after):
            yield replace(op, change=within(op.change, on), waits_for=())
