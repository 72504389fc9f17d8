"""What the reconciler remembers: nights by night against a plain model, any text, locks and the runs that hold them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import DatabaseError, LockedError
from reconciler.model.address import Address, parse
from reconciler.model.calendar import Calendar, Run, constant, from_runs
from reconciler.model.journal import Binding, JournalEntry, Outcome, RunStatus
from reconciler.model.journal import Run as JournalRun
from reconciler.model.state import Price
from reconciler.store.contract import Recording
from reconciler.store.postgres import PostgresStore

NOW = datetime(2031, 1, 13, 9, 0, tzinfo=UTC)
START = date(2031, 1, 13)
RATES = parse("lisbon-baixa/expedia/rates/double/BAR")
PLAN = parse("lisbon-baixa/expedia/rate_plan/double/BAR")


def a_run() -> JournalRun:
    return JournalRun(str(uuid.uuid4()), "development", "apply", NOW, "here", 4711, "somebody", "0.0.0")


@pytest.fixture
def store(database: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database, "development")
    yield store
    store.close()


@pytest.fixture
def run(store: PostgresStore) -> JournalRun:
    run = a_run()
    store.start(run)
    return run


def entry(run: JournalRun, seq: int = 1, address: Address = RATES, **more: object) -> JournalEntry:
    plain = JournalEntry(run.id, seq, address, "update", None, constant(START, START + timedelta(1), price(100)), NOW)
    return replace(plain, **more)  # type: ignore[arg-type]


def price(amount: int) -> Price:
    return Price(Decimal(amount).quantize(Decimal("0.01")))


night = st.integers(0, 9)
steps = st.lists(
    st.tuples(night, st.integers(1, 6), st.one_of(st.none(), st.integers(100, 102))), min_size=1, max_size=8
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps)
def test_what_was_last_applied_is_remembered_night_by_night(
    store: PostgresStore, run: JournalRun, told: list[tuple[int, int, int | None]]
) -> None:
    address = RATES._replace(key=("double", f"P{uuid.uuid4().hex[:8]}"))
    model: dict[date, int] = {}
    for first, nights, amount in told:
        span = [START + timedelta(first + n) for n in range(nights)]
        covered = constant(span[0], span[-1] + timedelta(1), value=True)
        value = None if amount is None else covered.map(lambda _, amount=amount: price(amount))  # type: ignore[misc]
        store.record([Recording(address, value, covered, "read_back", run.id, NOW)])
        for one in span:
            model.pop(one, None)
            if amount is not None:
                model[one] = amount
    expected = from_runs([Run(one, one + timedelta(1), price(amount)) for one, amount in sorted(model.items())])
    last = store.applied("lisbon-baixa").get(address)
    assert (last.value if last else Calendar()) == expected


def test_text_that_the_database_cannot_hold_is_kept_as_far_as_it_can(store: PostgresStore, run: JournalRun) -> None:
    hostile = "odd \x00 name \ud800"
    before = {"name": hostile, "nested": {hostile: [hostile]}}
    with store.lock(["lisbon-baixa"], run, 0):
        store.intend([entry(run, address=PLAN, before=before, after={"name": "ours"})])
    store.settle(run.id, [1], Outcome.FAILED, NOW, hostile + "x" * 10_000, [hostile])
    (kept,) = store.journal(run.id)
    assert kept.detail.startswith("odd \ufffd name ")
    assert len(kept.detail) <= 2000
    assert kept.outcome is Outcome.FAILED
    assert isinstance(kept.before, dict)
    assert str(kept.before["name"]).startswith("odd \ufffd name ")


def test_intents_without_an_outcome_and_unknown_outcomes_are_unsettled_in_their_own_environment_only(
    store: PostgresStore, run: JournalRun, database: str
) -> None:
    with store.lock(["lisbon-baixa"], run, 0):
        store.intend([entry(run, seq) for seq in (1, 2, 3)])
        store.intend([entry(run, 4, intent_at=None)])
    store.settle(run.id, [2], Outcome.UNKNOWN, NOW, "lost", [])
    store.settle(run.id, [3], Outcome.APPLIED, NOW, "", ["message"])
    assert [found.seq for found in store.unsettled("lisbon-baixa")] == [1, 2]
    assert not store.unsettled("porto-ribeira")
    other = PostgresStore(database, "production")
    assert not other.unsettled("lisbon-baixa")
    assert not other.runs(10)
    assert not other.applied("lisbon-baixa")
    other.close()


def test_a_run_is_abandoned_only_once_nobody_holds_its_lock(store: PostgresStore, run: JournalRun) -> None:
    with store.lock(["lisbon-baixa"], run, 0):
        store.abandon(NOW)
        assert store.runs(1)[0].status is RunStatus.RUNNING
    store.abandon(NOW)
    assert store.runs(1)[0].status is RunStatus.INTERRUPTED


def test_a_lock_is_of_one_environment_and_names_its_holder(
    store: PostgresStore, run: JournalRun, database: str
) -> None:
    other = PostgresStore(database, "production")
    with store.lock(["lisbon-baixa", "porto-ribeira"], run, 0):
        with other.lock(["lisbon-baixa"], a_run(), 0):
            pass
        with (
            pytest.raises(LockedError, match=f"run {run.id[:8]}.*somebody@here"),
            store.lock(["porto-ribeira"], a_run(), 0),
        ):
            pass
    assert not store.holders()
    other.close()


def test_an_intent_is_refused_once_another_run_has_taken_the_property(store: PostgresStore, run: JournalRun) -> None:
    with store.lock(["lisbon-baixa"], run, 0):
        store.intend([entry(run)])
    with store.lock(["lisbon-baixa"], a_run(), 0), pytest.raises(LockedError):
        store.intend([entry(run, 2)])
    assert [found.seq for found in store.journal(run.id)] == [1]


def test_a_lock_whose_connection_breaks_ends_without_another_error(
    store: PostgresStore, run: JournalRun, database: str
) -> None:
    with store.lock(["lisbon-baixa"], run, 0), psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(backend_pid, 10000) FROM reconciler.locks")
    with store.lock(["lisbon-baixa"], a_run(), 0):
        pass


def test_a_database_without_our_tables_is_told_and_not_a_crash(bare_database: str) -> None:
    store = PostgresStore(bare_database, "development")
    with pytest.raises(DatabaseError, match="own tables"), store.lock(["lisbon-baixa"], a_run(), 0):
        pass
    store.close()


def test_the_first_environment_marks_the_database_for_good(store: PostgresStore, database: str) -> None:
    other = PostgresStore(database, "production")
    assert store.environment() is None
    assert store.claim("development") == "development"
    assert other.claim("production") == "development"
    other.close()


def test_a_binding_is_replaced_and_never_doubled(store: PostgresStore, run: JournalRun) -> None:
    for id_ in ("1", "1", "2"):
        store.bind([Binding("lisbon-baixa", "expedia", "rate_plan", "double/BAR", id_)], run.id, NOW)
    assert store.bindings("lisbon-baixa", "expedia") == {("double", "BAR"): "2"}


def test_a_plan_is_completed_once(store: PostgresStore, run: JournalRun) -> None:
    second = a_run()
    store.start(second)
    store.complete("digest", run.id, NOW)
    store.complete("digest", second.id, NOW)
    assert store.completed_by("digest") == run.id


def test_credentials_are_as_old_as_their_last_rotation_else_as_their_row(store: PostgresStore, database: str) -> None:
    hotel, other = "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "1b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a12"
    made, rotated = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
    integration = (
        "INSERT INTO third_party_integrations "
        "(property_id, integration_name, integration_type, provider, credentials, configuration, created_at) "
        "VALUES (%s, 'x', 'ota', %s, '{}', '{}', %s)"
    )
    history = (
        "INSERT INTO integration_credential_history (property_id, provider, credentials, rotated_at) "
        "VALUES (%s, %s, '{}', %s)"
    )
    with psycopg.connect(database, autocommit=True) as connection:
        for id_ in (hotel, other):
            connection.execute("INSERT INTO properties (id, name) VALUES (%s, 'h')", (id_,))
        for provider in ("expedia", "booking.com"):
            connection.execute(integration, (hotel, provider, made))
        connection.execute(integration, (other, "expedia", rotated))
        for at in (rotated, made):
            connection.execute(history, (hotel, "expedia", at))
    assert store.rotated(hotel) == {"expedia": rotated, "booking.com": made}
    assert store.rotated(other) == {"expedia": rotated}
    assert store.rotated("2b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a13") == {}
