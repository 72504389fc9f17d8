"""Which room and rate plan are sold together where: what rates, restrictions and rate plans all go by."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.property import Property, RatePlan


def provider_pairs(hotel: Property, provider: str) -> Iterator[tuple[str, RatePlan]]:
    """Every (room, plan) that is mapped at the provider and wanted by git, sorted."""
    for room, plan in sorted(hotel.mappings[provider].plans):
        if room in hotel.rooms and plan in hotel.rate_plans and room in hotel.rate_plans[plan].rooms:
            yield room, hotel.rate_plans[plan]
