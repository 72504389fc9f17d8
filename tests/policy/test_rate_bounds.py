"""No price is under a floor or above a ceiling."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reconciler.model.diagnostics import Severity
from reconciler.model.policies import Bounds, RateBounds, Selection
from reconciler.model.property import DIRECT, PlanType
from tests.policy.cases import case, costs, op, priced, said

EUR = "EUR"


def bounds(key: str = "rate_bounds", *, floor: str = "", ceiling: str = "", **selected: Any) -> Bounds:
    sides = [{EUR: Decimal(amount)} if amount else {} for amount in (floor, ceiling)]
    return Bounds(key=key, selected=Selection(**selected), floor=sides[0], ceiling=sides[1])


def found(price: str, *limits: Bounds, **changes: Any) -> list[str]:
    """What is said of a hotel that costs so much everywhere."""
    hotel = priced({DIRECT: costs(price, 0, 8)}, **changes)
    told = said(case(hotels=hotel, everything=True), "rate_bounds", RateBounds(bounds=limits))
    return [one.message for one in told if one.severity is not Severity.INFO]


@pytest.mark.parametrize(("price", "broken"), [("60.00", 0), ("59.99", 2), ("900.00", 0), ("900.01", 2)])
def test_the_bounds_themselves_are_allowed_and_a_cent_beyond_is_not(price: str, broken: int) -> None:
    assert len(found(price, bounds(floor="60.00", ceiling="900.00"))) == broken


def test_the_message_names_the_price_the_nights_and_the_key() -> None:
    (first, _) = found("12.00", bounds(floor="60.00"))
    assert first == (
        "double in BAR at booking.com costs less than policies.rate_bounds.floor.EUR = 60.00 on 8 nights from 2027-03-01, "
        "the lowest 12.00"
    )
    (first, _) = found("1200.00", bounds(ceiling="900.00"))
    assert first.endswith(
        "more than policies.rate_bounds.ceiling.EUR = 900.00 on 8 nights from 2027-03-01, the highest 1200.00"
    )


@pytest.mark.parametrize(
    ("selected", "fits"),
    [
        ({"rooms": ("doub*",)}, True),
        ({"rooms": ("suite",)}, False),
        ({"plans": ("B??",)}, True),
        ({"plans": ("NREF", "BAR")}, True),
        ({"types": ("bar",)}, True),
        ({"types": ("corporate",)}, False),
        ({"properties": ("lisbon-*",)}, True),
        ({"properties": ("porto-*",), "rooms": ("double",)}, False),
    ],
)
def test_a_bound_can_be_narrowed(selected: dict[str, Any], fits: bool) -> None:
    assert bool(found("50.00", bounds(floor="60.00", **selected))) is fits


def test_the_last_bound_that_fits_and_says_a_side_decides_it() -> None:
    general = bounds(floor="60.00", ceiling="100.00")
    lower = bounds("rate_bounds.overrides.corporate", floor="40.00", types=("corporate",))
    assert not found("45.00", general, lower, type=PlanType.CORPORATE)
    (told, _) = found("39.00", general, lower, type=PlanType.CORPORATE)
    assert "policies.rate_bounds.overrides.corporate.floor.EUR = 40.00" in told
    (told, _) = found("101.00", general, lower, type=PlanType.CORPORATE)
    assert "policies.rate_bounds.ceiling.EUR" in told


def test_a_hotel_in_a_currency_without_an_amount_is_told() -> None:
    hotel = priced({DIRECT: costs("5.00")}, currency="GBP")
    (told,) = said(case(hotels=hotel, everything=True), "rate_bounds", RateBounds(bounds=(bounds(floor="60.00"),)))
    assert told.severity is Severity.INFO
    assert "no amount in GBP" in told.message


def test_a_plan_is_judged_by_what_it_sends_and_told_once_for_provider_and_rows() -> None:
    policy = RateBounds(bounds=(bounds(floor="60.00"),))
    hotel = priced({DIRECT: costs("50.00")})
    sent = [
        op("expedia/rates/double/BAR", costs("70.00", 0, 2), costs("50.00", 0, 2)),
        op("database/rates/expedia/double/BAR", costs("70.00", 0, 2), costs("50.00", 0, 2)),
    ]
    (told,) = said(case(*sent, hotels=hotel), "rate_bounds", policy)
    assert (told.severity, told.address) == (Severity.ERROR, "lisbon-baixa/expedia/rates/double/BAR")
    assert "on 2 nights" in told.message
    away = op("expedia/rates/double/BAR", costs("50.00", 0, 2), None)
    assert not said(case(away, hotels=hotel), "rate_bounds", policy)
    assert not said(case(op("expedia/restrictions/double/BAR"), hotels=hotel), "rate_bounds", policy)
