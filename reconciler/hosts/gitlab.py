"""GitLab, by its REST API (v4), for one project.

Fields as documented at https://docs.gitlab.com/api/merge_requests, notes, commits, project_members and users.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from reconciler.errors import UnexpectedReplyError
from reconciler.hosts.api import Api, field
from reconciler.hosts.contract import Artefact, Change, State
from reconciler.model.review import Comment
from reconciler.model.secret import Secret
from reconciler.providers.contract import Http

LIMIT = 900_000
"""Bytes of a note: GitLab takes 1,000,000 characters."""
_DEVELOPER = 30
"""The access level from which somebody may push."""
_STATES = {State.PENDING: "pending", State.SUCCESS: "success", State.FAILURE: "failed"}
_LONGEST_STATUS = 255


class GitLab:
    """See `contract.Host`. `project`: its id or path."""

    limit = LIMIT
    mark = "!"

    def __init__(self, project: str, http: Http, token: Secret) -> None:
        self._project = project
        self._here = f"/projects/{quote(project, safe='')}"
        self._api = Api("GitLab", http, {"PRIVATE-TOKEN": token.reveal()})

    @cached_property
    def _us(self) -> str:
        """Whose token it is."""
        return field(self._api.get("/user"), str, "username")

    def change(self, number: int) -> Change:
        """A merge request."""
        return self._change(self._api.get(f"{self._here}/merge_requests/{number}"))

    def change_of(self, commit: str) -> Change | None:
        """The merge request whose merge made the commit."""
        for found in self._api.pages(f"{self._here}/repository/commits/{quote(commit)}/merge_requests"):
            if commit in (found.get("merge_commit_sha"), found.get("squash_commit_sha"), found.get("sha")):
                change = self._change(found)
                if change.merged == commit:
                    return change
        return None

    def _change(self, data: Any) -> Change:
        done = field(data, str, "state") == "merged"
        # A fast-forward makes no commit of its own: the last one of the branch is then the merged one.
        became = data.get("merge_commit_sha") or data.get("squash_commit_sha") or data.get("sha")
        return Change(
            number=field(data, int, "iid"),
            head=field(data, str, "sha"),
            onto=field(data, str, "target_branch"),
            author=field(data, str, "author", "username"),
            fork=field(data, int, "source_project_id") != field(data, int, "target_project_id"),
            url=field(data, str, "web_url"),
            merged=str(became) if done and became else "",
            open=field(data, str, "state") == "opened",
        )

    def head_of(self, number: int) -> str:
        """The ref of a merge request's last commit."""
        return f"refs/merge-requests/{number}/head"

    def authors(self, number: int) -> Collection[str]:  # noqa: ARG002 - of the contract
        """Nobody: GitLab tells no users of commits."""
        return ()

    def comments(self, number: int) -> Sequence[Comment]:
        """The notes of a merge request, without those that GitLab itself writes."""
        notes = self._api.pages(f"{self._here}/merge_requests/{number}/notes", sort="asc", order_by="created_at")
        return [self._comment(note) for note in notes if not field(note, dict).get("system")]

    def _comment(self, data: Any) -> Comment:
        author = field(data, str, "author", "username")
        edited = data.get("created_at") != data.get("updated_at")
        return Comment(str(field(data, int, "id")), author, data.get("body") or "", edited, ours=author == self._us)

    def add(self, number: int, text: str) -> None:
        """A new note."""
        self._api.write("POST", f"{self._here}/merge_requests/{number}/notes", {"body": text})

    def edit(self, number: int, id_: str, text: str) -> None:
        """Another text for a note."""
        self._api.write("PUT", f"{self._here}/merge_requests/{number}/notes/{id_}", {"body": text}, repeatable=True)

    def may_write(self, person: str) -> bool:
        """Whether somebody is a developer of the project, or more."""
        found = self._api.pages(f"{self._here}/members/all", query=person)
        return any(m.get("username") == person and field(m, int, "access_level") >= _DEVELOPER for m in found)

    def check(self, commit: str, name: str, state: State, said: str, url: str) -> None:
        """A commit status."""
        body = {"state": _STATES[state], "name": name, "description": said[:_LONGEST_STATUS], "target_url": url}
        self._api.write("POST", f"{self._here}/statuses/{quote(commit)}", body, repeatable=True)

    def artefacts(self, name: str) -> Sequence[Artefact]:  # noqa: ARG002 - of the contract
        """None: what is reviewed is kept in the repository itself, see `runtime.proposing.kept`."""
        return ()

    def propose(self, branch: str, onto: str, title: str, text: str) -> str:
        """A merge request from a branch of this project."""
        there = self._api.get(f"{self._here}/merge_requests", state="opened", source_branch=branch, target_branch=onto)
        if there:
            return field(there[0], str, "web_url")
        body = {"source_branch": branch, "target_branch": onto, "title": title, "description": text}
        made = self._api.write("POST", f"{self._here}/merge_requests", body)
        if not isinstance(made, dict):
            raise UnexpectedReplyError("GitLab answers with something that is no merge request")
        return field(made, str, "web_url")
