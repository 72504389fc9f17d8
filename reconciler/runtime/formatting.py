"""The verb `fmt`: every file in the one layout. Meaning and comments stay: both are compared before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ReconcilerError
from reconciler.load.files import WORKSPACE_FILE, File, read, tree
from reconciler.load.layout import read as laid_out
from reconciler.load.parse import parse
from reconciler.load.render import render
from reconciler.model.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file and how it is to look. `problems`: why it cannot be read; then `after` is what it is."""

    name: str
    before: str
    after: str
    problems: tuple[Diagnostic, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything is to be written."""
        return self.before != self.after


def names(root: Path) -> tuple[str, ...]:
    """The files of a workspace that have a layout, by path from its folder."""
    found = tree(root)
    own = (WORKSPACE_FILE,) if (root / WORKSPACE_FILE).is_file() else ()
    return (*own, *sorted([*found.properties.values(), *found.defaults.values()]))


def formatted(root: Path, files: tuple[str, ...]) -> Iterator[Formatted]:
    """Each file as it is to look. Writes nothing."""
    for name in files:
        yield _one(read(root, name), (root / name))


def _one(file: File, path: Path) -> Formatted:
    if file.data is None or file.problems:
        return Formatted(file.name, file.text, file.text, file.problems)
    after = in_layout(file.name, file.text)
    with path.open(encoding="utf-8", newline="") as stream:
        return Formatted(file.name, stream.read(), after)


def in_layout(name: str, text: str) -> str:
    """A sound text in the one layout. Raises ReconcilerError where that would change what it says."""
    after = render(laid_out(text), name)
    if parse(after) != parse(text):
        raise ReconcilerError(f"{name} cannot be laid out without changing what it says; it is left as it is")
    return after
