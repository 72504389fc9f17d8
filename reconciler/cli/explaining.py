"""`explain`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from reconciler.cli.options import Instant, Night, common
from reconciler.cli.output import show as draw
from reconciler.report import explanation
from reconciler.runtime.comparing import Side
from reconciler.runtime.explaining import explained
from reconciler.runtime.site import sound
from reconciler.wiring import CAPABILITIES, Options, clock, load


@click.command(short_help="Show where a value comes from: file, line and rule, step by step.")
@click.argument("address")
@click.option("--night", type=Night(), metavar="DATE", help="The night; default: today.")
@click.option("--as-of", type=Instant(), metavar="INSTANT", help="As if it were then.")
@common(form=True)
def explain(
    options: Options, address: str, night: datetime | None, form: str, json_into: Path | None, quiet: bool
) -> int:
    """Show where a value comes from: every step with the rule, the file and the line that gave it, and what it overrode.

    ADDRESS is that of a value, as plans name it, or a path of keys in the files with / between them.

    \b
    Examples:
      reconciler explain lisbon-baixa/expedia/rates/double/BB --night 2027-07-03
      reconciler explain lisbon-baixa/booking.com/availability/suite --night 2027-01-12
      reconciler explain lisbon-baixa/rate_plans/BAR/rates/double/default
      reconciler explain _workspace/policies/blast_radius/deletions
    """
    loaded, environment = load(options)
    sound(loaded)
    side = Side("now", loaded, environment)
    on = night.date() if night else None
    answer = explained(options.workspace, address, on, options.as_of or clock(), side, CAPABILITIES)
    draw(explanation.build(answer), form, json_into=json_into, quiet=quiet)
    return 0
