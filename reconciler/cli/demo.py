"""`demo`: the whole story on one machine, with the real commands, a real database and the local extranets.

Everything happens in a folder of its own; each command is shown as it would be typed, with what it really printed.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from reconciler.cli import extranets
from reconciler.cli.app import execute
from reconciler.cli.laying_out import init
from reconciler.load import workspace
from reconciler.sandbox.admin import Admin
from reconciler.sandbox.server import running
from reconciler.store.connect import connect, open_database
from reconciler.wiring import LOCAL_ACCOUNT

SLUG, EXPEDIA_ID, BOOKING_ID = "aveiro-canal", "20555001", "20666001"
ROOM, PLAN, ROOM_BOOKING, PLAN_BOOKING = "301001", "880101", "66600101", "77101"


@click.command(short_help="Run the whole story on this machine in a minute.")
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Work in DIR, and leave it there."
)
@click.option(
    "--group",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A workspace to plan and apply as well.",
)
def demo(keep: Path | None, group: Path | None) -> int:
    """Import a hotel that exists only at the extranets, plan, apply, plan again, change things by hand, find and mend the drift.

    Embedded database and local extranets; nothing outside this machine is touched.

    \b
    Examples:
      reconciler demo
      reconciler demo --keep /tmp/demo --group .
    """
    with (
        _folder(keep) as folder,
        running() as sandbox,
        _environment(sandbox.url),
        open_database("embedded", folder),  # stays up between the commands
    ):
        story = _Story(folder, sandbox.admin)
        story.set_up(group)
        story.tell()
        if group is not None:
            story.tell_group()
    return 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        if keep.exists() and any(keep.iterdir()):
            raise click.UsageError(f"{keep} is not empty")
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="reconciler-demo-") as name:
        yield Path(name)


@contextmanager
def _environment(sandbox: str) -> Iterator[None]:
    """With the demo's own extranets, and without what would lead its commands out of its folder."""
    left_out = ("DATABASE_URL", "RECONCILER_ENV", "OTA_TEST_MODE", "OTA_DEBUG", "CI")
    before = dict(os.environ)
    for name in left_out:
        os.environ.pop(name, None)
    os.environ["RECONCILER_SANDBOX"] = sandbox
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(slots=True)
class _Story:
    folder: Path
    admin: Admin

    def set_up(self, group: Path | None) -> None:
        """An empty workspace (or a copy of the group's), and a hotel that exists only at the extranets."""
        if group is None:
            init.callback(self.folder, host="none")  # type: ignore[misc]
        else:
            for name in ("reconciler.yaml", "properties", "schemas"):
                _copy(group / name, self.folder / name)
        for provider, hotel in _lone_hotel(datetime.now(UTC).date()).items():
            self.admin.load_hotel(provider, hotel)

    def tell(self) -> None:
        """One hotel, from import to mended drift."""
        self.say("A hotel that exists only at the extranets. Import it: the YAML below is what runs out there.")
        self.run(
            "import",
            "--property",
            SLUG,
            "--expedia",
            EXPEDIA_ID,
            "--booking.com",
            BOOKING_ID,
            "--timezone",
            "Europe/Lisbon",
        )
        click.echo(_head((self.folder / "properties" / f"{SLUG}.yaml").read_text("utf-8"), 40))
        self.say(
            "The hotel system's own rows (the demo plays it), and an override in the YAML as a revenue manager writes it."
        )
        self.run("db", "seed", "--property", SLUG)
        self.edit()
        self.run("plan", "--property", SLUG, "--out", "plan.json")
        self.say("Reviewed. Apply exactly that plan; a second plan is empty.")
        self.run("apply", "plan.json")
        self.run("plan", "--property", SLUG)
        self.say("Somebody changes a price in Expedia's extranet, and an allotment in the hotel's database, by hand.")
        self.by_hand()
        self.run("drift", "--property", SLUG)
        self.say("A plan puts it right.")
        self.run("apply", "--property", SLUG, "--auto-approve")
        self.run("drift", "--property", SLUG)
        self.run("runs")

    def tell_group(self) -> None:
        """The group's workspace as well: all its hotels planned, applied and found in order."""
        self.say("The example group: every hotel in properties/, set up at the extranets and not loaded yet.")
        loaded = workspace(self.folder, now=datetime.now(UTC), environment="development")
        extranets.set_up(self.admin, (hotel for hotel in loaded.properties if hotel.slug != SLUG))
        self.run("validate")
        self.run("db", "seed")
        self.run("plan", "--out", "group.json", "--quiet", "--json-into", "group-report.json")
        self.run("apply", "group.json")
        self.run("plan")
        self.run("status")

    def edit(self) -> None:
        """A night's price, by an override of the kind that a revenue manager writes."""
        file = self.folder / "properties" / f"{SLUG}.yaml"
        night = datetime.now(UTC).date() + timedelta(days=60)
        text = file.read_text("utf-8")
        override = f"{{nights: {night}..{night + timedelta(days=2)}, set: 175.00}}"
        changed = text.replace(
            "double-room: 120.00", f"double-room: {{default: 120.00, overrides: {{trade-fair: {override}}}}}", 1
        )
        if changed == text:
            raise click.ClickException("the imported price was not found; the demo cannot go on")
        file.write_text(changed, encoding="utf-8")
        click.echo(f"      trade-fair: {override}\n")

    def by_hand(self) -> None:
        """What people do out there."""
        day = datetime.now(UTC).date() + timedelta(days=10)
        nights = {"from": day.isoformat(), "until": (day + timedelta(days=2)).isoformat()}
        self.admin.change("expedia", EXPEDIA_ID, {"rate_plan": PLAN, **nights, "set": {"price": "99.00"}})
        with open_database("embedded", self.folder) as url, connect(url, autocommit=True) as connection:
            connection.execute(
                "UPDATE ota_inventory_allocation SET allocated_expedia = allocated_expedia + 1 WHERE date = %s", (day,)
            )

    def run(self, *arguments: str) -> None:
        """One command, as it would be typed, with what it prints. Stops the demo where it fails."""
        click.secho(f"$ reconciler {shlex.join(arguments)}", bold=sys.stdout.isatty())
        sys.stdout.flush()
        code = execute([*_placed(arguments, self.folder)])
        click.echo()
        if code not in (0, 2):
            raise click.ClickException(f"`reconciler {shlex.join(arguments)}` ended with exit code {code}")

    def say(self, text: str) -> None:
        """What happens next."""
        click.echo(f"--- {text}\n")


