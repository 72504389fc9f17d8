"""Integrations, mappings, rate plans, schedules: rows key by key, and what is odd about them."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest

from reconciler.errors import DatabaseError
from reconciler.kinds.contract import ASSIGNED
from reconciler.model.address import WORKSPACE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Outcome
from reconciler.model.plan import Action, Change
from reconciler.model.state import Json, Value
from reconciler.providers.database.documents import MAX_CHARACTERS, parse
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.target import HotelDatabase, WorkspaceDatabase

from .hotels import (
    DOUBLE,
    PROPERTY,
    SUITE,
    WINDOW,
    at,
    bring_about,
    changes,
    database_of,
    hotel,
    look,
    rows,
    seed,
    write,
)

EXPEDIA = at("integration", "expedia")
MAPPING = at("mapping", "expedia", "double")
PLAN = at("rate_plan", "expedia", "double", "BAR")


def integration(**more: Json) -> dict[str, Json]:
    return {
        "integration_name": "Expedia - Lisbon Baixa",
        "integration_type": "ota",
        "provider": "expedia",
        "credentials": {"api_key": "env:EXPEDIA_PROD_API_KEY"},
        "configuration": {"test_mode": False, "property_id": "16636843"},
        "webhook_url": "https://hms.example.com/hooks/expedia",
        "is_enabled": True,
        **more,
    }


def rate_plan(**more: Json) -> dict[str, Json]:
    return {
        "rate_plan_name": "Best Available Rate",
        "rate_plan_type": "flexible",
        "base_rate": "199.00",
        "currency": "EUR",
        "meal_plan": None,
        "cancellation_policy": {"type": "flexible", "deadline_hours": 24},
        "min_length_of_stay": 1,
        "max_length_of_stay": None,
        "advance_booking_days": 365,
        "is_active": True,
        "configuration": {"plan_type": "bar", "external_rate_plan_id": "880011A"},
        **more,
    }


def mapping(**more: Json) -> dict[str, Json]:
    return {"external_room_id": "30011", "external_rate_plan_id": None, "is_active": True, **more}


def test_every_field_of_a_document_can_be_changed(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {EXPEDIA: integration(), MAPPING: mapping(), PLAN: rate_plan()})
    other: dict[Address, Value] = {
        EXPEDIA: integration(
            integration_name="Expedia",
            credentials={"api_key": "env:OTHER"},
            configuration={"test_mode": True, "property_id": "2"},
            webhook_url=None,
            is_enabled=False,
        ),
        MAPPING: mapping(external_room_id="30012", external_rate_plan_id="880011A", is_active=False),
        PLAN: rate_plan(
            rate_plan_name="BAR",
            rate_plan_type="partial",
            base_rate=None,
            meal_plan="breakfast",
            cancellation_policy={"type": "partial", "deadline_hours": 48},
            min_length_of_stay=2,
            max_length_of_stay=14,
            advance_booking_days=100,
            is_active=False,
            configuration={"plan_type": "bar", "external_rate_plan_id": "880011B"},
        ),
    }
    write(target, other)
    assert {address: seen.value for address, seen in look(target).entries.items()} == other
    assert rows(connection, "SELECT updated_at > created_at FROM third_party_integrations") == [(True,)]


def test_keys_of_other_programs_stay_at_any_depth(connection: Connection) -> None:
    target = database_of(connection)
    theirs = {"theirs": 1.50, "nested": {"theirs": [1, {"a": None}], "ours": 1}, "list": [1, 2], "flat": 5}
    connection.execute(
        "INSERT INTO ota_rate_plans (property_id, provider, room_type_id, rate_plan_id, rate_plan_name, rate_plan_type, "
        "configuration) VALUES (%s, 'expedia', %s, 'BAR', 'x', 'y', %s)",
        [PROPERTY, DOUBLE, json.dumps(theirs)],
    )
    connection.commit()
    wanted: dict[str, Json] = {"nested": {"ours": 2, "deep": {"er": True}}, "list": [3], "flat": {"now": {}}}
    write(target, {PLAN: rate_plan(configuration=wanted)})
    assert rows(connection, "SELECT configuration FROM ota_rate_plans") == [
        (
            {
                "theirs": 1.5,
                "nested": {"theirs": [1, {"a": None}], "ours": 2, "deep": {"er": True}},
                "list": [3],
                "flat": {"now": {}},
            },
        )
    ]


def test_an_observed_document_holds_the_keys_of_others_too(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {EXPEDIA: integration(configuration={"theirs": "x", "test_mode": True})})
    assert changes(target, {EXPEDIA: integration(configuration={"test_mode": True})}) == []
    [seen] = look(target).entries.values()
    assert dict(seen.value)["configuration"] == {"theirs": "x", "test_mode": True}  # type: ignore[arg-type]


def test_numbers_in_json_are_never_floats() -> None:
    assert parse('{"a": 15.0, "b": 12.5, "c": 7, "d": 1e2}') == {"a": 15, "b": "12.5", "c": 7, "d": 100}


@pytest.mark.parametrize("text", ["[1]", '{"a": ' * 100_000, f'{{"a": "{"x" * MAX_CHARACTERS}"}}'])
def test_json_that_is_no_object_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_a_column_that_is_not_named_is_left_as_it_is(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {PLAN: rate_plan()})
    some: dict[str, Json] = {"rate_plan_name": "Renamed"}
    assert bring_about(target, [Change(PLAN, Action.UPDATE, None, some)]) == {Outcome.APPLIED}
    assert look(target).entries[PLAN].value == rate_plan(rate_plan_name="Renamed")


def test_a_policy_that_is_taken_away_is_null(connection: Connection) -> None:
    target = database_of(connection)
    write(target, {PLAN: rate_plan()})
    write(target, {PLAN: rate_plan(cancellation_policy=None)})
    assert rows(connection, "SELECT cancellation_policy FROM ota_rate_plans") == [(None,)]
    write(target, {PLAN: rate_plan()})


def test_a_row_can_be_deleted(connection: Connection) -> None:
    target = database_of(connection)
    desired: dict[Address, Value] = {EXPEDIA: integration(), MAPPING: mapping(), PLAN: rate_plan()}
    write(target, desired)
    gone = [Change(address, Action.DELETE, value, None) for address, value in desired.items()]
    assert bring_about(target, gone) == {Outcome.APPLIED}
    assert dict(look(target).entries) == {}
    assert bring_about(target, gone) == {Outcome.APPLIED}, "what is gone already may be deleted again"


def test_a_schedule_can_be_changed_and_deleted(connection: Connection) -> None:
    target = WorkspaceDatabase(lambda: nullcontext(connection))
    address = Address(WORKSPACE, "database", "schedule", ("rate_sync",))
    kinds = frozenset({"schedule"})
    document: dict[str, Json] = {"schedule_cron": "*/15 * * * *", "is_enabled": True, "configuration": {"a": 1}}
    write(target, {address: document}, kinds)
    write(target, {address: {**document, "schedule_cron": "0 * * * *", "is_enabled": False}}, kinds)
    assert bring_about(target, [Change(address, Action.DELETE, document, None)]) == {Outcome.APPLIED}
    assert dict(look(target, kinds).entries) == {}
    assert dict(target.observe(frozenset(), WINDOW).entries) == {}


def test_two_schedules_of_one_type_are_duplicates(connection: Connection) -> None:
    target = WorkspaceDatabase(lambda: nullcontext(connection))
    for _ in range(2):
        connection.execute("INSERT INTO ota_sync_schedules (sync_type, schedule_cron) VALUES ('rate_sync', 'x')")
    connection.commit()
    address = Address(WORKSPACE, "database", "schedule", ("rate_sync",))
    assert [finding.code for finding in look(target, frozenset({"schedule"})).findings] == ["duplicate-rows"]
    assert changes(target, {address: {"schedule_cron": "y"}}, frozenset({"schedule"})) == []


def test_a_property_the_hotel_system_does_not_have_is_an_error_that_names_it(connection: Connection) -> None:
    target = HotelDatabase(hotel(), lambda: nullcontext(connection))
    seen = look(target)
    [finding] = seen.findings
    assert (finding.code, finding.severity.value) == ("property-not-in-database", "error")
    assert PROPERTY in finding.message
    assert "reconciler db seed" in finding.hint
    assert target.normal(EXPEDIA, integration(), seen.traits)[1] == (finding,), "the same words, so that it shows once"
    assert changes(target, {EXPEDIA: integration()}) == []


def test_a_room_the_hotel_system_does_not_have_stops_that_room_alone(connection: Connection) -> None:
    seed(connection, rooms=[DOUBLE])
    target = HotelDatabase(hotel(), lambda: nullcontext(connection))
    [finding] = look(target).findings
    assert (finding.code, SUITE in finding.message) == ("room-not-in-database", True)
    suite = at("allocation", "suite")
    found = changes(target, {MAPPING: mapping(), suite: hotel().allocation["suite"]})
    assert [change.address for change in found] == [MAPPING]


def test_a_room_of_another_property_is_not_taken_for_ours(connection: Connection) -> None:
    other = "99999999-5d0e-4a53-8f8e-2f6d1d0c7a11"
    seed(connection, rooms=[SUITE], property_id=other)
    seed(connection, rooms=[DOUBLE])
    [finding] = look(HotelDatabase(hotel(), lambda: nullcontext(connection))).findings
    assert (finding.code, "another property" in finding.message) == ("room-not-in-database", True)


def test_duplicate_rows_are_listed_and_stop_the_property(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute("DROP INDEX third_party_integrations_property_provider")
    for _ in range(2):
        connection.execute(
            "INSERT INTO third_party_integrations (property_id, provider, integration_name, integration_type, credentials, "
            "configuration) VALUES (%s, 'expedia', 'x', 'ota', '{}', '{}')",
            [PROPERTY],
        )
    connection.commit()
    seen = look(target)
    assert [(f.code, f.address) for f in seen.findings] == [("duplicate-rows", str(EXPEDIA))]
    assert changes(target, {EXPEDIA: integration(), MAPPING: mapping(), PLAN: rate_plan()}) == []
    with pytest.raises(DatabaseError, match="2 rows for expedia; none was changed"):
        bring_about(target, [Change(EXPEDIA, Action.UPDATE, None, integration(is_enabled=False))])
    assert rows(connection, "SELECT DISTINCT is_enabled FROM third_party_integrations") == [(True,)]


def test_without_the_unique_index_a_second_run_still_makes_no_second_row(connection: Connection) -> None:
    target = database_of(connection)
    connection.execute("DROP INDEX third_party_integrations_property_provider")
    connection.execute("DROP INDEX ota_rate_plans_property_provider_room_plan")
    connection.commit()
    found = changes(target, {EXPEDIA: integration(), PLAN: rate_plan()})
    for _ in range(2):
        assert bring_about(target, found) == {Outcome.APPLIED}
    assert rows(connection, "SELECT (SELECT count(*) FROM third_party_integrations), count(*) FROM ota_rate_plans") == [
        (1, 1)
    ]


def test_rows_git_does_not_know_are_counted_and_left_alone(connection: Connection) -> None:
    target = database_of(connection)
    for plan in ("OLD", "OLDER"):
        connection.execute(
            "INSERT INTO ota_rate_plans (property_id, provider, room_type_id, rate_plan_id, rate_plan_name, rate_plan_type) "
            "VALUES (%s, 'expedia', %s, %s, 'x', 'flexible')",
            [PROPERTY, DOUBLE, plan],
        )
    connection.execute(
        "INSERT INTO third_party_integrations (property_id, provider, integration_name, integration_type, credentials, "
        "configuration) VALUES (%s, 'cards', 'Cards', 'payment', '{}', '{}')",
        [PROPERTY],
    )
    connection.commit()
    write(target, {PLAN: rate_plan()})
    seen = look(target)
    assert [(f.code, f.severity.value, f.message) for f in seen.findings] == [
        ("unmanaged", "info", "not in git: 2 in ota_rate_plans (expedia/double/OLD, expedia/double/OLDER)")
    ], "integrations of other types are none of ours"
    assert list(seen.entries) == [PLAN]


def test_a_mark_for_an_id_that_is_not_assigned_is_never_written(connection: Connection) -> None:
    target = database_of(connection)
    waiting = rate_plan(configuration={"plan_type": "bar", "external_rate_plan_id": ASSIGNED})
    found = [Change(PLAN, Action.CREATE, None, waiting), Change(MAPPING, Action.CREATE, None, mapping())]
    assert bring_about(target, found) == {Outcome.FAILED, Outcome.APPLIED}
    assert list(look(target).entries) == [MAPPING]


@pytest.mark.parametrize(
    ("currency", "wanted", "stored", "code"),
    [
        ("EUR", "199", "199.00", None),
        ("JPY", "19900", "19900", None),
        ("KWD", "12.340", "12.340", None),
        ("KWD", "12.345", "12.350", "base-rate-rounded"),
        ("IDR", "100000000.00", "100000000.00", "base-rate-too-large"),
    ],
)
def test_the_base_rate_is_compared_as_its_column_keeps_it(
    connection: Connection, currency: str, wanted: str, stored: str, code: str | None
) -> None:
    target = database_of(connection, currency=currency)
    document = rate_plan(base_rate=wanted, currency=currency.lower())
    normal, remarks = target.normal(PLAN, document, {})
    assert isinstance(normal, dict)
    assert (normal["base_rate"], normal["currency"]) == (stored, currency)
    assert target.normal(PLAN, normal, {})[0] == normal
    assert [remark.code for remark in remarks] == ([code] if code else [])
    if code != "base-rate-too-large":
        write(target, {PLAN: document})


def test_ids_that_are_no_uuids_are_an_error(connection: Connection) -> None:
    with pytest.raises(DatabaseError, match="property `lisbon-baixa` is not a UUID"):
        HotelDatabase(hotel(id="x"), lambda: nullcontext(connection))


def test_documents_come_before_prices_and_allocation_comes_last(connection: Connection) -> None:
    target = database_of(connection)
    found = changes(
        target, {at("allocation", "double"): hotel().allocation["double"], PLAN: rate_plan(), MAPPING: mapping()}
    )
    found.append(Change(at("rates", "expedia", "double", "BAR"), Action.CREATE, None, Calendar()))
    assert bring_about(target, found) == {Outcome.APPLIED}
