"""A run that changes something, from the command line: who makes it, and how it is stopped."""

from __future__ import annotations

import getpass
import os
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from reconciler import __version__
from reconciler.engine import plan_file
from reconciler.model.journal import Run
from reconciler.model.plan import Plan
from reconciler.runtime.site import Site


def run_of(here: Site, plan: Plan, verb: str = "apply") -> Run:
    """The run that applies a plan."""
    return Run(
        id=str(uuid.uuid4()),
        environment=here.environment.name,
        verb=verb,
        started_at=here.clock(),
        host=socket.gethostname(),
        pid=os.getpid(),
        os_user=user(),
        tool_version=__version__,
        plan_digest=plan_file.digest(plan),
        commit=plan.commit,
    )


def user() -> str:
    """Who runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets: what is under way finishes. The second one ends at once."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            # Like a kill: threads may wait for an answer, and nothing may be waited for. The journal is made for that.
            click.echo("\nStopped at once; the next apply settles what was under way.", err=True)
            sys.stderr.flush()
            os._exit(130)
        stop.set()
        click.echo("\nStopping after what is under way; once more to stop at once.", err=True)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
