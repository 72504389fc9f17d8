"""No secret leaves: planted in every place a secret can come from, and looked for in all that is left after a whole story.

What the environment holds (keys, and the header they are sent in) is looked for after every scenario, by the fixture. Here the rest:
what providers echo, what guests give them, what the database holds and how it is connected to.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reconciler.providers.expedia.provider import Expedia
from tests.scenarios import canaries
from tests.scenarios.test_units import ROOMS, book
from tests.scenarios.world import World

ECHOED, GUEST, CARD = "canary-echoed-Bv4", "canary-guest-Ny8", "4111.canary.card.Lp2"
STORED, PASSWORD, FAULT = "canary-stored-Gc6", "canary-db-password-Xd1", "canary-fault-Js3"
PLANTED = (ECHOED, GUEST, CARD, STORED, PASSWORD, FAULT, *canaries.CANARIES)
VERBS: tuple[tuple[str, ...], ...] = (
    ("validate", "--format", "sarif"),
    ("plan", "--verbose", "--out", "plan.json"),
    ("plan", "--format", "markdown"),
    ("snapshot", "--out", "snapshot.json", "--verbose"),
    ("plan", "--offline", "snapshot.json", "--out", "offline.json"),
    ("apply", "--auto-approve", "--verbose"),
    ("drift", "--record", "--format", "json", "--json-into", "drift.json"),
    ("bookings", "pull", "--verbose"),
    ("bookings", "list", "--all", "--format", "json"),
    ("status", "--format", "json"),
    ("runs",),
    ("doctor", "--format", "json"),
    ("alerts", "list"),
    ("adopt",),
    (
        "import",
        "--property",
        "other",
        "--expedia",
        "16636843",
        "--booking.com",
        "8011855",
        "--timezone",
        "Europe/Lisbon",
    ),
    ("db", "check"),
    ("locks", "list"),
)


def left_behind(world: World, cache: Path) -> list[str]:
    """Every canary in anything that was written anywhere."""
    with psycopg.connect(world.database) as connection:
        seen = connection.execute("SELECT application_name, query FROM pg_stat_activity").fetchall()
    titles = [
        file.read_bytes().decode("utf-8", "replace") for file in Path("/proc").glob("[0-9]*/cmdline") if _mine(file)
    ]
    return [
        *canaries.in_text("\n".join(world.printed), PLANTED),
        *canaries.in_files(world.folder, PLANTED),
        *canaries.in_files(cache, PLANTED),
        *canaries.in_tables(world.database, PLANTED, schemas=("reconciler",)),
        *canaries.in_text(str(seen), PLANTED),
        *canaries.in_text("\n".join(titles), (*canaries.CANARIES, PASSWORD)),
    ]


def _mine(file: Path) -> bool:
    try:
        return file.stat().st_uid == os.getuid()
    except OSError:
        return False


def story(world: World) -> None:
    for verb in VERBS:
        result = world.run(*verb)
        assert result.code != 64, (verb, result.err)


@pytest.fixture
def planted(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> World:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    world.environ["OTA_DEBUG"] = "true"
    world.database = make_conninfo(world.database, password=PASSWORD)
    world.apply()
    stored = json.dumps({"api_key": STORED, "note": STORED})
    world.rows("UPDATE third_party_integrations SET credentials = credentials || %s::jsonb", stored)
    world.rows("UPDATE ota_rate_plans SET configuration = configuration || %s::jsonb", json.dumps({"internal": STORED}))
    for provider in ROOMS:
        guest = {"given": GUEST, "surname": GUEST, "comments": GUEST, "card": CARD}
        book(world, provider, arrival=world.night(3), departure=world.night(4), guest=guest)
    world.edit("properties/lisbon-baixa.yaml", "default: 120.00", "default: 125.00")
    return world


def cache(_: World) -> Path:
    return Path(os.environ["XDG_CACHE_HOME"])


def test_a_story_in_which_all_goes_well_leaves_no_secret(planted: World) -> None:
    story(planted)
    assert left_behind(planted, cache(planted)) == []
    assert planted.rows(
        "SELECT count(*) FROM third_party_integrations WHERE credentials::text LIKE %s", f"%{STORED}%"
    ) == [(2,)]


@pytest.mark.parametrize("status", [200, 401, 500])
@pytest.mark.parametrize("provider", sorted(ROOMS))
def test_a_provider_that_echoes_secrets_with_whatever_status_is_not_quoted(
    planted: World, provider: str, status: int
) -> None:
    header = canaries.CANARIES[2 if provider == "expedia" else 5]
    body = f"<error>{ECHOED} Authorization: Basic {header} password={canaries.CANARIES[1]} {GUEST} {CARD}</error>"
    planted.sandbox.admin.fault("status", {"provider": provider, "times": 0}, status=status, body=body)
    story(planted)
    assert left_behind(planted, cache(planted)) == []


def test_a_fault_of_the_program_quotes_nothing(planted: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(*_: Any) -> Any:
        raise ValueError(FAULT, ECHOED)

    monkeypatch.setattr(Expedia, "execute", faulty)
    monkeypatch.setattr(Expedia, "observe", faulty)
    story(planted)
    assert left_behind(planted, cache(planted)) == []


def test_a_database_that_quotes_rows_in_its_errors_is_not_quoted(planted: World) -> None:
    planted.rows(
        "CREATE FUNCTION quoting() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{STORED} %%', NEW USING DETAIL = '{STORED}', HINT = '{STORED}'; END $$"
    )
    for table in ("public.ota_rate_calendar", "reconciler.applied", "public.ota_config_alerts"):
        planted.rows(
            f"CREATE TRIGGER quoting BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION quoting()"
        )
    story(planted)
    assert left_behind(planted, cache(planted)) == []


def test_a_command_shows_no_secret_to_other_users_of_the_machine(planted: World) -> None:
    process = planted.process("plan", "--verbose")
    shown = ""
    while "plan" not in shown and process.poll() is None:
        shown = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode("utf-8", "replace")
    planted.printed += process.communicate(timeout=60)
    assert "plan" in shown
    assert canaries.in_text(shown, PLANTED) == []
    assert left_behind(planted, cache(planted)) == []


def test_a_canary_that_did_leave_would_be_found(planted: World) -> None:
    planted.run("close", "--property", "lisbon-baixa", "--room", "suite", "--reason", ECHOED)
    assert left_behind(planted, cache(planted))
