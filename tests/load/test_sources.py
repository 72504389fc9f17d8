"""Every address that git wants something at has a place in the files, and it is the one that a reader would look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from reconciler.load import workspace
from reconciler.load.sources import sources
from reconciler.model.address import parse
from tests.scenarios.world import HOTEL

SETTINGS = """kind: Workspace
schedules:
  rate_sync: {cron: "*/15 * * * *", providers: [expedia]}
"""


def test_each_kind_is_found_where_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "properties").mkdir()
    (tmp_path / "reconciler.yaml").write_text(SETTINGS, "utf-8")
    text = HOTEL.lstrip()
    (tmp_path / "properties/lisbon-baixa.yaml").write_text(text, "utf-8")
    loaded = workspace(tmp_path, now=datetime(2031, 1, 13, tzinfo=UTC))
    wanted = {
        "expedia/rates/double/BAR": "      double: {default: 120.00",
        "database/rates/booking.com/suite/BAR": "      suite: {derive: {from: double",
        "expedia/rates/double/NREF": "    derive: {from: BAR",
        "booking.com/restrictions/double/BAR": "      default: {min_stay: 1}",
        "booking.com/restrictions/double/NREF": "    derive: {from: BAR",
        "expedia/availability/suite": "  suite: {default: {direct: 2",
        "database/allocation/double": "  double: {default: {direct: 5",
        "database/rate_plan/expedia/double/NREF": "    name: Non-Refundable Rate",
        "database/mapping/expedia/suite": '    rooms: {double: "30011"',
        "database/integration/expedia": '  expedia: {property_id: "16636843"',
    }
    addresses = {parse(f"lisbon-baixa/{where}"): line for where, line in wanted.items()}
    found = sources(loaded, [*addresses, parse("_workspace/database/schedule/rate_sync")])
    lines = text.splitlines()
    for address, beginning in addresses.items():
        file, _, number = found[address].partition(":")
        assert file == "properties/lisbon-baixa.yaml"
        assert lines[int(number) - 1].startswith(beginning), (address, number)
    assert found[parse("_workspace/database/schedule/rate_sync")] == "reconciler.yaml:3"
