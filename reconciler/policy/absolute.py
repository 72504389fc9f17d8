"""Absolute rules of the blast radius: what no plan does without consent, however small it is.

Whole properties, whole providers, the last way to book a room, nights that guests have booked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from reconciler.kinds.pairs import provider_pairs, room_retired
from reconciler.kinds.parts import parts
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar
from reconciler.model.plan import Operation
from reconciler.model.policies import Absolute
from reconciler.model.property import Property
from reconciler.policy.contract import Case, Violation
from reconciler.policy.taking import closed, switches_off
from reconciler.policy.wording import nights


def broken(case: Case, operations: Sequence[Operation], allowed: frozenset[Absolute]) -> Iterator[Violation]:
    """What the operations do that no plan does, but for the rules that are allowed to be broken."""
    off: dict[str, list[Operation]] = defaultdict(list)
    for op in operations:
        if switches_off(op):
            off[op.address.property].append(op)
    for slug, switched in sorted(off.items()):
        if slug in case.hotels:
            hotel = case.hotels[slug]
            yield from _whole(hotel, switched, allowed)
            if Absolute.LAST_MAPPING not in allowed:
                yield from _last_mappings(hotel, switched)
    if Absolute.BOOKED_NIGHTS not in allowed:
        yield from _booked(case, operations)


def _whole(hotel: Property, off: Sequence[Operation], allowed: frozenset[Absolute]) -> Iterator[Violation]:
    """The property everywhere, else all that it has at one provider."""
    providers = sorted({parts(op.address).provider for op in off} - {""})
    if providers and all(_nothing_left(hotel, provider) for provider in hotel.providers):
        if Absolute.PROPERTY_OFF not in allowed:
            what = f"{hotel.slug} is taken off sale at every provider"
            yield _violation(hotel.slug, Absolute.PROPERTY_OFF, what, hotel.slug)
        return
    if Absolute.PROVIDER_OFF not in allowed:
        for provider in providers:
            if _nothing_left(hotel, provider):
                what = f"every room or every rate plan of {hotel.slug} is switched off at {provider}"
                yield _violation(hotel.slug, Absolute.PROVIDER_OFF, what, f"{hotel.slug}/{provider}")


def _nothing_left(hotel: Property, provider: str) -> bool:
    """Whether git wants no room, or no plan, to be sold at the provider."""
    if hotel.retired_at(provider) or provider not in hotel.mappings:
        return True
    rooms = [room for room in hotel.mappings[provider].rooms if room in hotel.rooms]
    pairs = list(provider_pairs(hotel, provider))
    return all(room_retired(hotel, provider, room) for room in rooms) or (
        bool(pairs) and all(plan.retired or room_retired(hotel, provider, room) for room, plan in pairs)
    )


def _last_mappings(hotel: Property, off: Sequence[Operation]) -> Iterator[Violation]:
    """Rooms whose mapping is switched off, and which no provider sells any more; a whole property is told as such."""
    if all(_nothing_left(hotel, provider) for provider in hotel.providers):
        return
    for room in sorted({parts(op.address).room for op in off if op.address.kind == "mapping"}):
        sold = [p for p, there in hotel.mappings.items() if room in there.rooms and room in hotel.rooms]
        if all(room_retired(hotel, provider, room) for provider in sold):
            what = f"{room} loses its last mapping: no provider sells it any more"
            yield _violation(hotel.slug, Absolute.LAST_MAPPING, what, f"{hotel.slug}/{DATABASE}/mapping/*/{room}")


def _booked(case: Case, operations: Sequence[Operation]) -> Iterator[Violation]:
    """Rooms that are closed on nights on which the provider has sold some of them."""
    for op in operations:
        if op.address.kind != "availability":
            continue
        provider, room, _ = parts(op.address)
        known = case.counts.get((op.address.property, provider, room), Calendar()).overlay(op.change.counts)
        booked = known.keep(closed(op)).map(lambda count: count.sold or None)
        if booked:
            sold = sum(run.value * run.nights for run in booked)
            said = f"{room} is closed at {provider} {nights(booked)} on which guests have booked it ({sold} in all)"
            yield _violation(op.address.property, Absolute.BOOKED_NIGHTS, said, str(op.address))


def _violation(slug: str, rule: Absolute, said: str, address: str) -> Violation:
    return Violation(
        f"{said}; policies.blast_radius.allow does not name `{rule}`",
        "leave it as it is, or allow it there for good",
        address,
        slug,
    )
