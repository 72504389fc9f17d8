"""`codeowners`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import save
from reconciler.errors import UsageError
from reconciler.runtime.owning import owners
from reconciler.wiring import Options


@click.command(short_help="Write who has to agree to a change of which hotels: a CODEOWNERS file.")
@click.option(
    "--team",
    required=True,
    metavar="OWNER",
    help="Who owns a folder of properties; {folder} stands for its name, as in @acme/{folder}.",
)
@click.option(
    "--rules", "rules", required=True, multiple=True, metavar="OWNER", help="Who owns everything else (repeatable)."
)
@click.option(
    "--folder", "folders", multiple=True, metavar="NAME=OWNER", help="Who owns this folder instead (repeatable)."
)
@click.option("--write", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there.")
@click.option(
    "--check",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Exit 1 where this file is not current.",
)
@common()
def codeowners(
    options: Options,
    team: str,
    rules: tuple[str, ...],
    folders: tuple[str, ...],
    write: Path | None,
    check: Path | None,
) -> int:
    """Write who has to agree to a change of which files, for GitHub or GitLab.

    Each folder of properties has the people who run these hotels; reconciler.yaml, the pipelines and the file itself have those who answer
    for the rules. The last line that fits a file decides.

    \b
    Examples:
      reconciler codeowners --team '@acme/{folder}' --rules @acme/platform
      reconciler codeowners --team '@acme/{folder}' --rules @acme/platform --folder iberia=@acme/lisbon --write .github/CODEOWNERS
      reconciler codeowners --team '@acme/{folder}' --rules @acme/platform --check .github/CODEOWNERS
    """
    others = dict(_pair(folder) for folder in folders)
    text = owners(options.workspace, team, rules, others)
    if check is not None:
        if check.is_file() and check.read_text(encoding="utf-8", errors="replace") == text:
            return 0
        click.echo(f"{check} is not current; --write {check} writes it anew.", err=True)
        return 1
    if write is not None:
        write.parent.mkdir(parents=True, exist_ok=True)
        save(text, write)
    else:
        click.echo(text, nl=False)
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, equals, owner = text.partition("=")
    if not equals or not name:
        raise UsageError(f"`{text[:80]}` is not NAME=OWNER")
    return name, owner
