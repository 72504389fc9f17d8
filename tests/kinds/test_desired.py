"""What git wants at each target, of a hotel made by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.contract import ASSIGNED
from reconciler.kinds.mapping import base_plan
from reconciler.kinds.schedule import workspace_schedules
from reconciler.model.address import DATABASE, WORKSPACE
from reconciler.model.property import BOOKING, EXPEDIA, Cancellation, Manage, Mappings, PlanType, Property
from reconciler.model.state import Availability, Price, Restrictions
from reconciler.model.workspace import Schedule
from tests.kinds.hotels import SLUG, closed, hotel, over, plan, room, setting, wanted

ADVANCE = Restrictions(min_advance_days=3)


def test_every_kind_of_the_commands_is_there_in_one_order() -> None:
    names = ["integration", "schedule", "mapping", "rate_plan", "allocation", "availability", "rates", "restrictions"]
    assert list(KINDS) == names
    assert all(KINDS[name].name == name for name in names)


@pytest.mark.parametrize("provider", [EXPEDIA, BOOKING])
def test_addresses_at_a_provider_are_those_of_the_hotel_whatever_the_order_of_the_file(provider: str) -> None:
    made = hotel(plan("BAR"), plan("LONG", ("double",)))
    turned = replace(
        made,
        rooms=dict(reversed(list(made.rooms.items()))),
        rate_plans=dict(reversed(list(made.rate_plans.items()))),
        mappings={
            name: Mappings(dict(reversed(list(ids.rooms.items()))), dict(reversed(list(ids.plans.items()))))
            for name, ids in reversed(list(made.mappings.items()))
        },
    )
    for kind in KINDS:
        assert list(wanted(made, provider, kind)) == list(wanted(turned, provider, kind))
        assert list(wanted(made, DATABASE, kind)) == list(wanted(turned, DATABASE, kind))
    assert list(wanted(made, provider, "rates")) == ["double/BAR", "double/LONG", "suite/BAR"]
    assert list(wanted(made, provider, "availability")) == ["double", "suite"]


@pytest.mark.parametrize("target", [DATABASE, EXPEDIA, BOOKING])
def test_what_git_wants_is_what_git_can_name_and_nothing_of_others_is(target: str) -> None:
    policy = Cancellation("partial", 24, 50, late_penalty="first_night")
    long = plan("LONG", cancellation=policy, discount_from_bar=Decimal(10), base_restrictions={"double": ADVANCE})
    for name, kind in KINDS.items():
        for value in wanted(hotel(plan("BAR"), long), target, name).values():
            assert kind.named(value) == value
            if isinstance(value, dict):
                others = {key: {**there, "theirs": 1} for key, there in value.items() if isinstance(there, dict)}
                kept = kind.named({**value, **others, "notes": {"theirs": 1}})
                assert kept == {**value, "notes": {}} | {k: v for k, v in others.items() if k == "credentials"}


# --- nights without a price


def test_a_night_without_a_price_is_absent_from_the_rates_everywhere() -> None:
    priced = over(Price(Decimal("120.00")), 0, 8)
    assert wanted(hotel(), EXPEDIA, "rates")["double/BAR"] == priced
    assert wanted(hotel(), DATABASE, "rates")["expedia/double/BAR"] == priced


def test_a_night_without_a_price_is_closed_at_the_provider_and_not_in_the_database() -> None:
    assert closed(wanted(hotel(), EXPEDIA, "restrictions")["double/BAR"]) == [8, 9]
    assert closed(wanted(hotel(), DATABASE, "restrictions")["expedia/double/BAR"]) == []


def test_a_plan_without_any_price_is_closed_throughout() -> None:
    made = hotel(plan("BAR", prices={}))
    assert closed(wanted(made, BOOKING, "restrictions")["suite/BAR"]) == list(range(10))
    assert wanted(made, BOOKING, "rates")["suite/BAR"] == over(None, 0, 0)


@pytest.mark.parametrize(("owned", "nights"), [(Manage.NO, []), (Manage.YES, [8, 9]), (Manage.CREATE_ONLY, [])])
def test_where_git_does_not_own_the_prices_it_cannot_tell_that_one_is_missing(owned: Manage, nights: list[int]) -> None:
    made = hotel(manage={(EXPEDIA, "rates"): owned})
    assert closed(wanted(made, EXPEDIA, "restrictions")["double/BAR"]) == nights
    assert closed(wanted(made, BOOKING, "restrictions")["double/BAR"]) == [8, 9]


# --- restrictions


def test_what_is_not_mentioned_is_no_restriction_on_every_night() -> None:
    stricter = over(Restrictions(min_stay=3), 2, 4)
    made = hotel(plan("BAR", restrictions={"double": stricter}))
    expected = over(Restrictions()).overlay(stricter)
    assert wanted(made, DATABASE, "restrictions")["expedia/double/BAR"] == expected
    assert wanted(made, DATABASE, "restrictions")["expedia/suite/BAR"] == over(Restrictions())


# --- linked plans


@pytest.mark.parametrize("kind", ["rates", "restrictions", "rate_plan"])
def test_of_a_plan_that_the_provider_derives_itself_nothing_is_sent(kind: str) -> None:
    made = hotel(plan("BAR"), plan("NREF", linked=frozenset({EXPEDIA})))
    assert not [key for key in wanted(made, EXPEDIA, kind) if key.endswith("NREF")]
    assert [key for key in wanted(made, BOOKING, kind) if key.endswith("NREF")]
    assert [key for key in wanted(made, DATABASE, kind) if key.startswith("expedia/") and key.endswith("NREF")]


# --- mapping and the base plan


def _base(*plans: Any) -> str | None:
    return base_plan(hotel(*plans), EXPEDIA, "double")


def test_the_mapping_row_carries_the_base_plan_else_the_only_bar_else_none() -> None:
    corporate = plan("CORP", type=PlanType.CORPORATE)
    assert _base(plan("BAR"), plan("BASE", base=True, type=PlanType.CORPORATE)) == "BASE"
    assert _base(plan("BAR"), corporate) == "BAR"
    assert _base(plan("BAR"), plan("BAR2")) is None
    assert _base(corporate) is None


def test_the_base_plan_of_a_room_is_one_that_is_sold_there() -> None:
    made = hotel(plan("BASE", ("suite",), base=True), plan("BAR"))
    assert base_plan(made, EXPEDIA, "double") == "BAR"
    assert base_plan(made, EXPEDIA, "suite") == "BASE"


def test_the_row_of_a_room_has_its_id_and_that_of_its_base_plan() -> None:
    assert wanted(hotel(), DATABASE, "mapping")["expedia/double"] == {
        "external_room_id": "D-1",
        "external_rate_plan_id": "BAR-double",
        "is_active": True,
    }
    without = wanted(hotel(plan("CORP", type=PlanType.CORPORATE)), DATABASE, "mapping")["booking.com/suite"]
    assert isinstance(without, dict)
    assert without["external_rate_plan_id"] is None


def test_an_id_that_is_not_known_yet_is_marked_as_such() -> None:
    made = hotel(plan("LONG", base=True))
    row: Any = wanted(made, DATABASE, "mapping")["booking.com/double"]
    assert row["external_rate_plan_id"] == ASSIGNED
    terms: Any = wanted(made, DATABASE, "rate_plan")["booking.com/double/LONG"]
    assert terms["configuration"]["external_rate_plan_id"] == ASSIGNED


# --- rate plans


def _row(**changes: Any) -> Any:
    return wanted(hotel(plan("BAR", **changes)), DATABASE, "rate_plan")["expedia/double/BAR"]


def test_the_row_of_a_plan_has_every_column_of_the_guide() -> None:
    assert _row() == {
        "rate_plan_name": "Plan BAR",
        "rate_plan_type": "flexible",
        "base_rate": "120.00",
        "currency": "EUR",
        "meal_plan": None,
        "cancellation_policy": {
            "type": "flexible",
            "deadline_hours": 24,
            "penalty_percentage": 0,
            "late_penalty": "first_night",
        },
        "min_length_of_stay": 1,
        "max_length_of_stay": None,
        "advance_booking_days": 365,
        "is_active": True,
        "configuration": {"plan_type": "bar", "external_rate_plan_id": "BAR-double"},
    }


def test_a_whole_discount_is_a_whole_number_and_another_is_exact_text() -> None:
    assert _row(discount_from_bar=Decimal(15))["configuration"]["discount_from_bar"] == 15
    assert type(_row(discount_from_bar=Decimal("15.00"))["configuration"]["discount_from_bar"]) is int
    assert type(_row(discount_from_bar=Decimal("1E+1"))["configuration"]["discount_from_bar"]) is int
    assert _row(discount_from_bar=Decimal("12.5"))["configuration"]["discount_from_bar"] == "12.5"
    assert "discount_from_bar" not in _row()["configuration"]


@pytest.mark.parametrize(("written", "column"), [(None, 365), (3, 3), (0, 0), (500, 500)])
def test_the_advance_window_is_what_is_written_else_the_columns_default(written: int | None, column: int) -> None:
    base = {"double": Restrictions(max_advance_days=written)}
    assert _row(base_restrictions=base)["advance_booking_days"] == column


def test_stays_of_the_row_are_those_counted_on_arrival_else_through() -> None:
    both = {"double": Restrictions(min_stay=2, min_stay_through=3, max_stay=14, max_stay_through=7)}
    assert _row(base_restrictions=both)["min_length_of_stay"] == 3
    assert _row(base_restrictions=both)["max_length_of_stay"] == 14
    arrival = {"double": Restrictions(max_stay=14)}
    assert _row(base_restrictions=arrival)["max_length_of_stay"] == 14
    through = {"double": Restrictions(max_stay_through=7)}
    assert _row(base_restrictions=through)["max_length_of_stay"] == 7


def test_the_type_of_a_row_is_the_family_of_its_cancellation() -> None:
    row = _row(type=PlanType.NON_REFUNDABLE, cancellation=Cancellation("non_refundable", 0, 100))
    assert row["rate_plan_type"] == "non_refundable"
    assert row["configuration"]["plan_type"] == "non_refundable"
    assert "late_penalty" not in row["cancellation_policy"]


@pytest.mark.parametrize(
    ("type_", "category"),
    [
        (PlanType.BAR, "standalone"),
        (PlanType.NON_REFUNDABLE, "standalone"),
        (PlanType.EARLY_BIRD, "standalone"),
        (PlanType.BED_AND_BREAKFAST, "package"),
        (PlanType.HALF_BOARD, "package"),
        (PlanType.FULL_BOARD, "package"),
        (PlanType.ALL_INCLUSIVE, "package"),
        (PlanType.CORPORATE, "corporate"),
        (PlanType.GOVERNMENT, "corporate"),
        (PlanType.AAA_SENIOR, "corporate"),
    ],
)
def test_a_provider_learns_the_category_and_no_default_window(type_: PlanType, category: str) -> None:
    terms = wanted(hotel(plan("BAR", type=type_)), EXPEDIA, "rate_plan")["double/BAR"]
    assert isinstance(terms, dict)
    assert terms["category"] == category
    assert (terms["min_advance_days"], terms["max_advance_days"]) == (0, None)


# --- allotments


def test_a_provider_may_sell_its_allotment_and_a_closed_room_is_closed() -> None:
    made = hotel(rooms={"double": room("double", closed=over(False).overlay(over(True, 3, 5))), "suite": room("suite")})
    expected = over(Availability(4)).overlay(over(Availability(4, closed=True), 3, 5))
    assert wanted(made, EXPEDIA, "availability")["double"] == expected
    assert wanted(made, DATABASE, "allocation")["double"] == made.allocation["double"]


# --- retired


def _retired_provider(made: Property, provider: str) -> Property:
    return replace(made, providers={**made.providers, provider: replace(made.providers[provider], retired=True)})


def test_a_retired_plan_is_closed_and_switched_off() -> None:
    made = hotel(plan("BAR"), plan("OLD", retired=True))
    assert closed(wanted(made, EXPEDIA, "restrictions")["double/OLD"]) == list(range(10))
    assert "double/OLD" not in wanted(made, EXPEDIA, "rates")
    assert [row["active"] for row in _all(made, EXPEDIA, "rate_plan", "OLD")] == [False, False]
    assert {row["is_active"] for row in _all(made, DATABASE, "rate_plan", "OLD")} == {False}
    assert {row["is_active"] for row in _all(made, DATABASE, "rate_plan", "BAR")} == {True}


def test_a_retired_room_is_closed_at_every_provider_and_its_rows_are_switched_off() -> None:
    made = hotel(rooms={"double": room("double", retired=True), "suite": room("suite")})
    for provider in (EXPEDIA, BOOKING):
        assert closed(wanted(made, provider, "availability")["double"]) == list(range(10))
        assert closed(wanted(made, provider, "availability")["suite"]) == []
    assert {row["is_active"] for row in _all(made, DATABASE, "mapping", "double")} == {False}
    assert {row["is_active"] for row in _all(made, DATABASE, "mapping", "suite")} == {True}
    rows: Any = wanted(made, DATABASE, "rate_plan")
    assert {key: row["is_active"] for key, row in rows.items()} == {key: "/suite/" in key for key in rows}


def test_a_retired_provider_is_closed_and_switched_off_and_the_other_is_not() -> None:
    made = _retired_provider(hotel(), EXPEDIA)
    assert closed(wanted(made, EXPEDIA, "availability")["double"]) == list(range(10))
    assert closed(wanted(made, BOOKING, "availability")["double"]) == []
    for kind, column in (("integration", "is_enabled"), ("mapping", "is_active"), ("rate_plan", "is_active")):
        rows: Any = wanted(made, DATABASE, kind)
        assert {key: row[column] for key, row in rows.items()} == {key: not key.startswith("expedia") for key in rows}


def test_a_retired_property_is_closed_and_switched_off_everywhere() -> None:
    made = hotel(retired=True)
    for provider in (EXPEDIA, BOOKING):
        assert closed(wanted(made, provider, "availability")["suite"]) == list(range(10))
    for kind, column in (("integration", "is_enabled"), ("mapping", "is_active"), ("rate_plan", "is_active")):
        rows: Any = wanted(made, DATABASE, kind)
        assert {row[column] for row in rows.values()} == {False}


def _all(made: Property, target: str, kind: str, last: str) -> list[Any]:
    return [row for key, row in wanted(made, target, kind).items() if key.endswith(last)]


# --- integration and schedules


def test_an_integration_holds_references_of_its_environment_alone() -> None:
    live: Any = wanted(hotel(), DATABASE, "integration")["expedia"]
    assert live["credentials"] == {
        "api_key": "env:EXPEDIA_PROD_API_KEY",
        "api_secret": "env:EXPEDIA_PROD_API_SECRET",
    }
    assert live["configuration"] == {"test_mode": False, "property_id": "16636843", "ean_id": "402918"}
    test: Any = wanted(hotel(), DATABASE, "integration", test_mode=True)["expedia"]
    assert test["credentials"] == {"api_key": "env:EXPEDIA_SANDBOX_API_KEY"}
    assert test["configuration"]["test_mode"] is True
    other: Any = wanted(hotel(), DATABASE, "integration")["booking.com"]
    assert other["configuration"] == {"test_mode": False, "hotel_id": "8011855"}
    assert other["credentials"] == {}


def test_schedules_belong_to_the_workspace() -> None:
    workspace = setting().workspace
    nightly = Schedule("content_sync", "0 2 * * *", (EXPEDIA,), enabled=False, timezone="Europe/Lisbon")
    workspace = replace(workspace, schedules={**workspace.schedules, "content_sync": nightly})
    rows = {str(address): value for address, value in workspace_schedules(workspace)}
    assert list(rows) == [f"{WORKSPACE}/database/schedule/content_sync", f"{WORKSPACE}/database/schedule/rate_sync"]
    assert rows[f"{WORKSPACE}/database/schedule/content_sync"] == {
        "schedule_cron": "0 2 * * *",
        "is_enabled": False,
        "configuration": {"providers": ["expedia"], "timezone": "Europe/Lisbon"},
    }
    assert not wanted(hotel(), DATABASE, "schedule")
    assert SLUG not in str(rows)
