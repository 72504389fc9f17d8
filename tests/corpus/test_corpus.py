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

import reconciler
from reconciler.model.codes import ASKED, CODES, IN_FILES
from reconciler.policy import CHECKS
from tests.corpus.cases import HERE, WORKSPACE, Case, Found, cases

CASES = cases()
SECONDS, KILOBYTES = 2.0, 256 * 1024
PACKAGE = Path(reconciler.__file__).parent
SECRETS = ("hunter2", "4711815")
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


def test_the_corpus_has_every_code_that_files_can_cause_and_no_other() -> None:
    hit = {one.code for case in CASES for one in case.expected}
    missing = sorted(set(IN_FILES) - hit)
    assert not missing, f"add tests/corpus/{missing[0]}/<mistake>.yaml, as README.md there says; also: {missing[1:]}"
    assert hit == set(IN_FILES)
    assert len(hit) >= 60
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_case_lies_under_its_code(case: Case) -> None:
    assert any(case.name.startswith(f"{one.code}/") for one in case.expected)


def test_what_loading_and_validating_give_is_what_files_can_cause() -> None:
    given = [*(PACKAGE / "load").rglob("*.py"), PACKAGE / "runtime/validating.py"]
    told = {code for path in given for code in CODES if f'"{code}"' in path.read_text(encoding="utf-8")}
    assert len(told) >= 60
    assert told - set(IN_FILES) - set(ASKED) == set()


def test_every_check_was_asked_about_files_alone() -> None:
    asked = (HERE / "policy/rate_bounds/with-every-check/reconciler.yaml").read_text(encoding="utf-8")
    assert [check for check in CHECKS if f"\n  {check}:" not in asked] == []
