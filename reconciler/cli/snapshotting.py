"""`snapshot`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import save
from reconciler.cli.output import show as draw
from reconciler.engine import snapshot_file
from reconciler.report import findings
from reconciler.report.contract import count
from reconciler.runtime.snapshotting import take
from reconciler.wiring import Options, site


@click.command(short_help="Keep what is out there now, for plans that may look at nothing.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE", help="Where to.")
@common(scope=True, work=True)
def snapshot(options: Options, out: Path) -> int:
    """Keep what is at every target now, and what is remembered, in a file that `plan --offline FILE` plans against, touching nothing.

    Holds no secrets, and nothing of guests. Exit 1 where something could not be looked at; the rest is kept.

    \b
    Examples:
      reconciler snapshot --out snapshot.json
      reconciler snapshot --env production --property 'lisbon-*' --out snapshot.json
    """
    with site(options) as here:
        taken, failed = take(here)
    save(snapshot_file.dumps(taken), out)
    click.echo(f"Kept {count(len(taken.seen), 'property', 'properties')} of {taken.environment} in {out}.", err=True)
    if failed:
        draw(findings.build(failed))
    return 1 if failed else 0
