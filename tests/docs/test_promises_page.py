"""docs/promises.md: every test that it names exists, and nothing that was promised is left out."""

from __future__ import annotations

import ast
import re

import pytest

from reconciler.cli.app import COMMANDS
from reconciler.load.documents import PropertyDoc
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.policy import CHECKS
from tests.docs.pages import ROOT, headings, page
from tests.docs.test_reference_pages import leaves
from tests.docs.test_yaml_page import keys

PROMISES = page("docs/promises.md")
NAMED = sorted(set(re.findall(r"`(tests/[\w./]+)::(\w+)`", PROMISES)))
ROADMAP = PROMISES.partition("\n## Roadmap\n")[2]


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def rows() -> list[str]:
    return [line for line in PROMISES.partition("\n## Roadmap\n")[0].splitlines() if line.startswith("| ")]


def test_every_line_has_a_test_or_a_line_of_the_roadmap() -> None:
    headers = ("| no. ", "| promise ", "| key ", "| command ", "| kind ", "| --- ")
    lines = [line for line in rows() if not line.startswith(headers)]
    assert [line for line in lines if "::" not in line and "planned: [" not in line] == []


def test_every_planned_thing_is_on_the_roadmap() -> None:
    planned = set(re.findall(r"planned: \[([^\]]+)\]", PROMISES))
    listed = set(re.findall(r"^\| [\d.]+ \| ([^|]+) \|", ROADMAP, re.MULTILINE))
    assert planned == listed


def test_every_number_of_safety_is_there() -> None:
    numbers = re.findall(r"^(\d+)\. ", page("docs/safety.md"), re.MULTILINE)
    assert len(numbers) == 12
    assert set(numbers) <= set(re.findall(r"^\| (\d+) \|", PROMISES, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "model"), [("Keys of a property", PropertyDoc), ("Keys of the workspace", WorkspaceDoc)]
)
def test_every_key_of_the_language_is_there(heading: str, model: type[PropertyDoc] | type[WorkspaceDoc]) -> None:
    section = PROMISES.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([\w.]+)`", section))
    assert set(keys(model)) - named - {"kind", "expedia", "booking.com"} == set()


def test_every_check_is_there() -> None:
    assert [check for check in CHECKS if f"`{check}`" not in PROMISES] == []


def test_every_command_is_there() -> None:
    section = PROMISES.partition("\n## Commands\n")[2].partition("\n## ")[0]
    named = {leaf for name in COMMANDS for leaf in leaves(name)}
    assert {leaf for leaf in named if f"`{leaf}`" not in section and f"`{leaf} list`" not in section} == set()


def test_every_exit_code_has_its_test() -> None:
    section = PROMISES.partition("\n## Flags, formats, exit codes\n")[2].partition("\n## ")[0]
    assert all(
        re.search(rf"^\| [^|]*\b{code}\b[^|]*\| `tests/", section, re.MULTILINE) for code in (0, 1, 2, 3, 4, 5, 64, 130)
    )


def test_the_page_has_its_sections() -> None:
    assert {"Safety", "Keys of a property", "Keys of the workspace", "Commands", "Roadmap"} <= set(headings(PROMISES))
