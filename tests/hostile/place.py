"""A whole small world that hostile input meets: one command in it, what it said, and whether anything is other than before."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from reconciler.cli.app import execute
from tests.scenarios.world import World

DONE, FAILED, REFUSED, STALE, USAGE = 0, 1, 3, 4, 64
"""The exit codes of docs/commands.md that hostile input can lead to."""

_OURS = (
    "RECONCILER_",
    "OTA_",
    "EXPEDIA_",
    "BOOKING_",
    "PG",
    "GIT_",
    "DATABASE_URL",
    "CI",
    "COLUMNS",
    "NO_COLOR",
    "SSL_",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_READS = frozenset({"parr", "br", "token", "roomrates", "rates", "roomrateavailability"})
_STATE = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'reconciler') ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and all that it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both outputs."""
        return self.out + self.err

    def told(self, code: int, fragment: str) -> None:
        """Asserts the exit code, the words, and that nobody's terminal is played with."""
        shown = self.said[-2000:]
        assert "Traceback" not in self.said, shown
        assert "a fault of the program" not in self.said, shown
        assert self.code == code, shown
        assert fragment in " ".join(self.said.split()), shown
        nasty = sorted({c for c in self.said.replace("\n", "") if not c.isprintable()})
        assert not nasty, f"{nasty} in {self.said!r}"


@dataclass(slots=True)
class Place:
    """The world of scenarios, with eyes on all that a command could change."""

    world: World
    connection: psycopg.Connection[Any]

    @property
    def folder(self) -> Path:
        """The workspace; whatever a case makes beside it is made below `folder.parent`."""
        return self.world.folder

    @property
    def beside(self) -> Path:
        """A folder outside the workspace for files of a case."""
        return self.folder.parent

    def environ(self, **more: str) -> dict[str, str]:
        """A clean environment in which nothing is kept for the user, and more."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_OURS) and k.upper() not in _PROXIES}
        return {**kept, "HOME": "", "XDG_CACHE_HOME": "", "DATABASE_URL": self.world.database, **more}

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None, stdin: str = "") -> Ended:
        """One command in this process, its outputs encoded as a terminal's are. What escapes is told as Python tells it."""
        out, err = _stream("strict"), _stream("backslashreplace")
        before, folder = dict(os.environ), Path.cwd()
        os.environ.clear()
        os.environ.update(self.environ() if environ is None else environ)
        os.chdir(self.folder)
        streams = (sys.stdin, sys.stdout, sys.stderr)
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(stdin), out, err
        try:
            code = execute(arguments)
        except Exception:  # noqa: BLE001 - as the interpreter would
            code = FAILED
            err.write(traceback.format_exc())
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
        return Ended(code, _text(out), _text(err))

    def state(self) -> dict[str, Any]:
        """Every file, every row, and what changed something at a provider."""
        return {"files": dict(_tree(self.beside)), "rows": self.rows(), "sent": self.sent()}

    def rows(self, schema: str = "") -> dict[str, str]:
        """A digest of each table (of one schema)."""
        known = self.connection.execute(_STATE).fetchall()
        tables = [t for t in known if schema in ("", t[0]) and t[1] != "guards"]  # there whoever comes takes a number
        digest = "SELECT '{0}.{1}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {0}.{1} t"
        found = self.connection.execute(" UNION ALL ".join(digest.format(*table) for table in tables).encode())
        return dict(found.fetchall())

    def sent(self) -> int:
        """How many requests reached a provider that change something there."""
        entries = self.world.sandbox.sandbox.log.select({})
        return sum(entry["method"] != "GET" and entry["operation"] not in _READS for entry in entries)

    @contextlib.contextmanager
    def unchanged(self) -> Iterator[None]:
        """Asserts that nothing is other than before."""
        self.world.sandbox.sandbox.log.clear()
        before = self.state()
        yield
        after = self.state()
        for what, value in before.items():
            assert after[what] == value, (what, _other(value, after[what]))


def _other(before: Any, after: Any) -> list[str]:
    """Which entries are other."""
    if not isinstance(before, dict):
        return [f"{before} and {after}"]
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _stream(errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8", "surrogateescape")


def _tree(root: Path) -> Iterator[tuple[str, tuple[int, int, bytes]]]:
    for folder, folders, files in os.walk(root):
        for name in sorted([*folders, *files]):
            path = Path(folder, name)
            found = path.lstat()
            small = stat.S_ISREG(found.st_mode) and found.st_size < 1_000_000
            yield str(path), (found.st_mode, found.st_mtime_ns, path.read_bytes() if small else b"")


def identifiers(cases: Sequence[Any]) -> list[str]:
    """The names of cases, each once."""
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return names
