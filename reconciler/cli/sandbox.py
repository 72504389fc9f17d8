"""`sandbox`."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli import extranets
from reconciler.errors import FilesError
from reconciler.load import workspace
from reconciler.model.diagnostics import has_errors
from reconciler.model.property import Property
from reconciler.report.contract import count
from reconciler.sandbox.server import running


@click.command(short_help="Serve both extranets on this machine.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only.")
@click.option("--port", type=click.IntRange(0, 65535), default=8790, show_default=True, help="0 takes a free one.")
@click.option("--state", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Keep the state here.")
@click.option(
    "--hotels",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Set up the hotels of the workspace in DIR: rooms and rate plans exist, nothing is loaded.",
)
def sandbox(host: str, port: int, state: Path | None, hotels: Path | None) -> int:
    """Serve the extranets of Expedia and Booking.com on this machine, speaking the real formats, until interrupted.

    What is under /admin is for people and tests: load a hotel, change something by hand, book, cancel, inject a fault, list what was
    received. Environments with `endpoints: local` speak to it.

    \b
    Examples:
      reconciler sandbox --hotels .
      reconciler sandbox --port 9000 --state extranets.json
    """
    described = _described(hotels) if hotels else ()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with running(port, state, host) as served:
            loaded = extranets.set_up(served.admin, described)
            told = f", {count(loaded, 'hotel')} set up" if loaded else ""
            click.echo(f"Both extranets are at {served.url} (admin: {served.url}/admin){told}. Ctrl-C ends.", err=True)
            ended.wait()
    except (OSError, ValueError, KeyError) as error:
        raise click.UsageError(f"the sandbox cannot start: {error}") from error
    return 0


def _described(folder: Path) -> tuple[Property, ...]:
    loaded = workspace(folder, now=datetime.now(UTC))
    if has_errors(loaded.diagnostics):
        raise FilesError("the files have errors; no hotel was set up", loaded.diagnostics)
    return loaded.properties
