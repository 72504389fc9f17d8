"""One tree of exceptions, drawn where it lives, with the exit codes that the command line promises."""

from __future__ import annotations

import ast
import inspect

import pytest

from reconciler import errors
from reconciler.errors import ReconcilerError
from tests.architecture.source import ROOT, modules, name, text, tree

_CODES = {
    "UsageError": 64,
    "PolicyRefusedError": 3,
    "StalePlanError": 4,
    "LockedError": 5,
    "InterruptedRunError": 130,
}
_TREE = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, ReconcilerError)]
_BUILT_IN = {
    "Exception", "BaseException", "ValueError", "TypeError", "KeyError", "RuntimeError", "OSError", "LookupError",
}  # fmt: skip
_ELSEWHERE = {
    # A program of its own: it keeps the server alive beside the command, and nobody catches what it raises.
    "reconciler/store/embedded_keeper.py",
    # The sandbox shares nothing with the program: its refusals are replies of an extranet, not faults of ours.
    "reconciler/sandbox",
}


@pytest.mark.parametrize("error", _TREE, ids=lambda error: error.__name__)
def test_each_error_has_the_exit_code_of_the_command_line(error: type[ReconcilerError]) -> None:
    assert error.exit_code == _CODES.get(error.__name__, 1)


@pytest.mark.parametrize("error", _TREE, ids=lambda error: error.__name__)
def test_each_error_is_drawn_in_the_tree_and_says_what_it_is(error: type[ReconcilerError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")
    assert error.__doc__


def test_only_a_temporary_error_asks_to_be_tried_again() -> None:
    assert [error.__name__ for error in _TREE if error.retryable] == ["TemporaryError"]


def test_the_exit_codes_are_those_that_the_documentation_lists() -> None:
    documented = text(ROOT / "docs" / "commands.md")
    assert all(f"| {code} |" in documented for code in (0, 1, 2, *_CODES.values()))


def test_exceptions_are_made_in_the_one_tree_or_are_private_to_their_module() -> None:
    stray = []
    for path in modules():
        if name(path) == "reconciler/errors.py" or name(path).startswith(tuple(_ELSEWHERE)):
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
                continue
            bases = {ast.unparse(base) for base in node.bases}
            if bases & _BUILT_IN or any(base.endswith(("Error", "Exception")) for base in bases):
                stray.append(f"{name(path)}:{node.name}")
    assert stray == []
