"""The workspace at the root of the project: it loads at any time, and shows everything that the language has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.app import program
from reconciler.load import Loaded, workspace
from reconciler.model.money import decimals
from reconciler.model.property import BOOKING, CREATE, EXPEDIA, PlanType, Property, RatePlan
from reconciler.model.state import Restrictions

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = [
    datetime(2026, 11, 24, 12, tzinfo=UTC),
    datetime(2027, 11, 24, 12, tzinfo=UTC),
    datetime(2029, 2, 28, 23, 59, tzinfo=UTC),
]


def load(now: datetime) -> Loaded:
    return workspace(ROOT, now=now)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(MOMENTS[0])


@pytest.fixture(scope="module")
def hotels(loaded: Loaded) -> tuple[Property, ...]:
    return tuple(hotel for hotel in loaded.properties if hotel.slug != "harbour-test")


def plans(hotels: tuple[Property, ...]) -> Iterator[RatePlan]:
    return chain.from_iterable(hotel.rate_plans.values() for hotel in hotels)


@pytest.mark.parametrize("now", [*MOMENTS, datetime.now(UTC)], ids=["now", "in a year", "in years", "today"])
def test_it_loads_without_a_diagnostic(now: datetime) -> None:
    found = load(now)
    assert [f"{d.file}:{d.line} {d.code}: {d.message}" for d in found.diagnostics] == []
    assert len(found.properties) == 7


def test_every_restriction_can_be_said_where_it_is_sold() -> None:
    """What `validate` adds to loading."""
    checked = CliRunner().invoke(program, ["validate", "--workspace", str(ROOT), "--format", "json"])
    assert json.loads(checked.output)["findings"] == []


def test_it_has_at_least_five_hotels_in_two_currencies_and_three_time_zones(hotels: tuple[Property, ...]) -> None:
    assert len(hotels) >= 5
    assert len({hotel.currency for hotel in hotels}) >= 2
    assert len({hotel.timezone for hotel in hotels}) >= 3


def test_currencies_with_and_without_decimals_are_among_them(hotels: tuple[Property, ...]) -> None:
    assert {decimals(hotel.currency) for hotel in hotels} == {0, 2}


def test_all_twelve_types_of_rate_plan_are_in_use(hotels: tuple[Property, ...]) -> None:
    sold = {hotel.rate_plans[plan].type for hotel in hotels for m in hotel.mappings.values() for _, plan in m.plans}
    assert sold == set(PlanType)


def test_some_hotels_sell_at_both_providers_and_some_at_one(hotels: tuple[Property, ...]) -> None:
    assert {frozenset(hotel.providers) for hotel in hotels} == {
        frozenset({EXPEDIA, BOOKING}),
        frozenset({EXPEDIA}),
        frozenset({BOOKING}),
    }


def test_each_provider_is_asked_to_make_a_plan(hotels: tuple[Property, ...]) -> None:
    making = {provider for hotel in hotels for provider, m in hotel.mappings.items() if CREATE in m.plans.values()}
    assert making == {EXPEDIA, BOOKING}


def test_every_mapped_plan_has_a_price_on_every_night(hotels: tuple[Property, ...]) -> None:
    for hotel in hotels:
        for provider, mappings in hotel.mappings.items():
            for room, plan in mappings.plans:
                assert hotel.rate_plans[plan].prices[room, provider].nights == 500


def test_every_field_of_restrictions_that_providers_share_is_used(hotels: tuple[Property, ...]) -> None:
    free = Restrictions()
    used = {
        name
        for plan in plans(hotels)
        for calendar in plan.restrictions.values()
        for run in calendar
        for name in Restrictions.__dataclass_fields__
        if getattr(run.value, name) != getattr(free, name)
    }
    assert used == set(Restrictions.__dataclass_fields__)


def test_weekends_seasons_and_overrides_give_their_prices(loaded: Loaded) -> None:
    lisbon = next(hotel for hotel in loaded.properties if hotel.slug == "lisbon-baixa")
    double = lisbon.rate_plans["BAR"].prices["double", BOOKING]
    prices = {night: price.amount for night, price in double.items()}
    assert prices[datetime(2027, 4, 14).date()] == Decimal("120.00")
    assert prices[datetime(2027, 4, 16).date()] == Decimal("140.00")
    assert prices[datetime(2027, 6, 16).date()] == Decimal("165.00")
    assert prices[datetime(2027, 6, 18).date()] == Decimal("185.00")
    assert prices[datetime(2027, 2, 6).date()] == Decimal("155.00")
    assert prices[datetime(2027, 11, 9).date()] == Decimal("260.00")


def test_derived_plans_and_rooms_are_rounded_as_written(loaded: Loaded) -> None:
    lisbon = next(hotel for hotel in loaded.properties if hotel.slug == "lisbon-baixa")
    night = datetime(2027, 4, 14).date()
    at = {
        (plan, room, provider): lisbon.rate_plans[plan].prices[room, provider].at(night)
        for plan, room, provider in [
            ("BAR", "suite", EXPEDIA),
            ("NREF", "double", EXPEDIA),
            ("BB", "double", BOOKING),
            ("BB", "double", EXPEDIA),
        ]
    }
    assert {key: str(price.amount) for key, price in at.items() if price} == {
        ("BAR", "suite", EXPEDIA): "195.00",  # 120 + 40% + 25 = 193, to the nearest 5
        ("NREF", "double", EXPEDIA): "102.00",
        ("BB", "double", BOOKING): "150.00",
        ("BB", "double", EXPEDIA): "154.50",
    }


def test_allotments_stay_within_units_and_overbooking(hotels: tuple[Property, ...]) -> None:
    for hotel in hotels:
        assert hotel.allocation, hotel.slug
        for calendar in hotel.allocation.values():
            for run in calendar:
                assert sum(count for _, count in run.value.channels) <= run.value.units + run.value.overbooking


def test_units_vary_and_rooms_are_closed_by_night(hotels: tuple[Property, ...]) -> None:
    rooms = [room for hotel in hotels for room in hotel.rooms.values()]
    assert any(len({run.value for run in room.units}) > 1 for room in rooms)
    assert any(run.value for room in rooms for run in room.closed)


def test_expedia_ids_of_plans_belong_to_one_room_and_take_rates(hotels: tuple[Property, ...]) -> None:
    ids = [id_ for hotel in hotels if EXPEDIA in hotel.mappings for id_ in hotel.mappings[EXPEDIA].plans.values()]
    given = [id_ for id_ in ids if id_ != CREATE]
    assert len(given) == len(set(given))
    assert all(id_.endswith("A") for id_ in given)


def test_three_environments_with_the_four_schedules(loaded: Loaded) -> None:
    known = loaded.workspace
    assert list(known.environments) == ["development", "staging", "production"]
    assert known.environments["production"].require_commit
    assert sorted(known.schedules) == ["booking_sync", "content_sync", "inventory_sync", "rate_sync"]


def test_credentials_are_references_alone(loaded: Loaded) -> None:
    references = [
        reference
        for credential in loaded.workspace.credentials.values()
        for references in credential.sets.values()
        for reference in references.values()
    ]
    assert len(references) == 8
    assert all(reference.startswith("env:") for reference in references)


@pytest.mark.parametrize(("environment", "expected"), [("development", 7), ("staging", 1), ("production", 6)])
def test_each_environment_has_its_hotels(environment: str, expected: int) -> None:
    assert len(workspace(ROOT, now=MOMENTS[0], environment=environment).properties) == expected


def test_the_first_line_of_every_file_names_its_schema() -> None:
    files = [ROOT / "reconciler.yaml", *(ROOT / "properties").rglob("*.yaml")]
    for file in files:
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema=")
        target = (file.parent / first.partition("$schema=")[2]).resolve()
        assert target.parent == ROOT / "schemas"
