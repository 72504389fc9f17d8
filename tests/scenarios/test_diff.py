"""`diff`: what two revisions of the files mean, from the files alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reconciler.cli.app import execute, program

ROOT = Path(__file__).resolve().parents[2]
LISBON = "properties/iberia/lisbon-baixa.yaml"
AS_OF = "2026-11-26T09:00:00+00:00"


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(program, ["diff", *arguments, "--workspace", str(folder), "--as-of", AS_OF])


def told(folder: Path, *arguments: str) -> Any:

    result = run(folder, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new))


@pytest.fixture
def group(tmp_path: Path) -> Path:
    for name in ("reconciler.yaml", "properties"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "as it stands")
    return tmp_path


def test_without_a_change_nothing_differs(group: Path) -> None:
    found = told(group, "HEAD")
    assert (found["changes"], found["findings"]) == ([], [])
    assert "Nothing differs" in run(group, "HEAD").output


def test_a_price_is_told_at_the_nights_and_targets_that_it_reaches(group: Path) -> None:
    edit(group, LISBON, "set: 260.00", "set: 289.00")
    changes = {change["address"]: change for change in told(group, "HEAD")["changes"]}
    there = changes["lisbon-baixa/booking.com/rates/double/BAR"]
    assert [(run["from"], run["until"], run["value"]["price"]) for run in there["before"]] == [
        ("2027-11-08", "2027-11-12", "260.00")
    ]
    assert [run["value"]["price"] for run in there["after"]] == ["289.00"]
    assert changes["lisbon-baixa/expedia/rates/double/NREF"]["after"][0]["value"]["price"] == "245.00"
    assert {address.split("/")[0] for address in changes} == {"lisbon-baixa"}
    assert "8–11 Nov 2027   4 nights   260.00 → 289.00   (+11.2%)" in run(group, "HEAD").output


def test_two_revisions_are_compared_whatever_is_in_the_working_tree(group: Path) -> None:
    git(group, "checkout", "-q", "-b", "dearer")
    edit(group, LISBON, "set: 260.00", "set: 289.00")
    git(group, "commit", "-q", "-am", "dearer")
    git(group, "checkout", "-q", "main")
    (group / LISBON).write_text("kind: [broken")
    forth, back = told(group, "main..dearer"), told(group, "dearer..main")
    assert [c["before"] for c in forth["changes"]] == [c["after"] for c in back["changes"]] != []
    assert (group / LISBON).read_text() == "kind: [broken"


def test_what_git_no_longer_names_is_told_and_is_no_change(group: Path) -> None:
    (group / "properties/japan/kyoto-gion.yaml").unlink()
    text = (group / LISBON).read_text()
    (group / LISBON).write_text(text[: text.index("  LONG:\n    name:")].replace(", LONG: create", ""))
    edit(group, LISBON, '      LONG: {double: "880041A", family: "880042A"}\n', "")
    found = told(group, "HEAD")
    assert found["changes"] == []
    assert {(f["code"], f["address"]) for f in found["findings"]} == {
        ("no-longer-in-git", "kyoto-gion"),
        ("no-longer-in-git", "lisbon-baixa"),
    }
    assert any("double/LONG, family/LONG" in f["message"] for f in found["findings"])


def test_a_new_property_is_named(group: Path) -> None:
    text = (group / "properties/_test/harbour-test.yaml").read_text()
    git(group, "rm", "-q", "properties/_test/harbour-test.yaml")
    git(group, "commit", "-q", "-m", "without")
    (group / "properties/_test").mkdir(exist_ok=True)
    (group / "properties/_test/harbour-test.yaml").write_text(text)
    found = told(group, "HEAD")
    assert [(f["code"], f["address"]) for f in found["findings"]] == [("new-in-git", "harbour-test")]
    assert {change["action"] for change in found["changes"]} == {"create"}


def test_the_exit_code_says_whether_something_differs(group: Path) -> None:
    asked = ["diff", "HEAD", "--detailed-exitcode", "--workspace", str(group), "--as-of", AS_OF]
    assert execute(asked) == 0
    edit(group, LISBON, "set: 260.00", "set: 289.00")
    assert execute(asked) == 2
    assert execute([*asked, "--property", "porto-*"]) == 0


def test_errors_in_a_revision_are_shown_and_nothing_is_compared(group: Path) -> None:
    edit(group, LISBON, "min_stay: 3", "min_stay: 0")
    git(group, "commit", "-q", "-am", "broken")
    edit(group, LISBON, "min_stay: 0", "min_stay: 3")
    assert execute(["diff", "HEAD", "--workspace", str(group), "--as-of", AS_OF]) == 1


@pytest.mark.parametrize(
    "revision", ["nowhere", "--output=x", "main..", "..main", "main...main", "HEAD:reconciler.yaml"]
)
def test_what_is_no_revision_is_wrong_usage(group: Path, revision: str) -> None:
    assert execute(["diff", "--workspace", str(group), "--", revision]) == 64


def test_a_link_in_a_revision_is_refused_and_never_followed(group: Path) -> None:
    (group / "properties/japan/elsewhere.yaml").symlink_to("/etc/passwd")
    git(group, "add", ".")
    git(group, "commit", "-q", "-m", "a link")
    (group / "properties/japan/elsewhere.yaml").unlink()
    assert execute(["diff", "HEAD", "--workspace", str(group), "--as-of", AS_OF]) == 1
