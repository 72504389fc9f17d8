"""The same review at GitLab, with the template's own scripts. What the stand-in answers has the fields of GitLab's documentation:

https://docs.gitlab.com/api/merge_requests (iid, state, sha, merge_commit_sha, squash_commit_sha, source_project_id, target_project_id,
target_branch, author.username, web_url), /api/notes (id, body, author.username, created_at, updated_at, system; body), /api/commits (state,
name, description, target_url), /api/project_members (username, access_level), /api/users (username).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from reconciler.sandbox.server import running
from tests.scenarios import canaries
from tests.workflows.conftest import KEY, Repository, set_up
from tests.workflows.runner import ROOT
from tests.workflows.standin import GitHubStandIn, WrongRequestError, standing_in

TOKEN, US = "glpat-canary.of.gitlab.Xy4", "project_7_bot"


class GitLabStandIn(GitHubStandIn):
    """GitLab's API over the same repository."""

    def answer(self, method: str, path: str, body: Any, query: dict[str, str], headers: Message) -> tuple[int, Any]:
        if headers.get("PRIVATE-TOKEN") != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        place = path.removeprefix("/api/v4")
        if (method, place) == ("GET", "/user"):
            return 200, {"username": US}
        here = place.removeprefix("/projects/7")
        if method == "GET" and int(query.get("page", "1")) > 1:
            return 200, []
        routes: list[tuple[str, str, Callable[[Any], Any]]] = [
            ("GET", r"/merge_requests/(\d+)", lambda m: self.request(int(m[1]))),
            ("GET", r"/repository/commits/(\w+)/merge_requests", lambda m: self.requests_of(m[1])),
            ("GET", r"/merge_requests/(\d+)/notes", lambda m: self.notes(m[1])),
            ("POST", r"/merge_requests/(\d+)/notes", lambda m: self.say(int(m[1]), US, _only(body, "body")["body"])),
            ("PUT", r"/merge_requests/(\d+)/notes/(\d+)", lambda m: self.note(int(m[2]), _only(body, "body"))),
            ("GET", r"/members/all", lambda _: self.members()),
            ("POST", r"/statuses/(\w+)", lambda m: self.status(m[1], body)),
        ]
        for known, pattern, answer in routes:
            found = re.fullmatch(pattern, here)
            if found and known == method:
                return (201 if method == "POST" else 200), answer(found)
        return 404, {"message": "404 Not Found"}

    def request(self, number: int) -> Any:
        one = self.pulls[number]
        return {
            "iid": number,
            "state": "merged" if one.merged else "opened",
            "sha": one.head,
            "merge_commit_sha": None,
            "squash_commit_sha": one.merged or None,
            "source_project_id": 7,
            "target_project_id": 7,
            "target_branch": "main",
            "author": {"username": one.author},
            "web_url": f"https://gitlab.example/acme/hotels/-/merge_requests/{number}",
        }

    def requests_of(self, commit: str) -> Any:
        return [self.request(number) for number, one in self.pulls.items() if one.merged == commit]

    def members(self) -> Any:
        everybody = ("anna", "anna2", "maria", "mallory")
        return [{"username": name, "access_level": 30 if name in self.writers else 20} for name in everybody]

    def notes(self, number: str) -> Any:
        here = [c for c in self.comments if c["issue_url"].endswith(f"/{number}")]
        return [{**c, "author": {"username": c["user"]["login"]}, "system": False} for c in here]

    def note(self, id_: int, body: Any) -> Any:
        comment = next(c for c in self.comments if c["id"] == id_)
        comment |= {"body": body["body"], "updated_at": self.now()}
        return comment

    def status(self, sha: str, body: Any) -> Any:
        _only(body, "state", "name", "description", "target_url")
        if body["state"] not in ("pending", "running", "success", "failed", "canceled", "skipped"):
            raise WrongRequestError(body["state"])
        self.statuses.append({**body, "sha": sha, "context": body["name"]})
        return body


def _only(body: Any, *keys: str) -> Any:
    if set(body) != set(keys):
        raise WrongRequestError(f"{sorted(body)} instead of {sorted(keys)}")
    return body


