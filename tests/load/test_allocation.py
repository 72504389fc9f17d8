"""Allotments: numbers, shares, the limit, and `direct`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.load.allocation import allot
from reconciler.model.share import Share
from reconciler.model.state import Allotments
from tests.load.writing import FILE, HEAD, ROOMS, SEASONS, TODAY, errors, hotel, loaded

HERE = HEAD + ROOMS + SEASONS


def on(tmp_path: Path, allocation: str, room: str = "double", night: date = TODAY) -> Allotments | None:
    return hotel(tmp_path, HERE + f"allocation: {allocation}\n").allocation[room].at(night)


def channels(direct: int, expedia: int, booking: int) -> tuple[tuple[str, int], ...]:
    return (("direct", direct), ("booking.com", booking), ("expedia", expedia))


def test_the_guides_allocation_is_within_its_limit(tmp_path: Path) -> None:
    text = HEAD + ROOMS.replace("units: 40", "units: 20")
    text += "allocation: {double: {direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}\n"
    assert hotel(tmp_path, text).allocation["double"].at(TODAY) == Allotments(20, channels(5, 8, 7), 2)


def test_every_room_has_what_the_star_says_under_its_own(tmp_path: Path) -> None:
    allocation = """
  "*": {default: {direct: 25%, expedia: 35%, booking.com: 40%, overbooking: 5%}}
  suite: {default: {direct: 2, expedia: 2, booking.com: 2, overbooking: 0}, seasons: {summer: {direct: 3, expedia: 1}}}"""
    assert on(tmp_path, allocation) == Allotments(40, channels(10, 14, 16), 2)
    assert on(tmp_path, allocation, "suite") == Allotments(6, channels(2, 2, 2))
    assert on(tmp_path, allocation, "suite", date(2027, 7, 1)) == Allotments(6, channels(3, 1, 2))


def test_null_in_a_room_takes_away_what_the_star_says(tmp_path: Path) -> None:
    allocation = """
  "*": {default: {direct: 2, expedia: 2}, days: {fri: {expedia: 1}}, seasons: {summer: {expedia: 0}}}
  suite: {days: null, seasons: {summer: null}}"""
    friday, summer = TODAY + (4 - TODAY.weekday()) % 7 * timedelta(days=1), date(2027, 7, 1)
    for night in (friday, summer):
        assert on(tmp_path, allocation, "suite", night) == Allotments(6, channels(2, 2, 0))
    assert on(tmp_path, allocation, "double", friday) == Allotments(40, channels(2, 1, 0))
    assert on(tmp_path, allocation, "double", summer) == Allotments(40, channels(2, 0, 0))


def test_null_in_defaults_takes_away_what_the_star_says_in_a_hotels_file(tmp_path: Path) -> None:
    defaults = "kind: Defaults\nallocation: {suite: {seasons: {summer: null}}}\n"
    text = HERE + 'allocation: {"*": {default: {direct: 2, expedia: 2}, seasons: {summer: {expedia: 0}}}}\n'
    found = hotel(tmp_path, text, **{"properties/_defaults.yaml": defaults}).allocation
    assert found["suite"].at(date(2027, 7, 1)) == Allotments(6, channels(2, 2, 0))
    assert found["double"].at(date(2027, 7, 1)) == Allotments(40, channels(2, 0, 0))


def test_without_a_word_on_direct_it_has_what_the_others_leave(tmp_path: Path) -> None:
    assert on(tmp_path, "{suite: {expedia: 2, booking.com: 1}}", "suite") == Allotments(6, channels(3, 2, 1))


_SHARES = st.integers(0, 100).flatmap(lambda a: st.integers(0, 100 - a).map(lambda b: (a, b, 100 - a - b)))


@given(st.integers(0, 200), _SHARES, st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_shares_of_everything_give_everything_away_and_never_more(
    units: int, shares: tuple[int, int, int], over: int
) -> None:
    names = ("direct", "expedia", "booking_com")
    written: dict[str, Share | None] = {
        name: Share(Decimal(share), True) for name, share in zip(names, shares, strict=True)
    }
    found = allot({**written, "overbooking": Share(Decimal(over), True)}, units)
    assert sum(count for _, count in found.channels) == units
    assert found.of("expedia") == units * shares[1] // 100
    assert found.of("booking.com") == units * shares[2] // 100
    assert found.of("direct") >= units * shares[0] // 100
    assert found.overbooking == units * over // 100


def test_the_error_names_the_nights_above_the_limit(tmp_path: Path) -> None:
    text = (
        HERE
        + "allocation: {suite: {default: {direct: 2, expedia: 2, booking.com: 2}, seasons: {carnival: {expedia: 5}}}}\n"
    )
    (error,) = loaded(tmp_path, {FILE: text}).diagnostics
    assert (
        error.message
        == "2 direct + 2 booking.com + 5 expedia is more than 6 units + 0 overbooking on 2027-02-05..2027-02-09"
    )


RENOVATION = HERE.replace("units: 6", "units: {default: 6, overrides: {x: {nights: 2027-01-10..2027-01-12, set: 4}}}")


def test_direct_gives_way_where_fewer_units_than_usual_are_on_sale(tmp_path: Path) -> None:
    text = RENOVATION + "allocation: {suite: {direct: 2, expedia: 2, booking.com: 1}}\n"
    found = loaded(tmp_path, {FILE: text})
    assert [(one.code, one.severity) for one in found.diagnostics] == [("direct-gives-way", "warning")]
    assert found.properties[0].allocation["suite"].at(date(2027, 1, 10)) == Allotments(4, channels(1, 2, 1))


def test_the_others_never_give_way(tmp_path: Path) -> None:
    assert errors(tmp_path, RENOVATION + "allocation: {suite: {direct: 0, expedia: 3, booking.com: 2}}\n") == [
        "over-allotted"
    ]


def test_bounds_have_a_least_and_perhaps_a_most(tmp_path: Path) -> None:
    allocation = (
        "{suite: {mode: dynamic, bounds: {expedia: 1..4, booking.com: ..3, direct: 2..}, "
        "default: {expedia: 2, booking.com: 1}}}"
    )
    found = hotel(tmp_path, HERE + f"allocation: {allocation}\n")
    assert found.bounds == {"suite": {"expedia": (1, 4), "booking.com": (0, 3), "direct": (2, None)}}
    assert found.allocation["suite"].at(TODAY) == Allotments(6, channels(3, 2, 1))


def test_only_rooms_that_move_have_bounds(tmp_path: Path) -> None:
    every = '"*": {mode: dynamic, bounds: {expedia: 1..}, default: {expedia: 1}}'
    found = hotel(tmp_path, HERE + f"allocation:\n  {every}\n  double: {{direct: 1}}\n  suite: {{mode: static}}\n")
    assert found.bounds == {"double": {"expedia": (1, None)}}
