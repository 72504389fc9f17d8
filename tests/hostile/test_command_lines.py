"""Whatever is typed: what is wrong with it is told, with the exit code of the documentation, and nothing is changed."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hostile.place import DONE, FAILED, USAGE, Place, identifiers

ESCAPE = "\x1b[2J\x1b]0;owned\x07\x9b31m"
BYTES = "caf\udce9\udcff"
"""What bytes that are no UTF-8 become on their way to the program."""
LONG = "a" * 100_000
RIGHT_TO_LEFT = "\u202egnp.exe"
HOTEL = "lisbon-baixa"


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed after `reconciler`; `{beside}` is a folder with a `file`, a `folder` and a `link` in it."""

    name: str
    line: tuple[str, ...]
    says: str
    code: int = USAGE


def typed(name: str, *line: str, says: str, code: int = USAGE) -> Typed:
    return Typed(name, line, says, code)


PROGRAM = [
    typed("a command that is not there", "aply", says="did you mean `apply`"),
    typed("a command with an escape sequence", f"plan{ESCAPE}", says="there is no command `plan`"),
    typed("a command of bytes", BYTES, says="there is no command"),
    typed("a command without end", LONG, says="there is no command"),
    typed("a command that turns the direction", f"plan{RIGHT_TO_LEFT}", says="there is no command"),
    typed("an empty command", "", says="there is no command"),
    typed("a path as a command", "../../bin/sh", says="there is no command"),
    typed("a command in capitals", "PLAN", says="there is no command `PLAN`"),
    typed("two dashes", "--", "plan", "--", "--quiet", says="unexpected extra argument"),
    typed("a flag of the program that is not there", "--root", says="No such option"),
    typed("a flag with an escape sequence", "plan", f"--{ESCAPE}", says="No such option"),
    typed("a flag of bytes", "plan", f"--{BYTES}", says="No such option"),
    typed("a flag without end", "plan", f"--{LONG}", says="No such option"),
    typed("an empty flag", "plan", "---", says="No such option"),
    typed("a flag with a value that takes none", "plan", "--quiet=yes", says="does not take a value"),
    typed("a flag without its value", "plan", "--property", says="requires an argument"),
    typed("an argument too many", "plan", "now", says="unexpected extra argument"),
    typed("an argument of escape sequences too many", "plan", ESCAPE, says="unexpected extra argument"),
    typed("a letter that is no flag", "plan", "-x", says="No such option"),
    typed("a command inside of no group", "db", "drop", says="No such command"),
    typed("a command inside of no group, with an escape sequence", "bookings", ESCAPE, says="No such command"),
    typed("a file of arguments", "plan", "@/etc/passwd", says="unexpected extra argument"),
]

SALE = (
    "--property",
    HOTEL,
    "--room",
    "double",
    "--arrival",
    "2031-02-01",
    "--departure",
    "2031-02-02",
    "--reference",
    "D-1",
)

NUMBERS = [
    typed("a window of nothing", "plan", "--window", "0", says="not in the range"),
    typed("a window below zero", "plan", "--window", "-1", says="not in the range"),
    typed("a window of too much", "plan", "--window", "2001", says="not in the range"),
    typed("a window of a hundred digits", "plan", "--window", "9" * 100, says="not in the range"),
    typed("a window of ten thousand digits", "plan", "--window", "9" * 10_000, says="not a valid integer"),
    typed("a window of words", "plan", "--window", "all", says="not a valid integer"),
    typed("a window with decimals", "plan", "--window", "1.5", says="not a valid integer"),
    typed("a window in hexadecimal", "plan", "--window", "0x10", says="not a valid integer"),
    typed("an empty window", "plan", "--window", "", says="not a valid integer"),
    typed("a window with an escape sequence", "plan", "--window", ESCAPE, says="not a valid integer"),
    typed("a window of bytes", "plan", "--window", BYTES, says="not a valid integer"),
    typed("no thread at all", "plan", "--parallelism", "0", says="not in the range"),
    typed("a million threads", "plan", "--parallelism", "1000000", says="not in the range"),
    typed("half a thread", "plan", "--parallelism", "0.5", says="not a valid integer"),
    typed("a wait below zero", "plan", "--lock-timeout", "-1", says="not in the range"),
    typed("a wait that is no number", "plan", "--lock-timeout", "nan", says="not in the range"),
    typed("a wait without end", "plan", "--lock-timeout", "inf", says="not in the range"),
    typed("a wait out of all range", "plan", "--lock-timeout", "1e300", says="not in the range"),
    typed("a wait in words", "plan", "--lock-timeout", "long", says="not a valid float"),
    typed("a list of no runs", "runs", "--limit", "0", says="not in the range"),
    typed("a list of all runs there ever were", "runs", "--limit", "99999999999", says="not in the range"),
    *(
        typed(what, "bookings", "add", *SALE, "--units", value, says="not in the range")
        for what, value in (("no units", "0"), ("units below zero", "-5"), ("a thousand units", "1000"))
    ),
    typed("a port out of range", "sandbox", "--port", "99999", says="not in the range"),
    typed("a port below zero", "sandbox", "--port", "-1", says="not in the range"),
]

