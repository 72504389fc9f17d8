"""`diff`."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.options import Instant, common
from reconciler.cli.output import show as draw
from reconciler.errors import FilesError, UsageError
from reconciler.load import Loaded
from reconciler.model.diagnostics import has_errors
from reconciler.report import comparison
from reconciler.runtime.comparing import Side, compare_sides
from reconciler.runtime.revision import exported
from reconciler.wiring import CAPABILITIES, Options, clock, load

_NOW = "the working tree"


@click.command(short_help="Show what two revisions of the files mean, in hotel terms.")
@click.argument("revisions", metavar="REV[..REV]")
@click.option(
    "--property", "properties", multiple=True, metavar="SLUG", help="Only these properties (globs; repeatable)."
)
@click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only these addresses (repeatable).")
@click.option("--as-of", type=Instant(), metavar="INSTANT", help="Compare as if it were then.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something differs.")
@common(form=True)
def diff(
    options: Options, revisions: str, detailed_exitcode: bool, form: str, json_into: Path | None, quiet: bool
) -> int:
    """Show what the files say differently since REV, or from one REV to the other: prices, stays, units, by hotel and night.

    Only the files are read, as git has them: no database and no provider is asked. What a plan would do depends on what is out there.

    \b
    Examples:
      reconciler diff HEAD
      reconciler diff main..my-branch
      reconciler diff v1..v2 --property 'iberia-*' --format markdown
    """
    before, dots, after = revisions.partition("..")
    if not before or (dots and not after) or after.startswith("."):
        raise UsageError(f"`{revisions[:80]}` is not REV or REV..REV")
    options = replace(options, as_of=options.as_of or clock())
    with ExitStack() as stack:
        old = _side(replace(options, workspace=stack.enter_context(exported(options.workspace, before))), before)
        there = stack.enter_context(exported(options.workspace, after)) if after else options.workspace
        new = _side(replace(options, workspace=there), after or _NOW)
    found = compare_sides(old, new, CAPABILITIES, options.as_of or clock(), options.scope.targets)
    draw(comparison.build(found), form, json_into=json_into, quiet=quiet)
    return 2 if detailed_exitcode and found.changes else 0


def _side(options: Options, name: str) -> Side:
    """One state of the files, which must be free of errors. That one of them lacks a property that was asked for is no error."""
    if not (options.workspace / "reconciler.yaml").is_file():
        raise UsageError(f"there is no reconciler.yaml in {name}", hint="compare revisions that have the workspace")
    loaded, environment = load(options)
    loaded = replace(loaded, diagnostics=tuple(d for d in loaded.diagnostics if d.code != "unknown-property"))
    _refuse_errors(loaded, name)
    return Side(name, loaded, environment)


def _refuse_errors(loaded: Loaded, name: str) -> None:
    if has_errors(loaded.diagnostics):
        raise FilesError(f"the files have errors in {name}", loaded.diagnostics, texts=loaded.files)
