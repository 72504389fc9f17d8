"""The prices of a plan's rooms, night by night, at every provider.

A derived plan starts from its parent's final price of the night, room by room; a room may start from another room of the plan in the
same way; what a plan's own rates say wins over both. Then come prices by guests, then what one provider has of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from reconciler.load import calendars, prices
from reconciler.load.context import Context
from reconciler.load.documents import AtProvider, DeriveDoc, RatePlanDoc, RoundDoc
from reconciler.load.families import rooms_in_order
from reconciler.load.problems import Keys
from reconciler.load.values import Change
from reconciler.model.calendar import Calendar
from reconciler.model.money import in_currency
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, PROVIDERS
from reconciler.model.state import Price

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plan costs: by room before any provider's own change (`final`, `base`), and by (room, provider)."""

    final: dict[str, Calendar[Decimal]] = field(default_factory=dict)
    base: dict[str, Decimal] = field(default_factory=dict)
    nights: dict[tuple[str, str], Calendar[Price]] = field(default_factory=dict)
    bases: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    occupancy: Mapping[int, Change] = field(default_factory=dict)


def plan_prices(context: Context, name: str, rooms: tuple[str, ...], parent: Prices | None) -> Prices:
    """Everything that a plan costs, given its parent's prices."""
    plan = context.plan(name)
    occupancy = plan.occupancy if plan.occupancy is not None else (parent.occupancy if parent else {})
    found = Prices(occupancy=occupancy)
    _check_limits(context, name)
    for room in rooms_in_order(context, name, rooms):
        _room(context, name, room, parent, found)
    for room in found.final:
        _providers(context, name, room, found)
    _check_guests(context, name, rooms)
    return found


def _room(context: Context, name: str, room: str, parent: Prices | None, found: Prices) -> None:
    plan, keys = context.plan(name), ("rate_plans", name, "rates", room)
    own = plan.rates.get(room)
    nights: Calendar[Decimal] = Calendar()
    rule, source = _rule(plan, room, parent, found)
    if rule is not None and source is not None:
        nights = _derived(context, name, room, rule, source, found)
    if own is not None:
        written = calendars.values(own, context.frame, keys, context.problems)
        written = written.map(lambda amount: in_currency(amount, context.currency))
        if rule is not None:
            _within(context, written, rule, keys, "its own rate")
        nights = nights.overlay(written)
        if own.default is not None:
            found.base[room] = in_currency(own.default, context.currency)
    found.final[room] = nights


def _derived(
    context: Context, name: str, room: str, rule: DeriveDoc, source: Prices, found: Prices
) -> Calendar[Decimal]:
    plan = context.plan(name)
    above = _from(plan, room)

    def make(amount: Decimal) -> Decimal:
        return prices.derived(amount, rule, context.currency)

    nights = source.final.get(above, Calendar()).map(_remembered(make))
    _above_zero(context, nights, _derive_keys(plan, name, room), "the derived price")
    if above in source.base:
        found.base[room] = make(source.base[above])
    return nights


def _rule(plan: RatePlanDoc, room: str, parent: Prices | None, found: Prices) -> tuple[DeriveDoc | None, Prices | None]:
    """How the room's price is made from another, and among whose prices that one is."""
    own = plan.rates.get(room)
    if own is not None and own.derive is not None:
        return own.derive, found
    return plan.derive, parent


def _from(plan: RatePlanDoc, room: str) -> str:
    own = plan.rates.get(room)
    return own.derive.from_ if own is not None and own.derive is not None else room


def _derive_keys(plan: RatePlanDoc, name: str, room: str) -> Keys:
    own = plan.rates.get(room)
    by_room = own is not None and own.derive is not None
    return ("rate_plans", name, "rates", room, "derive") if by_room else ("rate_plans", name, "derive")


def _providers(context: Context, name: str, room: str, found: Prices) -> None:
    plan, stay = context.plan(name), context.rooms[room]
    priced = found.final[room].map(
        _remembered(
            lambda amount: prices.by_guests(
                amount, found.occupancy, stay.base_occupancy, stay.max_occupancy, context.currency
            )
        )
    )
    _guests_above_zero(context, priced, name)
    found.nights[room, DIRECT] = priced
    if room in found.base:
        found.bases[room, DIRECT] = found.base[room]
    for provider in PROVIDERS:
        _provider(context, name, room, provider, at(plan, provider), found)


