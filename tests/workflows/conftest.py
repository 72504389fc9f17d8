"""A repository at the stand-in whose hotels run at the sandbox, set up by `reconciler init` and applied once."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from reconciler.cli.laying_out import pipelines
from reconciler.sandbox.server import Running, running
from tests.scenarios import canaries
from tests.scenarios.world import HOTEL, World
from tests.workflows.own import own
from tests.workflows.runner import ROOT, Forge, Ran
from tests.workflows.standin import TOKEN, GitHubStandIn, Pull, standing_in

KEY = "canary.of.the.review.key.9d1f4b7a3c5e8062"
SETTINGS = """
kind: Workspace
environments:
  production: {{database: env:DATABASE_URL, endpoints: local, test_mode: true, require_commit: true}}
providers:
  expedia: {{endpoints: {{local: "{url}"}}}}
  booking.com: {{endpoints: {{local: "{url}"}}}}
transport: {{timeout: 20s, attempts: 2, delay: 0s, max_delay: 0s}}
credentials:
  expedia-group:
    provider: expedia
    sandbox: {{api_key: env:EXPEDIA_SANDBOX_API_KEY, api_secret: env:EXPEDIA_SANDBOX_API_SECRET}}
  booking-com-group:
    provider: booking.com
    sandbox: {{api_key: env:BOOKING_COM_SANDBOX_API_KEY, partner_id: env:BOOKING_COM_SANDBOX_PARTNER_ID}}
policies: {{rate_step: {{percent: 10}}}}
"""
PLAIN = HOTEL.replace("seasons: {carnival: {nights: 2031-02-05..2031-02-09}}\n", "").replace(
    "      seasons: {carnival: {min_stay: 3}}\n", ""
)
FILE = "properties/lisbon-baixa.yaml"


@dataclass
class Repository:
    """The repository, its people, and the pipelines that their doings start."""

    world: World
    forge: Forge
    host: GitHubStandIn

    @property
    def folder(self) -> Path:
        """Where somebody works on it."""
        return self.world.folder

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
        done = subprocess.run(["git", *who, *arguments], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def propose(self, number: int, old: str = "", new: str = "", file: str = FILE, **pull: Any) -> Pull:
        """A commit on a branch of its own, and a pull request; or a further commit for it."""
        branch = f"change-{number}"
        known = self.host.pulls.get(number)
        self.git("checkout", "--quiet", *(() if known else ("-B",)), branch, *(() if known else ("main",)))
        if old:
            self.world.edit(file, old, new)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message=change {number}")
        head = self.git("rev-parse", "HEAD")
        self.git("push", "--quiet", "--force", "origin", f"{head}:refs/pull/{number}/head", f"HEAD:refs/heads/{branch}")
        self.host.pulls[number] = replace(known, head=head) if known else Pull(number, head, **pull)
        self.git("checkout", "--quiet", "main")
        return self.host.pulls[number]

    def merge(self, number: int) -> str:
        """Squashed, as most people do."""
        one = self.host.pulls[number]
        self.git("merge", "--quiet", "--squash", one.head)
        self.git("commit", "--quiet", "--allow-empty", f"--message=merged {number}")
        self.git("push", "--quiet", "origin", "main")
        self.host.pulls[number] = replace(one, merged=self.git("rev-parse", "HEAD"))
        return self.host.pulls[number].merged

    def run(self, name: str, event: str, **payload: object) -> Ran:
        """A pipeline, as the default branch has it. Nothing that it says or leaves holds a secret."""
        self.git("checkout", "--quiet", "main")
        ran = self.forge.run(
            self.folder / f".github/workflows/{name}.yml", event, payload, self.git("rev-parse", "HEAD")
        )
        said = "\n".join([*(step.said for step in ran.steps), ran.summary, *(c["body"] for c in self.host.comments)])
        assert canaries.in_text(said, (*canaries.CANARIES, KEY, TOKEN)) == []
        for run in self.host.runs:
            for folder in run.artefacts.values():
                assert list(canaries.in_files(folder, (*canaries.CANARIES, KEY, TOKEN))) == []
        return ran

    def plan(self, number: int) -> Ran:
        """The pull request was opened, or has a new commit."""
        one = self.host.pulls[number]
        return self.run(
            "plan",
            "pull_request_target",
            action="synchronize",
            pull_request={"number": number, "head": {"sha": one.head, "repo": {"full_name": one.origin}}},
        )

    def say(self, number: int, author: str, text: str) -> Ran:
        """Somebody comments, and the pipeline hears it."""
        self.host.say(number, author, text)
        return self.run(
            "plan", "issue_comment", issue={"number": number, "pull_request": {"url": "x"}}, comment={"body": text}
        )

    def apply(self) -> Ran:
        """Something was pushed to the main branch."""
        return self.run("apply", "push")

    def comment(self, number: int, kind: str = "plan") -> str:
        """Our one comment of this kind on a pull request."""
        (text,) = self.host.ours(number, f"reconciler:{kind}-production ")
        return text


@pytest.fixture
def repository(tmp_path: Path, database: str) -> Iterator[Repository]:
    with running() as sandbox, standing_in(GitHubStandIn()) as host:
        yield set_up(tmp_path, database, sandbox, host, "github")


@pytest.fixture
def own_repository(tmp_path: Path, database: str) -> Iterator[Repository]:
    """The same with this repository's own pipelines, which get the program and what it needs from what is checked out."""
    with running() as sandbox, standing_in(GitHubStandIn()) as host:
        needed = ("requirements.lock", *(str(file.relative_to(ROOT)) for file, _ in own()))
        yield set_up(
            tmp_path, database, sandbox, host, "none", {name: (ROOT / name).read_text("utf-8") for name in needed}
        )


def set_up(
    tmp_path: Path,
    database: str,
    sandbox: Running,
    host: GitHubStandIn,
    kind: str,
    others: Mapping[str, str] = MappingProxyType({}),
) -> Repository:
    """A repository with the pipelines of a host (and other files), pushed, and everything applied once."""
    folder = tmp_path / "desk"
    folder.mkdir()
    world = World(folder, sandbox, database, now=datetime.now(UTC), environ=dict(canaries.ENVIRON))
    world.write("reconciler.yaml", SETTINGS.format(url=sandbox.url))
    world.hotel(PLAIN)
    for name, text in (*pipelines(kind), *others.items()):
        world.write(name, text)
    world.set_up_extranets()
    world.seed()
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(remote)], check=True)
    secrets = {
        "DATABASE_URL": database,
        "RECONCILER_REVIEW_KEY": KEY,
        "EXPEDIA_API_KEY": canaries.EXPEDIA_ACCOUNT[0],
        "EXPEDIA_API_SECRET": canaries.EXPEDIA_ACCOUNT[1],
        "BOOKING_COM_PARTNER_ID": canaries.BOOKING_ACCOUNT[0],
        "BOOKING_COM_API_KEY": canaries.BOOKING_ACCOUNT[1],
    }
    held = {"production": secrets, "production-plan": secrets}
    one = Repository(world, Forge(host, remote, tmp_path / "runs", held), host)
    one.git("init", "--quiet", "--initial-branch=main")
    one.git("add", "--all")
    one.git("commit", "--quiet", "--message=all hotels")
    one.git("remote", "add", "origin", remote.as_uri())
    one.git("push", "--quiet", "origin", "main")
    world.apply()
    return one
