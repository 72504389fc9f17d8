"""`alerts`: list, resolve."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.errors import UsageError
from reconciler.report import alerts as report
from reconciler.runtime.alerting import resolve, standing
from reconciler.wiring import Options, site


@click.group(short_help="List and resolve alerts.")
def alerts() -> None:
    """What stands wrong, in the hotel's own table `ota_config_alerts`: written by `drift --record`, and by other programs."""


@alerts.command("list", short_help="List the alerts that are not over.")
@common(scope=True, form=True)
def list_(options: Options, form: str, json_into: Path | None, quiet: bool) -> int:
    """List the alerts that are not over, the oldest first.

    \b
    Examples:
      reconciler alerts list
      reconciler alerts list --property 'lisbon-*' --format json
    """
    with site(options) as here:
        drawn = report.build(standing(here), here.now)
    draw(drawn, form, json_into=json_into, quiet=quiet)
    return 0


@alerts.command("resolve", short_help="Say of alerts that they are over.")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept with it.")
@common(form=True)
def resolve_(
    options: Options, ids: tuple[str, ...], reason: str, form: str, json_into: Path | None, quiet: bool
) -> int:
    """Say of alerts that they are over. Each ID may be the beginning of one. What still stands is told anew by the next drift run.

    \b
    Examples:
      reconciler alerts resolve 3f2a --reason 'the extranet was right'
    """
    with site(options, changes=True) as here:
        done, wrong = resolve(here, [one.lower() for one in ids], reason)
        if wrong:
            raise UsageError(
                f"no alert, or more than one, has an id that begins with {', '.join(wrong)}; nothing was resolved",
                hint="`reconciler alerts list` shows them",
            )
        drawn = report.resolved(done, here.now)
    draw(drawn, form, json_into=json_into, quiet=quiet)
    return 0
