"""A comment fits, however large the plan, and counts what it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.model.address import Address
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Action, Change, Operation, Plan
from reconciler.report import lookup, markdown, plan
from reconciler.report.lookup import Match

from . import samples


def _plan(properties: int, entries: int, findings: int, word: str) -> Plan:
    operations = tuple(
        Operation(
            f"{p}{e}",
            Change(
                Address(f"hotel-{p}", "expedia", "rate_plan", (f"r{e}", word)),
                Action.CREATE,
                None,
                {"name": f"{e} {word}"},
            ),
        )
        for p in range(properties)
        for e in range(entries)
    )
    found = tuple(Diagnostic("code", f"{i} {word}", Severity.ERROR, hint=word) for i in range(findings))
    return replace(samples.plan(operations), findings=found, environment=word)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 300),
    st.integers(0, 12),
    st.integers(0, 200),
    st.sampled_from(["BAR", "@" * 500, "`" * 300, "é" * 100, "\U0001f3e8" * 80, "<&" * 200]),
    st.sampled_from([markdown.SMALLEST_LIMIT, markdown.LIMIT]),
)
def test_a_comment_never_passes_its_limit(properties: int, entries: int, findings: int, word: str, limit: int) -> None:
    text = markdown.render(plan.build(_plan(properties, entries, findings, word), digest=samples.DIGEST), limit=limit)
    assert len(text.encode()) <= limit
    assert text.count("<details>") == text.count("</details>")
    fences = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]
    assert all(fence.content.startswith("+ ") for fence in fences)


def test_what_is_cut_is_counted_with_where_to_find_it() -> None:
    report = plan.build(_plan(1, 3000, 0, "BAR"), digest=samples.DIGEST)
    text = markdown.render(report, whole="the artefact `plan.json`")
    shown = text.count("\n+ expedia/rate_plan/")
    cut = re.search(r"Not shown here: ([\d,]+) entries\. All of it: the artefact `plan\.json`\.", text)
    assert cut is not None
    assert shown > 300
    assert shown + int(cut[1].replace(",", "")) == 3000


def test_the_largest_property_is_cut_and_the_small_ones_stay_whole() -> None:
    large, small = _plan(1, 3000, 0, "BAR"), samples.operations()
    text = markdown.render(plan.build(replace(large, operations=large.operations + small), digest=samples.DIGEST))
    assert "~ horizon: new nights at 2 addresses" in text
    assert "Not shown here: " in text


def test_properties_whose_heading_does_not_fit_are_counted() -> None:
    text = markdown.render(plan.build(_plan(5000, 1, 0, "BAR"), digest=samples.DIGEST))
    shown = len(re.findall(r"^#### hotel-", text, re.MULTILINE))
    cut = re.search(r"Not shown here: ([\d,]+) properties, ([\d,]+) entries", text)
    assert cut is not None
    assert shown + int(cut[1].replace(",", "")) == 5000


def test_a_small_plan_is_whole() -> None:
    text = markdown.render(plan.build(samples.plan(), digest=samples.DIGEST))
    assert "Not shown here" not in text
    assert "<details>" not in text


def test_a_long_property_is_folded_beside_others_and_later_where_it_is_alone() -> None:
    for properties, entries in ((2, 40), (1, 200)):
        text = markdown.render(plan.build(_plan(properties, entries, 0, "BAR"), digest=samples.DIGEST))
        assert f"#### hotel-0\n\n{entries} to create\n" in text
        assert f"<details><summary>{entries} entries</summary>" in text
        assert "Not shown here" not in text
    assert "<details>" not in markdown.render(plan.build(_plan(1, 40, 0, "BAR"), digest=samples.DIGEST))


def test_the_verdict_and_the_digest_come_first_however_much_follows() -> None:
    text = markdown.render(
        plan.build(replace(_plan(300, 10, 100, "BAR"), environment="production"), digest=samples.DIGEST)
    )
    _, verdict, _, facts, *_ = text.splitlines()
    assert verdict.startswith("**production · Plan: 3,000 to create, 0 to update, 0 to delete;")
    assert f"digest `{samples.DIGEST}`" in facts


def test_a_long_table_is_cut_at_whole_rows() -> None:
    matches = [Match("hotel", "expedia", f"room{i}", str(i)) for i in range(3000)]
    text = markdown.render(lookup.build("everything", matches))
    assert len(text.encode()) <= markdown.LIMIT
    assert all(line.count("|") == 9 for line in text.splitlines() if line.startswith("|"))
    assert "Not shown here" in text


def test_a_limit_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        markdown.render(plan.build(samples.plan(()), digest=samples.DIGEST), limit=1000)


def test_three_thousand_changes_at_two_hundred_properties_fit_with_verdict_worst_findings_and_every_count() -> None:
    """15 changes at each: prices of many nights in several runs, and what checks say of some of them."""
    before, after = samples.weekend("165.00", "165.00"), samples.weekend("165.00", "185.00")
    hotels = [f"hotel-{number:03}-of-the-group" for number in range(200)]
    operations = tuple(
        Operation(
            f"{hotel}/{e}",
            Change(Address(hotel, "expedia", "rates", (f"room{e}", "BAR")), Action.UPDATE, before, after),
        )
        for hotel in hotels
        for e in range(15)
    )
    steep = [
        Diagnostic("policy/rate_step", "prices move by 60%", Severity.ERROR, address=hotel) for hotel in hotels[:40]
    ]
    open_ = [Diagnostic("policy/coverage", f"room {number} is not mapped", Severity.WARNING) for number in range(300)]
    findings = (*steep, *open_)
    report = plan.build(replace(samples.plan(operations), findings=findings), digest=samples.DIGEST)
    text = markdown.render(report, whole="the report of this run", link="[Report](https://host.example/run/1)")
    assert len(text.encode()) <= markdown.LIMIT
    lines = text.splitlines()
    assert "Plan: 0 to create, 3,000 to update, 0 to delete" in lines[1]
    assert "Refused by rate_step." in text
    worst = [line for line in lines if line.startswith("- **error**")]
    assert len(worst) == 40
    for hotel in hotels:
        assert lines[lines.index(f"#### {hotel}") + 2].startswith("15 to update"), hotel
    assert "Not shown here: " in text
    assert lines[-1] == "[Report](https://host.example/run/1)"
