"""What docs/yaml.md says in words of prices and calendars, shown with values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.model.property import BOOKING, EXPEDIA
from reconciler.model.state import Price, Restrictions
from tests.docs.hotels import FRIDAY, SATURDAY, WEDNESDAY, at, bar, limits, one, plans, price

# --- prices


def test_199_less_15_percent_rounded_down_to_1_is_169_and_30_more_is_229(tmp_path: Path) -> None:
    hotel = one(
        tmp_path,
        plans(
            bar(rates="{double: 199.00, suite: 210.00}"),
            "NREF: {type: non_refundable, derive: {from: BAR, change: -15%, round: {to: 1.00, mode: down}}}",
            "EXACT: {type: non_refundable, derive: {from: BAR, change: -15%}}",
            "BB: {type: bed_and_breakfast, derive: {from: BAR, change: +30.00}}",
        ),
    )
    assert [price(hotel, plan, "double") for plan in ("NREF", "EXACT", "BB")] == ["169.00", "169.15", "229.00"]
    assert hotel.rate_plans["NREF"].discount_from_bar == 15


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("change: [+40%, +20.00]", "188.00"),
        ("change: +12.5%, round: {to: 5.00, mode: nearest}", "135.00"),
        ("change: +12.5%, round: {to: 5.00, mode: up}", "135.00"),
        ("change: +14%, round: {to: 5.00, mode: down}", "135.00"),
        ("change: +14%, round: {to: 5.00, mode: up}", "140.00"),
        ("change: -50%, floor: 79.00", "79.00"),
        ("change: -50%, round: {to: 10.00}, floor: 79.00", "80.00"),
        ("change: +50%, round: {to: 10.00}, ceiling: 155.00", "150.00"),
    ],
)
def test_change_then_round_then_floor_and_ceiling(tmp_path: Path, rule: str, expected: str) -> None:
    hotel = one(tmp_path, plans(bar(rates=f"{{double: 120.00, suite: {{derive: {{from: double, {rule}}}}}}}")))
    assert price(hotel, "BAR", "suite") == expected


def test_what_a_derived_plan_writes_itself_wins_over_the_derivation(tmp_path: Path) -> None:
    own = f"{{overrides: {{fair: {{nights: {WEDNESDAY}, set: 99.00}}}}}}"
    hotel = one(
        tmp_path,
        plans(bar(), f"NREF: {{type: non_refundable, derive: {{from: BAR, change: -10%}}, rates: {{double: {own}}}}}"),
    )
    assert [price(hotel, "NREF", "double", night) for night in (WEDNESDAY, FRIDAY)] == ["99.00", "108.00"]


def test_rooms_limits_a_plan(tmp_path: Path) -> None:
    hotel = one(
        tmp_path, plans(bar(), "NREF: {type: non_refundable, derive: {from: BAR, change: -10%}, rooms: [suite]}")
    )
    assert hotel.rate_plans["NREF"].rooms == ("suite",)


def test_a_derived_plan_has_its_parents_prices_by_guests_unless_it_says_its_own(tmp_path: Path) -> None:
    hotel = one(
        tmp_path,
        plans(
            bar(more=", occupancy: {1: -10%, 3: +25.00}"),
            "NREF: {type: non_refundable, derive: {from: BAR, change: -10%}}",
            "BB: {type: bed_and_breakfast, derive: {from: BAR, change: +30.00}, occupancy: {1: -20.00}}",
        ),
    )
    found = {plan: hotel.rate_plans[plan].prices["double", BOOKING].at(WEDNESDAY) for plan in hotel.rate_plans}
    assert found["NREF"] == Price(Decimal("108.00"), ((1, Decimal("97.20")), (3, Decimal("133.00"))))
    assert found["BB"] == Price(Decimal("150.00"), ((1, Decimal("130.00")),))


def test_the_price_at_one_provider_comes_last_and_is_not_inherited(tmp_path: Path) -> None:
    hotel = one(
        tmp_path,
        plans(
            bar(more=", providers: {expedia: {change: +3%}}"),
            "NREF: {type: non_refundable, derive: {from: BAR, change: -10%}}",
        ),
    )
    assert [price(hotel, "BAR", "double", provider=p) for p in (BOOKING, EXPEDIA)] == ["120.00", "123.60"]
    assert price(hotel, "NREF", "double", provider=EXPEDIA) == "108.00"


def test_the_currency_decides_the_decimals(tmp_path: Path) -> None:
    yen = "currency: JPY\n" + plans(bar(rates="{double: 28000, suite: {derive: {from: double, change: +12.345%}}}"))
    assert price(one(tmp_path, yen), "BAR", "suite") == "31457"


# --- calendars


def test_default_then_days_then_seasons_then_overrides(tmp_path: Path) -> None:
    fragment = """seasons:
  spring: [2027-04-01..2027-04-30]
  fair: {nights: 2027-04-15..2027-04-18, priority: 2}
