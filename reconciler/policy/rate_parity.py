"""Rate parity: the same stay is not cheaper elsewhere than a contract with a provider allows.

Like is compared with like: one plan, one room, one night, base guests. Plans that are not public are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache, reduce
from itertools import groupby

from reconciler.model.calendar import Calendar, merge
from reconciler.model.diagnostics import Severity
from reconciler.model.policies import Basis, ParityScope, RateParity
from reconciler.model.property import BOOKING, DIRECT, Property
from reconciler.model.state import Price
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.offers import Offer, offers, priced
from reconciler.policy.wording import nights, percent, plain

EEA = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
"""The European Economic Area, where the Digital Markets Act forbids Booking.com to ask for parity."""


def _judge(case: Case, parameters: RateParity) -> Iterator[Violation]:
    public = [offer for offer in offers(case) if not offer.plan.qualified]
    public.sort(key=lambda offer: (offer.hotel.slug, offer.room, offer.plan.key, offer.provider))
    unknown: dict[str, Violation] = {}
    for _, group in groupby(public, key=lambda offer: (offer.hotel.slug, offer.room, offer.plan.key)):
        touched = list(group)
        for provider, rival in _pairs(touched[0], parameters):
            ours, theirs = (_factor(touched[0].hotel, channel, parameters.basis) for channel in (provider, rival))
            if ours is None or theirs is None:
                told = _unknown(touched[0].hotel, provider if ours is None else rival)
                unknown[told.message + told.address] = told
            elif beyond := _beyond(touched, provider, rival, theirs / ours, Fraction(parameters.within) / 100):
                yield _violation(touched[0], provider, rival, beyond, parameters)
    yield from unknown.values()


def _pairs(offer: Offer, parameters: RateParity) -> Iterator[tuple[str, str]]:
    """Each provider that the offer is sold at, with each channel that may not sell it for less."""
    sold = [p for p, room, plan in priced(offer.hotel) if (room, plan.key) == (offer.room, offer.plan.key)]
    for provider in sold:
        wanted = scope(parameters, offer.hotel.country, provider)
        if wanted is not ParityScope.NONE:
            yield provider, DIRECT
        if wanted is ParityScope.WIDE:
            yield from ((provider, other) for other in sold if other != provider)


def scope(parameters: RateParity, country: str, provider: str) -> ParityScope:
    """How far parity goes at a provider in a country: what the market says, else none where it is forbidden, else what holds in general."""
    said = parameters.markets.get(country, {}).get(provider)
    if said is not None:
        return said
    return ParityScope.NONE if provider == BOOKING and country in EEA else parameters.scope


def _violation(
    offer: Offer, provider: str, rival: str, beyond: Calendar[Fraction], parameters: RateParity
) -> Violation:
    """One for all nights on which the rival sells for less than is allowed."""
    what = "what the hotel keeps" if parameters.basis is Basis.NET else "the public price"
    return Violation(
        f"{what} of {offer.room} in {offer.plan.key} is lower {_at(rival)} than at {provider} {nights(beyond)}, "
        f"by up to {percent(max(run.value for run in beyond))}; policies.rate_parity.within = {plain(parameters.within)}%",
        "bring the prices together, or say under policies.rate_parity.markets what holds in this country",
        f"{offer.hotel.slug}/{provider}/rates/{offer.room}/{offer.plan.key}",
        offer.hotel.slug,
        offer.keys_at(provider),
    )


def _at(channel: str) -> str:
    return channel if channel == DIRECT else f"at {channel}"


def _beyond(touched: list[Offer], provider: str, rival: str, ratio: Fraction, within: Fraction) -> Calendar[Fraction]:
    """By which share the rival's prices are lower, on the nights in question on which it is more than is allowed.

    `ratio`: what makes a price of the rival's comparable with one of the provider's.
    """
    first = touched[0]
    nothing: Calendar[Price] = Calendar()
    ours, theirs = (first.plan.prices.get((first.room, channel), nothing) for channel in (provider, rival))
    if 1 - ratio <= within and ours == theirs:
        return Calendar()

    @cache
    def lower(price: Price | None, other: Price | None) -> Fraction | None:
        share = 1 - Fraction(other.amount) * ratio / Fraction(price.amount) if price and other else within
        return share if share > within else None

    asked = reduce(Calendar.overlay, (offer.after.covered() for offer in touched))
    return merge(ours, theirs, lower).keep(asked)


def _factor(hotel: Property, channel: str, basis: Basis) -> Fraction | None:
    """What git's price is multiplied by to be what guests pay, or what the hotel keeps."""
    net = hotel.rates_basis == "net"
    if net is (basis is Basis.NET):
        return Fraction(1)
    if channel == DIRECT:
        # Of a hotel that writes net rates git does not say what guests pay who book direct.
        return None if net else Fraction(1)
    commission = hotel.providers[channel].commission if channel in hotel.providers else None
    if commission is None or commission >= 100:
        return None
    kept = 1 - Fraction(commission) / 100
    return 1 / kept if net else kept


def _unknown(hotel: Property, channel: str) -> Violation:
    if channel == DIRECT:
        message = "whether guests pay less direct is not judged: the files have net rates, not what is asked for direct"
        return Violation(message, "", hotel.slug, hotel.slug, (("rates_are", "basis"),), severity=Severity.INFO)
    message = f"parity at {channel} is not judged: its commission is not known"
    remedy = f"write providers.{channel}.commission"
    return Violation(
        message, remedy, f"{hotel.slug}/{channel}", hotel.slug, (("providers", channel),), severity=Severity.INFO
    )


RATE_PARITY = Check("rate_parity", _judge)
