"""What Expedia can do, as data, and where it is spoken to."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.capabilities import Access, Capabilities, KindSupport

MAX_LOS = 28
MAX_UNITS = 4999
MAX_ADVANCE_DAYS = 500
HORIZON = 730

ENDPOINTS: Mapping[str, Mapping[str, str]] = {
    "production": {"main": "https://services.expediapartnercentral.com"},
    "sandbox": {"main": "https://services.expediapartnercentral.com"},
}
"""Base URLs by endpoints name and logical host. Test hotels live on the production host."""

ALLOWED_HOSTS = frozenset({"services.expediapartnercentral.com"})

THROUGH = "through"
_STAYS = {
    "arrival": frozenset({"min_stay", "max_stay"}),
    THROUGH: frozenset({"min_stay_through", "max_stay_through"}),
}
_FLAGS = frozenset({"closed", "closed_to_arrival", "closed_to_departure"})
_ADVANCE = frozenset({"min_advance_days", "max_advance_days"})


def capabilities_of(length_of_stay: str) -> Capabilities:
    """For a hotel whose lengths of stay are counted on `arrival` or `through` (a switch at Expedia that no interface shows)."""
    stays = _STAYS[length_of_stay]
    return Capabilities(
        target="expedia",
        kinds={
            "mapping": KindSupport(Access.READ_ONLY, frozenset(), rests_on="Product API: room types and rate plans"),
            "rate_plan": KindSupport(
                Access.READ_BACK,
                frozenset({"name", "active", "category", "qualified", "cancellation", "meal_plan"}) | _ADVANCE,
                limits={"min_advance_days": (0, MAX_ADVANCE_DAYS), "max_advance_days": (0, MAX_ADVANCE_DAYS)},
                rests_on="Product API, rate plan resource; linked plans are read only",
            ),
            "availability": KindSupport(
                Access.READ_BACK,
                frozenset({"allotment", "closed"}),
                limits={"allotment": (0, MAX_UNITS)},
                rests_on="AR Inventory@totalInventoryAvailable; PARR adds @totalInventorySold",
            ),
            "rates": KindSupport(
                Access.READ_BACK,
                frozenset({"price", "guests"}),
                rests_on="AR and PARR Rate, priced per day or per occupancy as the hotel is set up",
            ),
            "restrictions": KindSupport(
                Access.READ_BACK,
                stays | _FLAGS,
                limits=dict.fromkeys(sorted(stays), (1, MAX_LOS)),
                rests_on="AR and PARR Restrictions and RatePlan@closed",
            ),
        },
        horizon=HORIZON,
        notes=(
            "at most 5000 updates (elements times nights) and 100 kB in a message",
            "one connection per hotel at a time",
            "reading back: 365 nights for one rate plan, else 31 nights, in a reply",
            "lengths of stay count on arrival or throughout, by a switch of the hotel that no interface shows",
            "reading back is closed to partners who do not use it yet",
        ),
    )


CAPABILITIES = capabilities_of("arrival")
