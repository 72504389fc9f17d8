"""The prices of a plan's rooms, night by night, at every provider.

A derived plan starts from its parent's final price of the night, room by room; a room may start from another room of the plan in the
same way; what a plan's own rates say wins over both. Then come prices by guests, then what one provider has of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from reconciler.load import calendars, prices
from reconciler.load.context import Context
from reconciler.load.documents import AtProvider, DeriveDoc, RatePlanDoc, RatesDoc, RoundDoc
from reconciler.load.families import rooms_in_order
from reconciler.load.problems import Keys, Problems
from reconciler.load.values import Change
from reconciler.load.weeks import Later, Weeks
from reconciler.model.money import in_currency
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, PROVIDERS
from reconciler.model.state import Price


@dataclass(frozen=True, slots=True)
class Amounts:
    """Prices by night, and two between which they all lie (`bounds`, empty where there is none). `everywhere`: every night has one.

    Whatever makes prices of prices keeps their order. So what is right at both bounds is right on every night, and the nights are
    only looked at where it is not.
    """

    nights: Weeks[Decimal] = field(default_factory=Weeks)
    bounds: tuple[Decimal, ...] = ()
    everywhere: bool = False

    def map(self, change: Callable[[Decimal], Decimal]) -> Amounts:
        """Each price changed; `change` keeps their order."""
        return Amounts(self.nights.map(change), tuple(map(change, self.bounds)), self.everywhere)

    def overlay(self, over: Amounts) -> Amounts:
        """These with others on top."""
        bounds = _bounds([*self.bounds, *over.bounds])
        return Amounts(self.nights.overlay(over.nights), bounds, self.everywhere or over.everywhere)


def _bounds(amounts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    return (min(amounts), max(amounts)) if amounts else ()


@dataclass(frozen=True, slots=True)
class Prices:
    """What a plan costs: by room before any provider's own change (`final`, `base`), and by (room, provider).

    `bounds`: two prices between which `final` lies, and `everywhere`: every night has one, both of all rooms together.
    """

    final: Mapping[str, Amounts]
    base: Mapping[str, Decimal]
    nights: Mapping[tuple[str, str], Weeks[Price]]
    bases: Mapping[tuple[str, str], Decimal]
    occupancy: Mapping[int, Change]
    bounds: tuple[Decimal, ...]
    everywhere: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """The prices of a plan as far as they are worked out. `makers`: how prices are derived, by the identity of the rule."""

    occupancy: Mapping[int, Change]
    final: dict[str, Amounts] = field(default_factory=dict)
    base: dict[str, Decimal] = field(default_factory=dict)
    nights: dict[tuple[str, str], Weeks[Price]] = field(default_factory=dict)
    bases: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    makers: dict[int, Callable[[Decimal], Decimal]] = field(default_factory=dict)


def plan_prices(context: Context, name: str, rooms: tuple[str, ...], parent: Prices | None) -> Prices:
    """Everything that a plan costs, given its parent's prices."""
    plan = context.plan(name)
    occupancy = plan.occupancy if plan.occupancy is not None else (parent.occupancy if parent else {})
    _check_limits(context, name)
    _check_guests(context, name, rooms)
    bounds = _settled(context, plan, parent, occupancy) if parent and rooms else ()
    if bounds:
        quiet = replace(context, problems=Problems())
        found = cache(lambda: _by_room(quiet, name, rooms, parent, occupancy))
        return Prices(
            Later(lambda: found().final),
            Later(lambda: found().base),
            Later(lambda: found().nights),
            Later(lambda: found().bases),
            occupancy,
            bounds,
            everywhere=True,
        )
    known = _by_room(context, name, rooms, parent, occupancy)
    bounds = _bounds([bound for amounts in known.final.values() for bound in amounts.bounds])
    everywhere = bool(known.final) and all(amounts.everywhere for amounts in known.final.values())
    return Prices(known.final, known.base, known.nights, known.bases, occupancy, bounds, everywhere)


def _settled(
    context: Context, plan: RatePlanDoc, parent: Prices, occupancy: Mapping[int, Change]
) -> tuple[Decimal, ...]:
    """The bounds of a plan that only derives, where they show that all its prices are right, whatever the room; else nothing."""
    rule = plan.derive
    if rule is None or plan.rates or not parent.everywhere:
        return ()
    low, high = map(prices.deriving(rule, context.currency), parent.bounds)
    guests = prices.by_guests(low, occupancy, 0, max(occupancy, default=0), context.currency)
    sound = low > 0 and not _guests_below(guests)
    for own in (at(plan, provider) for provider in PROVIDERS):
        if sound and own.change is not None:
            ends = [
                prices.rounded(own.change.apply(end), own.round or rule.round, context.currency) for end in (low, high)
            ]
            sound = ends[0] > 0 and not any(_outside(end, rule) for end in ends)
    return (low, high) if sound else ()


def _by_room(
    context: Context, name: str, rooms: tuple[str, ...], parent: Prices | None, occupancy: Mapping[int, Change]
) -> _Found:
    """Room by room."""
    found = _Found(occupancy)
    for room in rooms_in_order(context, name, rooms):
        _room(context, name, room, parent, found)
    for room in found.final:
        _providers(context, name, room, found)
    return found


