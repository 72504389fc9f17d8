"""The pages of the documentation, taken apart: fenced blocks, headings, links; and workspaces made of their examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reconciler.load import Loaded, workspace

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what follows the backticks, its text, its line, the heading above it."""

    info: str
    text: str
    line: int
    heading: str


def page(name: str) -> str:
    """The text of a page, by its path from the root of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(text: str, info: str) -> list[Block]:
    """The fenced blocks with exactly this info string."""
    return [block for block in _blocks(text) if block.info == info]


def _blocks(text: str) -> Iterator[Block]:
    for found in _FENCE.finditer(text):
        above = _HEADING.findall(text[: found.start()])
        line = text.count("\n", 0, found.start()) + 1
        yield Block(found["info"].strip(), found["body"], line, above[-1] if above else "")


def without_blocks(text: str) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """The headings outside of blocks."""
    return _HEADING.findall(without_blocks(text))


def anchor(heading: str) -> str:
    """The anchor that a heading gets where Markdown is shown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def sections(text: str) -> dict[str, str]:
    """The top-level keys of a YAML text with everything that belongs to them, comments above them aside."""
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        key = re.match(r"([A-Za-z_.]+):", line)
        if key:
            name = key[1]
            found[name] = line
        elif name:
            found[name] += line
    return found


def replaced(base: str, fragment: str) -> str:
    """The base with the fragment's sections in place of its own."""
    return "".join({**sections(base), **sections(fragment)}.values())


def base_property() -> str:
    """The small complete property of docs/yaml.md."""
    return next(block.text for block in blocks(page("docs/yaml.md"), "yaml") if "kind: Property" in block.text)


def base_workspace() -> str:
    """The small complete workspace of docs/yaml.md."""
    return next(block.text for block in blocks(page("docs/yaml.md"), "yaml") if "kind: Workspace" in block.text)


def load(folder: Path, *, hotel: str = "", settings: str = "", defaults: str = "") -> Loaded:
    """What the loader makes of these files; the base files stand in for those that are not given."""
    group = folder / "properties" / "iberia"
    group.mkdir(parents=True)
    (folder / "reconciler.yaml").write_text(settings or base_workspace(), encoding="utf-8")
    (group / "harbour-house.yaml").write_text(hotel or base_property(), encoding="utf-8")
    if defaults:
        (folder / "properties" / "_defaults.yaml").write_text(defaults, encoding="utf-8")
    return workspace(folder, now=NOW)
