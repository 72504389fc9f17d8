"""What goes wrong is said without data, changes nothing by half, and no secret is ever observed."""

from __future__ import annotations

import json
from contextlib import nullcontext

import psycopg
import pytest

from reconciler.errors import DatabaseError, UncertainError
from reconciler.model.calendar import constant
from reconciler.model.plan import Action, Change
from reconciler.model.state import Json
from reconciler.providers.database import faults, secrecy
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.target import HotelDatabase
from reconciler.store.connect import connect

from .hotels import PROPERTY, START, UNTIL, at, bring_about, changes, database_of, hotel, look, price, rows, write
from .test_documents import EXPEDIA, MAPPING, PLAN, integration, mapping, rate_plan

CANARY = "canary-7c1f-do-not-show"


@pytest.mark.parametrize(
    ("stored", "seen"),
    [
        (CANARY, "(plaintext)"),
        (f"user:{CANARY}", "(plaintext)"),
        (f"env:NAME {CANARY}", "(plaintext)"),
        (f"aws:{CANARY}", "(plaintext)"),
        ([CANARY], "(plaintext)"),
        (7, "(plaintext)"),
        (f"sealed:{CANARY}", "(sealed)"),
        ({"sealed": CANARY, "key": "k1"}, "(sealed)"),
        ({"inner": CANARY}, {"inner": "(plaintext)"}),
        ("env:EXPEDIA_PROD_API_KEY", "env:EXPEDIA_PROD_API_KEY"),
        ("vault:hotels/expedia#key", "vault:hotels/expedia#key"),
        (None, None),
    ],
)
def test_a_credential_is_seen_as_what_it_is_and_never_itself(connection: Connection, stored: Json, seen: Json) -> None:
    target = database_of(connection)
    connection.execute(
        "INSERT INTO third_party_integrations (property_id, provider, integration_name, integration_type, credentials, "
        "configuration, webhook_url) VALUES (%s, 'expedia', 'x', 'ota', %s, %s, %s)",
        [
            PROPERTY,
            json.dumps({"api_key": stored}),
            json.dumps({"webhook_secret": CANARY, "deep": [{"Password": CANARY}], "test_mode": True}),
            f"https://hms:{CANARY}@example.com/hook",
        ],
    )
    connection.commit()
    observation = look(target)
    document = observation.entries[EXPEDIA].value
    assert isinstance(document, dict)
    assert document["credentials"] == {"api_key": seen}
    assert document["configuration"] == {
        "webhook_secret": "(plaintext)",
        "deep": [{"Password": "(plaintext)"}],
        "test_mode": True,
    }
    assert CANARY not in repr(observation)
    assert CANARY not in repr(changes(target, {EXPEDIA: integration()}))


def test_a_secret_in_the_database_is_replaced_by_the_reference_git_names(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {EXPEDIA: integration(credentials={"api_key": "env:A"})})
    connection.execute(
        'UPDATE third_party_integrations SET credentials = \'{"api_key": "plain", "theirs": "kept"}\' WHERE provider = %s',
        ["expedia"],
    )
    connection.commit()
    write(target, {EXPEDIA: integration(credentials={"api_key": "env:A"})})
    query = "SELECT credentials FROM third_party_integrations"
    assert rows(connection, query) == [({"api_key": "env:A", "theirs": "kept"},)]


def test_marks_stay_marks() -> None:
    assert secrecy.credentials({"a": "(plaintext)", "b": "(sealed)"}) == {"a": "(plaintext)", "b": "(sealed)"}


