"""The contract of reports: what every builder makes and every format draws.

A report is neutral: it holds plain text and where it stands, no escapes, colours or markup. Much of the text came from outside (names,
messages of providers, files), so a format must treat every piece of it as hostile: whatever it draws goes through `clean` and then
through the format's own escaping. A format must not count, compare or reword: then two formats cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from reconciler.model.address import Address
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.state import Json

FORMAT_VERSION = 1
"""Of every JSON that this package defines itself. The plan file has its own."""

Data: TypeAlias = "Mapping[str, Json]"


class Tone(StrEnum):
    """What a piece of text is, for formats that can show it."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


class Sign(StrEnum):
    """What happens at an address."""

    CREATE = "+"
    UPDATE = "~"
    DELETE = "-"


Line: TypeAlias = "tuple[str, ...]"
"""One line of an entry as cells; cells of one entry's lines stand under each other."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of nights of one address, for formats that draw calendars: what the nights were and are to be, in words and as an amount.

    From `start` up to and not including `until`. The amounts give the shade (a price, a number of units); None where there is none.
    """

    start: date
    until: date
    before: str
    after: str
    amount_before: float | None = None
    amount_after: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One address: what happens there (`sign`), a word on it (`remark`), and its lines.

    `source`: file and line of the files that say so. `calendar` works out the nights of a dated kind; None for documents.
    `address`: whole, where the entry is about one. `alike`: its lines are those of the entry before it, which alone has them.
    """

    sign: Sign
    name: str
    remark: str = ""
    lines: tuple[Line, ...] = ()
    tone: Tone = Tone.QUIET
    source: str = ""
    calendar: Callable[[], tuple[Stretch, ...]] | None = field(default=None, repr=False, compare=False)
    address: Address | None = None
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, all text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One property, as a rule. `warnings` stand before `notices`; an empty heading is not drawn.

    `meaning`: what it comes to, in phrases; `tally`: its findings counted.
    """

    heading: str
    environment: str = ""
    summary: str = ""
    meaning: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    table: Table | None = None
    tally: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Something to show, whole.

    `subject` is what it is about (`plan`, `drift`, ...), `facts` what it rests on, `verdict` the one sentence that matters (`closing`:
    it stands last where a person reads downwards in a terminal), `tally` the findings counted, `excerpts` the source lines of findings
    by file and line. `sides`: what the two values of a `Stretch` are, `signs` what the signs of entries say, both in a word for formats
    that have room for it. `asks`: what somebody may write to go on, word for word. `data` makes the machine's form.
    """

    subject: str
    title: str
    verdict: str
    data: Callable[[], Data] = field(repr=False, compare=False)
    environment: str = ""
    closing: bool = True
    facts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    excerpts: Mapping[tuple[str, int], str] = field(default_factory=dict)
    tally: str = ""
    remainder: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    sides: tuple[str, str] = ("before", "after")
    signs: Mapping[Sign, str] = field(default_factory=lambda: {sign: sign.name.lower() for sign in Sign})


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 night`, `1,204 nights`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def unshown(number: int, shown: Sequence[Section]) -> str:
    """Properties of which there is nothing to show: `3 more properties` beside unshown, `3 properties` alone."""
    return count(number, "more property", "more properties") if shown else count(number, "property", "properties")
