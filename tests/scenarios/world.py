"""A whole small world: a workspace in a folder, both extranets, a real database, and the command line over them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from reconciler.cli import extranets
from reconciler.cli.app import execute
from reconciler.load import workspace
from reconciler.sandbox.server import Running
from tests.scenarios import canaries

NOW = datetime(2031, 1, 13, 9, 0, tzinfo=UTC)
"""A Monday, far ahead of any clock. Scenarios happen then, by `--as-of` and by the sandbox's own clock."""

TODAY = NOW.date()
EXPEDIA, BOOKING = "16636843", "8011855"

SETTINGS = """
kind: Workspace
environments:
  development: {{database: embedded, endpoints: local, test_mode: true}}
  elsewhere: {{database: embedded, endpoints: local, test_mode: true}}
providers:
  expedia: {{endpoints: {{local: "{url}"}}}}
  booking.com: {{endpoints: {{local: "{url}"}}}}
transport: {{timeout: 20s, attempts: 3, delay: 0s, max_delay: 0s}}
credentials:
  expedia-group:
    provider: expedia
    sandbox: {{api_key: env:EXPEDIA_SANDBOX_API_KEY, api_secret: env:EXPEDIA_SANDBOX_API_SECRET}}
  booking-com-group:
    provider: booking.com
    sandbox: {{api_key: env:BOOKING_COM_SANDBOX_API_KEY, partner_id: env:BOOKING_COM_SANDBOX_PARTNER_ID}}
schedules:
  rate_sync: {{cron: "*/15 * * * *", providers: [expedia, booking.com]}}
{policies}
"""

HOTEL = """
kind: Property
id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11
name: Lisbon Baixa
country: PT
currency: EUR
timezone: Europe/Lisbon
weekend: [fri, sat]
horizon: 40
seasons: {carnival: {nights: 2031-02-05..2031-02-09}}
providers:
  expedia: {property_id: "16636843", ean_id: "402918", credentials: expedia-group}
  booking.com:
    hotel_id: "8011855"
    credentials: booking-com-group
    codes: {cancellation: {flex: "152", strict: "1"}, meals: {breakfast: "1"}}
cancellation_policies:
  flex: {type: flexible, deadline_hours: 24, penalty_percentage: 0, late_penalty: first_night}
  strict: {type: non_refundable, deadline_hours: 0, penalty_percentage: 100}
rooms:
  double: {id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, name: Double, units: 20, occupancy: {base: 2, max: 2}}
  suite: {id: 11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202, name: Suite, units: 6, occupancy: {base: 2, max: 2}}
mappings:
  expedia:
    rooms: {double: "30011", suite: "30012"}
    rate_plans: {BAR: {double: "880011A", suite: "880012A"}, NREF: {double: "880021A"}}
  booking.com:
    rooms: {double: "90100101", suite: "90100102"}
    rate_plans: {BAR: "77001", NREF: "77002"}
allocation:
  double: {default: {direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}
  suite: {default: {direct: 2, expedia: 2, booking.com: 2, overbooking: 0}}
rate_plans:
  BAR:
    name: Best Available Rate
    type: bar
    base: true
    cancellation: flex
    rates:
      double: {default: 120.00, days: {weekend: 140.00}}
      suite: {derive: {from: double, change: +90.00}}
    restrictions:
      default: {min_stay: 1}
      seasons: {carnival: {min_stay: 3}}
  NREF:
    name: Non-Refundable Rate
    type: non_refundable
    cancellation: strict
    derive: {from: BAR, change: -15%, round: {to: 1.00, mode: down}}
    rooms: [double]
"""


SMALL = HOTEL
for _beyond in (
    "  suite: {id: 11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202, name: Suite, units: 6, occupancy: {base: 2, max: 2}}\n",
    ', suite: "30012"',
    ', suite: "880012A"',
    ', suite: "90100102"',
    "  suite: {default: {direct: 2, expedia: 2, booking.com: 2, overbooking: 0}}\n",
    "      suite: {derive: {from: double, change: +90.00}}\n",
    ', NREF: {double: "880021A"}',
    ', NREF: "77002"',
    HOTEL[HOTEL.index("  NREF:\n") :],
):
    assert _beyond in SMALL
    SMALL = SMALL.replace(_beyond, "")
