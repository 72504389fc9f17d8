"""The schema: made where nothing is, left alone where something is, each file once."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import psycopg
import pytest

from reconciler.errors import DatabaseError
from reconciler.store import migrate as migrating
from reconciler.store.connect import connect
from reconciler.store.migrate import Migration, migrate, migrations

A = "11111111-1111-1111-1111-111111111111"
B = "22222222-2222-2222-2222-222222222222"
CALENDAR_ROW = """
INSERT INTO ota_rate_calendar (property_id, provider, room_type_id, rate_plan_id, nights, price, currency)
VALUES (%s, 'expedia', %s, 'BAR', %s, 199, 'EUR')
"""


def names() -> list[str]:
    return [migration.name for migration in migrations()]


def hotel(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute("INSERT INTO properties (id, name) VALUES (%s, 'Grand')", [A])
    connection.execute("INSERT INTO room_types (id, property_id, name) VALUES (%s, %s, 'Double')", [B, A])


def test_every_migration_is_applied_once_in_order(bare_database: str) -> None:
    with connect(bare_database) as connection:
        assert migrate(connection) == names() == sorted(names())
        assert migrate(connection) == []
        recorded = connection.execute("SELECT name FROM reconciler.migrations ORDER BY applied_at, name").fetchall()
        assert [name for (name,) in recorded] == names()


def test_the_connection_is_given_back_as_it_came(bare_database: str) -> None:
    with connect(bare_database) as connection:
        migrate(connection)
        assert not connection.autocommit
        assert not connection.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").fetchall()


def test_two_commands_that_migrate_at_once_do_it_once(bare_database: str) -> None:
    done: list[list[str]] = []

    def one() -> None:
        with connect(bare_database) as connection:
            done.append(migrate(connection))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [], names()]


def test_a_migration_that_was_edited_after_it_was_applied_is_an_error(
    bare_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(bare_database) as connection:
        migrate(connection)
        edited = tuple(Migration(m.name, m.sql + "-- changed") for m in migrations())
        monkeypatch.setattr(migrating, "migrations", lambda: edited)
        with pytest.raises(DatabaseError, match="another wording"):
            migrate(connection)


def test_a_database_that_a_newer_version_migrated_is_refused(database: str) -> None:
    with connect(database) as connection:
        connection.execute("INSERT INTO reconciler.migrations (name, checksum) VALUES ('9999_future', 'x')")
        connection.commit()
        with pytest.raises(DatabaseError, match="9999_future"):
            migrate(connection)


def test_a_migration_that_fails_is_rolled_back_and_those_before_it_stay(
    bare_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration("9000_broken", "CREATE TABLE halfway (x int); SELECT 1 / 0;")
    monkeypatch.setattr(migrating, "migrations", lambda: (*migrations(), broken))
    with connect(bare_database) as connection:
        with pytest.raises(DatabaseError, match="9000_broken failed"):
            migrate(connection)
        assert connection.execute("SELECT to_regclass('halfway')").fetchone() == (None,)
        recorded = connection.execute("SELECT count(*) FROM reconciler.migrations").fetchone()
        assert recorded == (len(migrations()),)


def test_a_line_end_of_another_system_is_not_an_edit() -> None:
    first = migrations()[0]
    assert "\r" not in first.sql
    assert re.fullmatch("[0-9a-f]{64}", first.checksum)


def test_hotel_tables_that_exist_are_left_exactly_as_they_are(bare_database: str) -> None:
    with connect(bare_database) as connection:
        connection.execute("CREATE TABLE properties (id uuid PRIMARY KEY, name varchar(80), stars int)")
        connection.execute("CREATE TABLE room_types (id uuid PRIMARY KEY, label text)")
        connection.execute("CREATE TABLE ota_sync_schedules (id serial PRIMARY KEY, note text)")
        connection.execute("INSERT INTO ota_sync_schedules (note) VALUES ('kept')")
        connection.commit()
        before = columns(connection, "properties", "room_types", "ota_sync_schedules")
        connection.commit()
        migrate(connection)
        assert columns(connection, "properties", "room_types", "ota_sync_schedules") == before
        assert connection.execute("SELECT note FROM ota_sync_schedules").fetchall() == [("kept",)]


def columns(connection: psycopg.Connection[tuple[object, ...]], *tables: str) -> list[tuple[object, ...]]:
    query = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_name = ANY (%s) ORDER BY 1, 2"
    return connection.execute(query, [list(tables)]).fetchall()


INTEGRATION = """
INSERT INTO third_party_integrations (property_id, integration_name, integration_type, provider, credentials, configuration)
VALUES (%s, 'x', 'ota', 'expedia', '{}', '{}')
"""


def test_a_second_integration_of_a_property_and_provider_is_refused_by_the_database(database: str) -> None:
    with connect(database) as connection:
        hotel(connection)
        connection.execute(INTEGRATION, [A])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(INTEGRATION, [A])


def test_rows_that_are_there_twice_do_not_stop_the_migration(
    bare_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = migrations()
    with connect(bare_database) as connection:
        monkeypatch.setattr(migrating, "migrations", lambda: everything[:1])
        migrate(connection)
        hotel(connection)
        connection.execute(INTEGRATION, [A])
        connection.execute(INTEGRATION, [A])
        connection.commit()
        monkeypatch.setattr(migrating, "migrations", lambda: everything)
        assert migrate(connection) == [m.name for m in everything[1:]]
        assert connection.execute("SELECT count(*) FROM third_party_integrations").fetchone() == (2,)


def test_overlapping_runs_of_nights_are_refused(database: str) -> None:
    with connect(database) as connection:
        hotel(connection)
        connection.execute(CALENDAR_ROW, [A, B, "[2026-06-01,2026-06-10)"])
        connection.execute(CALENDAR_ROW, [A, B, "[2026-06-10,2026-06-12)"])
        connection.commit()
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(CALENDAR_ROW, [A, B, "[2026-06-09,2026-06-11)"])


def test_overlaps_are_refused_without_the_extension_too(bare_database: str) -> None:
    with connect(bare_database) as connection:
        # A role that may create nothing in the database itself, so no extension.
        connection.execute("CREATE ROLE modest")
        connection.execute("CREATE SCHEMA reconciler AUTHORIZATION modest")
        connection.execute("GRANT ALL ON SCHEMA public TO modest")
        connection.commit()
        connection.execute("SET ROLE modest")
        connection.commit()
        migrate(connection)
        assert not connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'").fetchall()
        hotel(connection)
        connection.execute(CALENDAR_ROW, [A, B, "[2026-06-01,2026-06-10)"])
        connection.execute(CALENDAR_ROW, [A, B, "[2026-06-10,2026-06-12)"])
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute(CALENDAR_ROW, [A, B, "[2026-06-09,2026-06-11)"])
        connection.rollback()
        applied_rows_do_not_overlap(connection)
        connection.rollback()
        connection.execute("RESET ROLE")
        connection.execute("DROP OWNED BY modest CASCADE")
        connection.execute("DROP ROLE modest")


APPLIED = """
INSERT INTO reconciler.applied (environment, property, target, kind, address, from_night, until_night, value, provenance)
VALUES ('test', 'p', 'expedia', 'rates', %s, %s, %s, '{}', 'acknowledged')
"""


def applied_rows_do_not_overlap(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    connection.execute(APPLIED, ["p/expedia/rates/a/B", "2026-06-01", "2026-06-10"])
    connection.execute(APPLIED, ["p/expedia/rates/a/B", "2026-06-10", "2026-06-12"])
    connection.execute(APPLIED, ["p/expedia/mapping/a", None, None])
    for row in (
        ["p/expedia/rates/a/B", "2026-06-11", "2026-06-13"],
        ["p/expedia/rates/a/B", None, None],
        ["p/expedia/mapping/a", None, None],
    ):
        with (
            pytest.raises((psycopg.errors.ExclusionViolation, psycopg.errors.UniqueViolation)),
            connection.transaction(),
        ):
            connection.execute(APPLIED, row)


def test_what_was_applied_has_one_row_per_night_or_one_without_nights(database: str) -> None:
    with connect(database) as connection:
        applied_rows_do_not_overlap(connection)


def test_the_journal_takes_only_the_four_outcomes(database: str) -> None:
    with connect(database) as connection:
        row = connection.execute(
            "INSERT INTO reconciler.runs (environment, verb, host, pid, os_user, tool_version)"
            " VALUES ('t', 'apply', 'h', 1, 'u', '1') RETURNING id"
        ).fetchone()
        assert row
        add = (
            "INSERT INTO reconciler.operations (run_id, seq, property, target, address, action, outcome)"
            " VALUES (%s, %s, 'p', 't', 'a', 'update', %s)"
        )
        for number, outcome in enumerate((None, "applied", "failed", "not_attempted", "unknown")):
            connection.execute(add, [row[0], number, outcome])
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(add, [row[0], 9, "fine"])


def test_the_migrations_are_part_of_the_package() -> None:
    folder = Path(migrating.__file__).parent / "migrations"
    assert {path.stem for path in folder.glob("*.sql")} == {"bootstrap", *names()}
