"""The configuration guide, section by section: its own INSERT statements say which rows `apply` must leave.

Each statement runs as the guide has it (its placeholders filled in) against a table of the same shape that lives for one comparison;
what YAML of the same meaning left in the real table must then be equal in every column that the statement names. JSON columns hold at
least what the guide's rows hold; credentials have the guide's names, with references where the guide has values.

| section of the guide | here | later work |
| --- | --- | --- |
| Configuration Architecture | the tables' shapes, the hierarchy's upper end (transport) | |
| Credential Management | names of keys, integration rows, names of variables | rotation, history, audit, alerts on age |
| Property Mapping | the four mappings, lookups both ways | |
| Rate Plan Configuration | the three example plans, all twelve types | |
| Inventory Management | 20 = 5 + 8 + 7 with 2 to spare | rebalancing by demand, syncing on an event |
| Sync Strategies | the four schedules | a worker that runs them, events and their priorities |
| Multi-Property Setup | the query over `properties`, shared credentials; both statements in test_multi_property | |
| Configuration Best Practices | the three environments, test mode | sync on or off by environment, config alerts |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.scenarios.world import World

PROPERTY = "5a1d3c54-2a53-4f9d-9c53-0d8f4f0a1b01"
DELUXE = "5a1d3c54-2a53-4f9d-9c53-0d8f4f0a1b02"
SUITE = "5a1d3c54-2a53-4f9d-9c53-0d8f4f0a1b03"
FILE = "properties/guide.yaml"

NOBODY_ASKED = "manage: {mapping: false, rate_plan: false, rates: false, restrictions: false, availability: false}"
"""Only the rows in the database: the guide's example ids exist at no extranet."""

HOTEL = f"""
kind: Property
id: {PROPERTY}
name: Guide House
country: US
currency: USD
timezone: America/New_York
horizon: 30
providers:
  expedia:
    property_id: expedia_property_id
    ean_id: expedia_ean_id
    credentials: expedia-group
    integration_name: Expedia Partner Solutions
    {NOBODY_ASKED}
  booking.com:
    hotel_id: booking_com_hotel_id
    credentials: booking-com-group
    integration_name: Booking.com Connectivity
    {NOBODY_ASKED}
rooms:
  deluxe-king: {{id: {DELUXE}, name: Deluxe King, units: 20, occupancy: {{base: 2, max: 2}}}}
  executive-suite: {{id: {SUITE}, name: Executive Suite, units: 4, occupancy: {{base: 2, max: 2}}}}
mappings:
  expedia:
    rooms: {{deluxe-king: EXP_ROOM_001, executive-suite: EXP_ROOM_002}}
    rate_plans:
      BAR: {{deluxe-king: EXP_BAR, executive-suite: EXP_BAR}}
      NREF: {{deluxe-king: EXP_NREF}}
      BB: {{deluxe-king: EXP_BB}}
  booking.com:
    rooms: {{deluxe-king: BDC_ROOM_001, executive-suite: BDC_ROOM_002}}
    rate_plans: {{BAR: BDC_BAR}}
allocation:
  deluxe-king: {{default: {{direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}}}
  executive-suite: {{default: {{direct: 4, expedia: 0, booking.com: 0, overbooking: 0}}}}
rate_plans:
  BAR:
    name: Best Available Rate
    type: bar
    base: true
    cancellation: {{type: flexible, deadline_hours: 24, penalty_percentage: 0}}
    rates: {{deluxe-king: 199.00, executive-suite: 299.00}}
  NREF:
    name: Non-Refundable Rate
    type: non_refundable
    derive: {{from: BAR, change: -15%, round: {{to: 1.00, mode: down}}}}
    rooms: [deluxe-king]
  BB:
    name: Bed & Breakfast
    type: bed_and_breakfast
    derive: {{from: BAR, change: +30.00}}
    rooms: [deluxe-king]
"""

SCHEDULES = """
schedules:
  rate_sync: {cron: "*/15 * * * *", providers: [expedia, booking.com]}
  inventory_sync: {cron: "*/5 * * * *", providers: [expedia, booking.com]}
  booking_sync: {cron: "*/10 * * * *", providers: [expedia, booking.com]}
  content_sync: {cron: "0 2 * * *", providers: [expedia, booking.com]}
"""

