"""Plans that a provider derives itself (`linked: true`): nothing is sent for them, so a price that is not git's is told.

Only where prices can be read. A night on which a plan further up is about to change is left out: this one follows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from reconciler.engine.planner import calendar_of
from reconciler.kinds.pairs import provider_pairs, room_retired
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.capabilities import Access, Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Change
from reconciler.model.property import Manage, Property
from reconciler.model.state import Observed, Price, Value, Window


def prices(hotel: Property, capabilities: Capabilities, window: Window) -> Iterator[tuple[Address, Value]]:
    """What git computes for the plans that this target derives itself; nothing where it is not git's or cannot be read."""
    provider = capabilities.target
    readable = capabilities.access("rates") is Access.READ_BACK
    if provider not in hotel.mappings or not readable or hotel.manages(provider, "rates") is not Manage.YES:
        return
    for room, plan in provider_pairs(hotel, provider):
        if provider in plan.linked and not plan.retired and not room_retired(hotel, provider, room):
            nights: Calendar[Price] = plan.prices.get((room, provider), Calendar())
            yield Address(hotel.slug, provider, "rates", (room, plan.key)), nights.clip(window.start, window.until)


def differing(
    hotel: Property, computed: Mapping[Address, Value], observed: Mapping[Address, Observed], changes: Sequence[Change]
) -> Iterator[Diagnostic]:
    """One finding for each plan that has another price there on nights that both price."""
    changing = {c.address: (calendar_of(c.before).covered(), calendar_of(c.after).covered()) for c in changes}
    for address, value in computed.items():
        if address not in observed:
            continue
        apart = merge(calendar_of(value), calendar_of(observed[address].value), _apart)
        for parent in _above(hotel, address):
            for nights in changing.get(parent, ()):
                apart = apart.without(nights)
        if apart:
            yield _told(hotel, address, apart, observed)


def _apart(ours: Price | None, theirs: Price | None) -> tuple[Price, Price] | None:
    return None if ours is None or theirs is None or ours == theirs else (ours, theirs)


def _above(hotel: Property, address: Address) -> Iterator[Address]:
    room, plan = address.key
    while (parent := hotel.rate_plans[plan].derived_from) is not None:
        plan = parent
        yield address._replace(key=(room, plan))


def _told(
    hotel: Property, address: Address, apart: Calendar[tuple[Price, Price]], observed: Mapping[Address, Observed]
) -> Diagnostic:
    ours, theirs = apart.runs[0].value
    guests, mine, other = _figures(ours, theirs)
    facts = observed.get(address._replace(kind="rate_plan"))
    derives = facts is not None and not isinstance(facts.value, Calendar) and facts.value.get("linked") is True
    return Diagnostic(
        "linked-price-differs",
        f"{apart.nights} night(s) have another price there than git computes, first {apart.start}{guests}: "
        f"{mine} in git, {other} there",
        Severity.WARNING,
        hint="bring git's derivation and the provider's together; nothing is sent for a linked plan"
        if derives
        else "the provider does not derive this plan: have it linked there, or leave `linked` out",
        file=hotel.file,
        address=str(address),
    )


def _figures(ours: Price, theirs: Price) -> tuple[str, str, str]:
    """For whom the two prices differ, and what they are: the price itself, else the first other number of guests."""
    if ours.amount != theirs.amount:
        return "", f"{ours.amount:f}", f"{theirs.amount:f}"
    mine, other = dict(ours.guests), dict(theirs.guests)
    guests = min(count for count in {*mine, *other} if mine.get(count) != other.get(count))
    return f" for {guests} guest(s)", _figure(mine.get(guests)), _figure(other.get(guests))


def _figure(amount: Decimal | None) -> str:
    return "none" if amount is None else f"{amount:f}"
