"""Prices: what is derived from what, rounding, clamps, guests, providers."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.load import prices
from reconciler.load.documents import DeriveDoc
from reconciler.model.property import Property
from reconciler.model.state import Price
from tests.load.writing import BAR, HEAD, HOTEL, ROOMS, TODAY, hotel

GUIDE = """\
rate_plans:
  BAR: {type: bar, rates: {double: 199.00}}
  NREF: {type: non_refundable, derive: {from: BAR, change: -15%, round: {to: 1.00, mode: down}}}
  BB: {type: bed_and_breakfast, derive: {from: BAR, change: +30.00}}
"""


def price(
    here: Property, plan: str, room: str = "double", provider: str = "direct", night: date = TODAY
) -> Price | None:
    return here.rate_plans[plan].prices[room, provider].at(night)


def amount(here: Property, plan: str, room: str = "double", provider: str = "direct", night: date = TODAY) -> str:
    found = price(here, plan, room, provider, night)
    return "none" if found is None else str(found.amount)


def test_the_guides_figures_come_out(tmp_path: Path) -> None:
    here = hotel(tmp_path, HEAD + ROOMS + GUIDE)
    assert [amount(here, plan) for plan in ("BAR", "NREF", "BB")] == ["199.00", "169.00", "229.00"]
    assert here.rate_plans["NREF"].discount_from_bar == 15
    assert here.rate_plans["BB"].discount_from_bar is None
    assert here.rate_plans["NREF"].base_rates == {
        ("double", provider): Decimal("169.00") for provider in ("direct", "expedia", "booking.com")
    }


_STEPS = st.sampled_from([None, Decimal("0.05"), Decimal(1), Decimal(5)])
_MODES = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}


@given(
    st.decimals(10, 900, places=2),
    st.lists(st.one_of(st.integers(-40, 40).map(lambda n: f"{n}%"), st.integers(-5, 50)), max_size=3),
    _STEPS,
    st.sampled_from(sorted(_MODES)),
    st.one_of(st.none(), st.integers(1, 400)),
    st.one_of(st.none(), st.integers(401, 900)),
)
@settings(max_examples=150, deadline=None)
def test_a_derived_price_is_change_then_round_then_clamp(
    start: Decimal, changes: list[Any], step: Decimal | None, mode: str, floor: int | None, ceiling: int | None
) -> None:
    shape: dict[str, Any] = {
        "from": "BAR",
        "change": changes,
        "round": {"mode": mode, **({"to": step} if step else {})},
    }
    shape |= {key: value for key, value in {"floor": floor, "ceiling": ceiling}.items() if value is not None}
    found = prices.derived(start, DeriveDoc.model_validate(shape), "EUR")

    exact = start
    for change in changes:
        exact = exact * (100 + int(change[:-1])) / 100 if isinstance(change, str) else exact + change
    by = step or Decimal("0.01")
    expected = (exact / by).to_integral_value(rounding=_MODES[mode]) * by
    if floor is not None:
        expected = max(expected, (Decimal(floor) / by).to_integral_value(rounding=ROUND_CEILING) * by)
    if ceiling is not None:
        expected = min(expected, (Decimal(ceiling) / by).to_integral_value(rounding=ROUND_FLOOR) * by)
    assert found == expected
    assert found.as_tuple().exponent == -2


def test_plans_derive_night_by_night_from_their_parents_final_price(tmp_path: Path) -> None:
    text = """
rate_plans:
  B: {type: bar, derive: {from: A, change: -10%, round: {to: 1.00}}}
  A: {type: bar, derive: {from: BAR, change: [+10.00, -50%]}}
  BAR: {type: bar, rates: {double: {default: 100.00, overrides: {x: {nights: 2026-12-02, set: 200.00}}}}}
"""
    here = hotel(tmp_path, HEAD + ROOMS + text)
    assert list(here.rate_plans) == ["B", "A", "BAR"]
    assert [amount(here, "A", night=date(2026, 12, day)) for day in (1, 2)] == ["55.00", "105.00"]
    assert [amount(here, "B", night=date(2026, 12, day)) for day in (1, 2)] == ["50.00", "95.00"]
    assert here.rate_plans["B"].derived_from == "A"


def test_rooms_derive_from_rooms_and_own_rates_win_over_every_derivation(tmp_path: Path) -> None:
    text = """
