"""A stand-in for GitHub on this machine: pull requests, comments, checks, artifacts of one repository.

What it receives is checked against GitHub's published schema, as the package githubkit has it; so is what it answers, as far as it
answers at all: no field that GitHub does not have.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import githubkit.versions.v2022_11_28.models as models
from pydantic import BaseModel

REPOSITORY, TOKEN, BOT = "acme/hotels", "ghs_canary.of.the.host.Tk2", "github-actions[bot]"
_BEGAN = datetime(2031, 1, 13, 8, 0, tzinfo=UTC)


class WrongRequestError(Exception):
    """Something that GitHub would not take."""


@dataclass
class Pull:
    """A pull request."""

    number: int
    head: str
    author: str = "maria"
    origin: str = REPOSITORY
    merged: str = ""
    onto: str = "main"
    commits_by: tuple[str, ...] = ()


@dataclass
class Run:
    """A run of a pipeline, with the folders that it left as artifacts."""

    id: int
    event: str
    branch: str = "main"
    artefacts: dict[str, Path] = field(default_factory=dict)


@dataclass
class GitHubStandIn:
    """The state of the repository."""

    url: str = ""
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    writers: set[str] = field(default_factory=lambda: {"maria", "anna"})
    runs: list[Run] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    down: bool = False
    _clock: int = 0

    def now(self) -> str:
        self._clock += 1
        return (_BEGAN + timedelta(seconds=self._clock)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def say(self, number: int, author: str, text: str) -> dict[str, Any]:
        """Somebody comments."""
        at = self.now()
        comment = {
            "id": 1000 + len(self.comments),
            "body": text,
            "user": {"login": author},
            "created_at": at,
            "updated_at": at,
            "issue_url": f"{self.url}/repos/{REPOSITORY}/issues/{number}",
        }
        self.comments.append(comment)
        return comment

    def ours(self, number: int, kind: str = "") -> list[str]:
        """The texts of the bot's comments on a pull request, those whose first line has this in it."""
        here = [c for c in self.comments if c["issue_url"].endswith(f"/{number}") and c["user"]["login"] == BOT]
        return [c["body"] for c in here if kind in c["body"].partition("\n")[0]]

    def check(self, commit: str, context: str) -> dict[str, Any]:
        """How a check of a commit stands."""
        return next(s for s in reversed(self.statuses) if s["sha"] == commit and s["context"] == context)

    # What it answers.

    def answer(self, method: str, path: str, body: Any, query: dict[str, str], headers: Message) -> tuple[int, Any]:
        """Status and JSON."""
        if self.down:
            return 502, {"message": "out for lunch"}
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}
        if headers.get("X-GitHub-Api-Version") != "2022-11-28" or not headers.get("User-Agent"):
            raise WrongRequestError("every request says its version and who sends it")
        for known, pattern, answer in _ROUTES:
            found = re.fullmatch(_HERE + pattern, path)
            if found and method == known:
                reply = answer(self, found, body, query)
                last = int(query.get("page", "1")) > 1
                return (201 if method == "POST" else 200), ([] if last and isinstance(reply, list) else reply)
        return 404, {"message": "Not Found"}

    def pull(self, number: int) -> Any:
        one = self.pulls[number]
        return _answer(
            models.PullRequest,
            {
                "number": number,
                "state": "closed" if one.merged else "open",
                "user": {"login": one.author},
                "head": {"sha": one.head, "ref": "topic", "repo": {"full_name": one.origin}},
                "base": {"ref": one.onto},
                "html_url": f"https://github.example/{REPOSITORY}/pull/{number}",
                "merged_at": "2031-01-13T08:00:00Z" if one.merged else None,
                "merge_commit_sha": one.merged or None,
            },
        )

    def pulls_of(self, commit: str) -> Any:
        return [self.pull(number) for number, one in self.pulls.items() if one.merged == commit]

    def commits_of(self, number: int) -> Any:
        return [
            _answer(models.Commit, {"sha": self.pulls[number].head, "author": {"login": who}, "committer": None})
            for who in self.pulls[number].commits_by
        ]

    def comments_of(self, number: str) -> Any:
        here = [c for c in self.comments if c["issue_url"].endswith(f"/{number}")]
        return [_answer(models.IssueComment, dict(comment)) for comment in here]

    def add_comment(self, number: str, body: Any) -> Any:
        _check(models.ReposOwnerRepoIssuesIssueNumberCommentsPostBody, body)
        if len(body["body"]) > 65536:
            raise WrongRequestError("a comment has at most 65536 characters")
        return self.say(int(number), BOT, body["body"])

    def edit_comment(self, id_: str, body: Any) -> Any:
        _check(models.ReposOwnerRepoIssuesCommentsCommentIdPatchBody, body)
        comment = next(c for c in self.comments if c["id"] == int(id_))
        if comment["user"]["login"] != BOT:
            raise WrongRequestError("that is somebody else's comment")
        comment |= {"body": body["body"], "updated_at": self.now()}
        return comment

    def permission(self, login: str) -> Any:
        allowed = "write" if unquote(login) in self.writers else "read"
        return _answer(models.RepositoryCollaboratorPermission, {"permission": allowed, "role_name": allowed})

    def add_status(self, sha: str, body: Any) -> Any:
        _check(models.ReposOwnerRepoStatusesShaPostBody, body)
        if len(body["description"]) > 140:
            raise WrongRequestError("a description has at most 140 characters")
        self.statuses.append({**body, "sha": sha})
        return _answer(models.Status, {"state": body["state"], "context": body["context"]})

    def artefacts(self, query: dict[str, str]) -> Any:
        found = [
            _answer(
                models.Artifact,
                {
                    "id": number,
                    "name": name,
                    "expired": False,
                    "created_at": (_BEGAN + timedelta(minutes=run.id)).isoformat(),
                    "workflow_run": {"id": run.id, "head_branch": run.branch},
                },
            )
            for number, (run, name) in enumerate((run, name) for run in self.runs for name in run.artefacts)
            if name == query["name"]
        ]
        return {"total_count": len(found), "artifacts": found}

    def run(self, id_: str) -> Any:
        one = next(run for run in self.runs if run.id == int(id_))
        return _answer(models.WorkflowRun, {"id": one.id, "event": one.event, "head_branch": one.branch})

    def open_pulls(self, query: dict[str, str]) -> Any:
        del query
        return []

    def add_pull(self, body: Any) -> Any:
        _check(models.ReposOwnerRepoPullsPostBody, body)
        number = max(self.pulls, default=0) + 1
        self.pulls[number] = Pull(number, "", BOT)
        return self.pull(number)


