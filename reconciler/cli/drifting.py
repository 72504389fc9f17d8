"""`drift`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.errors import UsageError
from reconciler.report import drift as drift_report
from reconciler.runtime import alerting
from reconciler.runtime.applying import claim
from reconciler.runtime.drifting import find_drift
from reconciler.runtime.planning import failures
from reconciler.wiring import Options, site


@click.command(short_help="Show what differs out there, and who moved.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something differs.")
@click.option("--record", is_flag=True, help="Write alerts: what is new, what changed, what is over.")
@common(scope=True, work=True, form=True)
def drift(
    options: Options, detailed_exitcode: bool, record: bool, form: str, json_into: Path | None, quiet: bool
) -> int:
    """Show what differs out there from git and from what was last applied, and who moved. Nothing is changed out there.

    \b
    Examples:
      reconciler drift
      reconciler drift --property lisbon-baixa --format json
      reconciler drift --detailed-exitcode --json-into drift.json
      reconciler drift --record
    """
    if record and (options.scope.window is not None or options.distrust):
        raise UsageError("--record looks at all nights", hint="leave --window and --distrust out")
    with site(options, changes=record) as here:
        found = find_drift(here)
        if record:
            claim(here)
        told = alerting.record(here, found) if record else None
    draw(drift_report.build(found, told), form, json_into=json_into, quiet=quiet)
    if failures(found.findings):
        return 1
    return 2 if detailed_exitcode and found.differences else 0
