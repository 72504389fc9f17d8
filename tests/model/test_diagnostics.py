"""Diagnostics come in one order, as one shape of JSON, with the nearest name as a hint."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.diagnostics import Diagnostic, Severity, did_you_mean, has_errors, in_order

few = st.sampled_from(["", "a", "b"])
diagnostics = st.builds(
    Diagnostic,
    code=st.sampled_from(["x", "y"]),
    message=few,
    severity=st.sampled_from(list(Severity)),
    hint=few,
    file=few,
    line=st.integers(0, 2),
    column=st.integers(0, 1),
    address=few,
)


@given(st.lists(diagnostics, max_size=12), st.randoms(use_true_random=False))
def test_any_order_becomes_the_same_order_without_duplicates(found: list[Diagnostic], luck: random.Random) -> None:
    shuffled = [*found, *found[:3]]
    luck.shuffle(shuffled)
    assert in_order(shuffled) == in_order(found)
    assert len(in_order(found)) == len(set(found))


@given(st.lists(diagnostics, max_size=12))
def test_the_order_leaves_nothing_to_chance(found: list[Diagnostic]) -> None:
    """Whatever differs decides: two diagnostics that differ in their hint alone have their place, too."""
    found += [Diagnostic("x", "m", hint=str(number)) for number in range(9)]
    ranks = {severity: rank for rank, severity in enumerate((Severity.ERROR, Severity.WARNING, Severity.INFO))}
    by_hand = sorted(
        set(found),
        key=lambda d: (d.file, d.line, d.column, d.address, ranks[d.severity], d.code, d.message, d.hint),
    )
    assert list(in_order(found)) == by_hand


def test_place_comes_before_severity_and_errors_before_warnings() -> None:
    late = Diagnostic("a", "m", file="a.yaml", line=9)
    note = Diagnostic("a", "m", Severity.INFO, file="a.yaml", line=2)
    warning = Diagnostic("z", "m", Severity.WARNING, file="a.yaml", line=2)
    error = Diagnostic("b", "m", file="a.yaml", line=2)
    assert in_order([late, note, warning, error]) == (error, warning, note, late)


@given(diagnostics)
def test_json_leaves_out_what_does_not_apply_and_nothing_else(found: Diagnostic) -> None:
    data = json.loads(json.dumps(found.to_json()))
    assert data["severity"] == found.severity.value
    for key in ("code", "message", "hint", "file", "line", "column", "address"):
        assert data.get(key, type(getattr(found, key))()) == getattr(found, key)
    assert all(value not in ("", 0) for value in data.values())


def test_only_an_error_stops_anything() -> None:
    assert has_errors([Diagnostic("a", "m")])
    assert not has_errors([Diagnostic("a", "m", Severity.WARNING), Diagnostic("a", "m", Severity.INFO)])


def test_a_typo_gets_the_nearest_name_and_a_stranger_the_known_ones() -> None:
    assert did_you_mean("dubble", ["double", "suite"]) == "did you mean `double`?"
    assert did_you_mean("qqq", ["suite", "double"]) == "known: double, suite"
    assert did_you_mean("qqq", []) == ""
    many = did_you_mean("???", [f"room-{number:02}" for number in range(40)])
    assert many.endswith("room-11, …")