DATES = [
    *(typed(f"as of {what}", "plan", "--as-of", value, says=says) for what, value, says in (
        ("nothing", "", "not an instant"),
        ("a word", "tomorrow", "not an instant"),
        ("an escape sequence", ESCAPE, "not an instant"),
        ("bytes", BYTES, "not an instant"),
        ("a text without end", LONG, "not an instant"),
        ("a month too many", "2031-13-01", "not an instant"),
        ("the thirtieth of February", "2031-02-30", "not an instant"),
        ("the hour 25", "2031-02-01T25:00:00+00:00", "not an instant"),
        ("an offset of days", "2031-02-01T00:00:00+99:00", "not an instant"),
        ("the first day there is", "0001-01-01T00:00:00+14:00", "from 2000 to 2200"),
        ("the last day there is", "9999-12-31T23:59:59-14:00", "from 2000 to 2200"),
        ("the year 10000", "10000-01-01", "not an instant"),
        ("before the year zero", "-0001-01-01", "not an instant"),
    )),
    typed("import as of the last day there is", "import", "--all", "--as-of", "9999-12-31", says="from 2000 to 2200"),
    typed("a night of the year 9999", "explain", f"{HOTEL}/expedia/rates/double/BAR", "--night", "9999-12-31", says="from 2000 to 2200"),
    typed("a night that is not there", "explain", f"{HOTEL}/expedia/rates/double/BAR", "--night", "2031-02-30", says="not a date"),
    typed("a night with an hour", "explain", f"{HOTEL}/expedia/rates/double/BAR", "--night", "2031-02-01T10:00", says="not a date"),
    typed("closed from the first day there is", "close", "--property", HOTEL, "--reason", "x", "--from", "0001-01-01", says="from 2000 to 2200"),
    typed("closed through the last day there is", "close", "--property", HOTEL, "--reason", "x", "--through", "9999-12-31", says="from 2000 to 2200"),
    typed("closed backwards", "close", "--property", HOTEL, "--reason", "x", "--from", "2031-03-02", "--through", "2031-03-01", says="before the first night"),
    typed("sold until the end of days", "bookings", "add", "--property", HOTEL, "--room", "double", "--arrival", "2031-02-01", "--departure", "9999-12-31", "--reference", "D-1", says="from 2000 to 2200"),
    typed("sold backwards", "bookings", "add", "--property", HOTEL, "--room", "double", "--arrival", "2031-02-02", "--departure", "2031-02-01", "--reference", "D-1", says="--departure is the day after"),
    typed("sold for no night", "bookings", "add", "--property", HOTEL, "--room", "double", "--arrival", "2031-02-02", "--departure", "2031-02-02", "--reference", "D-1", says="--departure is the day after"),
    typed("sold for a hundred years", "bookings", "add", "--property", HOTEL, "--room", "double", "--arrival", "2031-02-02", "--departure", "2131-02-02", "--reference", "D-1", says="a stay has 1 to 366 nights", code=FAILED),
]  # fmt: skip

