"""`bookings`: list, pull, add, cancel."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.cli.running import run_of, stoppable, user
from reconciler.errors import RefusedError, UsageError
from reconciler.model.booking import Change, Stay
from reconciler.model.diagnostics import Diagnostic, Severity, did_you_mean, in_order
from reconciler.model.journal import Run
from reconciler.model.plan import Scope
from reconciler.model.property import Property
from reconciler.report import bookings as report
from reconciler.report.contract import count
from reconciler.runtime.applying import apply_plan, claim
from reconciler.runtime.bookings import Pulled, oversold, pull, taking_away, told
from reconciler.runtime.site import Site
from reconciler.wiring import Options, site

_NIGHT = click.DateTime(formats=["%Y-%m-%d"])
_PROPERTY = click.option("--property", "slug", required=True, metavar="SLUG", help="The property.")
_REFERENCE = click.option("--reference", required=True, metavar="TEXT", help="The hotel's own name of the sale.")


@click.group(short_help="List, pull, add and cancel bookings.")
def bookings() -> None:
    """What was sold, by which channel: rooms and nights, and nothing of the guest."""


@bookings.command("list", short_help="List the bookings that are known.")
@click.option("--provider", "channel", metavar="NAME", help="Only of this channel: expedia, booking.com, direct.")
@click.option("--from", "first", type=_NIGHT, metavar="NIGHT", help="Only stays that are not over before this night.")
@click.option("--all", "everything", is_flag=True, help="Cancelled ones too.")
@common(scope=True, form=True)
def list_(
    options: Options,
    channel: str | None,
    first: datetime | None,
    everything: bool,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """List the bookings that are known, by arrival.

    \b
    Examples:
      reconciler bookings list --property lisbon-baixa
      reconciler bookings list --provider expedia --from 2027-03-01 --all
    """
    with site(options) as here:
        lines = [line for hotel in here.properties() for line in _lines(here, hotel)]
    lines = [
        line
        for line in lines
        if (everything or line.status != Change.CANCELLED)
        and channel in (None, line.channel)
        and (first is None or line.departure > f"{first:%Y-%m-%d}")
    ]
    draw(report.ledger(lines), form, json_into=json_into, quiet=quiet)
    return 0


def _lines(here: Site, hotel: Property) -> Iterator[report.Line]:
    rooms = {room.id: key for key, room in hotel.rooms.items()}
    for one in here.store.bookings(hotel.id):
        room = rooms.get(one.room_id or "", one.stay.room)
        dates = (one.stay.arrival.isoformat(), one.stay.departure.isoformat())
        yield report.Line(hotel.slug, one.channel, one.booking, one.status.value, room, *dates, one.stay.units, one.at)


@bookings.command("pull", short_help="Take in what providers have sold.")
@common(scope=True, work=True, form=True)
def pull_(options: Options, form: str, json_into: Path | None, quiet: bool) -> int:
    """Take in what providers have sold, keep it, and acknowledge it there. What is acknowledged is handed over to nobody else.

    More sold than there are units is an error, and the other providers are closed for these nights at once.

    \b
    Examples:
      reconciler bookings pull
      reconciler bookings pull --property 'lisbon-*'
    """
    brought: list[report.Brought] = []
    findings: list[Diagnostic] = []
    with site(options, changes=True) as here:
        claim(here)
        for hotel in here.properties():
            here.progress(hotel.slug)
            with here.store.lock([hotel.slug], _run(here), here.lock_timeout):
                found = pull(here, hotel)
            over = oversold(here, hotel)
            brought += [_brought(hotel, one) for one in found]
            findings += [finding for one in found for finding in one.findings]
            findings += told(hotel, over)
            if over:
                scoped, plan = taking_away(here, hotel, over)
                with stoppable() as stop:
                    apply_plan(scoped, plan, run_of(scoped, plan, "bookings pull"), stop)
    draw(report.pulled(brought, in_order(findings)), form, json_into=json_into, quiet=quiet)
    failed = any(one.failed for one in brought) or any(f.severity is Severity.ERROR for f in findings)
    return 1 if failed else 0


def _brought(hotel: Property, one: Pulled) -> report.Brought:
    failed = one.failed.message if one.failed else ""
    return report.Brought(hotel.slug, one.provider, one.fresh, one.known, one.acknowledged, one.refused, failed)


def _run(here: Site) -> Run:
    who = (socket.gethostname(), os.getpid(), user(), __version__)
    return Run(str(uuid.uuid4()), here.environment.name, "bookings pull", here.clock(), *who)


@bookings.command("add", short_help="Sell units of the hotel itself.")
@_PROPERTY
@click.option("--room", required=True, metavar="KEY", help="The room.")
@click.option("--arrival", required=True, type=_NIGHT, metavar="DATE")
@click.option("--departure", required=True, type=_NIGHT, metavar="DATE")
@click.option("--units", type=click.IntRange(1, 100), default=1, show_default=True, help="How many.")
@_REFERENCE
@common()
def add(
    options: Options, slug: str, room: str, arrival: datetime, departure: datetime, units: int, reference: str
) -> int:
    """Sell units that no other channel holds, all nights or none. The same reference again is the same sale.

    \b
    Examples:
      reconciler bookings add --property lisbon-baixa --room double --arrival 2027-03-01 --departure 2027-03-04 --reference D-4711
    """
    with site(replace(options, scope=Scope((slug,))), changes=True) as here:
        hotel = _hotel(here)
        if room not in hotel.rooms:
            raise UsageError(f"{slug} has no room `{room}`", hint=did_you_mean(room, hotel.rooms))
        claim(here)
        stay = Stay(room, arrival.date(), departure.date(), units)
        if here.store.sell_direct(hotel.id, hotel.rooms[room].id, stay, reference):
            click.echo(f"Sold: {count(units, 'unit')} of {room}, {stay.arrival} to {stay.departure}, as {reference}.")
            return 0
        night, free = _least_free(here, hotel, stay)
        had = "the hotel's rows say nothing of it" if free is None else f"{count(max(free, 0), 'unit')} free"
        raise RefusedError(
            f"too few units of {room} are free on {night}: {had}",
            hint="`reconciler apply` writes the hotel's rows; units move between channels by `allocation`",
        )


def _least_free(here: Site, hotel: Property, stay: Stay) -> tuple[date, int | None]:
    nights = [stay.arrival + timedelta(days=number) for number in range((stay.departure - stay.arrival).days)]
    found = [(night, here.store.free(hotel.id, hotel.rooms[stay.room].id, night)) for night in nights]
    return min(found, key=lambda one: -1 if one[1] is None else one[1])


@bookings.command("cancel", short_help="Cancel a sale of the hotel itself.")
@_PROPERTY
@_REFERENCE
@common()
def cancel(options: Options, slug: str, reference: str) -> int:
    """Cancel a sale of the hotel itself; its units are free again.

    \b
    Examples:
      reconciler bookings cancel --property lisbon-baixa --reference D-4711
    """
    with site(replace(options, scope=Scope((slug,))), changes=True) as here:
        if not here.store.cancel_direct(_hotel(here).id, reference):
            raise RefusedError(f"{slug} has no direct sale {reference}", hint="`reconciler bookings list` shows them")
    click.echo(f"Cancelled: {reference}.")
    return 0


def _hotel(here: Site) -> Property:
    (hotel,) = here.properties()
    return hotel
