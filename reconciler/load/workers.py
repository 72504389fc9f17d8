"""Work shared between processes: the same results in the same order as in one, sooner.

A helper is a copy of this process that answers in JSON through a pipe and ends. What a helper does not answer, for whatever reason, is
worked out here. Where a copy is not safe, because other threads run or the system has none, there are no helpers.
"""

from __future__ import annotations

import gc
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

LEAST = 24
"""Fewer pieces of work than this are not worth a helper."""


def processors() -> int:
    """How many processes can work at the same time."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for cycles of garbage, which takes an eighth of the time where there are none to speak of."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def shared(work: Callable[[T], Any], pieces: Sequence[T], processes: int) -> list[Any]:
    """The JSON value that `work` gives for each piece, in order."""
    helpers = min(processes, len(pieces) // LEAST) if hasattr(os, "fork") and threading.active_count() == 1 else 1
    if helpers < 2:
        return [work(piece) for piece in pieces]
    size = -(-len(pieces) // helpers)
    parts = [pieces[first : first + size] for first in range(0, len(pieces), size)]
    pipes = [_start(work, part) for part in parts[1:]]
    found = [work(piece) for piece in parts[0]]
    for part, pipe in zip(parts[1:], pipes, strict=True):
        answer = _answer(pipe, len(part))
        found += [work(piece) for piece in part] if answer is None else answer
    return found


def _start(work: Callable[[T], Any], pieces: Sequence[T]) -> tuple[int, int] | None:
    """A helper's process and the pipe that it answers through; None where there can be none."""
    reading, writing = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if process:
        os.close(writing)
        return process, reading
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as stream:
            stream.write(json.dumps([work(piece) for piece in pieces]).encode())
    except BaseException:  # noqa: BLE001 - the first process finds out by doing the work itself
        os._exit(1)
    os._exit(0)


def _answer(pipe: tuple[int, int] | None, count: int) -> list[Any] | None:
    if pipe is None:
        return None
    process, reading = pipe
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    _, status = os.waitpid(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        return None
    answer = json.loads(content)
    return answer if isinstance(answer, list) and len(answer) == count else None
