"""docs/policies.md: every example is planned, and says what the page says. With REWRITE_SESSIONS=1 the page is rewritten instead."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reconciler.engine.diff import diff
from reconciler.engine.planner import operations
from reconciler.engine.variables import VARIABLES
from reconciler.kinds import KINDS
from reconciler.kinds.contract import Setting
from reconciler.load import Loaded
from reconciler.model.address import DATABASE
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Operation
from reconciler.model.property import PROVIDERS, Manage, Property
from reconciler.model.state import Coverage, Desired, Observed
from reconciler.model.workspace import Environment, Workspace
from reconciler.policy import CHECKS, Case, judge
from reconciler.policy.contract import Rotation
from tests.docs.pages import DOCS, NOW, base_property, base_workspace, blocks, headings, load, page, replaced

PAGE = DOCS / "policies.md"
HOTEL = "harbour-house"
COVERED = Coverage(3, 2, 3, 2, ("Attic",), ("Attic BAR",))
ROTATIONS = tuple(
    Rotation(HOTEL, provider, f"{name}-group", NOW - timedelta(days=days), timedelta(days=90))
    for provider, name, days in (("expedia", "expedia", 100), ("booking.com", "booking-com", 80))
)
AROUND: dict[str, dict[str, Any]] = {
    "coverage": {"coverage": {(HOTEL, "expedia"): COVERED}},
    "credential_age": {"rotations": ROTATIONS},
}
"""What examples speak of beside the files."""


def section(text: str, check: str) -> str:
    return text.partition(f"\n## {check}\n")[2].partition("\n## ")[0]


def wanted(hotel: Property) -> Desired:
    setting = Setting(Environment("production"), Workspace({}, {}))
    found = {}
    for target in (DATABASE, *PROVIDERS):
        for kind in KINDS.values():
            build = kind.database if target == DATABASE else kind.provider
            found.update(dict(build(hotel, target, setting)))
    return found


def planned(before: Property, after: Property) -> tuple[Operation, ...]:
    """What a plan has to do where everything is as `before` wants it."""
    there = {address: Observed(value) for address, value in wanted(before).items()}
    changes = diff(wanted(after), there, manages=lambda _: Manage.YES, exact=lambda address: address.target == DATABASE)
    return operations(list(changes), {})


def files(folder: Path, check: str) -> Loaded:
    """The small hotel with what the section changes, in a workspace with the section's policy."""
    (policy,) = blocks(section(page("docs/policies.md"), check), "yaml workspace")
    changed = "".join(block.text for block in blocks(section(page("docs/policies.md"), check), "yaml property"))
    settings = replaced(base_workspace(), policy.text)
    return load(folder, hotel=replaced(base_property(), changed), settings=settings)


def told(folder: Path, check: str) -> list[Diagnostic]:
    loaded = files(folder / "after", check)
    assert [f"{d.file}:{d.line} {d.message}" for d in loaded.diagnostics if d.severity is Severity.ERROR] == []
    (after,) = loaded.properties
    (before,) = load(folder / "before").properties
    todo = planned(before, after)
    if check in AROUND:
        todo = planned(before, before) or (Operation("x", next(iter(planned_anything(before))).change),)
    local = NOW.astimezone(ZoneInfo(after.timezone)).replace(tzinfo=None)
    case = Case(todo, {HOTEL: after}, NOW, local={HOTEL: local}, **AROUND.get(check, {}))
    return [d for d in judge(case, loaded.workspace.policies) if d.code.startswith(f"policy/{check}")]


def planned_anything(hotel: Property) -> Iterator[Operation]:
    """Operations that no check is about."""
    yield from operations(list(diff(wanted(hotel), {}, manages=lambda _: Manage.YES, exact=lambda _: False)), {})


def written(found: list[Diagnostic]) -> str:
    lines = [
        f"{d.address + ': ' if d.address else ''}{d.severity}[{d.code}]: {d.message}\n    hint: {d.hint}\n"
        for d in found
    ]
    return "".join(lines)


@pytest.mark.parametrize("check", CHECKS)
def test_the_example_of_a_check_is_refused_as_the_page_says(check: str, tmp_path: Path) -> None:
    found = told(tmp_path, check)
    assert any(d.severity is Severity.ERROR for d in found), "the example shows a refusal"
    text = PAGE.read_text(encoding="utf-8")
    (shown,) = blocks(section(text, check), "text")
    if os.environ.get("REWRITE_SESSIONS"):
        here = section(text, check)
        fresh = re.sub(r"```text\n.*?```", lambda _: f"```text\n{written(found)}```", here, flags=re.DOTALL)
        PAGE.write_text(text.replace(here, fresh), encoding="utf-8")
    else:
        assert shown.text == written(found), "REWRITE_SESSIONS=1 rewrites the page"


def test_every_check_has_a_section_that_names_its_keys() -> None:
    text = page("docs/policies.md")
    assert set(CHECKS) <= set(headings(text))
    for check in CHECKS:
        assert f"[{check}](#{check})" in text


def test_every_variable_of_a_rule_is_listed() -> None:
    rows = "".join(
        f"| `{name}` | {type_.replace('dyn', 'any')} | {is_} |\n" for name, (type_, is_) in VARIABLES.items()
    )
    text = PAGE.read_text(encoding="utf-8")
    head = "<!-- variables -->\n| variable | type | is |\n| --- | --- | --- |\n"
    if os.environ.get("REWRITE_SESSIONS"):
        fresh = re.sub(
            re.escape(head) + ".*?<!-- end -->", lambda _: f"{head}{rows}<!-- end -->", text, flags=re.DOTALL
        )
        PAGE.write_text(fresh, encoding="utf-8")
    else:
        assert f"{head}{rows}<!-- end -->" in text


def test_an_instant_is_what_the_page_says() -> None:
    assert NOW.date() == datetime(2026, 11, 24).date()
    assert "On 24 November" in page("docs/policies.md")
