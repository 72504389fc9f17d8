"""What is wrong, before it has a place in a file: named by the keys that lead to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.model.diagnostics import Severity, did_you_mean

Keys: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell about what stands at `keys`; `at_key` points at the name instead of its value."""

    code: str
    message: str
    keys: Keys = ()
    hint: str = ""
    at_key: bool = False
    severity: Severity = Severity.ERROR


class Problems:
    """A list to add to while documents are resolved."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, code: str, message: str, keys: Keys, hint: str = "", *, at_key: bool = False) -> None:
        """One more error."""
        self.found.append(Problem(code, message, keys, hint, at_key))

    def warn(self, code: str, message: str, keys: Keys, hint: str = "", *, at_key: bool = False) -> None:
        """One more warning."""
        self.found.append(Problem(code, message, keys, hint, at_key, Severity.WARNING))

    def unknown(self, what: str, name: str, known: Iterable[str], keys: Keys, *, at_key: bool = False) -> None:
        """A name that stands for nothing: `what` is the word for the thing, such as `rate plan`."""
        code = f"unknown-{what.replace(' ', '-')}"
        known = list(known)
        be = "are" if what.endswith("s") else "is"
        hint = did_you_mean(name, known) or f"no {what} {be} named anywhere"
        self.found.append(Problem(code, f"there {be} no {what} `{name}`", keys, hint, at_key))
