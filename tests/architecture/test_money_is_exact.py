"""Prices and counts never pass through floats, and what a plan says is never cut by one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.source import modules, name, tree

_EXACT = (
    *modules("model/calendar.py"),
    *modules("model/money.py"),
    *modules("model/property.py"),
    *modules("model/state.py"),
    *modules("kinds"),
    *modules("engine"),
    *modules("policy"),
    *modules("load"),
    *(path for path in modules("providers") if path.parent.name in ("expedia", "booking_com", "database")),
)
_ALLOWED = {
    # The parser hands over floats, and `Decimal(repr(x))` of a number whose spelling was checked is exact.
    "reconciler/load/numbers.py",
    "reconciler/load/parse.py",
    # CEL knows no decimals; in a rule a price is only compared, and two that are equal give the same double.
    "reconciler/engine/expressions.py",
    # Examples in the generated schemas.
    "reconciler/load/types.py",
}
_TIMES = {
    "reconciler/load/workspace_documents.py",
    "reconciler/load/workspace_file.py",
    "reconciler/providers/booking_com/auth.py",
}
"""Seconds of transports and tokens, not money."""


@pytest.mark.parametrize("path", sorted(set(_EXACT)), ids=name)
def test_no_money_passes_through_a_float(path: Path) -> None:
    if name(path) in _ALLOWED | _TIMES:
        return
    found = [
        f"line {node.lineno}"
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert found == []
