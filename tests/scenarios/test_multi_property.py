"""The guide's "Multi-Property Setup" on a group of five: query and script leave the rows that `import --all` and `apply` leave.

The guide's SQL runs as it is written, in a database of its own. Its script is upserts; one row per property and provider is what they mean
(`upsert` alone would add rows without end, for it names no id). Secrets are references here and values there.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reconciler.cli import extranets
from reconciler.load import workspace
from reconciler.store.migrate import migrate
from tests.scenarios.test_the_guide import SEVERAL, at_least
from tests.scenarios.world import NOW, World

GROUP = ("Harbour House", "Station Inn", "Park Lodge", "Hôtel du Lac", "Harbour House")
SLUGS = ("harbour-house-2", "harbour-house", "hotel-du-lac", "park-lodge", "station-inn")

SETTINGS = """
  live: {database: embedded, endpoints: local, test_mode: false, require_commit: false}
"""

HOTEL = """
kind: Property
id: {id}
name: {name}
country: PT
currency: EUR
timezone: Europe/Lisbon
horizon: 40
providers:
  expedia: {{property_id: "{expedia}", credentials: expedia-group}}
  booking.com: {{hotel_id: "{booking}", credentials: booking-com-group}}
rooms: {{double: {{id: {room}, name: Double, units: 10}}}}
mappings:
  expedia: {{rooms: {{double: "{expedia}1"}}, rate_plans: {{BAR: {{double: "{expedia}2A"}}}}}}
  booking.com: {{rooms: {{double: "{booking}01"}}, rate_plans: {{BAR: "{booking}02"}}}}
rate_plans: {{BAR: {{type: bar, rates: {{double: 100.00}}}}}}
"""

SCRIPT = """
INSERT INTO third_party_integrations (property_id, integration_name, integration_type, provider, credentials, configuration)
VALUES (%s, %s, 'ota', %s, %s, %s)
ON CONFLICT (property_id, provider) DO UPDATE SET (integration_name, credentials, configuration) =
  (excluded.integration_name, excluded.credentials, excluded.configuration)
"""

COLUMNS = "property_id, provider, integration_name, integration_type, credentials, configuration"
Rows = dict[tuple[str, str], dict[str, Any]]


def uuid_of(number: int) -> str:
    return f"5a1d3c54-2a53-4f9d-9c53-0d8f4f0a1c{number:02}"


def fill(database: str) -> None:
    """What the hotel system has: the five; one that is not enabled; one without ids."""
    with psycopg.connect(database) as connection:
        insert = "INSERT INTO properties (id, name, ota_enabled, ota_settings) VALUES (%s, %s, %s, %s)"
        for number, name in enumerate(GROUP):
            settings = {
                "expedia_property_id": f"70000{number}",
                "booking_com_hotel_id": f"80000{number}",
                "expedia_ean_id": f"4000{number}",
            }
            connection.execute(insert, (uuid_of(number), name, True, json.dumps(settings)))
            room = "INSERT INTO room_types (id, property_id, name) VALUES (%s, %s, 'Double')"
            connection.execute(room, (uuid_of(20 + number), uuid_of(number)))
        connection.execute(insert, (uuid_of(10), "Closed Wing", False, '{"expedia_property_id": "700010"}'))
        connection.execute(insert, (uuid_of(11), "Not There Yet", True, '{"expedia_property_id": null}'))


@pytest.fixture
def group(empty_world: World, tmp_path: Path) -> World:
    """Five hotels at both providers, none of them in a file; an environment that is not in test mode."""
    world = empty_world
    world.edit("reconciler.yaml", "environments:\n", f"environments:{SETTINGS}")
    for provider, key, secret in (("expedia", "api_key", "api_secret"), ("booking.com", "api_key", "partner_id")):
        prefix = provider.upper().replace(".", "_")
        old = f"{secret}: env:{prefix}_SANDBOX_{secret.upper()}}}"
        new = f"{key}: env:{prefix}_PROD_{key.upper()}, {secret}: env:{prefix}_PROD_{secret.upper()}"
        world.edit("reconciler.yaml", old, f"{old}\n    production: {{{new}}}")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "properties").mkdir(parents=True)
    shutil.copy(world.folder / "reconciler.yaml", elsewhere)
    for number, name in enumerate(GROUP):
        ids = {"expedia": f"70000{number}", "booking": f"80000{number}"}
        text = HOTEL.format(id=uuid_of(number), room=uuid_of(20 + number), name=name, **ids)
        (elsewhere / "properties" / f"hotel-{number}.yaml").write_text(text, encoding="utf-8")
    assert extranets.set_up(world.sandbox.admin, workspace(elsewhere, now=NOW).properties) == 10
    fill(world.database)
    return world


def import_all(world: World) -> tuple[int, str, str]:
    result = world.run(
        "import", "--all", "--env", "live", "--timezone", "Europe/Lisbon", "--as-of", world.now.isoformat()
    )
    return result.code, result.out, result.err


def files(world: World) -> list[str]:
    return sorted(path.name for path in (world.folder / "properties").iterdir())


def rows(database: str) -> Rows:
    with psycopg.connect(database) as connection:
        found = connection.execute(f"SELECT {COLUMNS} FROM third_party_integrations".encode()).fetchall()
    names = COLUMNS.split(", ")
    return {(str(row[0]), row[1]): dict(zip(names, row, strict=True)) for row in found}


def without_secrets(found: Rows) -> Rows:
    """Rows in which of the credentials only the names of their keys are left."""
    return {key: {**row, "credentials": sorted(row["credentials"])} for key, row in found.items()}


def run_script(database: str) -> None:
    """bulk-configure-properties.ts: for each property an upsert for Expedia and one for Booking.com."""
    with psycopg.connect(database) as connection:
        for number, name in enumerate(GROUP):
            expedia = {"property_id": f"70000{number}", "ean_id": f"4000{number}", "test_mode": False}
            shared = {"api_key": "the key", "api_secret": "the secret"}
            said = (uuid_of(number), f"Expedia - {name}", "expedia", json.dumps(shared), json.dumps(expedia))
            connection.execute(SCRIPT, said)
            booking = {"hotel_id": f"80000{number}", "test_mode": False}
            shared = {"api_key": "the key", "partner_id": "the partner"}
            said = (uuid_of(number), f"Booking.com - {name}", "booking.com", json.dumps(shared), json.dumps(booking))
            connection.execute(SCRIPT, said)


def test_query_and_script_leave_the_rows_that_import_all_and_apply_leave(group: World, bare_database: str) -> None:
    with psycopg.connect(bare_database) as connection:
        migrate(connection)
    fill(bare_database)
    code, out, err = import_all(group)
    assert code == 0, out + err
    applied = group.run("apply", "--auto-approve", "--env", "live")
    assert applied.code == 0, applied.out + applied.err
    ours = without_secrets(rows(group.database))

    with psycopg.connect(bare_database) as connection:
        connection.execute(SEVERAL.encode())
    by_query = without_secrets(rows(bare_database))
    assert len(by_query) == 5
    assert_ours_hold(ours, by_query)

    run_script(bare_database)
    by_script = without_secrets(rows(bare_database))
    assert len(by_script) == 10
    assert ours.keys() == by_script.keys()
    assert_ours_hold(ours, by_script)


def assert_ours_hold(ours: Rows, guides: Rows) -> None:
    """Ours are the guide's in every column that its statements name, and in every key of its JSON."""
    for key, row in guides.items():
        assert {column: at_least(ours[key][column], value) for column, value in row.items()} == row


