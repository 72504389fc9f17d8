"""One plan may change so much and no more, and some things it does not do at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Action, Label, Operation
from reconciler.model.policies import Absolute, BlastRadius
from reconciler.model.property import EXPEDIA, Mappings, Property
from reconciler.model.state import Availability, Counts, Restrictions
from tests.kinds.hotels import hotel, over, plan
from tests.policy.cases import case, costs, op, said


def rates(count: int, slug: str = "h", **more: Any) -> tuple[Operation, ...]:
    """As many operations."""
    return tuple(op(f"/{slug}/expedia/rates/double/P{number}", None, costs("1.00"), **more) for number in range(count))


def found(*plan: Operation, hotels: Property | None = None, **limits: Any) -> list[Diagnostic]:
    """What the check says with these limits."""
    return said(case(*plan, hotels=hotels), "blast_radius", BlastRadius(**limits))


def test_the_limit_itself_is_allowed_and_one_more_is_not() -> None:
    assert not found(*rates(3), operations=3)
    (one,) = found(*rates(4), operations=3)
    assert one.message == "the plan has 4 operations, more than policies.blast_radius.operations = 3 allows"
    assert one.hint.endswith("or consent to this plan with --consent blast_radius")


def test_properties_are_counted_once_each() -> None:
    plans = (*rates(3, "a"), *rates(3, "b"))
    assert not found(*plans, properties=2)
    assert len(found(*plans, properties=1)) == 1


def test_the_defaults_hold() -> None:
    assert not found(*rates(2000))
    assert len(found(*rates(2001))) == 1
    assert len(found(*(rates(1, f"h{n}")[0] for n in range(101)))) == 1


def test_parts_of_one_address_count_once_and_nights_that_enter_the_horizon_not_at_all() -> None:
    text = "expedia/availability/double"
    parts = [op(text, over(Availability(1)), over(Availability(2)), label) for label in (Label.LOWER, Label.RAISE)]
    assert not found(*parts, operations=1)
    assert not found(*rates(9, label=Label.HORIZON), operations=0, properties=0)


@pytest.mark.parametrize("flag", ["active", "is_active", "is_enabled"])
def test_switching_off_is_a_deletion_unless_it_was_off_already(flag: str) -> None:
    text = "database/rate_plan/expedia/double/BAR"
    off = op(text, {flag: True}, {flag: False})
    again = op(text, {flag: False, "name": "a"}, {flag: False, "name": "b"})
    on = op(text, {flag: False}, {flag: True})
    made = op(text, None, {flag: False})
    assert len(found(off, deletions=0)) == 1
    assert not found(off, deletions=1)
    assert not found(again, on, made, deletions=0)
    assert len(found(op(text, {}, None, action=Action.DELETE), deletions=0)) == 1


def test_nights_that_were_open_and_are_closed_are_counted() -> None:
    room = op("expedia/availability/double", over(Availability(4), 0, 6), over(Availability(4, closed=True), 0, 6))
    sold = op("expedia/restrictions/double/BAR", over(Restrictions(), 0, 4), over(Restrictions(closed=True), 0, 4))
    assert not found(room, sold, nights_closed=10)
    (one,) = found(room, sold, nights_closed=9)
    assert one.message == "the plan has 10 nights closed, more than policies.blast_radius.nights_closed = 9 allows"


def test_nights_that_were_closed_or_not_known_or_are_opened_are_not() -> None:
    text, shut = "expedia/availability/double", over(Availability(4, closed=True))
    assert not found(op(text, over(Availability(3, closed=True)), shut), nights_closed=0)
    assert not found(op(text, None, shut), nights_closed=0)
    assert not found(op(text, shut, over(Availability(4))), nights_closed=0)
    assert not found(op(text, over(Availability(4)), over(Availability(0))), nights_closed=0)


def test_an_empty_plan_is_never_refused() -> None:
    assert not found(operations=0, properties=0, deletions=0, nights_closed=0)


# --- absolute rules

OFF = ({"is_active": True}, {"is_active": False})


def mapping(provider: str, room: str) -> Operation:
    return op(f"database/mapping/{provider}/{room}", *OFF)


def only(told: list[Diagnostic]) -> Absolute:
    """The one rule that is broken."""
    (one,) = told
    return next(rule for rule in Absolute if f"does not name `{rule}`" in one.message)


def without(made: Property, *rooms: str) -> Property:
    """The hotel with these rooms retired."""
    return replace(made, rooms={key: replace(room, retired=key in rooms) for key, room in made.rooms.items()})


def retired_at(made: Property, *providers: str) -> Property:
    links = {name: replace(link, retired=name in providers) for name, link in made.providers.items()}
    return replace(made, providers=links)


def test_a_whole_property_is_not_taken_off_sale() -> None:
    switched = [
        op(f"database/integration/{p}", {"is_enabled": True}, {"is_enabled": False}) for p in ("expedia", "booking.com")
    ]
    going = hotel(retired=True)
    told = found(*switched, mapping("expedia", "double"), hotels=going)
    assert only(told) is Absolute.PROPERTY_OFF
    assert "lisbon-baixa is taken off sale at every provider" in told[0].message
    assert not found(*switched, hotels=going, allow=frozenset({Absolute.PROPERTY_OFF}))


def test_a_property_at_one_provider_is_gone_with_it() -> None:
    alone = hotel(retired=False)
    alone = retired_at(replace(alone, providers={EXPEDIA: alone.providers[EXPEDIA]}), EXPEDIA)
    assert only(found(mapping("expedia", "double"), hotels=alone)) is Absolute.PROPERTY_OFF


def test_a_provider_is_not_switched_off_as_a_whole() -> None:
    switched = [mapping("expedia", "double"), mapping("expedia", "suite")]
    going = retired_at(hotel(), EXPEDIA)
    told = found(*switched, hotels=going)
    assert only(told) is Absolute.PROVIDER_OFF
    assert "every room or every rate plan of lisbon-baixa is switched off at expedia" in told[0].message
    assert not found(*switched, hotels=going, allow=frozenset({Absolute.PROVIDER_OFF}))


def test_neither_by_all_of_its_rate_plans() -> None:
    both = hotel(plan("BAR", retired=True), plan("NREF"))
    bar_alone = Mappings(both.mappings[EXPEDIA].rooms, {("double", "BAR"): "1", ("suite", "BAR"): "2"})
    switched = op("expedia/rate_plan/double/BAR", {"active": True}, {"active": False})
    assert not found(switched, hotels=both)
    only_bar = replace(both, mappings={**both.mappings, EXPEDIA: bar_alone})
    assert only(found(switched, hotels=only_bar)) is Absolute.PROVIDER_OFF


def test_a_room_on_sale_does_not_lose_its_last_mapping() -> None:
    switched = [mapping("expedia", "suite"), mapping("booking.com", "suite")]
    told = found(*switched, hotels=without(hotel(), "suite"))
    assert only(told) is Absolute.LAST_MAPPING
    assert "suite loses its last mapping" in told[0].message
    assert not found(*switched, hotels=without(hotel(), "suite"), allow=frozenset({Absolute.LAST_MAPPING}))


def test_a_room_that_is_still_sold_elsewhere_may_go() -> None:
    still = hotel()
    assert not found(mapping("expedia", "suite"), hotels=still)


def closing(sold: int, start: int = 0, until: int = 4, **more: Any) -> Operation:
    counts = over(Counts(left=2, sold=0), 0, 2).overlay(over(Counts(2, sold), start, until))
    after = over(Availability(4, closed=True), 0, 4)
    return op("expedia/availability/double", over(Availability(4), 0, 4), after, counts=counts, **more)


def test_nights_that_guests_have_booked_are_not_closed() -> None:
    assert not found(closing(0))
    (told,) = found(closing(1, 2, 3))
    assert only([told]) is Absolute.BOOKED_NIGHTS
    assert "double is closed at expedia on 2027-03-03 on which guests have booked it (1 in all)" in told.message
    assert told.address == "lisbon-baixa/expedia/availability/double"
    assert not found(closing(1), allow=frozenset({Absolute.BOOKED_NIGHTS}))


def test_booked_nights_that_stay_open_or_were_closed_are_no_matter() -> None:
    lower = op("expedia/availability/double", over(Availability(4)), over(Availability(2)), counts=over(Counts(2, 2)))
    shut = over(Availability(4, closed=True)), over(Availability(5, closed=True))
    assert not found(lower, op("expedia/availability/suite", *shut, counts=over(Counts(2, 2))))
