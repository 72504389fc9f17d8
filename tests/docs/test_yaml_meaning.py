"""What docs/yaml.md says in words of everything but prices, shown with values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.kinds.mapping import base_plan
from reconciler.load import workspace
from reconciler.model.property import BOOKING, EXPEDIA, Manage, PlanType
from reconciler.model.state import Restrictions
from tests.docs.hotels import RATES, WEDNESDAY, at, bar, limits, one, plans, price, settings
from tests.docs.pages import NOW, base_property, load, replaced

# --- types and restrictions


@pytest.mark.parametrize(
    ("kind", "implied"),
    [
        ("bar", {}),
        ("corporate", {"qualified": True}),
        ("government", {"qualified": True}),
        ("aaa_senior", {"qualified": True}),
        ("bed_and_breakfast", {"meal_plan": "breakfast"}),
        ("half_board", {"meal_plan": "half_board"}),
        ("full_board", {"meal_plan": "full_board"}),
        ("all_inclusive", {"meal_plan": "all_inclusive"}),
        ("early_bird", {"min_advance_days": 14}),
        ("last_minute", {"max_advance_days": 3}),
        ("long_stay", {"min_stay": 7}),
        ("non_refundable", {"penalty": ("non_refundable", 0, 100)}),
    ],
)
def test_each_type_implies_what_the_table_says(tmp_path: Path, kind: str, implied: dict[str, object]) -> None:
    hotel = one(tmp_path, plans(bar(), f"X: {{type: {kind}, rates: {RATES}}}"))
    plan = hotel.rate_plans["X"]
    night, policy = limits(hotel, "X"), plan.cancellation
    found = {
        "qualified": plan.qualified or None,
        "meal_plan": plan.meal_plan,
        "min_advance_days": night.min_advance_days,
        "max_advance_days": night.max_advance_days,
        "min_stay": None if night.min_stay == 1 else night.min_stay,
        "penalty": policy and (policy.type, policy.deadline_hours, policy.penalty_percentage),
    }
    assert {name: value for name, value in found.items() if value is not None} == implied
    assert {kind.value for kind in PlanType} >= {kind}


def test_what_a_type_implies_may_be_overridden(tmp_path: Path) -> None:
    hotel = one(
        tmp_path, plans(bar(), f"L: {{type: long_stay, rates: {RATES}, restrictions: {{default: {{min_stay: 5}}}}}}")
    )
    assert limits(hotel, "L").min_stay == 5


def test_a_derived_plan_takes_its_parents_restrictions_unless_told_not_to(tmp_path: Path) -> None:
    parent = bar(more=", restrictions: {default: {min_stay: 2, closed_to_arrival: true}}")
    hotel = one(
        tmp_path,
        plans(
            parent,
            "A: {type: non_refundable, derive: {from: BAR, change: -10%}, restrictions: {default: {min_stay: 4}}}",
            "B: {type: non_refundable, derive: {from: BAR, change: -10%, restrictions: false}}",
        ),
    )
    assert limits(hotel, "A") == Restrictions(min_stay=4, closed_to_arrival=True)
    assert limits(hotel, "B") == Restrictions()


def test_room_restrictions_come_on_top_for_one_room(tmp_path: Path) -> None:
    more = ", restrictions: {default: {min_stay: 2}}, room_restrictions: {suite: {default: {max_stay: 7}}}"
    hotel = one(tmp_path, plans(bar(more=more)))
    assert limits(hotel, "BAR", "double") == Restrictions(min_stay=2)
    assert limits(hotel, "BAR", "suite") == Restrictions(min_stay=2, max_stay=7)


def test_a_named_policy_keeps_its_name_so_that_a_provider_can_have_a_code_for_it(tmp_path: Path) -> None:
    hotel = one(tmp_path, "")
    policy = hotel.rate_plans["BAR"].cancellation
    assert policy is not None
    assert (policy.name, policy.late_penalty) == ("flexible-24h", "first_night")
    assert hotel.providers[BOOKING].codes["cancellation"] == {"flexible-24h": "152"}


# --- allocation


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{direct: 25%, expedia: 35%, booking.com: 40%, overbooking: 5%}", (5, 7, 8, 1)),
        ("{direct: 33%, expedia: 33%, booking.com: 34%}", (8, 6, 6, 0)),
        ("{direct: 5, expedia: 8, booking.com: 7, overbooking: 2}", (5, 8, 7, 2)),
        ("{expedia: 8, booking.com: 7}", (5, 8, 7, 0)),
    ],
)
def test_numbers_and_shares_of_twenty_units(tmp_path: Path, written: str, expected: tuple[int, ...]) -> None:
    hotel = one(tmp_path, f"allocation: {{double: {{default: {written}}}}}\n")
    night = hotel.allocation["double"].at(WEDNESDAY)
    assert night is not None
    assert (night.of("direct"), night.of(EXPEDIA), night.of(BOOKING), night.overbooking) == expected


def test_a_rooms_own_allocation_merges_over_that_of_every_room(tmp_path: Path) -> None:
    every = '"*": {default: {direct: 25%, expedia: 35%, booking.com: 40%, overbooking: 5%}}'
    hotel = one(tmp_path, f"allocation:\n  {every}\n  suite: {{default: {{expedia: 1, booking.com: 1}}}}\n")
    suite, double = hotel.allocation["suite"].at(WEDNESDAY), hotel.allocation["double"].at(WEDNESDAY)
    assert suite is not None and double is not None
    assert (suite.of(EXPEDIA), suite.of(BOOKING)) == (1, 1)
    assert double.of(EXPEDIA) == 7


# --- identity, mappings, ownership


def test_today_is_local_to_the_property_and_the_horizon_begins_there(tmp_path: Path) -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    load(tmp_path, hotel=replaced(base_property(), "timezone: Asia/Tokyo\nhorizon: 10\n"))
    window = workspace(tmp_path, now=late).properties[0].window
    assert (window.start, window.until) == (date(2026, 11, 25), date(2026, 12, 5))


def test_the_name_of_an_integration_is_made_of_provider_and_hotel(tmp_path: Path) -> None:
    hotel = one(tmp_path, "")
    names = [hotel.providers[provider].integration_name for provider in (EXPEDIA, BOOKING)]
    assert names == ["Expedia - Harbour House", "Booking.com - Harbour House"]


def test_the_mapping_row_carries_the_base_plan_else_the_only_bar_else_none(tmp_path: Path) -> None:
    mapped = "mappings:\n  booking.com: {rooms: {double: r1}, rate_plans: {A: p1, B: p2}}\n"
    rates = "rates: {double: 120.00}"
    based = one(tmp_path / "1", mapped + plans(f"A: {{type: bar, {rates}}}", f"B: {{type: bar, base: true, {rates}}}"))
    single = one(tmp_path / "2", mapped + plans(f"A: {{type: bar, {rates}}}", f"B: {{type: corporate, {rates}}}"))
    neither = one(tmp_path / "3", mapped + plans(f"A: {{type: bar, {rates}}}", f"B: {{type: bar, {rates}}}"))
    assert [base_plan(hotel, BOOKING, "double") for hotel in (based, single, neither)] == ["B", "A", None]


def test_of_manage_the_narrowest_word_wins(tmp_path: Path) -> None:
    fragment = """manage: {rates: false, rate_plan: create_only}
