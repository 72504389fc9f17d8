"""Rate bounds: no price for base guests is under a floor or above a ceiling."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reconciler.model.diagnostics import Severity
from reconciler.model.money import in_currency
from reconciler.model.policies import Bounds, RateBounds
from reconciler.model.property import Property
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.offers import Offer, offers
from reconciler.policy.wording import nights


def _judge(case: Case, parameters: RateBounds) -> Iterator[Violation]:
    bounded = {currency for one in parameters.bounds for currency in (*one.floor, *one.ceiling)}
    unbounded: dict[str, Property] = {}
    for offer in offers(case):
        floor, ceiling = (_decides(parameters, offer, side) for side in ("floor", "ceiling"))
        yield from _under(offer, *floor) if floor else ()
        yield from _above(offer, *ceiling) if ceiling else ()
        if offer.hotel.currency not in bounded:
            unbounded[offer.hotel.slug] = offer.hotel
    yield from map(_unbounded, unbounded.values())


def _decides(parameters: RateBounds, offer: Offer, side: str) -> tuple[str, Decimal] | None:
    """The bound of one side that holds, with the key that says it."""
    found = None
    for bounds in parameters.bounds:
        amount = (bounds.floor if side == "floor" else bounds.ceiling).get(offer.hotel.currency)
        if amount is not None and _about(bounds, offer):
            found = f"policies.{bounds.key}.{side}.{offer.hotel.currency}", in_currency(amount, offer.hotel.currency)
    return found


def _about(bounds: Bounds, offer: Offer) -> bool:
    plan = offer.plan
    return bounds.selected.fits(slug=offer.hotel.slug, room=offer.room, plan=plan.key, type_=plan.type.value)


def _under(offer: Offer, key: str, floor: Decimal) -> Iterator[Violation]:
    found = offer.after.map(lambda price: price.amount if price.amount < floor else None)
    if found:
        lowest = min(run.value for run in found)
        said = f"{offer} costs less than {key} = {floor} {nights(found)}, the lowest {lowest}"
        yield Violation(said, "raise the price, or lower the floor", offer.address, offer.hotel.slug, offer.keys)


def _above(offer: Offer, key: str, ceiling: Decimal) -> Iterator[Violation]:
    found = offer.after.map(lambda price: price.amount if price.amount > ceiling else None)
    if found:
        highest = max(run.value for run in found)
        said = f"{offer} costs more than {key} = {ceiling} {nights(found)}, the highest {highest}"
        yield Violation(said, "lower the price, or raise the ceiling", offer.address, offer.hotel.slug, offer.keys)


def _unbounded(hotel: Property) -> Violation:
    message = f"policies.rate_bounds has no amount in {hotel.currency}: the prices of {hotel.slug} are not judged"
    return Violation(
        message, "add a floor in this currency", hotel.slug, hotel.slug, (("currency",),), severity=Severity.INFO
    )


RATE_BOUNDS = Check("rate_bounds", _judge)
