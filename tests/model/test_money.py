"""Prices are exact, have their currency's decimals, and go where the rounding says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.money import CURRENCIES, Rounding, decimals, in_currency, round_to, smallest

amounts = st.decimals(min_value=-999_999, max_value=999_999_999, places=6)
steps = st.sampled_from([Decimal(text) for text in ("0.01", "0.05", "0.5", "1.00", "5", "0.03", "7", "1000")])


@pytest.mark.parametrize(
    ("currency", "places", "text"),
    [("EUR", 2, "169.15"), ("JPY", 0, "169"), ("KWD", 3, "169.146"), ("ISK", 0, "169"), ("TND", 3, "169.146")],
)
def test_a_currency_decides_the_decimals(currency: str, places: int, text: str) -> None:
    assert decimals(currency) == places
    assert str(in_currency(Decimal("169.1455"), currency)) == text


def test_every_currency_has_decimals_and_a_smallest_step() -> None:
    assert {decimals(currency) for currency in CURRENCIES} == {0, 2, 3}
    assert all(len(currency) == 3 and currency.isupper() for currency in CURRENCIES)
    assert {smallest(currency) for currency in CURRENCIES} == {Decimal(1), Decimal("0.01"), Decimal("0.001")}


@pytest.mark.parametrize(
    ("amount", "mode", "wanted"),
    [
        ("0.125", Rounding.NEAREST, "0.13"),
        ("0.135", Rounding.NEAREST, "0.14"),
        ("0.124999", Rounding.NEAREST, "0.12"),
        ("0.121", Rounding.UP, "0.13"),
        ("0.129", Rounding.DOWN, "0.12"),
        ("0.12", Rounding.UP, "0.12"),
    ],
)
def test_half_goes_up_unless_told_otherwise(amount: str, mode: Rounding, wanted: str) -> None:
    assert str(in_currency(Decimal(amount), "EUR", mode)) == wanted


def test_the_guides_non_refundable_price_is_169() -> None:
    discounted = Decimal("199.00") * (1 - Decimal(15) / 100)
    assert discounted == Decimal("169.15")
    assert in_currency(round_to(discounted, Decimal("1.00"), Rounding.DOWN), "EUR") == Decimal("169.00")


@given(amounts, steps, st.sampled_from(list(Rounding)))
def test_rounding_to_a_step_is_what_exact_fractions_say(amount: Decimal, step: Decimal, mode: Rounding) -> None:
    quotient = Fraction(amount) / Fraction(step)
    whole = {
        Rounding.UP: ceil(quotient),
        Rounding.DOWN: floor(quotient),
        Rounding.NEAREST: floor(abs(quotient) + Fraction(1, 2)) * (1 if quotient >= 0 else -1),
    }[mode]
    assert Fraction(round_to(amount, step, mode)) == whole * Fraction(step)


@given(amounts, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_rounding_twice_changes_nothing(amount: Decimal, currency: str) -> None:
    once = in_currency(amount, currency)
    assert str(in_currency(once, currency)) == str(once)
    assert abs(once - amount) * 2 <= smallest(currency)
