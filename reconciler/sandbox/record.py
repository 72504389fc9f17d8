"""Writing cells while keeping the account of them that the log shows."""

from datetime import date
from decimal import Decimal
from typing import Any

from reconciler.sandbox.state import Plan, Room


def normal_amount(text: str) -> str:
    """An amount with at least two decimals and no other padding: `140` is `140.00`, `55.1250` is `55.125`."""
    number = Decimal(text).normalize()
    exponent = number.as_tuple().exponent
    decimals = max(2, -exponent if isinstance(exponent, int) else 0)
    return f"{number:.{decimals}f}"


class Recorder:
    """Sets values per night and groups what it set by holder, field and value."""

    def __init__(self) -> None:
        self._cells: dict[tuple[str, str, str], list[date]] = {}
        self.count = 0

    def put(self, holder: Room | Plan, name: str, night: date, value: Any) -> None:
        holder.calendar(name)[night] = value
        target = f"{holder.room}/{holder.id}" if isinstance(holder, Plan) else holder.id
        self._cells.setdefault((target, name, str(value)), []).append(night)
        self.count += 1

    def lines(self) -> list[str]:
        """One line for each field and value, such as `price 1/2 2026-06-01..2026-06-30 x30 = 199.00`."""
        return [
            f"{name} {target} {min(nights)}..{max(nights)} x{len(nights)} = {value}"
            for (target, name, value), nights in self._cells.items()
        ]
