"""The contract of a code host: what review in CI needs of it, and nothing more.

A host must   - answer about the one repository that it was made for;
              - tell who wrote a comment and whether anybody changed it since, and who may write to the repository.
It must not   - decide anything: who may consent to what, and which plan was reviewed, is worked out elsewhere and the same for all;
              - follow an address that a change, comment or reply names.

Everything that it returns was written by somebody: none of it is believed, run or drawn without escaping.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reconciler.model.review import Comment


@dataclass(frozen=True, slots=True)
class Change:
    """A proposed change: a pull request or merge request. `head`: its last commit; `merged`: the commit that it became, or empty.

    `fork`: whether it comes from another repository. `onto`: the branch that it is for. `open`: whether it is still to be decided on.
    """

    number: int
    head: str
    onto: str
    author: str
    fork: bool
    url: str
    merged: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class Artefact:
    """Files that an earlier run left with the host. `run`: its id there; `event` and `branch`: what started it, and on which branch."""

    name: str
    run: str
    event: str
    branch: str


class State(StrEnum):
    """How a check of a commit stands."""

    PENDING = "pending"
    SUCCESS = "success"
    FAILURE = "failure"


class Host(Protocol):
    """One repository at a code host. Every method raises ProviderError where the host does not answer, or not as its API says."""

    @property
    def limit(self) -> int:
        """The most bytes of a comment."""

    @property
    def mark(self) -> str:
        """What stands before the number of a change: `#` or `!`."""

    def change(self, number: int) -> Change:
        """A change by its number."""

    def change_of(self, commit: str) -> Change | None:
        """The merged change that this commit of the main branch came from; None where it came from none."""

    def head_of(self, number: int) -> str:
        """The ref, in the repository itself, under which the host keeps the last commit of a change."""

    def authors(self, number: int) -> Collection[str]:
        """Who wrote the commits of a change, beside whoever opened it, as far as the host can tell."""

    def comments(self, number: int) -> Sequence[Comment]:
        """All comments on a change, the oldest first."""

    def add(self, number: int, text: str) -> None:
        """A new comment of ours."""

    def edit(self, number: int, id_: str, text: str) -> None:
        """A comment of ours gets another text."""

    def may_write(self, person: str) -> bool:
        """Whether somebody may write to the repository."""

    def check(self, commit: str, name: str, state: State, said: str, url: str) -> None:
        """Says of a commit how a check of it stands."""

    def artefacts(self, name: str) -> Sequence[Artefact]:
        """The files of this name that earlier runs left, the newest first."""

    def propose(self, branch: str, onto: str, title: str, text: str) -> str:
        """Opens a change from a branch, unless there is an open one; its address."""
