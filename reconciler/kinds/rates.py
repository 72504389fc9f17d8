"""Rates: the price of a room and plan per night, per provider. A night without a price is absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from reconciler.kinds.contract import Kind, Setting
from reconciler.kinds.pairs import provider_pairs
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.property import Property
from reconciler.model.state import Json, NightValue, Price, Value


def _database(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for provider in sorted(hotel.mappings):
        for room, plan in provider_pairs(hotel, provider):
            prices: Calendar[Price] = plan.prices.get((room, provider), Calendar())
            yield Address(hotel.slug, DATABASE, "rates", (provider, room, plan.key)), prices


def _provider(hotel: Property, provider: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room, plan in provider_pairs(hotel, provider):
        if provider not in plan.linked and not plan.retired:
            prices: Calendar[Price] = plan.prices.get((room, provider), Calendar())
            yield Address(hotel.slug, provider, "rates", (room, plan.key)), prices


def _to_json(value: NightValue) -> dict[str, Json]:
    assert isinstance(value, Price)
    data: dict[str, Json] = {"price": f"{value.amount:f}"}
    if value.guests:
        data["guests"] = {str(guests): f"{amount:f}" for guests, amount in value.guests}
    return data


def _from_json(data: Mapping[str, Json]) -> NightValue:
    price, guests = data["price"], data.get("guests", {})
    if not isinstance(price, str) or not isinstance(guests, dict):
        raise TypeError("a price is text with the currency's decimals")
    by_guests = sorted((int(count), Decimal(str(amount))) for count, amount in guests.items())
    return Price(Decimal(price), tuple(by_guests))


RATES = Kind("rates", database=_database, provider=_provider, night_to_json=_to_json, night_from_json=_from_json)