INTEGRATIONS = """
INSERT INTO third_party_integrations (
  property_id, integration_name, integration_type, provider, credentials, configuration
) VALUES (
  'YOUR_PROPERTY_UUID', 'Expedia Partner Solutions', 'ota', 'expedia',
  jsonb_build_object(
    'api_key', 'sandbox_key',
    'api_secret', 'sandbox_secret',
    'production_api_key', 'production_key',
    'production_api_secret', 'production_secret'
  ),
  jsonb_build_object('test_mode', true, 'property_id', 'expedia_property_id', 'ean_id', 'expedia_ean_id')
), (
  'YOUR_PROPERTY_UUID', 'Booking.com Connectivity', 'ota', 'booking.com',
  jsonb_build_object('api_key', 'sandbox_key', 'partner_id', 'partner_id', 'production_api_key', 'production_key'),
  jsonb_build_object('test_mode', true, 'hotel_id', 'booking_com_hotel_id')
);
"""

MAPPINGS = """
INSERT INTO ota_property_mappings
  (property_id, provider, internal_room_type_id, external_room_id, external_rate_plan_id)
VALUES
  -- Deluxe King Room mappings
  ('property-uuid', 'expedia', 'room-type-uuid-1', 'EXP_ROOM_001', 'EXP_BAR'),
  ('property-uuid', 'booking.com', 'room-type-uuid-1', 'BDC_ROOM_001', 'BDC_BAR'),

  -- Executive Suite mappings
  ('property-uuid', 'expedia', 'room-type-uuid-2', 'EXP_ROOM_002', 'EXP_BAR'),
  ('property-uuid', 'booking.com', 'room-type-uuid-2', 'BDC_ROOM_002', 'BDC_BAR');
"""

BAR = """
INSERT INTO ota_rate_plans (
  property_id, provider, room_type_id, rate_plan_id, rate_plan_name, rate_plan_type, base_rate, cancellation_policy
) VALUES (
  'property-uuid', 'expedia', 'room-type-uuid', 'BAR', 'Best Available Rate', 'flexible', 199.00,
  jsonb_build_object('type', 'flexible', 'deadline_hours', 24, 'penalty_percentage', 0)
);
"""

NREF = """
INSERT INTO ota_rate_plans (
  property_id, provider, room_type_id, rate_plan_id, rate_plan_name, rate_plan_type, base_rate, cancellation_policy,
  configuration
) VALUES (
  'property-uuid', 'expedia', 'room-type-uuid', 'NREF', 'Non-Refundable Rate', 'non_refundable',
  169.00, -- 15% discount from BAR
  jsonb_build_object('type', 'non_refundable', 'deadline_hours', 0, 'penalty_percentage', 100),
  jsonb_build_object('discount_from_bar', 15)
);
"""

BB = """
INSERT INTO ota_rate_plans (
  property_id, provider, room_type_id, rate_plan_id, rate_plan_name, rate_plan_type, base_rate, meal_plan,
  cancellation_policy
) VALUES (
  'property-uuid', 'expedia', 'room-type-uuid', 'BB', 'Bed & Breakfast', 'flexible', 229.00, 'breakfast',
  jsonb_build_object('type', 'flexible', 'deadline_hours', 24, 'penalty_percentage', 0)
);
"""

SYNC = """
INSERT INTO ota_sync_schedules (sync_type, schedule_cron, configuration)
VALUES
  ('rate_sync', '*/15 * * * *', '{"providers": ["expedia", "booking.com"]}'),
  ('inventory_sync', '*/5 * * * *', '{"providers": ["expedia", "booking.com"]}'),
  ('booking_sync', '*/10 * * * *', '{"providers": ["expedia", "booking.com"]}'),
  ('content_sync', '0 2 * * *', '{"providers": ["expedia", "booking.com"]}');
"""

SEVERAL = """
WITH property_configs AS (
  SELECT
    p.id as property_id,
    p.name as property_name,
    p.ota_settings->>'expedia_property_id' as expedia_id,
    p.ota_settings->>'booking_com_hotel_id' as booking_com_id
  FROM properties p
  WHERE p.ota_enabled = true
)
INSERT INTO third_party_integrations (
  property_id, integration_name, integration_type, provider, credentials, configuration
)
SELECT
  pc.property_id, 'Expedia - ' || pc.property_name, 'ota', 'expedia',
  jsonb_build_object('api_key', 'shared_api_key', 'api_secret', 'shared_api_secret'),
  jsonb_build_object('property_id', pc.expedia_id, 'test_mode', false)
FROM property_configs pc
WHERE pc.expedia_id IS NOT NULL;
"""

