"""One run at a time on a property, several on several; a lock that is lost stops what it was for."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest

from reconciler.errors import LockedError
from reconciler.providers.contract import Batch, BatchResult
from reconciler.providers.expedia.provider import Expedia
from reconciler.store.postgres import PostgresStore
from tests.scenarios.runs import a_run
from tests.scenarios.world import World

LET_GO = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"


def store_of(world: World) -> PostgresStore:
    return PostgresStore(world.database, "development")


def test_the_lock_is_held_as_long_as_messages_are_sent_and_free_at_every_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Any] = []
    real = Expedia.execute

    def looking(self: Expedia, batch: Batch) -> BatchResult:
        held.extend(holder.property for holder in store.holders())
        return real(self, batch)

    store = store_of(world)
    monkeypatch.setattr(Expedia, "execute", looking)
    world.apply()
    assert set(held) == {"_workspace", "lisbon-baixa"}
    assert world.rows(LET_GO) == [(0,)]
    assert store.holders() == []
    for arguments in (("apply", "--auto-approve"), ("apply", "plan.json")):
        world.edit("properties/lisbon-baixa.yaml", "default: 12", "default: 13")
        world.run("plan", "--out", "plan.json")
        world.edit("properties/lisbon-baixa.yaml", "default: 13", "default: 12")
        world.run(*arguments)
        assert world.rows(LET_GO) == [(0,)]
    store.close()


def test_a_run_that_did_not_get_all_its_locks_leaves_none_and_no_run(world: World) -> None:
    store = store_of(world)
    with store.lock(["lisbon-baixa"], a_run(), 0):
        assert world.run("apply", "--auto-approve").code == 5  # it got `_workspace` before
        assert [holder.property for holder in store.holders()] == ["lisbon-baixa"]
        assert world.rows(LET_GO) == [(1,)]
    assert world.rows("SELECT count(*) FROM reconciler.locks") == [(0,)]
    assert world.rows("SELECT count(*) FROM reconciler.runs") == [(0,)]
    store.close()


def test_waiting_for_the_lock_ends_when_it_is_free(world: World) -> None:
    store, inside, leave = store_of(world), threading.Event(), threading.Event()

    def hold() -> None:
        with store.lock(["lisbon-baixa"], a_run(), 0):
            inside.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait(30)
    waiting = world.process("apply", "--auto-approve", "--lock-timeout", "60")
    leave.set()
    out, err = waiting.communicate(timeout=120)
    holder.join()
    assert waiting.returncode == 0, out + err
    store.close()


def test_another_property_may_be_worked_on_at_the_same_time(world: World) -> None:
    store = store_of(world)
    with store.lock(["porto-ribeira"], a_run(), 0):
        world.apply()
    store.close()


def test_a_lock_that_is_broken_is_free_and_the_run_that_had_it_sends_nothing_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    real = Expedia.execute

    def broken_meanwhile(self: Expedia, batch: Batch) -> BatchResult:
        sent.append(batch.summary)
        if len(sent) == 1:
            result = world.run("locks", "break", "--property", "lisbon-baixa", "--auto-approve")
            assert result.code == 0, result.err
            assert "Broken: lisbon-baixa was held by run" in result.out
        return real(self, batch)

    monkeypatch.setattr(Expedia, "execute", broken_meanwhile)
    assert world.run("apply", "--auto-approve").code != 0
    assert len(sent) == 1
    assert world.run("locks", "list").out.startswith("Locks")
    monkeypatch.undo()
    world.apply()
    assert world.addresses() == []


def test_breaking_asks_and_names_what_nobody_holds(world: World) -> None:
    store = store_of(world)
    with store.lock(["lisbon-baixa"], a_run(), 0):
        assert world.command("locks", "break", "--property", "lisbon-baixa").code == 64
        assert world.run("locks", "break").code == 64
        nobody = world.run("locks", "break", "--property", "lisbon-baxia", "--auto-approve")
        assert (nobody.code, "did you mean `lisbon-baixa`?" in nobody.err) == (64, True)
        assert [holder.property for holder in store.holders()] == ["lisbon-baixa"]
    store.close()


def test_when_the_lock_is_lost_in_the_middle_nothing_more_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    real = Expedia.execute

    def cutting(self: Expedia, batch: Batch) -> BatchResult:
        sent.append(batch.summary)
        with psycopg.connect(world.database, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(backend_pid, 10000) FROM reconciler.locks")
        return real(self, batch)

    monkeypatch.setattr(Expedia, "execute", cutting)
    failed = world.run("apply", "--auto-approve")
    assert failed.code == 1
    assert "the lock of lisbon-baixa was lost" in failed.out
    assert len(sent) == 1
    assert world.rows("SELECT status FROM reconciler.runs") == [("failed",)]
    monkeypatch.undo()
    world.apply()
    assert world.addresses() == []


def test_an_intent_of_a_run_that_holds_nothing_is_refused(world: World) -> None:
    store = store_of(world)
    world.apply()
    (entry, *_) = [e for e in store.journal(store.runs(1)[0].id) if e.address.property == "lisbon-baixa"]
    with pytest.raises(LockedError, match="lost"):
        store.intend([entry])
    store.close()
