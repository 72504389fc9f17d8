"""The same stay is not cheaper elsewhere than parity allows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.diagnostics import Severity
from reconciler.model.plan import Operation
from reconciler.model.policies import Basis, ParityScope, RateParity
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, Manage, PlanType, Property
from reconciler.policy.rate_parity import EEA, scope
from tests.policy.cases import case, costs, op, priced, said

SCOPES = list(ParityScope)


def american(at: dict[str, Any], **changes: Any) -> Property:
    """A hotel where parity may be asked for."""
    return priced(at, country="US", **changes)


def found(hotel: Property, *operations: Operation, **parameters: Any) -> list[str]:
    """What parity says of the files, or of these operations."""
    told = said(case(*operations, hotels=hotel, everything=not operations), "rate_parity", RateParity(**parameters))
    return [one.message for one in told]


def prices(direct: str, expedia: str, booking: str) -> dict[str, Any]:
    return {DIRECT: costs(direct), EXPEDIA: costs(expedia), BOOKING: costs(booking)}


@pytest.mark.parametrize(("rival", "broken"), [("98.00", False), ("97.99", True)])
def test_the_tolerance_itself_is_allowed_and_a_cent_more_is_not(rival: str, broken: bool) -> None:
    hotel = american(prices("100.00", rival, "100.00"))
    assert bool(found(hotel, within=Decimal(2))) is broken


def test_the_message_names_both_sides_the_numbers_and_the_key() -> None:
    hotel = american(
        {**prices("100.00", "100.00", "100.00"), DIRECT: costs("100.00", 0, 5).overlay(costs("75.00", 5, 8))}
    )
    (first, second) = found(hotel, scope=ParityScope.NARROW, within=Decimal("2.50"))
    assert first == (
        "the public price of double in BAR is lower direct than at booking.com on 3 nights from 2027-03-06, by up to 25%; "
        "policies.rate_parity.within = 2.5%"
    )
    assert "than at expedia" in second


@pytest.mark.parametrize(
    ("at", "narrow", "wide"),
    [
        (("90.00", "100.00", "100.00"), {"direct"}, {"direct"}),
        (("100.00", "90.00", "100.00"), set(), {"at expedia"}),
        (("100.00", "100.00", "90.00"), set(), {"at booking.com"}),
        (("110.00", "100.00", "100.00"), set(), set()),
    ],
)
def test_narrow_looks_at_direct_and_wide_at_the_other_provider_too(
    at: tuple[str, str, str], narrow: set[str], wide: set[str]
) -> None:
    def lower(wanted: ParityScope) -> set[str]:
        told = found(american(prices(*at)), scope=wanted)
        return {message.split("is lower ")[1].split(" than ")[0] for message in told}

    assert lower(ParityScope.NONE) == set()
    assert lower(ParityScope.NARROW) == narrow
    assert lower(ParityScope.WIDE) == wide


def test_in_the_eea_bookingcom_has_no_parity_unless_the_market_says_so() -> None:
    general = RateParity(scope=ParityScope.WIDE)
    assert len(EEA) == 30
    assert {scope(general, country, BOOKING) for country in EEA} == {ParityScope.NONE}
    assert {scope(general, country, EXPEDIA) for country in EEA} == {ParityScope.WIDE}
    assert scope(general, "GB", BOOKING) is ParityScope.WIDE
    said_so = RateParity(scope=ParityScope.NONE, markets={"PT": {BOOKING: ParityScope.NARROW}})
    assert scope(said_so, "PT", BOOKING) is ParityScope.NARROW
    assert scope(said_so, "PT", EXPEDIA) is ParityScope.NONE


def test_a_rival_may_be_cheaper_than_a_provider_without_parity() -> None:
    at = prices("100.00", "100.00", "90.00")
    assert found(priced(at, country="PT"))  # Booking.com is cheaper than Expedia, which has parity there
    assert not found(priced(prices("90.00", "90.00", "100.00"), country="PT"))


@pytest.mark.parametrize("kind", [PlanType.CORPORATE, PlanType.GOVERNMENT, PlanType.AAA_SENIOR])
def test_plans_that_are_not_public_are_not_compared(kind: PlanType) -> None:
    assert not found(american(prices("90.00", "100.00", "100.00"), type=kind))


def test_the_public_price_of_a_net_rate_is_what_is_left_after_commission_turned_round() -> None:
    """85.00 net at 15% and 80.00 net at 20% are both 100.00 for guests."""
    at = prices("85.00", "80.00", "85.00")
    hotel = commissioned(american(at, rates_basis="net"), "20", "15")
    assert [one for one in found(hotel) if "not judged" not in one] == []
    dearer = commissioned(american(prices("85.00", "80.01", "85.00"), rates_basis="net"), "20", "15")
    assert any("lower at booking.com than at expedia" in one for one in found(dearer))


def test_of_net_rates_nothing_is_known_of_what_is_asked_for_direct_and_that_is_told() -> None:
    hotel = commissioned(american(prices("85.00", "85.00", "85.00"), rates_basis="net"), "15", "15")
    (told,) = said(case(hotels=hotel, everything=True), "rate_parity", RateParity(scope=ParityScope.NARROW))
    assert told.severity is Severity.INFO
    assert "direct is not judged" in told.message


def test_what_is_kept_after_commission_is_compared_where_asked_for() -> None:
    equal = commissioned(american(prices("100.00", "100.00", "100.00")), "20", "15")
    assert not found(equal)
    (told,) = found(equal, basis=Basis.NET)
    assert told.startswith("what the hotel keeps of double in BAR is lower at expedia than at booking.com")
    assert "5.9%" in told
    evened = commissioned(american(prices("100.00", "106.25", "100.00")), "20", "15")
    assert not found(evened, basis=Basis.NET)


@pytest.mark.parametrize("commission", [None, "100"])
def test_a_commission_that_is_not_known_is_told_and_not_guessed(commission: str | None) -> None:
    hotel = commissioned(american(prices("100.00", "90.00", "100.00")), commission, "15")
    told = said(case(hotels=hotel, everything=True), "rate_parity", RateParity(basis=Basis.NET))
    assert {one.severity for one in told if "expedia" in one.message} == {Severity.INFO}
    assert any("providers.expedia.commission" in one.hint for one in told)


def commissioned(hotel: Property, expedia: str | None, booking: str | None) -> Property:
    rates = {EXPEDIA: expedia, BOOKING: booking}
    links = {
        name: replace(link, commission=None if (rate := rates[name]) is None else Decimal(rate))
        for name, link in hotel.providers.items()
    }
    return replace(hotel, providers=links)


def test_a_plan_is_judged_by_the_nights_that_it_touches() -> None:
    hotel = american(
        {**prices("100.00", "100.00", "100.00"), EXPEDIA: costs("50.00", 0, 3).overlay(costs("100.00", 3, 8))}
    )
    old = op("expedia/rates/double/BAR", costs("99.00", 3, 5), costs("100.00", 3, 5))
    assert not found(hotel, old)
    onto = op("expedia/rates/double/BAR", costs("99.00", 2, 5), costs("100.00", 2, 5))
    (told,) = found(hotel, onto)
    assert "on 2027-03-03" in told
    in_rows = op("database/rates/expedia/double/BAR", costs("99.00", 2, 5), costs("100.00", 2, 5))
    assert len(found(hotel, in_rows)) == 1


def test_prices_that_git_does_not_own_and_plans_that_are_going_are_left_alone() -> None:
    at = prices("90.00", "100.00", "100.00")
    unowned = {(provider, "rates"): Manage.NO for provider in (EXPEDIA, BOOKING)}
    assert found(american(at))
    assert not found(american(at, manage=unowned))
    assert not found(american(at, retired=True))


def test_a_night_that_is_sold_on_one_side_only_is_not_compared() -> None:
    assert not found(
        american({DIRECT: costs("90.00", 0, 3), EXPEDIA: costs("100.00", 3, 6), BOOKING: costs("100.00", 6, 8)})
    )


@given(st.integers(1, 20000), st.integers(1, 20000), st.integers(0, 10000))
def test_whatever_the_prices_exactly_those_beyond_the_tolerance_are_told(ours: int, theirs: int, within: int) -> None:
    """In whole numbers: cents and hundredths of a percent."""
    at = {DIRECT: costs(f"{theirs}.00"), EXPEDIA: costs(f"{ours}.00"), BOOKING: costs(f"{ours}.00")}
    told = found(american(at), within=Decimal(within) / 100, scope=ParityScope.NARROW)
    assert bool(told) is (theirs * 10000 < ours * (10000 - within))
