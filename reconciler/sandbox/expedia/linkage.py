"""Expedia rate plan ids and links: which plan an id means, and what a linked plan takes from its parent on a night.

An id as used in messages belongs to a distribution rule of a plan: `123` for Expedia Collect, `123A` for Hotel Collect.
Links cannot be made or changed through any interface; they come with the hotel's description.
"""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.sandbox.record import normal_amount
from reconciler.sandbox.state import Hotel, Plan

_FOLLOWED = (
    ("deriveAvailabilityStatus", ("closed",)),
    ("deriveLengthOfStayRestriction", ("min_los", "max_los")),
    ("deriveClosedToArrival", ("closed_to_arrival",)),
    ("deriveClosedToDeparture", ("closed_to_departure",)),
)
MAX_CHAIN = 5


def rules(plan: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plan.facts.get("distributionRules") or []
    return found


def manageable_id(plan: Plan) -> str:
    return next((str(rule["expediaId"]) for rule in rules(plan) if rule.get("manageable")), plan.id)


def find(hotel: Hotel, expedia_id: str) -> tuple[Plan, dict[str, Any]] | None:
    """The plan and the distribution rule that an id means; deleted plans are not found."""
    for plan in (hotel.plans.get(expedia_id.removesuffix("A")), hotel.plans.get(expedia_id)):
        for rule in rules(plan) if plan else ():
            if plan and rule.get("expediaId") == expedia_id and not plan.facts.get("deleted"):
                return plan, rule
    return None


def live_plans(hotel: Hotel, room: str = "") -> list[Plan]:
    return [p for p in hotel.plans.values() if not p.facts.get("deleted") and (not room or p.room == room)]


def _covers(periods: Iterable[dict[str, Any]], night: date) -> bool:
    return any(p.get("dateStart", "1900-01-01") <= night.isoformat() <= p.get("dateEnd", "2079-06-06") for p in periods)


def rule_on(plan: Plan, night: date) -> dict[str, Any] | None:
    """The derivation rule in effect on a night, if any."""
    linkage = plan.facts.get("ratePlanLinkage") or {}
    for rule in linkage.get("rateDerivationRules", []):
        if _covers([rule], night) and not _covers(rule.get("exclusionDates") or [], night):
            found: dict[str, Any] = rule
            return found
    return None


def followed(plan: Plan, night: date) -> frozenset[str]:
    """The calendars that follow the parent on a night."""
    if rule_on(plan, night) is None:
        return frozenset()
    linkage = plan.facts["ratePlanLinkage"]
    return frozenset({"price"}.union(*(names for flag, names in _FOLLOWED if linkage.get(flag))))


def _derived(amount: str, rule: dict[str, Any]) -> str:
    value, adjustment = Decimal(amount), Decimal(str(rule["adjustmentValue"]))
    if rule["adjustmentType"] == "Percentage":
        value *= 1 + adjustment / 100
    else:
        value += adjustment
    return normal_amount(str(max(value, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)))


def value_on(hotel: Hotel, plan: Plan, name: str, night: date, depth: int = 0) -> Any:
    """A calendar's value on a night, taken from the parent where the plan follows it."""
    parent = hotel.plans.get(str(plan.facts.get("parent", "")))
    if parent is None or depth > MAX_CHAIN or name not in followed(plan, night):
        return plan.on(name, night)
    value = value_on(hotel, parent, name, night, depth + 1)
    rule = rule_on(plan, night)
    if name != "price" or value is None or rule is None:
        return value
    if isinstance(value, dict):
        return {key: _derived(amount, rule) for key, amount in value.items()}
    return _derived(value, rule)
