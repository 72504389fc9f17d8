"""A PostgreSQL of our own, for whoever has none: started on demand, shared by the commands that run at the same time, gone after.

`running(folder)` is the whole of it. The first command starts a keeper (`embedded_keeper`), which owns the server; every command
holds a connection to the keeper while it works. Whatever happens to commands, keeper or server, the next command finds its way: a
connection that answers means that a server runs, a lock that is free means that none does.

The server listens on a Unix socket only, in a closed folder below the temporary folder (its path is short, wherever the workspace
is). There is no password: whoever may enter that folder is the user.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from reconciler.errors import DatabaseError
from reconciler.store import embedded_keeper
from reconciler.store.embedded_cluster import SUPERUSER, Account, prepare_data, prepare_home

_PATIENCE = 180.0
"""Seconds to wait for another command that is starting or stopping the same server."""
_PACKAGES = str(Path(embedded_keeper.__file__).absolute().parents[2])
_KEEPER = """
import json, sys
sys.path.append(sys.argv[1])
from reconciler.store.embedded_keeper import Order, main
sys.exit(main(Order(**json.loads(sys.argv[2]))))
"""
"""Isolated, and without the site's start-up files: it needs this package and the standard library only."""
_KEEPERS: dict[Path, subprocess.Popen[bytes]] = {}
"""Keepers that this process started, so that their end is noticed and none stays behind as a zombie."""
_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[str]:
    """A server on `data_dir` for as long as the block runs; yields its URL (superuser, database `postgres`).

    `durable=False` gives up safety against a crash of the machine for speed: for tests. The first command decides.
    Raises DatabaseError when no server can be started, saying why.
    """
    home = data_dir.absolute()
    keeper, sockets = _join(home, durable=durable)
    try:
        yield f"postgresql://{SUPERUSER}@/postgres?host={quote(str(sockets), safe='')}"
    finally:
        _leave(home, keeper)


def _join(home: Path, *, durable: bool) -> tuple[socket.socket, Path]:
    """A connection to the folder's keeper, which may have to be started first."""
    account = prepare_home(home)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if (keeper := _knock(home)) and (sockets := _greeted(home, keeper)):
            return keeper, sockets
        if keeper := _start_if_alone(home, account, durable=durable):
            if sockets := _greeted(home, keeper):
                return keeper, sockets
            raise DatabaseError(f"the embedded database in {home} ended at once", hint="see keeper.log in that folder")
        time.sleep(0.01)
    raise DatabaseError(
        f"the embedded database in {home} neither answers nor ends", hint="see server.log in that folder"
    )


def _knock(home: Path) -> socket.socket | None:
    """Connect to the keeper that the state file names; None when none answers."""
    try:
        sockets = Path(json.loads((home / "server.json").read_text())["sockets"])
        # The name of a folder that is gone could be taken by somebody else.
        if sockets.lstat().st_uid not in (os.geteuid(), (home / "data").stat().st_uid):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    keeper = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    keeper.settimeout(_PATIENCE)
    try:
        keeper.connect(str(sockets / "control"))
    except OSError:
        keeper.close()
        return None
    return keeper


def _start_if_alone(home: Path, account: Account, *, durable: bool) -> socket.socket | None:
    """Start a keeper, unless there is one: then its lock is taken, and None is returned."""
    try:
        lock = _open_lock(home)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            binaries = prepare_data(home, account, lock)
            settings = [] if durable else _FAST
            return _spawn_keeper(
                embedded_keeper.Order(str(binaries.postgres), str(home), account.uid, account.gid, settings, lock, -1)
            )
        finally:
            os.close(lock)
    except BlockingIOError:
        return None
    except OSError as error:
        raise DatabaseError(f"cannot use {home} for a database: {error}") from error


def _open_lock(home: Path) -> int:
    path = home / "lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    embedded_keeper.give_to_owner(path)
    return lock


def _spawn_keeper(order: embedded_keeper.Order) -> socket.socket:
    """Start a keeper and be its first user. Signals to the command's group do not reach it. The lock passes to it."""
    home = Path(order.home)
    ours, theirs = socket.socketpair()
    with theirs, (home / "keeper.log").open("w") as log:
        order = order._replace(user=theirs.fileno())
        _KEEPERS[home] = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _KEEPER, _PACKAGES, json.dumps(order._asdict())],
            cwd="/",
            start_new_session=True,
            pass_fds=(order.lock, order.user),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    embedded_keeper.give_to_owner(home / "keeper.log")
    return ours


def _greeted(home: Path, keeper: socket.socket) -> Path | None:
    """Wait for the keeper's first line: where the server's socket is. None when the keeper ended instead of answering."""
    line = b""
    with contextlib.suppress(OSError):
        while not line.endswith(b"\n") and (part := keeper.recv(65536)):
            line += part
    answer = json.loads(line) if line.endswith(b"\n") else {}
    if "sockets" in answer:
        return Path(answer["sockets"])
    _leave(home, keeper)
    if "error" in answer:
        raise DatabaseError(answer["error"], hint="what the server said is in server.log beside its data")
    return None


def _leave(home: Path, keeper: socket.socket) -> None:
    """Say goodbye and wait for the keeper to close: at once while others stay, else when the server is down."""
    answer = b""
    with keeper, contextlib.suppress(OSError):
        keeper.shutdown(socket.SHUT_WR)
        while part := keeper.recv(64):
            answer += part
    ours = _KEEPERS.get(home)
    if ours and not answer.endswith(embedded_keeper.OTHERS_STAY):
        with contextlib.suppress(subprocess.TimeoutExpired):
            ours.wait(10)
            _KEEPERS.pop(home, None)