targets: {database: {manage: {rates: true}}}
providers:
  expedia: {property_id: "16000001", credentials: expedia-group, manage: {rates: true, availability: false}}
  booking.com: {hotel_id: "8000001", credentials: booking-com-group}
"""
    hotel = one(tmp_path, fragment)
    rates = [hotel.manages(target, "rates") for target in ("database", EXPEDIA, BOOKING)]
    assert rates == [Manage.YES, Manage.YES, Manage.NO]
    assert hotel.manages(EXPEDIA, "availability") is Manage.NO
    assert hotel.manages(BOOKING, "availability") is Manage.YES
    assert hotel.manages("database", "rate_plan") is Manage.CREATE_ONLY


def test_a_suspension_ends_at_the_propertys_local_time(tmp_path: Path) -> None:
    hotel = one(tmp_path, "timezone: Asia/Tokyo\nsuspend: {reason: Roof is off, until: 2027-03-01T12:00}\n")
    assert hotel.suspended[""].until.astimezone(UTC) == datetime(2027, 3, 1, 3, tzinfo=UTC)


def test_a_linked_plan_is_sent_nothing(tmp_path: Path) -> None:
    hotel = one(tmp_path, plans(bar(more=", providers: {expedia: {linked: true}}")))
    assert at(hotel, "rates", EXPEDIA) == []
    assert at(hotel, "restrictions", EXPEDIA) == []
    assert len(at(hotel, "rates", BOOKING)) == 2


def test_a_retired_plan_is_closed_and_deactivated(tmp_path: Path) -> None:
    hotel = one(tmp_path, plans(bar(more=", retired: true")))
    documents = [value for _, value in at(hotel, "rate_plan", EXPEDIA)]
    restrictions = [value for _, value in at(hotel, "restrictions", EXPEDIA)]
    assert all(document["active"] is False for document in documents)
    assert all(run.value.closed for calendar in restrictions for run in calendar)


# --- defaults


def test_defaults_are_merged_from_outside_in_and_null_removes(tmp_path: Path) -> None:
    load(
        tmp_path,
        hotel=replaced(base_property(), "weekend: [sun]\n"),
        defaults="kind: Defaults\nhorizon: 100\nweekend: [fri]\n",
    )
    inner = tmp_path / "properties" / "iberia" / "_defaults.yaml"
    inner.write_text("kind: Defaults\nhorizon: 200\nseasons: {summer: [2027-06-15..2027-09-10]}\n", encoding="utf-8")
    hotel = workspace(tmp_path, now=NOW).properties[0]
    assert hotel.window.until - hotel.window.start == timedelta(days=200)
    inner.write_text("kind: Defaults\nhorizon: null\n", encoding="utf-8")
    assert workspace(tmp_path, now=NOW).properties[0].window.until - hotel.window.start == timedelta(days=500)


def test_defaults_above_several_currencies_give_an_amount_for_each(tmp_path: Path) -> None:
    shared = (
        "kind: Defaults\nrate_plans:\n"
        "  BB: {type: bed_and_breakfast, derive: {from: BAR, change: {EUR: +25.00, USD: +30.00}}}\n"
    )
    loaded = load(tmp_path, defaults=shared)
    assert price(loaded.properties[0], "BB", "double") == "145.00"


# --- the workspace


def test_a_providers_transport_goes_over_the_global_one_key_by_key(tmp_path: Path) -> None:
    known = settings(
        tmp_path, "transport: {timeout: 20s, attempts: 3}\nproviders: {expedia: {transport: {attempts: 7}}}\n"
    )
    assert [known.providers[p].transport.attempts for p in (EXPEDIA, BOOKING)] == [7, 3]
    assert known.providers[EXPEDIA].transport.timeout == 20.0


def test_only_test_environments_apply_what_is_not_committed_unless_told_otherwise(tmp_path: Path) -> None:
    fragment = "environments: {a: {}, b: {test_mode: false}, c: {test_mode: false, require_commit: false}}\n"
    found = settings(tmp_path, fragment).environments
    assert [found[name].require_commit for name in "abc"] == [False, True, False]
    assert [found[name].credential_set for name in "abc"] == ["sandbox", "production", "production"]


def test_the_table_of_events_holds_unless_written(tmp_path: Path) -> None:
    events = settings(tmp_path, "events: {rate_updated: {retries: 9}}\n").events
    assert events["booking_created"] == {"level": "critical", "retries": 5, "delay": "1s", "timeout": "30s"}
    assert events["rate_updated"] == {"level": "medium", "retries": 9, "delay": "5s", "timeout": "10s"}
    assert events["content_updated"] == {"level": "low", "retries": 2, "delay": "10s", "timeout": "30s"}


def test_schedules_run_on_utc_and_at_both_providers_unless_written(tmp_path: Path) -> None:
    schedule = settings(tmp_path, 'schedules: {rate_sync: {cron: "*/15 * * * *"}}\n').schedules["rate_sync"]
    assert (schedule.timezone, schedule.enabled, set(schedule.providers)) == ("UTC", True, {EXPEDIA, BOOKING})


def test_a_saved_plan_holds_for_seven_days_and_credentials_for_ninety(tmp_path: Path) -> None:
    known = settings(tmp_path, "")
    assert known.plan_ttl == timedelta(days=7)
    assert known.credentials["expedia-group"].rotate_every == timedelta(days=90)