rate_plans:
  BAR:
    type: bar
    rates: {suite: {derive: {from: double, change: +90.00}, overrides: {x: {nights: 2026-12-02, set: 500.00}}}, double: 100.00}
  NREF:
    type: non_refundable
    derive: {from: BAR, change: -10%}
    rates: {double: {seasons: {summer: 77.00}}}
"""
    here = hotel(tmp_path, HOTEL + text)
    assert [amount(here, "BAR", "suite", night=date(2026, 12, day)) for day in (1, 2)] == ["190.00", "500.00"]
    assert [amount(here, "NREF", "suite", night=date(2026, 12, day)) for day in (1, 2)] == ["171.00", "450.00"]
    assert [amount(here, "NREF", night=night) for night in (TODAY, date(2027, 6, 15))] == ["90.00", "77.00"]


def test_rooms_limits_a_derived_plan(tmp_path: Path) -> None:
    text = BAR + "  X: {type: bar, rooms: [suite], derive: {from: BAR}}\n"
    here = hotel(tmp_path, HOTEL + text)
    assert here.rate_plans["X"].rooms == ("suite",)
    assert {room for room, _ in here.rate_plans["X"].prices} == {"suite"}


def test_guests_pay_by_the_plans_occupancy_or_its_parents(tmp_path: Path) -> None:
    text = """
rate_plans:
  BAR: {type: bar, rates: {double: 100.00, suite: 200.00}, occupancy: {1: -10%, 2: +5.00, 3: +25.00}}
  A: {type: bar, derive: {from: BAR, change: +50.00}}
  B: {type: bar, derive: {from: BAR}, occupancy: {}}
"""
    here = hotel(tmp_path, HOTEL + text)
    assert price(here, "BAR") == Price(Decimal("100.00"), ((1, Decimal("90.00")), (3, Decimal("125.00"))))
    assert price(here, "BAR", "suite") == Price(Decimal("200.00"), ((1, Decimal("180.00")),))
    assert price(here, "A") == Price(Decimal("150.00"), ((1, Decimal("135.00")), (3, Decimal("175.00"))))
    assert price(here, "B") == Price(Decimal("100.00"))


def test_a_change_at_one_provider_comes_last_and_is_not_inherited(tmp_path: Path) -> None:
    text = """
rate_plans:
  BAR: {type: bar, rates: {double: 101.50}, occupancy: {1: -10%}, providers: {expedia: {change: +3%}}}
  NREF: {type: bar, derive: {from: BAR, change: -15%, round: {to: 1.00, mode: down}}, providers: {booking.com: {change: +3%}}}
"""
    here = hotel(tmp_path, HOTEL + text)
    assert price(here, "BAR", provider="expedia") == Price(Decimal("104.55"), ((1, Decimal("94.09")),))
    assert amount(here, "BAR", provider="booking.com") == "101.50"
    assert [amount(here, "NREF", provider=p) for p in ("direct", "expedia", "booking.com")] == [
        "86.00",
        "86.00",
        "88.00",
    ]
    assert here.rate_plans["BAR"].base_rates["double", "expedia"] == Decimal("104.55")


def test_base_rates_come_from_defaults_alone(tmp_path: Path) -> None:
    text = """
rate_plans:
  BAR:
    type: bar
    rates:
      double: {default: 100.00, overrides: {x: {nights: 2026-12-01, set: 300.00}}}
      suite: {overrides: {x: {nights: 2026-12-01, set: 300.00}}}
  BB: {type: bed_and_breakfast, derive: {from: BAR, change: +30.00}}
"""
    here = hotel(tmp_path, HOTEL + text)
    assert amount(here, "BB") == "330.00"
    assert here.rate_plans["BB"].base_rates["double", "direct"] == Decimal("130.00")
    assert ("suite", "direct") not in here.rate_plans["BB"].base_rates


def test_nights_without_a_price_stay_without_one(tmp_path: Path) -> None:
    text = "rate_plans:\n  BAR: {type: bar, rates: {double: {seasons: {summer: 100.00}}}}\n  X: {type: bar, derive: {from: BAR}}\n"
    here = hotel(tmp_path, HOTEL + text)
    assert here.rate_plans["X"].prices["double", "direct"].nights == 88
    assert amount(here, "X") == "none"


def test_currencies_without_decimals_have_none(tmp_path: Path) -> None:
    text = (HEAD + ROOMS).replace(
        "EUR", "JPY"
    ) + "rate_plans:\n  A: {type: bar, rates: {double: 9999}}\n  B: {type: bar, derive: {from: A, change: -15%}}\n"
    assert amount(hotel(tmp_path, text), "B") == "8499"