NAMES = [
    typed("a property that is not there", "plan", "--property", "nowhere", says="`nowhere`"),
    typed("a path as a property", "plan", "--property", "../../etc/passwd", says="../../etc/passwd"),
    typed("an absolute path as a property", "plan", "--property", "/etc/passwd", says="/etc/passwd"),
    typed("a property with an escape sequence", "plan", "--property", f"x{ESCAPE}", says="no property in scope fits `x`"),
    typed("a property of bytes", "plan", "--property", BYTES, says="is not text in UTF-8"),
    typed("a property without end", "plan", "--property", LONG, says="no property in scope fits"),
    typed("a property that turns the direction", "plan", "--property", RIGHT_TO_LEFT, says="no property in scope fits `gnp.exe`"),
    typed("an empty property", "plan", "--property", "", says="no property in scope fits ``"),
    typed("a property of one star too many", "plan", "--property", "*-*-*-*", says="no property in scope fits"),
    typed("a bracket as a property", "plan", "--property", "[", says="no property in scope fits `[`"),
    typed("a target that is not there", "plan", "--target", "*/airbnb/**", says="there is no target `airbnb`"),
    typed("a kind that is not there", "plan", "--target", "*/expedia/guests/**", says="there is no kind `guests`"),
    typed("a target with an escape sequence", "plan", "--target", f"*/{ESCAPE}/**", says="fits no address"),
    typed("a target of bytes", "plan", "--target", f"*/{BYTES}/**", says="is not text in UTF-8"),
    typed("a target without end", "plan", "--target", f"*/{LONG}/**", says="known: booking.com, database, expedia"),
    typed("an empty target", "plan", "--target", "", says="fits no address"),
    typed("a target that is a path", "plan", "--target", "../../etc", says="fits no address"),
    typed("a target that is too short", "plan", "--target", "*/expedia/rates", says="fits no address"),
    typed("distrust of nobody", "plan", "--distrust", "*/airbnb/**", says="there is no target `airbnb`"),
    typed("distrust with an escape sequence", "plan", "--distrust", ESCAPE, says="fits no address"),
    typed("an environment that is not there", "plan", "--env", "mars", says="there is no environment `mars`"),
    typed("an environment with an escape sequence", "plan", "--env", f"dev{ESCAPE}", says="there is no environment `dev"),
    typed("an environment of bytes", "plan", "--env", BYTES, says="is not text in UTF-8"),
    typed("an environment without end", "plan", "--env", LONG, says="there is no environment"),
    typed("a path as an environment", "plan", "--env", "../production", says="there is no environment"),
    typed("consent to no rule", "plan", "--consent", "everything", says="there is no rule `everything`"),
    typed("consent with an escape sequence", "apply", "--auto-approve", "--consent", ESCAPE, says="there is no rule"),
    typed("consent of bytes", "plan", "--consent", f"custom/{BYTES}", says="is not text in UTF-8"),
    typed("empty consent", "plan", "--consent", "", says="there is no rule"),
    typed("a revision that is not there", "plan", "--changed-since", "never", says="git knows no revision"),
    typed("a revision that is a flag", "plan", "--changed-since=--output=/tmp/x", says="git knows no revision"),
    typed("a revision with an escape sequence", "plan", "--changed-since", ESCAPE, says="git knows no revision"),
    typed("a revision of bytes", "plan", "--changed-since", BYTES, says="is not text in UTF-8"),
    typed("a revision without end", "plan", "--changed-since", LONG, says="git knows no revision"),
    typed("an empty revision", "validate", "--changed-since", "", says="git knows no revision"),
    typed("two revisions that are not there", "diff", f"{ESCAPE}..x", says="git knows no revision"),
    typed("three revisions", "diff", "a", "b", "c", says="unexpected extra"),
    typed("an address of nothing", "explain", "", says="is neither an address nor a path"),
    typed("an address that is not there", "explain", f"{HOTEL}/expedia/rates/ghost/BAR", says="ghost"),
    typed("an address with an escape sequence", "explain", f"{HOTEL}/expedia/rates/{ESCAPE}/BAR", says="BAR"),
    typed("an address of bytes", "explain", f"{HOTEL}/{BYTES}/rates/double/BAR", says="is not text in UTF-8"),
    typed("an address out of the workspace", "explain", "../../etc/passwd", says="there is no property `..`"),
    typed("a run that is not there", "runs", "ffffffff", says="there is no run ffffffff"),
    typed("a run of wildcards", "runs", "%", says="there is no run %"),
    typed("a run with a quote", "runs", "' OR 1=1 --x", says="there is no run ' OR 1=1"),
    typed("a run with an escape sequence", "runs", ESCAPE, says="there is no run"),
    typed("a run of bytes", "runs", BYTES, says="is not text in UTF-8"),
    typed("an empty run", "runs", "", says="there is no run"),
    typed("a provider that is not there", "lookup", "--property", HOTEL, "--provider", "airbnb", "--room", "double", says="airbnb"),
    typed("a provider with an escape sequence", "lookup", "--property", HOTEL, "--provider", ESCAPE, "--room", "double", says="is not mapped at"),
    typed("a provider of bytes", "lookup", "--property", HOTEL, "--provider", BYTES, "--room", "double", says="is not text in UTF-8"),
    typed("a room of bytes", "close", "--property", HOTEL, "--room", BYTES, "--reason", "x", says="is not text in UTF-8"),
    typed("a room with an escape sequence", "close", "--property", HOTEL, "--room", ESCAPE, "--reason", "x", says="has no room"),
    typed("a reason with an escape sequence", "close", "--property", HOTEL, "--reason", ESCAPE, says="--reason is one line"),
    typed("a reason of bytes", "close", "--property", HOTEL, "--reason", BYTES, says="is not text in UTF-8"),
    typed("a reason without end", "close", "--property", HOTEL, "--reason", LONG, says="--reason is one line"),
    typed("a reason of nothing", "close", "--property", HOTEL, "--reason", " \t", says="--reason is one line"),
    typed("a property to close that is not there", "close", "--property", "nowhere", "--reason", "x", says="no property in scope fits"),
    typed("every property to be closed at once", "close", "--property", "*", "--reason", "x", says="one property, without globs"),
    typed("a property to open with an escape sequence", "open", "--property", ESCAPE, says="no property in scope fits"),
    typed("a sale of bytes", "bookings", "cancel", "--property", HOTEL, "--reference", BYTES, says="is not text in UTF-8"),
    typed("a sale with an escape sequence", "bookings", "cancel", "--property", HOTEL, "--reference", ESCAPE, says="--reference"),
    typed("a sale without end", "bookings", "cancel", "--property", HOTEL, "--reference", LONG, says="--reference"),
    typed("a sale that is not there", "bookings", "cancel", "--property", HOTEL, "--reference", "D-404", says="has no direct sale D-404", code=FAILED),
    typed("a sale of a room that is not there", "bookings", "add", "--property", HOTEL, "--room", ESCAPE, "--arrival", "2031-02-01", "--departure", "2031-02-02", "--reference", "D-1", says="has no room"),
    typed("a lock of nobody", "locks", "break", "--property", f"{HOTEL}{ESCAPE}", "--auto-approve", says="nobody holds"),
    typed("a lock of bytes", "locks", "break", "--property", BYTES, "--auto-approve", says="is not text in UTF-8"),
    typed("an action that is not there", "locks", "explode", says="is not one of"),
    typed("a format with an escape sequence", "plan", "--format", ESCAPE, says="is not one of"),
    typed("a format that is a path", "plan", "--format", "../json", says="is not one of"),
    typed("an alert that is not there", "alerts", "resolve", ESCAPE, says="alert"),
    typed("a short name that leads out", "import", "--property", "../../x", "--expedia", "1", says="is not a short name"),
    typed("a short name with an escape sequence", "import", "--property", f"x{ESCAPE}", "--expedia", "1", says="is not a short name"),
    typed("a short name without end", "import", "--property", "a" * 64, "--expedia", "1", says="is not a short name"),
    typed("a hotel id that leads elsewhere", "import", "--property", "new", "--expedia", "../admin", "--timezone", "Europe/Lisbon", says="Expedia refused", code=FAILED),
    typed("a hotel id with an escape sequence", "import", "--property", "new", "--expedia", f"1{ESCAPE}", says="Expedia refused", code=FAILED),
    typed("a hotel id of bytes", "import", "--property", "new", "--expedia", BYTES, says="is not text in UTF-8"),
    typed("a hotel id of bytes at the other one", "import", "--property", "new", "--booking.com", BYTES, says="is not text in UTF-8"),
    typed("a hotel id without end", "import", "--property", "new", "--expedia", LONG, says="characters that no id has, or too many", code=FAILED),
]  # fmt: skip

