"""`bookings`: list, pull, add, cancel."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from reconciler import __version__
from reconciler.cli.options import Night, common
from reconciler.cli.output import show as draw
from reconciler.cli.running import run_of, stoppable, user
from reconciler.errors import InterruptedRunError, LockedError, RefusedError, UsageError
from reconciler.model.booking import Change, Stay
from reconciler.model.diagnostics import Severity, did_you_mean, in_order
from reconciler.model.journal import Run
from reconciler.model.plan import Scope
from reconciler.model.property import DIRECT, PROVIDERS, Property
from reconciler.report import bookings as report
from reconciler.report.bookings import TakenIn
from reconciler.report.contract import count
from reconciler.runtime.applying import apply_plan, claim
from reconciler.runtime.bookings import Pulled, pull, unmapped
from reconciler.runtime.faults import as_error
from reconciler.runtime.oversold import Oversold, giving_way, oversold, told
from reconciler.runtime.planning import in_parallel
from reconciler.runtime.site import Site
from reconciler.wiring import Options, site

_NIGHT = Night()
_PROPERTY = click.option("--property", "slug", required=True, metavar="SLUG", help="The property.")
_REFERENCE = click.option("--reference", required=True, metavar="TEXT", help="The hotel's own name of the sale.")
_CHANNELS = click.Choice([*sorted(PROVIDERS), DIRECT])


@click.group(short_help="List, pull, add and cancel bookings.")
def bookings() -> None:
    """What was sold, by which channel: rooms and nights, and nothing of the guest."""


@bookings.command("list", short_help="List the bookings that are known.")
@click.option("--provider", "channel", type=_CHANNELS, help="Only of this channel.")
@click.option("--from", "first", type=_NIGHT, metavar="NIGHT", help="Only stays with this night or later ones.")
@click.option("--through", "last", type=_NIGHT, metavar="NIGHT", help="Only stays with this night or earlier ones.")
@click.option("--all", "everything", is_flag=True, help="Cancelled ones too.")
@common(scope=True, form=True)
def list_(
    options: Options,
    channel: str | None,
    first: datetime | None,
    last: datetime | None,
    everything: bool,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """List the bookings that are known, by arrival.

    \b
    Examples:
      reconciler bookings list --property lisbon-baixa
      reconciler bookings list --provider expedia --from 2027-03-01 --through 2027-03-31 --all
    """
    with site(options) as here:
        lines = [line for hotel in here.properties() for line in _lines(here, hotel)]
    lines = [
        line
        for line in lines
        if (everything or line.status is not Change.CANCELLED)
        and channel in (None, line.channel)
        and (first is None or line.stay.departure > first.date())
        and (last is None or line.stay.arrival <= last.date())
    ]
    draw(report.ledger(lines), form, json_into=json_into, quiet=quiet)
    return 0


def _lines(here: Site, hotel: Property) -> Iterator[report.Line]:
    rooms = {room.id: key for key, room in hotel.rooms.items()}
    for one in here.store.bookings(hotel.id):
        room = rooms.get(one.room_id or "", one.stay.room)
        yield report.Line(hotel.slug, one.channel, one.booking, one.status, room, one.stay, one.at)


# --- pull


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
    with site(options, changes=True) as here, stoppable() as stop:
        claim(here)
        run = _run(here)
        found = in_parallel(here, here.properties(), lambda hotel: _taken_in(here, hotel, run, stop))
        year = here.now.year
    findings = in_order(finding for one, _ in found for finding in one.findings)
    draw(report.pulled([one for one, _ in found], findings, year), form, json_into=json_into, quiet=quiet)
    return next((code for code in (130, 5, 1) if code in {code for _, code in found}), 0)


def _taken_in(here: Site, hotel: Property, run: Run, stop: threading.Event) -> tuple[TakenIn, int]:
    """One property, with the exit code that it stands for. Whatever happens to it, the others go on."""
    taken = TakenIn(hotel.slug)
    here.progress(hotel.slug)
    try:
        if stop.is_set():
            raise InterruptedRunError("not pulled: the run was stopped")
        with here.store.lock([hotel.slug], run, here.lock_timeout):
            found = pull(here, hotel)
            over = oversold(here, hotel)
        taken.brought = [_brought(one) for one in found]
        taken.findings = [
            *(finding for one in found for finding in one.findings),
            *unmapped(here, hotel),
            *told(hotel, over),
        ]
        if over:
            _give_way(here, hotel, over, taken, stop)
    except Exception as fault:  # noqa: BLE001
        error = as_error(fault)
        taken.failed = error.message
        return taken, error.exit_code if isinstance(error, LockedError | InterruptedRunError) else 1
    wrong = any(one.failed or one.refused for one in found)
    return taken, int(wrong or any(finding.severity is Severity.ERROR for finding in taken.findings))


def _give_way(here: Site, hotel: Property, over: Oversold, taken: TakenIn, stop: threading.Event) -> None:
    lower = giving_way(here, hotel, over)
    taken.findings = [*taken.findings, *lower.failed]
    if lower.plan.operations:
        applied = apply_plan(lower.site, lower.plan, run_of(here, lower.plan, "bookings pull"), stop)
        taken.closed, taken.outcomes = lower.plan.operations, applied.outcomes


def _brought(one: Pulled) -> report.Brought:
    failed = one.failed.message if one.failed else ""
    return report.Brought(one.provider, one.fresh, one.known, one.acknowledged, one.refused, one.more, failed)


def _run(here: Site) -> Run:
    who = (socket.gethostname(), os.getpid(), user(), __version__)
    return Run(str(uuid.uuid4()), here.environment.name, "bookings pull", here.clock(), *who)


# --- sales by the hotel itself


@bookings.command("add", short_help="Sell units of the hotel itself.")
@_PROPERTY
@click.option("--room", required=True, metavar="KEY", help="The room.")
@click.option("--arrival", required=True, type=_NIGHT, metavar="DATE", help="The first night.")
@click.option("--departure", required=True, type=_NIGHT, metavar="DATE", help="The day after the last night.")
@click.option("--units", type=click.IntRange(1, 100), default=1, show_default=True, help="How many.")
@_REFERENCE
@common(form=True)
def add(
    options: Options,
    slug: str,
    room: str,
    arrival: datetime,
    departure: datetime,
    units: int,
    reference: str,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """Sell units that no other channel holds, all nights or none. The same reference again is the same sale.

    \b
    Examples:
      reconciler bookings add --property lisbon-baixa --room double --arrival 2027-03-01 --departure 2027-03-04 --reference D-4711
    """
    if departure <= arrival:
        raise UsageError("--departure is the day after the last night, so later than --arrival")
    _one_line(reference)
    stay = Stay(room, arrival.date(), departure.date(), units)
    with site(replace(options, scope=Scope((slug,))), changes=True) as here:
        hotel = _hotel(here, slug)
        if room not in hotel.rooms:
            raise UsageError(f"{slug} has no room `{room}`", hint=did_you_mean(room, hotel.rooms))
        claim(here)
        if not here.store.sell_direct(hotel.id, hotel.rooms[room].id, stay, reference):
            night, free = _least_free(here, hotel, stay)
            had = "the hotel's rows say nothing of it" if free is None else f"{count(max(free, 0), 'unit')} free"
            raise RefusedError(
                f"too few units of {room} are free on {night}: {had}",
                hint="`reconciler apply` writes the hotel's rows; units move between channels by `allocation`",
            )
    draw(report.sold(slug, reference, stay), form, json_into=json_into, quiet=quiet)
    return 0


def _least_free(here: Site, hotel: Property, stay: Stay) -> tuple[date, int | None]:
    nights = [stay.arrival + timedelta(days=number) for number in range((stay.departure - stay.arrival).days)]
    found = [(night, here.store.free(hotel.id, hotel.rooms[stay.room].id, night)) for night in nights]
    return min(found, key=lambda one: (one[1] is not None, one[1] or 0))


@bookings.command("cancel", short_help="Cancel a sale of the hotel itself.")
@_PROPERTY
@_REFERENCE
@common(form=True)
def cancel(options: Options, slug: str, reference: str, form: str, json_into: Path | None, quiet: bool) -> int:
    """Cancel a sale of the hotel itself; its units are free again.

    \b
    Examples:
      reconciler bookings cancel --property lisbon-baixa --reference D-4711
    """
    _one_line(reference)
    with site(replace(options, scope=Scope((slug,))), changes=True) as here:
        claim(here)
        if not here.store.cancel_direct(_hotel(here, slug).id, reference):
            raise RefusedError(f"{slug} has no direct sale {reference}", hint="`reconciler bookings list` shows them")
    draw(report.cancelled(slug, reference), form, json_into=json_into, quiet=quiet)
    return 0


def _one_line(reference: str) -> None:
    if not reference.strip() or not reference.isprintable() or len(reference) > 100:
        raise UsageError("--reference is one line of at most 100 characters")


def _hotel(here: Site, slug: str) -> Property:
    hotel = next((hotel for hotel in here.properties() if hotel.slug == slug), None)
    if hotel is None:
        raise UsageError(f"{slug!r} names no property", hint="one property, without globs")
    return hotel
