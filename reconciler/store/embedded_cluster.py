"""The folder of an embedded server: who owns it, as whom the server runs, and its data made on first use.

    HOME/            0700, of the user who runs the commands
      .gitignore     so that a database is never committed
      lock           held by the keeper, or by the command that is about to start one
      server.json    where the sockets are, while a keeper runs
      server.log     what the server says
      data/          0700, of the account that the server runs as: PGDATA

It starts nothing but `initdb`.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import DatabaseError
from reconciler.store.embedded_binaries import Binaries, find, reachable_by_others
from reconciler.store.embedded_keeper import give_to_owner, reachable

SUPERUSER = "reconciler"
_NOBODY = 65534
"""PostgreSQL refuses to run as root; this account exists everywhere and is not added to the system."""
_ELSEWHERE = "give another folder with --database embedded:DIR, or set DATABASE_URL"


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as; None means as the user who runs the command."""

    uid: int | None = None
    gid: int | None = None


def prepare_home(home: Path) -> Account:
    """Make the folder where it is missing, and judge it: a database is only started from a folder that nobody else can write.

    A repository of somebody else can carry files, so a folder that this program did not make closed is refused.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = home.stat()
    except OSError as error:
        raise DatabaseError(f"cannot make the folder {home}: {error.strerror}", hint=_ELSEWHERE) from error
    if info.st_uid != os.geteuid() and os.geteuid() != 0:
        raise DatabaseError(f"the embedded database in {home} belongs to another user", hint=_ELSEWHERE)
    if stat.S_IMODE(info.st_mode) & 0o077:
        raise DatabaseError(
            f"the folder {home} is open to other users; an embedded database is kept in a closed one",
            hint=f"if you trust what is in it: chmod 700 {home}; or {_ELSEWHERE}",
        )
    return _account(info)


def _account(home: os.stat_result) -> Account:
    if os.geteuid() != 0:
        return Account()
    return Account(_NOBODY, _NOBODY) if home.st_uid == 0 else Account(home.st_uid, home.st_gid)


def prepare_data(home: Path, account: Account, lock: int) -> Binaries:
    """The programs that fit, with the data folder made where it is missing. The caller holds the lock."""
    data = home / "data"
    binaries = find(_major_of(data), data)
    if account.uid is not None:
        binaries = reachable_by_others(binaries)
    if not data.exists():
        _initialise(home, binaries, account, lock)
    runs_as = os.geteuid() if account.uid is None else account.uid
    if data.lstat().st_uid != runs_as:
        raise DatabaseError(
            f"{data} does not belong to the account that the server runs as ({runs_as})", hint=_ELSEWHERE
        )
    return binaries


def _major_of(data: Path) -> int | None:
    """The major version of an existing data folder."""
    if not data.exists():
        return None
    try:
        return int((data / "PG_VERSION").read_text())
    except (OSError, ValueError) as error:
        raise DatabaseError(
            f"{data} is not a PostgreSQL data folder that can be read", hint=f"move it away, or {_ELSEWHERE}"
        ) from error


def _initialise(home: Path, binaries: Binaries, account: Account, lock: int) -> None:
    """Make the data beside its place and move it there when it is whole: a killed command leaves nothing half done."""
    (home / ".gitignore").write_text("*\n")
    give_to_owner(home / ".gitignore")
    fresh = home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    if account.uid is not None:
        _hand_over(fresh, account)
    _run_initdb(fresh, binaries, account, lock)
    fresh.rename(home / "data")


def _hand_over(folder: Path, account: Account) -> None:
    try:
        os.chown(folder, account.uid or 0, account.gid or 0)
    except OSError as error:
        raise DatabaseError(
            f"cannot give {folder} to the account {account.uid}, as which the server has to run: {error.strerror}",
            hint=f"PostgreSQL does not run as root and this file system or container allows no change of owner; {_ELSEWHERE}",
        ) from error


def _run_initdb(fresh: Path, binaries: Binaries, account: Account, lock: int) -> None:
    """Run `initdb`. It inherits the lock, so that nobody else begins while it still writes, even if this process is killed."""
    other = account.uid is not None
    rules = "peer" if other and fresh.parent.stat().st_uid == 0 else "trust"
    try:
        with reachable(fresh, account.uid) as (where, inherited):
            result = subprocess.run(
                [binaries.initdb, "-D", where, "-U", SUPERUSER, "--encoding=UTF8", "--locale=C", f"--auth={rules}"],
                cwd="/",
                user=account.uid,
                group=account.gid,
                extra_groups=[] if other else None,
                umask=0o077,
                env={"LC_ALL": "C", "PATH": os.defpath},
                pass_fds=(lock, *inherited),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseError(
            f"cannot run {binaries.initdb} as account {account.uid}: {error}", hint=_ELSEWHERE
        ) from error
    if result.returncode:
        said = " ".join(result.stderr.split())[-600:]
        raise DatabaseError(f"initdb could not make {fresh}: {said}", hint=_ELSEWHERE)
    if rules == "peer":
        # The account may be shared with other programs: only root may connect, not everybody who runs as that account.
        (fresh / "pg_ident.conf").write_text(f"commands root {SUPERUSER}\n")
        (fresh / "pg_hba.conf").write_text("local all all peer map=commands\n")
