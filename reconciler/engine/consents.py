"""Consent in comments on a change: `/reconciler consent RULE COMMIT`, in a line of its own.

It counts for that commit alone, from somebody who may write to the repository and did not write the change, in a comment that nobody
edited: a change does not vote for itself, and what was consented to is what was there to be seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from reconciler.model.review import Comment, Consent

_LINE = re.compile(
    r"^/reconciler consent ([a-z_]{1,40}(?:/[A-Za-z0-9_-]{1,60})?) ([0-9a-f]{7,64})[ \t]*\r?$", re.MULTILINE
)
SHOWN = 12
"""How many letters of a commit are enough to name it."""


def line(rule: str, head: str) -> str:
    """What to write to consent to a rule."""
    return f"/reconciler consent {rule} {head[:SHOWN]}"


def consents(
    comments: Iterable[Comment], head: str, authors: Collection[str], may_write: Callable[[str], bool]
) -> tuple[Consent, ...]:
    """Every consent that is given for this commit, and whether it counts; each rule and person once.

    `authors`: everybody who made the change.
    """
    found: dict[tuple[str, str], Consent] = {}
    for one in _said(comments, head, authors, may_write):
        known = found.get((one.rule, one.by))
        if known is None or known.void:
            found[one.rule, one.by] = one
    return tuple(sorted(found.values(), key=lambda one: (one.rule, one.by)))


def _said(
    comments: Iterable[Comment], head: str, authors: Collection[str], may_write: Callable[[str], bool]
) -> Iterator[Consent]:
    for comment in comments:
        rules = [rule for rule, commit in _LINE.findall(comment.text) if head.startswith(commit)]
        if not rules or comment.ours:
            continue
        void = _void(comment, authors, may_write)
        yield from (Consent(rule, comment.author, void) for rule in rules)


def _void(comment: Comment, authors: Collection[str], may_write: Callable[[str], bool]) -> str:
    if comment.author in authors:
        return "who made a change does not consent to it"
    if comment.edited:
        return "the comment was edited; a new one counts"
    return "" if may_write(comment.author) else "only those count who may write to the repository"
