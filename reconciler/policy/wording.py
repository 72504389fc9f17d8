"""How checks say numbers and nights."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

from reconciler.model.calendar import Calendar


def nights(calendar: Calendar[Any]) -> str:
    """For instance "on 2027-06-15", "on 3 nights from 2027-06-15"; for a calendar that has nights."""
    return so_many(calendar.nights, calendar.start)


def so_many(count: int, first: date) -> str:
    """The same, for as many nights of which one is the first."""
    return f"on {first}" if count == 1 else f"on {count} nights from {first}"


def percent(share: Fraction) -> str:
    """A hundredfold of the share, to one decimal and away from zero, so that what is above a limit reads above it."""
    number = (Decimal(share.numerator) * 100 / Decimal(share.denominator)).quantize(Decimal("0.1"), rounding=ROUND_UP)
    return f"{plain(number)}%"


def plain(number: Decimal) -> str:
    """A number without zeros at its end."""
    return f"{number.normalize():f}"
