"""docs/codes.md: a section for every code that the program can give, and examples that give it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.codes import CODES as CATALOGUE
from reconciler.policy import CHECKS
from tests.docs.pages import Block, base_property, base_workspace, blocks, headings, load, page, replaced

CODES = page("docs/codes.md")
SECTIONS = set(headings(CODES))
ROOT = Path(__file__).resolve().parents[2] / "reconciler"

KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")
SINGLE_WORDS = frozenset({"tab", "tag", "directive", "symlink", "unmanaged"})
NO_CODES = frozenset(
    """utf-8 utf-8-sig content-encoding content-type accept-encoding accept-version retry-after x-gzip rev-parse local-sandbox
    json-into host-only user-agent request-id transaction-id ls-files ls-tree cat-file name-only exclude-standard end-of-options
    merge-tree merge-base read-tree write-tree commit-tree hash-object update-index""".split()
)
"""Words of that form that are something else: headers, encodings, arguments of other programs."""

COMPOSED = ("unknown-", "no-code-for-")
"""Codes that are put together from a beginning and a name."""

ELSEWHERE = ("sandbox", "cli", "report", "web", "wiring")
"""Parts that give no codes of their own."""


def told(kind: str) -> list[Block]:
    return blocks(CODES, f"yaml {kind}")


def name(block: Block) -> str:
    return f"{block.heading}, line {block.line}"


def codes_of(found: list[tuple[str, str]]) -> set[str]:
    return {code for code, _ in found}


def code_strings() -> Iterator[tuple[str, str]]:
    """Every text in the program that has the form of a code, with the module it stands in."""
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT)
        if module.parts[0] in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for argument in arguments(node):
                if KEBAB.fullmatch(argument) or argument in SINGLE_WORDS:
                    yield argument, str(module)


def arguments(node: ast.AST) -> Iterator[str]:
    """Texts that are handed to a call, or given a name in capitals."""
    values: list[ast.expr] = []
    if isinstance(node, ast.Call):
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id.isupper():
        values = [node.value]
    for value in values:
        for one in (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def test_every_code_has_a_section() -> None:
    known = SECTIONS | NO_CODES
    missing = sorted({f"{code} ({module})" for code, module in code_strings() if code not in known})
    assert missing == []


def test_the_catalogue_has_every_code_and_no_other() -> None:
    """Where a code is missing: add its rule to reconciler/model/codes.py and its section to docs/codes.md."""
    sections = {heading for heading in SECTIONS if re.fullmatch(r"[a-z/_-]+[a-z0-9/_-]*", heading)}
    assert set(CATALOGUE) - sections == {"not-utf-8"} - sections
    assert sections - set(CATALOGUE) == set()


def test_every_kind_of_unknown_name_has_a_section() -> None:
    """`problems.unknown("rate plan", ...)` gives the code `unknown-rate-plan`."""
    kinds = set()
    for path in (ROOT / "load").glob("*.py"):
        kinds |= set(re.findall(r'\.unknown\(\s*"([a-z ]+)"', path.read_text(encoding="utf-8")))
    assert kinds
    assert {f"unknown-{kind.replace(' ', '-')}" for kind in kinds} - SECTIONS == set()


def test_every_check_has_a_section() -> None:
    assert {f"policy/{check}" for check in CHECKS} <= SECTIONS


def test_no_section_is_about_a_code_that_nothing_gives() -> None:
    known = {code for code, _ in code_strings()} | {f"policy/{check}" for check in CHECKS}
    sections = {heading for heading in SECTIONS if re.fullmatch(r"[a-z/_-]+", heading)}
    assert {s for s in sections if s not in known and not s.startswith(COMPOSED)} == set()


@pytest.mark.parametrize("block", told("refused"), ids=name)
def test_an_example_of_a_property_is_refused_with_the_code_of_its_section(block: Block, tmp_path: Path) -> None:
    loaded = load(tmp_path, hotel=replaced(base_property(), block.text))
    assert block.heading in {d.code for d in loaded.diagnostics}


@pytest.mark.parametrize("block", told("refused-file"), ids=name)
def test_an_example_of_a_file_is_refused_with_the_code_of_its_section(block: Block, tmp_path: Path) -> None:
    assert block.heading in {d.code for d in load(tmp_path, hotel=block.text).diagnostics}


@pytest.mark.parametrize("block", told("refused-workspace"), ids=name)
def test_an_example_of_the_workspace_is_refused_with_the_code_of_its_section(block: Block, tmp_path: Path) -> None:
    found = load(tmp_path, settings=replaced(base_workspace(), block.text)).diagnostics
    assert block.heading in {d.code for d in found}


@pytest.mark.parametrize("block", told("refused"), ids=name)
def test_a_refusal_says_where(block: Block, tmp_path: Path) -> None:
    loaded = load(tmp_path, hotel=replaced(base_property(), block.text))
    finding = next(d for d in loaded.diagnostics if d.code == block.heading)
    assert finding.file.startswith(("properties/", "reconciler.yaml"))
    assert finding.line > 0
