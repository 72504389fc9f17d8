"""Rules of a workspace's own, over real changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from reconciler.engine import expressions
from reconciler.engine.variables import VARIABLES, seen
from reconciler.model.calendar import on_days
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Action, Label, Operation
from reconciler.model.policies import Custom, Rule
from reconciler.model.state import Allotments, Availability, Price, Restrictions
from reconciler.policy import refused
from tests.kinds.hotels import TODAY, hotel, over
from tests.policy.cases import case, costs, op, said

RATES = op("expedia/rates/double/BAR", costs("100.00"), costs("80.00", 0, 4).overlay(costs("120.00", 4, 10)))


def found(when: str, *operations: Operation, **changes: Any) -> list[Diagnostic]:
    rule = Rule(when=when, message="not so", **changes)
    return said(case(*(operations or (RATES,)), environment="staging"), "custom", Custom(rules={"mine": rule}))


def test_a_rule_is_told_with_its_name_the_nights_and_how_to_consent() -> None:
    (told,) = found("percent < -10.0")
    assert (told.code, told.severity) == ("policy/custom/mine", Severity.ERROR)
    assert told.message == "not so (on 4 nights from 2027-03-01); policies.custom.mine"
    assert told.address == "lisbon-baixa/expedia/rates/double/BAR"
    assert told.hint.endswith("or consent to this plan with --consent custom/mine")
    assert refused([told]) == ("custom/mine",)


@pytest.mark.parametrize(
    ("when", "broken"),
    [
        ('property == "lisbon-baixa" && country == "PT" && currency == "EUR"', True),
        ('target == "expedia" && provider == "expedia" && kind == "rates"', True),
        ('environment == "staging"', True),
        ('room == "double" && plan == "BAR" && plan_type == "bar"', True),
        ('action == "update" && label == ""', True),
        ('nights == 4 && from == "2027-03-01" && until == "2027-03-05" && days_ahead == 0', True),
        ('"mon" in weekdays && "thu" in weekdays && !("fri" in weekdays)', True),
        ("has(before.price) && before.price == 100 && after.price == 80 && percent == -20", True),
        ("percent == 20.0 && nights == 6", True),
        ('from > "2027-03-05"', False),
        ("days_ahead > 4", False),
    ],
)
def test_a_rule_sees_the_change(when: str, broken: bool) -> None:
    assert bool(found(when)) is broken


def test_a_rule_sees_lines_as_plans_show_them_and_not_every_weekend_by_itself() -> None:
    weekends = on_days(TODAY, TODAY + timedelta(days=70), (4, 5), Price(Decimal("140.00")))
    week = on_days(TODAY, TODAY + timedelta(days=70), (0, 1, 2, 3, 6), Price(Decimal("120.00")))
    lines = [one.facts for one in seen(op("expedia/rates/double/BAR", None, week.overlay(weekends)), hotel(), "")]
    shown = {(line["from"], line["until"], *line["weekdays"]): line["nights"] for line in lines}
    assert shown == {
        ("2027-03-01", "2027-05-10", "mon", "tue", "wed", "thu", "sun"): 50,
        ("2027-03-05", "2027-05-09", "fri", "sat"): 20,
    }
    (told,) = found('"sat" in weekdays && after.price == 140', op("expedia/rates/double/BAR", None, weekends))
    assert "on 20 nights from 2027-03-05" in told.message


@pytest.mark.parametrize(
    ("operation", "facts"),
    [
        (
            op("database/allocation/double", None, over(Allotments(9, (("direct", 2), ("booking.com", 3)), 1))),
            {
                "provider": "",
                "room": "double",
                "plan": "",
                "after": {"units": 9, "direct": 2, "booking.com": 3, "overbooking": 1},
            },
        ),
        (
            op("booking.com/availability/suite", over(Availability(2, True)), None, Label.LOWER, action=Action.DELETE),
            {"label": "lower", "action": "delete", "before": {"allotment": 2, "closed": True}, "after": {}},
        ),
        (
            op("database/restrictions/expedia/double/BAR", None, over(Restrictions(min_stay=3))),
            {
                "target": "database",
                "provider": "expedia",
                "plan": "BAR",
                "after": {
                    "min_stay": 3,
                    "min_stay_through": 1,
                    "closed": False,
                    "closed_to_arrival": False,
                    "closed_to_departure": False,
                },
            },
        ),
        (
            op("expedia/rates/double/BAR", None, over(Price(Decimal("90.00"), ((1, Decimal("80.00")),)))),
            {"after": {"price": Decimal("90.00"), "guests": {"1": Decimal("80.00")}}, "percent": 0},
        ),
        (
            op("database/mapping/expedia/double", {"is_active": True, "x": None}, {"is_active": False}),
            {"nights": 0, "from": "", "weekdays": [], "before": {"is_active": True}, "after": {"is_active": False}},
        ),
        (
            op("/_workspace/database/schedule/rate_sync", None, {"is_enabled": True}),
            {"room": "", "country": "", "plan_type": ""},
        ),
    ],
)
def test_every_kind_shows_its_fields(operation: Operation, facts: dict[str, Any]) -> None:
    (one,) = seen(operation, None if operation.address.property == "_workspace" else hotel(), "staging")
    assert {name: one.facts[name] for name in facts} == facts
    assert set(one.facts) == set(VARIABLES)


def test_a_rule_without_an_answer_counts_as_broken() -> None:
    (told,) = found("kind != 'rates' || after.prise > 10")
    assert told.severity is Severity.ERROR
    assert "policies.custom.mine gives no answer" in told.message
    assert "prise" in told.message
    (told,) = found("1 / int(percent + 20.0) == 5")
    assert "divide by zero" in told.message


def test_a_rule_that_is_broken_in_one_place_is_asked_about_all_of_them() -> None:
    places = [op(f"expedia/rates/{room}/BAR", costs("100.00"), costs("1.00")) for room in ("double", "suite")]
    assert len(found("percent < -50", *places, RATES)) == 2


def test_each_rule_has_its_own_severity() -> None:
    assert [one.severity for one in found("true", severity=Severity.WARNING)] == [Severity.WARNING]
    assert not found("false")


def test_prices_of_any_size_are_compared_as_they_are_written() -> None:
    for text in ("0.01", "0.10", "199.99", "1234567.89", "99999999.99"):
        facts = next(seen(op("expedia/rates/double/BAR", None, costs(text)), hotel(), "staging")).facts
        assert expressions.holds(f"after.price == {text}", facts) is True
        assert expressions.holds(f"after.price < {text}", facts) is False
