"""A layout to text, in the one canonical form: two spaces, keys in the order of the documentation, one empty line between sections.

What was written with brackets stays so where it fits on a line and holds no comment. Names that people gave (rooms, plans, seasons,
overrides) keep their order, for the order of overrides has a meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from pydantic import BaseModel

from reconciler.load.documents import PropertyDoc
from reconciler.load.layout import Branch, Entry, Layout, Leaf, Part, unquoted
from reconciler.load.problems import Keys
from reconciler.load.translate import known_keys
from reconciler.load.workspace_documents import WorkspaceDoc

WIDTH = 140
_IDS = ("property_id", "ean_id", "hotel_id")
"""They stand before everything that goes with them."""
INHERITING = "inheriting"
"""The schema of a property below defaults: a file that says so goes on saying it."""
_SCHEMAS = {"Property": "property", "Defaults": "defaults", "Workspace": "workspace"}


def render(layout: Layout, name: str) -> str:
    """The text of a file. `name`: its path from the workspace, to point at the schema of its kind."""
    kind = layout.root.entry("kind")
    said = kind.value.text if kind is not None and isinstance(kind.value, Leaf) else ""
    model: type[BaseModel] = WorkspaceDoc if said == "Workspace" else PropertyDoc
    below_defaults = said == "Property" and layout.schema == INHERITING
    lines = [pointer(name, INHERITING if below_defaults else _SCHEMAS[said])] if said in _SCHEMAS else []
    if head := _trimmed(layout.head):
        lines += [*head, ""]
    return "\n".join([*lines, *_block(layout.root, 0, (), model), ""])


def pointer(name: str, schema: str) -> str:
    """The line by which an editor finds the schema."""
    up = "../" * (len(PurePosixPath(name).parts) - 1)
    return f"# yaml-language-server: $schema={up}schemas/{schema}.json"


def _block(branch: Branch, indent: int, keys: Keys, model: type[BaseModel]) -> Iterator[str]:
    space = " " * indent
    previous = False
    for number, entry in enumerate(_ordered(branch, keys, model)):
        here = (*keys, number if branch.listed else unquoted(entry.key))
        written = list(_entry(entry, indent, here, model))
        section = indent == 0 and (len(written) > 1 or previous)
        if number and (section or entry.above[:1] == [""]):
            yield ""
        yield from (f"{space}{line}" if line else "" for line in _trimmed(entry.above))
        yield from written
        previous = len(written) > 1
    yield from (f"{space}{line}" if line else "" for line in _trimmed(branch.tail))


def _trimmed(above: list[str]) -> list[str]:
    """Comment lines without empty ones at their ends."""
    kept = list(above)
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _entry(entry: Entry, indent: int, keys: Keys, model: type[BaseModel]) -> Iterator[str]:
    head = f"{' ' * indent}{entry.key}:" if entry.key else f"{' ' * indent}-"
    beside = f"  {entry.beside}" if entry.beside else ""
    value = entry.value
    line = _inline(value, keys, model)
    fits = line is not None and (isinstance(value, Leaf) or not value.entries or len(head) + 1 + len(line) <= WIDTH)
    if line is not None and fits:
        yield f"{head} {line}{beside}" if line else f"{head}{beside}"
    elif isinstance(value, Branch):
        anchor = f" &{value.anchor}" if value.anchor else ""
        yield f"{head}{anchor}{beside}"
        yield from _block(value, indent + 2, keys, model)


def _inline(value: Part, keys: Keys, model: type[BaseModel]) -> str | None:
    """The value on one line; None for a block, and for brackets that hold a comment."""
    if isinstance(value, Leaf):
        return value.text
    if value.tail or (value.entries and not value.flow):
        return None
    parts = []
    for number, entry in enumerate(_ordered(value, keys, model)):
        here = (*keys, number if value.listed else unquoted(entry.key))
        inner = _inline(entry.value, here, model)
        if inner is None or entry.beside or any(entry.above):
            return None
        inner = inner or "null"
        parts.append(f"{entry.key}: {inner}" if entry.key else inner)
    anchor = f"&{value.anchor} " if value.anchor else ""
    return f"{anchor}[{', '.join(parts)}]" if value.listed else f"{anchor}{{{', '.join(parts)}}}"


def _ordered(branch: Branch, keys: Keys, model: type[BaseModel]) -> list[Entry]:
    """The entries with those keys that the language knows in its order; names that people gave as they are."""
    if branch.listed:
        return branch.entries
    names = sorted(known_keys(model, keys), key=lambda name: name not in _IDS)
    known = {key: number for number, key in enumerate(names)}
    return sorted(branch.entries, key=lambda entry: known.get(unquoted(entry.key), len(known)))
