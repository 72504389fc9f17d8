"""Explanations as values: the steps that lead to something, each with the rule in words and the line that gave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reconciler.model.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the value after it, the rule, and where it is written (nowhere for what a type implies). `overrode`: what it put aside.

    `of`: what the step is about where several things are explained at once, such as a field or a room.
    """

    value: Any
    rule: str
    place: Place | None = None
    overrode: tuple[Place, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """What is explained (an address, or a path in the files), for which night, its value and the steps to it."""

    what: str
    value: Any
    steps: tuple[Step, ...] = ()
    night: date | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Answer:
    """An explanation, and for a dated kind all nights of the address with what git wants of them."""

    explained: Explained
    calendar: Calendar[Any] | None = None