def _room(context: Context, name: str, room: str, parent: Prices | None, found: _Found) -> None:
    plan, keys = context.plan(name), ("rate_plans", name, "rates", room)
    own = plan.rates.get(room)
    amounts = Amounts()
    rule, source = _rule(plan, room, parent, found)
    if rule is not None and source is not None:
        amounts = _derived(context, name, room, rule, source, found)
    if own is not None:
        written = _written(context, own, keys)
        if rule is not None:
            _within(context, written, rule, keys, "its own rate")
        amounts = amounts.overlay(written)
        if own.default is not None:
            found.base[room] = in_currency(own.default, context.currency)
    found.final[room] = amounts


def _written(context: Context, own: RatesDoc, keys: Keys) -> Amounts:
    nights = calendars.values(own, context.frame, keys, context.problems)
    if nights.nothing:
        return Amounts()
    currency = context.currency
    amounts = Amounts(nights, _bounds(calendars.written(own)), own.default is not None)
    return amounts.map(lambda amount: in_currency(amount, currency))


def _derived(
    context: Context, name: str, room: str, rule: DeriveDoc, source: Prices | _Found, found: _Found
) -> Amounts:
    plan = context.plan(name)
    above = _from(plan, room)
    make = found.makers.get(id(rule)) or prices.deriving(rule, context.currency)
    found.makers[id(rule)] = make
    amounts = source.final.get(above, Amounts()).map(make)
    _above_zero(context, amounts, _derive_keys(plan, name, room), "the derived price")
    if above in source.base:
        found.base[room] = make(source.base[above])
    return amounts


def _rule(
    plan: RatePlanDoc, room: str, parent: Prices | None, found: _Found
) -> tuple[DeriveDoc | None, Prices | _Found | None]:
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


def _providers(context: Context, name: str, room: str, found: _Found) -> None:
    plan, stay, amounts = context.plan(name), context.rooms[room], found.final[room]
    occupancy = found.occupancy

    def by_guests(amount: Decimal) -> Price:
        return prices.by_guests(amount, occupancy, stay.base_occupancy, stay.max_occupancy, context.currency)

    priced = amounts.nights.map(by_guests)
    if occupancy and amounts.bounds and _guests_below(by_guests(amounts.bounds[0])):
        _guests_above_zero(context, priced, name)
    found.nights[room, DIRECT] = priced
    if room in found.base:
        found.bases[room, DIRECT] = found.base[room]
    for provider in PROVIDERS:
        _provider(context, name, room, provider, at(plan, provider), found)


def _provider(context: Context, name: str, room: str, provider: str, own: AtProvider, found: _Found) -> None:
    priced, base = found.nights[room, DIRECT], found.bases.get((room, DIRECT))
    if own.change is not None:
        change, rule = own.change, own.round or _rounding(context.plan(name), room)
        keys = ("rate_plans", name, "providers", provider, "change")
        priced = priced.map(lambda price: prices.at_provider(price, change, rule, context.currency))

        def make(amount: Decimal) -> Decimal:
            return prices.rounded(change.apply(amount), rule, context.currency)

        amounts = found.final[room].map(make)
        _above_zero(context, amounts, keys, f"the price at {provider}")
        derive, _ = _rule(context.plan(name), room, None, found)
        if derive is not None:
            _within(context, amounts, derive, keys, f"the price at {provider}")
        base = None if base is None else make(base)
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


def _above_zero(context: Context, amounts: Amounts, keys: Keys, what: str) -> None:
    if all(amount > 0 for amount in amounts.bounds):
        return
    for run in amounts.nights.calendar():
        if run.value <= 0:
            message = f"{what} is {run.value} on {calendars.spelled(run.start, run.until)}"
            context.problems.add(
                "price-not-positive", message, keys, "a price is above zero: change less, or set a floor"
            )
            return


def _guests_below(price: Price) -> bool:
    return any(amount <= 0 for _, amount in price.guests)


def _guests_above_zero(context: Context, nights: Weeks[Price], name: str) -> None:
    for run in nights.calendar():
        for number, amount in run.value.guests:
            if amount <= 0 < run.value.amount:
                message = f"the price for {number} is {amount} on {calendars.spelled(run.start, run.until)}"
                keys = ("rate_plans", name, "occupancy", str(number))
                context.problems.add("price-not-positive", message, keys, "a price is above zero")
                return


def _within(context: Context, amounts: Amounts, rule: DeriveDoc, keys: Keys, what: str) -> None:
    if not any(_outside(amount, rule) for amount in amounts.bounds):
        return
    for run in amounts.nights.calendar():
        when = calendars.spelled(run.start, run.until)
        if rule.floor is not None and run.value < rule.floor:
            message = f"{what} is {run.value} on {when}, under the floor of {rule.floor}"
            context.problems.add("price-under-floor", message, keys, "raise it, or lower the floor")
            return
        if rule.ceiling is not None and run.value > rule.ceiling:
            message = f"{what} is {run.value} on {when}, above the ceiling of {rule.ceiling}"
            context.problems.add("price-above-ceiling", message, keys, "lower it, or raise the ceiling")
            return


def _outside(amount: Decimal, rule: DeriveDoc) -> bool:
    low, high = rule.floor, rule.ceiling
    return (low is not None and amount < low) or (high is not None and amount > high)


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
