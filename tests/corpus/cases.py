"""The cases of the corpus: what is written in this folder, and what cannot be kept readably and is made here."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
WORKSPACE = "kind: Workspace\n"
BAD = "properties/bad/{}.yaml"
_EXPECTED = re.compile(
    r"(?:(?P<file>\S+\.yaml) )?(?:(?P<severity>warning|info) )?(?P<code>[a-z_/-]+) (?P<line>\d+):(?P<column>\d+)"
)
_HEAD = b"kind: Property\nid: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11\n"


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One finding: what is expected, or what was said."""

    file: str
    code: str
    line: int
    column: int
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Case:
    """A workspace with a mistake. `lay_out` writes it into an empty folder."""

    name: str
    expected: tuple[Found, ...]
    lay_out: Callable[[Path], None]


def cases() -> list[Case]:
    """Every case, by name."""
    files = [_of_file(file) for file in sorted(HERE.glob("*/*.yaml"))]
    folders = [_of_folder(file.parent) for file in sorted(HERE.rglob("expect"))]
    return [*files, *folders, *_made()]


def _expected(text: str, file: str) -> Iterator[Found]:
    for item in re.split(r", |\n", text.strip()):
        found = _EXPECTED.fullmatch(item)
        assert found, f"`{item}` is not an expectation"
        line, column = int(found["line"]), int(found["column"])
        yield Found(found["file"] or file, found["code"], line, column, found["severity"] or "error")


def _of_file(path: Path) -> Case:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    target = BAD.format(path.stem)

    def lay_out(root: Path) -> None:
        _write(root, target, path.read_bytes())

    return Case(_name(path), tuple(_expected(first.removeprefix("# expect: "), target)), lay_out)


def _of_folder(folder: Path) -> Case:
    def lay_out(root: Path) -> None:
        shutil.copytree(folder, root, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns("expect"))

    return Case(_name(folder), tuple(_expected((folder / "expect").read_text(), "")), lay_out)


def _name(path: Path) -> str:
    return path.relative_to(HERE).with_suffix("").as_posix()


def _write(root: Path, name: str, content: bytes) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(content)


# Name, bytes of the file, line and column of the finding. The name begins with its code.
_BYTES: list[tuple[str, bytes, int, int]] = [
    ("not-utf-8/utf-16", "kind: Property\n".encode("utf-16"), 1, 1),
    ("not-utf-8/latin-1", _HEAD + b"name: M\xfcnchen\n", 3, 8),
    ("not-utf-8/cut-off", _HEAD + b"name: M\xc3", 3, 8),
    ("not-utf-8/overlong", _HEAD + b"name: \xc0\xae\n", 3, 7),
    ("not-utf-8/surrogate", _HEAD + b"name: \xed\xa0\x80\n", 3, 7),
    ("control-character/nul", _HEAD + b"name: a\x00b\n", 3, 8),
    ("control-character/escape", _HEAD + b"name: \x1b[2J\n", 3, 7),
    ("control-character/byte-order-mark-inside", _HEAD + "name: a\ufeffb\n".encode(), 3, 8),
    ("control-character/right-to-left-override", _HEAD + "name: a\u202eb\n".encode(), 3, 8),
    ("control-character/line-separator", _HEAD + "name: a\u2028b\n".encode(), 3, 8),
    ("control-character/next-line", _HEAD + "name: a\x85b\n".encode(), 3, 8),
    ("control-character/lone-carriage-return", _HEAD + b"name: a\rhorizon: 5\n", 3, 8),
    ("control-character/delete", _HEAD + b"name: a\x7f\n", 3, 8),
    ("too-large/comment", b"# " + b"x" * 1024 * 1024, 1, 1),
    ("too-large/scalar", _HEAD + b"name: " + b"x" * 1024 * 1024, 1, 1),
    ("too-many-anchors/one-too-many", b"".join(b"a%d: &a%d 1\n" % (i, i) for i in range(101)), 101, 7),
    ("too-deep/ten-thousand-brackets", _HEAD + b"seasons: " + b"[" * 10_000 + b"]" * 10_000 + b"\n", 3, 34),
    ("too-deep/dashes", b"seasons:\n  " + b"- " * 100 + b"a\n", 2, 51),
]


def _made() -> list[Case]:
    return [*(_of_bytes(*row) for row in _BYTES), *_IN_FOLDERS]


def _of_bytes(name: str, content: bytes, line: int, column: int) -> Case:
    code, _, stem = name.partition("/")
    target = BAD.format(stem)
    return Case(name, (Found(target, code, line, column),), lambda root: _write(root, target, content))


def _link(root: Path) -> None:
    (root / "properties").mkdir(parents=True)
    (root / "properties/passwd.yaml").symlink_to("/etc/passwd")


def _loop(root: Path) -> None:
    (root / "properties").mkdir(parents=True)
    (root / "properties/loop").symlink_to("..")


def _pipe(root: Path) -> None:
    (root / "properties").mkdir(parents=True)
    os.mkfifo(root / "properties/pipe.yaml")


def _named(name: str) -> Callable[[Path], None]:
    return lambda root: _write(root, name, _HEAD)


# Findings about a whole file have no line.
_IN_FOLDERS = [
    Case("symlink/etc-passwd", (Found("properties/passwd.yaml", "symlink", 0, 0),), _link),
    Case("symlink/loop-of-folders", (Found("properties/loop", "symlink", 0, 0),), _loop),
    Case("unreadable-file/pipe", (Found("properties/pipe.yaml", "unreadable-file", 0, 0),), _pipe),
    *(
        Case(f"file-name/{label}", (Found(name, "file-name", 0, 0),), _named(name))
        for label, name in [
            ("capital", "properties/Lisbon.yaml"),
            ("yml", "properties/lisbon.yml"),
            ("space", "properties/lisbon baixa.yaml"),
            ("dots", "properties/a..lisbon.yaml"),
            ("defaults-in-capitals", "properties/_Defaults.yaml"),
            ("too-long", f"properties/{'a' * 64}.yaml"),
        ]
    ),
]
