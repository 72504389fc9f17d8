"""Allotments that move by demand: what git's bounds make of the numbers that stand."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.allocation import moved
from reconciler.model.calendar import Calendar, constant
from reconciler.model.property import Bounds
from reconciler.model.state import Allotments

CHANNELS = ("direct", "booking.com", "expedia")
FIRST, SECOND, UNTIL = date(2031, 1, 1), date(2031, 1, 5), date(2031, 1, 9)
GIT = Allotments(20, (("direct", 5), ("booking.com", 7), ("expedia", 8)), 2)
BOUNDS = {"expedia": (4, 12), "booking.com": (4, 12), "direct": (3, None)}


def one(now: tuple[int, int, int], bounds: Bounds = BOUNDS, start: Allotments = GIT) -> tuple[int, ...]:
    stands = constant(FIRST, UNTIL, Allotments(30, tuple(zip(CHANNELS, now, strict=True)), 9))
    found = moved(constant(FIRST, UNTIL, start), stands, bounds).at(FIRST)
    assert found is not None
    assert (found.units, found.overbooking) == (start.units, start.overbooking)
    return tuple(found.of(channel) for channel in CHANNELS)


def test_what_lies_inside_the_bounds_stays() -> None:
    assert one((3, 7, 12)) == (3, 7, 12)
    assert one((10, 4, 5)) == (10, 4, 5)


def test_what_lies_outside_goes_to_the_nearest_bound() -> None:
    assert one((10, 2, 9)) == (9, 4, 9)  # 23 would be one too many: `direct` gives way
    assert one((5, 1, 14)) == (5, 4, 12)


def test_a_night_without_a_number_starts_with_gits() -> None:
    stands = constant(FIRST, SECOND, Allotments(20, (("direct", 3), ("booking.com", 7), ("expedia", 9)), 2))
    found = moved(constant(FIRST, UNTIL, GIT), stands, BOUNDS)
    assert [run.value.of("expedia") for run in found] == [9, 8]
    assert moved(Calendar(), stands, BOUNDS) == Calendar()


COUNT = st.integers(0, 30)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Allotments, Bounds, tuple[int, int, int]]:
    """Git's numbers within the limit and inside the bounds; any numbers that stand."""
    counts = {channel: draw(st.integers(0, 10)) for channel in CHANNELS}
    overbooking = draw(st.integers(0, 3))
    units = max(0, sum(counts.values()) - overbooking) + draw(st.integers(0, 5))
    bounds = {
        channel: (draw(st.integers(0, count)), draw(st.none() | st.integers(count, 20)))
        for channel, count in counts.items()
        if draw(st.booleans())
    }
    return Allotments(units, tuple(counts.items()), overbooking), bounds, (draw(COUNT), draw(COUNT), draw(COUNT))


@given(cases())
def test_whatever_stands_the_result_is_inside_the_bounds_and_never_more_than_there_is(
    case: tuple[Allotments, Bounds, tuple[int, int, int]],
) -> None:
    start, bounds, now = case
    found = dict(zip(CHANNELS, one(now, bounds, start), strict=True))
    assert sum(found.values()) <= start.units + start.overbooking
    for channel, (least, most) in bounds.items():
        assert found[channel] >= least
        assert most is None or found[channel] <= most
    assert one(tuple(found[channel] for channel in CHANNELS), bounds, start) == tuple(found.values())  # type: ignore[arg-type]
