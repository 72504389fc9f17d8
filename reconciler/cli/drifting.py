"""`drift`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.report import drift as drift_report
from reconciler.runtime.drifting import find_drift
from reconciler.runtime.planning import failures
from reconciler.wiring import Options, site


@click.command(short_help="Show what differs out there, and who moved.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something differs.")
@common(scope=True, work=True, form=True)
def drift(options: Options, detailed_exitcode: bool, form: str, json_into: Path | None, quiet: bool) -> int:
    """Show what differs out there from git and from what was last applied, and who moved. Nothing is changed.

    \b
    Examples:
      reconciler drift
      reconciler drift --property lisbon-baixa --format json
      reconciler drift --detailed-exitcode --json-into drift.json
    """
    with site(options) as here:
        found = find_drift(here)
    draw(drift_report.build(found), form, json_into=json_into, quiet=quiet)
    if failures(found.findings):
        return 1
    return 2 if detailed_exitcode and found.differences else 0