PLACEHOLDERS = {
    "YOUR_PROPERTY_UUID": PROPERTY,
    "property-uuid": PROPERTY,
    "room-type-uuid-1": DELUXE,
    "room-type-uuid-2": SUITE,
    "room-type-uuid": DELUXE,
}

Row = dict[str, Any]


@pytest.fixture
def house(empty_world: World) -> World:
    """The guide's hotel, with the rows of `properties` and `room_types` that its INSERT statements refer to."""
    schedules = (empty_world.folder / "reconciler.yaml").read_text("utf-8").partition("schedules:")[0]
    empty_world.write("reconciler.yaml", schedules + SCHEDULES)
    empty_world.hotel(HOTEL, "guide")
    empty_world.seed()
    return empty_world


def guide_rows(world: World, insert: str) -> tuple[list[Row], list[Row]]:
    """The rows that the statement makes and the rows of the real table, in the columns that the statement names."""
    found = re.search(r"INSERT INTO (\w+)\s*\(([^)]*)\)", insert)
    assert found is not None
    table, columns = found[1], [column.strip() for column in found[2].split(",")]
    for placeholder, value in PLACEHOLDERS.items():
        insert = insert.replace(f"'{placeholder}'", f"'{value}'")
    with psycopg.connect(world.database) as connection:
        connection.execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP".encode())
        connection.execute(insert.replace("%", "%%").encode())
        wanted, real = (_rows(connection, f"{schema}.{table}", columns) for schema in ("pg_temp", "public"))
    return wanted, real


def _rows(connection: psycopg.Connection[Any], table: str, columns: Sequence[str]) -> list[Row]:
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}".encode()).fetchall()
    return sorted((dict(zip(columns, row, strict=True)) for row in rows), key=str)


def at_least(real: Any, wanted: Any) -> Any:
    """The real value reduced to the keys that the guide's has; anything but an object as it is."""
    if isinstance(real, Mapping) and isinstance(wanted, Mapping):
        return {key: at_least(real[key], wanted[key]) for key in wanted if key in real}
    return real


def assert_equal_in_every_column_named(world: World, insert: str, *identity: str) -> None:
    """Rows are matched by `identity`; each must be in the real table exactly once."""
    wanted, real = guide_rows(world, insert)
    assert wanted
    for row in wanted:
        (same,) = [other for other in real if all(other[column] == row[column] for column in identity)]
        assert at_least(same, row) == row


# --- Configuration Architecture

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, numeric_precision, numeric_scale, is_generated
FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ANY(%s)
"""

TABLES = {
    "third_party_integrations": "id uuid*, property_id uuid, integration_name text*, integration_type text*, "
    "provider text*, credentials jsonb*, configuration jsonb*, webhook_url text, is_enabled boolean, status text, "
    "last_sync_at timestamptz, created_at timestamptz, updated_at timestamptz",
    "ota_property_mappings": "id uuid*, property_id uuid, provider text*, internal_room_type_id uuid, "
    "external_room_id text*, external_rate_plan_id text, is_active boolean, created_at timestamptz",
    "ota_rate_plans": "id uuid*, property_id uuid, provider text*, room_type_id uuid, rate_plan_id text*, "
    "rate_plan_name text*, rate_plan_type text*, base_rate numeric(10,2), currency text, meal_plan text, "
    "cancellation_policy jsonb, min_length_of_stay integer, max_length_of_stay integer, advance_booking_days integer, "
    "is_active boolean, configuration jsonb, created_at timestamptz",
    "ota_inventory_allocation": "id uuid*, property_id uuid, room_type_id uuid, date date*, total_inventory integer*, "
    "allocated_direct integer, allocated_expedia integer, allocated_booking_com integer, "
    "available_inventory integer generated, overbooking_buffer integer, last_synced_at timestamptz, "
    "created_at timestamptz",
    "ota_sync_schedules": "id uuid*, sync_type text*, schedule_cron text*, is_enabled boolean, configuration jsonb, "
    "last_run_at timestamptz, next_run_at timestamptz, created_at timestamptz",
    "ota_config_alerts": "id uuid*, property_id uuid, provider text*, alert_type text*, severity text*, message text*, "
    "is_resolved boolean, created_at timestamptz",
}
"""The guide's CREATE TABLE statements, a star where a column may not be null."""


