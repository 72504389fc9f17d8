"""GitHub, by its REST API (version 2022-11-28), for one repository."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from reconciler.errors import RequestRefusedError, UnexpectedReplyError
from reconciler.hosts.api import MISSING, Api, field
from reconciler.hosts.contract import Artefact, Change, State
from reconciler.model.review import Comment
from reconciler.model.secret import Secret
from reconciler.providers.contract import Http

BOT = "github-actions[bot]"
"""Who writes with the token of a workflow."""
LIMIT = 65_000
"""Bytes of a comment: GitHub takes 65,536 characters."""
_WRITERS = frozenset({"admin", "write", "maintain"})
_LONGEST_STATUS = 140


class GitHub:
    """See `contract.Host`. `repository`: `owner/name`; `bot`: the login under which the token writes."""

    limit = LIMIT
    mark = "#"

    def __init__(self, repository: str, http: Http, token: Secret, bot: str = BOT) -> None:
        self._repository, self._bot = repository, bot
        self._here = f"/repos/{quote(repository)}"
        self._api = Api(
            "GitHub",
            http,
            {
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {token.reveal()}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )

    def change(self, number: int) -> Change:
        """A pull request."""
        return self._change(self._api.get(f"{self._here}/pulls/{number}"))

    def change_of(self, commit: str) -> Change | None:
        """The pull request whose merge made the commit."""
        for found in self._api.pages(f"{self._here}/commits/{quote(commit)}/pulls"):
            if field(found, dict).get("merged_at") and found.get("merge_commit_sha") == commit:
                return self._change(found)
        return None

    def _change(self, data: Any) -> Change:
        head = field(data, dict, "head")
        origin = (head.get("repo") or {}).get("full_name")
        merged = data.get("merged_at") is not None
        return Change(
            number=field(data, int, "number"),
            head=field(head, str, "sha"),
            onto=field(data, str, "base", "ref"),
            author=field(data, str, "user", "login"),
            fork=origin != self._repository,
            url=field(data, str, "html_url"),
            merged=field(data, str, "merge_commit_sha") if merged else "",
            open=field(data, str, "state") == "open",
        )

    def head_of(self, number: int) -> str:
        """The ref of a pull request's last commit."""
        return f"refs/pull/{number}/head"

    def authors(self, number: int) -> Collection[str]:
        """The people behind the e-mail addresses of its commits. GitHub lists 250."""
        commits = self._api.pages(f"{self._here}/pulls/{number}/commits")
        people = [field(commit, dict).get(role) for commit in commits for role in ("author", "committer")]
        return {field(person, str, "login") for person in people if person}

    def comments(self, number: int) -> Sequence[Comment]:
        """The comments in the conversation of a pull request."""
        return [self._comment(one) for one in self._api.pages(f"{self._here}/issues/{number}/comments")]

    def _comment(self, data: Any) -> Comment:
        author = (data.get("user") or {}).get("login", "") if isinstance(data, dict) else ""
        return Comment(
            id=str(field(data, int, "id")),
            author=author,
            text=data.get("body") or "",
            edited=data.get("created_at") != data.get("updated_at"),
            ours=author == self._bot,
        )

    def add(self, number: int, text: str) -> None:
        """A new comment."""
        self._api.write("POST", f"{self._here}/issues/{number}/comments", {"body": text})

    def edit(self, number: int, id_: str, text: str) -> None:  # noqa: ARG002 - of the contract
        """Another text for a comment."""
        self._api.write("PATCH", f"{self._here}/issues/comments/{id_}", {"body": text}, repeatable=True)

    def may_write(self, person: str) -> bool:
        """Whether somebody is a collaborator who may push."""
        try:
            found = self._api.get(f"{self._here}/collaborators/{quote(person, safe='')}/permission")
        except RequestRefusedError as error:
            if error.code == MISSING:  # somebody whom GitHub does not know any more
                return False
            raise
        return field(found, str, "permission") in _WRITERS

    def check(self, commit: str, name: str, state: State, said: str, url: str) -> None:
        """A commit status."""
        body = {"state": state.value, "context": name, "description": said[:_LONGEST_STATUS], "target_url": url}
        self._api.write("POST", f"{self._here}/statuses/{quote(commit)}", body, repeatable=True)

    def artefacts(self, name: str) -> Sequence[Artefact]:
        """Artifacts that have not expired."""
        found = self._api.pages(f"{self._here}/actions/artifacts", "artifacts", name=name)
        there = [one for one in found if field(one, str, "name") == name and not one.get("expired")]
        there.sort(key=lambda one: field(one, str, "created_at"), reverse=True)
        return [self._artefact(name, one) for one in there[:10]]

    def _artefact(self, name: str, data: Any) -> Artefact:
        run = field(data, int, "workflow_run", "id")
        made_by = self._api.get(f"{self._here}/actions/runs/{run}")
        return Artefact(name, str(run), field(made_by, str, "event"), made_by.get("head_branch") or "")

    def propose(self, branch: str, onto: str, title: str, text: str) -> str:
        """A pull request from a branch of this repository."""
        owner = self._repository.partition("/")[0]
        there = self._api.get(f"{self._here}/pulls", state="open", head=f"{owner}:{branch}", base=onto)
        if there:
            return field(there[0], str, "html_url")
        made = self._api.write(
            "POST", f"{self._here}/pulls", {"title": title, "head": branch, "base": onto, "body": text}
        )
        if not isinstance(made, dict):
            raise UnexpectedReplyError("GitHub answers with something that is no pull request")
        return field(made, str, "html_url")
