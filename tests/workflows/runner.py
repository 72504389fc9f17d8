"""Runs a pipeline of GitHub's on this machine, step by step: every `run:` for real, every action that is used by what stands for it here.

A job runs where its `if:` holds, once for each environment of its matrix, in a fresh folder; secrets are there only where the job names
the environment that holds them. A token has what the job's `permissions` give, which the stand-in does not check.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.workflows.expressions import filled, holds, shown
from tests.workflows.standin import REPOSITORY, TOKEN, GitHubStandIn, Run

ROOT = Path(__file__).parents[2]


@dataclass
class Step:
    """A step that ran. `said` is its log."""

    job: str
    name: str
    code: int
    said: str = ""


@dataclass
class Ran:
    """A whole run."""

    steps: list[Step] = field(default_factory=list)
    summary: str = ""

    @property
    def ok(self) -> bool:
        return all(step.code == 0 for step in self.steps)

    @property
    def names(self) -> list[str]:
        return [step.name for step in self.steps]

    @property
    def log(self) -> str:
        return "\n".join(f"== {step.job}: {step.name}: {step.code}\n{step.said}" for step in self.steps)

    def said(self, name: str) -> str:
        return "".join(step.said for step in self.steps if step.name == name)


@dataclass
class Forge:
    """A repository at the stand-in, with a remote on this disk and secrets for each environment.

    `installs`: whether the steps that install the program run too, which a story has to show once and not in each of its chapters.
    """

    host: GitHubStandIn
    remote: Path
    folder: Path
    secrets: Mapping[str, Mapping[str, str]]
    environ: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    installs: bool = False

    def run(self, file: Path, event: str, payload: Mapping[str, Any], commit: str) -> Ran:
        """The workflow in a file, for an event."""
        workflow = YAML(typ="safe").load(file.read_text("utf-8"))
        assert event in workflow.get("on", workflow.get(True)), f"{file.name} is not started by {event}"
        run = Run(id=len(self.host.runs) + 1, event=event)
        self.host.runs.append(run)
        ran, done = Ran(), set()
        for name, job in workflow["jobs"].items():
            for matrix in _matrix(job):
                work = _Job(self, run, name, job, matrix, event, payload, commit, ran)
                ready = job.get("needs") is None or job["needs"] in done
                if ready and holds(job.get("if", "true"), work.contexts()) and work.go():
                    done.add(name)
        return ran


def _matrix(job: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    matrix: dict[str, list[str]] = job.get("strategy", {}).get("matrix", {})
    key, values = next(iter(matrix.items()), ("", [""]))
    yield from ({key: value} for value in values)


class _Job:
    def __init__(
        self,
        forge: Forge,
        run: Run,
        name: str,
        job: Mapping[str, Any],
        matrix: Mapping[str, str],
        event: str,
        payload: Mapping[str, Any],
        commit: str,
        ran: Ran,
    ) -> None:
        self.forge, self.at_host, self.name, self.job, self.matrix, self.ran = forge, run, name, job, matrix, ran
        self.event, self.payload, self.commit = event, payload, commit
        self.temp = forge.folder / f"run-{run.id}-{name}-{'-'.join(matrix.values())}"
        self.work = self.temp / "work"
        self.work.mkdir(parents=True)
        self.outputs: dict[str, dict[str, str]] = {}
        self.ok = True

    def contexts(self) -> dict[str, Any]:
        github = {
            "event_name": self.event,
            "event": self.payload,
            "repository": REPOSITORY,
            "token": TOKEN,
            "ref": "refs/heads/main",
            "run_id": self.at_host.id,
        }
        held = self.job.get("environment")
        environment = filled(held, {"matrix": self.matrix}) if held else ""
        return {
            "github": github,
            "matrix": self.matrix,
            "secrets": self.forge.secrets.get(environment, {}),
            "vars": self.forge.variables,
            "inputs": self.payload.get("inputs", {}),
            "steps": {id_: {"outputs": outputs} for id_, outputs in self.outputs.items()},
        }

    def go(self) -> bool:
        assert self.job["runs-on"].startswith("ubuntu-")
        for step in self.job["steps"]:
            if not holds(step.get("if", "true"), self.contexts(), self.ok):
                continue
            if step["name"] == "Install" and not self.forge.installs:
                continue
            code, said = self._use(step) if "uses" in step else self._run(step)
            self.ran.steps.append(Step(self.name, step["name"], code, said))
            self.ok = self.ok and (code == 0 or bool(step.get("continue-on-error")))
        return self.ok

    def _run(self, step: Mapping[str, Any]) -> tuple[int, str]:
        script, event, output, summary = (self.temp / name for name in ("script.sh", "event.json", "output", "summary"))
        text = str(step["run"])
        assert "${{" not in text, "no script is built from what somebody else wrote"
        script.write_text(text, "utf-8")
        event.write_text(json.dumps(self.payload), "utf-8")
        output.write_text("", "utf-8")
        given = {**self.job.get("env", {}), **step.get("env", {})}
        environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.forge.host.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": str(self.at_host.id),
            "GITHUB_SHA": self.commit,
            "PIP_NO_INDEX": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.forge.environ,
            **{name: filled(text, self.contexts()) for name, text in given.items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.work,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=280,
            check=False,
        )
        lines = [line.partition("=") for line in output.read_text("utf-8").splitlines()]
        if "id" in step:
            self.outputs[step["id"]] = {name: value for name, _, value in lines}
        if summary.exists():
            self.ran.summary = summary.read_text("utf-8")
        return done.returncode, done.stdout

    def _use(self, step: Mapping[str, Any]) -> tuple[int, str]:
        action, _, commit = str(step["uses"]).partition("@")
        assert len(commit) == 40, f"{action} is pinned by its commit"
        given = {name: filled(shown(text), self.contexts()) for name, text in step.get("with", {}).items()}
        return {
            "actions/checkout": self._check_out,
            "actions/setup-python": lambda _given: (0, ""),
            "actions/upload-artifact": self._upload,
            "actions/download-artifact": self._download,
            "github/codeql-action/upload-sarif": self._sarif,
        }[action](given)

    def _check_out(self, given: Mapping[str, str]) -> tuple[int, str]:
        assert given["persist-credentials"] == "false"
        assert "ref" not in given, "nothing but the default branch is ever checked out"
        subprocess.run(["git", "clone", "--quiet", self.forge.remote.as_uri(), str(self.work)], check=True)
        subprocess.run(["git", "checkout", "--quiet", self.commit], cwd=self.work, check=True)
        return 0, ""

    def _upload(self, given: Mapping[str, str]) -> tuple[int, str]:
        path = self.work / given["path"]
        if not path.exists():
            return (0, "") if given.get("if-no-files-found") == "ignore" else (1, f"{path} is not there")
        kept = self.temp / "artefacts" / given["name"]
        if path.is_dir():
            shutil.copytree(path, kept)
        else:
            kept.mkdir(parents=True)
            shutil.copy(path, kept)
        self.at_host.artefacts[given["name"]] = kept
        return 0, ""

    def _download(self, given: Mapping[str, str]) -> tuple[int, str]:
        run = next(run for run in self.forge.host.runs if run.id == int(given["run-id"]))
        shutil.copytree(run.artefacts[given["name"]], self.work / given["path"])
        return 0, ""

    def _sarif(self, given: Mapping[str, str]) -> tuple[int, str]:
        log = json.loads((self.work / given["sarif_file"]).read_text("utf-8"))
        assert log["version"] == "2.1.0"
        assert given["ref"].startswith("refs/pull/"), "findings of a pull request are not those of the default branch"
        return 0, ""
