"""`fmt`."""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.cli.paths import chosen
from reconciler.load.files import write
from reconciler.report import findings
from reconciler.report.contract import count
from reconciler.runtime.formatting import Formatted, formatted, names
from reconciler.wiring import Options


@click.command(short_help="Lay the files out in one way; comments stay.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file is not laid out so.")
@click.option("--diff", "shown", is_flag=True, help="Show the lines that change.")
@common()
def fmt(options: Options, paths: tuple[Path, ...], check: bool, shown: bool) -> int:
    """Lay the YAML files out in one way: order of keys, indentation, quotes, empty lines. What they say and every comment stays.

    With PATHS only these files and folders. Rooms, plans, seasons and overrides keep their order, for it has a meaning.

    \b
    Examples:
      reconciler fmt
      reconciler fmt --check --diff properties/iberia
    """
    files = chosen(options.workspace, names(options.workspace), paths)
    done = list(formatted(options.workspace, files))
    for one in done:
        if one.differs and shown:
            click.echo("".join(difference(one.name, one.before, one.after)), nl=False)
        if one.differs and not check:
            write(options.workspace, one.name, one.after)
    _tell(done, check)
    problems = [problem for one in done for problem in one.problems]
    if problems:
        texts = {one.name: one.before for one in done}
        excerpts = findings.excerpts(problems, lambda file: texts.get(file, ""))
        draw(findings.build(problems, excerpts=excerpts, checked=len(done)))
    return 1 if problems or (check and any(one.differs for one in done)) else 0


def _tell(done: list[Formatted], check: bool) -> None:
    changed = [one.name for one in done if one.differs]
    for name in changed:
        click.echo(f"{name} {'is not laid out so' if check else 'is laid out anew'}")
    told = "to be laid out" if check else "laid out anew"
    click.echo(f"{count(len(changed), 'file')} {told}, {len(done) - len(changed)} as they should be.", err=True)


def difference(name: str, before: str, after: str) -> list[str]:
    """The lines that change, as version control shows them."""
    return list(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{name}", f"b/{name}", n=2))
