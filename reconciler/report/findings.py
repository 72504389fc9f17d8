"""Findings: sorted, counted, with the lines of the files that they point at.

A line that may hold a secret is never shown, whatever is wrong with it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.model.snapshot import NOT_IN_SNAPSHOT
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, count
from reconciler.report.coverage import names

UNMANAGED = "unmanaged"
"""The code of what is out there and not in git: told once per property, in one line."""
HELD = ("suspended", "closed-by-hand")
"""The codes of a property or provider where nothing is changed for now, and of a room off sale by hand: told before everything else."""

_MOST_ALIKE = 20
_MAY_BE_SECRET = re.compile(
    r"(?:secret|passw|token|api|key|credential)[\w-]*[\"']?\s*:\s*[\"']?(?!(?:env|file|exec|sealed)\b)[^\s\"'#{\[]",
    re.IGNORECASE,
)


def build(
    diagnostics: Iterable[Diagnostic], *, excerpts: Mapping[tuple[str, int], str] | None = None, checked: int = 0
) -> Report:
    """What checking files found: every finding, by place. `checked`: how many files were looked at."""
    found = in_order(diagnostics)
    looked_at = count(checked, "file") + " checked" if checked else ""
    verdict = f"{tally(found) or 'No findings'}{f', {looked_at}' if looked_at else ''}."
    return Report(
        subject="findings",
        title="",
        verdict=verdict,
        data=lambda: to_json(found),
        findings=found,
        excerpts=excerpts or {},
    )


def excerpts(diagnostics: Iterable[Diagnostic], read: Callable[[str], str]) -> dict[tuple[str, int], str]:
    """The source lines that findings point at, by file and line. `read` gives a file's text, or an empty one."""
    wanted: dict[str, set[int]] = {}
    for finding in diagnostics:
        if finding.file and finding.line:
            wanted.setdefault(finding.file, set()).add(finding.line)
    shown: dict[tuple[str, int], str] = {}
    for file, numbers in sorted(wanted.items()):
        text = re.split(r"\r\n|\r|\n", read(file))
        for number in sorted(numbers):
            if number <= len(text) and not _MAY_BE_SECRET.search(text[number - 1]):
                shown[(file, number)] = text[number - 1]
    return shown


def to_json(found: Sequence[Diagnostic]) -> dict[str, Json]:
    """Findings with their counts, as the machine formats write them."""
    by = Counter(finding.severity for finding in found)
    listed: list[Json] = [dict(finding.to_json()) for finding in found]
    summary: dict[str, Json] = {
        "errors": by[Severity.ERROR],
        "warnings": by[Severity.WARNING],
        "info": by[Severity.INFO],
        "files": len({finding.file for finding in found if finding.file}),
    }
    return {"format_version": FORMAT_VERSION, "findings": listed, "summary": summary}


def tally(found: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty where there is nothing to count."""
    by = Counter(finding.severity for finding in found)
    words = (
        (Severity.ERROR, "error", "errors"),
        (Severity.WARNING, "warning", "warnings"),
        (Severity.INFO, "note", ""),
    )
    return ", ".join(count(by[severity], one, many) for severity, one, many in words if by[severity])


def worst_first(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Errors, then warnings, then the rest; each by place."""
    return tuple(sorted(in_order(found), key=lambda finding: finding.severity.rank))


def told_apart(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings that stand in the list of a plan or drift report, worst first; many alike are cut and counted, errors never."""
    listed: list[Diagnostic] = []
    alike: Counter[tuple[Severity, str]] = Counter()
    for finding in worst_first(found):
        if finding.code in HELD or _is_unmanaged(finding):
            continue
        kind = (finding.severity, finding.code)
        alike[kind] += 1
        if finding.severity is Severity.ERROR or alike[kind] <= _MOST_ALIKE:
            listed.append(finding)
    for (severity, code), number in sorted(alike.items()):
        if severity is not Severity.ERROR and number > _MOST_ALIKE:
            listed.append(Diagnostic(code, f"and {number - _MOST_ALIKE:,} more of this kind", severity))
    return tuple(sorted(listed, key=lambda finding: finding.severity.rank))


def suspended(found: Iterable[Diagnostic], slug: str) -> tuple[str, ...]:
    """What says that a property is suspended, wholly or at one provider, or a room of it closed by hand."""
    return tuple(finding.message for finding in in_order(found) if finding.code in HELD and _property(finding) == slug)


def unmanaged(found: Iterable[Diagnostic], slug: str) -> tuple[str, ...]:
    """One line that counts what is out there and not in git, one for the kinds that are not git's; none where there is nothing."""
    by_kind: dict[str, list[str]] = {}
    for finding in in_order(found):
        if _is_unmanaged(finding) and _property(finding) == slug:
            said, _, what = finding.message.partition(": ")
            by_kind.setdefault(said, []).append(what)
    return tuple(f"left alone, {said}: {names(tuple(what), '; ')}" for said, what in sorted(by_kind.items()))


def of_property(found: Iterable[Diagnostic], slug: str) -> str:
    """The findings of one property counted, without what is said in its warnings and notices."""
    return tally(
        finding
        for finding in found
        if _property(finding) == slug and finding.code not in HELD and not _is_unmanaged(finding)
    )


def properties(found: Iterable[Diagnostic]) -> set[str]:
    """The properties that findings of these two kinds speak of."""
    return {_property(finding) for finding in found if finding.code in HELD or _is_unmanaged(finding)}


def _is_unmanaged(finding: Diagnostic) -> bool:
    """Whether it only counts; what stands in the way of a plan is told with the other findings."""
    return finding.code == UNMANAGED and finding.severity is Severity.INFO


def failing(found: Iterable[Diagnostic]) -> set[str]:
    """The properties of which something could not be looked at or is wrong."""
    return {_property(finding) for finding in found if finding.severity is Severity.ERROR and finding.address}


def left_out(found: Iterable[Diagnostic]) -> set[str]:
    """The properties of which something is not in the snapshot that was planned against."""
    return {_property(finding) for finding in found if finding.code == NOT_IN_SNAPSHOT}


def _property(finding: Diagnostic) -> str:
    return finding.address.partition("/")[0]
