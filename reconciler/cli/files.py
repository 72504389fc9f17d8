"""`validate` and `schema`: what concerns files alone."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.cli.paths import below
from reconciler.errors import UsageError
from reconciler.load import processors, schemas, text_of
from reconciler.model.diagnostics import has_errors
from reconciler.report import findings
from reconciler.runtime.validating import validate_files
from reconciler.wiring import Options, capabilities, clock, reached_since
from reconciler.wiring.keeping import kept_results


@click.command(short_help="Check the files; touch nothing outside them.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--changed-since", "revision", metavar="REV", help="Only what a change since this revision can reach.")
@common(form=True, found=True)
def validate(
    options: Options, paths: tuple[Path, ...], revision: str | None, form: str, json_into: Path | None, quiet: bool
) -> int:
    """Check every file: each problem with file, line, column, code and hint, all in one go. Changes no file.

    With PATHS only the findings in these files and folders are shown. With --changed-since only those in the files of properties that
    a change can reach, in reconciler.yaml, and those that only show with all properties in view.

    \b
    Examples:
      reconciler validate
      reconciler validate properties/iberia
      reconciler validate --changed-since origin/main
      reconciler validate --format json
      reconciler validate --format sarif > findings.sarif
    """
    root = options.workspace
    if not (root / "reconciler.yaml").is_file():
        raise UsageError(f"there is no reconciler.yaml in {root.resolve()}", hint="give --workspace DIR")
    now = options.as_of or clock()
    checked = validate_files(root, now, capabilities, kept=kept_results(options), processes=processors())
    wanted = [(root / path).resolve() for path in paths]
    if not any(
        below((root / file).resolve(), wanted) for file in (*checked.files, *(d.file for d in checked.diagnostics))
    ):
        raise UsageError(
            f"no file of the workspace is in {', '.join(map(str, paths))}",
            hint="paths count from the workspace's folder",
        )
    if revision is not None:
        checked = checked.only(reached_since(root, revision))
    looked_at = [file for file in checked.files if below((root / file).resolve(), wanted)]
    found = [d for d in checked.diagnostics if below((root / d.file).resolve(), wanted)]
    excerpts = findings.excerpts(found, lambda file: text_of(root, file))
    report = findings.build(found, excerpts=excerpts, checked=len(looked_at))
    draw(report, form, json_into=json_into, quiet=quiet, root=root)
    return 1 if has_errors(found) else 0


@click.command(short_help="Write the JSON Schemas of the YAML files.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a schema is not current.")
@common()
def schema(options: Options, check: bool) -> int:
    """Write the JSON Schemas that editors complete and check the YAML with, into schemas/.

    \b
    Examples:
      reconciler schema
      reconciler schema --check
    """
    folder = options.workspace / "schemas"
    if check:
        stale = schemas.check(folder)
        for name in stale:
            click.echo(f"{folder / name} is not current: `reconciler schema` writes it")
        if not stale:
            click.echo("The schemas are current.")
        return 1 if stale else 0
    schemas.write(folder)
    click.echo(f"Schemas are in {folder}.")
    return 0
