"""Where in which file something is written: from the keys that lead to it to file, line and column.

Places are looked up only for what is reported, so that good files never pay for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from reconciler.load.files import File
from reconciler.load.nodes import Node
from reconciler.load.parse import positions
from reconciler.load.problems import Keys, Problem
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.explanation import Place

WRITTEN_OUT = ("default", "nights")
"""Keys that a short form leaves out."""


Leaf: TypeAlias = tuple[str, object]
"""A key and its value."""


@dataclass(slots=True)
class Places:
    """The places in the files of one run, found when asked for."""

    _known: dict[str, Node | None] = field(default_factory=dict)

    def locate(self, problem: Problem, layers: Sequence[File]) -> Diagnostic:
        """The problem with its place. `layers`: the files that the document was merged from, the innermost first."""
        place = self.find(problem.keys, layers, at_key=problem.at_key)
        return Diagnostic(
            problem.code, problem.message, problem.severity, problem.hint, place.file, place.line, place.column
        )

    def find(self, keys: Keys, layers: Sequence[File], *, at_key: bool = False) -> Place:
        """Where the keys lead: in the innermost file that has them all, else in the one that has the most of them."""
        best, reached = Place(layers[0].name, 1, 1), -1
        for spelling in _spellings(keys):
            for file in layers:
                depth, place = self._in_file(spelling, file, at_key)
                if depth > reached:
                    best, reached = place, depth
        return best

    def everywhere(self, keys: Keys, layers: Sequence[File]) -> tuple[Place, ...]:
        """Every file that writes what the keys lead to, the innermost first: what holds, then what it overrode."""
        found = []
        for file in layers:
            depth, place = self._in_file(keys, file, at_key=False)
            if depth == len(keys):
                found.append(place)
        return tuple(found)

    def leaves(self, keys: Keys, leaf: Leaf, layers: Sequence[File]) -> tuple[Place, ...]:
        """Every place below the keys at which a key has this value, the innermost file first."""
        found = []
        for file in layers:
            node = self._node(file)
            for key in keys:
                step = _step(node, key) if node is not None else None
                node = step[2] if step is not None else None
            found += [Place(file.name, line, column) for line, column in _leaves(node, leaf)]
        return tuple(found)

    def _node(self, file: File) -> Node | None:
        if file.name not in self._known:
            self._known[file.name] = positions(file.text)
        return self._known[file.name]

    def _in_file(self, keys: Keys, file: File, at_key: bool) -> tuple[int, Place]:
        node = self._node(file)
        if node is None:
            return -1, Place(file.name, 1, 1)
        line, column = key_line, key_column = node.line, node.column
        depth = 0
        for key in keys:
            step = _step(node, key)
            if step is not None:
                key_line, key_column, node = step
                line, column = node.line, node.column
            elif key not in WRITTEN_OUT:
                return depth, Place(file.name, key_line, key_column)
            depth += 1
        return depth, Place(file.name, key_line, key_column) if at_key else Place(file.name, line, column)


def _step(node: Node, key: str | int) -> tuple[int, int, Node] | None:
    if node.entries is not None:
        return node.entries.get(str(key))
    if node.items is not None and isinstance(key, int) and key < len(node.items):
        item = node.items[key]
        return item.line, item.column, item
    return None


def _leaves(node: Node | None, leaf: Leaf) -> Iterator[tuple[int, int]]:
    for key, (_, _, value) in (node.entries or {}).items() if node is not None else ():
        if key == leaf[0] and value.scalar == leaf[1]:
            yield value.line, value.column
        yield from _leaves(value, leaf)


def _spellings(keys: Keys) -> Iterator[Keys]:
    """The keys; for a room's allocation also those of every room's."""
    yield keys
    if len(keys) > 2 and keys[0] == "allocation":
        yield (keys[0], "*", *keys[2:])
