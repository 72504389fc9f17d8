"""The careful reading of YAML: every node with its place, every refusal with its place.

It serves three ends: files in which the fast parser might read something else than was meant, machines without the fast parser, and
places for diagnostics. One document, YAML 1.2, no tags, no merge keys, bounded in depth, anchors and what aliases expand to. Dates and
`yes`, `no`, `on`, `off` are text. What can be read in spite of a refusal is read, so that one pass finds every problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.load import numbers
from reconciler.model.diagnostics import Diagnostic

MAX_DEPTH = 24
MAX_ANCHORS = 100
MAX_NODES = 200_000

Scalar: TypeAlias = "str | int | bool | Decimal | None"
Data: TypeAlias = "Scalar | list[Data] | dict[str, Data]"

_WORDS: dict[str, bool | None] = {
    "": None,
    **dict.fromkeys(("~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(slots=True)
class Node:
    """A value with its place (from 1). `entries` of a mapping: key to (line, column of the key, value)."""

    line: int
    column: int
    scalar: Scalar = None
    items: list[Node] | None = None
    entries: dict[str, tuple[int, int, Node]] | None = None
    size: int = 1
    height: int = 0

    def data(self) -> Data:
        """The value without places."""
        if self.entries is not None:
            return {key: node.data() for key, (_, _, node) in self.entries.items()}
        return self.scalar if self.items is None else [node.data() for node in self.items]


@dataclass(slots=True)
class Reading:
    """What came of reading a text: the outermost node, None for an empty or unreadable one, and what is wrong."""

    node: Node | None = None
    problems: list[Diagnostic] = field(default_factory=list)


class _StopError(Exception):
    """Reading cannot go on."""


def read(text: str) -> Reading:
    """The one document of the text. Problems carry line and column and no file."""
    reader = _Reader()
    try:
        reader.document(YAML(typ="safe", pure=True).parse(text))
    except _StopError:
        reader.reading.node = None
    except (YAMLError, RecursionError, ValueError, IndexError) as error:
        reader.reading.node = None
        reader.syntax(error)
    return reader.reading


class _Reader:
    """Builds nodes from events, without recursing deeper than MAX_DEPTH."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.anchors: dict[str, Node | None] = {}
        self.nodes = 0

    def refuse(self, event: Event, code: str, message: str, hint: str = "") -> None:
        line, column = _place(event)
        self.reading.problems.append(Diagnostic(code, message, hint=hint, line=line, column=column))

    def stop(self, event: Event, code: str, message: str, hint: str = "") -> _StopError:
        self.refuse(event, code, message, hint)
        return _StopError()

    def syntax(self, error: Exception) -> None:
        mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
        said = (error.problem or error.context) if isinstance(error, MarkedYAMLError) else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        self.reading.problems.append(
            Diagnostic(
                "yaml-syntax", f"not YAML: {said or 'cannot be read'}", hint=_hint(said), line=line, column=column
            )
        )

    def document(self, events: Iterator[Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.stop(event, "multiple-documents", "a file holds one document", "remove the `---`")
                if event.version or event.tags:
                    self.refuse(event, "directive", "YAML directives (lines that begin with %) are not taken")
            elif isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
                self.reading.node = self.value(event, events, 0)

    def value(self, event: Any, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, AliasEvent):
            return self.alias(event, depth)
        self.count(event, 1)
        if depth > MAX_DEPTH:
            raise self.stop(event, "too-deep", f"nested more than {MAX_DEPTH} levels deep")
        if event.tag is not None:
            self.refuse(event, "tag", f"tags such as `{_shown(event)}` are not taken", "write the value without it")
        self.announce(event)
        node = self.content(event, events, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def content(self, event: Any, events: Iterator[Event], depth: int) -> Node:
        if isinstance(event, MappingStartEvent):
            return self.mapping(event, events, depth)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(event, events, depth)
        return Node(*_place(event), scalar=self.scalar(event))

    def count(self, event: Event, more: int) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise self.stop(
                event, "too-many-values", f"more than {MAX_NODES:,} values, aliases counted as what they repeat"
            )

    def announce(self, event: Any) -> None:
        if event.anchor is None:
            return
        self.anchors[event.anchor] = None
        if len(self.anchors) > MAX_ANCHORS:
            raise self.stop(event, "too-many-anchors", f"more than {MAX_ANCHORS} anchors")

    def alias(self, event: Any, depth: int) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            inside = event.anchor in self.anchors
            message = "contains itself" if inside else "has no anchor before it"
            raise self.stop(
                event, "unknown-alias", f"the alias `*{event.anchor}` {message}", "quote a text that begins with *"
            )
        self.count(event, node.size)
        if depth + node.height > MAX_DEPTH:
            raise self.stop(event, "too-deep", f"nested more than {MAX_DEPTH} levels deep")
        return node

    def sequence(self, start: Event, events: Iterator[Event], depth: int) -> Node:
        node = Node(*_place(start), items=[])
        assert node.items is not None
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            child = self.value(event, events, depth + 1)
            node.items.append(child)
            _grow(node, child)
        return node

    def mapping(self, start: Event, events: Iterator[Event], depth: int) -> Node:
        node = Node(*_place(start), entries={})
        assert node.entries is not None
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            name = self.key(event, self.value(event, events, depth + 1))
            child = self.value(next(events), events, depth + 1)
            if name is not None and name in node.entries:
                first = node.entries[name][0]
                self.refuse(event, "duplicate-key", f"`{name}` is already written in line {first}", "keep one of them")
            elif name is not None:
                node.entries[name] = (*_place(event), child)
            _grow(node, child)
        return node

    def key(self, event: Event, node: Node) -> str | None:
        """The key as text; None where it cannot be one."""
        if node.entries is not None or node.items is not None:
            self.refuse(event, "odd-key", "a key is a name, not a list or a mapping")
            return None
        if isinstance(node.scalar, bool) or node.scalar is None or isinstance(node.scalar, Decimal):
            self.refuse(event, "odd-key", f"`{_spelled(event)}` is not read as text here", "put quotes around the key")
            return None
        if node.scalar == "<<" and _is_plain(event):
            self.refuse(
                event, "merge-key", "merge keys (`<<`) are not taken", "use `_defaults.yaml` for what is shared"
            )
            return None
        return str(node.scalar)

    def scalar(self, event: ScalarEvent) -> Scalar:
        text = str(event.value)
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.refuse(event, "control-character", "half of a surrogate pair is not a character")
            return ""
        if not _is_plain(event):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if numbers.is_odd(text):
            self.refuse(event, "odd-number", f"`{text}` is not how a number is written here", _spelling(text))
            return numbers.guess(text)
        return numbers.exact(text) if numbers.is_number(text) else text


def _spelling(text: str) -> str:
    digits = sum(character.isdigit() for character in text)
    if digits > numbers.SIGNIFICANT:
        return f"at most {numbers.SIGNIFICANT} digits; quote it if it is an id"
    return "digits, with a point before decimals: 1200.50; quote it if it is an id"


def _hint(said: str | None) -> str:
    if said and "cannot start any token" in said:
        return "quote a text that begins with a special character"
    if said and "mapping values are not allowed" in said:
        return "quote a text that holds a colon and a space; check the indentation"
    return ""


def _grow(node: Node, child: Node) -> None:
    node.size += child.size
    node.height = max(node.height, child.height + 1)


def _is_plain(event: Any) -> bool:
    return isinstance(event, ScalarEvent) and not event.style


def _spelled(event: Any) -> str:
    return str(event.value) if isinstance(event, ScalarEvent) else "*"


def _shown(event: Any) -> str:
    return str(event.tag).replace("tag:yaml.org,2002:", "!!")


def _place(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
