"""What the hotel's database can hold, as data."""

from __future__ import annotations

from dataclasses import fields

from reconciler.model.address import DATABASE
from reconciler.model.capabilities import Access, Capabilities, KindSupport
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA
from reconciler.model.state import Restrictions

HORIZON = 3650
"""A bound for the sake of having one: ten years of nights."""

_LARGEST = 2**31 - 1
_COUNTS = ("units", DIRECT, BOOKING, EXPEDIA, "overbooking")
_STAYS = ("min_stay", "max_stay", "min_stay_through", "max_stay_through")


def _rows(table: str, *named: str, limits: dict[str, tuple[int, int]] | None = None) -> KindSupport:
    return KindSupport(Access.READ_BACK, frozenset(named), limits=limits or {}, rests_on=f"table `{table}`")


CAPABILITIES = Capabilities(
    target=DATABASE,
    kinds={
        "integration": _rows(
            "third_party_integrations",
            "integration_name",
            "integration_type",
            "provider",
            "credentials",
            "configuration",
            "webhook_url",
            "is_enabled",
        ),
        "mapping": _rows("ota_property_mappings", "external_room_id", "external_rate_plan_id", "is_active"),
        "rate_plan": _rows(
            "ota_rate_plans",
            "rate_plan_name",
            "rate_plan_type",
            "base_rate",
            "currency",
            "meal_plan",
            "cancellation_policy",
            "min_length_of_stay",
            "max_length_of_stay",
            "advance_booking_days",
            "is_active",
            "configuration",
        ),
        "allocation": _rows("ota_inventory_allocation", *_COUNTS, limits=dict.fromkeys(sorted(_COUNTS), (0, _LARGEST))),
        "rates": _rows("ota_rate_calendar", "price", "guests"),
        "restrictions": _rows(
            "ota_restriction_calendar",
            *(field.name for field in fields(Restrictions)),
            limits=dict.fromkeys(_STAYS, (1, _LARGEST)),
        ),
        "schedule": _rows("ota_sync_schedules", "schedule_cron", "is_enabled", "configuration"),
    },
    horizon=HORIZON,
    notes=(
        "JSONB columns are compared and written key by key; keys of other programs stay",
        "`status`, `last_sync_at`, `last_synced_at`, `last_run_at`, `next_run_at` are written by runs and never compared",
        "`base_rate` has two decimals, whatever the currency; the rate calendar has the currency's own",
        "allocation has columns for direct, expedia and booking.com and for no other channel",
    ),
)
