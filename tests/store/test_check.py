"""`db check` says precisely what is off, and nothing where nothing is."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from reconciler.errors import DatabaseError
from reconciler.store import migrate as migrating
from reconciler.store.check import APPLY_ROLE, PLAN_ROLE, check, grants, require
from reconciler.store.connect import connect
from reconciler.store.expected import FITTING, TABLES
from reconciler.store.migrate import migrate, migrations
from reconciler.store.seed import PropertyRow, RoomTypeRow, seed

A = UUID("11111111-1111-1111-1111-111111111111")
B = UUID("22222222-2222-2222-2222-222222222222")
RUN = """
INSERT INTO reconciler.runs (environment, verb, host, pid, os_user, tool_version) VALUES ('t', 'apply', 'h', 1, 'u', '1')
"""
Connection = psycopg.Connection[tuple[object, ...]]


def codes(connection: Connection) -> list[str]:
    return [finding.code for finding in check(connection)]


def run(connection: Connection, statement: str) -> None:
    connection.execute(statement.encode())


def test_a_migrated_database_has_nothing_to_report(database: str) -> None:
    with connect(database) as connection:
        assert check(connection, database) == ()
        require(connection)


def test_what_is_expected_is_what_the_migrations_make(database: str) -> None:
    spelled = {kind: name for name, kinds in FITTING.items() for kind in kinds}
    query = """
        SELECT table_schema || '.' || table_name, column_name, format_type(format('%I', udt_name)::regtype, NULL)
        FROM information_schema.columns WHERE table_schema IN ('public', 'reconciler')
    """
    with connect(database) as connection:
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in connection.execute(query).fetchall():
            found.setdefault(str(table), {})[str(column)] = spelled.get(str(kind), str(kind))
    found["public.room_types"].pop("created_at")
    assert found == TABLES


def test_an_empty_database_lacks_every_table_and_migration(bare_database: str) -> None:
    with connect(bare_database) as connection:
        found = check(connection)
        with pytest.raises(DatabaseError, match="not ready"):
            require(connection)
    missing = [finding.message for finding in found if finding.code == "db-table-missing"]
    assert missing == [f"table {table} does not exist" for table in sorted(TABLES)]
    assert [f.code for f in found if f.code != "db-table-missing"] == ["db-migration-missing"] * len(migrations())
    assert all("db migrate" in finding.hint for finding in found)


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        (
            "ALTER TABLE ota_rate_plans DROP meal_plan",
            "db-column-missing",
            "column public.ota_rate_plans.meal_plan (text) does not exist",
        ),
        (
            "ALTER TABLE ota_rate_plans ALTER base_rate TYPE numeric(10,0)",
            "db-column-type",
            "column public.ota_rate_plans.base_rate is numeric(10,0), and numeric is needed",
        ),
        (
            "ALTER TABLE ota_rate_plans ALTER base_rate TYPE double precision",
            "db-column-type",
            "column public.ota_rate_plans.base_rate is double precision, and numeric is needed",
        ),
        (
            "ALTER TABLE ota_rate_plans ALTER configuration TYPE json",
            "db-column-type",
            "column public.ota_rate_plans.configuration is json, and jsonb is needed",
        ),
        ("DROP TABLE ota_config_alerts", "db-table-missing", "table public.ota_config_alerts does not exist"),
        ("DROP TABLE reconciler.locks", "db-table-missing", "table reconciler.locks does not exist"),
        (
            "DROP INDEX ota_rate_plans_property_provider_room_plan",
            "db-unique-missing",
            "public.ota_rate_plans has no unique index on (property_id, provider, room_type_id, rate_plan_id)",
        ),
        (
            "ALTER TABLE ota_rate_calendar DROP CONSTRAINT ota_rate_calendar_no_overlap",
            "db-overlap-unguarded",
            "nothing in public.ota_rate_calendar refuses overlapping nights",
        ),
        (
            "UPDATE reconciler.migrations SET checksum = 'x' WHERE name LIKE '0002%'",
            "db-migration-unfit",
            "migration 0002_hotel_keys was applied in another wording",
        ),
        (
            "DELETE FROM reconciler.migrations WHERE name LIKE '0004%'",
            "db-migration-missing",
            "migration 0004_own_tables was not applied",
        ),
    ],
)
def test_each_thing_that_is_off_is_named(database: str, statement: str, code: str, message: str) -> None:
    with connect(database) as connection:
        run(connection, statement)
        assert [(finding.code, finding.message) for finding in check(connection)] == [(code, message)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ota_rate_plans ALTER rate_plan_id TYPE varchar(20)",
        "ALTER TABLE ota_rate_plans ALTER min_length_of_stay TYPE bigint",
        "ALTER TABLE ota_rate_plans ALTER base_rate TYPE numeric(12,4)",
        "ALTER TABLE ota_rate_plans ADD their_own text",
        "CREATE UNIQUE INDEX theirs ON ota_rate_plans (rate_plan_id, room_type_id, provider, property_id);"
        "DROP INDEX ota_rate_plans_property_provider_room_plan",
    ],
)
def test_what_serves_as_well_is_not_reported(database: str, statement: str) -> None:
    with connect(database) as connection:
        run(connection, statement)
        assert check(connection) == ()


def test_a_partial_unique_index_is_no_conflict_target(database: str) -> None:
    with connect(database) as connection:
        run(connection, "DROP INDEX third_party_integrations_property_provider")
        run(connection, "CREATE UNIQUE INDEX part ON third_party_integrations (property_id, provider) WHERE is_enabled")
        assert codes(connection) == ["db-unique-missing"]


def test_duplicate_rows_are_listed_with_what_they_share_and_which_they_are(
    bare_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = migrations()
    with connect(bare_database) as connection:
        monkeypatch.setattr(migrating, "migrations", lambda: everything[:1])
        migrate(connection)
        seed(connection, [PropertyRow(A, "Grand")])
        for number in (1, 2):
            connection.execute(
                "INSERT INTO third_party_integrations"
                " (id, property_id, integration_name, integration_type, provider, credentials, configuration)"
                " VALUES (%s, %s, 'x', 'ota', 'expedia', '{}', '{}')",
                [UUID(int=number), A],
            )
        connection.commit()
        monkeypatch.setattr(migrating, "migrations", lambda: everything)
        migrate(connection)
        found = check(connection)
    assert [finding.code for finding in found] == ["db-duplicate-rows", "db-unique-missing"]
    assert found[0].message == (
        f"public.third_party_integrations has 2 rows for property_id {A}, provider expedia: {UUID(int=1)}, {UUID(int=2)}"
    )
    assert "CREATE UNIQUE INDEX ON public.third_party_integrations (property_id, provider);" in found[1].hint


def test_rows_that_a_policy_may_hide_are_reported_to_the_role_that_it_hits(database: str) -> None:
    with connect(database) as connection:
        run(connection, "ALTER TABLE ota_rate_plans ENABLE ROW LEVEL SECURITY")
        assert codes(connection) == []
        run(connection, grants())
        run(connection, f"SET LOCAL ROLE {PLAN_ROLE}")
        assert codes(connection) == ["db-rows-hidden"]


@pytest.mark.parametrize("role", [PLAN_ROLE, APPLY_ROLE])
def test_both_roles_can_read_everything_and_check_the_database(database: str, role: str) -> None:
    with connect(database) as connection:
        run(connection, grants())
        run(connection, f"SET LOCAL ROLE {role}")
        assert check(connection) == ()
        for table in TABLES:
            run(connection, f"SELECT * FROM {table}")


def test_a_role_without_rights_is_told_which_and_where_they_are_printed(database: str) -> None:
    with connect(database) as connection:
        run(connection, "CREATE ROLE stranger; SET LOCAL ROLE stranger")
        with pytest.raises(DatabaseError, match="lacks a right: permission denied for schema reconciler") as caught:
            require(connection)
        assert "--grants" in caught.value.hint


def refused(connection: Connection, statement: str) -> bool:
    try:
        with connection.transaction():
            run(connection, statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_the_role_that_plans_can_write_nothing(database: str) -> None:
    with connect(database) as connection:
        run(connection, grants())
        run(connection, f"SET LOCAL ROLE {PLAN_ROLE}")
        for table, columns in TABLES.items():
            column = next(name for name in columns if name != "available_inventory")
            assert refused(connection, f"INSERT INTO {table} DEFAULT VALUES"), table
            assert refused(connection, f"UPDATE {table} SET {column} = {column}"), table
            assert refused(connection, f"DELETE FROM {table}"), table


def test_the_role_that_applies_writes_what_it_must_and_deletes_no_history(database: str) -> None:
    with connect(database) as connection:
        seed(connection, [PropertyRow(A, "Grand"), RoomTypeRow(B, A, "Double")])
        run(connection, grants())
        run(connection, f"SET LOCAL ROLE {APPLY_ROLE}")
        run(
            connection, "INSERT INTO ota_sync_schedules (sync_type, schedule_cron) VALUES ('rate_sync', '*/15 * * * *')"
        )
        run(
            connection,
            "INSERT INTO ota_rate_calendar (property_id, provider, room_type_id, rate_plan_id, nights, price, currency)"
            f" VALUES ('{A}', 'expedia', '{B}', 'BAR', '[2026-06-01,2026-06-02)', 1, 'EUR')",
        )
        run(connection, "DELETE FROM ota_rate_calendar")
        run(
            connection,
            RUN,
        )
        for statement in (
            "DELETE FROM reconciler.runs",
            "DELETE FROM reconciler.operations",
            "DELETE FROM properties",
            "UPDATE room_types SET name = 'x'",
            "UPDATE reconciler.migrations SET checksum = 'x'",
            "CREATE TABLE reconciler.mine (x int)",
        ):
            assert refused(connection, statement), statement


def test_seeding_inserts_what_is_missing_and_changes_nothing(database: str) -> None:
    rows: list[PropertyRow | RoomTypeRow] = [
        RoomTypeRow(B, A, "Double"),
        PropertyRow(A, "Grand", ota_settings={"expedia_property_id": "77"}),
    ]
    with connect(database) as connection:
        assert seed(connection, rows) == 2
        run(connection, "UPDATE properties SET name = 'Theirs'")
        assert seed(connection, rows) == 0
        assert connection.execute("SELECT name, ota_enabled, ota_settings FROM properties").fetchall() == [
            ("Theirs", True, {"expedia_property_id": "77"})
        ]
        assert connection.execute("SELECT property_id, name FROM room_types").fetchall() == [(A, "Double")]


def test_seeding_tables_that_ask_for_more_is_a_clear_error(database: str) -> None:
    with connect(database) as connection:
        run(connection, "ALTER TABLE properties ADD stars int NOT NULL")
        with pytest.raises(DatabaseError, match="stars"):
            seed(connection, [PropertyRow(A, "Grand")])
