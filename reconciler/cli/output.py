"""Showing things: results to standard output in the format asked for, errors and progress to standard error."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from reconciler.engine.plan_file import MAX_BYTES
from reconciler.errors import FilesError, ReconcilerError, StalePlanError, UsageError
from reconciler.report import github, html, markdown, sarif, terminal
from reconciler.report import json as as_json
from reconciler.report.clean import clean
from reconciler.report.contract import Report
from reconciler.runtime.revision import place_in_repository

FORMATS = click.Choice(["text", "json", "markdown", "html"])
WITH_FINDINGS = click.Choice(["text", "json", "markdown", "html", "sarif", "github"])
"""For what is mostly findings: also the forms that code hosts read."""

_FOR_HOSTS = ("sarif", "github")
_RENDER = {
    "json": as_json.render,
    "markdown": markdown.render,
    "html": html.render,
    "sarif": sarif.render,
    "github": github.render,
}
_LISTED = 20
_LONGEST = 2000


def show(
    report: Report, form: str = "text", *, json_into: Path | None = None, quiet: bool = False, root: Path | None = None
) -> None:
    """Draws the report on standard output; also as JSON into a file where asked for.

    `root`: the workspace's folder, by which the forms of code hosts find the files that findings name.
    """
    if json_into is not None:
        save(as_json.render(report), json_into)
    if quiet:
        return
    if form == "text":
        terminal.write(report, sys.stdout, colour=wants_colour())
    else:
        click.echo(_RENDER[form](in_repository(report, root) if form in _FOR_HOSTS and root else report), nl=False)


def in_repository(report: Report, root: Path) -> Report:
    """The report with files named as the repository has them, of which the workspace may be a folder."""
    before = place_in_repository(root)
    return replace(
        report,
        findings=tuple(replace(d, file=before + d.file) if d.file else d for d in report.findings),
        excerpts={(before + file, line): text for (file, line), text in report.excerpts.items()},
    )


def save(text: str, file: Path) -> None:
    """Writes a text into a file. Raises UsageError where that cannot be."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        hint = "is there such a folder?" if isinstance(error, FileNotFoundError) else ""
        raise UsageError(f"{file} cannot be written ({error.strerror})", hint=hint) from error


def saved_text(file: Path) -> str:
    """The text of a saved plan or report, no more of it than one can have. Raises UsageError where it cannot be read.

    Whether it is one is for its reader to say: what is no UTF-8 is replaced, and never fits a digest.
    """
    try:
        if file.exists() and not file.is_file():  # a pipe may never end, nor a device
            raise UsageError(
                f"{file} is not a file", hint="name a plain file; what comes from elsewhere is saved first"
            )
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1).decode("utf-8", "replace")
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror})") from error


def wants_colour() -> bool:
    """On a terminal, unless somebody said no (NO_COLOR, --no-color)."""
    context = click.get_current_context(silent=True)
    refused = bool(context and context.find_root().meta.get("no_color"))
    return sys.stdout.isatty() and not refused and not os.environ.get("NO_COLOR")


def in_short(text: str) -> str:
    """Clean, with the middle left out of what is very long: the beginning says what it is about, the end what is wrong."""
    half = _LONGEST // 2
    return clean(text if len(text) <= _LONGEST else f"{text[:half]} … {text[-half:]}", _LONGEST + 3)


def show_error(error: ReconcilerError) -> None:
    """An error as people read it: what, where, what next."""
    if isinstance(error, FilesError):
        from reconciler.report import findings

        excerpts = findings.excerpts(error.diagnostics, lambda file: error.texts.get(file, ""))
        sys.stderr.write(terminal.render(findings.build(error.diagnostics, excerpts=excerpts)))
    click.echo(f"error: {in_short(error.message)}", err=True)
    if isinstance(error, StalePlanError):
        for line in error.moved[:_LISTED]:
            click.echo(f"  moved: {clean(line)}", err=True)
        if len(error.moved) > _LISTED:
            click.echo(f"  … and {len(error.moved) - _LISTED} more", err=True)
    if error.hint:
        click.echo(f"hint: {in_short(error.hint)}", err=True)


def progress(message: str) -> None:
    """One line on what is being worked on, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[2K… {clean(message)}\r", err=True, nl=False)
