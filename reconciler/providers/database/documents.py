"""Rows as documents: JSON text from the database into values, money in the currency's decimals, secrets left out.

Pure. Numbers keep what was written: none of them is ever a float.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from reconciler.model.money import smallest
from reconciler.model.state import Json
from reconciler.providers.database import secrecy

MAX_CHARACTERS = 1_000_000
_MAX_DIGITS = 100


def parse(text: str) -> dict[str, Json]:
    """One JSON object. Raises ValueError for anything else, and for what is too large or too deep to be looked at."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError("too large")
    try:
        document = json.loads(text, parse_float=_number, parse_int=_number)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(document, dict):
        raise ValueError("not an object")
    return document


def _number(text: str) -> int | str:
    """A whole number as such, however it is spelled (15, 15.0); any other as its text."""
    if len(text) > _MAX_DIGITS:
        return text
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else f"{number:f}"


def as_money(amount: Decimal, currency: str) -> Decimal:
    """The same amount with the currency's decimals; with its own where it has more than the currency."""
    try:
        exact = amount.quantize(smallest(currency))
    except InvalidOperation:
        return amount
    return exact if exact == amount else amount


def integration(row: dict[str, Json], _currency: str) -> dict[str, Json]:
    """A row of `third_party_integrations`."""
    return {
        **row,
        "credentials": secrecy.credentials(row["credentials"]),
        "configuration": secrecy.configuration(row["configuration"]),
        "webhook_url": secrecy.url(row["webhook_url"]),
    }


def rate_plan(row: dict[str, Json], currency: str) -> dict[str, Json]:
    """A row of `ota_rate_plans`."""
    configuration = secrecy.configuration(row["configuration"])
    money: Any = row["base_rate"]
    if money is not None:
        money = f"{as_money(Decimal(money), currency):f}"
    said = row["currency"]
    return {
        **row,
        "base_rate": money,
        "currency": said.strip().upper() if isinstance(said, str) else said,
        "configuration": configuration,
    }


def schedule(row: dict[str, Json], _currency: str) -> dict[str, Json]:
    """A row of `ota_sync_schedules`."""
    return {**row, "configuration": secrecy.configuration(row["configuration"])}


def mapping(row: dict[str, Json], _currency: str) -> dict[str, Json]:
    """A row of `ota_property_mappings`."""
    return row


READERS: dict[str, Callable[[dict[str, Json], str], dict[str, Json]]] = {
    "integration": integration,
    "mapping": mapping,
    "rate_plan": rate_plan,
    "schedule": schedule,
}
"""Per kind: a row's object to the document, given the property's currency."""
