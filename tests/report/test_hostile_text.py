"""Whatever a name or message says, it moves no cursor, hides nothing, links nobody and leaves no block of code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.model.address import Address
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Action, Change, Operation
from reconciler.model.state import Coverage
from reconciler.report import findings, lookup, markdown, plan, run, terminal
from reconciler.report.clean import clean
from reconciler.report.contract import Report
from reconciler.report.lookup import Match

from . import samples
from .samples import operation

NASTY = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x9b2J",
    "\r\n\n# heading",
    "\u202egnp.exe\u2066",
    "@maintainer and @org/team",
    "#12 GH-12 org/repo#12 !7",
    "![image](https://evil.example/x.png)",
    "[link](javascript:alert(1))",
    "<https://evil.example> https://evil.example www.evil.example",
    "<img src=x onerror=alert(1)></details>",
    "--> <!-- reconciler:plan-production -->",
    "``` `` ` ````````",
    "~~~ ~~struck~~",
    "| a | b |",
    "&lt;script&gt; &#64;maintainer",
    "**bold** _it_ $x$",
    "1. - + > = ---",
    "\ud800 \udfff \x00 \u2028 \u200b",
)
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=12), min_size=1, max_size=4).map(" ".join)
_OURS = {"<details>", "</details>", "<!--", "<b>", "</b>", "<summary>", "</summary>"}
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _plan(text: str) -> Report:
    said = Diagnostic(text or "x", text, Severity.WARNING, hint=text, address=f"{samples.HOTEL}/{text}")
    unmanaged = replace(said, code="unmanaged")
    changes = (
        operation("expedia/rate_plan/double/BAR", {"name": "a", text: 1}, {"name": text, "list": [text]}),
        operation("expedia/rate_plan/double/NEW", None, {f"field {i}": text for i in range(40)}),
    )
    elsewhere = tuple(_elsewhere(text, number) for number in range(40))
    coverage = {(samples.HOTEL, "expedia"): Coverage(1, 0, 1, 0, (text,), (text,))}
    hostile = replace(
        samples.plan(changes + elsewhere),
        findings=(said, unmanaged),
        coverage=coverage,
        environment=text,
        commit=text,
    )
    return plan.build(hostile, digest=samples.DIGEST)


def _elsewhere(text: str, number: int) -> Operation:
    """At a property with this name, one of enough to be folded."""
    at = Address(text or "x", "expedia", "rate_plan", (str(number), text))
    return Operation(str(at), Change(at, Action.CREATE, None, {"name": text}))


def _others(text: str) -> Iterator[Report]:
    yield run.build(
        replace(samples.RUN, host=text), [replace(e, detail=text, messages=(text,)) for e in samples.entries()]
    )
    yield lookup.build(text, [Match(text, text, text, text, text, text, source=text)])
    found = [Diagnostic("code", text, hint=text, file=text, line=1, column=2)]
    yield findings.build(found, excerpts={(text, 1): text})


def reports(text: str) -> list[Report]:
    return [_plan(text), *_others(text)]


@settings(max_examples=60, deadline=None)
@given(texts)
def test_a_terminal_gets_printable_lines_only(text: str) -> None:
    for report in reports(text):
        for line in terminal.render(report).split("\n"):
            assert line.isprintable(), ascii(line)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_markdown_has_no_markup_but_ours(text: str) -> None:
    for report in reports(text):
        drawn = markdown.render(report)
        for char in set(drawn) - {"\n", "\u200b"}:
            assert char.isprintable() or unicodedata.category(char) == "Zs", ascii(char)
        check(_PARSER.parse(drawn))


def no_markup_but_ours(text: str) -> None:
    """Nothing of a comment in Markdown is mark-up that somebody else put there."""
    check(_PARSER.parse(text))


def check(tokens: list[Token]) -> None:
    for token in tokens:
        assert token.type not in (
            "image",
            "link_open",
            "html_inline",
            "code_block",
            "blockquote_open",
            "s_open",
            "hr",
        ), token
        if token.type == "html_block":
            assert all(
                f"<{tag.split('>')[0]}>" in _OURS or tag.startswith("!--") for tag in token.content.split("<")[1:]
            )
            _check_references("" if token.content.startswith("<!--") else token.content)
        if token.type == "heading_open":
            assert token.tag == "h4"
        if token.type == "text":
            _check_references(token.content)
        check(token.children or [])


def _check_references(text: str) -> None:
    """Forges look for these in the text that is left after rendering."""
    for sign in ("@maintainer", "@org", "#12", "GH-12", "!7"):
        assert sign not in text


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_no_known_trick_gets_through_markdown(text: str) -> None:
    for report in reports(text):
        check(_PARSER.parse(markdown.render(report)))


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_a_code_block_ends_where_we_end_it(text: str) -> None:
    tokens = _PARSER.parse(markdown.render(_plan(text)))
    blocks = [token for token in tokens if token.type == "fence"]
    assert len(blocks) == 2
    assert sum("rate_plan/double/NEW" in block.content for block in blocks) == 1
    assert sum("rate_plan/39" in block.content for block in blocks) == 1


def test_escaped_prose_reads_as_it_was_written() -> None:
    for text in (
        "1. <b>&amp;</b> *x* _y_ rate_plan [a](b) | `c` ~d~ \\ $5",
        "- x",
        "2) y",
        "+ z",
        "www.a.example",
        "https://a.example",
    ):
        shown = _PARSER.parseInline(markdown.escape(text))[0].children or []
        assert "".join(token.content for token in shown).replace("\u200b", "") == text


def test_the_hidden_marker_cannot_be_closed_or_forged() -> None:
    assert markdown.marker("plan", "a --> @b\n<x>") == "<!-- reconciler:plan-a-b-x -->"


def test_the_marker_stays_the_same_whatever_the_plan_says() -> None:
    one, other = (markdown.render(plan.build(p, digest=d)) for p, d in ((samples.plan(), "1"), (samples.plan(()), "2")))
    assert one.splitlines()[0] == other.splitlines()[0] == "<!-- reconciler:plan-production -->"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


def test_an_escape_sequence_goes_as_a_whole() -> None:
    assert clean("a\x1b[1;31mb\x1b]0;title\x07c\x1b(Bd") == "abcd"
