"""Normal forms: what Expedia stores, what it cannot, and that the second time nothing changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.diagnostics import Severity
from reconciler.model.property import CREATE, Property
from reconciler.model.state import Availability, Restrictions, Value
from reconciler.providers.expedia import traits
from reconciler.providers.expedia.normal import About, normal
from reconciler.providers.remote import ids_of

from .hotels import DOCUMENT, WINDOW, address, free, hotel, price

RATES = address("rates", "double", "BAR")
RULES = address("restrictions", "double", "BAR")
PLAN = address("rate_plan", "double", "BAR")
PER_DAY = {traits.PRICING_MODEL: traits.PER_DAY}
BY_GUESTS = {traits.PRICING_MODEL: traits.PER_OCCUPANCY, traits.max_guests("30011"): "3"}


def about(where: Address, facts: Mapping[str, str], wanted: Property | None = None) -> About:
    wanted = wanted or hotel()
    return About(wanted, ids_of(wanted, "expedia", {}), where, facts)


def normal_of(where: Address, value: Value, facts: Mapping[str, str] | None = None) -> Any:
    return normal(about(where, facts or {}), value)[0]


def codes(where: Address, value: Value, facts: Mapping[str, str], wanted: Property | None = None) -> list[str]:
    return [finding.code for finding in normal(about(where, facts, wanted), value)[1]]


def always(value: Any) -> Calendar[Any]:
    return constant(WINDOW.start, WINDOW.until, value)


RULE = st.builds(
    Restrictions,
    min_stay=st.integers(1, 40),
    max_stay=st.none() | st.integers(1, 40),
    min_stay_through=st.integers(1, 3),
    max_stay_through=st.none() | st.integers(1, 3),
    closed=st.booleans(),
    closed_to_arrival=st.booleans(),
    closed_to_departure=st.booleans(),
    min_advance_days=st.none() | st.integers(0, 9),
    max_advance_days=st.none() | st.integers(0, 9),
)


@settings(max_examples=60, deadline=None)
@given(RULE, st.sampled_from([{}, {traits.max_stay("880011A"): "7"}]))
def test_restrictions_are_in_normal_form_after_the_first_time(rule: Restrictions, facts: Mapping[str, str]) -> None:
    once = normal_of(RULES, always(rule), facts)
    assert normal_of(RULES, once, facts) == once
    stored = once.at(WINDOW.start)
    assert (stored.min_stay_through, stored.max_stay_through, stored.min_advance_days) == (1, None, None)
    assert stored.min_stay <= 28
    assert stored.max_stay is None or stored.max_stay < 28


@pytest.mark.parametrize("facts", [{}, PER_DAY, BY_GUESTS, {**BY_GUESTS, traits.max_guests("30011"): "1"}])
def test_prices_are_in_normal_form_after_the_first_time(facts: Mapping[str, str]) -> None:
    once = normal_of(RATES, always(price("120.00", g1="100.00", g4="150.00")), facts)
    assert normal_of(RATES, once, facts) == once


def test_prices_by_guests_cover_every_number_the_room_takes() -> None:
    assert normal_of(RATES, always(price("120.00", g1="100.00")), BY_GUESTS) == always(
        price("120.00", g1="100.00", g3="120.00")
    )
    assert codes(RATES, always(price("120.00", g4="160.00")), BY_GUESTS) == ["guests-above-maximum"]


def test_a_hotel_priced_per_day_takes_no_prices_by_guests_and_says_so_once() -> None:
    prices = always(price("120.00", g1="100.00")).overlay(
        constant(WINDOW.start, WINDOW.start.replace(day=5), price("9.00", g1="8.00"))
    )
    assert all(run.value.guests == () for run in normal_of(RATES, prices, PER_DAY))
    (finding,) = normal(about(RATES, PER_DAY), prices)[1]
    assert (finding.code, finding.severity, finding.address) == ("guest-prices-unsupported", Severity.ERROR, str(RATES))


def test_a_plan_that_skips_what_is_unsupported_gets_warnings_instead() -> None:
    wanted = hotel()
    plans = {key: replace(plan, skip_unsupported=True) for key, plan in wanted.rate_plans.items()}
    wanted = replace(wanted, rate_plans=plans)
    (finding,) = normal(about(RATES, PER_DAY, wanted), always(price("120.00", g1="100.00")))[1]
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "facts",
    [
        {traits.PRICING_MODEL: "PerDayPricingByLengthOfStay"},
        {**PER_DAY, traits.plan_model("880011A"): "PerDayPricingByDayOfArrival"},
    ],
)
def test_another_pricing_model_is_refused_by_name(facts: Mapping[str, str]) -> None:
    assert normal_of(RATES, always(price("120.00")), facts) == Calendar()
    (finding,) = normal(about(RATES, facts), always(price("120.00")))[1]
    assert (finding.code, finding.severity) == ("pricing-model-unsupported", Severity.ERROR)
    assert "PerDayPricingBy" in finding.message


@pytest.mark.parametrize(
    ("ours", "facts", "there"),
    [
        (("sell", "inclusive"), {traits.RATES_ARE: "net exclusive"}, "net prices, tax exclusive"),
        (("sell", "inclusive"), {traits.RATES_ARE: "sell exclusive"}, "sell prices, tax exclusive"),
        (("net", "exclusive"), {traits.RATES_ARE: "sell exclusive"}, "sell prices, tax exclusive"),
        (
            ("net", "exclusive"),
            {traits.RATES_ARE: "net exclusive", traits.plan_rates_are("880011A"): "sell exclusive"},
            "sell prices, tax exclusive",
        ),
    ],
)
def test_where_prices_mean_something_else_none_is_sent(
    ours: tuple[str, str], facts: Mapping[str, str], there: str
) -> None:
    wanted = hotel(rates_basis=ours[0], rates_tax=ours[1])
    stored, findings = normal(about(RATES, {**PER_DAY, **facts}, wanted), always(price("120.00")))
    assert stored == Calendar()
    assert [(one.code, one.severity) for one in findings] == [("rates-mean-something-else", Severity.ERROR)]
    assert there in findings[0].message


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {traits.RATES_ARE: "net exclusive"},
        {traits.RATES_ARE: "sell inclusive", traits.plan_rates_are("880011A"): "net exclusive"},
    ],
)
def test_where_prices_mean_the_same_or_nothing_is_told_they_are_sent(facts: Mapping[str, str]) -> None:
    wanted = hotel(rates_basis="net", rates_tax="exclusive")
    stored, findings = normal(about(RATES, {**PER_DAY, **facts}, wanted), always(price("120.00")))
    assert (stored, findings) == (always(price("120.00")), ())


def test_a_base_price_for_another_number_of_guests_is_told() -> None:
    assert codes(RATES, always(price("1.00")), {**PER_DAY, traits.base_guests("880011A"): "1"}) == [
        "base-occupancy-differs"
    ]
    assert codes(RATES, always(price("1.00")), {**PER_DAY, traits.base_guests("880011A"): "2"}) == []


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (Restrictions(min_stay_through=2), "restriction-unsupported"),
        (Restrictions(max_stay_through=2), "restriction-unsupported"),
        (Restrictions(min_stay=29), "stay-out-of-range"),
        (Restrictions(min_stay=5, max_stay=4), "stays-contradict"),
    ],
)
def test_restrictions_that_cannot_be_said_are_findings(rule: Restrictions, code: str) -> None:
    assert code in codes(RULES, always(rule), {})


def test_lengths_of_stay_belong_to_the_hotels_switch() -> None:
    through = hotel(link={"length_of_stay": "through"})
    assert codes(RULES, free(min_stay=2), {}, through) == ["restriction-unsupported"]
    assert codes(RULES, free(min_stay_through=2), {}, through) == []


def test_advance_windows_that_change_by_night_are_told() -> None:
    mixed = free().overlay(constant(WINDOW.start, WINDOW.start.replace(day=9), Restrictions(min_advance_days=14)))
    assert codes(RULES, mixed, {}) == ["advance-window-by-night"]
    assert codes(RULES, free(min_advance_days=14), {}) == []


def test_more_units_than_expedia_takes_are_an_error() -> None:
    where = address("availability", "double")
    assert codes(where, always(Availability(5000)), {}) == ["allotment-out-of-range"]
    assert normal_of(where, always(Availability(5000)), {}) == always(Availability(4999))


def test_a_document_without_a_policy_leaves_the_one_that_is_there() -> None:
    assert "cancellation" not in normal_of(PLAN, {**DOCUMENT, "cancellation": None})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "x" * 41}, "name-shortened"),
        ({"meal_plan": "brunch"}, "meal-plan-unsupported"),
        ({"min_advance_days": 501}, "advance-window-out-of-range"),
        (
            {"cancellation": {"type": "partial", "deadline_hours": 9, "penalty_percentage": 33}},
            "cancellation-unsupported",
        ),
        (
            {"cancellation": {"type": "flexible", "deadline_hours": 9, "penalty_percentage": 0}},
            "cancellation-completed",
        ),
    ],
)
def test_what_a_plan_cannot_say_is_a_finding(change: dict[str, Any], code: str) -> None:
    assert codes(PLAN, {**DOCUMENT, **change}, {}) == [code]


def test_no_latest_booking_and_one_at_expedias_limit_are_the_same() -> None:
    assert normal_of(PLAN, {**DOCUMENT, "max_advance_days": 500}) == normal_of(PLAN, DOCUMENT)


@pytest.mark.parametrize("key", ["TOO-LONG-CODE", "sp ace", "é"])
def test_a_plan_to_be_made_needs_a_key_that_can_be_its_code(key: str) -> None:
    wanted = hotel(plans={("double", key): CREATE})
    assert codes(address("rate_plan", "double", key), DOCUMENT, {}, wanted) == ["partner-code-impossible"]


def test_a_linked_plan_has_nothing_to_compare_and_no_finding_where_git_knows() -> None:
    facts = {**PER_DAY, traits.linked("880011A"): "true"}
    assert codes(RATES, always(price("1.00")), facts) == ["linked-at-provider"]
    assert normal_of(RULES, free(), facts) == Calendar()
    assert codes(RULES, free(), facts) == []
    wanted = hotel()
    plans = {key: replace(plan, linked=frozenset({"expedia"})) for key, plan in wanted.rate_plans.items()}
    assert codes(RATES, always(price("1.00")), facts, replace(wanted, rate_plans=plans)) == []
