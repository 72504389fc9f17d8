"""The process that keeps one embedded PostgreSQL server for as long as commands use it.

Started by `embedded` as a process of its own (standard library only, so that it is up in a few milliseconds) and detached from the
command that started it. Each command holds a connection to the keeper's control socket; the kernel closes that connection
however the command ends, so nothing has to be counted, refreshed or cleaned up by a command. When the last connection closes, the
keeper stops the server and ends. When the server is killed, the keeper starts it again. When the keeper itself is killed, the kernel
stops the server (Linux), or the next keeper does.

It holds an exclusive file lock for its whole life: one keeper per data folder. It does not create the data folder, choose binaries
or speak SQL.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import NamedTuple

from reconciler.store.embedded_processes import clear_left_behind, marker, wait_until

READY_TIMEOUT = 120.0
"""Seconds that a start may take; long, because recovery after a crash replays the log."""
STOP_TIMEOUT = 60.0
RESTARTS = 20
"""Restarts of a killed server within one keeper's life; more is not bad luck."""
LOG_LIMIT = 1_000_000
LONGEST_BASE = 65
"""A socket's path has at most 103 bytes (107 on Linux); what is left for the temporary folder."""

OTHERS_STAY = b"others stay"
"""The answer to a command that leaves while others use the server; the last one gets none."""

SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    # Values must not reach the log: neither statements nor the rows that details quote.
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
)


class StartError(Exception):
    """The server cannot be started; the text is for the user."""


class Order(NamedTuple):
    """What the command asks for: paths, the account to run as (None: the caller's own), settings, inherited descriptors."""

    postgres: str
    home: str
    uid: int | None
    gid: int | None
    settings: list[str]
    lock: int
    user: int


# ---------------------------------------------------------------- the server