"""The same hotel with one room and one plan, where every step of a run is to be tried."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)


@dataclass(slots=True)
class World:
    """Everything a story needs."""

    folder: Path
    sandbox: Running
    database: str
    now: datetime = NOW
    environ: dict[str, str] = field(default_factory=dict)
    printed: list[str] = field(default_factory=list)
    """All that commands wrote to standard output and standard error."""

    @property
    def today(self) -> date:
        return self.now.date()

    def settings(self, policies: str = "") -> None:
        self.write("reconciler.yaml", SETTINGS.format(url=self.sandbox.url, policies=policies))

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
        return file

    def edit(self, name: str, old: str, new: str) -> None:
        file = self.folder / name
        text = file.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def hotel(self, text: str = HOTEL, slug: str = "lisbon-baixa") -> None:
        """Writes the property file."""
        self.write(f"properties/{slug}.yaml", text)

    def set_up_extranets(self) -> None:
        """What market managers would have set up: the hotels' rooms and plans, nothing loaded."""
        loaded = workspace(self.folder, now=self.now)
        assert not [d for d in loaded.diagnostics if d.severity == "error"], loaded.diagnostics
        extranets.set_up(self.sandbox.admin, loaded.properties, canaries.ACCOUNTS)

    def seed(self) -> None:
        assert self.run("db", "seed").code == 0

    def arguments(self, *arguments: str) -> list[str]:
        verb = arguments[0]
        dated = {"plan", "snapshot", "drift", "close", "open"} | (
            {"apply"} if len(arguments) == 1 or arguments[1].startswith("-") else set()
        )
        as_of = ["--as-of", self.now.isoformat()] if verb in dated and "--as-of" not in arguments else []
        placed = [str(self.folder / a) if a.endswith(".json") and "/" not in a else a for a in arguments]
        return [*placed, *as_of, "--workspace", str(self.folder)]

    def run(self, *arguments: str) -> Result:
        """One command, in this process."""
        out, err = io.StringIO(), io.StringIO()
        environ = {**self.environ, "DATABASE_URL": self.database}
        with _environ(environ), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = execute(self.arguments(*arguments))
        self.printed += [out.getvalue(), err.getvalue()]
        return Result(code, out.getvalue(), err.getvalue())

    def process(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """One command, as a process of its own through the real command line."""
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", *self.arguments(*arguments)],
            env={**os.environ, **self.environ, "DATABASE_URL": self.database, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *arguments: str, **environ: str) -> Result:
        """The same, waited for."""
        process = self.process(*arguments, **environ)
        out, err = process.communicate(timeout=120)
        self.printed += [out, err]
        return Result(process.returncode, out, err)

    def apply(self, *arguments: str) -> Result:
        result = self.run("apply", "--auto-approve", *arguments)
        assert result.code == 0, result.out + result.err
        return result

    def plan(self, *arguments: str) -> dict[str, Any]:
        """The plan as JSON; whatever its exit code."""
        result = self.run("plan", "--format", "json", *arguments)
        assert result.out, result.err
        found: dict[str, Any] = result.json
        return found

    def operations(self, *arguments: str) -> list[dict[str, Any]]:
        operations: list[dict[str, Any]] = self.plan(*arguments)["operations"]
        return operations

    def addresses(self, *arguments: str) -> list[str]:
        return [op["address"] for op in self.operations(*arguments)]

    def messages(self, provider: str, **filters: Any) -> list[dict[str, Any]]:
        """What changed something at a provider, in order, as its log has it."""
        reads = {"parr", "roomrates", "rates", "roomrateavailability", "token", "br"}
        return [
            entry
            for entry in self.sandbox.admin.log(provider=provider, **filters)
            if entry["operation"] not in reads and not (entry["operation"] == "product" and entry["method"] == "GET")
        ]

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def night(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()


@contextlib.contextmanager
def _environ(values: Mapping[str, str]) -> Any:
    before = dict(os.environ)
    for name in ("RECONCILER_ENV", "OTA_TEST_MODE", "OTA_DEBUG", "CI"):
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
