"""Whatever stands in a file, loading tells and never raises."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import load
from reconciler.load import parse
from reconciler.model.codes import IN_FILES
from tests.load.writing import NOW, write

WHOLE = Path(__file__).parent / "whole"
LISBON = "properties/iberia/lisbon-baixa.yaml"

_ODDITIES: list[Any] = [
    None, True, 0, -1, 5, Decimal("0.005"), "", "x", "create", "*", "2027-02-30", "200%", "-100%", "1..2",
    [], [None], ["sat"], [1, "2"], {}, {"default": None}, {"x": {}}, {"EUR": 5}, {"EUR": "x"}, {"USD": 5},
    {"default": {"x": 1}, "seasons": 5}, {"seasons": {"summer": None}}, {"overrides": {"a": {"set": None}}}, {"from": "BAR"},
    {"from": "suite", "change": [None]}, {"days": {"weekend": {}}}, 10**30, Decimal("1E+40"),
]  # fmt: skip


def _spots(value: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if keys:
        yield keys
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _spots(item, (*keys, key))


def _with(value: Any, keys: tuple[Any, ...], new: Any) -> Any:
    if not keys:
        return new
    if isinstance(value, list):
        return [_with(item, keys[1:], new) if number == keys[0] else item for number, item in enumerate(value)]
    return {key: _with(item, keys[1:], new) if key == keys[0] else item for key, item in value.items()}


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}": {_flow(item)}' for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, (int, Decimal)) else '"' + value + '"'


def _document(file: str) -> Any:
    return parse.parse((WHOLE / file).read_text())[0]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_file_with_anything_anywhere_is_told_about_or_loads(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([LISBON, LISBON, "properties/_defaults.yaml", "reconciler.yaml"]))
    document = _document(file)
    for _ in range(data.draw(st.integers(1, 3))):
        spot = data.draw(st.sampled_from(list(_spots(document))))
        document = _with(document, spot, data.draw(st.sampled_from(_ODDITIES)))
    with tempfile.TemporaryDirectory() as folder:
        names = [LISBON, "properties/_defaults.yaml", "reconciler.yaml"]
        files = {name: (WHOLE / name).read_text() for name in names}
        root = write(Path(folder), {**files, file: _flow(document) + "\n"})
        found = load.workspace(root, now=NOW)
    assert {one.code for one in found.diagnostics} <= set(IN_FILES)
    assert all(one.file and one.line and one.column for one in found.diagnostics)
    assert found.properties or any(one.severity == "error" for one in found.diagnostics)


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_file_of_any_bytes_is_told_about(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = write(Path(folder), {LISBON: ""})
        (root / LISBON).write_bytes(content)
        found = load.workspace(root, now=NOW)
    assert found.properties == ()
    assert {one.code for one in found.diagnostics} <= set(IN_FILES)
    assert found.diagnostics


@given(st.text("{}[]:,-?&*!|>'\"%@` \na1#<~.", max_size=40))
@settings(max_examples=300, deadline=None)
def test_a_file_of_anything_that_means_something_in_yaml_is_told_about(text: str) -> None:
    decoded, problems = parse.decode(text.encode())
    if not problems:
        data, problems = parse.parse(decoded)
        assert data is None or isinstance(data, (dict, list, str, int, Decimal, bool))
    assert {one.code for one in problems} <= set(IN_FILES)