CONFLICTS = [
    typed("import of all and of one", "import", "--all", "--property", "x", says="give either --property"),
    typed("import of nothing", "import", says="give either --property"),
    typed("import of nobody's hotel", "import", "--property", "x", says="at which provider?"),
    typed("import of all with an id", "import", "--all", "--expedia", "1", says="go with --property"),
    typed("a lookup of nothing", "lookup", "--property", HOTEL, "--provider", "expedia", says="give either --room or --external"),
    typed("a lookup both ways", "lookup", "--property", HOTEL, "--provider", "expedia", "--room", "x", "--external", "y", says="give either"),
    typed("what changed, of one", "plan", "--property", HOTEL, "--changed-since", "HEAD", says="cannot be given together"),
    typed("pruning where that is not allowed", "plan", "--prune", says="--prune is not allowed"),
    typed("a question that nobody can answer", "apply", "--as-of", "2031-01-13", says="nobody can answer"),
    typed("a question that must not be asked", "apply", "--no-input", "--as-of", "2031-01-13", says="nobody can answer"),
    typed("a lock of no property", "locks", "break", "--auto-approve", says="which lock?"),
    typed("closed without a reason", "close", "--property", HOTEL, says="Missing option '--reason'"),
    typed("a saved plan with a scope", "apply", "{beside}/file", "--property", HOTEL, says="takes no planning options"),
    typed("a saved plan with consent", "apply", "{beside}/file", "--consent", "blast_radius", says="takes no planning options"),
    typed("a saved plan as of another day", "apply", "{beside}/file", "--as-of", "2031-01-13", says="takes no --as-of"),
    typed("a reviewed plan with a window", "plan", "--reviewed", "{beside}/file", "--window", "5", says="takes no planning options"),
    typed("two plans", "apply", "{beside}/file", "{beside}/file", says="unexpected extra argument"),
]  # fmt: skip

