"""Markdown for a comment on a pull request: verdict first, under a limit of bytes, safe whatever the text in it says.

Entries stand in code blocks as a terminal shows them; prose and tables are escaped character by character. What does not fit is
cut at whole entries, counted, and the comment says where the rest is. The first line is a hidden marker that stays the same from
run to run, by which the comment is found and edited in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reconciler.model.diagnostics import Diagnostic
from reconciler.report.clean import clean
from reconciler.report.contract import Report, Section, Table, count
from reconciler.report.layout import entry_rows, place_of

LIMIT = 65_000
"""Bytes. GitHub takes 65,536 characters."""
SMALLEST_LIMIT = 32_768
"""Bitbucket Server's."""

_FOLD_ABOVE, _FOLD_ALONE_ABOVE = 30, 120
"""Lines of a property that are folded: beside others, and where it is the only one."""
_FOOT = 1_000
_SHORT = 120
# What Markdown reads as markup anywhere in a line (an underscore inside a word is none), then what it reads at the start of one, then
# what makes a link by itself.
_MARKUP = re.compile(r"[\\`*\[\]<>#!|~&$]|_(?!(?<=\w_)\w)|^[+\-=]|(?<=www)\.|(?<=:)/(?=/)", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d+)([.)])")
# Forges link people, issues and labels after rendering, so escaping alone does not stop them; a zero-width space does.
_REFERENCES = re.compile(r"[@~%](?=[\w\"'\\])|[#!$&](?=\d)|\b(?<=GH)(?=-\d)", re.IGNORECASE)
_BREAK = "\u200b"


def marker(subject: str, environment: str = "") -> str:
    """The hidden first line. The same for the same subject and environment."""
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{subject}-{environment}" if environment else subject).strip("-")
    return f"<!-- reconciler:{name[:_SHORT]} -->"


def escape(text: str, longest: int = 400) -> str:
    """Outside text as prose: it says what it says, and is no link, image, mention, markup or table."""
    escaped = _NUMBERED.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", clean(text, longest).strip()))
    return _REFERENCES.sub(rf"\g<0>{_BREAK}", escaped)


