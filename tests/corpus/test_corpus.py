"""Every bad file is told by its code and place, in time, in little memory, and nothing is written. See README.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.codes import IN_FILES
from tests.corpus.cases import WORKSPACE, Case, Found, cases

CASES = cases()
SECONDS, KILOBYTES = 2.0, 256 * 1024
SECRETS = ("hunter2", "4711815")
# Given for what is asked for on the command line, or by a folder without a workspace: no file is bad.
NOT_IN_A_FILE = {"no-workspace", "unknown-environment", "unknown-property"}
# Caused by several files together, or by too many values: tests/load/test_diagnostics.py has them.
ELSEWHERE = {
    "amount-without-currency",
    "hotel-in-two-environments",
    "slug-used-twice",
    "too-many-values",
    "wrong-credentials",
}

Validate = Callable[[Path], dict[str, Any]]


@pytest.fixture(scope="module")
def validate() -> Iterator[Validate]:
    """Validates a folder in a process of its own."""
    # Without a folder for a key of the user's, no results are kept in .reconciler/cache: nothing at all may be written here.
    environ = {**os.environ, "XDG_CACHE_HOME": "", "HOME": ""}
    command = [sys.executable, "-m", "tests.corpus.validator"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        requests, answers = server.stdin, server.stdout

        def one(root: Path) -> dict[str, Any]:
            requests.write(f"{root}\n")
            requests.flush()
            return dict(json.loads(answers.readline()))

        yield one
        requests.close()


def _tree(root: Path) -> dict[str, tuple[int, int, bytes]]:
    found = {}
    for path in sorted(root.rglob("*")):
        state = path.lstat()
        regular = path.is_file() and not path.is_symlink()
        found[str(path)] = (state.st_mode, state.st_mtime_ns, path.read_bytes() if regular else b"")
    return found


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_bad_file_is_told_so(case: Case, tmp_path: Path, validate: Validate) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    case.lay_out(root)
    if not (root / "reconciler.yaml").exists():
        (root / "reconciler.yaml").write_text(WORKSPACE)
    before = _tree(root)
    cost = validate(root)
    said, complained = (Path(f"{root}{suffix}").read_text() for suffix in (".out", ".err"))
    assert complained == ""
    assert _tree(root) == before
    told = [
        Found(one["file"], one["code"], one.get("line", 0), one.get("column", 0), one["severity"])
        for one in json.loads(said)["findings"]
    ]
    assert sorted(told) == sorted(case.expected)
    assert cost["exit"] == (1 if any(one.severity == "error" for one in told) else 0)
    assert not any(secret in said for secret in SECRETS)
    assert cost["seconds"] < SECONDS
    assert cost["kilobytes"] < KILOBYTES


def test_the_corpus_has_every_code_that_files_can_cause() -> None:
    hit = {one.code for case in CASES for one in case.expected}
    missing = sorted(set(IN_FILES) - hit - NOT_IN_A_FILE - ELSEWHERE)
    assert not missing, f"add tests/corpus/{missing[0]}/<mistake>.yaml, as README.md there says; also: {missing[1:]}"
    assert len(hit) >= 60
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
