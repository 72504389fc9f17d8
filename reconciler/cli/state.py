"""`status`, `runs`, `lookup`, `locks` and `providers`: what is known, without looking at any provider."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.errors import UsageError
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.journal import Holder
from reconciler.report import locks as locks_report
from reconciler.report import lookup as lookup_report
from reconciler.report import providers as providers_report
from reconciler.report import run as run_report
from reconciler.report import status as status_report
from reconciler.runtime.knowing import find_mapping, standing
from reconciler.runtime.site import Site
from reconciler.wiring import CAPABILITIES, Options, site


@click.command(short_help="Show where each property stands.")
@common(scope=True, form=True)
def status(options: Options, form: str, json_into: Path | None, quiet: bool) -> int:
    """Show where each property stands: its last run, what is in force by our last word, who holds it.

    \b
    Examples:
      reconciler status
      reconciler status --property 'lisbon-*' --format json
    """
    with site(options) as here:
        rows = [
            status_report.PropertyStatus(
                s.property, s.last_run, s.last_applied_at, s.applied, s.coverage, s.note, s.not_owned
            )
            for s in standing(here)
        ]
        report = status_report.build(here.environment.name, rows)
    draw(report, form, json_into=json_into, quiet=quiet)
    return 0


@click.command(short_help="List the runs, or show one, operation by operation.")
@click.argument("run_id", required=False, metavar="[ID]")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many runs to list.")
@common(form=True)
def runs(options: Options, run_id: str | None, limit: int, form: str, json_into: Path | None, quiet: bool) -> int:
    """List the last runs; or show what one did, operation by operation. ID may be the beginning of one.

    \b
    Examples:
      reconciler runs
      reconciler runs 3f2a
    """
    with site(options) as here:
        if run_id is None:
            report = run_report.build_list(here.store.runs(limit))
        else:
            found = here.store.run(run_id)
            if found is None:
                raise UsageError(
                    f"there is no run {run_id}, or more than one that begins so", hint="`reconciler runs` lists them"
                )
            report = run_report.build(found, here.store.journal(found.id))
    draw(report, form, json_into=json_into, quiet=quiet)
    return 0


@click.command(short_help="Look up a room's or plan's id at a provider, or the way back.")
@click.option("--property", "slug", required=True, metavar="SLUG")
@click.option("--provider", required=True, metavar="NAME", help="expedia or booking.com")
@click.option("--room", metavar="KEY", help="Our room: its key or its id.")
@click.option("--external", metavar="ID", help="The provider's id of a room or rate plan.")
@common(form=True)
def lookup(
    options: Options,
    slug: str,
    provider: str,
    room: str | None,
    external: str | None,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """Look up which room or plan of ours is which at a provider, from the hotel's database. Either way round.

    \b
    Examples:
      reconciler lookup --property lisbon-baixa --provider expedia --room double
      reconciler lookup --property lisbon-baixa --provider booking.com --external 90100101
    """
    if (room is None) == (external is None):
        raise UsageError(
            "give either --room or --external", hint="--room with our key, --external with the provider's id"
        )
    with site(options) as here:
        matches = [lookup_report.Match(**match) for match in find_mapping(here, slug, provider, room, external)]
    draw(
        lookup_report.build(f"{slug}, {provider}, {room or external}", matches), form, json_into=json_into, quiet=quiet
    )
    return 0


@click.command(short_help="Show who holds which property since when; break a lock.")
@click.argument("action", type=click.Choice(["list", "break"]), default="list")
@click.option("--property", "slug", metavar="SLUG", help="With `break`: the property whose lock is broken.")
@click.option("--auto-approve", is_flag=True, help="With `break`: do not ask.")
@common(form=True)
def locks(
    options: Options,
    action: str,
    slug: str | None,
    auto_approve: bool,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """Show which run holds which property since when. A lock ends by itself when its holder is gone.

    `break` takes the lock from a run that hangs: it sends nothing more, for any of its properties, and the next run settles what it left
    open.

    \b
    Examples:
      reconciler locks list
      reconciler locks break --property lisbon-baixa --auto-approve
    """
    with site(options, changes=action == "break") as here:
        held = here.store.holders()
        if action == "break":
            return _break(here, slug, held, auto_approve=auto_approve)
    draw(locks_report.build(held), form, json_into=json_into, quiet=quiet)
    return 0


def _break(here: Site, slug: str | None, held: Sequence[Holder], *, auto_approve: bool) -> int:
    if slug is None:
        raise UsageError("which lock?", hint="give --property SLUG")
    holder = next((one for one in held if one.property == slug), None)
    if holder is None:
        raise UsageError(f"nobody holds {slug}", hint=did_you_mean(slug, [one.property for one in held]))
    who = f"run {holder.run_id[:8]} ({holder.verb}) of {holder.os_user}@{holder.host}, process {holder.pid}"
    if not auto_approve:
        if not sys.stdin.isatty():
            raise UsageError("nobody can be asked here", hint="give --auto-approve")
        click.confirm(f"Take {slug} from {who}?", abort=True, err=True)
    here.store.break_lock(slug)
    click.echo(f"Broken: {slug} was held by {who}. It sends nothing more; the next apply settles what it left open.")
    return 0


@click.command(short_help="Show which provider can do what, and on what each claim rests.")
@common(form=True)
def providers(options: Options, form: str, json_into: Path | None, quiet: bool) -> int:
    """Show which target can do what with which kind, and on what each claim rests.

    \b
    Examples:
      reconciler providers
      reconciler providers --format markdown
    """
    del options
    draw(providers_report.build(tuple(CAPABILITIES.values())), form, json_into=json_into, quiet=quiet)
    return 0
