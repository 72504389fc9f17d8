"""A report laid out as rows of text with tones: what a terminal draws, and what stands inside the code blocks of Markdown.

The one place that turns outside text into spans, so the one place that must clean it for both.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.report.clean import clean, width
from reconciler.report.contract import Entry, Line, Report, Section, Sign, Table, Tone

_SIGN_TONES = {Sign.CREATE: Tone.ADDED, Sign.UPDATE: Tone.CHANGED, Sign.DELETE: Tone.REMOVED}
SEVERITY_TONES = {Severity.ERROR: Tone.ERROR, Severity.WARNING: Tone.WARNING, Severity.INFO: Tone.QUIET}
_GAP = "   "
_MESSAGE = 4000
_SOURCE = 120
_NARROWEST = 12
"""A column of a table is never folded to less."""


class Span(NamedTuple):
    """A piece of clean text and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


Row = tuple[Span, ...]


def rows(report: Report, columns: int | None = None) -> Iterator[Row]:
    """The whole report, from top to bottom; an empty row between its groups. Tables are folded to so many `columns`."""
    sections = (section_rows(section, columns) for section in report.sections)
    groups = [_head(report), *sections, _findings(report), _tail(report)]
    first = True
    for group in map(list, groups):
        if group and not first:
            yield ()
        first = first and not group
        yield from group


def _head(report: Report) -> Iterator[Row]:
    first = report.title if report.closing else f"{report.title}: {report.verdict}"
    if first:
        yield (Span(clean(first), Tone.STRONG),)
    if report.facts:
        yield (Span(" · ".join(f"{name} {clean(value)}" for name, value in report.facts), Tone.QUIET),)
    yield from ((Span(clean(text), Tone.WARNING),) for text in report.warnings)
    yield from ((Span(f"    {clean(text)}"),) for text in report.asks)
    yield from ((Span(clean(text)),) for text in report.notices)


def _tail(report: Report) -> Iterator[Row]:
    yield from ((Span(clean(text), Tone.QUIET),) for text in report.remainder)
    if report.tally and report.tally not in report.verdict:
        yield (Span(f"Findings: {report.tally}."),)
    if report.closing:
        yield (Span(clean(report.verdict), Tone.STRONG),)


def section_rows(section: Section, columns: int | None = None) -> Iterator[Row]:
    """A section with its heading."""
    if section.heading:
        named = clean(section.heading) + (_GAP + clean(section.environment) if section.environment else "")
        yield (Span(named, Tone.STRONG), Span(_GAP * 2 + clean(section.summary)))
    yield from ((Span("    " + clean(text), Tone.WARNING),) for text in section.warnings)
    yield from ((Span("    " + clean(text), Tone.QUIET),) for text in section.notices)
    for entry in section.entries:
        yield from entry_rows(entry)
    if section.table is not None:
        yield from _table(section.table, columns)


def entry_rows(entry: Entry) -> Iterator[Row]:
    """An entry: its address with the sign before it, then its lines, cells under each other."""
    sign = Span(f"  {entry.sign.value} ", _SIGN_TONES[entry.sign])
    remark = (Span(f"{_GAP * 2}{clean(entry.remark)}", entry.tone),) if entry.remark else ()
    yield (sign, Span(clean(entry.name)), *remark)
    for line in aligned(entry.lines):
        yield (Span(f"        {line}"),)


def aligned(lines: Sequence[Line]) -> Iterator[str]:
    """Cells under each other; nothing trails."""
    cleaned = [[clean(cell) for cell in line] for line in lines]
    widths = _widths(line[:-1] for line in cleaned)
    for line in cleaned:
        yield _GAP.join(_pad(cell, widths[i] if i < len(widths) else 0) for i, cell in enumerate(line)).rstrip()


def _widths(lines: Iterable[Sequence[str]]) -> list[int]:
    """Of each column: a last cell takes whatever room it needs, so it does not count."""
    widths: list[int] = []
    for line in lines:
        widths.extend([0] * (len(line) - len(widths)))
        for i, cell in enumerate(line):
            widths[i] = max(widths[i], width(cell))
    return widths


def _pad(text: str, columns: int) -> str:
    return text + " " * (columns - width(text))


def _table(table: Table, columns: int | None) -> Iterator[Row]:
    lines = [tuple(name.upper() for name in table.columns), *table.rows]
    head, *body = aligned(lines if columns is None else list(_folded(lines, columns)))
    yield (Span(head, Tone.QUIET),)
    yield from ((Span(row),) for row in body)


def _folded(lines: Sequence[Line], columns: int) -> Iterator[Line]:
    """The lines with the cells of the widest columns broken over several, so that all of it fits where it can."""
    widths = _widths([clean(cell) for cell in line] for line in lines)
    room = columns - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    for line in lines:
        cells = [
            textwrap.wrap(clean(cell), width, break_on_hyphens=False) for cell, width in zip(line, widths, strict=True)
        ]
        yield from zip_longest(*(cell or [""] for cell in cells), fillvalue="")


def _findings(report: Report) -> Iterator[Row]:
    for finding in report.findings:
        yield from finding_rows(finding, report.excerpts)


def finding_rows(finding: Diagnostic, excerpts: Mapping[tuple[str, int], str]) -> Iterator[Row]:
    """`file:line:column: error[code]: message`, the line with a caret, the hint."""
    place = clean(place_of(finding))
    said = f"{finding.severity.value}[{clean(finding.code)}]"
    yield (
        Span(f"{place}: " if place else ""),
        Span(said, SEVERITY_TONES[finding.severity]),
        Span(f": {clean(finding.message, _MESSAGE)}"),
    )
    source = excerpts.get((finding.file, finding.line)) if finding.line else None
    if source is not None:
        yield from excerpt(finding, source)
    if finding.hint:
        yield (Span(f"    hint: {clean(finding.hint, _MESSAGE)}", Tone.QUIET),)


def place_of(finding: Diagnostic) -> str:
    """Where it is: position in a file, address, or both."""
    numbers = [str(number) for number in (finding.line, finding.column) if number]
    position = ":".join([finding.file, *numbers]) if finding.file else ""
    return " ".join(part for part in (position, finding.address) if part)


def excerpt(finding: Diagnostic, source: str) -> Iterator[Row]:
    """The line, cut around the caret where it is long. What is taken away before the caret moves it."""
    at = max(0, finding.column - 1)
    start = max(0, at - _SOURCE // 2) if at > _SOURCE * 3 // 4 else 0
    before, after = (clean(part, len(part) + 1) for part in (source[start:at], source[at : start + _SOURCE]))
    cut = "…" if start else ""
    margin = f"{finding.line:>5} | "
    yield (Span(margin, Tone.QUIET), Span(f"{cut}{before}{after}".rstrip()))
    if finding.column:
        caret = " " * (width(cut) + width(before)) + "^"
        yield (Span(" " * (len(margin) - 2) + "| ", Tone.QUIET), Span(caret, SEVERITY_TONES[finding.severity]))