def _spelled(row: tuple[Any, ...]) -> str:
    _, name, kind, nullable, precision, scale, generated = row
    kind = kind.replace("timestamp with time zone", "timestamptz")
    kind += f"({precision},{scale})" if kind == "numeric" else ""
    return f"{name} {kind}{'*' if nullable == 'NO' else ''}{' generated' if generated == 'ALWAYS' else ''}"


def test_configuration_architecture_the_tables_are_the_guides(house: World) -> None:
    found: dict[str, list[str]] = {}
    for row in house.rows(COLUMNS, list(TABLES)):
        found.setdefault(row[0], []).append(_spelled(row))
    assert {table: sorted(columns) for table, columns in found.items()} == {
        table: sorted(re.split(r", (?=[a-z])", columns)) for table, columns in TABLES.items()
    }


def test_configuration_architecture_one_integration_per_provider_and_property(house: World) -> None:
    house.apply()
    house.apply()
    query = "SELECT provider, count(*) FROM third_party_integrations GROUP BY 1 ORDER BY 1"
    assert house.rows(query) == [("booking.com", 1), ("expedia", 1)]
    assert house.messages("expedia") == house.messages("booking.com") == []


# --- Credential Management


def test_credential_management_integration_rows_name_references_under_the_guides_keys(house: World) -> None:
    house.apply()
    wanted, real = guide_rows(house, INTEGRATIONS)
    credentials = {row["provider"]: row.pop("credentials") for row in real}
    guide = {row["provider"]: row.pop("credentials") for row in wanted}
    assert real == wanted
    assert credentials == {
        "expedia": {"api_key": "env:EXPEDIA_SANDBOX_API_KEY", "api_secret": "env:EXPEDIA_SANDBOX_API_SECRET"},
        "booking.com": {
            "api_key": "env:BOOKING_COM_SANDBOX_API_KEY",
            "partner_id": "env:BOOKING_COM_SANDBOX_PARTNER_ID",
        },
    }
    for provider, keys in credentials.items():
        assert keys.keys() == {key for key in guide[provider] if not key.startswith("production_")}


@pytest.mark.parametrize("name", ["EXPEDIA_SANDBOX_API_{}", "EXPEDIA_API_{}"])
def test_credential_management_secrets_come_from_the_guides_variables(world: World, name: str) -> None:
    world.environ.clear()
    world.sandbox.admin.account("expedia", "guide-user", "guide-secret")
    hotel = world.sandbox.admin.hotel("expedia", "16636843")
    world.sandbox.admin.load_hotel("expedia", {**hotel, "accounts": ["guide-user"]})
    assert world.run("plan").code == 1
    world.environ.update({name.format("KEY"): "guide-user", name.format("SECRET"): "guide-secret"})
    planned = world.run("plan", "--format", "json")
    assert planned.code == 0, planned.err
    world.apply()
    stored = world.rows("SELECT credentials::text FROM third_party_integrations")
    assert not [row for row in stored if "guide-" in row[0]]
    assert "guide-secret" not in planned.out + planned.err


# --- Property Mapping


def test_property_mapping_the_four_mappings(house: World) -> None:
    house.apply()
    wanted, real = guide_rows(house, MAPPINGS)
    assert real == wanted
    assert len(real) == 4


@pytest.mark.parametrize(
    ("provider", "room", "external"),
    [
        ("expedia", "deluxe-king", "EXP_ROOM_001"),
        ("booking.com", "deluxe-king", "BDC_ROOM_001"),
        ("expedia", "executive-suite", "EXP_ROOM_002"),
        ("booking.com", "executive-suite", "BDC_ROOM_002"),
    ],
)
def test_property_mapping_is_looked_up_both_ways(house: World, provider: str, room: str, external: str) -> None:
    house.apply()
    asked = ["lookup", "--property", "guide", "--provider", provider, "--format", "json"]
    there = house.run(*asked, "--room", room)
    back = house.run(*asked, "--external", external)
    assert external in there.out, there.err
    assert room in back.out, back.err
    unknown = house.run(*asked, "--external", external + "9")
    assert unknown.code == 1
    assert f"did you mean `{external}`?" in unknown.err


def test_property_mapping_one_plan_for_two_rooms_is_an_error_where_expedia_is_managed(house: World) -> None:
    house.edit(FILE, NOBODY_ASKED, "manage: {}")
    checked = house.run("validate", "--format", "json")
    assert checked.code == 1
    errors = [finding for finding in checked.json["findings"] if finding["severity"] == "error"]
    assert {finding["code"] for finding in errors} == {"expedia-rate-plan-shared"}
    assert house.run("plan").code == 1


