"""`sandbox`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.sandbox.server import serve


@click.command(short_help="Serve both extranets on this machine.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only.")
@click.option("--port", type=click.IntRange(0, 65535), default=8790, show_default=True, help="0 takes a free one.")
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the state here.",
)
def sandbox(host: str, port: int, state_file: Path | None) -> int:
    """Serve the extranets of Expedia and Booking.com on this machine, speaking the real formats, until interrupted.

    What is under /admin is for people and tests: load a hotel, change something by hand, book, cancel, inject a fault, list what was
    received.

    \b
    Examples:
      reconciler sandbox
      reconciler sandbox --port 9000 --state extranets.json
    """
    try:
        serve(
            host,
            port,
            state_file,
            lambda url: click.echo(f"Both extranets are at {url} (admin: {url}/admin). Ctrl-C ends.", err=True),
        )
    except (OSError, ValueError, KeyError) as error:
        raise click.UsageError(f"the sandbox cannot start: {error}") from error
    return 0
