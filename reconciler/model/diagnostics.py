"""Diagnostics: what is wrong or worth knowing, as values.

One shape for a bad line in a file, a finding of a check and a remark about what was observed: a stable code, a sentence, a hint, and
the place: a position in a file, an address, or both. Collected, sorted once, rendered anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is, the worst first. Only an error stops anything."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """For sorting, the worst first."""
        return tuple(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell. `code` is stable kebab-case; `file` is relative to the workspace; line and column count from 1."""

    code: str
    message: str
    severity: Severity = Severity.ERROR
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    address: str = ""

    def to_json(self) -> dict[str, str | int]:
        """The finding as the machine formats write it: what does not apply is left out."""
        everything: dict[str, str | int] = {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "hint": self.hint,
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "address": self.address,
        }
        return {key: value for key, value in everything.items() if value not in ("", 0)}


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, then severity, then code; duplicates dropped. The order in which every format shows them.

    Every field decides, so that nothing is left to the order of a set.
    """
    return tuple(sorted(set(diagnostics), key=_place))


def _place(found: Diagnostic) -> tuple[str | int, ...]:
    where = (found.file, found.line, found.column, found.address)
    return (*where, found.severity.rank, found.code, found.message, found.hint)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them stops the work."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A hint with the nearest known name, or with the known names where none is near; empty where there are none."""
    names = sorted(set(known))
    near = get_close_matches(wrong, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"known: {', '.join(names[:12])}{', …' if len(names) > 12 else ''}" if names else ""