# --- Rate Plan Configuration


@pytest.mark.parametrize("insert", [BAR, NREF, BB], ids=["199.00 BAR", "169.00 NREF", "229.00 BB"])
def test_rate_plan_configuration_the_example_plans(house: World, insert: str) -> None:
    house.apply()
    identity = ("property_id", "provider", "room_type_id", "rate_plan_id")
    assert_equal_in_every_column_named(house, insert, *identity)


def test_rate_plan_configuration_the_prices_of_every_night_are_the_base_rates(house: World) -> None:
    house.apply()
    query = (
        "SELECT rate_plan_id, price, currency, upper(nights) - lower(nights) FROM ota_rate_calendar "
        "WHERE provider = 'expedia' AND room_type_id = %s ORDER BY 1"
    )
    assert house.rows(query, DELUXE) == [
        ("BAR", Decimal("199.00"), "USD", 30),
        ("BB", Decimal("229.00"), "USD", 30),
        ("NREF", Decimal("169.00"), "USD", 30),
    ]


TYPES: dict[str, dict[str, object]] = {
    "bar": {},
    "corporate": {},
    "government": {},
    "aaa_senior": {},
    "bed_and_breakfast": {"meal_plan": "breakfast"},
    "half_board": {"meal_plan": "half_board"},
    "full_board": {"meal_plan": "full_board"},
    "all_inclusive": {"meal_plan": "all_inclusive"},
    "early_bird": {"min_advance_days": 14},
    "last_minute": {"advance_booking_days": 3},
    "long_stay": {"min_length_of_stay": 7},
    "non_refundable": {"rate_plan_type": "non_refundable"},
}
"""The guide's types of rate plan, and what each leaves in its row beside the columns' defaults."""


def test_rate_plan_configuration_every_type_leaves_what_it_implies(house: World) -> None:
    plans = "".join(f"  {name}: {{name: {name}, type: {name}, rates: {{deluxe-king: 100}}}}\n" for name in TYPES)
    head = (house.folder / FILE).read_text("utf-8").partition("rate_plans:\n  BAR:")[0]
    mapped = "{" + ", ".join(f"{name}: {{deluxe-king: EXP_{name}}}" for name in TYPES) + "}"
    head = re.sub(r"rate_plans:\n.*?(?=\n  booking)", f"rate_plans: {mapped}", head, count=1, flags=re.DOTALL)
    head = head.replace("rate_plans: {BAR: BDC_BAR}", "rate_plans: {}")
    house.write(FILE, head + "rate_plans:\n" + plans)
    house.apply()
    query = (
        "SELECT configuration->>'plan_type', meal_plan, (configuration->>'min_advance_days')::int, "
        "advance_booking_days, min_length_of_stay, rate_plan_type FROM ota_rate_plans"
    )
    names = ("meal_plan", "min_advance_days", "advance_booking_days", "min_length_of_stay", "rate_plan_type")
    defaults = (None, None, 365, 1, "flexible")
    found = {row[0]: dict(zip(names, row[1:], strict=True)) for row in house.rows(query)}
    assert found == {name: {**dict(zip(names, defaults, strict=True)), **implied} for name, implied in TYPES.items()}


# --- Inventory Management


def test_inventory_management_twenty_are_five_and_eight_and_seven_with_two_to_spare(house: World) -> None:
    house.apply()
    query = (
        "SELECT total_inventory, allocated_direct, allocated_expedia, allocated_booking_com, overbooking_buffer, "
        "available_inventory, count(*), min(date)::text, max(date)::text FROM ota_inventory_allocation "
        "WHERE property_id = %s AND room_type_id = %s GROUP BY 1, 2, 3, 4, 5, 6"
    )
    assert house.rows(query, PROPERTY, DELUXE) == [(20, 5, 8, 7, 2, 0, 30, house.night(0), house.night(29))]


def test_inventory_management_the_limit_is_all_rooms_and_the_buffer(house: World) -> None:
    house.edit(FILE, "direct: 5, expedia: 8, booking.com: 7", "direct: 5, expedia: 9, booking.com: 8")
    assert house.run("validate").code == 0
    house.edit(FILE, "direct: 5, expedia: 9, booking.com: 8", "direct: 5, expedia: 9, booking.com: 9")
    checked = house.run("validate")
    assert checked.code == 1
    assert "5 direct + 9 booking.com + 9 expedia is more than 20 units + 2 overbooking" in checked.out


