"""Which room and rate plan are sold together where, and which rooms are going out: what several kinds go by."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.property import Property, RatePlan


def provider_pairs(hotel: Property, provider: str) -> Iterator[tuple[str, RatePlan]]:
    """Every (room, plan) that is mapped at the provider and wanted by git, sorted."""
    for room, plan in sorted(hotel.mappings[provider].plans):
        if room in hotel.rooms and plan in hotel.rate_plans and room in hotel.rate_plans[plan].rooms:
            yield room, hotel.rate_plans[plan]


def priced_pairs(hotel: Property, provider: str) -> Iterator[tuple[str, RatePlan]]:
    """Those of them whose prices the provider is sent: not those that it derives itself, nor those that are going out."""
    for room, plan in provider_pairs(hotel, provider):
        if provider not in plan.linked and not plan.retired and not room_retired(hotel, provider, room):
            yield room, plan


def room_retired(hotel: Property, provider: str, room: str) -> bool:
    """Whether the room is to be closed and switched off at the provider: it is retired, or the provider, or the hotel."""
    return hotel.rooms[room].retired or hotel.retired_at(provider)
