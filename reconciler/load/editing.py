"""Changing what people wrote, with everything else as it was: a value at some keys is put, or taken away.

A value that would hide in a short form gets its place: `double: 120.00` becomes `double: {default: 120.00, overrides: ...}`. What an edit
means is for its caller, who loads the result before it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from reconciler.errors import UsageError
from reconciler.load import numbers
from reconciler.load.layout import Branch, Entry, Layout, Leaf, Part, quoted
from reconciler.load.overlay import is_field_calendar, is_short, is_value_calendar

_PLAIN = re.compile(
    r"[A-Za-z_][\w./+-]*(?:[ &'][\w./+&'()-]+)*"  # words
    r"|[+-]?\d+(?:\.\d+)?%"  # changes and shares
    r"|\d{4}-\d\d-\d\d(?:\.\.\d{4}-\d\d-\d\d)?(?:T\d\d:\d\d)?"  # nights and local times
    r"|(?:env|file|vault|sealed|exec|sops|age):[^\s,\[\]{}#\"']+"
)
_WORDS = frozenset("null true false yes no on off y n ~".split())
_SMALL = 100


class Signed(Decimal):
    """A change of a price, written with its sign."""


def laid_out(document: Mapping[str, Any], comments: Mapping[tuple[str, ...], str]) -> Layout:
    """A new file. Numbers are Decimal or int, ids are text. `comments`: a line to stand above the key at a path."""
    layout = Layout(Branch([Entry(_key(key), part(value)) for key, value in document.items()]))
    for path, comment in comments.items():
        found = get(layout, path[:-1])
        entry = found.entry(path[-1]) if isinstance(found, Branch) else None
        if entry is not None:
            entry.above = [f"# {comment}"]
    return layout


def get(layout: Layout, keys: Sequence[str]) -> Part | None:
    """What is written at the keys; None where nothing is."""
    found: Part = layout.root
    for key in keys:
        entry = found.entry(key) if isinstance(found, Branch) and not found.listed else None
        if entry is None:
            return None
        found = entry.value
    return found


def put(layout: Layout, keys: Sequence[str], value: Any, above: str = "") -> None:
    """Writes a value at the keys, in the place of what is there. `above`: a comment line for a new entry.

    Raises UsageError where something on the way there holds no keys.
    """
    branch = layout.root
    for depth, key in enumerate(keys[:-1]):
        branch = _below(branch, key, tuple(keys[: depth + 1]), keys[depth + 1])
    entry = branch.entry(keys[-1])
    new = part(value)
    if entry is None:
        branch.entries.append(Entry(_key(keys[-1]), new, [f"# {above}"] if above else []))
    else:
        if isinstance(new, Branch) and isinstance(entry.value, Branch):
            new.tail = entry.value.tail
        entry.value = new


def take(layout: Layout, keys: Sequence[str]) -> bool:
    """Removes what is written at the keys. The comments above it stay where they are. False where nothing is written there."""
    above = get(layout, keys[:-1])
    entry = above.entry(keys[-1]) if isinstance(above, Branch) and not above.listed else None
    if entry is None or not isinstance(above, Branch):
        return False
    place = above.entries.index(entry)
    above.entries.remove(entry)
    kept = [line for line in entry.above if line]
    if kept and place < len(above.entries):
        above.entries[place].above[:0] = kept
    else:
        above.tail += kept
    return True


def part(value: Any) -> Part:
    """A value as it is laid out when it is new: short mappings on one line."""
    if isinstance(value, Mapping):
        return Branch([Entry(_key(str(key)), part(item)) for key, item in value.items()], flow=_is_small(value))
    if isinstance(value, (list, tuple)):
        return Branch([Entry("", part(item)) for item in value], listed=True, flow=True)
    return Leaf(spelled(value))


def spelled(value: Any) -> str:
    """A scalar: numbers by their digits, texts in quotes where they could be taken for something else."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Signed):
        return f"{value:+f}"
    if isinstance(value, (int, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return str(value) if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else quoted(value)


def _key(key: str) -> str:
    return (
        key
        if (re.fullmatch(r"[A-Za-z_][\w.-]*", key) and key.lower() not in _WORDS) or numbers.is_number(key)
        else quoted(key)
    )


def _is_small(value: Mapping[Any, Any]) -> bool:
    """Whether a mapping reads better on one line."""
    leaves = all(not isinstance(item, Mapping) or _is_small(item) for item in value.values())
    return leaves and len(str(value)) <= _SMALL


def _below(branch: Branch, key: str, keys: tuple[str, ...], following: str) -> Branch:
    """The mapping at the key, made where it is not there, written out where it is short."""
    entry = branch.entry(key)
    if entry is None:
        entry = Entry(_key(key), Branch())
        branch.entries.append(entry)
    value = entry.value
    if isinstance(value, Leaf) and value.text in ("", "null", "~"):
        entry.value = value = Branch()
    if _stands_for_default(value, keys, following):
        entry.value = value = Branch([Entry("default", value)], flow=isinstance(value, Leaf) or value.flow)
    if not isinstance(value, Branch) or value.listed:
        raise UsageError(f"`{'/'.join(keys)}` is a value: nothing can be put below it")
    return value


def _stands_for_default(value: Part, keys: tuple[str, ...], following: str) -> bool:
    """Whether a calendar is written as the bare value of its default, and something else of it is to be written."""
    if isinstance(value, Leaf):
        return is_value_calendar(keys)
    names = [entry.key for entry in value.entries]
    return is_field_calendar(keys) and bool(names) and is_short(names) and not is_short([following])
