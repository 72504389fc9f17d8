"""The form in which the database stores what git wants. Pure; applying it twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.money import in_currency
from reconciler.model.state import Allotments, Json, Price, Value
from reconciler.providers.database.nights import CHANNELS

Normal = tuple[Value, tuple[Diagnostic, ...]]

_CENT = Decimal("0.01")
_TOO_LARGE = Decimal(10**8)


def normal(address: Address, value: Value, currency: str) -> Normal:
    """The value as stored, and what of it could not be."""
    if isinstance(value, Calendar):
        return _calendar(address, value, currency)
    return _rate_plan(address, dict(value), currency) if address.kind == "rate_plan" else (value, ())


def _calendar(address: Address, value: Calendar[Any], currency: str) -> Normal:
    if address.kind == "rates":
        return value.map(lambda price: _price(price, currency)), ()
    if address.kind == "allocation":
        strangers = sorted({name for run in value for name, _ in run.value.channels} - set(CHANNELS))
        if strangers:
            return value, (_no_column(address, strangers),)
        return value.map(_every_channel), ()
    return value, ()


def _price(price: Price, currency: str) -> Price:
    guests = tuple((count, in_currency(amount, currency)) for count, amount in price.guests)
    return Price(in_currency(price.amount, currency), guests)


def _every_channel(allotments: Allotments) -> Allotments:
    """The row has a number for each channel, 0 for one that sells nothing."""
    return replace(allotments, channels=tuple((channel, allotments.of(channel)) for channel in CHANNELS))


def _no_column(address: Address, strangers: list[str]) -> Diagnostic:
    return Diagnostic(
        "unsupported-channel",
        f"ota_inventory_allocation has no column for {', '.join(strangers)}",
        hint=f"known: {', '.join(CHANNELS)}",
        address=str(address),
    )


def _rate_plan(address: Address, document: dict[str, Json], currency: str) -> Normal:
    if isinstance(document.get("currency"), str):
        document["currency"] = str(document["currency"]).strip().upper()
    said = document.get("base_rate")
    if said is None:
        return document, ()
    wanted = Decimal(str(said))
    stored = in_currency(in_currency(wanted, currency).quantize(_CENT, rounding="ROUND_HALF_UP"), currency)
    document["base_rate"] = f"{stored:f}"
    return document, tuple(_remarks(address, wanted, stored))


def _remarks(address: Address, wanted: Decimal, stored: Decimal) -> list[Diagnostic]:
    column = "ota_rate_plans.base_rate"
    if abs(stored) >= _TOO_LARGE:
        return [Diagnostic("base-rate-too-large", f"{wanted:f} does not fit {column}", address=str(address))]
    if stored != wanted:
        text = f"{wanted:f} is kept as {stored:f}: {column} has two decimals"
        return [Diagnostic("base-rate-rounded", text, Severity.INFO, address=str(address))]
    return []
