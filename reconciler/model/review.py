"""Review as values: what people said of a change, and the record of what they were shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of a change. `edited`: the text is not the first one, so others may have written it. `ours`: by us."""

    id: str
    author: str
    text: str
    edited: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody's consent to what a rule refuses. `void`: why it does not count; empty where it does."""

    rule: str
    by: str
    void: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What was shown for review: the plan by its digest, and for which change, commits and environment it was made.

    `consents`: by rule, who gave it. `made_at`: an instant in ISO 8601.
    """

    repository: str
    change: int
    base: str
    head: str
    environment: str
    digest: str
    made_at: str
    consents: tuple[tuple[str, str], ...] = ()