@pytest.fixture
def project(tmp_path: Path, database: str) -> Iterator[Repository]:
    with running() as sandbox, standing_in(GitLabStandIn()) as host:
        yield set_up(tmp_path, database, sandbox, host, "gitlab")


def job(
    project: Repository, name: str, *, secret: bool = True, payload: Any = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    """A job of the template in a clone of the main branch: every line of its script."""
    template = YAML(typ="safe").load((project.folder / ".gitlab-ci.yml").read_text("utf-8"))
    number = len(list(project.forge.folder.glob("job-*"))) if project.forge.folder.exists() else 0
    work = project.forge.folder / f"job-{number}"
    subprocess.run(["git", "clone", "--quiet", project.forge.remote.as_uri(), str(work)], check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=work, check=True, capture_output=True, text=True
    ).stdout.strip()
    given = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "PYTHONPATH": str(ROOT),
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_API_V4_URL": f"{project.host.url}/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_PROJECT_PATH": "acme/hotels",
        "CI_COMMIT_SHA": head,
        "CI_DEFAULT_BRANCH": "main",
        "CI_JOB_URL": "https://gitlab.example/acme/hotels/-/jobs/1",
        **template["variables"],
        **environ,
    }
    if secret:
        given |= {**project.forge.secrets["production"], "RECONCILER_GITLAB_TOKEN": TOKEN}
    if payload is not None:
        file = work.parent / "payload.json"
        file.write_text(json.dumps(payload), "utf-8")
        given["TRIGGER_PAYLOAD"] = str(file)
    script = "\n".join(template[name]["script"])
    command = ["bash", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=work, env=given, capture_output=True, text=True, timeout=200, check=False)
    assert canaries.in_text(done.stdout + done.stderr, (*canaries.CANARIES, KEY, TOKEN)) == []
    return done


def test_from_merge_request_to_drift(project: Repository) -> None:
    one = project.propose(7, "default: 120.00", "default: 160.00")
    project.git("push", "--quiet", "origin", f"{one.head}:refs/merge-requests/7/head")
    opened = {"object_kind": "merge_request", "object_attributes": {"iid": 7}}
    done = job(project, "plan", payload=opened)
    assert done.returncode == 3, done.stdout + done.stderr
    line = f"/reconciler consent rate_step {one.head[:12]}"
    assert line in project.host.comments[0]["body"]
    assert project.host.check(one.head, "reconciler/production")["state"] == "failed"

    project.host.say(7, "anna", line)
    noted = {"object_kind": "note", "merge_request": {"iid": 7}, "object_attributes": {"id": 3}}
    done = job(project, "plan", payload=noted)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Consent given to: rate_step." in project.host.comments[0]["body"]

    merged = project.merge(7)
    done = job(project, "apply")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.host.check(merged, "reconciler/production/apply")["state"] == "success"
    assert project.world.addresses() == []
    done = job(project, "drift")
    assert (done.returncode, "No drift." in done.stdout) == (0, True), done.stderr


def test_files_are_checked_without_any_secret(project: Repository) -> None:
    base = project.git("rev-parse", "HEAD")
    done = job(project, "check", secret=False, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_kept_in_the_repository_is_believed_only_with_its_seal(project: Repository) -> None:
    one = project.propose(7, "default: 120.00", "default: 125.00")
    project.git("push", "--quiet", "origin", f"{one.head}:refs/merge-requests/7/head")
    assert job(project, "plan", RECONCILER_CHANGE="7").returncode == 0
    branch = f"reconciler/reviews/reconciler-plan-production-{one.head}"
    project.git("fetch", "--quiet", "origin", branch)
    project.git("checkout", "--quiet", "FETCH_HEAD")
    record = json.loads((project.folder / "review.json").read_text("utf-8"))
    (project.folder / "review.json").write_text(json.dumps({**record, "consents": [["rate_step", "maria"]]}), "utf-8")
    project.git("commit", "--quiet", "--all", "--message=forged")
    project.git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
    project.git("checkout", "--quiet", "main")
    project.merge(7)
    done = job(project, "apply")
    assert (done.returncode, "the seal does not fit" in done.stdout) == (4, True), done.stdout + done.stderr
