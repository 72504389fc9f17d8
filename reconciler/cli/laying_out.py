"""`init`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from reconciler import __version__
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

_PIPELINES = {
    "github": {f".github/workflows/{name}.yml": f"github/{name}.yml" for name in ("plan", "apply", "drift")},
    "gitlab": {".gitlab-ci.yml": "gitlab/gitlab-ci.yml"},
    "none": {},
}
"""The pipelines of each code host."""

INSTALL, PROGRAM = f"python -m pip install reconciler=={__version__}", "reconciler"
"""How a pipeline gets the program, and how it calls it."""


@click.command(short_help="Lay out a workspace.")
@click.argument(
    "folder", required=False, default=".", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False)
)
@click.option(
    "--host",
    type=click.Choice(list(_PIPELINES)),
    default="github",
    show_default=True,
    help="Whose pipelines: plan on a pull request, apply after the merge, drift on a schedule.",
)
def init(folder: Path, host: str) -> int:
    """Lay out a workspace in DIR (default: here): reconciler.yaml with policies, properties/, schemas/, pipelines, a README that goes on.

    Overwrites nothing: what is there already is left alone and named.

    \b
    Examples:
      reconciler init hotels
      reconciler init hotels --host gitlab
      reconciler init
    """
    if (folder / SETTINGS).exists():
        raise UsageError(f"{folder / SETTINGS} exists; nothing is overwritten")
    for name, text in (*_texts(), *pipelines(host)):
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


def pipelines(host: str, install: str = INSTALL, program: str = PROGRAM) -> Iterator[tuple[str, str]]:
    """Every pipeline for a code host with its text."""
    templates = files("reconciler.cli") / "workspace"
    for name, template in _PIPELINES[host].items():
        text = (templates / template).read_text("utf-8")
        yield name, text.replace("@INSTALL@", install).replace("@RECONCILER@", program)


def _write(file: Path, text: str) -> None:
    if file.exists():
        click.echo(f"Left alone: {file} exists.")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
