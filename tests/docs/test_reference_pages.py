"""The pages that follow the program: commands, providers, database; and that links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from reconciler.cli.app import COMMANDS
from reconciler.kinds import KINDS
from reconciler.store.expected import TABLES
from reconciler.wiring import CAPABILITIES
from tests.docs.generate import PAGES, command, generated
from tests.docs.pages import DOCS, ROOT, anchor, headings, page, without_blocks

TEXTS = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(f"docs/{path.name}" for path in sorted(DOCS.glob("*.md"))),
]
HOTEL_TABLES = {name: columns for name, columns in TABLES.items() if name.startswith("public.")}


@pytest.mark.parametrize("name", PAGES)
def test_the_generated_parts_are_current(name: str) -> None:
    text = page(f"docs/{name}")
    assert generated(text) == text, "run `python -m tests.docs.generate`"


def test_every_target_has_its_table() -> None:
    text = page("docs/providers.md")
    assert {name for name in CAPABILITIES if f"<!-- generated: {name} -->" in text} == set(CAPABILITIES)
    assert all(f"| `{kind}` |" in text for kind in KINDS)


def leaves(name: str) -> Iterator[str]:
    found = command(name)
    if isinstance(found, click.Group):
        yield from (f"{name} {inner}" for inner in found.commands)
    else:
        yield name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_its_flags_and_an_example(name: str) -> None:
    text = page("docs/commands.md")
    assert name in headings(text)
    assert all(f"<!-- flags: {leaf} -->" in text for leaf in leaves(name))
    section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert re.search(rf"^(?:\$ )?(reconciler {name}|make {name}|curl)", section, re.MULTILINE)


def test_every_exit_code_is_explained() -> None:
    text = page("docs/commands.md")
    assert all(f"| {code} |" in text for code in (0, 1, 2, 3, 4, 5, 64, 130))


@pytest.mark.parametrize("table", HOTEL_TABLES)
def test_every_column_of_the_hotels_tables_is_explained(table: str) -> None:
    name = table.removeprefix("public.")
    section = page("docs/database.md").partition(f"\n### `{name}`\n")[2].partition("\n#")[0]
    described = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    assert described >= set(TABLES[table])


def test_every_table_of_our_own_is_named() -> None:
    text = page("docs/database.md")
    assert [name for name in TABLES if name.startswith("reconciler.") and f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_blocks(page(name))):
        if not target.startswith(("http://", "https://")):
            assert _reachable(name, target), target


def _reachable(name: str, target: str) -> bool:
    path, _, fragment = target.partition("#")
    file = (ROOT / name).parent / path if path else ROOT / name
    if not file.exists():
        return False
    return not fragment or fragment in {anchor(heading) for heading in headings(file.read_text(encoding="utf-8"))}


def test_every_page_is_reachable_from_the_readme() -> None:
    text = page("README.md")
    assert [path.name for path in DOCS.glob("*.md") if f"docs/{path.name}" not in text] == []


def test_every_environment_variable_that_is_read_is_explained() -> None:
    read = re.compile(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"|\"(OTA_[A-Z_]+|RECONCILER_[A-Z_]+)\"")
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "reconciler").rglob("*.py"))
    names = {name for found in read.findall(code) for name in found if name}
    assert "DATABASE_URL" in names
    assert {name for name in names if f"`{name}`" not in page("docs/database.md")} == set()
