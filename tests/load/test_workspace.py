"""`reconciler.yaml`: defaults, what is merged over what, which files an environment chooses."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from reconciler import load
from reconciler.model.diagnostics import Severity
from reconciler.model.policies import RateParity, RateStep
from reconciler.model.workspace import Environment, Moving, Schedule, Transport
from tests.load.writing import HEAD, NOW, WORKSPACE, loaded, write


def test_a_workspace_of_which_nothing_is_written_is_for_development(tmp_path: Path) -> None:
    workspace = loaded(tmp_path, {"reconciler.yaml": WORKSPACE}).workspace
    assert workspace.environments == {"development": Environment("development")}
    assert workspace.providers["expedia"].transport == Transport(timeout=65.0)
    assert workspace.providers["booking.com"].transport == Transport()
    assert workspace.providers["booking.com"].auth == "token"
    assert workspace.events["rate_updated"] == {"level": "medium", "retries": 3, "delay": "5s", "timeout": "10s"}
    assert (workspace.plan_ttl, workspace.schedules, workspace.policies) == (timedelta(days=7), {}, {})


FULL = """\
kind: Workspace
plan_ttl: 2d
transport: {timeout: 10s, attempts: 3}
providers:
  expedia: {requests_per_minute: 60, transport: {timeout: 500ms}, endpoints: {local: "http://127.0.0.1:8790/"},
    allotment: {deadline: 30s, move: close}}
  booking.com: {booked_includes_cancelled: true, auth: basic}
environments:
  production: {database: env:DATABASE_URL, endpoints: production, test_mode: false, sync: {enabled: true, interval: 300s}}
  staging: {properties: ["_test/**", "!_test/old"]}
credentials:
  group: {provider: booking.com, rotate_every: 30d, production: {api_key: env:A, partner_id: file:/run/b}}
schedules: {rate_sync: {cron: "*/15 * * * *", providers: [expedia], timezone: Europe/Lisbon}}
events: {enabled: false, booking_created: {retries: 9}}
policies: {rate_step: {percent: 12.5, severity: warning}, rate_parity: {within: 2%}}
"""


def test_what_is_written_goes_over_the_defaults(tmp_path: Path) -> None:
    found = loaded(tmp_path, {"reconciler.yaml": FULL})
    assert found.diagnostics == ()
    workspace = found.workspace
    expedia, booking = workspace.providers["expedia"], workspace.providers["booking.com"]
    assert expedia.transport == Transport(timeout=0.5, attempts=3, requests_per_minute=60)
    assert (expedia.endpoints, expedia.allotment) == ({"local": "http://127.0.0.1:8790"}, Moving(30.0, 60.0, "close"))
    assert (booking.transport.timeout, booking.booked_includes_cancelled) == (10.0, True)
    assert (booking.auth, expedia.auth) == ("basic", "token")
    production = workspace.environments["production"]
    assert (production.require_commit, production.credential_set, production.sync_enabled) == (True, "production", True)
    assert workspace.credentials["group"].sets == {"production": {"api_key": "env:A", "partner_id": "file:/run/b"}}
    assert workspace.schedules["rate_sync"] == Schedule(
        "rate_sync", "*/15 * * * *", ("expedia",), timezone="Europe/Lisbon"
    )
    assert workspace.events["booking_created"] == {"level": "critical", "retries": 9, "delay": "1s", "timeout": "30s"}
    assert workspace.policies == {
        "rate_step": RateStep(percent=Decimal("12.5"), severity=Severity.WARNING),
        "rate_parity": RateParity(within=Decimal(2)),
    }
    assert workspace.plan_ttl == timedelta(days=2)


def test_only_bookingcom_has_a_choice_of_who_asks(tmp_path: Path) -> None:
    found = loaded(tmp_path, {"reconciler.yaml": WORKSPACE + "providers: {expedia: {auth: basic}}\n"})
    assert [diagnostic.code for diagnostic in found.diagnostics] == ["unknown-key"]


def test_an_environment_chooses_its_files_and_the_last_glob_that_fits_wins(tmp_path: Path) -> None:
    names = ["lisbon", "_test/new", "_test/old"]
    files = {f"properties/{name}.yaml": HEAD.replace("0b9f", f"{i}b9f") for i, name in enumerate(names)}
    root = write(tmp_path, {**files, "reconciler.yaml": FULL})
    chosen = {
        name: [here.slug for here in load.workspace(root, now=NOW, environment=name).properties]
        for name in ("production", "staging", None)
    }
    assert chosen == {"production": ["lisbon", "new", "old"], "staging": ["new"], None: ["lisbon", "new", "old"]}
    assert [here.slug for here in load.workspace(root, now=NOW, only=["l*"]).properties] == ["lisbon"]


def test_a_file_that_is_out_of_scope_is_not_read(tmp_path: Path) -> None:
    files = {"properties/_test/new.yaml": HEAD, "properties/broken.yaml": "{", "reconciler.yaml": FULL}
    found = loaded(tmp_path, files, environment="staging")
    assert found.diagnostics == ()
    assert "properties/broken.yaml" not in found.files
