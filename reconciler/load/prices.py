"""From one price to another: change, then one round, then floor and ceiling. Decimals throughout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from reconciler.load.documents import DeriveDoc, RoundDoc
from reconciler.load.values import Change
from reconciler.model.money import Rounding, in_currency, round_to, smallest
from reconciler.model.state import Price


def rounded(amount: Decimal, rule: RoundDoc, currency: str) -> Decimal:
    """The amount as the rule rounds it, with exactly the currency's decimals."""
    return in_currency(round_to(amount, step(rule, currency), Rounding(rule.mode)), currency)


def step(rule: RoundDoc, currency: str) -> Decimal:
    """What prices are a multiple of."""
    return rule.to or smallest(currency)


def changed(amount: Decimal, changes: Iterable[Change]) -> Decimal:
    """The changes applied in order, not rounded."""
    for change in changes:
        amount = change.apply(amount)
    return amount


def deriving(rule: DeriveDoc, currency: str) -> Callable[[Decimal], Decimal]:
    """How the rule makes one price of another. It keeps their order: of two prices the higher one gives no lower one."""
    by, mode = step(rule.round, currency), Rounding(rule.round.mode)
    lowest, highest = limits(rule, currency)
    known: dict[Decimal, Decimal] = {}

    def derive(amount: Decimal) -> Decimal:
        if amount not in known:
            price = in_currency(round_to(changed(amount, rule.change), by, mode), currency)
            price = price if lowest is None else max(price, lowest)
            known[amount] = price if highest is None else min(price, highest)
        return known[amount]

    return derive


def derived(amount: Decimal, rule: DeriveDoc, currency: str) -> Decimal:
    """The price that the rule makes of another. A clamp steps inward: a floor rounds up, a ceiling down."""
    return deriving(rule, currency)(amount)


def limits(rule: DeriveDoc, currency: str) -> tuple[Decimal | None, Decimal | None]:
    """Floor and ceiling as prices that the rule's rounding can give."""
    by = step(rule.round, currency)
    lowest = None if rule.floor is None else in_currency(round_to(rule.floor, by, Rounding.UP), currency)
    highest = None if rule.ceiling is None else in_currency(round_to(rule.ceiling, by, Rounding.DOWN), currency)
    return lowest, highest


def by_guests(amount: Decimal, occupancy: Mapping[int, Change], base: int, most: int, currency: str) -> Price:
    """The price with what other numbers of guests pay: those that the room takes, and not the number that the price is for."""
    guests = (
        (number, in_currency(change.apply(amount), currency))
        for number, change in sorted(occupancy.items())
        if number != base and number <= most
    )
    return Price(amount, tuple(guests))


def at_provider(price: Price, change: Change, rule: RoundDoc, currency: str) -> Price:
    """The price at a provider that has a change of its own: changed and rounded once more."""
    return Price(
        rounded(change.apply(price.amount), rule, currency),
        tuple((number, rounded(change.apply(amount), rule, currency)) for number, amount in price.guests),
    )
