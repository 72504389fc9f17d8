"""Rates: the price of a room and plan per night, per provider. A night without a price is absent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from reconciler.kinds.contract import Kind, Setting
from reconciler.kinds.pairs import priced_pairs, provider_pairs
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.property import Property
from reconciler.model.state import Json, NightValue, Price, Value

_AMOUNT = re.compile(r"-?[0-9]{1,28}(\.[0-9]{1,9})?")
_COUNT = re.compile(r"[1-9][0-9]{0,3}")


def _database(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for provider in sorted(hotel.mappings):
        for room, plan in provider_pairs(hotel, provider):
            prices: Calendar[Price] = plan.prices.get((room, provider), Calendar())
            yield Address(hotel.slug, DATABASE, "rates", (provider, room, plan.key)), prices


def _provider(hotel: Property, provider: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room, plan in priced_pairs(hotel, provider):
        prices: Calendar[Price] = plan.prices.get((room, provider), Calendar())
        yield Address(hotel.slug, provider, "rates", (room, plan.key)), prices


def _to_json(value: NightValue) -> dict[str, Json]:
    assert isinstance(value, Price)
    data: dict[str, Json] = {"price": f"{value.amount:f}"}
    if value.guests:
        data["guests"] = {str(guests): f"{amount:f}" for guests, amount in value.guests}
    return data


def _from_json(data: Mapping[str, Json]) -> NightValue:
    guests = data.get("guests", {})
    if not isinstance(guests, dict):
        raise TypeError("prices by number of guests are an object")
    by_guests = sorted((_read_count(count), _read_amount(amount)) for count, amount in guests.items())
    return Price(_read_amount(data["price"]), tuple(by_guests))


def _read_amount(text: Json) -> Decimal:
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError(f"a price is text of digits and decimals, not {text!r}")
    return Decimal(text)


def _read_count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise ValueError(f"a number of guests is a whole number above zero, not {text!r}")
    return int(text)


RATES = Kind("rates", database=_database, provider=_provider, night_to_json=_to_json, night_from_json=_from_json)
