"""A file as people laid it out: its entries in their order, how each is spelled, and every comment with the entry that it speaks of.

What `fmt` draws anew and what edits change. A comment above an entry goes where the entry goes; one beside it stays on its line; one
behind the last entry of a mapping stays at its end. Only for texts that `nodes.read` takes without a problem.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reconciler.load.parse import FORBIDDEN

_POINTER = "yaml-language-server:"


@dataclass(slots=True)
class Leaf:
    """A scalar or alias as it is spelled, on one line."""

    text: str


@dataclass(slots=True)
class Branch:
    """A mapping, or a list whose entries have no keys. `flow`: written with brackets; `tail`: comments behind the last entry."""

    entries: list[Entry] = field(default_factory=list)
    listed: bool = False
    flow: bool = False
    anchor: str = ""
    tail: list[str] = field(default_factory=list)

    def entry(self, key: str) -> Entry | None:
        """The entry of a mapping with this key; None where there is none."""
        return next((entry for entry in self.entries if unquoted(entry.key) == key), None)


Part: TypeAlias = "Leaf | Branch"


@dataclass(slots=True)
class Entry:
    """A key (as spelled; empty in a list) with its value. `above`: comment lines, "" for an empty one; `beside`: on its own line."""

    key: str
    value: Part
    above: list[str] = field(default_factory=list)
    beside: str = ""


@dataclass(slots=True)
class Layout:
    """A whole file. `head`: the comment lines that speak of the file and not of its first entry, without the editor's schema line.

    `schema`: the name of the schema that the line points at, empty where there is none.
    """

    root: Branch
    head: list[str] = field(default_factory=list)
    schema: str = ""


def unquoted(key: str) -> str:
    """A key as it is meant, whatever quotes it is spelled with."""
    return str(YAML(typ="safe", pure=True).load(key)) if key[:1] in "'\"" else key


@dataclass(slots=True)
class _Span:
    """Where an entry stands: offsets of its beginning and end, its column, and of a collection where its brackets end."""

    entry: Entry
    start: int
    end: int
    own: bool
    """Whether a comment behind the end speaks of this entry: of anything but a block, whose last line is another entry's."""


@dataclass(frozen=True, slots=True)
class _Comment:
    start: int
    line: int
    column: int
    text: str
    alone: bool
    blank: bool
    """Whether an empty line stands before it."""


def read(text: str) -> Layout:
    """The layout of a sound text."""
    return _Reader(text).layout()


