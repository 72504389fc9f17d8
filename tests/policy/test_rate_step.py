"""No price of a night moves too far at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.calendar import Calendar
from reconciler.model.policies import RateStep
from reconciler.model.property import DIRECT
from reconciler.model.state import Price, Provenance
from tests.policy.cases import case, costs, op, priced, said

HOTEL = priced({DIRECT: costs("100.00")})


def found(before: Calendar[Price] | None, after: Calendar[Price] | None, percent: str = "40") -> list[str]:
    step = op("expedia/rates/double/BAR", before, after)
    return [one.message for one in said(case(step, hotels=HOTEL), "rate_step", RateStep(percent=Decimal(percent)))]


@pytest.mark.parametrize(
    ("after", "broken"), [("140.00", False), ("140.01", True), ("60.00", False), ("59.99", True), ("100.00", False)]
)
def test_the_limit_itself_is_allowed_in_both_directions_and_a_cent_more_is_not(after: str, broken: bool) -> None:
    assert bool(found(costs("100.00"), costs(after))) is broken


def test_the_message_names_the_largest_step_and_the_key() -> None:
    after = costs("145.00", 0, 2).overlay(costs("200.00", 2, 3)).overlay(costs("110.00", 3, 10))
    (told,) = found(costs("100.00"), after)
    assert told == (
        "the price of double in BAR at expedia moves by up to 100% on 3 nights from 2027-03-01 (100.00 → 200.00), "
        "more than policies.rate_step.percent = 40 allows"
    )


def test_a_step_just_beyond_the_limit_never_reads_as_within_it() -> None:
    (told,) = found(costs("100000.00"), costs("140000.01"))
    assert "40.1%" in told


def test_first_sends_and_prices_that_are_taken_away_have_no_step() -> None:
    assert not found(None, costs("1.00"))
    assert not found(costs("100.00", 0, 5), costs("1.00", 5, 10))
    assert not found(costs("100.00"), None)


def test_the_hotels_own_rows_are_judged_where_nothing_is_sent() -> None:
    rows = op("database/rates/expedia/double/BAR", costs("100.00"), costs("10.00"))
    assert len(said(case(rows, hotels=HOTEL), "rate_step", RateStep())) == 1


def test_what_a_provider_had_counts_more_than_a_row_that_lags_behind() -> None:
    rows = op("database/rates/expedia/double/BAR", costs("10.00"), costs("100.00"))
    sent = op("expedia/rates/double/BAR", costs("90.00"), costs("100.00"), provenance=Provenance.ACKNOWLEDGED)
    assert not said(case(rows, sent, hotels=HOTEL), "rate_step", RateStep())


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(1, 1000))
def test_whatever_the_prices_exactly_the_steps_beyond_the_limit_are_told(before: int, after: int, percent: int) -> None:
    told = found(costs(f"{before / 100:.2f}"), costs(f"{after / 100:.2f}"), str(percent))
    assert bool(told) is (abs(after - before) * 100 > percent * before)
