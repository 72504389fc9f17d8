"""`db`: migrate, check and seed."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.errors import RefusedError
from reconciler.model.diagnostics import has_errors
from reconciler.report import findings
from reconciler.report.contract import count
from reconciler.runtime.seeding import rows_of
from reconciler.runtime.site import sound
from reconciler.store.check import grants
from reconciler.store.connect import connect, open_database
from reconciler.store.migrate import migrate
from reconciler.store.seed import seed
from reconciler.wiring import Options, database_findings, database_of, load


@click.group(short_help="Migrate, check and seed the database.")
def db() -> None:
    """The database: create what is missing, check what exists, seed what no hotel system keeps.

    \b
    Examples:
      reconciler db migrate
      reconciler db check
      reconciler db seed
    """


@db.command("migrate", short_help="Create what is missing; alter and drop nothing of the hotel's.")
@common()
def db_migrate(options: Options) -> int:
    """Create what is missing. A hotel table that exists is never altered or dropped.

    \b
    Examples:
      reconciler db migrate --database postgresql://localhost/hotels
    """
    _, environment = load(options)
    with (
        open_database(database_of(options, environment), options.workspace) as url,
        connect(url, autocommit=True) as connection,
    ):
        done = migrate(connection)
    for name in done:
        click.echo(f"applied {name}")
    click.echo(f"{count(len(done), 'migration')} applied." if done else "Nothing to migrate.")
    return 0


@db.command("check", short_help="Compare what exists with what is needed.")
@click.option("--grants", "show_grants", is_flag=True, help="Print the GRANTs of two least-privilege roles instead.")
@common(form=True)
def db_check(options: Options, show_grants: bool, form: str, json_into: Path | None, quiet: bool) -> int:
    """Compare what exists with what is needed, and say precisely what is off.

    \b
    Examples:
      reconciler db check
      reconciler db check --grants
    """
    if show_grants:
        click.echo(grants(), nl=False)
        return 0
    found = database_findings(options)
    draw(findings.build(found), form, json_into=json_into, quiet=quiet)
    return 1 if has_errors(found) else 0


@db.command("seed", short_help="Write the rows of properties and room types that the files name.")
@common(scope=True)
def db_seed(options: Options) -> int:
    """Write the `properties` and `room_types` rows that the files name, where no hotel system does. Refused in production.

    \b
    Examples:
      reconciler db seed
    """
    loaded, environment = load(options)
    if not environment.test_mode:
        raise RefusedError(
            f"`{environment.name}` is not a test environment: its properties and rooms belong to the hotel system",
            hint="create them there, or use an environment with test_mode: true",
        )
    hotels = sound(loaded)
    database = database_of(options, environment)
    with open_database(database, options.workspace) as url, connect(url, autocommit=True) as connection:
        if database.startswith("embedded"):
            migrate(connection)
        written = seed(connection, rows_of(hotels))
    if not hotels:
        click.echo("Nothing to write: the files name no property.")
    else:
        click.echo(f"{count(written, 'row')} written." if written else "Every row was there already.")
    return 0
