"""What was examined of that which safe running assumes, and what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How it stands, the worst first. `unseen`: nobody can see it from here, so a person has to look."""

    ERROR = "error"
    WARNING = "warning"
    UNSEEN = "unseen"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Examined:
    """One assumption. `subject`: in a word or two what was looked at; `slug`: the property, empty for what concerns all of them."""

    subject: str
    verdict: Verdict
    said: str
    hint: str = ""
    slug: str = ""