PATHS = [
    typed("JSON into a folder", "providers", "--json-into", "{beside}/folder", says="is a directory"),
    typed("JSON into a folder that is not there", "providers", "--json-into", "{beside}/nowhere/x.json", says="cannot be written"),
    typed("JSON below a file", "providers", "--json-into", "{beside}/file/x.json", says="cannot be written"),
    typed("JSON into a name without end", "providers", "--json-into", f"{{beside}}/{LONG}", says="cannot be written"),
    typed("JSON into a full device", "providers", "--json-into", "/dev/full", says="cannot be written"),
    typed("JSON into a device below nothing", "providers", "--json-into", "/dev/null/x", says="cannot be written"),
    typed("JSON into the kernel", "providers", "--json-into", "/proc/version", says="cannot be written"),
    typed("JSON into a link to nowhere", "providers", "--json-into", "{beside}/link/x", says="cannot be written"),
    typed("JSON into an empty name", "providers", "--json-into", "", says="directory"),
    typed("JSON into a folder with an escape sequence", "providers", "--json-into", f"{{beside}}/{ESCAPE}/x", says="cannot be written"),
    typed("JSON into a folder of bytes", "providers", "--json-into", f"{{beside}}/{BYTES}/x", says="cannot be written"),
    typed("a plan saved into a folder", "plan", "--out", "{beside}/folder", says="is a directory"),
    typed("a plan saved into a folder that is not there", "plan", "--out", "{beside}/nowhere/p.json", says="cannot be written"),
    typed("a workspace that is not there", "plan", "--workspace", "{beside}/nowhere", says="there is no reconciler.yaml"),
    typed("a workspace that is a file", "plan", "--workspace", "{beside}/file", says="there is no reconciler.yaml"),
    typed("a workspace that is a device", "validate", "--workspace", "/dev/null", says="there is no reconciler.yaml"),
    typed("a workspace with an escape sequence", "validate", "--workspace", f"{{beside}}/{ESCAPE}", says="there is no reconciler.yaml"),
    typed("a workspace of bytes", "validate", "--workspace", f"{{beside}}/{BYTES}", says="there is no reconciler.yaml"),
    typed("a workspace without end", "validate", "--workspace", LONG, says="File name too long", code=FAILED),
    typed("a workspace without end to be planned", "plan", "--workspace", LONG, says="File name too long", code=FAILED),
    typed("a workspace that is empty", "validate", "--workspace", "{beside}/folder", says="there is no reconciler.yaml"),
    typed("files that are not there", "validate", "nowhere.yaml", says="no file of the workspace"),
    typed("files out of the workspace", "validate", "../../../../etc", says="no file of the workspace"),
    typed("files with an escape sequence", "validate", ESCAPE, says="no file of the workspace"),
    typed("files of bytes", "validate", BYTES, says="no file of the workspace"),
    typed("files without end", "validate", LONG, says="no file of the workspace"),
    typed("files to be laid out that are not there", "fmt", "../../etc/passwd", says="no file of the workspace"),
    typed("files to be laid out of bytes", "fmt", BYTES, says="no file of the workspace"),
    typed("a plan that is not there", "apply", "nowhere.json", says="does not exist"),
    typed("a plan of bytes that is not there", "apply", BYTES, says="does not exist"),
    typed("a plan with an escape sequence that is not there", "show", ESCAPE, says="does not exist"),
    typed("a plan without end that is not there", "show", LONG, says="does not exist"),
    typed("a spreadsheet that is not there", "edit", "rates", "--csv", "nowhere.csv", says="cannot be read"),
    typed("a spreadsheet that is a folder", "edit", "rates", "--csv", "{beside}/folder", says="is a directory"),
    typed("a spreadsheet of nothing", "edit", "rates", "--csv", "{beside}/file", says="bad-csv", code=FAILED),
    typed("a part of YAML that is not there", "edit", "add", "nowhere.yaml", says="cannot be read"),
    typed("a workspace laid out in a file", "init", "{beside}/file", says="is a file"),
    typed("a workspace laid out where one is", "init", "{beside}/workspace", says="reconciler.yaml"),
    typed("import into a file", "import", "--property", "new", "--expedia", "16636843", "--into", "reconciler.yaml", says="is a file"),
]  # fmt: skip