def _placed(arguments: Sequence[str], folder: Path) -> list[str]:
    """The same command, working in the demo's folder: file names are taken to be in it."""
    files_ = {"plan.json", "group.json", "group-report.json"}
    placed = [str(folder / argument) if argument in files_ else argument for argument in arguments]
    return [*placed, "--workspace", str(folder)]


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _head(text: str, lines: int) -> str:
    rows = text.splitlines()
    more = [f"… and {len(rows) - lines} more lines"] if len(rows) > lines else []
    return "\n".join(f"    {row}" for row in [*rows[:lines], *more]) + "\n"


def _lone_hotel(today: date) -> dict[str, dict[str, Any]]:
    year = {"from": today.isoformat(), "until": (today + timedelta(days=600)).isoformat()}
    common = {
        "name": "Aveiro Canal",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "accounts": [{"username": LOCAL_ACCOUNT, "password": LOCAL_ACCOUNT}],
    }
    bar = {"distributionRules": [{"partnerCode": "BAR", "distributionModel": "ExpediaCollect"}]}
    return {
        "expedia": {
            **common,
            "id": EXPEDIA_ID,
            "rooms": [{"id": ROOM, "name": "Double Room", "max_occupancy": 2, "left": [{**year, "value": 6}]}],
            "rate_plans": [
                {
                    "id": PLAN,
                    "room": ROOM,
                    "name": "Best Available Rate",
                    "facts": bar,
                    "price": [{**year, "value": "120.00"}],
                }
            ],
        },
        "booking.com": {
            **common,
            "id": BOOKING_ID,
            "rooms": [{"id": ROOM_BOOKING, "name": "Double Room", "max_occupancy": 2, "left": [{**year, "value": 4}]}],
            "rate_plans": [{"id": PLAN_BOOKING, "name": "Best Available Rate", "rooms": [ROOM_BOOKING]}],
        },
    }
