"""Rows of nights as calendars, and runs as what the writing statements take. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciler.kinds import KINDS
from reconciler.model.calendar import Calendar, Run
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA
from reconciler.model.state import Allotments, Json, NightValue, Price, Restrictions
from reconciler.providers.database.documents import as_money, parse

CHANNELS = {DIRECT: "direct", BOOKING: "booking_com", EXPEDIA: "expedia"}
"""Channel to column of allotments, in the order of `Allotments.channels`."""


def allotments(columns: tuple[Any, ...], _currency: str) -> Allotments:
    """total, direct, expedia, booking.com, buffer."""
    total, direct, expedia, booking, buffer = columns
    return Allotments(total, ((DIRECT, direct), (BOOKING, booking), (EXPEDIA, expedia)), buffer)


def price(columns: tuple[Any, ...], currency: str) -> Price:
    """price, guests as JSON text, currency. Raises ValueError for a row that cannot be a price in this currency."""
    amount, guests, said = columns
    if str(said).strip().upper() != currency:
        raise ValueError(f"in {str(said)[:3]}")
    try:
        by_guests = {int(count): Decimal(str(one)) for count, one in (parse(guests) if guests else {}).items()}
    except (InvalidOperation, ValueError):
        raise ValueError("prices by guests that are none") from None
    if not all(one.is_finite() for one in (amount, *by_guests.values())):
        raise ValueError("a price that is none")
    return Price(as_money(amount, currency), tuple((n, as_money(by_guests[n], currency)) for n in sorted(by_guests)))


def restrictions(columns: tuple[Any, ...], _currency: str) -> Restrictions:
    """What is set, as JSON text."""
    return Restrictions(**parse(columns[0]))  # type: ignore[arg-type]  # the statement names the fields


READERS: dict[str, Callable[[tuple[Any, ...], str], NightValue]] = {
    "allocation": allotments,
    "rates": price,
    "restrictions": restrictions,
}
"""Per kind: the value columns of a row to the value of its nights; ValueError for a row that says nothing usable."""


def runs_to_write(kind: str, calendar: Calendar[Any], cleared: Calendar[bool], currency: str) -> list[dict[str, Json]]:
    """The nights of one address as the writing statement takes them, without what names the address."""
    spell = _allocation if kind == "allocation" else lambda value: {"value": _value(kind, value, currency)}
    return [
        *({**_nights(run), **spell(run.value)} for run in calendar),
        *(_nights(run) for run in cleared if run.value),
    ]


def _nights(run: Run[Any]) -> dict[str, Json]:
    return {"start": _iso(run.start), "until": _iso(run.until)}


def _iso(night: date) -> str:
    return night.isoformat()


def _allocation(value: Allotments) -> dict[str, Json]:
    shares: dict[str, Json] = {column: value.of(channel) for channel, column in CHANNELS.items()}
    return {"total": value.units, **shares, "buffer": value.overbooking}


def _value(kind: str, value: NightValue, currency: str) -> dict[str, Json]:
    """The columns of a row: the value's own JSON, which leaves out what is not set; a price with its currency."""
    to_json = KINDS[kind].night_to_json
    assert to_json is not None
    return {**to_json(value), **({"currency": currency} if kind == "rates" else {})}