def test_a_refused_row_takes_its_whole_transaction_back_and_no_data_is_quoted(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute("ALTER TABLE ota_rate_plans ADD CONSTRAINT polite CHECK (rate_plan_name <> 'canary')")
    connection.commit()
    found = [
        Change(MAPPING, Action.CREATE, None, mapping()),
        Change(PLAN, Action.CREATE, None, rate_plan(rate_plan_name="canary")),
    ]
    with pytest.raises(DatabaseError) as caught:
        bring_about(target, found)
    assert caught.value.message == "the database refused a row: `polite` of ota_rate_plans does not allow it"
    assert caught.value.__suppress_context__
    assert dict(look(target).entries) == {}
    assert not isinstance(caught.value, UncertainError)


def test_a_value_that_does_not_fit_is_not_quoted(connection: Connection) -> None:
    target = database_of(connection)
    found = [Change(PLAN, Action.CREATE, None, rate_plan(min_length_of_stay="canary"))]
    with pytest.raises(DatabaseError) as caught:
        bring_about(target, found)
    assert "canary" not in f"{caught.value.message} {caught.value.hint}"


def test_a_missing_table_says_what_to_do(bare_database: str) -> None:
    with connect(bare_database) as connection, pytest.raises(DatabaseError) as caught:
        look(HotelDatabase(hotel(), lambda: nullcontext(connection)))
    assert "public.properties" in caught.value.message
    assert "reconciler db migrate" in caught.value.hint


def test_rows_that_another_program_holds_are_waited_for_and_then_said(connection: Connection, database: str) -> None:
    target = database_of(connection)
    write(target, {MAPPING: mapping()})
    with connect(database) as other:
        other.execute("SELECT FROM ota_property_mappings FOR UPDATE")
        connection.execute("SET lock_timeout = '50ms'")
        connection.commit()
        with pytest.raises(DatabaseError, match="another program holds the rows"):
            bring_about(target, [Change(MAPPING, Action.UPDATE, None, mapping(is_active=False))])


def test_a_lost_connection_is_an_error_before_the_commit(connection: Connection, database: str) -> None:
    target = database_of(connection)
    with pytest.raises(DatabaseError, match="lost"), faults.change(connection):
        _end(database, connection)
        connection.execute("SELECT 1")
    with pytest.raises(DatabaseError, match="lost"):
        look(target)


def test_a_connection_lost_in_the_commit_leaves_the_outcome_open(connection: Connection, database: str) -> None:
    with pytest.raises(UncertainError), faults.change(connection):
        _end(database, connection)


def _end(database: str, connection: Connection) -> None:
    with psycopg.connect(database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])


def test_a_transaction_of_somebody_else_is_not_written_into(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute("SELECT 1")
    with pytest.raises(DatabaseError, match="in the middle of a transaction"):
        look(target)


def test_observing_sees_one_moment_and_cannot_write(connection: Connection, database: str) -> None:
    database_of(connection)
    rates = at("rates", "expedia", "double", "BAR")
    with connect(database) as other, faults.snapshot(connection):
        before = connection.execute("SELECT count(*) FROM ota_rate_calendar").fetchone()
        write(HotelDatabase(hotel(), lambda: nullcontext(other)), {rates: constant(START, UNTIL, price("1.00"))})
        assert connection.execute("SELECT count(*) FROM ota_rate_calendar").fetchone() == before
    with pytest.raises(DatabaseError, match="may only read"), faults.snapshot(connection):
        connection.execute("DELETE FROM ota_rate_calendar")


def test_the_same_statements_run_many_times_over_one_connection(connection: Connection) -> None:
    target = database_of(connection)
    for amount in range(1, 12):
        write(target, {at("rates", "expedia", "double", "BAR"): constant(START, UNTIL, price(f"{amount}.00"))})


def test_text_that_no_column_takes_is_a_value_that_does_not_fit(connection: Connection) -> None:
    target = database_of(connection)
    nul = at("mapping", "expedia\0", "double")
    for change in (
        Change(nul, Action.CREATE, None, mapping()),
        Change(MAPPING, Action.CREATE, None, mapping(external_room_id="a\0")),
    ):
        with pytest.raises(DatabaseError, match="does not fit"):
            bring_about(target, [change])


def test_a_role_without_rights_is_told_where_they_are_printed(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute("CREATE ROLE stranger")
    connection.execute("SET ROLE stranger")
    connection.commit()
    with pytest.raises(DatabaseError, match="permission denied for table properties") as caught:
        look(target)
    assert "prints the rights" in caught.value.hint
    connection.execute("RESET ROLE")
    connection.execute("DROP ROLE stranger")
    connection.commit()