def render(
    report: Report, *, limit: int = LIMIT, whole: str = "`reconciler show` of the saved file", link: str = ""
) -> str:
    """The report in at most `limit` bytes of UTF-8.

    Markdown of the caller's own: `whole` says where all of it is, where something was cut; `link` stands at the end anyway.

    Raises ValueError for a limit below SMALLEST_LIMIT.
    """
    if limit < SMALLEST_LIMIT:
        raise ValueError(f"a limit below {SMALLEST_LIMIT} bytes leaves no room")
    head = _head(report)
    told, silent = _taken(_findings(report.findings), limit // 4)
    tail = "".join(f"\n{escape(text)}\n" for text in report.remainder[:2])
    findings = "\n" + "".join(told) if told else ""
    room = limit - _size(head) - _size(findings) - _size(tail) - _FOOT
    most = _FOLD_ABOVE if len(report.sections) > 1 else _FOLD_ALONE_ABOVE
    sections, hidden = _fitted([_Block(section, most) for section in report.sections], room)
    cut = hidden.counted(silent)
    foot = f"\n*Not shown here: {cut}. All of it: {whole[: _FOOT // 8]}.*\n" if cut else ""
    return head + findings + sections + tail + foot + (f"\n{link[: _FOOT // 2]}\n" if link else "")


def _size(text: str) -> int:
    return len(text.encode())


def _taken(pieces: Iterable[str], budget: int) -> tuple[list[str], int]:
    """The first pieces that fit, and how many do not."""
    taken: list[str] = []
    left_out = 0
    for piece in pieces:
        size = _size(piece)
        if left_out or size > budget:
            left_out += 1
            continue
        budget -= size
        taken.append(piece)
    return taken, left_out


def _head(report: Report) -> str:
    environment = f"{escape(report.environment, _SHORT)} · " if report.environment else ""
    tally = f" {escape(report.tally)}." if report.tally and report.tally not in report.verdict else ""
    facts = " · ".join(f"{escape(name, _SHORT)} {_code(value)}" for name, value in report.facts)
    lines = [
        marker(report.subject, report.environment),
        f"**{environment}{escape(report.verdict)}**{tally}",
        "",
        f"{escape(report.title, _SHORT)}{f' · {facts}' if facts else ''}",
    ]
    asked = [f"  - {_code(text)}\n" for text in report.asks]
    said, silent = _taken([*_bullets(report.warnings, "⚠ "), *asked, *_bullets(report.notices)], LIMIT // 16)
    more = f"- … and {silent:,} more\n" if silent else ""
    return "\n".join(lines) + "\n" + ("\n" + "".join(said) + more if said or more else "")


def _code(text: str) -> str:
    """Text in a code span, where nothing is markup; not for tables, whose bars cut even there."""
    cleaned = clean(text, _SHORT).strip() or "–"
    ticks = "`" * (_longest_run(cleaned, "`") + 1)
    space = " " if cleaned[0] == "`" or cleaned[-1] == "`" else ""
    return f"{ticks}{space}{cleaned}{space}{ticks}"


def _longest_run(text: str, char: str) -> int:
    return max((len(run) for run in re.findall(f"{re.escape(char)}+", text)), default=0)


def _bullets(texts: Iterable[str], mark: str = "") -> list[str]:
    return [f"- {mark}{escape(text)}\n" for text in texts]


def _findings(found: Sequence[Diagnostic]) -> list[str]:
    """One item each; of neighbours with the same code and hint the last one has the hint."""
    following = (*((other.code, other.hint) for other in found[1:]), ("", ""))
    return [_finding(one, hint=(one.code, one.hint) != after) for one, after in zip(found, following, strict=False)]


def _finding(finding: Diagnostic, *, hint: bool) -> str:
    place = f" {_code(place_of(finding))}" if place_of(finding) else ""
    what = f"\n  Hint: {escape(finding.hint)}" if finding.hint and hint else ""
    return f"- **{finding.severity.value}** {_code(finding.code)}{place} {escape(finding.message, 1000)}{what}\n"


@dataclass(frozen=True, slots=True)
class _Hidden:
    """What was cut."""

    sections: int = 0
    entries: int = 0
    lines: int = 0

    def counted(self, findings: int) -> str:
        parts = (
            (self.sections, count(self.sections, "property", "properties")),
            (self.entries, count(self.entries, "entry", "entries")),
            (self.lines, count(self.lines, "note")),
            (findings, count(findings, "finding")),
        )
        return ", ".join(said for number, said in parts if number)


class _Block:
    """A section with its pieces drawn once, to be put together as room allows."""

    def __init__(self, section: Section, fold_above: int) -> None:
        self.heading = escape(section.heading, _SHORT)
        self.summary = clean(section.summary)
        self.meaning = f"\n**{escape(' · '.join(section.meaning), 1000)}**\n" if section.meaning else ""
        self.said = [*_bullets(section.warnings, "⚠ "), *_bullets(section.notices)]
        self.table = section.table
        self.pieces = _table_rows(section.table) if section.table else _entry_pieces(section)
        self.ticks = "`" * max(3, max((_longest_run(piece, "`") for piece in self.pieces), default=0) + 1)
        self.folds = bool(self.heading) and sum(piece.count("\n") for piece in self.pieces) > fold_above

    def short(self) -> str:
        """The heading alone."""
        return f"\n#### {self.heading}\n\n{escape(self.summary)}\n" if self.heading else ""

    def upto(self, budget: int) -> tuple[str, _Hidden]:
        """As much of the section as fits; the heading always."""
        frame = _size(self._drawn([], [], True)) + 2 * len(self.ticks) + 100
        said, silent = _taken(self.said, (budget - frame) // 3)
        pieces, left_out = _taken(self.pieces, budget - frame - sum(map(_size, said)))
        if not (said or pieces):
            return self.short(), _Hidden(entries=len(self.pieces), lines=len(self.said))
        return self._drawn(said, pieces, bool(left_out)), _Hidden(entries=left_out, lines=silent)

    def _drawn(self, said: Sequence[str], pieces: Sequence[str], cut: bool) -> str:
        notes = "\n" + "".join(said) if said else ""
        missing = len(self.pieces) - len(pieces)
        more = f"\n… and {count(missing, 'more entry', 'more entries')}\n" if cut else ""
        if self.folds:
            title = count(len(self.pieces), "entry", "entries")
            inside = f"<details><summary>{title}</summary>\n{self._body(pieces)}{more}\n</details>"
            return f"{self.short()}{self.meaning}{notes}\n{inside}\n"
        return f"{self.short()}{self.meaning}{notes}{self._body(pieces)}{more}"

    def _body(self, pieces: Sequence[str]) -> str:
        if self.table is not None:
            return "\n" + _table_head(self.table) + "".join(pieces)
        return f"\n{self.ticks}diff\n{''.join(pieces)}{self.ticks}\n" if pieces else ""


def _entry_pieces(section: Section) -> list[str]:
    """Each entry as lines of a code block, the sign in the first column, where forges colour it."""
    return [
        "".join("".join(span.text for span in row).rstrip()[2:] + "\n" for row in entry_rows(entry))
        for entry in section.entries
    ]


def _table_head(table: Table) -> str:
    return _table_row(table.columns) + f"|{' --- |' * len(table.columns)}\n"


def _table_rows(table: Table) -> list[str]:
    return [_table_row(row) for row in table.rows]


def _table_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escape(cell) for cell in cells)} |\n"


def _fitted(blocks: Sequence[_Block], room: int) -> tuple[str, _Hidden]:
    """As many headings as fit, then the sections from the smallest on: the largest are the ones that are cut."""
    kept, dropped = _taken([block.short() for block in blocks], room)
    spare = room - sum(map(_size, kept))
    hidden = _Hidden(sections=dropped, entries=sum(len(block.pieces) for block in blocks[len(kept) :]))
    shown = list(kept)
    for index in sorted(range(len(kept)), key=lambda index: sum(map(len, blocks[index].pieces))):
        text, cut = blocks[index].upto(spare + _size(kept[index]))
        if _size(text) <= spare + _size(kept[index]):
            spare -= _size(text) - _size(kept[index])
            shown[index] = text
        else:
            cut = _Hidden(entries=len(blocks[index].pieces), lines=len(blocks[index].said))
        hidden = replace(hidden, entries=hidden.entries + cut.entries, lines=hidden.lines + cut.lines)
    return "".join(shown), hidden
