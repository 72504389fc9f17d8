"""`adopt`: what somebody changed out there becomes git's word; comments stay, and the plan is empty there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler.load import Loaded
from reconciler.model.address import parse
from reconciler.model.calendar import Calendar, constant
from reconciler.model.drift import Difference, Mover
from reconciler.model.state import Price, Provenance
from reconciler.runtime.adopting import adopt as adopt_into
from reconciler.runtime.drafting import Draft, draft
from reconciler.wiring import capabilities
from tests.load.writing import FILE, HEAD, NOW, ROOMS, write
from tests.scenarios.world import BOOKING, EXPEDIA, World

HOTEL = "properties/lisbon-baixa.yaml"


@pytest.fixture
def sold(world: World) -> World:
    """The hotel after its first apply, with comments in its file."""
    text = (world.folder / HOTEL).read_text(encoding="utf-8")
    text = text.replace("  NREF:\n    name", "  # Prepaid, asked for by the owners.\n  NREF:\n    name")
    (world.folder / HOTEL).write_text(
        text.replace("default: {min_stay: 1}", "default: {min_stay: 1}  # as ever"), encoding="utf-8"
    )
    world.apply()
    return world


def by_hand(world: World, *changes: dict[str, Any], provider: str = "expedia") -> None:
    world.sandbox.admin.change(provider, EXPEDIA if provider == "expedia" else BOOKING, *changes)


def adopt(world: World, *arguments: str) -> Any:
    return world.run("adopt", "--as-of", world.now.isoformat(), *arguments)


def left_at(world: World, target: str) -> list[str]:
    return [a for a in world.addresses() if a.startswith(f"lisbon-baixa/{target}/")]


def comments_stay(world: World) -> None:
    text = (world.folder / HOTEL).read_text(encoding="utf-8")
    assert "  # Prepaid, asked for by the owners.\n  NREF:\n" in text
    assert "{min_stay: 1}  # as ever" in text
    assert world.run("validate").code == 0


def test_a_price_that_was_changed_by_hand_becomes_gits(sold: World) -> None:
    by_hand(sold, {"rate_plan": "880011A", "from": sold.night(10), "until": sold.night(12), "set": {"price": "131.00"}})
    before = (sold.folder / HOTEL).read_text(encoding="utf-8")
    shown = adopt(sold, "--dry-run")
    assert shown.code == 0, shown.err
    assert (sold.folder / HOTEL).read_text(encoding="utf-8") == before
    assert "+" in shown.out and "adopted-2031-01-13" in shown.out
    done = adopt(sold)
    assert done.code == 0, done.err
    assert "adopted-2031-01-13" in (sold.folder / HOTEL).read_text(encoding="utf-8")
    assert "lisbon-baixa/expedia/rates/double/BAR" not in sold.addresses()
    assert "lisbon-baixa/booking.com/rates/double/BAR" in sold.addresses()
    comments_stay(sold)


def test_restrictions_units_and_closings_become_gits(sold: World) -> None:
    by_hand(
        sold,
        {"rate_plan": "880011A", "from": sold.night(10), "until": sold.night(12), "set": {"min_los": 4}},
        {"room": "30012", "from": sold.night(20), "until": sold.night(21), "set": {"closed": True}},
    )
    assert adopt(sold).code == 0
    # The plan that is made from this one takes its restrictions, and follows by a plan.
    assert left_at(sold, "expedia") == ["lisbon-baixa/expedia/restrictions/double/NREF"]
    comments_stay(sold)


def test_rows_of_the_hotels_database_become_gits(sold: World) -> None:
    sold.rows("UPDATE ota_rate_plans SET meal_plan = 'breakfast' WHERE rate_plan_id = 'BAR'")
    sold.rows("UPDATE third_party_integrations SET integration_name = 'Lisbon at Expedia' WHERE provider = 'expedia'")
    assert adopt(sold, "--target", "*/database/**").code == 0
    text = (sold.folder / HOTEL).read_text(encoding="utf-8")
    assert "meal_plan: breakfast" in text
    assert "Lisbon at Expedia" in text
    assert {address.split("/")[-1] for address in left_at(sold, "database")} == {"NREF"}
    comments_stay(sold)


def test_what_git_changed_itself_is_left_alone_and_named(sold: World) -> None:
    sold.edit(HOTEL, "default: 120.00", "default: 125.00")
    before = (sold.folder / HOTEL).read_text(encoding="utf-8")
    result = adopt(sold)
    assert result.code == 1
    assert "nobody changed it out there" in result.err
    assert (sold.folder / HOTEL).read_text(encoding="utf-8") == before


def test_what_would_bring_an_error_is_left_alone_and_the_rest_is_adopted(sold: World) -> None:
    by_hand(
        sold,
        {"rate_plan": "880011A", "from": sold.night(10), "until": sold.night(12), "set": {"price": "131.00"}},
        {"room": "30011", "from": sold.night(10), "until": sold.night(12), "set": {"left": 40}},
    )
    result = adopt(sold)
    assert result.code == 1
    assert "left alone: lisbon-baixa/expedia/availability/double: it would bring an error" in result.err
    assert "lisbon-baixa/expedia/rates/double/BAR" not in sold.addresses()


def test_without_drift_nothing_is_adopted(sold: World) -> None:
    result = adopt(sold)
    assert (result.code, result.out) == (0, "")
    assert "0 differences adopted in 0 files" in result.err


class Counted(Draft):
    """A draft that counts how often it was loaded."""

    loads = 0

    def load(self, only: Collection[str] = ()) -> Loaded:
        Counted.loads += 1
        return super().load(only)


def many(tmp_path: Path, *prices: str) -> tuple[Counted, list[Difference]]:
    """A hotel with a hundred rate plans that all have the first price, each changed by hand to one of the others on two nights."""
    first, *others = prices
    plans = "".join(f"  P{n}: {{type: bar, rates: {{double: {first}}}}}\n" for n in range(100))
    write(tmp_path, {FILE: f"{HEAD}{ROOMS}# Read me.\nrate_plans:\n{plans}"})
    found = draft(tmp_path, NOW, capabilities)
    start = NOW.date() + timedelta(days=9)

    def nights(price: str) -> Calendar[Price]:
        return constant(start, start + timedelta(days=2), Price(Decimal(price)))

    moved = [
        Difference(
            parse(f"lisbon/expedia/rates/double/P{n}"),
            Mover.THERE,
            nights(first),
            nights(first),
            nights(others[n % len(others)]),
            Provenance.READ_BACK,
        )
        for n in range(100)
    ]
    Counted.loads = 0
    return Counted(found.root, found.now, found.able, found.properties, found.texts), moved


def test_many_values_of_a_hotel_are_written_and_loaded_together(tmp_path: Path) -> None:
    files, moved = many(tmp_path, "100.00", "90.00", "95.00")
    found = adopt_into(files, moved, NOW.date())
    assert (len(found.addresses), found.left) == (100, ())
    assert Counted.loads == 2
    assert files.changed[FILE].count("adopted-") == 100
    assert "# Read me." in files.changed[FILE]


def test_of_many_values_only_the_wrong_one_is_left_alone(tmp_path: Path) -> None:
    files, moved = many(tmp_path, "100.00", *["90.00"] * 62, "0.00", *["90.00"] * 37)
    found = adopt_into(files, moved, NOW.date())
    ((address, why),) = found.left
    assert address.key[-1] == "P62" and "it would bring an error" in why
    assert len(found.addresses) == 99
    assert Counted.loads <= 20
