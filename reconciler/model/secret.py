"""Secrets: values that do not show themselves."""

from __future__ import annotations

from typing import Final


class Secret:
    """A secret text. Printing, formatting, logging or pickling it never shows it; `reveal` is the only door."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: Final = value

    def reveal(self) -> str:
        """The value itself, for the one place that must send it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not serialised")