def test_the_group_shares_one_set_of_credentials_and_no_secret_is_stored(group: World) -> None:
    assert import_all(group)[0] == 0
    assert group.run("apply", "--auto-approve", "--env", "live").code == 0
    stored = {provider: row["credentials"] for (_, provider), row in rows(group.database).items()}
    assert stored == {
        "expedia": {"api_key": "env:EXPEDIA_PROD_API_KEY", "api_secret": "env:EXPEDIA_PROD_API_SECRET"},
        "booking.com": {
            "api_key": "env:BOOKING_COM_PROD_API_KEY",
            "partner_id": "env:BOOKING_COM_PROD_PARTNER_ID",
        },
    }
    assert all(row["credentials"] == stored[provider] for (_, provider), row in rows(group.database).items())
    for slug in SLUGS:
        text = (group.folder / "properties" / f"{slug}.yaml").read_text("utf-8")
        assert "credentials: expedia-group" in text
        assert "credentials: booking-com-group" in text


def test_each_hotel_gets_a_file_of_its_own_and_the_next_run_leaves_them_alone(group: World) -> None:
    code, out, _ = import_all(group)
    assert code == 0
    assert files(group) == [f"{slug}.yaml" for slug in SLUGS]
    assert "Not There Yet, it has no id at a provider" in out
    assert "Closed Wing" not in out
    assert "6 properties with ota_enabled: 5 imported, 1 left alone, 0 failed." in out
    group.edit("properties/park-lodge.yaml", "name: Park Lodge", "name: Park Lodge by the River")
    before = {name: (group.folder / "properties" / name).read_text("utf-8") for name in files(group)}
    code, out, _ = import_all(group)
    assert code == 0
    assert "Park Lodge, properties/park-lodge.yaml describes it already" in out
    assert "0 imported, 6 left alone, 0 failed." in out
    assert {name: (group.folder / "properties" / name).read_text("utf-8") for name in files(group)} == before


def test_a_hotel_that_cannot_be_imported_stops_itself_only(group: World) -> None:
    group.rows("""UPDATE properties SET ota_settings = '{"expedia_property_id": "999999"}' WHERE name = 'Park Lodge'""")
    group.rows("UPDATE properties SET name = E'Station\\u200b Inn' WHERE name = 'Station Inn'")
    code, out, err = import_all(group)
    assert code == 1
    assert (
        "Park Lodge (expedia 999999) is not imported:\nerror: Expedia refused: 4040 The property does not exist." in err
    )
    assert "station-inn.yaml needs attention before it can be planned" in err
    assert "station-inn.yaml.draft" in err
    assert "3 imported, 1 left alone, 2 failed." in out
    assert files(group) == ["harbour-house-2.yaml", "harbour-house.yaml", "hotel-du-lac.yaml", "station-inn.yaml.draft"]
    planned = group.run("plan", "--env", "live")
    assert planned.code == 0, planned.err


def test_all_takes_its_ids_from_the_database_alone(group: World) -> None:
    refused = group.run("import", "--all", "--expedia", "700000")
    assert refused.code == 64
    assert "ota_settings" in refused.err
    assert group.run("import").code == 64


def test_files_in_a_folder_below_point_at_the_schema_from_there(group: World) -> None:
    group.environ.clear()
    where = ["--into", "properties/iberia/west", "--timezone", "Europe/Lisbon", "--as-of", group.now.isoformat()]
    result = group.run("import", "--property", "lodge", "--expedia", "700002", *where)
    assert result.code == 0, result.err
    first = (group.folder / "properties/iberia/west/lodge.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../../schemas/property.json"
