"""Modules and functions stay small enough to be read."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

import pytest

from tests.architecture.source import functions, modules, name, text, tree

_MODULE_LIMIT = 400
_LONGER_MODULES: dict[str, str] = {}
"""Modules over the limit, each with its reason."""


def test_modules_have_fewer_than_400_lines_or_a_reason() -> None:
    too_long = {name(path): len(text(path).splitlines()) for path in modules()}
    assert {
        path: lines for path, lines in too_long.items() if lines >= _MODULE_LIMIT and path not in _LONGER_MODULES
    } == {}


def test_no_reason_is_kept_for_a_module_that_is_short_by_now() -> None:
    lengths = {name(path): len(text(path).splitlines()) for path in modules()}
    assert [path for path in _LONGER_MODULES if lengths.get(path, 0) < _MODULE_LIMIT] == []


def test_99_of_100_functions_have_50_lines_at_most_and_none_has_more_than_100() -> None:
    sized = sorted((length, f"{name(path)}:{called}") for path in modules() for called, length in functions(path))
    lengths = [length for length, _ in sized]
    assert lengths[int(len(lengths) * 0.99)] <= 50, sized[-20:]
    assert lengths[-1] <= 100, sized[-1]


def test_the_median_function_has_at_most_8_lines() -> None:
    assert median(length for path in modules() for _, length in functions(path)) <= 8


@pytest.mark.parametrize("path", modules(), ids=name)
def test_every_module_says_why_it_exists(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_public_functions_and_classes_of_the_core_are_described() -> None:
    silent = [
        f"{name(path)}:{node.name}"
        for folder in ("model", "kinds", "engine", "policy", "errors.py")
        for path in modules(folder)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
