"""Numbers are exactly what was written, and both parsers read the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.load import numbers, parse
from reconciler.load.nodes import read
from tests.load.writing import BAR, HEAD, HOTEL, ROOMS

CORPUS = [
    HEAD,
    HOTEL + BAR,
    HEAD + ROOMS,
    "a: 1\n",
    "---\na: 1\n",
    "a: 1\r\nb: 2\r\n",
    "a: yes\nb: no\nc: on\nd: off\ne: y\nf: NO\n",
    "a: true\nb: True\nc: FALSE\nd: ~\ne: null\nf:\ng: Null\nh: NULL\n",
    "a: 2027-06-15\nb: 2027-06-15..2027-09-10\nc: 2027-06-15T10:00\nd: 12:30\n2027-06-15: e\n",
    "a: -15%\nb: +30.00\nc: 4..12\nd: 3..\ne: 25%\nf: 1,000\n",
    "a: 'it''s'\nb: \"x\\ty\\u00e9\"\nc: 1 2 3\n",
    "a: |\n  one\n  two\nb: >-\n  one\n  two\n\n  three\nc: plain\n  goes on\n",
    "a: [1, 2.50, x, 'y', [], {}]\nb: {c: {d: [e]}}\n",
    "101: x\n'102': y\n",
    "a: # nothing\nb: x # y\n# 1e5 !tag &anchor *alias <<\nc: 'x # y'\n",
    'a: "1e5"\nb: \'0x1F\'\nc: "*"\nd: "!_test/**"\n',
    "a: &x {b: 1.50}\nc: *x\nd: [*x, *x]\n",
    'cron: "*/15 * * * *"\n',
    "a: Bed & Breakfast\nb: 5*\nc: x!y\nd: <none>\n",
    "a: 100000000000000\nb: 0.00001\nc: -0.5\nd: 0\ne: -0\nf: 999999999999.999\n",
    "- 1\n",
    "",
    "# only a comment\n",
]


def fast(text: str) -> Any:
    return parse._exact(parse._fast.loads(text, parse_datetime=False))


@pytest.mark.parametrize("text", CORPUS)
def test_a_machine_without_the_fast_parser_reads_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, problems = parse.decode(text.encode())
    assert problems == []
    with_it = parse.parse(text)
    monkeypatch.setattr(parse, "_fast", None)
    assert parse.parse(text) == with_it
    assert with_it[1] == []


@pytest.mark.parametrize("text", [HEAD, HOTEL + BAR, CORPUS[6], CORPUS[7], CORPUS[11]])
def test_ordinary_files_take_the_fast_way(text: str) -> None:
    assert parse._AWKWARD.search(text) is None


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=4), st.integers(0, 4)
)
@settings(max_examples=150, deadline=None)
def test_a_number_is_exactly_what_was_written(number: Decimal, places: int) -> None:
    written = f"{number:.{places}f}"
    data, problems = parse.parse(f"a: {written}\nb: [{written}]\nc: {{d: {written}}}\n")
    assert problems == []
    assert data == {"a": Decimal(written), "b": [Decimal(written)], "c": {"d": Decimal(written)}}


@given(
    st.text("0123456789._+-eExXoObBaFinf", min_size=1, max_size=20),
    st.sampled_from(["a: {}\n", "[{}]", "{{b: {}}}", "- {}\n"]),
)
@settings(max_examples=400, deadline=None)
def test_no_other_spelling_ever_passes_for_a_number(token: str, around: str) -> None:
    """Whatever the fast parser would take for a number is either spelled our way or is kept from it."""
    text = around.format(token)
    if parse._AWKWARD.search(text):
        return
    try:
        loaded = parse._fast.loads(text, parse_datetime=False)
    except ValueError:
        return
    while isinstance(loaded, (dict, list)):
        loaded = next(iter(loaded.values())) if isinstance(loaded, dict) else loaded[0]
    if isinstance(loaded, (int, float)) and not isinstance(loaded, bool):
        assert numbers.is_number(token)
        assert Decimal(repr(loaded)) == Decimal(token)


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.decimals(min_value=-(10**6), max_value=10**6, places=2),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12),
)
_TREES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=12,
)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), _TREES, max_size=4))
@settings(max_examples=80, deadline=None)
def test_both_parsers_read_generated_documents_alike(tree: dict[str, Any]) -> None:
    text, problems = parse.decode((_flow(tree) + "\n").encode())
    if problems:
        return
    reading = read(text)
    careful = reading.node.data() if reading.node else None
    assert parse.parse(text) == (careful, reading.problems)


@pytest.mark.parametrize(
    "text", ["- " * 20_000, "a: " + "[" * 100_000, "\n".join(" " * i + "a:" for i in range(1_000)), "? " * 5_000]
)
def test_deep_nesting_is_refused_and_never_crashes(text: str) -> None:
    data, problems = parse.parse(text)
    assert data is None
    assert [problem.code for problem in problems] in (["too-deep"], ["yaml-syntax"])


def test_long_texts_cost_their_length() -> None:
    for text in ("a: " + "1" * 300_000 + "x\n", "a: " + "_" * 300_000 + "\n", "a: " + "1." * 150_000 + "\n"):
        assert parse._AWKWARD.search(text) is None


def test_half_a_character_is_refused() -> None:
    data, problems = parse.parse('a: "\\ud800"\n')
    assert [problem.code for problem in problems] == ["control-character"]
    assert data == {"a": ""}
