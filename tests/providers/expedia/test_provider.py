"""The target against the extranet: what is applied is what is observed next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from reconciler.errors import (
    RequestRefusedError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.journal import Outcome
from reconciler.model.plan import Action
from reconciler.model.property import CREATE
from reconciler.model.state import Availability, Counts, Restrictions, Value, Window
from reconciler.providers.expedia.reading import Wanted, discover

from .hotels import (
    ALL,
    CREDENTIAL,
    DOCUMENT,
    HOTEL,
    TODAY,
    WINDOW,
    Extranet,
    address,
    bring_about,
    described,
    free,
    hotel,
    pending,
    price,
    weekends,
)

DOUBLE = address("rates", "double", "BAR")
DOUBLE_UNITS = address("availability", "double")
DAY = timedelta(days=1)


def everything() -> dict[Address, Value]:
    """Something of every kind for the whole window."""
    weekend_rules = free().overlay(
        constant(TODAY + DAY * 10, TODAY + DAY * 20, Restrictions(min_stay=3, max_stay=9, closed_to_arrival=True))
    )
    return {
        address("rate_plan", "double", "BAR"): DOCUMENT,
        DOUBLE: weekends("120.00", "140.00"),
        address("rates", "double", "NREF"): weekends("102.00", "119.00"),
        address("restrictions", "double", "BAR"): weekend_rules,
        address("restrictions", "double", "NREF"): free(closed=True),
        DOUBLE_UNITS: constant(WINDOW.start, WINDOW.until, Availability(14)),
        address("availability", "suite"): constant(WINDOW.start, WINDOW.until, Availability(2, closed=True)),
    }


def test_what_is_applied_is_what_is_observed_next(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    results = bring_about(target, everything(), before)
    assert {part.outcome for result in results for part in result.results} == {Outcome.APPLIED}
    after = extranet.target().observe(ALL, WINDOW)
    for where, value in everything().items():
        normal, findings = target.normal(where, value, after.traits)
        assert findings == ()
        seen = after.entries[where].value
        if isinstance(normal, Calendar):
            assert seen == normal, where
        else:
            assert not isinstance(seen, Calendar)
            assert {key: seen[key] for key in normal} == normal


def test_nothing_loaded_is_seen_as_nothing_but_counts_of_zero(extranet: Extranet) -> None:
    seen = extranet.target().observe(ALL, WINDOW)
    assert DOUBLE not in seen.entries
    assert seen.entries[DOUBLE_UNITS].value == constant(WINDOW.start, WINDOW.until, Availability(0))
    assert seen.traits["pricing_model"] == "PerDayPricing"
    assert seen.coverage is not None
    assert (seen.coverage.rooms, seen.coverage.rooms_mapped) == (2, 2)
    assert (seen.coverage.rates, seen.coverage.rates_mapped) == (3, 3)


def test_a_year_of_weekend_prices_is_at_most_three_update_elements(extranet: Extranet) -> None:
    year = Window(TODAY, TODAY + timedelta(days=365))
    target = extranet.target()
    bring_about(target, {DOUBLE: weekends("120.00", "140.00", year)}, target.observe(ALL, WINDOW))
    (sent,) = extranet.sent("ar")
    assert sent["body"].count("<AvailRateUpdate>") <= 3
    assert sent["updates"] == 365


def test_a_booking_is_not_taken_back(extranet: Extranet) -> None:
    units = {DOUBLE_UNITS: constant(WINDOW.start, WINDOW.until, Availability(14))}
    target = extranet.target()
    bring_about(target, {**units, DOUBLE: weekends("120.00", "140.00")}, target.observe(ALL, WINDOW))
    extranet.admin.book(
        "expedia", HOTEL, room="30011", rate_plan="880011A", arrival="2026-06-05", departure="2026-06-08", force=True
    )
    seen = target.observe(ALL, WINDOW)
    assert seen.entries[DOUBLE_UNITS].value == units[DOUBLE_UNITS]
    assert seen.entries[DOUBLE_UNITS].counts.at(TODAY + DAY * 4) == Counts(left=13, sold=1)
    bring_about(target, {DOUBLE_UNITS: constant(WINDOW.start, WINDOW.until, Availability(10))}, seen)
    again = target.observe(ALL, WINDOW).entries[DOUBLE_UNITS].counts
    assert (again.at(TODAY + DAY * 4), again.at(TODAY)) == (Counts(9, 1), Counts(10, 0))


def test_a_count_that_is_right_is_not_sent_again_when_only_the_room_closes(extranet: Extranet) -> None:
    target = extranet.target()
    bring_about(target, {DOUBLE_UNITS: constant(TODAY, TODAY + DAY, Availability(3))}, target.observe(ALL, WINDOW))
    extranet.admin.clear_log()
    seen = target.observe(ALL, WINDOW)
    bring_about(target, {DOUBLE_UNITS: constant(TODAY, TODAY + DAY, Availability(3, closed=True))}, seen)
    (sent,) = extranet.sent("ar")
    assert "<Inventory" not in sent["body"]


def test_long_windows_are_read_in_pieces_without_losing_a_night(extranet: Extranet) -> None:
    long = Window(TODAY, TODAY + timedelta(days=500))
    target = extranet.target()
    bring_about(target, {DOUBLE: weekends("120.00", "140.00", long)}, target.observe(frozenset({"rates"}), WINDOW))
    seen = target.observe(frozenset({"rates"}), long)
    assert seen.entries[DOUBLE].value == weekends("120.00", "140.00", long)
    assert len([entry for entry in extranet.sent("parr") if entry["seq"]]) <= 3 + 3 * 2


def test_prices_by_guests_are_written_and_read_where_the_hotel_is_priced_so(extranet: Extranet) -> None:
    extranet.load(pricing_model="OccupancyBasedPricing")
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    wanted = constant(TODAY, TODAY + DAY * 5, price("120.00", g1="108.00", g3="145.00"))
    assert bring_about(target, {DOUBLE: wanted}, before)[0].results[0].outcome is Outcome.APPLIED
    (sent,) = extranet.sent("ar")
    assert sent["body"].count("<PerOccupancy") == 3
    assert target.observe(ALL, WINDOW).entries[DOUBLE].value == wanted


def test_without_prices_by_guests_every_number_of_guests_gets_the_price(extranet: Extranet) -> None:
    extranet.load(pricing_model="OccupancyBasedPricing")
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    bring_about(target, {DOUBLE: constant(TODAY, TODAY + DAY, price("120.00"))}, before)
    seen = target.observe(ALL, WINDOW).entries[DOUBLE].value
    assert seen == constant(TODAY, TODAY + DAY, price("120.00", g1="120.00", g3="120.00"))


def test_a_warning_inside_a_success_is_a_failure_of_its_nights(extranet: Extranet) -> None:
    rooms = described()["rooms"]
    rooms[0]["facts"] = {"threshold": {"min": "50", "max": "130"}}
    extranet.load(rooms=rooms)
    target = extranet.target()
    wanted = {DOUBLE: weekends("120.00", "140.00", Window(TODAY, TODAY + DAY * 14))}
    (result,) = bring_about(target, wanted, target.observe(ALL, WINDOW))
    (part,) = result.results
    assert part.outcome is Outcome.FAILED
    assert "7021" in part.detail
    assert part.refused is not None
    assert [night.weekday() for night, _ in part.refused.items()] == [4, 5, 4, 5]


def test_held_back_warnings_leave_the_rest_of_the_message_unknown(extranet: Extranet) -> None:
    rooms = described()["rooms"]
    rooms[0]["facts"] = {"threshold": {"min": "50", "max": "130"}}
    extranet.load(rooms=rooms)
    target = extranet.target()
    nights = constant(TODAY, TODAY + DAY * 30, price("140.00"))
    wanted = {DOUBLE: nights, address("rates", "double", "NREF"): nights}
    (result,) = bring_about(target, wanted, target.observe(ALL, WINDOW))
    assert [part.outcome for part in result.results] == [Outcome.FAILED, Outcome.UNKNOWN]
    assert [part.refused for part in result.results] == [None, None]


def test_an_inactive_plan_is_updated_all_the_same(extranet: Extranet) -> None:
    extranet.admin.change("expedia", HOTEL, {"rate_plan": "880021", "active": False})
    target = extranet.target()
    where = address("rates", "double", "NREF")
    wanted = constant(TODAY, TODAY + DAY, price("99.00"))
    (result,) = bring_about(target, {where: wanted}, target.observe(ALL, WINDOW))
    assert result.results[0].outcome is Outcome.APPLIED
    assert target.observe(ALL, WINDOW).entries[where].value == wanted


def test_a_partly_refused_message_is_told_apart(extranet: Extranet) -> None:
    extranet.admin.fault("partial", {"operation": "ar"}, items=[0])
    target = extranet.target()
    wanted = {
        address("rates", "double", "NREF"): constant(TODAY, TODAY + DAY, price("99.00")),
        DOUBLE: constant(TODAY, TODAY + DAY, price("120.00")),
    }
    (result,) = bring_about(target, wanted, target.observe(ALL, WINDOW))
    assert [part.outcome for part in result.results] == [Outcome.FAILED, Outcome.APPLIED]


def test_a_plan_is_changed_field_by_field_and_keeps_what_is_not_ours(extranet: Extranet) -> None:
    kept = {
        "startDate": "2026-12-20",
        "endDate": "2027-01-05",
        "penalties": [{"deadline": 0, "perStayFee": "FullCostOfStay", "amount": 1.5}],
    }
    once = {"defaultPenalties": [{"deadline": 0, "perStayFee": "None", "amount": 0}], "exceptions": [kept]}
    facts = {"cancelPolicy": once, "valueAddInclusions": ["Free Parking", "Free Breakfast"], "mobileOnly": True}
    extranet.admin.change("expedia", HOTEL, {"rate_plan": "880011A", "facts": facts})
    target = extranet.target()
    where = address("rate_plan", "double", "BAR")
    (result,) = bring_about(target, {where: DOCUMENT}, target.observe(ALL, WINDOW))
    assert result.results[0].outcome is Outcome.APPLIED
    plan = next(p for p in extranet.admin.hotel("expedia", HOTEL)["rate_plans"] if p["id"] == "880011")
    assert plan["name"] == "Best Available Rate"
    assert plan["facts"]["valueAddInclusions"] == ["Free Parking"]
    assert plan["facts"]["mobileOnly"] is True
    policy = plan["facts"]["cancelPolicy"]
    assert policy["exceptions"][0]["penalties"][0]["amount"] == Decimal("1.5")
    assert [penalty["perStayFee"] for penalty in policy["defaultPenalties"]] == ["1stNightRoomAndTax", "None"]
    extranet.admin.clear_log()
    bring_about(target, {where: DOCUMENT}, target.observe(ALL, WINDOW))
    assert not [entry for entry in extranet.admin.log() if entry["method"] == "PATCH"]


def test_a_plan_is_deactivated(extranet: Extranet) -> None:
    target = extranet.target()
    where = address("rate_plan", "double", "BAR")
    bring_about(target, {where: {**DOCUMENT, "active": False}}, target.observe(ALL, WINDOW))
    seen = target.observe(ALL, WINDOW).entries[where].value
    assert not isinstance(seen, Calendar)
    assert seen["active"] is False


LONG = ("double", "LONG")


def with_long() -> Any:
    return hotel(plans={LONG: CREATE})


def test_a_plan_is_made_and_then_priced_in_one_go(extranet: Extranet) -> None:
    wanted = with_long()
    target = extranet.target(wanted)
    before = target.observe(ALL, WINDOW)
    assert before.assigned == {}
    desired: dict[Address, Value] = {
        address("rate_plan", *LONG): {**DOCUMENT, "name": "Long Stay", "meal_plan": "breakfast", "min_advance_days": 3},
        address("rates", *LONG): constant(TODAY, TODAY + DAY, price("88.00")),
    }
    made, priced = bring_about(target, desired, before)
    assert priced.results[0].outcome is Outcome.APPLIED
    assert set(made.assigned) == {LONG}
    seen = extranet.target(wanted, made.assigned).observe(ALL, WINDOW)
    assert seen.assigned == made.assigned
    document = seen.entries[address("rate_plan", *LONG)].value
    assert document == desired[address("rate_plan", *LONG)]
    assert seen.entries[address("rates", *LONG)].value == desired[address("rates", *LONG)]


def test_a_plan_whose_making_was_not_answered_is_found_by_its_code_and_not_made_twice(extranet: Extranet) -> None:
    wanted = with_long()
    target = extranet.target(wanted)
    where = address("rate_plan", *LONG)
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("drop_after", {"path": f"/properties/{HOTEL}/roomTypes/30011/ratePlans", "nth": 2})
    with pytest.raises(UncertainError):
        bring_about(target, {where: {**DOCUMENT, "name": "Long Stay"}}, before)
    seen = extranet.target(wanted).observe(ALL, WINDOW)
    assert set(seen.assigned) == {LONG}
    assert where in seen.entries
    (again,) = bring_about(extranet.target(wanted), {where: {**DOCUMENT, "name": "Long Stay"}}, before)
    assert again.assigned == seen.assigned
    codes = [
        rule["partnerCode"]
        for plan in extranet.admin.hotel("expedia", HOTEL)["rate_plans"]
        for rule in plan["facts"]["distributionRules"]
    ]
    assert codes.count("LONG") == 2  # one plan, one rule for each way of paying


def test_prices_for_a_plan_that_was_not_made_are_refused(extranet: Extranet) -> None:
    target = extranet.target(with_long())
    todo = pending(address("rates", *LONG), constant(TODAY, TODAY + DAY, price("88.00")))
    (batch,) = target.batches([todo])
    with pytest.raises(RequestRefusedError, match="no id"):
        target.execute(batch)


LINKAGE = {
    "deriveAvailabilityStatus": True,
    "deriveLengthOfStayRestriction": True,
    "deriveClosedToArrival": True,
    "deriveClosedToDeparture": True,
    "rateDerivationRules": [
        {
            "dateStart": "1900-01-01",
            "dateEnd": "2079-06-06",
            "adjustmentType": "Percentage",
            "adjustmentValue": -15,
        }
    ],
}


def test_a_plan_that_expedia_derives_is_read_only(extranet: Extranet) -> None:
    facts = {"parent": "880011", "ratePlanLinkage": LINKAGE}
    extranet.admin.change("expedia", HOTEL, {"rate_plan": "880021", "facts": facts})
    target = extranet.target()
    seen = target.observe(ALL, WINDOW)
    document = seen.entries[address("rate_plan", "double", "NREF")].value
    assert not isinstance(document, Calendar)
    assert document["linked"] is True
    normal, findings = target.normal(address("rates", "double", "NREF"), weekends("102.00", "119.00"), seen.traits)
    assert normal == Calendar()
    assert [finding.code for finding in findings] == ["linked-at-provider"]
    assert target.normal(address("rate_plan", "double", "NREF"), DOCUMENT, seen.traits) == ({}, ())


def test_a_hotel_without_rooms_is_an_error_and_not_an_empty_hotel(extranet: Extranet) -> None:
    extranet.load(rooms=[], rate_plans=[])
    with pytest.raises(UnexpectedReplyError, match="no room"):
        extranet.target().observe(ALL, WINDOW)


def test_a_hotel_that_is_not_ours_is_refused(extranet: Extranet) -> None:
    wanted = hotel()
    link = replace(wanted.providers["expedia"], external_id="999")
    with pytest.raises(RequestRefusedError):
        extranet.target(replace(wanted, providers={"expedia": link})).observe(ALL, WINDOW)


def test_what_is_mapped_and_missing_is_told_and_the_rest_is_read(extranet: Extranet) -> None:
    wanted = hotel(plans={("double", "NREF"): "123"})
    seen = extranet.target(wanted).observe(ALL, WINDOW)
    assert [finding.code for finding in seen.findings] == ["mapped-but-missing"]
    assert address("rate_plan", "double", "BAR") in seen.entries


def test_another_currency_is_an_error_that_names_both(extranet: Extranet) -> None:
    seen = extranet.target(hotel(currency="USD")).observe(ALL, WINDOW)
    (finding,) = seen.findings
    assert finding.code == "currency-mismatch"
    assert "EUR" in finding.message
    assert "USD" in finding.message


def test_only_the_kinds_asked_for_are_read(extranet: Extranet) -> None:
    seen = extranet.target().observe(frozenset({"availability"}), WINDOW)
    assert {where.kind for where in seen.entries} == {"availability"}
    (sent,) = {entry["body"].count("<RatePlan") for entry in extranet.sent("parr")}
    assert sent == 0
    extranet.admin.clear_log()
    extranet.target().observe(frozenset({"rate_plan"}), WINDOW)
    assert extranet.sent("parr") == []


def test_everything_that_runs_there_can_be_discovered_without_mappings(extranet: Extranet) -> None:
    target = extranet.target()
    bring_about(target, everything(), target.observe(ALL, WINDOW))
    extranet.admin.change("expedia", HOTEL, {"rate_plan": "880021", "active": False})
    found = discover(HOTEL, extranet.http(), CREDENTIAL, Wanted(WINDOW))
    assert (found.name, found.currency) == ("Lisbon Baixa", "EUR")
    assert {room.id: room.max_occupancy for room in found.rooms} == {"30011": 3, "30012": 2}
    assert {plan.id: plan.active for plan in found.plans} == {"880011A": True, "880021": False, "880012A": True}
    assert found.rates[("30011", "880011A")] == weekends("120.00", "140.00")
    assert ("30011", "880021") not in found.rates


def test_lengths_of_stay_go_to_the_fields_that_the_hotels_switch_means(extranet: Extranet) -> None:
    wanted = hotel(link={"length_of_stay": "through"})
    where = address("restrictions", "double", "BAR")
    target = extranet.target(wanted)
    rules = free(min_stay_through=2, max_stay_through=7)
    bring_about(target, {where: rules}, target.observe(ALL, WINDOW))
    assert target.observe(ALL, WINDOW).entries[where].value == rules
    assert target.capabilities.kinds["restrictions"].fields >= {"min_stay_through", "max_stay_through"}


def test_a_plans_own_longest_stay_is_no_restriction(extranet: Extranet) -> None:
    extranet.admin.change("expedia", HOTEL, {"rate_plan": "880011A", "facts": {"maxLOSDefault": 7}})
    where = address("restrictions", "double", "BAR")
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    for most in (7, 28, None):
        normal, _ = target.normal(where, free(max_stay=most), before.traits)
        assert normal == free()
    bring_about(target, {where: free(max_stay=7)}, before)
    assert target.observe(ALL, WINDOW).entries[where].value == free()


def test_creating_is_told_by_the_summary_and_never_repeated(extranet: Extranet) -> None:
    todo = pending(address("rate_plan", *LONG), DOCUMENT, action=Action.CREATE)
    (batch,) = extranet.target(with_long()).batches([todo])
    assert not batch.repeatable
    assert "create" in batch.summary
