"""`init` lays out a workspace that is in order; `demo` tells the whole story with real output."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from reconciler.cli.app import execute


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(arguments)
    return code, out.getvalue(), err.getvalue()


def test_what_init_lays_out_is_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "hotels"
    assert run("init", str(folder))[0] == 0
    assert run("validate", "--workspace", str(folder))[0] == 0
    assert run("schema", "--check", "--workspace", str(folder))[0] == 0
    assert (folder / ".gitignore").read_text("utf-8") == ".reconciler/\n"


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "reconciler.yaml"
    settings.write_text("kind: Workspace\n", encoding="utf-8")
    code, _, err = run("init", str(tmp_path))
    assert code == 64
    assert "exists" in err
    assert settings.read_text("utf-8") == "kind: Workspace\n"


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("demo") / "workspace"
    code, out, err = run("demo", "--keep", str(folder))
    assert code == 0, out + err
    return out


def test_the_demo_imports_a_hotel_that_exists_only_at_the_extranets(story: str) -> None:
    assert "aveiro-canal.yaml: 1 room, 1 rate plan" in story
    assert 'rooms: {double-room: "301001"}' in story.replace("expedia: {", "")


def test_the_demo_plans_applies_and_plans_again_with_nothing_left(story: str) -> None:
    planned, _, rest = story.partition("reconciler apply plan.json")
    assert "120.00 → 175.00" in planned
    applied, _, rest = rest.partition("$ reconciler plan")
    assert "applied." in applied
    assert "No changes." in rest.partition("$ reconciler drift")[0]


def test_the_demo_finds_both_changes_by_hand_with_their_values_and_mends_them(story: str) -> None:
    _, _, drifted = story.partition("$ reconciler drift")
    found, _, mended = drifted.partition("$ reconciler apply")
    assert "git 120.00   last applied 120.00   out there 99.00" in found
    assert "git expedia 6   last applied expedia 6   out there expedia 7" in found
    assert "2 applied." in mended
    assert "No drift." in mended
