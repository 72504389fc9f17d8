"""`snapshot`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import save
from reconciler.cli.output import show as draw
from reconciler.engine import snapshot_file
from reconciler.report import snapshot as snapshot_report
from reconciler.runtime.snapshotting import take
from reconciler.wiring import Options, site


@click.command(short_help="Write what is out there into a file to plan against.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="Where the snapshot is written.",
)
@common(which=True, work=True, form=True)
def snapshot(options: Options, out: Path, form: str, json_into: Path | None, quiet: bool) -> int:
    """Write what every target tells now, and what is remembered, into a file: `plan --offline FILE` plans against it and touches nothing.

    For where there are no secrets, as with a pull request from a fork. The file holds no secret, no booking and no guest; it holds
    prices and units as they are. Changes nothing out there. Exit code 1 where something could not be read and was left out.

    \b
    Examples:
      reconciler snapshot --out snapshot.json
      reconciler snapshot --env production --property 'lisbon-*' --out snapshot.json
    """
    with site(options) as here:
        taken = take(here)
    text = snapshot_file.dumps(taken.snapshot)
    save(text, out)
    draw(
        snapshot_report.build(taken.snapshot, taken.findings, snapshot_file.loads(text)[1]),
        form,
        json_into=json_into,
        quiet=quiet,
    )
    return 1 if taken.findings else 0
