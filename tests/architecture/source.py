"""The project's own text, as the tests of this folder read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reconciler"
_PROSE = ("*.md", "*.yaml", "*.yml", "*.toml", "*.sql", "*.json", "Makefile", ".importlinter", ".ci/*")


def modules(folder: str = "") -> tuple[Path, ...]:
    """Every Python module of the package, or of one folder (or file) of it."""
    place = PACKAGE / folder
    return (place,) if place.suffix == ".py" else tuple(sorted(place.rglob("*.py")))


def name(path: Path) -> str:
    """The path as people write it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path) -> str:
    """What a file holds."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(text(path), str(path))


def everything_written() -> Iterator[Path]:
    """Every text that a reader of the project sees: code, tests, documents, configuration."""
    for folder in (PACKAGE, ROOT / "tests"):
        yield from (path for pattern in ("*.py", "*.sql", "*.md") for path in sorted(folder.rglob(pattern)))
    for pattern in _PROSE:
        yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())
    for folder in (ROOT / "docs", ROOT / "properties", ROOT / "schemas"):
        yield from sorted(path for path in folder.rglob("*") if path.suffix in (".md", ".yaml", ".json"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a module with its length in lines, docstring included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
