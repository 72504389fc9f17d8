"""Findings as annotations on a pull request: workflow commands of GitHub Actions.

Much of the text is somebody else's. Line ends and separators are escaped, so no text of a file can become a command of its own.
GitHub shows ten annotations of a kind for a step; what is beyond stands in the log, in a group that says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.report.clean import clean
from reconciler.report.contract import Report

SHOWN = 10
"""How many annotations of one kind GitHub shows for a step."""

_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_LONGEST = 2000


def render(report: Report) -> str:
    """One command a line, then what GitHub would not show, then the verdict."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    shown: Counter[Severity] = Counter()
    beyond = []
    for finding in report.findings:
        shown[finding.severity] += 1
        if shown[finding.severity] > SHOWN:
            beyond.append(finding)
        else:
            yield _command(finding)
    if beyond:
        yield f"::group::{len(beyond):,} more findings, beyond the {SHOWN} of a kind that are shown as annotations"
        yield from (_plain(finding) for finding in beyond)
        yield "::endgroup::"
    yield _text(report.verdict)


def _command(finding: Diagnostic) -> str:
    places = (("file", finding.file), ("line", finding.line), ("col", finding.column), ("title", finding.code))
    properties = ",".join(f"{name}={_property(value)}" for name, value in places if value)
    where = f" ({finding.address})" if finding.address else ""
    hint = f"%0AHint: {_data(finding.hint)}" if finding.hint else ""
    return f"::{_KINDS[finding.severity]} {properties}::{_data(finding.message)}{_data(where)}{hint}"


def _plain(finding: Diagnostic) -> str:
    place = ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
    return _text(f"{place or finding.address}: {_KINDS[finding.severity]}[{finding.code}]: {finding.message}")


def _text(text: str) -> str:
    """A line of the log that is no command."""
    return clean(text, _LONGEST).replace("\n", " ").replace("\r", " ").replace("::", ": :")


def _data(text: str) -> str:
    return clean(text, _LONGEST).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
