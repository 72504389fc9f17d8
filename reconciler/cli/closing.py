"""`close` and `open`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from reconciler.cli.applying import exit_code_of
from reconciler.cli.options import Instant, Night, common
from reconciler.cli.output import show as draw
from reconciler.cli.planning import exit_code
from reconciler.cli.running import run_of, stoppable, user
from reconciler.errors import UsageError
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.plan import Plan, Scope
from reconciler.model.property import Closure, Property
from reconciler.report import applied as applied_report
from reconciler.report import findings
from reconciler.report import plan as plan_report
from reconciler.report.contract import count
from reconciler.runtime.applying import apply_plan
from reconciler.runtime.closing import closing, room_targets
from reconciler.runtime.planning import make_plan
from reconciler.runtime.site import Site
from reconciler.wiring import Options, site

_NIGHT = Night()
_PROPERTY = click.option("--property", "slug", required=True, metavar="SLUG", help="The property.")
_AS_OF = click.option("--as-of", type=Instant(), metavar="INSTANT", help="As if it were then.")
_ROOM = click.option(
    "--room", "rooms", multiple=True, metavar="KEY", help="Only this room (repeatable); else all of them."
)


@click.command(short_help="Take rooms off sale now, everywhere.")
@_PROPERTY
@_ROOM
@click.option("--from", "first", type=_NIGHT, metavar="NIGHT", help="From this night on; default: today.")
@click.option(
    "--through", "last", type=_NIGHT, metavar="NIGHT", help="Up to and with this night; default: until it is opened."
)
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a line: plans and drift reports say it.")
@_AS_OF
@common(work=True, form=True)
def close(
    options: Options,
    slug: str,
    rooms: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    reason: str,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """Take rooms off sale now, at every provider: the burst pipe.

    Nothing asks, nothing waits for a review, and nothing but the closing is sent. Plans and drift reports say so first, and no plan
    opens the room again, until `reconciler open` or until git says the same.

    \b
    Examples:
      reconciler close --property lisbon-baixa --room suite --reason "Burst pipe on the third floor"
      reconciler close --property lisbon-baixa --through 2027-03-04 --reason "No heating"
    """
    if not reason.strip() or not reason.isprintable() or len(reason) > 255:
        raise UsageError("--reason is one line of at most 255 characters")
    scoped = replace(options, scope=Scope((slug,)))
    with site(scoped, changes=True) as here:
        hotel = _hotel(here, slug)
        chosen = _rooms(hotel, rooms)
        start = max(first.date() if first else hotel.window.start, hotel.window.start)
        until = last.date() + timedelta(days=1) if last else None
        if until is not None and until <= start:
            raise UsageError(f"--through {last:%Y-%m-%d} is before the first night, {start}")
        here.store.claim(here.environment.name)
        here.store.close_rooms(slug, [Closure(room, start, until, reason.strip(), user(), here.now) for room in chosen])
    with site(scoped, changes=True) as here:
        found = closing(here, _hotel(here, slug), chosen)
        code = 1 if found.failed else 0
        if found.failed:
            draw(findings.build(found.failed))
        if not found.plan.operations:
            click.echo(
                f"Closed by hand: {count(len(chosen), 'room')} of {slug}; nothing was left to be sent.", err=True
            )
            return code
        return _applied(found.site, found.plan, "close", form, json_into, quiet) or code


@click.command("open", short_help="Let git's word hold again for closed rooms.")
@_PROPERTY
@_ROOM
@_AS_OF
@common(work=True, form=True)
def open_(options: Options, slug: str, rooms: tuple[str, ...], form: str, json_into: Path | None, quiet: bool) -> int:
    """Let git's word hold again for rooms that were closed by hand, and apply what it says of them at every provider.

    Checks and suspensions hold as for any plan: what they stop is opened by a later one.

    \b
    Examples:
      reconciler open --property lisbon-baixa --room suite
      reconciler open --property lisbon-baixa
    """
    with site(replace(options, scope=Scope((slug,))), changes=True) as here:
        hotel = _hotel(here, slug)
        chosen = _rooms(hotel, rooms)
        closed = {closure.room for closure in hotel.closures}
        if not closed.intersection(chosen):
            raise UsageError(
                f"nothing of {slug} is closed by hand there", hint=f"closed: {', '.join(sorted(closed)) or 'nothing'}"
            )
        here.store.open_rooms(slug, chosen)
        targets = room_targets(hotel, chosen)
    with site(replace(options, scope=Scope((slug,), targets)), changes=True) as here:
        plan = make_plan(here)
        code = exit_code(plan, detailed=False)
        if code == 3 or not plan.operations:
            draw(plan_report.build(plan), form, json_into=json_into, quiet=quiet)
            return code
        return _applied(here, plan, "open", form, json_into, quiet) or code


def _applied(here: Site, plan: Plan, verb: str, form: str, json_into: Path | None, quiet: bool) -> int:
    with stoppable() as stop:
        result = apply_plan(here, plan, run_of(here, plan, verb), stop)
    draw(applied_report.build(result.plan, result.run, result.outcomes), form, json_into=json_into, quiet=quiet)
    return exit_code_of(result)


def _hotel(here: Site, slug: str) -> Property:
    hotel = next((hotel for hotel in here.properties() if hotel.slug == slug), None)
    if hotel is None:
        raise UsageError(f"`{slug}` names no property", hint="one property, without globs")
    return hotel


def _rooms(hotel: Property, rooms: tuple[str, ...]) -> tuple[str, ...]:
    for room in rooms:
        if room not in hotel.rooms:
            raise UsageError(f"{hotel.slug} has no room `{room}`", hint=did_you_mean(room, hotel.rooms))
    return rooms or tuple(hotel.rooms)
