"""Child rates at Booking.com: which plan follows which, and in what. A relation belongs to the plan, for all its rooms.

And what a rate has from its hotel where it says nothing else: the pricing type.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.sandbox.state import Hotel, Plan

PRICE_FIELDS = frozenset({"price", "price1"})


def parent_of(hotel: Hotel, plan_id: str) -> dict[str, Any] | None:
    """The relation of a plan to its parent, or None: id, percentage, follows_price, _restrictions, _closed."""
    plan = hotel.plans.get(plan_id)
    relation: dict[str, Any] | None = plan.facts.get("parent") if plan else None
    return relation


def pricing_of(hotel: Hotel, pair: Plan) -> str:
    """How a room-rate is priced: its own type, else the hotel's."""
    return str(pair.facts.get("pricing_type", hotel.pricing_model))


def follows(relation: dict[str, Any], field: str) -> bool:
    """Whether a calendar of a child is the parent's."""
    if field in PRICE_FIELDS:
        return bool(relation.get("follows_price", True))
    if field == "closed":
        return bool(relation.get("follows_closed", True))
    return bool(relation.get("follows_restrictions", True))


def price_on(hotel: Hotel, pair: Plan, night: date) -> Any:
    """The price of a room-rate on a night, derived from the parent's for the same room where it follows it."""
    relation = parent_of(hotel, pair.id)
    if relation is None or not follows(relation, "price"):
        return pair.on("price", night)
    parent = hotel.room_rate(pair.room, str(relation["id"]))
    amount = parent.on("price", night) if parent else None
    if not isinstance(amount, str):
        return amount
    share = Decimal(str(relation.get("percentage", 100))) / 100
    return str((Decimal(amount) * share).quantize(Decimal("0.01"), ROUND_HALF_UP))
