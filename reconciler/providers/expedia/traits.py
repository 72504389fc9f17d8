"""The names under which a hotel's own facts at Expedia travel from observing to normal forms and messages."""

from __future__ import annotations

from collections.abc import Mapping

PER_DAY = "PerDayPricing"
PER_OCCUPANCY = "OccupancyBasedPricing"

PRICING_MODEL = "pricing_model"
DISTRIBUTION_MODELS = "distribution_models"
RATES_ARE = "rates_are"
BASE_ALLOCATION = "base_allocation"


def max_guests(room_id: str) -> str:
    """The most guests that a room takes."""
    return f"max_guests:{room_id}"


def max_stay(plan_id: str) -> str:
    """A rate plan's own longest stay, where it is below what Expedia allows."""
    return f"max_stay:{plan_id}"


def base_guests(plan_id: str) -> str:
    """For how many guests a rate plan's price per day is."""
    return f"base_guests:{plan_id}"


def linked(plan_id: str) -> str:
    """Present where Expedia derives the rate plan from another."""
    return f"linked:{plan_id}"


def plan_model(plan_id: str) -> str:
    """A rate plan's pricing model, where it is not the hotel's."""
    return f"pricing_model:{plan_id}"


def plan_rates_are(plan_id: str) -> str:
    """What a rate plan's prices are, where they are not what the hotel's are."""
    return f"rates_are:{plan_id}"


def rates_are(traits: Mapping[str, str], plan_id: str) -> tuple[str, ...]:
    """Basis and tax of a plan's prices, in the words of `rates_are` in git; nothing where Expedia does not tell."""
    return tuple(traits.get(plan_rates_are(plan_id), traits.get(RATES_ARE, "")).split())


def pricing_model(traits: Mapping[str, str], plan_id: str) -> str:
    """The pricing model that holds for a plan; empty where nothing is known yet."""
    return traits.get(plan_model(plan_id), traits.get(PRICING_MODEL, ""))
