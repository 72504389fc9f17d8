"""One plan may change so much and no more; consent is by name, and recorded."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.address import parse
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Action, Change, Label, Operation
from reconciler.policy import CHECKS, judge, refused
from tests.engine.world import price


def operation(text: str, action: Action = Action.UPDATE, label: Label = Label.NONE, **sides: Any) -> Operation:
    """An operation at an address."""
    change = Change(parse(text), action, sides.get("before"), sides.get("after", price("1.00")))
    return Operation(f"{text}#{label.value}" if label else text, change, label)


def rates(count: int, hotel: str = "h", **more: Any) -> tuple[Operation, ...]:
    """As many operations."""
    return tuple(operation(f"{hotel}/expedia/rates/double/P{number}", **more) for number in range(count))


def found(plan: tuple[Operation, ...], /, *consents: str, **limits: Any) -> list[Diagnostic]:
    """What the checks say with these limits."""
    return list(judge(plan, {"blast_radius": limits}, consents))


def test_the_limit_itself_is_allowed_and_one_more_is_not() -> None:
    assert not found(rates(3), operations=3)
    (one,) = found(rates(4), operations=3)
    assert (one.code, one.severity) == ("policy/blast_radius", Severity.ERROR)
    assert all(word in one.message for word in ("4 operations", "policies.blast_radius.operations = 3"))
    assert "--consent blast_radius" in one.hint


def test_properties_are_counted_once_each() -> None:
    plans = (*rates(3, "a"), *rates(3, "b"))
    assert not found(plans, properties=2)
    assert [one.code for one in found(plans, properties=1)] == ["policy/blast_radius"]


def test_the_defaults_hold_where_nothing_is_written() -> None:
    assert not list(judge(rates(2000), {}, ()))
    assert len(list(judge(rates(2001), {}, ()))) == 1
    assert len(list(judge(tuple(rates(1, f"h{n}")[0] for n in range(101)), {}, ()))) == 1


def test_parts_of_one_address_count_once_and_nights_that_enter_the_horizon_not_at_all() -> None:
    text = "h/expedia/availability/double"
    parts = tuple(operation(text, label=label) for label in (Label.LOWER, Label.RAISE))
    assert not found(parts, operations=1)
    assert not found(rates(9, label=Label.HORIZON), operations=0, properties=0)


@pytest.mark.parametrize("flag", ["active", "is_active", "is_enabled"])
def test_switching_off_is_a_deletion_unless_it_was_off_already(flag: str) -> None:
    text = "h/database/rate_plan/expedia/double/BAR"
    off = operation(text, before={flag: True}, after={flag: False})
    again = operation(text, before={flag: False, "name": "a"}, after={flag: False, "name": "b"})
    on = operation(text, before={flag: False}, after={flag: True})
    made = operation(text, Action.CREATE, after={flag: False})
    assert len(found((off,), deletions=0)) == 1
    assert not found((again,), deletions=0)
    assert not found((on,), deletions=0)
    assert not found((made,), deletions=0)
    assert len(found((operation(text, Action.DELETE, after=None),), deletions=0)) == 1


@pytest.mark.parametrize("limit", ["5", None, True, 5.0, [5], {}])
def test_a_limit_that_is_no_number_refuses_the_plan_instead_of_limiting_nothing(limit: Any) -> None:
    (one,) = found(rates(1), operations=limit)
    assert one.severity is Severity.ERROR
    assert "policies.blast_radius.operations" in one.message


def test_consent_is_by_name_and_shown() -> None:
    (kept,) = found(rates(4), "another_rule", operations=3)
    assert kept.severity is Severity.ERROR
    (given,) = found(rates(4), "blast_radius", operations=3)
    assert given.severity is Severity.WARNING
    assert "consent given" in given.message
    assert refused([kept]) == ("blast_radius",)
    assert refused([given]) == ()


def test_only_a_check_refuses_a_plan() -> None:
    assert refused([Diagnostic("target-failed", "m"), Diagnostic("policy/freeze", "m", Severity.WARNING)]) == ()
    assert refused([Diagnostic("policy/b", "m"), Diagnostic("policy/a", "m"), Diagnostic("policy/b", "n")]) == (
        "a",
        "b",
    )


def test_checks_are_registered_under_their_names_with_the_keys_they_know() -> None:
    assert {name: check.name for name, check in CHECKS.items()} == {name: name for name in CHECKS}
    assert set(CHECKS["blast_radius"].parameters) == {"operations", "properties", "deletions"}


def test_an_empty_plan_is_never_refused() -> None:
    assert not found((), operations=0, properties=0, deletions=0)


def test_a_slip_in_the_name_of_a_limit_refuses_and_names_the_nearest() -> None:
    (finding,) = judge((), {"blast_radius": {"opertions": 10}}, ())
    assert (finding.code, finding.hint) == ("policy/blast_radius", "did you mean `operations`?")
    assert refused([finding]) == ("blast_radius",)
