"""Offers: what a room costs in a plan at a provider, on the nights that a case is about. The ground of the checks of prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.engine.planner import calendar_of
from reconciler.kinds.pairs import provider_pairs, room_retired
from reconciler.kinds.parts import parts
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar
from reconciler.model.property import Manage, Property, RatePlan
from reconciler.model.state import Price, Value
from reconciler.policy.contract import Case

Pair = tuple[str, str, str]
"""Provider, room, plan."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Prices before and after, on the nights that are judged. `address`: where they are changed."""

    hotel: Property
    provider: str
    room: str
    plan: RatePlan
    before: Calendar[Price]
    after: Calendar[Price]
    address: str

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """Where the price may be written, the likeliest first."""
        return self.keys_at(self.provider)

    def keys_at(self, provider: str) -> tuple[tuple[str, ...], ...]:
        """Where the price at another provider may be written."""
        plan = ("rate_plans", self.plan.key)
        return ((*plan, "providers", provider, "change"), (*plan, "rates", self.room), (*plan, "derive"), plan)

    def __str__(self) -> str:
        return f"{self.room} in {self.plan.key} at {self.provider}"


def offers(case: Case) -> Iterator[Offer]:
    """Every price that git decides and that the case is about."""
    return _written(case) if case.everything else _changed(case)


def _written(case: Case) -> Iterator[Offer]:
    for slug, hotel in sorted(case.hotels.items()):
        for provider, room, plan in priced(hotel):
            address = f"{slug}/{provider}/rates/{room}/{plan.key}"
            prices = plan.prices.get((room, provider), Calendar())
            yield Offer(hotel, provider, room, plan, Calendar(), prices, address)


def priced(hotel: Property) -> Iterator[tuple[str, str, RatePlan]]:
    """Every (provider, room, plan) that is sold there at a price of git's."""
    for provider in sorted(hotel.mappings):
        if hotel.manages(provider, "rates") is Manage.NO:
            continue
        for room, plan in provider_pairs(hotel, provider):
            if not plan.retired and not room_retired(hotel, provider, room):
                yield provider, room, plan


_NOTHING: tuple[Calendar[Any], Calendar[Any], str] = (Calendar(), Calendar(), "")


def _changed(case: Case) -> Iterator[Offer]:
    """The nights that operations touch: a provider's own operation goes before the one of the hotel's rows about it."""
    found: dict[tuple[str, Pair], tuple[Calendar[Any], Calendar[Any], str]] = {}
    for op in sorted(case.operations, key=lambda op: op.address.target != DATABASE):
        if op.address.kind != "rates" or op.address.property not in case.hotels:
            continue
        provider, room, plan = parts(op.address)
        at = op.address.property, (provider, room, plan)
        change, (before, after, _) = op.change, found.get(at, _NOTHING)
        found[at] = _over(before, change.before), _over(after, change.after), str(op.address)
    for (slug, (provider, room, plan)), (before, after, address) in sorted(found.items()):
        hotel = case.hotels[slug]
        if plan in hotel.rate_plans:
            yield Offer(hotel, provider, room, hotel.rate_plans[plan], before, after, address)


def _over(under: Calendar[Any], value: Value | None) -> Calendar[Any]:
    over = calendar_of(value)
    return over if not under or under == over else under.overlay(over)
