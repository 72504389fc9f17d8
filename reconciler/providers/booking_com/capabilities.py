"""What Booking.com can do, as data, and where it is spoken to."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.capabilities import Access, Capabilities, KindSupport

MAX_UNITS = 254
"""255 means "without limit" and is refused."""
HORIZON = 1095
MAX_DAYS_READ = 31
MAX_DATES_SENT = 2000
"""Dates in one message. No limit is documented; this keeps a message below half a megabyte."""

ENDPOINTS: Mapping[str, Mapping[str, str]] = {
    name: {
        "main": "https://supply-xml.booking.com",
        "secure": "https://secure-supply-xml.booking.com",
        "auth": "https://connectivity-authentication.booking.com",
    }
    for name in ("production", "sandbox")
}
"""Base URLs by endpoints name and logical host. Test hotels live on the production hosts."""

ALLOWED_HOSTS = frozenset(
    {
        "supply-xml.booking.com",
        "secure-supply-xml.booking.com",
        "connectivity-authentication.booking.com",
    }
)

_STAYS = frozenset({"min_stay", "max_stay", "min_stay_through", "max_stay_through"})
_FLAGS = frozenset({"closed", "closed_to_arrival", "closed_to_departure"})

CAPABILITIES = Capabilities(
    target="booking.com",
    kinds={
        "mapping": KindSupport(Access.READ_ONLY, frozenset(), rests_on="B.XML roomrates"),
        "rate_plan": KindSupport(
            Access.ACKNOWLEDGED,
            frozenset({"name", "active", "cancellation", "meal_plan", "min_advance_days", "max_advance_days"}),
            readable=frozenset({"name", "active"}),
            rests_on="OTA_HotelRatePlanNotif for the name, OTA_HotelProductNotif for the conditions, which nothing returns; "
            "B.XML roomrates lists names of active plans; child and read-only rates are read only",
        ),
        "availability": KindSupport(
            Access.READ_BACK,
            frozenset({"allotment", "closed"}),
            limits={"allotment": (0, MAX_UNITS)},
            rests_on="B.XML availability roomstosell and closed; roomrateavailability by room answers rooms_to_sell, booked, "
            "cancelled, and closed to version 1.1",
        ),
        "rates": KindSupport(
            Access.ACKNOWLEDGED,
            frozenset({"price", "guests"}),
            rests_on="B.XML availability price, and price1 for one guest; nothing documented returns prices",
        ),
        "restrictions": KindSupport(
            Access.ACKNOWLEDGED,
            _STAYS | _FLAGS,
            readable=frozenset({"closed"}),
            rests_on="B.XML availability; roomrateavailability answers closed by room and rate, documented without an example",
        ),
    },
    horizon=HORIZON,
    notes=(
        "one hotel and one calendar month in a request; nights are sent one by one, because sources differ on the end of a range",
        f"reading back: {MAX_DAYS_READ} nights in a reply, only active rooms and rates",
        "how far ahead prices are taken is not documented; older texts say three years",
        "prices are for the room's largest number of guests, and for one guest; other numbers of guests are not sent",
        "a plan's conditions are replaced as a whole: they are sent only where the codes of policy and meals are known",
    ),
)
