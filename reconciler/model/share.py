"""Share: a number of units, or a percentage of a night's units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """So many units, or so many percent (35 is 35%) of a night's units."""

    number: Decimal
    percent: bool

    def of(self, units: int) -> Decimal:
        """The exact number, not rounded."""
        return units * self.number / 100 if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number.normalize():f}{'%' if self.percent else ''}"
