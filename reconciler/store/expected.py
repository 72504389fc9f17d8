"""What the database has to look like: tables, columns with their types, and unique keys, as data for `check`.

The migrations make it so where nothing is there yet; this says what is needed of tables that somebody else made. A test compares the
two. Only what is used is listed, and a column that others added is nobody's concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Key:
    """A unique index that an upsert aims at: exactly these columns, in any order."""

    table: str
    columns: tuple[str, ...]


OLDEST_SERVER: Final = 140000

_HOTEL: Final = """
properties: id uuid, name text, ota_enabled boolean, ota_settings jsonb
room_types: id uuid, property_id uuid, name text
third_party_integrations: id uuid, property_id uuid, integration_name text, integration_type text, provider text, credentials jsonb,
  configuration jsonb, webhook_url text, is_enabled boolean, status text, last_sync_at timestamptz, created_at timestamptz,
  updated_at timestamptz
integration_credential_history: id uuid, property_id uuid, provider text, credentials jsonb, rotated_at timestamptz
ota_property_mappings: id uuid, property_id uuid, provider text, internal_room_type_id uuid, external_room_id text,
  external_rate_plan_id text, is_active boolean, created_at timestamptz
ota_rate_plans: id uuid, property_id uuid, provider text, room_type_id uuid, rate_plan_id text, rate_plan_name text,
  rate_plan_type text, base_rate numeric, currency text, meal_plan text, cancellation_policy jsonb, min_length_of_stay integer,
  max_length_of_stay integer, advance_booking_days integer, is_active boolean, configuration jsonb, created_at timestamptz
ota_inventory_allocation: id uuid, property_id uuid, room_type_id uuid, date date, total_inventory integer,
  allocated_direct integer, allocated_expedia integer, allocated_booking_com integer, available_inventory integer,
  overbooking_buffer integer, last_synced_at timestamptz, created_at timestamptz
ota_sync_schedules: id uuid, sync_type text, schedule_cron text, is_enabled boolean, configuration jsonb, last_run_at timestamptz,
  next_run_at timestamptz, created_at timestamptz
ota_config_alerts: id uuid, property_id uuid, provider text, alert_type text, severity text, message text, is_resolved boolean,
  created_at timestamptz
ota_rate_calendar: property_id uuid, provider text, room_type_id uuid, rate_plan_id text, nights daterange, price numeric,
  guests jsonb, currency text
ota_restriction_calendar: property_id uuid, provider text, room_type_id uuid, rate_plan_id text, nights daterange,
  min_stay integer, max_stay integer, min_stay_through integer, max_stay_through integer, closed boolean,
  closed_to_arrival boolean, closed_to_departure boolean, min_advance_days integer, max_advance_days integer
"""

_OWN: Final = """
migrations: name text, checksum text, applied_at timestamptz
environment: only_row boolean, name text, marked_at timestamptz
runs: id uuid, environment text, verb text, plan_digest text, commit text, started_at timestamptz, finished_at timestamptz,
  status text, host text, pid integer, os_user text, tool_version text, summary jsonb
operations: run_id uuid, seq integer, property text, target text, address text, label text, action text, before jsonb,
  after jsonb, intent_at timestamptz, outcome text, outcome_at timestamptz, detail text, messages jsonb
applied: environment text, property text, target text, kind text, address text, from_night date, until_night date, value jsonb,
  provenance text, run_id uuid, plan_digest text, message_id text, at timestamptz
bindings: environment text, property text, provider text, kind text, key text, external_id text, run_id uuid, at timestamptz
booking_versions: provider text, booking text, version text, property_id uuid, change text, at timestamptz, stays jsonb,
  source text, received_at timestamptz, acknowledged_at timestamptz, arrived integer
bookings: provider text, booking text, line integer, property_id uuid, room_id uuid, channel_room text, arrival date,
  departure date, units integer, status text, version text, at timestamptz
holdings: property_id uuid, room_id uuid, channel text, from_night date, until_night date, held integer, phase text,
  epoch integer, dead_at timestamptz
guards: property_id uuid, turn integer
locks: environment text, property text, run_id uuid, verb text, host text, pid integer, os_user text, since timestamptz,
  backend_pid integer
completed_plans: digest text, environment text, run_id uuid, at timestamptz
alerts: alert_id uuid, resolved_at timestamptz, reason text, environment text, property text, target text, kind text, subject text,
  mark text, nights jsonb, changed_at timestamptz
moves: environment text, property text, kind text, old_key text, new_key text, at timestamptz
closures: environment text, property text, room text, from_night date, until_night date, reason text, os_user text,
  since timestamptz
"""


def _tables(schema: str, text: str) -> dict[str, dict[str, str]]:
    """`schema.table` -> column -> type, from the notation above."""
    found: dict[str, dict[str, str]] = {}
    for line in text.replace(",\n ", ",").strip().splitlines():
        table, _, columns = line.partition(": ")
        pairs = (column.split() for column in columns.split(","))
        found[f"{schema}.{table}"] = {name: kind for name, kind in pairs}  # noqa: C416 - a dict() of lists has no types
    return found


TABLES: Final = _tables("public", _HOTEL) | _tables("reconciler", _OWN)
"""`schema.table` -> column -> type as PostgreSQL's short name."""

KEYS: Final = (
    Key("public.third_party_integrations", ("property_id", "provider")),
    Key("public.ota_property_mappings", ("property_id", "provider", "internal_room_type_id")),
    Key("public.ota_rate_plans", ("property_id", "provider", "room_type_id", "rate_plan_id")),
    Key("public.ota_inventory_allocation", ("property_id", "room_type_id", "date")),
)
CALENDARS: Final = ("public.ota_rate_calendar", "public.ota_restriction_calendar")

FITTING: Final = {
    "text": {"text", "character varying", "citext"},
    "integer": {"integer", "bigint"},
    "timestamptz": {"timestamp with time zone"},
}
"""Types that serve as well, by the type expected, as `format_type` spells them without their length."""
