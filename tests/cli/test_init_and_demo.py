"""`init` lays out a workspace that is in order; `demo` tells the whole story with real output."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path

import jsonschema_rs
import pytest

from reconciler.cli.app import execute
from reconciler.load.parse import parse


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = execute(arguments)
    return code, out.getvalue(), err.getvalue()


LAID_OUT = [
    ".github/workflows/apply.yml",
    ".github/workflows/drift.yml",
    ".github/workflows/plan.yml",
    ".gitignore",
    ".vscode/extensions.json",
    ".vscode/settings.json",
    "README.md",
    "properties/_defaults.yaml",
    "reconciler.yaml",
    "schemas/defaults.json",
    "schemas/inheriting.json",
    "schemas/property.json",
    "schemas/workspace.json",
]

HOTEL = """\
# yaml-language-server: $schema=../schemas/inheriting.json
kind: Property
id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11
name: Lisbon Baixa
country: PT
currency: EUR
timezone: Europe/Lisbon
rooms: {double: {id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, units: 4}}
rate_plans: {BAR: {type: bar, cancellation: flexible-24h, rates: {double: {default: 100.00, days: {weekend: 120.00}}}}}
"""


def laid_out(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in folder.rglob("*") if file.is_file()
    }


def test_what_init_lays_out_is_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "hotels"
    code, out, _ = run("init", str(folder))
    assert code == 0
    assert "README.md" in out
    assert sorted(laid_out(folder)) == LAID_OUT
    assert run("validate", "--workspace", str(folder))[0] == 0
    assert run("schema", "--check", "--workspace", str(folder))[0] == 0
    assert run("fmt", "--check", "--workspace", str(folder))[0] == 0
    assert (folder / ".gitignore").read_text("utf-8") == ".reconciler/\n"
    assert json.loads((folder / ".vscode/extensions.json").read_text("utf-8")) == {
        "recommendations": ["redhat.vscode-yaml"]
    }
    assert "yaml.format.enable" in json.loads((folder / ".vscode/settings.json").read_text("utf-8"))


def test_pipelines_are_those_of_the_host_or_none(tmp_path: Path) -> None:
    for host, pipelines in (("gitlab", [".gitlab-ci.yml"]), ("none", [])):
        folder = tmp_path / host
        assert run("init", str(folder), "--host", host)[0] == 0
        assert [name for name in laid_out(folder) if "-ci" in name or "workflows" in name] == pipelines


def test_a_hotel_in_a_new_workspace_inherits_its_defaults(tmp_path: Path) -> None:
    assert run("init", str(tmp_path))[0] == 0
    (tmp_path / "properties" / "lisbon.yaml").write_text(HOTEL, encoding="utf-8")
    code, out, err = run("validate", "--workspace", str(tmp_path))
    assert (code, err) == (0, "")
    assert "error" not in out.replace("0 errors", "")


def test_every_yaml_file_of_a_new_workspace_points_at_its_schema_and_fits_it(tmp_path: Path) -> None:
    assert run("init", str(tmp_path))[0] == 0
    for file in (tmp_path / "reconciler.yaml", tmp_path / "properties" / "_defaults.yaml"):
        first, _, text = file.read_text("utf-8").partition("\n")
        schema = (file.parent / first.removeprefix("# yaml-language-server: $schema=")).resolve()
        data, problems = parse(text)
        assert problems == []
        assert jsonschema_rs.validator_for(json.loads(schema.read_text("utf-8"))).is_valid(data)


def test_what_is_commented_out_in_the_templates_is_sound_too(tmp_path: Path) -> None:
    assert run("init", str(tmp_path))[0] == 0
    for name in ("reconciler.yaml", "properties/_defaults.yaml"):
        file = tmp_path / name
        text = re.sub(r"^( *)# (?=( *)[a-zA-Z_]+:( |$))", r"\1", file.read_text("utf-8"), flags=re.MULTILINE)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "properties" / "lisbon.yaml").write_text(HOTEL, encoding="utf-8")
    code, out, _ = run("validate", "--workspace", str(tmp_path))
    assert code == 0, out


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "reconciler.yaml"
    settings.write_text("kind: Workspace\n", encoding="utf-8")
    code, _, err = run("init", str(tmp_path))
    assert code == 64
    assert "exists" in err
    assert laid_out(tmp_path) == {"reconciler.yaml": "kind: Workspace\n"}


@pytest.mark.parametrize("name", [name for name in LAID_OUT if name != "reconciler.yaml"])
def test_init_leaves_alone_and_names_what_is_there(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine\n", encoding="utf-8")
    code, out, _ = run("init", str(tmp_path))
    assert code == 0
    assert f"{name} exists" in out
    assert laid_out(tmp_path)[name] == "mine\n"
    assert sorted(laid_out(tmp_path)) == LAID_OUT


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
