"""`adopt`."""

from __future__ import annotations

import click

from reconciler.cli.formatting import difference
from reconciler.cli.options import common
from reconciler.report.clean import clean
from reconciler.report.contract import count
from reconciler.runtime.adopting import adopt as adopt_into
from reconciler.runtime.adopting import moved_there
from reconciler.runtime.drafting import draft
from reconciler.runtime.drifting import find_drift
from reconciler.wiring import Options, capabilities, site


@click.command(short_help="Write what was changed out there back into the YAML; comments stay.")
@click.option("--dry-run", is_flag=True, help="Show the lines that would change; write nothing.")
@common(scope=True, work=True)
def adopt(options: Options, dry_run: bool) -> int:
    """Write what somebody changed out there back into the properties' files, comments kept: the way from drift to a pull request.

    Prices, restrictions, units and closings become overrides that are called `adopted-` and the date. What git itself changed since the
    last apply is left alone, and so is what the YAML cannot say exactly; both are named. Exit 1 where anything was left alone.

    \b
    Examples:
      reconciler adopt --dry-run
      reconciler adopt --property lisbon-baixa --target '*/expedia/**'
    """
    with site(options) as here:
        report = find_drift(here)
        files = draft(options.workspace, here.now, capabilities)
        found = adopt_into(files, list(moved_there(report.differences)), here.now.date())
    for name, text in sorted(files.changed.items()):
        click.echo("".join(difference(name, files.texts[name], text)), nl=False)
    for address, why in found.left:
        click.echo(f"left alone: {clean(str(address))}: {clean(why)}", err=True)
    if not dry_run:
        files.write()
    told = count(len(found.addresses), "difference")
    click.echo(
        f"{told} adopted in {count(len(files.changed), 'file')}{' (nothing written)' if dry_run else ''}.", err=True
    )
    if files.changed and not dry_run:
        click.echo(
            "Next: read it, commit, and open a pull request; `reconciler plan` shows what follows elsewhere.", err=True
        )
    return 1 if found.left else 0
