"""Restrictions: what limits a stay, per room, plan and night. What git does not mention is "no restriction", and is enforced.

A night without a price is closed for that plan at the providers whose prices git owns for good (not `create_only`: later ones are
somebody else's); the hotel's database simply has no price there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace

from reconciler.kinds.contract import Kind, Setting
from reconciler.kinds.pairs import provider_pairs, room_retired
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, constant, merge
from reconciler.model.property import Manage, Property, RatePlan
from reconciler.model.state import Json, NightValue, Price, Restrictions, Value

FREE = Restrictions()
_DEFAULTS: dict[str, Json] = {f.name: getattr(FREE, f.name) for f in fields(Restrictions)}
_FLAGS = frozenset(name for name, default in _DEFAULTS.items() if isinstance(default, bool))


def _written(hotel: Property, plan: RatePlan, room: str) -> Calendar[Restrictions]:
    free = constant(hotel.window.start, hotel.window.until, FREE)
    return free.overlay(plan.restrictions.get(room, Calendar()))


def _database(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for provider in sorted(hotel.mappings):
        for room, plan in provider_pairs(hotel, provider):
            restrictions = _written(hotel, plan, room)
            yield Address(hotel.slug, DATABASE, "restrictions", (provider, room, plan.key)), restrictions


def _provider(hotel: Property, provider: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room, plan in provider_pairs(hotel, provider):
        if provider in plan.linked:
            continue
        prices = plan.prices.get((room, provider), Calendar())

        def closed_without_price(written: Restrictions | None, price: Price | None) -> Restrictions | None:
            return written if written is None or price is not None else replace(written, closed=True)

        restrictions = _written(hotel, plan, room)
        if hotel.manages(provider, "rates") is Manage.YES:
            restrictions = merge(restrictions, prices, closed_without_price)
        if plan.retired or room_retired(hotel, provider, room):
            restrictions = restrictions.map(lambda written: replace(written, closed=True))
        yield Address(hotel.slug, provider, "restrictions", (room, plan.key)), restrictions


def set_fields(value: Restrictions) -> dict[str, Json]:
    """What is not a default, by name."""
    return {name: getattr(value, name) for name, default in _DEFAULTS.items() if getattr(value, name) != default}


def _to_json(value: NightValue) -> dict[str, Json]:
    assert isinstance(value, Restrictions)
    return set_fields(value)


def _from_json(data: Mapping[str, Json]) -> NightValue:
    for name, value in data.items():
        wanted = bool if name in _FLAGS else int
        if name not in _DEFAULTS or type(value) is not wanted:
            raise TypeError(f"`{name}: {value!r}` is not a restriction")
    return Restrictions(**data)  # type: ignore[arg-type]


RESTRICTIONS = Kind(
    "restrictions", database=_database, provider=_provider, night_to_json=_to_json, night_from_json=_from_json
)