rate_plans:
  BAR:
    type: bar
    base: true
    cancellation: flexible-24h
    rates:
      suite: 210.00
      double:
        default: 100.00
        days: {weekend: 110.00, sat: 115.00}
        seasons:
          spring: {default: 120.00, days: {fri: 130.00}}
          fair: 150.00
        overrides:
          closing: {season: fair, days: [sat], set: 170.00}
          one-night: {nights: 2027-04-18, set: 180.00}
"""
    hotel = one(tmp_path, fragment)
    nights = {day: price(hotel, "BAR", "double", date(2027, *day)) for day in [(3, 3), (3, 5), (3, 6), (4, 14), (4, 9)]}
    assert nights == {(3, 3): "100.00", (3, 5): "110.00", (3, 6): "115.00", (4, 14): "120.00", (4, 9): "130.00"}
    fair = [price(hotel, "BAR", "double", date(2027, 4, day)) for day in (15, 16, 17, 18, 19)]
    assert fair == ["150.00", "150.00", "170.00", "180.00", "120.00"]


def test_values_that_are_mappings_merge_field_by_field_and_null_takes_a_field_away(tmp_path: Path) -> None:
    written = "{default: {min_stay: 2, max_stay: 9}, days: {fri: {min_stay: 3}, sat: {max_stay: null}}}"
    hotel = one(tmp_path, plans(bar(more=f", restrictions: {written}")))
    assert limits(hotel, "BAR", night=FRIDAY) == Restrictions(min_stay=3, max_stay=9)
    assert limits(hotel, "BAR", night=SATURDAY) == Restrictions(min_stay=2)


def test_both_ends_of_nights_are_nights(tmp_path: Path) -> None:
    rates = "{suite: 210.00, double: {default: 1.00, overrides: {fair: {nights: 2027-04-14..2027-04-16, set: 2.00}}}}"
    hotel = one(tmp_path, plans(bar(rates=rates)))
    found = [price(hotel, "BAR", "double", date(2027, 4, day)) for day in (13, 14, 16, 17)]
    assert found == ["1.00", "2.00", "2.00", "1.00"]


def test_units_and_closed_vary_by_night(tmp_path: Path) -> None:
    fragment = f"""rooms:
  double: {{id: 5b7f4c1e-0d64-4b6f-8a43-1c9f0e2d3a02, units: 20}}
  suite:
    id: 9c1e2d3f-4a5b-4c6d-8e7f-0a1b2c3d4e03
    units: {{default: 5, overrides: {{works: {{nights: {WEDNESDAY}, set: 4}}}}}}
    closed: {{overrides: {{leak: {{nights: {FRIDAY}, set: true}}}}}}
"""
    suite = one(tmp_path, fragment).rooms["suite"]
    assert [suite.units.at(night) for night in (WEDNESDAY, FRIDAY)] == [4, 5]
    assert [suite.closed.at(night) for night in (WEDNESDAY, FRIDAY)] == [False, True]


def test_a_night_without_a_price_is_closed_at_the_providers_and_absent_from_the_rates(tmp_path: Path) -> None:
    hotel = one(tmp_path, plans(bar(rates="{suite: 210.00, double: {days: {fri: 120.00}}}")))
    wanted = {str(address): value for kind in ("rates", "restrictions") for address, value in at(hotel, kind, EXPEDIA)}
    rates = wanted["harbour-house/expedia/rates/double/BAR"]
    restrictions = wanted["harbour-house/expedia/restrictions/double/BAR"]
    assert [rates.at(night) is None for night in (WEDNESDAY, FRIDAY)] == [True, False]
    assert [restrictions.at(night).closed for night in (WEDNESDAY, FRIDAY)] == [True, False]
