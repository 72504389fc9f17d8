"""What a provider cannot be asked is what it last acknowledged; what can be read all the same is read."""

from __future__ import annotations

from typing import Any

from reconciler.engine.acknowledged import with_acknowledged
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Access, Capabilities, KindSupport
from reconciler.model.journal import Applied
from reconciler.model.state import Counts, Observation, Observed, Provenance, Restrictions, Value
from tests.engine.world import NOW, at, last, price, read, units, unknown
from tests.kinds.hotels import over

RATES, ROOM = at("booking.com/rates/double/BAR"), at("booking.com/availability/double")
LIMITS, TERMS = at("booking.com/restrictions/double/BAR"), at("booking.com/rate_plan/double/BAR")
CAN = Capabilities(
    "booking.com",
    {
        "rates": KindSupport(Access.ACKNOWLEDGED, frozenset({"price"})),
        "restrictions": KindSupport(Access.ACKNOWLEDGED, frozenset(), frozenset({"closed"})),
        "rate_plan": KindSupport(Access.ACKNOWLEDGED, frozenset(), frozenset({"name", "active"})),
        "availability": KindSupport(Access.READ_BACK, frozenset()),
    },
    500,
)


def known(
    seen: dict[Address, Observed], applied: dict[Address, Applied], *wanted: Address, **traits: str
) -> dict[Address, Observed]:
    """The entries of the provider, completed."""
    return with_acknowledged(Observation(seen, traits=traits), applied, CAN, wanted)


def acked(value: Value) -> Observed:
    """As a complete entry looks."""
    return Observed(value, Provenance.ACKNOWLEDGED, at=NOW)


def test_the_last_acknowledged_value_stands() -> None:
    assert known({}, {RATES: last(price("90.00"))}, RATES) == {RATES: acked(price("90.00"))}


def test_a_wanted_calendar_that_was_never_sent_is_unknown() -> None:
    assert known({}, {}, RATES) == {RATES: unknown()}


def test_a_wanted_plan_that_was_never_sent_is_simply_not_there() -> None:
    assert known({}, {}, TERMS) == {}


def test_what_is_read_back_is_left_as_it_was_read() -> None:
    seen = read(units(5), over(Counts(3, 2)))
    assert known({ROOM: seen}, {ROOM: last(units(9))}, ROOM) == {ROOM: seen}


def test_readable_fields_are_taken_from_the_reading_and_the_others_stand() -> None:
    sent, now = over(Restrictions(min_stay=3)), over(Restrictions(closed=True), 2, 4)
    expected = over(Restrictions(min_stay=3)).overlay(over(Restrictions(min_stay=3, closed=True), 2, 4))
    assert known({LIMITS: read(now)}, {LIMITS: last(sent)}, LIMITS) == {LIMITS: acked(expected)}


def test_nights_never_acknowledged_stay_unknown_though_a_field_of_them_is_read() -> None:
    sent, now = over(Restrictions(min_stay=3), 0, 4), over(Restrictions(closed=False))
    assert known({LIMITS: read(now)}, {LIMITS: last(sent)}, LIMITS) == {LIMITS: acked(sent)}
    assert known({LIMITS: read(now)}, {}, LIMITS) == {LIMITS: unknown()}


def test_a_field_that_the_hotel_cannot_show_is_not_taken_from_the_reading() -> None:
    sent, now = over(Restrictions(min_stay=3, closed=True)), over(Restrictions())
    found = known({LIMITS: read(now)}, {LIMITS: last(sent)}, LIMITS, unreadable="closed other")
    assert found == {LIMITS: acked(sent)}


def test_the_readable_fields_of_a_plan_are_known_though_nothing_was_sent() -> None:
    assert known({TERMS: read({"name": "A"})}, {}, TERMS) == {TERMS: read({"name": "A"})}


def test_a_plan_is_what_was_sent_with_what_is_read_over_it() -> None:
    sent: Any = {"name": "A", "meal_plan": "breakfast"}
    found = known({TERMS: read({"name": "by hand"})}, {TERMS: last(sent)}, TERMS)
    assert found == {TERMS: acked({"name": "by hand", "meal_plan": "breakfast"})}


def test_counts_that_were_read_are_kept_whatever_the_kind() -> None:
    can = Capabilities("x", {"availability": KindSupport(Access.ACKNOWLEDGED, frozenset())}, 500)
    seen = Observation({ROOM: read(units(5), over(Counts(3, 2)))})
    found = with_acknowledged(seen, {ROOM: last(units(5))}, can, [ROOM])
    assert found[ROOM].counts == over(Counts(3, 2))


def test_an_acknowledged_value_is_known_without_being_wanted() -> None:
    assert known({}, {RATES: last(price("90.00"))}) == {RATES: acked(price("90.00"))}
    assert known({}, {ROOM: last(units(5))}) == {}
    assert known({}, {RATES: last(Calendar())}, RATES)[RATES].value == Calendar()