class _Reader:
    """Builds the tree from events, then lays the comments to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.scalars: list[tuple[int, int]] = []
        self.spans: list[_Span] = []
        self.blocks: list[tuple[int, int, int, Branch]] = []
        """Of each branch: where it begins and ends, its column (-1 in brackets), itself."""

    def layout(self) -> Layout:
        events = YAML(typ="safe", pure=True).parse(self.text)
        root: Part = Branch()
        for event in events:
            if isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
                root, _ = self.part(event, events)
        layout = Layout(root if isinstance(root, Branch) else Branch())
        self.attach(layout)
        return layout

    def part(self, event: Any, events: Iterator[Any]) -> tuple[Part, int]:
        """The value that begins with the event, and the offset at which its text ends."""
        if isinstance(event, AliasEvent):
            return Leaf(f"*{event.anchor}"), event.end_mark.index
        if isinstance(event, ScalarEvent):
            self.scalars.append((event.start_mark.index, event.end_mark.index))
            anchor = f"&{event.anchor} " if event.anchor else ""
            return Leaf(anchor + _spelled(event)), event.end_mark.index
        return self.branch(event, events)

    def branch(self, start: Any, events: Iterator[Any]) -> tuple[Branch, int]:
        listed = isinstance(start, SequenceStartEvent)
        branch = Branch([], listed, bool(start.flow_style), start.anchor or "")
        end, column = start.end_mark.index, -1
        place = len(self.blocks)
        self.blocks.append((start.start_mark.index, end, -1, branch))
        for event in events:
            if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                end = event.end_mark.index if branch.flow else end
                break
            end, column = self.entry(branch, event, events, column)
        self.blocks[place] = (start.start_mark.index, end, -1 if branch.flow else column, branch)
        return branch, end

    def entry(self, branch: Branch, event: Any, events: Iterator[Any], column: int) -> tuple[int, int]:
        first = event.start_mark
        span = _Span(Entry("", Leaf("")), first.index, first.index, own=True)
        self.spans.append(span)
        head = first.index
        if not branch.listed:
            key, head = self.part(event, events)
            span.entry.key = key.text if isinstance(key, Leaf) else ""
            event = next(events)
        span.entry.value, span.end = self.part(event, events)
        if span.entry.value == Leaf(""):
            span.end = head + 1  # nothing is written: the parser's mark is at what comes next
        span.own = isinstance(span.entry.value, Leaf) or span.entry.value.flow
        branch.entries.append(span.entry)
        return span.end, first.column if column < 0 else column

    def attach(self, layout: Layout) -> None:
        """Every comment to its place; what stands before everything else to the head."""
        starts = [span.start for span in self.spans]
        for comment in self.comments():
            if not comment.alone and (owner := self.owner(comment)) is not None:
                owner.beside = f"{owner.beside} {comment.text}" if owner.beside else comment.text
                continue
            following = bisect_right(starts, comment.start)
            lines = self.tail(comment, starts[following] if following < len(starts) else len(self.text))
            if lines is None:
                lines = self.spans[following].entry.above if following < len(self.spans) else layout.root.tail
            lines += ["", comment.text] if comment.blank and comment.alone else [comment.text]
        for span in self.spans:
            if self.blank_above(span.start):
                span.entry.above.append("")
        _head(layout)

    def owner(self, comment: _Comment) -> Entry | None:
        """The entry beside which a comment stands: the last that ends on the line, else the one whose key is there."""
        begin = self.lines[comment.line]
        ended = [
            span
            for span in self.spans
            if span.own and begin <= span.end <= comment.start and span.start < comment.start
        ]
        if ended:
            return max(ended, key=lambda span: (span.end, -span.start)).entry
        opened = [span for span in self.spans if begin <= span.start < comment.start]
        return opened[-1].entry if opened else None

    def tail(self, comment: _Comment, upcoming: int) -> list[str] | None:
        """Where a comment behind the last entry of a branch belongs; None for one that stands above the next entry."""
        inside = [block for block in self.blocks if block[2] < 0 and block[0] < comment.start < block[1]]
        if inside:
            _, end, _, branch = inside[-1]
            return branch.tail if upcoming >= end else None
        next_column = self.column(upcoming) if upcoming < len(self.text) else 0
        ended = [
            block for block in self.blocks if next_column < block[2] <= comment.column and block[1] <= comment.start
        ]
        last = max(ended, key=lambda block: (block[1], block[2]), default=None)
        if last is None or any(last[1] < span.start < comment.start for span in self.spans):
            return None
        return last[3].tail

    def comments(self) -> Iterator[_Comment]:
        starts = [start for start, _ in sorted(self.scalars)]
        ends = dict(self.scalars)
        last = 0
        for found in re.finditer(r"(?:^|(?<=[ \n]))#(?=([^\n]*))", self.text, re.MULTILINE):
            at = found.start()
            before = bisect_right(starts, at) - 1
            if at < last or (before >= 0 and at < ends[starts[before]]):
                continue
            last = at + 1 + len(found[1])
            line = bisect_right(self.lines, at) - 1
            alone = not self.text[self.lines[line] : at].strip()
            yield _Comment(at, line, self.column(at), self.text[at:last].rstrip(), alone, self.blank_above(at))

    def column(self, at: int) -> int:
        return at - self.lines[bisect_right(self.lines, at) - 1]

    def blank_above(self, at: int) -> bool:
        """Whether what begins here is the first on its line, below an empty one."""
        line = bisect_right(self.lines, at) - 1
        before = self.text[self.lines[line] : at]
        return line > 0 and not before.strip() and not self.text[self.lines[line - 1] : self.lines[line]].strip()


def _head(layout: Layout) -> None:
    """Takes what speaks of the whole file from above the first entry: all up to its last empty line. The schema line goes."""
    entries = layout.root.entries
    above = entries[0].above if entries else layout.root.tail
    pointed = [line for line in above if _POINTER in line]
    layout.schema = PurePosixPath(pointed[0].strip()).stem if pointed else ""
    above[:] = [line for line in above if _POINTER not in line]
    last = max((number for number, line in enumerate(above) if not line), default=-1)
    layout.head, above[:] = above[: last + 1], above[last + 1 :]


def _spelled(event: Any) -> str:
    """A scalar on one line. Quotes stay, as double quotes where that changes nothing else."""
    text = str(event.value)
    if event.style is None:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """The text in double quotes."""
    return FORBIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
