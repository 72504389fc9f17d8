"""Mapping: which room of ours is which at a provider. A row in the hotel's database; at a provider it is only looked at."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.contract import ASSIGNED, Kind, Setting
from reconciler.kinds.pairs import provider_pairs, room_retired
from reconciler.model.address import DATABASE, Address
from reconciler.model.property import CREATE, PlanType, Property
from reconciler.model.state import Value


def base_plan(hotel: Property, provider: str, room: str) -> str | None:
    """The plan whose id the room's row carries: the one with `base: true`, else the only `bar` sold there, else none."""
    plans = [plan for r, plan in provider_pairs(hotel, provider) if r == room]
    based = [plan.key for plan in plans if plan.base]
    bars = [plan.key for plan in plans if plan.type is PlanType.BAR]
    chosen = based or (bars if len(bars) == 1 else [])
    return chosen[0] if chosen else None


def external_plan_id(hotel: Property, provider: str, room: str, plan: str) -> str:
    """The provider's id of the plan, or the mark for one that is assigned at apply."""
    id_ = hotel.mappings[provider].plans[(room, plan)]
    return ASSIGNED if id_ == CREATE else id_


def _desired(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for provider in sorted(hotel.mappings):
        for room, room_id in sorted(hotel.mappings[provider].rooms.items()):
            if room not in hotel.rooms:
                continue
            plan = base_plan(hotel, provider, room)
            yield (
                Address(hotel.slug, DATABASE, "mapping", (provider, room)),
                {
                    "external_room_id": room_id,
                    "external_rate_plan_id": external_plan_id(hotel, provider, room, plan) if plan else None,
                    "is_active": not room_retired(hotel, provider, room),
                },
            )


MAPPING = Kind("mapping", database=_desired)
