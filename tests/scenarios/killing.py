"""Commands in a process that is killed, for real (SIGKILL), right after one of its steps towards the outside.

A step is whatever outlasts the process: a transaction of the store or of the hotel's rows, an exchange with a provider. What lies between
two steps leaves no trace, so a kill after each of them, and one before the first, are all the kills that can be told apart.
"""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from reconciler.cli.app import execute
from reconciler.providers.booking_com.provider import BookingCom
from reconciler.providers.database.target import HotelDatabase
from reconciler.providers.expedia.provider import Expedia
from reconciler.providers.http import HttpClient
from reconciler.store.postgres import PostgresStore

_STORED = ("claim", "abandon", "start", "intend", "record", "bind", "settle", "finish", "complete", "move")
CONTEXT = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class End:
    """How it ended: killed or with an exit code, after so many steps, and what it said."""

    killed: bool
    code: int
    steps: int
    said: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A command in a process of its own."""

    process: Any
    steps: Any
    told: Any

    def end(self) -> End:
        """Waits for its end."""
        self.process.join(120)
        if self.process.exitcode is None:
            self.process.kill()
            raise AssertionError("the command neither ended nor was killed")
        said = self.told.recv() if self.process.exitcode >= 0 and self.told.poll() else ""
        return End(self.process.exitcode == -signal.SIGKILL, self.process.exitcode, self.steps.value, said)


def run(environ: Mapping[str, str], arguments: Sequence[str], *, kill_after: int | None) -> End:
    """Runs a command in a process of its own and kills it after so many steps; never where it is None."""
    return begin(environ, arguments, kill_after=kill_after).end()


def begin(
    environ: Mapping[str, str], arguments: Sequence[str], start: Any = None, *, kill_after: int | None = None
) -> Begun:
    """The same without waiting for its end. `start`: a barrier at which it waits before it begins."""
    # What this process has imported by now is imported once for all that follow.
    CONTEXT.set_forkserver_preload(
        [*sorted(name for name in sys.modules if name.startswith("reconciler.")), "httpx", __name__]
    )
    steps = CONTEXT.RawValue("i", 0)  # without a lock, which the killed process would take with it
    told, tell = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_child, args=(dict(environ), list(arguments), kill_after, steps, start, tell))
    process.start()
    tell.close()
    return Begun(process, steps, told)


def _child(
    environ: dict[str, str], arguments: list[str], kill_after: int | None, steps: Any, start: Any, tell: Any
) -> None:
    for name in ("RECONCILER_ENV", "OTA_TEST_MODE", "OTA_DEBUG", "CI"):
        os.environ.pop(name, None)
    os.environ.update(environ)
    guard, said = threading.Lock(), io.StringIO()

    def stepped() -> None:
        with guard:
            steps.value += 1
            if steps.value == kill_after:
                os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        _watch(patch, stepped)
        if kill_after == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if start is not None:
            start.wait(60)
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = execute(arguments)
    tell.send(said.getvalue()[-20000:])
    os._exit(code)


def _watch(patch: pytest.MonkeyPatch, stepped: Callable[[], None]) -> None:
    changing = [False]  # whether what is sent is to change something

    def around(step: Any) -> Any:
        def stepping(*args: Any, **kwargs: Any) -> Any:
            result = step(*args, **kwargs)
            stepped()
            return result

        return stepping

    def sending(execute_batch: Any) -> Any:
        def executing(*args: Any) -> Any:
            changing[0] = True
            try:
                return execute_batch(*args)
            finally:
                changing[0] = False

        return executing

    exchange, units = HttpClient._exchange, PostgresStore.units

    def exchanging(*args: Any) -> Any:
        reply = exchange(*args)
        if changing[0]:
            stepped()
        return reply

    @contextlib.contextmanager
    def booking(*args: Any) -> Iterator[Any]:
        with units(*args) as ledger:
            yield ledger
        stepped()

    for name in _STORED:
        patch.setattr(PostgresStore, name, around(getattr(PostgresStore, name)))
    patch.setattr(PostgresStore, "units", booking)
    patch.setattr(HotelDatabase, "execute", around(HotelDatabase.execute))
    patch.setattr(HttpClient, "_exchange", exchanging)
    for provider in (Expedia, BookingCom):
        patch.setattr(provider, "execute", sending(provider.execute))
