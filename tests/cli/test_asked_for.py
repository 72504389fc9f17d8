"""A slip in what is asked for on the command line is told, and is never taken for "nothing to do"."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.cli.asked import check_globs, check_rules
from reconciler.errors import UsageError
from reconciler.model.policies import Custom, Rule
from tests.cli.test_init_and_demo import run

HOTEL = """\
kind: Property
id: 2d0f3a86-6d3e-4b0c-9a1f-5a8d1c6b7e01
name: Harbour House
country: PT
currency: EUR
timezone: Europe/Lisbon
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    assert run("init", str(tmp_path))[0] == 0
    (tmp_path / "properties" / "harbour-house.yaml").write_text(HOTEL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("glob", "said"),
    [
        ("*/databse/**", "there is no target `databse`"),
        ("*/databse", "there is no target `databse`"),
        ("*/expedia/rate/**", "there is no kind `rate`"),
        ("*/expedia", "one is <property>/<target>/<kind>/<key>"),
        ("rates", "one is <property>/<target>/<kind>/<key>"),
    ],
)
def test_a_glob_that_no_address_can_fit_is_wrong_usage(glob: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_globs([glob])


@pytest.mark.parametrize(
    "glob",
    [
        "**",
        "*/database/**",
        "*/*/rates/**",
        "**/rates/**",
        "lisbon-baixa/booking.com/rates/double/BAR",
        "*/e*/r*/*/*",
        "_workspace/**",
        "*/database**",
    ],
)
def test_a_glob_that_an_address_can_fit_is_taken(glob: str) -> None:
    check_globs([glob])


def test_consent_is_given_to_a_rule_that_exists() -> None:
    policies = {"custom": Custom(rules={"no-cheap-suites": Rule(when="true", message="m")})}
    check_rules(["blast_radius", "custom/no-cheap-suites"], policies)
    for slip, meant in (("blast_radios", "blast_radius"), ("custom/no-cheap-suits", "custom/no-cheap-suites")):
        with pytest.raises(UsageError, match=f"no rule `{slip}`") as told:
            check_rules([slip], policies)
        assert told.value.hint == f"did you mean `{meant}`?"


@pytest.mark.parametrize("rule", ["custom", "custom/other", "", "*"])
def test_there_is_no_consent_to_rules_at_large(rule: str) -> None:
    with pytest.raises(UsageError):
        check_rules([rule], {"custom": Custom(rules={"one": Rule(when="true", message="m")})})


@pytest.mark.parametrize("flag", ["--target", "--distrust"])
def test_a_plan_with_a_slip_in_a_glob_ends_with_wrong_usage(workspace: Path, flag: str) -> None:
    code, _, err = run("plan", "--workspace", str(workspace), flag, "*/expdia/**")
    assert (code, "did you mean `expedia`?" in err) == (64, True)


def test_a_property_that_is_not_there_is_wrong_usage_and_no_fault_of_the_files(workspace: Path) -> None:
    code, _, err = run("db", "seed", "--workspace", str(workspace), "--property", "harbor-house")
    assert (code, "did you mean `harbour-house`?" in err, "errors" in err) == (64, True, False)


def test_validate_counts_the_files_that_it_was_asked_for(workspace: Path) -> None:
    code, out, _ = run("validate", "--workspace", str(workspace), "properties")
    assert (code, out) == (0, "No findings, 2 files checked.\n")


def test_validate_refuses_a_path_without_a_file_of_the_workspace(workspace: Path) -> None:
    code, _, err = run("validate", "--workspace", str(workspace), "propertys")
    assert (code, "propertys" in err) == (64, True)


def test_credentials_that_are_not_there_are_told_before_anything_is_imported(workspace: Path) -> None:
    asked = ("--property", "new", "--expedia", "1", "--credentials", "expedia-grp")
    code, _, err = run("import", "--workspace", str(workspace), *asked)
    assert (code, "did you mean `expedia-group`?" in err) == (64, True)
    assert not (workspace / "properties" / "new.yaml").exists()


def test_current_schemas_are_told(workspace: Path) -> None:
    assert run("schema", "--check", "--workspace", str(workspace)) == (0, "The schemas are current.\n", "")


def test_validate_looks_only_at_what_a_change_can_reach(workspace: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
        subprocess.run(["git", *who, *arguments], cwd=workspace, check=True, capture_output=True)

    other = HOTEL.replace("Harbour House", "Hill House").replace("id: 2d", "id: 3d")
    bad = workspace / "properties" / "bad.yaml"
    bad.write_text(f"{other}horizn: 5\n", encoding="utf-8")
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "with a slip")
    changed = ("validate", "--workspace", str(workspace), "--changed-since", "HEAD")
    assert run("validate", "--workspace", str(workspace))[0] == 1
    assert run(*changed) == (0, "No findings, 1 file checked.\n", "")
    assert run(*changed, "properties") == (0, "No findings.\n", "")
    assert run(*changed, "propertys")[0] == 64
    bad.write_text(f"{other}horizn: 6\n", encoding="utf-8")
    code, out, _ = run(*changed)
    assert (code, "horizn" in out) == (1, True)
    assert run("validate", "--workspace", str(workspace), "--changed-since", "nowhere")[0] == 64
