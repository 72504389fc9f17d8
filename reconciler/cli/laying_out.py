"""`init`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from reconciler.errors import UsageError
from reconciler.load import schemas

_IGNORED = ".reconciler/\n"


@click.command(short_help="Lay out a workspace.")
@click.argument(
    "folder", required=False, default=".", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False)
)
def init(folder: Path) -> int:
    """Lay out a workspace in DIR (default: here): reconciler.yaml, properties/, schemas/. Overwrites nothing.

    \b
    Examples:
      reconciler init hotels
      reconciler init
    """
    settings = folder / "reconciler.yaml"
    if settings.exists():
        raise UsageError(f"{settings} exists; nothing is overwritten")
    (folder / "properties").mkdir(parents=True, exist_ok=True)
    template = (files("reconciler.cli") / "workspace.yaml").read_text("utf-8")
    settings.write_text(template, encoding="utf-8")
    schemas.write(folder / "schemas")
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text(_IGNORED, encoding="utf-8")
    click.echo(f"Laid out {folder.resolve()}.")
    click.echo("Next: reconciler import --property SLUG --expedia ID --booking.com ID, or write properties/SLUG.yaml.")
    return 0
