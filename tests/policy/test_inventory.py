"""Units that stay the hotel's own, a limit to overbooking, and no more on sale than there is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.plan import Operation
from reconciler.model.policies import Inventory, Protection, Selection
from reconciler.model.property import Property
from reconciler.model.share import Share
from reconciler.model.state import Allotments, Availability, Counts
from tests.kinds.hotels import hotel, over
from tests.policy.cases import case, op, said


def units(text: str) -> Share:
    return Share(Decimal(text.removesuffix("%")), percent=text.endswith("%"))


def allotted(direct: int, expedia: int, booking: int, overbooking: int = 0, of: int = 10) -> Any:
    return over(Allotments(of, (("direct", direct), ("booking.com", booking), ("expedia", expedia)), overbooking))


def with_double(allocation: Any) -> Property:
    return hotel(allocation={"double": allocation})


def policy(key: str = "inventory", direct: str = "", overbooking: str = "", **selected: Any) -> Protection:
    return Protection(
        key=key,
        selected=Selection(**selected),
        direct=units(direct) if direct else None,
        overbooking=units(overbooking) if overbooking else None,
    )


def found(made: Property, *limits: Protection) -> list[str]:
    """What is said of the files."""
    told = said(case(hotels=made, everything=True), "inventory", Inventory(protections=limits))
    return [one.message for one in told]


@pytest.mark.parametrize(
    ("direct", "limit", "broken"),
    [(2, "2", False), (1, "2", True), (2, "25%", False), (1, "25%", True), (0, "9%", False), (0, "0", False)],
)
def test_the_units_kept_for_direct_are_enough_or_not(direct: int, limit: str, broken: bool) -> None:
    assert bool(found(with_double(allotted(direct, 4, 4)), policy(direct=limit))) is broken


def test_of_fewer_units_than_are_to_be_kept_all_are() -> None:
    assert not found(with_double(allotted(1, 0, 0, of=1)), policy(direct="2"))
    assert found(with_double(allotted(0, 1, 0, of=1)), policy(direct="2"))


@pytest.mark.parametrize(
    ("has", "limit", "broken"), [(1, "1", 0), (2, "1", 1), (1, "19%", 0), (2, "19%", 1), (0, "0", 0)]
)
def test_the_limit_to_overbooking_itself_is_allowed(has: int, limit: str, broken: int) -> None:
    assert len(found(with_double(allotted(2, 4, 4, has)), policy(overbooking=limit))) == broken


def test_the_message_names_numbers_nights_and_the_key() -> None:
    (told,) = found(with_double(allotted(1, 4, 4)), policy(direct="25%"))
    assert told == "double leaves direct 1 on 10 nights from 2027-03-01, less than 2; policies.inventory.direct = 25%"
    (told,) = found(with_double(allotted(2, 4, 4, 3)), policy(overbooking="1"))
    assert told.startswith(
        "double may be overbooked by 3 on 10 nights from 2027-03-01, more than 1; policies.inventory.overb"
    )


def test_the_last_protection_that_fits_decides() -> None:
    general, doubles = policy(direct="5"), policy("inventory.overrides.doubles", direct="1", rooms=("dou*",))
    assert not found(with_double(allotted(1, 4, 4)), general, doubles)
    other = policy("inventory.overrides.others", direct="1", rooms=("suite",))
    assert found(with_double(allotted(1, 4, 4)), general, other)


def availability(provider: str, before: int, after: int, sold: int = 0, **more: Any) -> Operation:
    counts = over(Counts(max(0, before - sold), sold))
    was = more.pop("before", over(Availability(before)))
    return op(f"{provider}/availability/double", was, over(Availability(after)), counts=counts, **more)


def told_of(made: Property, *operations: Operation, counts: dict[Any, Any] | None = None) -> list[str]:
    found = said(case(*operations, hotels=made, counts=counts or {}), "inventory", Inventory())
    return [one.message for one in found]


def test_units_that_are_promised_already_are_not_put_on_sale() -> None:
    """Of ten units Booking.com has sold seven, three more than its four; then Expedia cannot be given five."""
    made = with_double(allotted(1, 5, 4))
    sold = {("lisbon-baixa", "booking.com", "double"): over(Counts(0, 7))}
    (told,) = told_of(made, availability("expedia", 4, 5), counts=sold)
    assert "12 are on sale or sold at providers already, with 10 to promise" in told
    assert not told_of(made, availability("expedia", 4, 5))
    assert not told_of(with_double(allotted(1, 3, 4)), availability("expedia", 2, 3), counts=sold)


def test_a_plan_that_only_lowers_is_never_refused() -> None:
    sold = {("lisbon-baixa", "booking.com", "double"): over(Counts(0, 9))}
    assert not told_of(with_double(allotted(1, 5, 4)), availability("expedia", 8, 5), counts=sold)


def test_what_the_plan_itself_moves_counts_as_it_will_be() -> None:
    made = with_double(allotted(0, 6, 4))
    assert not told_of(made, availability("booking.com", 8, 4), availability("expedia", 2, 6))
    assert told_of(made, availability("booking.com", 8, 8, sold=8), availability("expedia", 2, 6))


def test_a_protected_room_is_judged_only_on_the_nights_that_a_plan_touches() -> None:
    made = with_double(
        allotted(2, 4, 4)
        .clip(over(True).start, over(True, 0, 5).until)
        .overlay(allotted(0, 5, 5))
        .overlay(allotted(2, 4, 4).keep(over(True, 0, 5)))
    )
    limits = Inventory(protections=(policy(direct="2"),))
    early = op("database/allocation/double", None, allotted(2, 4, 4).keep(over(True, 0, 5)))
    late = op("expedia/availability/double", None, over(Availability(5), 4, 6))
    assert not said(case(early, hotels=made), "inventory", limits)
    (told,) = said(case(late, hotels=made), "inventory", limits)
    assert "on 2027-03-06" in told.message


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 3))
def test_exactly_what_is_beyond_units_and_overbooking_is_told(
    before: int, expedia: int, booking: int, sold: int, extra: int
) -> None:
    made = with_double(allotted(0, expedia, booking, extra))
    counts = {("lisbon-baixa", "booking.com", "double"): over(Counts(max(0, booking - sold), sold))}
    told = told_of(made, availability("expedia", before, expedia), counts=counts)
    assert bool(told) is (expedia > before and expedia + max(booking, sold) > 10 + extra)
