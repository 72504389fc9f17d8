"""Which processes are ours: the process table, and what an earlier keeper of a data folder left in it.

A number in a file says little: its process may be dead and not yet buried, or another program may have the number now. So every
process of our servers carries the mark of its data folder in its command line, and is found by that. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """One line of the process table."""

    pid: int
    uid: int
    zombie: bool
    name: str
    command: str


def processes() -> Iterator[Process]:
    """Every process that can be seen, from /proc where there is one, else from ps."""
    proc = Path("/proc")
    if not (proc / "self/stat").exists():
        yield from _from_ps()
        return
    for entry in proc.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                yield _from_proc(entry)


def _from_proc(entry: Path) -> Process:
    text = (entry / "stat").read_text(errors="replace")
    name, _, rest = text.partition("(")[2].rpartition(")")
    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return Process(int(entry.name), entry.stat().st_uid, rest.split()[0] == "Z", name, command)


def _from_ps() -> Iterator[Process]:
    listing = subprocess.run(
        ["ps", "-axo", "pid=,uid=,state=,ucomm=,args="], capture_output=True, text=True, check=False
    )
    for line in listing.stdout.splitlines():
        pid, uid, state, name, command = [*line.split(maxsplit=4), ""][:5]
        yield Process(int(pid), int(uid), state.startswith("Z"), name, command)


def marker(data: Path) -> str:
    """The name that every process of this data folder's server has in its command line (setting `cluster_name`).

    Made from device and inode: it survives a move of the folder and differs for a copy.
    """
    info = data.stat()
    return f"reconciler-{info.st_dev:x}-{info.st_ino:x}"


def left_behind(data: Path) -> list[Process]:
    """Live processes of an earlier server of this data folder."""
    mark, owner = marker(data), data.stat().st_uid
    return [p for p in processes() if p.uid == owner and not p.zombie and p.name == "postgres" and mark in p.command]


def clear_left_behind(data: Path) -> None:
    """End what an earlier keeper left, and remove a `postmaster.pid` that names nobody.

    PostgreSQL itself takes a zombie, or any process that got the same number, for a running server and refuses to start.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    for signum, seconds in ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        for process in left_behind(data):
            with contextlib.suppress(OSError):
                os.kill(process.pid, signum)
        if wait_until(lambda: not left_behind(data), seconds, pause=0.02):
            break
    if not _names_a_server(pid_file):
        pid_file.unlink(missing_ok=True)


def _names_a_server(pid_file: Path) -> bool:
    """Is it the number of a live postgres that no keeper started? Then somebody runs it by hand, and the file stays."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().splitlines()[0])
        named = [p for p in processes() if p.pid == pid and not p.zombie and p.name == "postgres"]
        mark = marker(pid_file.parent)
        return any(mark in p.command or "reconciler-" not in p.command for p in named)
    return False


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.003) -> bool:
    """Ask again until it holds; False after `seconds`."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