# --- Sync Strategies


def test_sync_strategies_the_four_schedules(house: World) -> None:
    house.apply()
    wanted, real = guide_rows(house, SYNC)
    assert real == wanted
    assert len(real) == 4


def test_sync_strategies_a_schedule_that_is_switched_off_stays_in_its_row(house: World) -> None:
    house.apply()
    house.edit(
        "reconciler.yaml", 'content_sync: {cron: "0 2 * * *",', 'content_sync: {enabled: false, cron: "0 2 * * *",'
    )
    house.apply()
    query = "SELECT sync_type, is_enabled FROM ota_sync_schedules WHERE NOT is_enabled"
    assert house.rows(query) == [("content_sync", False)]


# --- Multi-Property Setup

ONE_OF_SEVERAL = """
kind: Property
id: {id}
name: {name}
country: US
currency: USD
timezone: America/New_York
horizon: 10
providers: {{expedia: {{property_id: "{expedia}", credentials: expedia-group}}}}
manage: {{mapping: false, rate_plan: false, rates: false, restrictions: false, availability: false}}
"""


def test_multi_property_setup_several_hotels_share_credentials_by_reference(empty_world: World) -> None:
    world = empty_world
    world.edit(
        "reconciler.yaml",
        "environments:",
        "environments:\n  live: {database: embedded, endpoints: local, test_mode: false, require_commit: false}",
    )
    world.edit(
        "reconciler.yaml",
        "api_secret: env:EXPEDIA_SANDBOX_API_SECRET}",
        "api_secret: env:EXPEDIA_SANDBOX_API_SECRET}\n"
        "    production: {api_key: env:EXPEDIA_PROD_API_KEY, api_secret: env:EXPEDIA_PROD_API_SECRET}",
    )
    for number, name in enumerate(("Harbour House", "Station Inn", "Park Lodge"), start=1):
        world.hotel(
            ONE_OF_SEVERAL.format(id=PROPERTY[:-1] + str(number), name=name, expedia=f"70000{number}"),
            f"hotel-{number}",
        )
    world.seed()
    world.rows("INSERT INTO properties (name, ota_enabled) VALUES ('Not there yet', true)")
    applied = world.run("apply", "--auto-approve", "--env", "live")
    assert applied.code == 0, applied.err
    wanted, real = guide_rows(world, SEVERAL)
    shared = {"api_key": "env:EXPEDIA_PROD_API_KEY", "api_secret": "env:EXPEDIA_PROD_API_SECRET"}
    assert [row.pop("credentials") for row in real] == [shared] * 3
    assert all(row.pop("credentials").keys() == shared.keys() for row in wanted)
    assert sorted(real, key=str) == sorted(wanted, key=str)
    assert len(real) == 3


# --- Configuration Best Practices

ENVIRONMENTS = """
  staging: {database: embedded, endpoints: local, test_mode: true}
  production: {database: embedded, endpoints: local, test_mode: false, require_commit: false}
"""


def test_configuration_best_practices_test_mode_chooses_the_environment(house: World) -> None:
    house.edit("reconciler.yaml", "environments:", "environments:" + ENVIRONMENTS.rstrip())
    chosen = {}
    for mode in ("", "true", "false"):
        house.environ["OTA_TEST_MODE"] = mode
        chosen[mode] = house.plan()["environment"]
    assert chosen == {"": "development", "true": "development", "false": "production"}


def test_configuration_best_practices_test_mode_must_agree_with_the_environment(house: World) -> None:
    house.edit("reconciler.yaml", "environments:", "environments:" + ENVIRONMENTS.rstrip())
    house.environ["OTA_TEST_MODE"] = "true"
    assert house.run("plan", "--env", "staging").code == 0
    refused = house.run("apply", "--auto-approve", "--env", "production")
    assert refused.code == 1
    assert "OTA_TEST_MODE" in refused.err
    assert house.rows("SELECT count(*) FROM third_party_integrations") == [(0,)]
    house.environ["OTA_TEST_MODE"] = "maybe"
    assert house.run("plan").code == 64


def test_configuration_best_practices_test_mode_is_in_the_row(house: World) -> None:
    house.edit("reconciler.yaml", "environments:", "environments:" + ENVIRONMENTS.rstrip())
    applied = house.run("apply", "--auto-approve", "--env", "production")
    assert applied.code == 0, applied.err
    assert house.rows("SELECT DISTINCT configuration->'test_mode' FROM third_party_integrations") == [(False,)]