def _provider(context: Context, name: str, room: str, provider: str, own: AtProvider, found: Prices) -> None:
    priced, base = found.nights[room, DIRECT], found.bases.get((room, DIRECT))
    if own.change is not None:
        change, rule = own.change, own.round or _rounding(context.plan(name), room)
        keys = ("rate_plans", name, "providers", provider, "change")
        priced = priced.map(_remembered(lambda price: prices.at_provider(price, change, rule, context.currency)))
        amounts = priced.map(lambda price: price.amount)
        _above_zero(context, amounts, keys, f"the price at {provider}")
        derive, _ = _rule(context.plan(name), room, None, found)
        if derive is not None:
            _within(context, amounts, derive, keys, f"the price at {provider}")
        base = None if base is None else prices.rounded(change.apply(base), rule, context.currency)
    found.nights[room, provider] = priced
    if base is not None:
        found.bases[room, provider] = base


def at(plan: RatePlanDoc, provider: str) -> AtProvider:
    """What the plan has of its own at a provider."""
    return {EXPEDIA: plan.providers.expedia, BOOKING: plan.providers.booking}[provider]


def _rounding(plan: RatePlanDoc, room: str) -> RoundDoc:
    """How the plan rounds the prices of a room."""
    own = plan.rates.get(room)
    if own is not None and own.derive is not None:
        return own.derive.round
    return plan.derive.round if plan.derive is not None else RoundDoc()


def _remembered(make: Callable[[A], B]) -> Callable[[A], B]:
    """The function with its results kept: calendars repeat few values over many runs."""
    known: dict[A, B] = {}

    def found(value: A) -> B:
        if value not in known:
            known[value] = make(value)
        return known[value]

    return found


def _above_zero(context: Context, nights: Calendar[Decimal], keys: Keys, what: str) -> None:
    for run in nights:
        if run.value <= 0:
            message = f"{what} is {run.value} on {calendars.spelled(run.start, run.until)}"
            context.problems.add(
                "price-not-positive", message, keys, "a price is above zero: change less, or set a floor"
            )
            return


def _guests_above_zero(context: Context, nights: Calendar[Price], name: str) -> None:
    for run in nights:
        for number, amount in run.value.guests:
            if amount <= 0 < run.value.amount:
                message = f"the price for {number} is {amount} on {calendars.spelled(run.start, run.until)}"
                keys = ("rate_plans", name, "occupancy", str(number))
                context.problems.add("price-not-positive", message, keys, "a price is above zero")
                return


def _within(context: Context, nights: Calendar[Decimal], rule: DeriveDoc, keys: Keys, what: str) -> None:
    for run in nights:
        when = calendars.spelled(run.start, run.until)
        if rule.floor is not None and run.value < rule.floor:
            message = f"{what} is {run.value} on {when}, under the floor of {rule.floor}"
            context.problems.add("price-under-floor", message, keys, "raise it, or lower the floor")
            return
        if rule.ceiling is not None and run.value > rule.ceiling:
            message = f"{what} is {run.value} on {when}, above the ceiling of {rule.ceiling}"
            context.problems.add("price-above-ceiling", message, keys, "lower it, or raise the ceiling")
            return


def _check_limits(context: Context, name: str) -> None:
    plan = context.plan(name)
    rules: list[tuple[DeriveDoc | None, Keys]] = [(plan.derive, ("rate_plans", name, "derive"))]
    rules += [(rates.derive, ("rate_plans", name, "rates", room, "derive")) for room, rates in plan.rates.items()]
    for rule, keys in rules:
        lowest, highest = prices.limits(rule, context.currency) if rule else (None, None)
        if lowest is not None and highest is not None and lowest > highest:
            message = f"no price lies between the floor {lowest} and the ceiling {highest}"
            context.problems.add("floor-above-ceiling", message, (*keys, "floor"), "after rounding inward")


def _check_guests(context: Context, name: str, rooms: tuple[str, ...]) -> None:
    most = max((context.rooms[room].max_occupancy for room in rooms), default=0)
    for number in context.plan(name).occupancy or {}:
        if rooms and number > most:
            message = f"no room of `{name}` takes {number} guests; the most is {most}"
            context.problems.add("bad-guests", message, ("rate_plans", name, "occupancy", str(number)), at_key=True)
