"""The target against the extranet: what is applied is what is observed next, as far as it can be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.errors import (
    AuthenticationFailedError,
    CredentialError,
    RequestRefusedError,
    TemporaryError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.journal import Outcome
from reconciler.model.property import Mappings
from reconciler.model.secret import Secret
from reconciler.model.state import Availability, Counts, Restrictions, Value, Window
from reconciler.providers.booking_com.reading import Wanted, discover

from .hotels import (
    ALL,
    DAY,
    DEAL,
    DOCUMENT,
    DOUBLE,
    HOTEL,
    NREF,
    PASSWORD,
    SINGLE,
    STANDARD,
    TODAY,
    USER,
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

RATES = address("rates", "double", "BAR")
UNITS = address("availability", "double")
RULES = address("restrictions", "double", "BAR")
YEAR = Window(TODAY, TODAY + timedelta(days=365))


def everything() -> dict[Address, Value]:
    """Something of every dated kind for the whole window."""
    some = constant(TODAY + DAY * 10, TODAY + DAY * 40, Restrictions(min_stay=3, max_stay_through=9, closed=True))
    return {
        RATES: constant(TODAY, WINDOW.until, price("150.00", g1="120.00")),
        RULES: free().overlay(some),
        UNITS: constant(TODAY, WINDOW.until, Availability(14)).overlay(
            constant(TODAY + DAY * 5, TODAY + DAY * 7, Availability(3, closed=True))
        ),
        address("availability", "single"): constant(TODAY, WINDOW.until, Availability(2, closed=True)),
    }


@pytest.mark.parametrize("rows", ["nested", "flat"])
def test_what_is_applied_is_what_is_observed_next(extranet: Extranet, rows: str) -> None:
    extranet.admin.switch(booking_rate_rows=rows)
    target = extranet.target()
    results = bring_about(target, everything(), target.observe(ALL, WINDOW))
    assert {part.outcome for result in results for part in result.results} == {Outcome.APPLIED}
    assert all(result.message_id for result in results)
    after = extranet.target().observe(ALL, WINDOW)
    for where in (UNITS, address("availability", "single")):
        assert after.entries[where].value == everything()[where]
    closures = after.entries[RULES].value
    assert isinstance(closures, Calendar)
    assert closures == free().overlay(constant(TODAY + DAY * 10, TODAY + DAY * 40, Restrictions(closed=True)))
    assert "unreadable" not in after.traits
    assert RATES not in after.entries


def test_what_cannot_be_read_back_arrives_all_the_same(extranet: Extranet) -> None:
    target = extranet.target()
    bring_about(target, everything(), target.observe(ALL, WINDOW))
    pair = extranet.room_rate(DOUBLE, STANDARD)
    until = WINDOW.until.isoformat()
    assert pair["price"] == [{"from": "2026-06-01", "until": until, "value": "150.00"}]
    assert pair["price1"] == [{"from": "2026-06-01", "until": until, "value": "120.00"}]
    assert {(run["from"], run["value"]) for run in pair["min_los_arrival"]} >= {("2026-06-11", 3)}
    assert {(run["from"], run["value"]) for run in pair["max_los"]} == {("2026-06-11", 9)}


def test_a_hotel_with_nothing_loaded_has_no_units(extranet: Extranet) -> None:
    seen = extranet.target().observe(ALL, WINDOW)
    assert seen.entries[UNITS].value == constant(WINDOW.start, WINDOW.until, Availability(0))
    assert seen.entries[address("rate_plan", "double", "BAR")].value == {"name": "Standard", "active": True}
    assert seen.findings == ()
    assert seen.coverage is not None
    assert (seen.coverage.rooms, seen.coverage.rooms_mapped) == (2, 2)
    assert (seen.coverage.rates, seen.coverage.rates_mapped) == (4, 2)


def test_a_year_of_one_price_is_at_most_thirteen_requests_of_one_month_each(extranet: Extranet) -> None:
    target = extranet.target()
    bring_about(
        target, {RATES: constant(YEAR.start, YEAR.until, price("150.00"))}, target.observe(frozenset({"rates"}), YEAR)
    )
    sent = extranet.sent("availability")
    assert len(sent) <= 13
    assert sum(entry["updates"] for entry in sent) == 365
    assert all(" from=" not in entry["body"] for entry in sent)


def test_rooms_and_rates_of_a_month_go_together(extranet: Extranet) -> None:
    target = extranet.target()
    month = constant(TODAY, TODAY + DAY * 30, price("150.00"))
    bring_about(target, {RATES: month, address("rates", "single", "BAR"): month}, target.observe(ALL, WINDOW))
    assert len(extranet.sent("availability")) == 1


def test_a_booking_is_not_taken_back(extranet: Extranet) -> None:
    units = {UNITS: constant(TODAY, WINDOW.until, Availability(14))}
    target = extranet.target()
    bring_about(target, units, target.observe(ALL, WINDOW))
    extranet.admin.change(
        "booking.com",
        HOTEL,
        {"rate_plan": STANDARD, "room": DOUBLE, "from": "2026-06-01", "until": "2026-06-10", "set": {"price": "99.00"}},
    )
    stay = {"room": DOUBLE, "rate_plan": STANDARD, "arrival": "2026-06-03", "departure": "2026-06-05"}
    extranet.admin.book("booking.com", HOTEL, **stay)
    seen = target.observe(ALL, WINDOW)
    assert seen.entries[UNITS].value == units[UNITS]
    assert seen.entries[UNITS].counts.at(TODAY + DAY * 2) == Counts(13, 1)
    bring_about(target, {UNITS: constant(TODAY, WINDOW.until, Availability(10))}, seen)
    room = next(one for one in extranet.there()["rooms"] if one["id"] == DOUBLE)
    assert [run["value"] for run in room["left"]] == [10, 9, 10]


@pytest.mark.parametrize("sells", [True, False])
def test_units_of_a_room_without_rates_wait_for_what_it_has_sold(extranet: Extranet, sells: bool) -> None:
    rates = [{"id": STANDARD, "name": "Standard", "rooms": [SINGLE]}]
    extranet.load(rate_plans=rates)
    extranet.admin.change(
        "booking.com", HOTEL, {"room": DOUBLE, "from": "2026-06-02", "until": "2026-06-03", "set": {"sold": 3}}
    )
    target = extranet.target(hotel(mappings={"booking.com": Mappings({"double": DOUBLE, "single": SINGLE}, {})}))
    before = target.observe(ALL, WINDOW)
    assert UNITS not in before.entries
    normal = constant(TODAY, TODAY + DAY * 3, Availability(5))
    todo = [pending(UNITS, normal), pending(address("availability", "single"), normal, before)]
    (batch,) = target.batches(todo)
    if sells:  # a plan was made in between
        seen = extranet.there()
        pair = {"room": DOUBLE, "id": STANDARD}
        extranet.admin.load_hotel("booking.com", {**seen, "room_rates": [*seen["room_rates"], pair]})
    results = {part.part.address.key[0]: part.outcome for part in target.execute(batch).results}
    assert results == {"double": Outcome.APPLIED if sells else Outcome.FAILED, "single": Outcome.APPLIED}
    room = next(one for one in extranet.there()["rooms"] if one["id"] == DOUBLE)
    assert [run["value"] for run in room.get("left", [])] == ([5, 2, 5] if sells else [])


@pytest.mark.parametrize("included", [True, False])
def test_cancelled_bookings_are_counted_as_the_account_counts_them(extranet: Extranet, included: bool) -> None:
    extranet.admin.switch(booking_booked_includes_cancelled=included)
    night = {"from": "2026-06-03", "until": "2026-06-04"}
    counts = {"left": 5, "sold": 3, "cancelled": 2}
    extranet.admin.change("booking.com", HOTEL, {"room": DOUBLE, **night, "set": counts})
    seen = extranet.target(booked_includes_cancelled=included).observe(ALL, WINDOW)
    assert seen.entries[UNITS].counts.at(TODAY + DAY * 2) == Counts(5, 3)


def test_counts_are_never_sent_twice_for_a_lost_reply_and_prices_are(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("drop_after", {"operation": "availability"})
    with pytest.raises(UncertainError):
        bring_about(target, {UNITS: constant(TODAY, TODAY + DAY, Availability(3))}, before)
    assert len(extranet.sent("availability")) == 1
    extranet.admin.fault("drop_after", {"operation": "availability"})
    bring_about(target, {RATES: constant(TODAY, TODAY + DAY, price("99.00"))}, before)
    assert len(extranet.sent("availability")) == 3


def test_an_answer_cut_in_the_middle_leaves_open_what_became_of_it(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("truncate", {"operation": "availability"})
    with pytest.raises(UncertainError):
        bring_about(target, {UNITS: constant(TODAY, TODAY + DAY, Availability(3))}, before)


def test_the_nights_that_a_success_refuses_are_named(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("partial", {"operation": "availability"}, items=[2])
    july = constant(TODAY, TODAY + DAY * 5, price("99.00"))
    ((double, single),) = (
        result.results for result in bring_about(target, {RATES: july, address("rates", "single", "BAR"): july}, before)
    )
    assert single.outcome is Outcome.APPLIED
    assert double.outcome is Outcome.FAILED
    assert "could not be processed" in double.detail
    assert double.refused == constant(TODAY + DAY * 2, TODAY + DAY * 3, True)


def test_a_message_that_is_refused_as_a_whole_fails_all_its_parts_in_the_providers_words(extranet: Extranet) -> None:
    wanted = hotel(plans={("double", "BAR"): "999"})
    target = extranet.target(wanted)
    (result,) = bring_about(
        target, {RATES: constant(TODAY, TODAY + DAY * 2, price("9.00"))}, target.observe(ALL, WINDOW)
    )
    (part,) = result.results
    assert part.outcome is Outcome.FAILED
    assert part.refused is None
    assert "RATE_NOT_ACTIVE" in part.detail


def test_prices_in_another_currency_are_refused_by_name(extranet: Extranet) -> None:
    target = extranet.target(hotel(currency="USD"))
    (result,) = bring_about(target, {RATES: constant(TODAY, TODAY + DAY, price("9.00"))}, target.observe(ALL, WINDOW))
    assert "CURRENCY_CODE_DONT_MATCH_HOTEL_CURRENCY" in result.results[0].detail


# --- what is not promised


def test_where_rates_do_not_tell_whether_they_are_closed_it_is_unreadable(extranet: Extranet) -> None:
    extranet.admin.switch(booking_rate_closed=False)
    seen = extranet.target().observe(ALL, WINDOW)
    assert seen.traits["unreadable"] == "closed"
    assert RULES not in seen.entries


def test_where_rooms_do_not_tell_whether_they_are_closed_their_rates_are_closed_instead(extranet: Extranet) -> None:
    extranet.admin.switch(booking_room_closed=False)
    wanted = hotel()
    shut = constant(TODAY + DAY, TODAY + DAY * 3, True)
    rooms = {**wanted.rooms, "double": replace(wanted.rooms["double"], closed=shut)}
    target = extranet.target(replace(wanted, rooms=rooms))
    before = target.observe(ALL, WINDOW)
    asked = constant(TODAY, TODAY + DAY * 4, Availability(4)).overlay(shut.map(lambda _: Availability(4, closed=True)))
    units, findings = target.normal(UNITS, asked, before.traits)
    assert units == constant(TODAY, TODAY + DAY * 4, Availability(4))
    assert [finding.code for finding in findings] == ["room-closed-by-its-rates"]
    rules, _ = target.normal(RULES, free(), before.traits)
    assert isinstance(rules, Calendar)
    assert rules == free().overlay(shut.map(lambda _: Restrictions(closed=True)))
    bring_about(target, {UNITS: asked}, before)
    assert "<closed>" not in extranet.sent("availability")[-1]["body"]


def test_without_rooms_to_sell_units_are_refused_and_the_rest_is_read(extranet: Extranet) -> None:
    extranet.admin.switch(booking_rooms_to_sell=False)
    with pytest.raises(UnexpectedReplyError, match="units cannot be managed"):
        extranet.target().observe(ALL, WINDOW)
    seen = extranet.target().observe(ALL - {"availability"}, WINDOW)
    assert RULES in seen.entries


def test_only_the_kinds_asked_for_are_read(extranet: Extranet) -> None:
    extranet.target().observe(frozenset({"rates", "rate_plan"}), WINDOW)
    assert extranet.sent("roomrateavailability") == []
    seen = extranet.target().observe(frozenset({"availability"}), WINDOW)
    assert {where.kind for where in seen.entries} == {"availability"}
    assert len(extranet.sent("roomrateavailability")) == 4


def test_a_child_or_read_only_rate_gets_nothing_and_a_finding(extranet: Extranet) -> None:
    target = extranet.target(hotel(plans={("double", "NREF"): NREF, ("double", "DEAL"): DEAL}))
    seen = target.observe(ALL, WINDOW)
    for key, word in (("NREF", "follows"), ("DEAL", "read-only")):
        value, findings = target.normal(
            address("rates", "double", key), constant(TODAY, TODAY + DAY, price("9.00")), seen.traits
        )
        assert value == Calendar()
        assert [finding.code for finding in findings] == ["read-only-at-provider"]
        assert word in findings[0].message
        assert target.normal(address("rate_plan", "double", key), DOCUMENT, seen.traits)[0] == {}


def test_a_rate_that_git_says_is_linked_needs_no_finding(extranet: Extranet) -> None:
    linked = plan("NREF", linked=frozenset({"booking.com"}))
    target = extranet.target(hotel(plans={("double", "NREF"): NREF}, rate_plans={"NREF": linked}))
    seen = target.observe(ALL, WINDOW)
    assert target.normal(address("rate_plan", "double", "NREF"), DOCUMENT, seen.traits) == ({}, ())


# --- hotels and accounts


def test_a_hotel_without_rooms_is_an_error_and_not_an_empty_hotel(extranet: Extranet) -> None:
    extranet.load(rooms=[], rate_plans=[])
    with pytest.raises(UnexpectedReplyError, match="no room"):
        extranet.target().observe(ALL, WINDOW)


def test_a_hotel_that_is_not_ours_is_refused(extranet: Extranet) -> None:
    wanted = hotel()
    link = replace(wanted.providers["booking.com"], external_id="999")
    with pytest.raises(RequestRefusedError, match="999"):
        extranet.target(replace(wanted, providers={"booking.com": link})).observe(ALL, WINDOW)


def test_what_is_mapped_and_missing_is_told_and_the_rest_is_read(extranet: Extranet) -> None:
    wanted = hotel(mappings={"booking.com": Mappings({"double": DOUBLE, "attic": "5"}, {("double", "BAR"): STANDARD})})
    seen = extranet.target(wanted).observe(ALL, WINDOW)
    assert [finding.code for finding in seen.findings] == ["mapped-but-missing"]
    assert UNITS in seen.entries


def test_machine_accounts_are_spoken_to_with_basic_authentication(extranet: Extranet) -> None:
    target = extranet.target(auth="basic")
    target.observe(ALL, WINDOW)
    assert not [entry for entry in extranet.admin.log() if "token" in entry["path"]]


def test_one_token_serves_all_hotels_of_an_account(extranet: Extranet) -> None:
    for _ in range(3):
        extranet.target().observe(frozenset({"rate_plan"}), WINDOW)
    assert len([entry for entry in extranet.admin.log() if "token" in entry["path"]]) == 1


def test_a_token_that_is_no_longer_accepted_is_renewed_once_without_doubt(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.clock("2026-06-01T13:30:00+00:00")
    (result,) = bring_about(target, {UNITS: constant(TODAY, TODAY + DAY, Availability(3))}, before)
    assert result.results[0].outcome is Outcome.APPLIED


@pytest.mark.parametrize("way", ["token", "basic"])
def test_wrong_credentials_are_told_without_showing_them(extranet: Extranet, way: str) -> None:
    wrong = {"partner_id": Secret(USER), "api_key": Secret("canary-wrong-1")}
    target = extranet.target(credential=wrong, auth=way)
    with pytest.raises(AuthenticationFailedError) as raised:
        target.observe(ALL, WINDOW)
    assert "canary" not in f"{raised.value!r}{raised.value.message}{target!r}{vars(target)}"


def test_a_credential_without_its_parts_is_an_error_by_name(extranet: Extranet) -> None:
    with pytest.raises(CredentialError, match="api_key"):
        extranet.target(credential={"partner_id": Secret(USER)})


def test_credentials_quoted_in_a_refusal_are_blotted_out(extranet: Extranet) -> None:
    wanted = hotel()
    link = replace(wanted.providers["booking.com"], external_id=PASSWORD)
    with pytest.raises(RequestRefusedError) as raised:
        extranet.target(replace(wanted, providers={"booking.com": link})).observe(ALL, WINDOW)
    assert PASSWORD not in str(raised.value)
    assert "***" in raised.value.message


def test_reading_survives_short_faults_and_leaves_no_doubt_where_it_fails(extranet: Extranet) -> None:
    for kind in ("drop_before", "drop_after"):
        extranet.admin.fault(kind, {"operation": "roomrateavailability"})
    extranet.target().observe(ALL, WINDOW)
    extranet.admin.fault("drop_after", {"operation": "roomrateavailability", "times": 0})
    with pytest.raises(TemporaryError):
        extranet.target().observe(ALL, WINDOW)


def test_everything_that_runs_there_can_be_discovered_without_mappings(extranet: Extranet) -> None:
    target = extranet.target()
    bring_about(target, everything(), target.observe(ALL, WINDOW))
    found = discover(HOTEL, extranet.http(), extranet.login(), Wanted(WINDOW))
    assert found.name == described()["name"]
    assert {room.id: room.max_occupancy for room in found.rooms} == {DOUBLE: 2, SINGLE: 1}
    listed = {(one.room_id, one.id): one.linked for one in found.plans}
    assert listed == {(DOUBLE, STANDARD): False, (DOUBLE, NREF): True, (DOUBLE, DEAL): True, (SINGLE, STANDARD): False}
    assert all(one.document == {"name": one.name, "active": True} for one in found.plans)
    assert found.availability[DOUBLE] == everything()[UNITS]


def test_units_beyond_what_is_taken_are_a_finding(extranet: Extranet) -> None:
    target = extranet.target()
    _, findings = target.normal(UNITS, constant(TODAY, TODAY + DAY, Availability(255)), {})
    assert [finding.code for finding in findings] == ["allotment-out-of-range"]
    assert target.normal(UNITS, constant(TODAY, TODAY + DAY, Availability(254)), {})[1] == ()


def test_prices_for_other_numbers_of_guests_are_left_out_with_one_finding_for_a_plan(extranet: Extranet) -> None:
    prices = constant(TODAY, TODAY + DAY, price("150.00", g1="120.00", g3="170.00"))
    by_room = {(room, "booking.com"): prices for room in ("double", "single")}
    target = extranet.target(hotel(rate_plans={"BAR": plan("BAR", "Standard", prices=by_room)}))
    seen = target.observe(ALL, WINDOW)
    double, told = target.normal(RATES, prices, seen.traits)
    single, quiet = target.normal(address("rates", "single", "BAR"), prices, seen.traits)
    assert double == constant(TODAY, TODAY + DAY, price("150.00", g1="120.00"))
    assert single == constant(TODAY, TODAY + DAY, price("150.00"))
    assert [finding.code for finding in (*told, *quiet)] == ["guest-prices-unsupported"]
    assert target.normal(RATES, double, seen.traits) == (double, ())


def test_a_price_for_one_guest_that_git_gives_up_does_not_stay_behind(extranet: Extranet) -> None:
    target = extranet.target()
    target.observe(ALL, WINDOW)
    was, now = (constant(TODAY, TODAY + DAY, one) for one in (price("150.00", g1="120.00"), price("150.00")))
    for todo in (pending(RATES, was), pending(RATES, now, before=was)):
        for batch in target.batches([todo]):
            target.execute(batch)
    assert extranet.room_rate(DOUBLE, STANDARD)["price1"][0]["value"] == "150.00"


def test_stays_that_contradict_each_other_are_refused(extranet: Extranet) -> None:
    _, findings = extranet.target().normal(RULES, free(min_stay=5, max_stay=3), {})
    assert [finding.code for finding in findings] == ["stays-contradict"]
