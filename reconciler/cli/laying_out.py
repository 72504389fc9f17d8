"""`init`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from reconciler.errors import UsageError
from reconciler.load import schemas

SETTINGS = "reconciler.yaml"
_TEMPLATES = {
    SETTINGS: SETTINGS,
    "properties/_defaults.yaml": "properties/_defaults.yaml",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".vscode/extensions.json": "vscode/extensions.json",
    ".vscode/settings.json": "vscode/settings.json",
}
"""The files of a workspace, each with its template: a wheel is no place for names that begin with a dot."""


@click.command(short_help="Lay out a workspace.")
@click.argument(
    "folder", required=False, default=".", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False)
)
def init(folder: Path) -> int:
    """Lay out a workspace in DIR (default: here): reconciler.yaml with policies, properties/, schemas/, a README with the next steps.

    Overwrites nothing: what is there already is left alone and named.

    \b
    Examples:
      reconciler init hotels
      reconciler init
    """
    if (folder / SETTINGS).exists():
        raise UsageError(f"{folder / SETTINGS} exists; nothing is overwritten")
    for name, text in _texts():
        _write(folder / name, text)
    click.echo(f"Laid out {folder.resolve()}. Its README.md says what comes next:")
    click.echo("  reconciler import --property SLUG --expedia ID --booking.com ID   a hotel that runs already")
    click.echo(
        "  reconciler import --all                                           all that the hotel system has enabled"
    )
    click.echo("  reconciler validate                                               whether the files are right")
    return 0


def _texts() -> Iterator[tuple[str, str]]:
    """Every file of a new workspace with its text."""
    templates = files("reconciler.cli") / "workspace"
    for name, template in _TEMPLATES.items():
        yield name, (templates / template).read_text("utf-8")
    for name, text in schemas.rendered().items():
        yield f"schemas/{name}", text


def _write(file: Path, text: str) -> None:
    if file.exists():
        click.echo(f"Left alone: {file} exists.")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