@contextlib.contextmanager
def reachable(folder: Path, uid: int | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A path by which a process of that account gets at the folder, and the descriptors that it has to inherit for that.

    Another account may not pass through the folders above (a workspace below root's home), and those are not opened for it: it gets
    the folder itself as an open descriptor, which has a path of its own on Linux.
    """
    if uid is None or not Path("/proc/self/fd").exists():
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


class Server:
    """The PostgreSQL server, as this process's child."""

    def __init__(self, order: Order, sockets: Path) -> None:
        self._order = order
        self._data = Path(order.home) / "data"
        self._log = Path(order.home) / "server.log"
        self._sockets = sockets
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until connections are accepted. Raises StartError with the server's own words."""
        clear_left_behind(self._data)
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.unlink()
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        begins = os.fstat(log).st_size
        give_to_owner(self._log)
        child = self._child = self._spawn(log)
        os.close(log)
        wait_until(lambda: child.poll() is not None or self._accepts(child.pid), READY_TIMEOUT)
        if child.poll() is not None or not self._accepts(child.pid):
            self.stop()
            raise StartError(f"PostgreSQL did not start on {self._data}: {self._last_words(begins)}")

    def _spawn(self, log: int) -> subprocess.Popen[bytes]:
        settings = (*SETTINGS, f"cluster_name={marker(self._data)}", f"unix_socket_directories={self._sockets}")
        options = [part for setting in (*settings, *self._order.settings) for part in ("-c", setting)]
        with reachable(self._data, self._order.uid) as (where, inherited):
            return subprocess.Popen(
                [self._order.postgres, "-D", where, *options],
                cwd="/",
                user=self._order.uid,
                group=self._order.gid,
                extra_groups=None if self._order.uid is None else [],
                umask=0o077,
                env={"LC_ALL": "C", "PATH": os.defpath},
                pass_fds=inherited,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - this process has one thread
            )

    def _accepts(self, pid: int) -> bool:
        """The server writes its own state into line 8 of its pid file."""
        with contextlib.suppress(OSError):
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"
        return False

    def died(self) -> bool:
        """Whether the server ended without having been asked to."""
        return self._child is not None and self._child.poll() is not None

    def stop(self) -> None:
        """End the server: politely, then less so."""
        if self._child is None:
            return
        for signum, seconds in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            self._child.send_signal(signum)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
                return

    def _last_words(self, begins: int) -> str:
        lines = self._log.read_bytes()[begins:].decode(errors="replace").splitlines()
        telling = [line.partition("UTC ")[2] or line for line in lines if "FATAL" in line or "HINT" in line]
        return " ".join(telling[-3:] or lines[-3:] or ["it said nothing"])


def _die_with_parent() -> Callable[[], None] | None:
    """Ask the kernel to stop the server should this process be killed; elsewhere than on Linux the next keeper does it."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(1, int(signal.SIGINT))  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return ask


# ---------------------------------------------------------------- the keeper


class Keeper:
    """Welcomes commands, and ends when the last has left."""

    def __init__(self, server: Server, sockets: Path, first: socket.socket) -> None:
        self._server = server
        self._greeting = json.dumps({"sockets": str(sockets)}).encode() + b"\n"
        self._users = {first}
        self._leaving: list[socket.socket] = []
        self._told_to_end = False
        self._restarts = 0
        self._selector = DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(sockets / "control"))
        self._listener.listen(128)
        self._selector.register(first, EVENT_READ, self._take_leave)
        self._selector.register(self._listener, EVENT_READ, self._welcome)
        self._selector.register(_signals(), EVENT_READ, self._heed_signals)

    def run(self) -> None:
        """Until nobody is left, or a signal says so. Afterwards nobody can connect any more; those who left still wait."""
        for user in self._users:
            user.sendall(self._greeting)
        while self._users and not self._told_to_end:
            for key, _ in self._selector.select():
                key.data(key.fileobj)
            if self._users:
                self._dismiss()
        self._listener.close()

    def _dismiss(self) -> None:
        """A command that leaves waits for its connection to close: at once while others stay, else when the server is down."""
        for user in self._leaving:
            with contextlib.suppress(OSError):
                user.sendall(OTHERS_STAY)
            user.close()
        self._leaving.clear()

    def _welcome(self, listener: socket.socket) -> None:
        user, _ = listener.accept()
        with contextlib.suppress(OSError):
            user.sendall(self._greeting)
        self._users.add(user)
        self._selector.register(user, EVENT_READ, self._take_leave)

    def _take_leave(self, user: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if user.recv(64):
                return
        self._selector.unregister(user)
        self._users.remove(user)
        self._leaving.append(user)

    def _heed_signals(self, wakeups: socket.socket) -> None:
        numbers = wakeups.recv(64)
        self._told_to_end |= signal.SIGTERM in numbers or signal.SIGINT in numbers
        if self._server.died() and not self._told_to_end:
            self._restarts += 1
            if self._restarts > RESTARTS:
                raise StartError("PostgreSQL was killed again and again")
            self._server.start()


def _signals() -> socket.socket:
    """A socket on which the numbers of arriving signals can be read."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach())
    for signum in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: None)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return reader


def give_to_owner(path: Path) -> None:
    """What root writes into somebody's folder belongs to that somebody."""
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _socket_folder(order: Order) -> Path:
    """A fresh folder with a short path that only the server's account (and root) can enter."""
    base = tempfile.gettempdir()
    if len(base.encode()) > LONGEST_BASE or order.uid is not None:
        base = "/tmp"  # noqa: S108 - a folder of unguessable name is made in it
    folder = Path(tempfile.mkdtemp(prefix="reconciler-", dir=base))
    if order.uid is not None:
        os.chown(folder, order.uid, -1 if order.gid is None else order.gid)
    return folder


def _remove_old_sockets(state: Path, order: Order) -> None:
    """A killed keeper leaves its socket folder; the state file names it."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        folder = Path(json.loads(state.read_text())["sockets"])
        if folder.name.startswith("reconciler-") and folder.lstat().st_uid in (os.geteuid(), order.uid):
            shutil.rmtree(folder)


def _publish(state: Path, sockets: Path) -> None:
    """Say where the sockets are, all at once."""
    fresh = state.with_suffix(".new")
    fresh.write_text(json.dumps({"sockets": str(sockets), "keeper": os.getpid()}))
    give_to_owner(fresh)
    fresh.replace(state)


def main(order: Order) -> int:
    """Keep the server until nobody needs it; 1 when it could not be started (the first command was told why)."""
    os.umask(0o077)
    first = socket.socket(fileno=order.user)
    try:
        _keep(order, first)
    except (StartError, OSError) as error:
        with contextlib.suppress(OSError):
            first.sendall(json.dumps({"error": str(error)}).encode() + b"\n")
        return 1
    return 0


def _keep(order: Order, first: socket.socket) -> None:
    state = Path(order.home) / "server.json"
    _remove_old_sockets(state, order)
    sockets = _socket_folder(order)
    server = Server(order, sockets)
    try:
        keeper = Keeper(server, sockets, first)
        _publish(state, sockets)
        server.start()
        keeper.run()
    finally:
        (sockets / "control").unlink(missing_ok=True)
        server.stop()
        state.unlink(missing_ok=True)
        shutil.rmtree(sockets, ignore_errors=True)
