"""The files of a workspace: which there are, what they are called, what they hold. The only part of loading that touches the disk."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from reconciler.load.nodes import Data
from reconciler.load.parse import MAX_BYTES, decode, parse
from reconciler.model.address import matches
from reconciler.model.diagnostics import Diagnostic

WORKSPACE_FILE = "reconciler.yaml"
PROPERTIES = "properties"
DEFAULTS = "_defaults.yaml"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(slots=True)
class Tree:
    """The files below `properties/`, by path from the workspace. `properties`: by slug; `defaults`: by folder."""

    properties: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    def above(self, file: str) -> tuple[str, ...]:
        """The defaults that hold for a property's file, the outermost first."""
        folders = [str(folder) for folder in reversed(PurePosixPath(file).parents)]
        return tuple(self.defaults[folder] for folder in folders if folder in self.defaults)


@dataclass(frozen=True, slots=True)
class File:
    """A file that was read: its text, its data (None where it cannot be used), what is wrong with it."""

    name: str
    text: str
    data: dict[str, Data] | None
    problems: tuple[Diagnostic, ...] = ()


def tree(root: Path) -> Tree:
    """Every file below `properties/`, whatever order the disk has them in."""
    found = Tree()
    for path in sorted(_walk(root, found)):
        _place(path, found)
    return found


def selected(file: str, globs: Sequence[str]) -> bool:
    """Whether an environment's globs choose a property's file: over its path below `properties/`, the last that fits wins."""
    path = PurePosixPath(file).relative_to(PROPERTIES).with_suffix("").as_posix()
    chosen = False
    for glob in globs:
        if matches(glob.removeprefix("!"), path):
            chosen = not glob.startswith("!")
    return chosen


def read(root: Path, name: str) -> File:
    """One file. Never raises for what is in it, nor for one that cannot be read."""
    return parsed(name, content_of(root, name))


def content_of(root: Path, name: str) -> bytes | Diagnostic:
    """The bytes of a file, one more than are taken of one that is too large; or why they cannot be read."""
    try:
        if not (root / name).is_file():  # a pipe would be waited for, for ever
            return Diagnostic("unreadable-file", "cannot be read: it is no regular file", file=name)
        with (root / name).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        return Diagnostic("unreadable-file", f"cannot be read: {error.strerror or 'unknown reason'}", file=name)


def text_of(root: Path, name: str) -> str:
    """The text of a file, empty where it has none that can be shown."""
    content = content_of(root, name)
    return decode(content)[0] if isinstance(content, bytes) else ""


def parsed(name: str, content: bytes | Diagnostic) -> File:
    """A file from its bytes, or from why there are none. Never raises for what is in it."""
    if isinstance(content, Diagnostic):
        return File(name, "", None, (content,))
    text, problems = decode(content)
    data: Data = None
    if not problems:
        data, problems = parse(text)
    placed = [_in_file(problem, name) for problem in problems]
    if not isinstance(data, dict) and not placed:
        message = "the file is empty" if data is None else "a file holds a mapping"
        placed = [Diagnostic("not-a-document", message, hint="it begins with `kind:`", file=name, line=1, column=1)]
    return File(name, text, data if isinstance(data, dict) else None, tuple(placed))


def write(root: Path, name: str, text: str) -> None:
    """Puts the text in the place of a file, whole or not at all; its permissions stay. Raises OSError."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".partial")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        Path(partial).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _in_file(problem: Diagnostic, name: str) -> Diagnostic:
    return Diagnostic(problem.code, problem.message, problem.severity, problem.hint, name, problem.line, problem.column)


def _walk(root: Path, found: Tree) -> Iterator[str]:
    top = root / PROPERTIES
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *names):
            path = Path(folder) / name
            relative = path.relative_to(root).as_posix()
            if path.is_symlink():
                found.problems.append(
                    _bad(relative, "symlink", "symbolic links are not followed", "put the file itself here")
                )
            elif name in names and not name.startswith("."):
                yield relative


def _place(path: str, found: Tree) -> None:
    pure = PurePosixPath(path)
    if pure.suffix in (".yml", ".YAML", ".YML", ".Yaml"):
        found.problems.append(_bad(path, "file-name", "not read: its name does not end in .yaml", "rename it"))
    elif pure.name == DEFAULTS:
        found.defaults[str(pure.parent)] = path
    elif pure.suffix == ".yaml":
        _place_property(path, pure.stem, found)


def _place_property(path: str, slug: str, found: Tree) -> None:
    if not _SLUG.fullmatch(slug):
        hint = "small letters, digits and -, at most 63; defaults are `_defaults.yaml`"
        found.problems.append(_bad(path, "file-name", f"`{slug}` cannot be the short name of a property", hint))
    elif slug in found.properties:
        message = f"`{slug}` is already the short name of {found.properties[slug]}"
        found.problems.append(_bad(path, "slug-used-twice", message, "rename one of the files"))
    else:
        found.properties[slug] = path


def _bad(path: str, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(code, message, hint=hint, file=path)
