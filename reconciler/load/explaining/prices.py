"""A price of a night: from the plan that everything starts from, by every change on the way, to what a provider gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from reconciler.load import prices
from reconciler.load.documents import DeriveDoc, RoundDoc
from reconciler.load.explaining.nights import steps
from reconciler.load.explaining.source import Source
from reconciler.load.problems import Keys
from reconciler.load.values import Change
from reconciler.model.explanation import Step
from reconciler.model.money import in_currency, smallest
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA
from reconciler.model.state import Price


def price(source: Source, plan: str, room: str, channel: str, night: date) -> tuple[Price | None, list[Step]]:
    """What a channel gets for the night, and how that comes about. `channel` may be `direct`."""
    amount, found = _own(source, plan, room, night)
    if amount is None:
        return None, found
    occupancy, keys = _occupancy(source, plan)
    stay = source.hotel.rooms[room]
    now = prices.by_guests(amount, occupancy, stay.base_occupancy, stay.max_occupancy, source.doc.currency)
    for number, paid in now.guests:
        found.append(
            _told(
                source, (*keys, str(number)), paid, f"for {number}: {_spelled(occupancy[number], source.doc.currency)}"
            )
        )
    return _at_provider(source, plan, room, channel, now, found)


def _own(source: Source, plan: str, room: str, night: date) -> tuple[Decimal | None, list[Step]]:
    """The plan's price before any provider's change, and the steps to it."""
    doc, keys = source.doc.rate_plans[plan], ("rate_plans", plan, "rates", room)
    own = doc.rates.get(room)
    amount: Decimal | None = None
    found: list[Step] = []
    if own is not None and own.derive is not None:
        amount, found = _own(source, plan, own.derive.from_, night)
        amount = _derived(source, own.derive, (*keys, "derive"), amount, found, f"room {own.derive.from_}")
    elif doc.derive is not None:
        if room in source.hotel.rate_plans[doc.derive.from_].rooms:
            amount, found = _own(source, doc.derive.from_, room, night)
        where = f"rate plan {doc.derive.from_}"
        amount = _derived(source, doc.derive, ("rate_plans", plan, "derive"), amount, found, where)
    if own is not None:
        for one in steps(own, source, night, keys, of=f"{plan} {room}"):
            amount = in_currency(one.value, source.doc.currency)
            found.append(Step(amount, one.rule, one.place, one.overrode, one.of))
    return amount, found


def _derived(
    source: Source, rule: DeriveDoc, keys: Keys, amount: Decimal | None, found: list[Step], parent: str
) -> Decimal | None:
    """The price after a derivation, whose steps are added; None where the parent has none."""
    if amount is None:
        return None
    found.append(_told(source, (*keys, "from"), amount, f"starts from {parent}"))
    exact = amount
    for number, change in enumerate(rule.change):
        exact = change.apply(exact)
        place = (*keys, "change") if not source.places((*keys, "change", number)) else (*keys, "change", number)
        found.append(_told(source, place, exact, _spelled(change, source.doc.currency)))
    rounded = prices.rounded(exact, rule.round, source.doc.currency)
    if rounded != exact:
        found.append(_told(source, (*keys, "round"), rounded, _rounding(rule.round, source.doc.currency)))
    return _clamped(source, rule, keys, rounded, found)


def _clamped(source: Source, rule: DeriveDoc, keys: Keys, amount: Decimal, found: list[Step]) -> Decimal:
    lowest, highest = prices.limits(rule, source.doc.currency)
    if lowest is not None and amount < lowest:
        amount = lowest
        found.append(
            _told(
                source,
                (*keys, "floor"),
                amount,
                f"not below the floor {_exact(rule.floor or amount, source.doc.currency)}",
            )
        )
    if highest is not None and amount > highest:
        amount = highest
        found.append(
            _told(
                source,
                (*keys, "ceiling"),
                amount,
                f"not above the ceiling {_exact(rule.ceiling or amount, source.doc.currency)}",
            )
        )
    return amount


def _occupancy(source: Source, plan: str) -> tuple[dict[int, Change], Keys]:
    """The changes by number of guests that hold for a plan, and where: its own, else its parent's."""
    doc = source.doc.rate_plans[plan]
    if doc.occupancy is not None:
        return dict(doc.occupancy), ("rate_plans", plan, "occupancy")
    return _occupancy(source, doc.derive.from_) if doc.derive is not None else ({}, ())


def _at_provider(
    source: Source, plan: str, room: str, channel: str, now: Price, found: list[Step]
) -> tuple[Price, list[Step]]:
    doc = source.doc.rate_plans[plan]
    own = {EXPEDIA: doc.providers.expedia, BOOKING: doc.providers.booking}.get(channel) if channel != DIRECT else None
    if own is None or own.change is None:
        return now, found
    derive = doc.rates[room].derive if room in doc.rates and doc.rates[room].derive else doc.derive
    rule = own.round or (derive.round if derive else RoundDoc())
    after = prices.at_provider(now, own.change, rule, source.doc.currency)
    keys = ("rate_plans", plan, "providers", channel, "change")
    found.append(
        _told(
            source, keys, after.amount, f"{_spelled(own.change, source.doc.currency)} at {channel}, rounded once more"
        )
    )
    for number, paid in after.guests:
        found.append(_told(source, keys, paid, f"for {number} at {channel}"))
    return after, found


def _told(source: Source, keys: Keys, value: Decimal, rule: str) -> Step:
    place, *overrode = source.places(keys) or (None,)
    return Step(value, rule, place, tuple(p for p in overrode if p is not None))


def _spelled(change: Change, currency: str) -> str:
    return f"{change.number:+f}%" if change.percent else f"{_exact(change.number, currency):+f}"


def _rounding(rule: RoundDoc, currency: str) -> str:
    how = {"nearest": "rounded", "up": "rounded up", "down": "rounded down"}[rule.mode]
    return f"{how} to {_exact(rule.to or smallest(currency), currency)}"


def _exact(amount: Decimal, currency: str) -> Decimal:
    """The amount with its currency's decimals, where that changes nothing."""
    whole = in_currency(amount, currency)
    return whole if whole == amount else amount


def plans_above(source: Source, plan: str) -> Iterator[str]:
    """The plan and those that it is made from, the nearest first."""
    while True:
        yield plan
        derive = source.doc.rate_plans[plan].derive
        if derive is None:
            return
        plan = derive.from_