def _check(model: type[BaseModel], body: Any) -> None:
    """The request as GitHub's schema has it, and no key beyond."""
    known = {field.alias or name for name, field in model.model_fields.items()}
    if set(body) - known:
        raise WrongRequestError(f"{sorted(set(body) - known)} is not in {model.__name__}")
    model.model_validate(body)


def _answer(model: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    """The answer, once every key of it is one that GitHub's has."""
    fields = {one.alias or name: one.annotation for name, one in model.model_fields.items()}
    for key, value in data.items():
        assert key in fields, f"{model.__name__} has no {key}"
        if isinstance(value, dict):
            inner = [
                one for one in _models(fields[key]) if set(value) <= {f.alias or n for n, f in one.model_fields.items()}
            ]
            assert inner, f"{model.__name__}.{key} has no {sorted(value)}"
    return data


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


_HERE = f"/repos/{REPOSITORY}"
_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", r"/pulls/(\d+)", lambda g, m, _b, _q: g.pull(int(m[1]))),
    ("GET", r"/pulls/(\d+)/commits", lambda g, m, _b, _q: g.commits_of(int(m[1]))),
    ("GET", r"/commits/(\w+)/pulls", lambda g, m, _b, _q: g.pulls_of(m[1])),
    ("GET", r"/issues/(\d+)/comments", lambda g, m, _b, _q: g.comments_of(m[1])),
    ("POST", r"/issues/(\d+)/comments", lambda g, m, b, _q: g.add_comment(m[1], b)),
    ("PATCH", r"/issues/comments/(\d+)", lambda g, m, b, _q: g.edit_comment(m[1], b)),
    ("GET", r"/collaborators/([^/]+)/permission", lambda g, m, _b, _q: g.permission(m[1])),
    ("POST", r"/statuses/(\w+)", lambda g, m, b, _q: g.add_status(m[1], b)),
    ("GET", r"/actions/artifacts", lambda g, _m, _b, q: g.artefacts(q)),
    ("GET", r"/actions/runs/(\d+)", lambda g, m, _b, _q: g.run(m[1])),
    ("GET", r"/pulls", lambda g, _m, _b, q: g.open_pulls(q)),
    ("POST", r"/pulls", lambda g, _m, b, _q: g.add_pull(b)),
]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: GitHubStandIn

    def _serve(self) -> None:
        url = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        self.host.requests.append(f"{self.command} {url.path}")
        try:
            status, answer = self.host.answer(self.command, url.path, body, dict(parse_qsl(url.query)), self.headers)
        except Exception as error:  # noqa: BLE001 - told to the test, which fails by it
            self.host.mistakes.append(f"{self.command} {url.path}: {error!r}")
            status, answer = 422, {"message": str(error)}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_PUT = _serve  # noqa: N815 - names of the standard library

    def log_message(self, *_: Any) -> None:
        """Nothing."""


H = TypeVar("H", bound=GitHubStandIn)


@contextmanager
def standing_in(host: H) -> Iterator[H]:
    """The host, on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"host": host}))
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert host.mistakes == []
