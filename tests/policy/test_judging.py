"""Severity, consent, and what refuses: the same for every check."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Operation
from reconciler.model.policies import (
    Basis,
    BlastRadius,
    Bounds,
    CredentialAge,
    Custom,
    Freeze,
    Inventory,
    MappedShare,
    Policy,
    Protection,
    RateBounds,
    RateParity,
    RateStep,
    Rule,
    Window,
)
from reconciler.model.property import DIRECT, EXPEDIA
from reconciler.model.share import Share
from reconciler.model.state import Availability, Coverage
from reconciler.policy import CHECKS, Case, judge, refused, rules
from reconciler.policy.contract import Rotation
from tests.kinds.hotels import over
from tests.policy.cases import NOW, case, costs, op, priced, said

HOTEL = priced({DIRECT: costs("90.00"), EXPEDIA: costs("100.00")})
PLAN = (
    op("expedia/rates/double/BAR", costs("200.00"), costs("100.00")),
    op("expedia/availability/double", over(Availability(1)), over(Availability(2))),
)


def everything_wrong(*operations: Operation, **more: Any) -> Case:
    return case(
        *operations,
        hotels=HOTEL,
        coverage={("lisbon-baixa", "expedia"): Coverage(2, 1, 2, 1, ("A",), ("B",))},
        local={"lisbon-baixa": datetime(2027, 3, 1)},
        rotations=(Rotation("lisbon-baixa", "expedia", "c", NOW - timedelta(days=91), timedelta(days=90)),),
        **more,
    )


def policies(**severity: Any) -> dict[str, Policy]:
    """Every check so strict that the plan breaks it."""
    window = Window(start=datetime(2027, 1, 1), until=datetime(2028, 1, 1), **severity)
    floor = Bounds(key="rate_bounds", floor={"EUR": Decimal(150)})
    return {
        "rate_parity": RateParity(basis=Basis.PUBLIC, **severity),
        "rate_bounds": RateBounds(bounds=(floor,), **severity),
        "rate_step": RateStep(percent=Decimal(10), **severity),
        "blast_radius": BlastRadius(operations=0, **severity),
        "inventory": Inventory(protections=(Protection(key="inventory", direct=Share(Decimal(9), False)),), **severity),
        "coverage": MappedShare(**{"severity": Severity.ERROR, **severity}),
        "freeze": Freeze(windows={"year": window}),
        "credential_age": CredentialAge(**severity),
        "custom": Custom(rules={"mine": Rule(when="true", message="m", **severity)}),
    }


def by_check(found: list[Diagnostic]) -> dict[str, set[Severity]]:
    told: dict[str, set[Severity]] = {}
    for one in found:
        told.setdefault(one.code.split("/")[1], set()).add(one.severity)
    return told


@pytest.mark.parametrize("severity", Severity)
def test_every_check_has_the_severity_that_is_written(severity: Severity) -> None:
    found = list(judge(everything_wrong(*PLAN), policies(severity=severity)))
    assert by_check(found) == {check: {severity} for check in CHECKS}
    assert bool(refused(found)) is (severity is Severity.ERROR)


def test_consent_is_for_one_rule_by_its_name_and_is_shown() -> None:
    everything = set(refused(judge(everything_wrong(*PLAN), policies())))
    assert everything == set(rules(policies()))
    for rule in everything:
        found = list(judge(everything_wrong(*PLAN), policies(), [rule]))
        assert set(refused(found)) == everything - {rule}
        consented = [one for one in found if one.code == f"policy/{rule}"]
        assert consented
        assert all(one.severity is Severity.WARNING and one.message.endswith("(consent given)") for one in consented)
    assert refused(judge(everything_wrong(*PLAN), policies(), everything)) == ()


@pytest.mark.parametrize("rule", ["custom", "all", "*", "policy/rate_step", "RATE_STEP"])
def test_nothing_else_is_consent(rule: str) -> None:
    assert "rate_step" in refused(judge(everything_wrong(*PLAN), policies(), [rule]))
    assert "custom/mine" in refused(judge(everything_wrong(*PLAN), policies(), [rule]))


def test_every_refusal_names_a_key_and_how_consent_is_given() -> None:
    for one in judge(everything_wrong(*PLAN), policies()):
        rule = one.code.removeprefix("policy/")
        assert f"policies.{rule.replace('/', '.')}" in one.message or "credentials.c.rotate_every" in one.message
        assert one.hint.endswith(f"or consent to this plan with --consent {rule}")


def test_a_plan_with_nothing_to_do_is_never_refused() -> None:
    found = list(judge(everything_wrong(), policies()))
    assert refused(found) == ()
    assert {"coverage", "credential_age"} <= set(by_check(found))
    assert not any("--consent" in one.hint for one in found)


def test_of_the_files_alone_prices_and_units_are_judged_and_only_told() -> None:
    found = list(judge(everything_wrong(everything=True), policies()))
    assert {"rate_parity", "rate_bounds", "inventory"} <= set(by_check(found))
    assert {one.severity for one in found} == {Severity.WARNING}


def test_what_is_not_written_is_not_judged_but_for_the_blast_radius() -> None:
    assert not list(judge(everything_wrong(*PLAN), {}))
    many = tuple(op(f"/h{n}/expedia/rates/double/P", None, costs("1.00")) for n in range(101))
    assert refused(judge(everything_wrong(*many), {})) == ("blast_radius",)


def test_only_a_rule_refuses_a_plan() -> None:
    told = [Diagnostic("target-failed", "m"), Diagnostic("policy/freeze", "m", Severity.WARNING)]
    assert refused(told) == ()
    assert refused([Diagnostic("policy/b", "m"), Diagnostic("policy/a", "m"), Diagnostic("policy/b", "n")]) == (
        "a",
        "b",
    )


def test_checks_are_registered_under_their_names() -> None:
    assert {name: check.name for name, check in CHECKS.items()} == {name: name for name in CHECKS}


def test_the_same_case_gives_the_same_words_in_whatever_order_it_comes() -> None:
    there, back = everything_wrong(*PLAN), everything_wrong(*reversed(PLAN))
    assert set(judge(there, policies())) == set(judge(back, policies()))
    assert said(there, "rate_step", RateStep()) == said(back, "rate_step", RateStep())
