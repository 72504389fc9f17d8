"""Documents with comments everywhere, generated: sound YAML of our dialect in all its spellings."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import strategies as st

_KEYS = [
    "kind",
    "name",
    "rooms",
    "rate_plans",
    "BAR",
    "double",
    "default",
    "days",
    "seasons",
    "overrides",
    "nights",
    "set",
    '"*"',
    "x-1",
    "'7'",
]
_SCALARS = [
    "1", "120.00", "+30.00", "-15%", "true", "", "null", "2027-01-01..2027-01-03", "Lisbon Baixa", '"30011"', "'it''s'", '"a # b"',
    "'# no comment'", '"\\u00e9 \\"q\\""', "Bed & Breakfast", "a#b", "http://x.example/#y", "café",
]  # fmt: skip
_WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=12)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text; every comment in it is `# cN` with a number of its own, and perhaps more words."""
    numbers = iter(range(10_000))

    def comment() -> str:
        words = re.sub(r"[^\w ]", "", draw(_WORDS)).strip()
        return f"# c{next(numbers)} {words}".rstrip()

    lines = ["kind: Property"]
    if draw(st.booleans()):
        lines[:0] = [comment(), ""]
    lines += _mapping(draw, comment, 0, 0)
    if draw(st.booleans()):
        lines += ["", comment()]
    return "\n".join(lines) + "\n"


def _mapping(draw: st.DrawFn, comment: Callable[[], str], indent: int, depth: int) -> list[str]:
    step = draw(st.sampled_from([2, 2, 4]))
    keys = draw(
        st.lists(st.sampled_from([k for k in _KEYS if depth or k != "kind"]), min_size=1, max_size=4, unique=True)
    )
    lines: list[str] = []
    for key in keys:
        if draw(st.integers(0, 3)) == 0:
            lines += [""] * draw(st.integers(0, 2))
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            lines.append(" " * indent + comment())
        lines += _entry(draw, comment, key, indent, step, depth)
    if draw(st.integers(0, 4)) == 0:
        lines.append(" " * indent + comment())
    return lines


def _entry(draw: st.DrawFn, comment: Callable[[], str], key: str, indent: int, step: int, depth: int) -> list[str]:
    beside = f"{' ' * draw(st.integers(1, 3))}{comment()}" if draw(st.integers(0, 3)) == 0 else ""
    head = f"{' ' * indent}{key}:"
    form = draw(
        st.sampled_from(["scalar", "scalar", "flow", "block", "list", "long"] if depth < 3 else ["scalar", "flow"])
    )
    if form == "scalar":
        return [f"{head} {draw(st.sampled_from(_SCALARS))}".rstrip() + beside]
    if form == "flow":
        return [f"{head} {_flow(draw, 0)}{beside}"]
    if form == "block":
        return [head + beside, *_mapping(draw, comment, indent + step, depth + 1)]
    if form == "list":
        items = draw(st.lists(st.sampled_from(["a", "1.50", '"7"', "{b: 1}"]), min_size=1, max_size=3))
        return [head + beside, *(f"{' ' * (indent + step)}- {item}" for item in items)]
    inner = " " * (indent + step)
    keys = draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True))
    body = [
        f"{inner}{one}: {draw(st.sampled_from(['1', '[x, y]', '{z: 2}']))},{'  ' + comment() if draw(st.booleans()) else ''}"
        for one in keys
    ]
    return [f"{head} {{", *body, " " * indent + " }" + beside]


def _flow(draw: st.DrawFn, depth: int) -> str:
    form = draw(st.sampled_from(["[]", "{}", "list", "mapping"]))
    if form == "list":
        return "[" + ", ".join(draw(st.lists(st.sampled_from(["a", "fri", '"1"', "2"]), min_size=1, max_size=4))) + "]"
    if form == "mapping":
        keys = draw(
            st.lists(st.sampled_from(["min", "max", "default", "long-name"]), min_size=1, max_size=4, unique=True)
        )
        value = [
            _flow(draw, depth + 1)
            if depth < 2 and draw(st.booleans())
            else draw(st.sampled_from(["1", "a b", "+3%", '"x, y"']))
            for _ in keys
        ]
        return "{" + ", ".join(f"{key}: {one}" for key, one in zip(keys, value, strict=True)) + "}"
    return form


def comments(text: str) -> list[str]:
    """The comments of a generated text, in any order."""
    return sorted(found.rstrip() for found in re.findall(r"# c\d+(?: [^\n]*)?", text))
