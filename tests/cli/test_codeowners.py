"""Who has to agree to a change of which hotels."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.app import execute

ROOT = Path(__file__).parents[2]
USUAL = ("--team", "@acme/{folder}", "--rules", "@acme/platform")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = execute(["codeowners", "--workspace", str(ROOT), *USUAL, *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_each_folder_has_its_people_and_rules_have_those_who_answer_for_all(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--folder", "iberia=@acme/lisbon @anna")
    assert code == 0
    lines = [line.split(maxsplit=1) for line in out.splitlines() if not line.startswith("#")]
    assert lines[0] == ["*", "@acme/platform"]
    said = {path: owners.strip() for path, owners in lines}
    assert said["/properties/iberia/"] == "@acme/lisbon @anna"
    assert said["/properties/japan/"] == "@acme/japan"
    rules = ["/reconciler.yaml", "/properties/_defaults.yaml", "/.github/", "/.gitlab-ci.yml", "/CODEOWNERS"]
    assert [path for path, _ in lines[-len(rules) :]] == rules, "what stands last decides"
    assert all(said[path] == "@acme/platform" for path in rules)


def test_it_is_written_and_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(tmp_path / ".github/CODEOWNERS")
    assert run(capsys, "--check", file)[0] == 1
    assert run(capsys, "--write", file)[0] == 0
    assert run(capsys, "--check", file)[0] == 0
    assert run(capsys, "--check", file, "--folder", "iberia=@x")[0] == 1


@pytest.mark.parametrize("wrong", ["anna", "@", "@a\n* @evil", "a b", "@a/{other}"])
def test_an_owner_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], wrong: str) -> None:
    code, out, err = run(capsys, "--folder", f"iberia={wrong}")
    assert (code, out) == (64, "")
    assert "is no owner" in err


def test_a_folder_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "--folder", "iberja=@acme/lisbon")
    assert (code, "did you mean `iberia`?" in err) == (64, True)
