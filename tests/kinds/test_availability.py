"""An allotment is what a channel may sell in all: in force when left = max(0, allotment - sold)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.availability import in_force, oversold
from reconciler.model.calendar import Calendar
from reconciler.model.state import Availability, Counts
from tests.kinds.hotels import over
from tests.model.strategies import assert_normal, calendars, naive

units = st.integers(0, 6)
wishes = calendars(st.builds(Availability, units, st.booleans()))
counted = calendars(st.builds(Counts, units, units))


@given(wishes, counted)
def test_what_can_be_in_force_is_never_less_than_what_is_sold(
    wanted: Calendar[Availability], now: Calendar[Counts]
) -> None:
    possible = in_force(wanted, now)
    assert_normal(possible)
    wishes_by_night, sold = naive(wanted), naive(now)
    assert naive(possible).keys() == wishes_by_night.keys()
    for night, there in naive(possible).items():
        wish = wishes_by_night[night]
        least = sold[night].sold if night in sold else 0
        assert there == Availability(max(wish.allotment, least), wish.closed)
        left = max(0, wish.allotment - least)
        assert left + least == there.allotment


@given(wishes, counted)
def test_oversold_nights_are_those_with_more_sold_than_allotted(
    wanted: Calendar[Availability], now: Calendar[Counts]
) -> None:
    found = naive(oversold(wanted, now))
    sold = naive(now)
    expected = {
        night: (sold[night].sold, wish.allotment)
        for night, wish in naive(wanted).items()
        if night in sold and sold[night].sold > wish.allotment
    }
    assert found == expected


def test_a_booking_within_the_allotment_changes_nothing() -> None:
    wanted = over(Availability(5))
    assert in_force(wanted, over(Counts(5, 0))) == in_force(wanted, over(Counts(1, 4))) == wanted
    assert not oversold(wanted, over(Counts(0, 5)))
    assert oversold(wanted, over(Counts(0, 6), 3, 4)) == over((6, 5), 3, 4)
