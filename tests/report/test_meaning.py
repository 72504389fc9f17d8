"""What a plan means for the hotel's business is said in few words, and adds up."""

from __future__ import annotations

from datetime import date

from reconciler.model.calendar import constant
from reconciler.model.plan import Action, Label
from reconciler.model.state import Availability, Restrictions
from reconciler.report.meaning import meaning
from tests.report.samples import nights, operation, operations, price, weekend

AUTUMN = ("2027-11-08", "2027-11-12")


def test_one_of_everything() -> None:
    assert meaning(operations()) == (
        "prices rise on 35 nights (+10.0% to +12.1%)",
        "prices for 500 nights are sent for the first time",
        "-16 room nights at expedia",
        "rules of stay change on 1 night",
        "1 rate plan added: LONG",
    )


def test_prices_that_rise_and_fall_are_told_apart_and_nights_counted_once() -> None:
    up = [
        operation(f"{where}/rates/double/BAR", weekend("100.00", "100.00"), weekend("100.00", "110.00"))
        for where in ("expedia", "booking.com")
    ]
    high, low = nights(*AUTUMN, price("200.00")), nights(*AUTUMN, price("150.00"))
    down = [operation("expedia/rates/suite/BAR", high, low)]
    assert meaning([*up, *down]) == ("prices rise on 25 nights (+10.0%)", "prices fall on 4 nights (-25.0%)")


def test_a_price_that_goes_and_prices_of_other_guests_are_named() -> None:
    gone = operation("expedia/rates/double/BAR", nights(*AUTUMN, price("200.00")), None, action=Action.DELETE)
    guests = operation(
        "expedia/rates/suite/BAR", nights(*AUTUMN, price("200.00")), nights(*AUTUMN, price("200.00", g1="180.00"))
    )
    assert meaning([gone, guests]) == (
        "4 nights lose their price and are not sold",
        "prices for other numbers of guests change on 4 nights",
    )


def test_nights_that_close_and_open_are_named_by_room() -> None:
    shut, free = Restrictions(closed=True), Restrictions()
    closing = operation("expedia/restrictions/double/BAR", nights(*AUTUMN, free), nights(*AUTUMN, shut))
    also = operation(
        "booking.com/availability/suite",
        nights(*AUTUMN, Availability(4)),
        nights(*AUTUMN, Availability(4, closed=True)),
    )
    opening = operation("expedia/restrictions/single/BAR", nights(*AUTUMN, shut), nights(*AUTUMN, free))
    assert meaning([closing, also, opening]) == ("double, suite close on 4 nights", "single opens on 4 nights")


def test_units_that_move_are_counted_as_room_nights() -> None:
    taken = operation(
        "expedia/availability/double", nights(*AUTUMN, Availability(14)), nights(*AUTUMN, Availability(10))
    )
    given = operation(
        "booking.com/availability/double", nights(*AUTUMN, Availability(16)), nights(*AUTUMN, Availability(20))
    )
    assert meaning([taken, given]) == ("+16 room nights at booking.com", "-16 room nights at expedia")


def test_the_database_alone_and_the_horizon_alone_are_no_business() -> None:
    row = operation("database/rates/expedia/double/BAR", nights(*AUTUMN, price("1.00")), nights(*AUTUMN, price("2.00")))
    entering = operation(
        "expedia/rates/double/BAR",
        None,
        constant(date(2028, 9, 10), date(2028, 9, 12), price("9.00")),
        label=Label.HORIZON,
    )
    assert meaning([row]) == ("only the hotel's own database changes",)
    assert meaning([entering]) == meaning([]) == ()
