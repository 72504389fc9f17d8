"""One HTML page that needs nothing else: opened from disk or an artefact of CI, without a network, whatever the text in it says.

A policy in the page lets exactly its own style and script run, by their digest, and nothing be loaded. Outside text goes through
`clean` and is escaped where the template puts it out; nothing is marked safe but what is made here. Everything can be read without
the script; it draws the calendars of a property when that is opened, filters, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from reconciler.kinds import KINDS
from reconciler.model.diagnostics import Diagnostic
from reconciler.report.clean import clean
from reconciler.report.contract import Entry, Report, Section, count
from reconciler.report.lanes import Calendars
from reconciler.report.layout import excerpt, place_of

if TYPE_CHECKING:
    from jinja2 import Template

_OPEN_AT_MOST = 3
"""So many sections are open from the start."""
_MESSAGE = 4000


@dataclass(frozen=True, slots=True)
class _Block:
    """A section with what its part of the page needs beside it."""

    section: Section
    number: int
    groups: tuple[tuple[Entry, ...], ...]
    findings: tuple[Diagnostic, ...]
    drawn: bool
    """Whether it has calendars on this page."""


def render(report: Report) -> str:
    """The page; the same bytes for the same report."""
    calendars = Calendars()
    blocks = [
        _Block(section, number, tuple(_groups(section.entries)), _of(report, section), calendars.add(section))
        for number, section in enumerate(report.sections)
    ]
    entries = [entry for section in report.sections for entry in section.entries]
    style, script = _packaged("page.css"), _packaged("page.js")
    return _template().render(
        report=report,
        blocks=blocks,
        opened=len(blocks) <= _OPEN_AT_MOST,
        filters=_choices(report, entries),
        left_out=_left_out(calendars.left_out),
        calendars=_harmless(calendars.json()) if any(block.drawn for block in blocks) else "",
        policy=_policy(style, script),
        style=_harmless(style),
        script=_harmless(script),
    )


def _groups(entries: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Entries that share the lines of the first of them."""
    group: list[Entry] = []
    for entry in entries:
        if group and not entry.alike:
            yield tuple(group)
            group = []
        group.append(entry)
    if group:
        yield tuple(group)


def _of(report: Report, section: Section) -> tuple[Diagnostic, ...]:
    if not section.tally:
        return ()
    return tuple(finding for finding in report.findings if finding.address.partition("/")[0] == section.heading)


def _choices(report: Report, entries: Sequence[Entry]) -> tuple[tuple[str, str, list[str]], ...]:
    """What can be filtered by, beside words: a name, what stands before it, and the choices, where there are several."""
    order = list(KINDS)
    addresses = [entry.address for entry in entries if entry.address]
    kinds = sorted({at.kind for at in addresses}, key=lambda kind: (order.index(kind) if kind in order else -1, kind))
    every = (
        ("target", "Provider or target", sorted({at.target for at in addresses})),
        ("kind", "Kind", kinds),
        ("what", "What happens", sorted({report.signs[entry.sign] for entry in entries})),
    )
    return tuple(choice for choice in every if len(choice[2]) > 1)


def _left_out(number: int) -> str:
    if not number:
        return ""
    return (
        f"The calendars of {count(number, 'property', 'properties')} are left out here, so that the page stays small."
    )


def _policy(style: str, script: str) -> str:
    """What the page may do: its own style, its own script, and no other thing."""
    rules = (
        "default-src 'none'",
        f"style-src {_digest(style)}",
        f"script-src {_digest(script)}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(rules)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _packaged(name: str) -> str:
    return files("reconciler.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    """Imported only when a page is drawn: no other command waits for it."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, finalize=_said, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["whole"] = lambda text: _Said(clean(text, _MESSAGE))
    environment.globals |= {"place_of": place_of, "excerpt": excerpt}
    return environment.from_string(_packaged("page.html"))


class _Said(str):
    """Clean text, still to be escaped."""

    __slots__ = ()


def _said(value: Any) -> Any:
    """Whatever the template puts out, clean. Only what is made here is left as it is."""
    if isinstance(value, _Said | int) or hasattr(value, "__html__"):
        return value
    return clean(str(value))


def _harmless(text: str) -> str:
    """Style, script and data of ours, put out as they are. Raises ValueError for what would end its element."""
    if "</" in text or "<!--" in text:
        raise ValueError("a style, a script or data would end its element")
    return text
