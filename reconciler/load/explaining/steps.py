"""An explanation as a value: the steps that lead to it, each with the rule in words and the line that gave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from reconciler.load.places import Place


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
