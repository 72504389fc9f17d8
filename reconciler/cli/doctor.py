"""`doctor`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.errors import FilesError, ReconcilerError, UsageError
from reconciler.model.examination import Examined, Verdict
from reconciler.report import examination as report
from reconciler.runtime.examining import examine, of_database
from reconciler.wiring import Options, database_findings, site


@click.command(short_help="Check what safe running assumes.")
@common(scope=True, work=True, form=True)
def doctor(options: Options, form: str, json_into: Path | None, quiet: bool) -> int:
    """Check what safe running assumes: files, database, environment, clocks, credentials, endpoints, other writers, bookings, earlier runs.

    What cannot be seen from here is said too, with where to look. Changes nothing. Exit code 1 where something is wrong.

    \b
    Examples:
      reconciler doctor
      reconciler doctor --env production --property lisbon-baixa
    """
    examined = [*_told("properties", lambda: _properties(options))]
    examined = [*_told("database", lambda: of_database(database_findings(options))), *examined]
    draw(report.build(examined), form, json_into=json_into, quiet=quiet)
    return 1 if any(one.verdict is Verdict.ERROR for one in examined) else 0


def _properties(options: Options) -> list[Examined]:
    with site(options) as here:
        return examine(here)


def _told(subject: str, look: Callable[[], Iterable[Examined]]) -> list[Examined]:
    """What was seen; where looking fails, that is what is told. Wrong usage is nobody's illness."""
    try:
        return list(look())
    except UsageError:
        raise
    except FilesError as error:
        return [Examined("files", Verdict.ERROR, error.message, "`reconciler validate` shows what is wrong")]
    except ReconcilerError as error:
        return [Examined(subject, Verdict.ERROR, error.message, error.hint)]
