"""What a booking comes to is a matter of its versions, not of how and when they came."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.bookings import current
from reconciler.model.booking import Change, Stay, Version

AT = datetime(2031, 1, 13, 9, 0, tzinfo=UTC)
ARRIVAL = date(2031, 2, 1)


def version(number: int, change: Change, nights: int = 1) -> Version:
    stays = () if change is Change.CANCELLED else (Stay("double", ARRIVAL, ARRIVAL + timedelta(nights)),)
    return Version("expedia", "1", "4711", f"v{number}", change, AT + timedelta(minutes=number), stays)


histories = st.lists(st.tuples(st.sampled_from((Change.MODIFIED, Change.CANCELLED)), st.integers(1, 5)), max_size=5)


@given(histories, st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_versions_comes_to_the_same(
    told: list[tuple[Change, int]], luck: random.Random
) -> None:
    versions = [version(0, Change.BOOKED)]
    versions += [version(number, change, nights) for number, (change, nights) in enumerate(told, start=1)]
    came = [*versions, *luck.choices(versions, k=3)]
    luck.shuffle(came)
    assert current(came) == current(versions)
    assert current(versions)[0] == versions[-1]


def test_a_cancellation_is_about_the_stays_before_it() -> None:
    booked, changed = version(0, Change.BOOKED), version(1, Change.MODIFIED, 3)
    newest, stays = current([booked, changed, version(2, Change.CANCELLED)])
    assert (newest.change, stays) == (Change.CANCELLED, changed.stays)


def test_of_versions_of_one_instant_the_one_that_came_last_holds() -> None:
    one, other = version(1, Change.MODIFIED, 2), version(1, Change.MODIFIED, 3)
    assert current([one, other])[0] == other
    assert current([other, one])[0] == one