DATABASES = [
    typed("a database that is none", "status", "--database", "oracle://x", says="neither `embedded`"),
    typed("a database with an escape sequence", "status", "--database", ESCAPE, says="neither `embedded`"),
    typed("a database of bytes", "status", "--database", BYTES, says="is not text in UTF-8"),
    typed("a database of bytes in a URL", "status", "--database", f"postgresql://127.0.0.1:1/{BYTES}", says="is not text in UTF-8"),
    typed("a database at a port of nobody", "status", "--database", "postgresql://127.0.0.1:1/x", says="cannot connect", code=FAILED),
    typed("a database at a pooler", "status", "--database", "postgresql://127.0.0.1:6543/x", says="transaction pooler", code=FAILED),
    typed("a database in a folder of no name", "status", "--database", "embedded:", says="names no folder"),
    typed("a database below a file", "status", "--database", "embedded:reconciler.yaml", says="reconciler.yaml", code=FAILED),
    typed("a database in a device", "status", "--database", "embedded:/dev/null", says="/dev/null", code=FAILED),
    typed("a database in nobody's home", "status", "--database", "embedded:~nobody-at-all/x", says="a home that nobody has"),
]  # fmt: skip

CASES = [*PROGRAM, *NUMBERS, *DATES, *NAMES, *CONFLICTS, *PATHS, *DATABASES]


@pytest.fixture(scope="module")
def laid_out(place: Place) -> Iterator[Path]:
    """What paths of cases lead to."""
    file, folder, link = (place.beside / name for name in ("file", "folder", "link"))
    file.write_text("")
    folder.mkdir()
    link.symlink_to("nowhere")
    yield place.beside
    file.unlink()
    link.unlink()
    folder.rmdir()


def test_there_are_a_hundred_cases_and_more() -> None:
    assert len(identifiers(CASES)) >= 100


@pytest.mark.parametrize("case", CASES, ids=identifiers(CASES))
def test_what_is_typed_wrongly_is_told_and_nothing_is_changed(place: Place, laid_out: Path, case: Typed) -> None:
    line = [part.replace("{beside}", str(laid_out)) for part in case.line]
    with place.unchanged():
        ended = place.run(*line)
    ended.told(case.code, case.says)


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ((b"validate", b"caf\xe9\xff"), USAGE, b"no file of the workspace"),
        ((b"pl\x1b[2Jan",), USAGE, b"there is no command"),
        ((b"plan", b"--env", b"\xff\xfe"), USAGE, b"is not text in UTF-8"),
        ((b"show", b"\xff.json"), USAGE, b"does not exist"),
        ((b"validate",), DONE, b"No findings"),
    ],
    ids=["a file of bytes", "an escape sequence", "an environment of bytes", "a plan of bytes", "nothing wrong"],
)
def test_a_process_of_its_own_says_the_same(place: Place, line: tuple[bytes, ...], code: int, says: bytes) -> None:
    environ = {os.fsencode(k): os.fsencode(v) for k, v in place.environ().items()}
    with place.unchanged():
        ended = subprocess.run(
            [sys.executable, "-m", "reconciler", *line], env=environ, cwd=place.folder, capture_output=True, timeout=60
        )
    said = ended.stdout + ended.stderr
    assert (ended.returncode, says in said, b"Traceback" in said, b"\x1b" in said) == (code, True, False, False), said
