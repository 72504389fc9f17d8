"""Rate plans: what types imply, what a child has from its parent, restrictions field by field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reconciler.model.property import Cancellation, PlanType, Property, RatePlan
from reconciler.model.state import Restrictions
from tests.load.writing import HOTEL, TODAY, hotel

FREE = Restrictions()


def one(tmp_path: Path, plan: str) -> RatePlan:
    return hotel(tmp_path, HOTEL + f"rate_plans: {{X: {{rates: {{double: 100.00}}, {plan}}}}}\n").rate_plans["X"]


def on(here: Property, plan: str, night: date = TODAY, room: str = "double") -> Restrictions:
    return here.rate_plans[plan].restrictions[room].at(night) or FREE


@pytest.mark.parametrize(
    ("kind", "restrictions", "meal_plan", "cancellation", "qualified"),
    [
        ("bar", FREE, None, None, False),
        ("corporate", FREE, None, None, True),
        ("government", FREE, None, None, True),
        ("aaa_senior", FREE, None, None, True),
        ("bed_and_breakfast", FREE, "breakfast", None, False),
        ("half_board", FREE, "half_board", None, False),
        ("full_board", FREE, "full_board", None, False),
        ("all_inclusive", FREE, "all_inclusive", None, False),
        ("early_bird", Restrictions(min_advance_days=14), None, None, False),
        ("last_minute", Restrictions(max_advance_days=3), None, None, False),
        ("long_stay", Restrictions(min_stay=7), None, None, False),
        ("non_refundable", FREE, None, Cancellation("non_refundable", 0, 100), False),
    ],
)
def test_a_type_implies(
    tmp_path: Path,
    kind: str,
    restrictions: Restrictions,
    meal_plan: str | None,
    cancellation: Cancellation | None,
    qualified: bool,
) -> None:
    plan = one(tmp_path, f"type: {kind}")
    assert (plan.restrictions["double"].at(TODAY) or FREE) == restrictions
    assert plan.base_restrictions["double"] == restrictions
    assert (plan.meal_plan, plan.cancellation, plan.qualified) == (meal_plan, cancellation, qualified)


def test_every_type_is_known() -> None:
    assert len(PlanType) == 12


def test_what_a_type_implies_may_be_overridden(tmp_path: Path) -> None:
    assert one(tmp_path, "type: long_stay, restrictions: {min_stay: 5}").base_restrictions["double"].min_stay == 5
    assert (
        one(tmp_path, "type: early_bird, restrictions: {min_advance_days: null}").restrictions["double"].at(TODAY)
        is None
    )
    assert one(tmp_path, "type: full_board, meal_plan: brunch").meal_plan == "brunch"
    assert one(tmp_path, "type: corporate, public: true").qualified is False
    policy = "{type: partial, deadline_hours: 48, penalty_percentage: 50, late_penalty: 80%}"
    cancellation = one(tmp_path, f"type: non_refundable, cancellation: {policy}").cancellation
    assert cancellation == Cancellation("partial", 48, 50, "80%")


PARENT = """
rate_plans:
  BAR:
    type: bar
    meal_plan: breakfast
    cancellation: {type: flexible, deadline_hours: 24, penalty_percentage: 0}
    rates: {double: 100.00, suite: 200.00}
    restrictions:
      default: {min_stay: 2, max_stay: 20}
      seasons: {carnival: {min_stay: 3, closed_to_arrival: true}}
    room_restrictions: {suite: {min_stay: 4}}
"""


def test_a_child_takes_its_parents_restrictions_field_by_field_under_its_own(tmp_path: Path) -> None:
    here = hotel(tmp_path, HOTEL + PARENT + "  X: {type: bar, derive: {from: BAR}, restrictions: {max_stay: 9}}\n")
    carnival = date(2027, 2, 5)
    assert on(here, "X") == Restrictions(min_stay=2, max_stay=9)
    assert on(here, "X", carnival) == Restrictions(min_stay=3, max_stay=9, closed_to_arrival=True)
    assert on(here, "X", room="suite") == Restrictions(min_stay=4, max_stay=9)
    assert here.rate_plans["X"].base_restrictions["suite"] == Restrictions(min_stay=4, max_stay=9)


def test_a_type_wins_over_the_parent_and_own_words_over_the_type(tmp_path: Path) -> None:
    here = hotel(
        tmp_path,
        HOTEL
        + PARENT
        + "  L: {type: long_stay, derive: {from: BAR}}\n  M: {type: long_stay, derive: {from: BAR}, restrictions: {min_stay: 5}}\n",
    )
    assert on(here, "L", date(2027, 2, 5)).min_stay == 7
    assert on(here, "M").min_stay == 5


def test_a_child_may_refuse_its_parents_restrictions(tmp_path: Path) -> None:
    here = hotel(tmp_path, HOTEL + PARENT + "  X: {type: bar, derive: {from: BAR, restrictions: false}}\n")
    assert on(here, "X") == FREE


def test_a_child_has_its_parents_cancellation_and_meals_unless_it_or_its_type_says_otherwise(tmp_path: Path) -> None:
    here = hotel(
        tmp_path,
        HOTEL + PARENT + "  X: {type: bar, derive: {from: BAR}}\n  N: {type: non_refundable, derive: {from: BAR}}\n"
        "  H: {type: half_board, derive: {from: BAR}}\n",
    )
    plans = here.rate_plans
    assert plans["X"].cancellation == plans["BAR"].cancellation
    assert plans["N"].cancellation == Cancellation("non_refundable", 0, 100)
    assert [plans[key].meal_plan for key in ("X", "N", "H")] == ["breakfast", "breakfast", "half_board"]


def test_switches_of_a_plan_arrive(tmp_path: Path) -> None:
    plan = one(
        tmp_path,
        "type: bar, base: true, retired: true, on_unsupported: skip, providers: {expedia: {linked: true}}, moved: {from: OLD}",
    )
    assert (plan.base, plan.retired, plan.skip_unsupported, plan.linked) == (True, True, True, frozenset({"expedia"}))
    assert plan.moved_from == "OLD"
