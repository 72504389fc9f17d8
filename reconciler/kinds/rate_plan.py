"""Rate plan: name, type and conditions of a plan; in the database a row per provider, room and plan."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.contract import Kind, Setting
from reconciler.kinds.mapping import external_plan_id
from reconciler.kinds.pairs import provider_pairs, room_retired
from reconciler.model.address import DATABASE, Address
from reconciler.model.property import Cancellation, PlanType, Property, RatePlan
from reconciler.model.state import Json, Restrictions, Value

DEFAULT_ADVANCE_DAYS = 365
"""The default of the column `advance_booking_days`; sent to no provider."""

_PACKAGES = frozenset(
    {PlanType.BED_AND_BREAKFAST, PlanType.HALF_BOARD, PlanType.FULL_BOARD, PlanType.ALL_INCLUSIVE},
)


def _policy(cancellation: Cancellation | None) -> dict[str, Json] | None:
    if cancellation is None:
        return None
    policy: dict[str, Json] = {
        "type": cancellation.type,
        "deadline_hours": cancellation.deadline_hours,
        "penalty_percentage": cancellation.penalty_percentage,
    }
    if cancellation.late_penalty is not None:
        policy["late_penalty"] = cancellation.late_penalty
    return policy


def _configuration(hotel: Property, provider: str, room: str, plan: RatePlan, base: Restrictions) -> dict[str, Json]:
    configuration: dict[str, Json] = {
        "plan_type": plan.type.value,
        "external_rate_plan_id": external_plan_id(hotel, provider, room, plan.key),
    }
    if plan.discount_from_bar is not None:
        discount = plan.discount_from_bar
        configuration["discount_from_bar"] = int(discount) if discount == int(discount) else f"{discount:f}"
    if base.min_advance_days is not None:
        configuration["min_advance_days"] = base.min_advance_days
    return configuration


def _database(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for provider in sorted(hotel.mappings):
        for room, plan in provider_pairs(hotel, provider):
            base = plan.base_restrictions.get(room, Restrictions())
            rate = plan.base_rates.get((room, provider))
            moving = plan.key in hotel.pending.plans.values()
            yield (
                Address(hotel.slug, DATABASE, "rate_plan", (provider, room, plan.key)),
                {
                    **({"rate_plan_id": plan.key} if moving else {}),
                    "rate_plan_name": plan.name,
                    "rate_plan_type": plan.cancellation.type if plan.cancellation else "flexible",
                    "base_rate": None if rate is None else f"{rate:f}",
                    "currency": hotel.currency,
                    "meal_plan": plan.meal_plan,
                    "cancellation_policy": _policy(plan.cancellation),
                    "min_length_of_stay": max(base.min_stay, base.min_stay_through),
                    "max_length_of_stay": base.max_stay if base.max_stay is not None else base.max_stay_through,
                    "advance_booking_days": DEFAULT_ADVANCE_DAYS
                    if base.max_advance_days is None
                    else base.max_advance_days,
                    "is_active": not (plan.retired or room_retired(hotel, provider, room)),
                    "configuration": _configuration(hotel, provider, room, plan, base),
                },
            )


def _category(plan: RatePlan) -> str:
    if plan.qualified:
        return "corporate"
    return "package" if plan.type in _PACKAGES else "standalone"


def _provider(hotel: Property, provider: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room, plan in provider_pairs(hotel, provider):
        if provider in plan.linked:
            continue
        base = plan.base_restrictions.get(room, Restrictions())
        yield (
            Address(hotel.slug, provider, "rate_plan", (room, plan.key)),
            {
                "name": plan.name,
                "active": not (plan.retired or hotel.retired_at(provider)),
                "category": _category(plan),
                "cancellation": _policy(plan.cancellation),
                "meal_plan": plan.meal_plan,
                "min_advance_days": base.min_advance_days or 0,
                "max_advance_days": base.max_advance_days,
            },
        )


_POLICY = frozenset({"type", "deadline_hours", "penalty_percentage", "late_penalty"})
RATE_PLAN = Kind(
    "rate_plan",
    database=_database,
    provider=_provider,
    objects={
        "cancellation": _POLICY,
        "cancellation_policy": _POLICY,
        "configuration": frozenset({"plan_type", "external_rate_plan_id", "discount_from_bar", "min_advance_days"}),
    },
)
