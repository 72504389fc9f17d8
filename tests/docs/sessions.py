"""Sessions in the documentation: commands as they are typed, with what they really print.

A block with the info string `console` holds lines that begin with `$ ` and, below each, its output. All sessions of a page run in order, in
one copy of the example workspace that is committed to git, with both extranets and a database of its own, at one instant. A comment
`<!-- before: COMMAND -->` is run too, and shows nothing. There, `extranet PROVIDER HOTEL CHANGE` is somebody who changes something at a
provider by hand, and `sql STATEMENT` another program that writes to the database.

Digests and the names of runs are left out, for they change with every change of the example; so are the times at which the page is run.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import psycopg

from reconciler.cli.app import COMMANDS, execute, program
from reconciler.sandbox.admin import Admin

INSTANT = "2026-11-26T09:00:00+00:00"
_SAID = "2026-11-26 09:00:00 UTC"
_SESSION = re.compile(
    r"^```console\n(?P<body>.*?)^```$|^<!-- before: (?P<before>[^\n]+) -->$", re.MULTILINE | re.DOTALL
)
_DIGEST = re.compile(r"\b[0-9a-f]{32,64}\b|(?<=^run )[0-9a-f-]{36}$", re.MULTILINE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
_WHO = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")


_WHEN = {"GIT_AUTHOR_DATE": INSTANT, "GIT_COMMITTER_DATE": INSTANT}


@dataclass(frozen=True, slots=True)
class Shell:
    """Where sessions run."""

    folder: Path
    environ: dict[str, str]
    admin: Admin
    database: str

    def run(self, line: str) -> str:
        """What a typed line prints, on both streams. Raises AssertionError for a program that failed without saying anything."""
        words = shlex.split(line, comments=True)
        match words:
            case ["reconciler", *ours]:
                return self._ours(ours)
            case ["extranet", provider, hotel, change]:
                self.admin.change(provider, hotel, json.loads(change))
                return ""
            case ["sql", statement]:
                with psycopg.connect(self.database, autocommit=True) as connection:
                    connection.execute(statement.encode())
                return ""
            case _:
                return self._another(line)

    def _ours(self, words: list[str]) -> str:
        printed = io.StringIO()
        before = dict(os.environ), Path.cwd()
        os.environ.update(self.environ)
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                execute([*words, *_instant(words)])
        finally:
            os.environ.clear()
            os.environ.update(before[0])
            os.chdir(before[1])
        said = _TIME.sub(
            lambda time: time[0] if time[0] == _SAID else "a moment ago".ljust(len(_SAID)), printed.getvalue()
        )
        return _DIGEST.sub("…", said.replace(str(self.folder), "/hotels"))

    def _another(self, line: str) -> str:
        who = " ".join(shlex.quote(word) for word in _WHO)
        typed = re.sub(r"^git ", f"git {who} ", line)
        done = subprocess.run(
            ["bash", "-c", typed],
            cwd=self.folder,
            env={**os.environ, **_WHEN},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"
        return done.stdout


def committed(folder: Path) -> None:
    """Puts everything in the folder under version control."""
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "As it stands"]):
        subprocess.run(["git", *_WHO, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **_WHEN})


def replayed(text: str, run: Callable[[str], str]) -> str:
    """The page with what its sessions really print."""

    def part(found: re.Match[str]) -> str:
        if found["before"]:
            run(found["before"])
            return found[0]
        return "```console\n" + "".join(_blocks(found["body"], run)) + "```"

    return _SESSION.sub(part, text)


def has_sessions(text: str) -> bool:
    """Whether anything on the page is run."""
    return _SESSION.search(text) is not None


def _blocks(body: str, run: Callable[[str], str]) -> Iterator[str]:
    lines = [line[2:] for line in body.splitlines() if line.startswith("$ ")]
    for number, line in enumerate(lines):
        output = run(line).rstrip()
        yield f"$ {line}\n" + (f"{output}\n" if output else "") + ("\n" if output and number < len(lines) - 1 else "")


def _instant(words: list[str]) -> list[str]:
    """The instant of the page, for a command that takes one."""
    found: click.Command | None = program if words and words[0] in COMMANDS else None
    for word in words:
        if isinstance(found, click.Group):
            found = found.get_command(click.Context(found), word)
    takes = found is not None and any("--as-of" in option.opts for option in found.params)
    return ["--as-of", INSTANT] if takes and not ("apply" in words and any(w.endswith(".json") for w in words)) else []
