"""What git gives up or cannot have at Booking.com: nothing is left open, nothing of others is touched, and the next plan is empty."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.diagnostics import Severity
from reconciler.model.journal import Outcome
from reconciler.model.property import CREATE, Property
from reconciler.model.state import Availability, Document, Restrictions, Value

from .hotels import (
    ALL,
    CODES,
    DAY,
    DOCUMENT,
    DOUBLE,
    NREF,
    SINGLE,
    STANDARD,
    TODAY,
    WINDOW,
    Extranet,
    address,
    bring_about,
    described,
    free,
    hotel,
    pending,
    plan,
    price,
)

OFF: Document = {**DOCUMENT, "active": False}
PLAN = address("rate_plan", "double", "BAR")
PLANS = [PLAN, address("rate_plan", "single", "BAR")]
RULES = [address("restrictions", room, "BAR") for room in ("double", "single")]
UNITS = address("availability", "double")


def retiring() -> Property:
    return hotel(rate_plans={"BAR": plan("BAR", "Standard", retired=True)})


def labels(extranet: Extranet) -> dict[str, bool]:
    return {one["id"]: one["active"] for one in extranet.there()["rate_plans"]}


def with_long(**link: object) -> Property:
    """A plan that is to be made, under a policy whose code may be known."""
    return hotel(plans={("double", "LONG"): CREATE}, rate_plans={"LONG": plan("LONG", "Long Stay")}, link=link)


def test_a_plan_is_closed_before_it_is_switched_off_and_then_left_in_peace(extranet: Extranet) -> None:
    target = extranet.target(retiring())
    closed = free(closed=True)
    desired: dict[Address, Value] = {**dict.fromkeys(PLANS, OFF), **dict.fromkeys(RULES, closed)}
    results = bring_about(target, desired, target.observe(ALL, WINDOW))
    assert {part.outcome for result in results for part in result.results} == {Outcome.APPLIED}
    assert labels(extranet)[STANDARD] is False
    assert extranet.room_rate(DOUBLE, STANDARD)["closed"][0]["value"] is True
    seen = target.observe(ALL, WINDOW)
    assert seen.entries[PLAN].value == {"active": False}
    assert seen.findings == ()
    assert [target.normal(where, closed, seen.traits) for where in RULES] == [(Calendar(), ())] * 2
    assert [target.normal(where, OFF, seen.traits) for where in PLANS] == [({"active": False}, ())] * 2


def test_a_plan_that_other_rooms_sell_too_is_not_taken_from_them(extranet: Extranet) -> None:
    rooms = [*described()["rooms"], {"id": "36745609", "name": "Attic", "max_occupancy": 2}]
    rates = [{**one, "rooms": [*one["rooms"], "36745609"]} for one in described()["rate_plans"]]
    extranet.load(rooms=rooms, rate_plans=rates)
    target = extranet.target(retiring())
    seen = target.observe(ALL, WINDOW)
    _, (finding,) = target.normal(PLAN, OFF, seen.traits)
    assert (finding.code, finding.severity) == ("unmanaged", Severity.ERROR)
    assert "36745609" in finding.message
    (result,) = bring_about(target, {PLAN: OFF}, seen)
    assert result.results[0].outcome is Outcome.FAILED
    assert labels(extranet)[STANDARD] is True


def test_nothing_is_sent_for_a_plan_that_cannot_be_made_and_the_rest_goes_on(extranet: Extranet) -> None:
    prices, rules = constant(TODAY, TODAY + DAY, price("88.00")), free()
    rates, restrictions = address("rates", "double", "LONG"), address("restrictions", "double", "LONG")
    target = extranet.target(with_long())
    facts = target.observe(ALL, WINDOW).traits
    _, (finding,) = target.normal(address("rate_plan", "double", "LONG"), DOCUMENT, facts)
    assert finding.code == "create-needs-code"
    assert target.normal(rates, prices, facts) == target.normal(restrictions, rules, facts) == (Calendar(), ())
    target = extranet.target(with_long(codes=CODES))
    facts = target.observe(ALL, WINDOW).traits
    assert target.normal(rates, prices, facts) == (prices, ())
    assert target.normal(restrictions, rules, facts) == (rules, ())


def test_a_closed_room_stays_closed_by_its_rates_where_units_are_not_looked_at(extranet: Extranet) -> None:
    extranet.admin.switch(booking_room_closed=False)
    shut = constant(TODAY + DAY, TODAY + DAY * 3, True)
    wanted = hotel()
    rooms = {**wanted.rooms, "double": replace(wanted.rooms["double"], closed=shut)}
    target = extranet.target(replace(wanted, rooms=rooms))
    for kinds in (ALL, frozenset({"restrictions", "rate_plan", "mapping"})):
        rules, _ = target.normal(RULES[0], free(), target.observe(kinds, WINDOW).traits)
        assert rules == free().overlay(shut.map(lambda _: Restrictions(closed=True)))


def test_units_of_a_room_that_nothing_sells_are_left_alone_unless_a_plan_is_on_its_way(extranet: Extranet) -> None:
    extranet.load(rate_plans=[{"id": STANDARD, "name": "Standard", "rooms": [SINGLE]}, {"id": NREF, "name": "Other"}])
    units = constant(TODAY, TODAY + DAY, Availability(4))
    only_long = {("double", "BAR"): STANDARD, ("double", "LONG"): CREATE}
    for retired, codes, kept in ((True, CODES, False), (False, {}, False), (False, CODES, True)):
        long = plan("LONG", "Long Stay", retired=retired)
        bar = plan("BAR", "Standard", retired=True)
        target = extranet.target(hotel(plans=only_long, rate_plans={"LONG": long, "BAR": bar}, link={"codes": codes}))
        wanted = units if kept else Calendar()
        assert target.normal(UNITS, units, target.observe(ALL, WINDOW).traits) == (wanted, ())


def test_switching_off_is_the_last_message(extranet: Extranet) -> None:
    target = extranet.target(retiring())
    seen = target.observe(ALL, WINDOW)
    todo = [pending(PLAN, {"active": False}, seen), pending(RULES[0], free(closed=True), seen)]
    kinds = [batch.parts[0].address.kind for batch in target.batches(todo)]
    assert kinds[-1] == "rate_plan"
    assert set(kinds[:-1]) == {"restrictions"}
