"""What the type of a rate plan implies, as a table. Each may be overridden by the plan itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.property import QUALIFIED, Cancellation, PlanType


@dataclass(frozen=True, slots=True)
class Implied:
    """What a type says where the plan does not."""

    restrictions: Mapping[str, Any] = field(default_factory=dict)
    meal_plan: str | None = None
    cancellation: Cancellation | None = None


_NOTHING = Implied()

IMPLIED: Mapping[PlanType, Implied] = {
    PlanType.BAR: _NOTHING,
    PlanType.CORPORATE: _NOTHING,
    PlanType.GOVERNMENT: _NOTHING,
    PlanType.AAA_SENIOR: _NOTHING,
    PlanType.BED_AND_BREAKFAST: Implied(meal_plan="breakfast"),
    PlanType.HALF_BOARD: Implied(meal_plan="half_board"),
    PlanType.FULL_BOARD: Implied(meal_plan="full_board"),
    PlanType.ALL_INCLUSIVE: Implied(meal_plan="all_inclusive"),
    PlanType.EARLY_BIRD: Implied({"min_advance_days": 14}),
    PlanType.LAST_MINUTE: Implied({"max_advance_days": 3}),
    PlanType.LONG_STAY: Implied({"min_stay": 7}),
    PlanType.NON_REFUNDABLE: Implied(cancellation=Cancellation("non_refundable", 0, 100)),
}
"""By type. Whether a plan is public is `model.property.QUALIFIED`; flexible is what holds without a policy."""


def meaning(kind: PlanType) -> str:
    """What a type implies, in words."""
    implied = IMPLIED[kind]
    said = ["not public"] if kind in QUALIFIED else []
    said += [f"{name}: {value}" for name, value in implied.restrictions.items()]
    said += [f"meal_plan: {implied.meal_plan}"] if implied.meal_plan else []
    if policy := implied.cancellation:
        said.append(f"cancellation: {policy.type}, {policy.penalty_percentage}%, {policy.deadline_hours} hours")
    return f"implies {', '.join(said)}" if said else "public and flexible; implies nothing more"
