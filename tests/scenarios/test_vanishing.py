"""What vanishes from the files is left alone: nothing is deleted, closed or switched off anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.scenarios.world import BOOKING, EXPEDIA, World

HOTEL = "properties/lisbon-baixa.yaml"


@pytest.fixture
def sold(world: World) -> World:
    world.apply()
    return world


def without(world: World, *paths: str) -> None:
    """The file without what is written at these paths (keys with / between them)."""
    file = world.folder / HOTEL
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    data: Any = yaml.load(file)
    for path in paths:
        *above, last = path.split("/")
        found = data
        for key in above:
            found = found[key]
        del found[last]
    with file.open("w", encoding="utf-8") as stream:
        yaml.dump(data, stream)


def everything(world: World) -> Any:
    hotels = [world.sandbox.admin.hotel("expedia", EXPEDIA), world.sandbox.admin.hotel("booking.com", BOOKING)]
    tables = (
        "third_party_integrations", "ota_property_mappings", "ota_rate_plans", "ota_inventory_allocation",
        "ota_rate_calendar", "ota_restriction_calendar",
    )  # fmt: skip
    rows = [
        world.rows(f"SELECT to_jsonb(t) - 'updated_at' - 'last_synced_at' FROM {name} AS t ORDER BY 1")
        for name in tables
    ]
    return hotels, rows


@pytest.mark.parametrize(
    "paths",
    [
        ["rate_plans/NREF", "mappings/expedia/rate_plans/NREF", "mappings/booking.com/rate_plans/NREF"],
        ["mappings/expedia/rate_plans/NREF", "mappings/booking.com/rate_plans/NREF"],
        ["providers/expedia", "mappings/expedia"],
        ["mappings"],
        ["allocation/suite"],
        ["allocation"],
        [
            "rooms/suite", "allocation/suite", "rate_plans/BAR/rates/suite", "mappings/expedia/rooms/suite",
            "mappings/booking.com/rooms/suite", "mappings/expedia/rate_plans/BAR/suite",
        ],
        ["providers", "mappings"],
    ],
    ids=lambda paths: paths[0],
)  # fmt: skip
def test_an_entry_that_vanishes_changes_nothing_out_there(sold: World, paths: list[str]) -> None:
    before = everything(sold)
    without(sold, *paths)
    assert sold.operations() == []
    assert sold.run("apply", "--auto-approve").code == 0
    assert everything(sold) == before


def test_when_all_plans_vanish_only_the_rooms_rows_name_none_of_them_any_more(sold: World) -> None:
    """A room's mapping row has the id of its base plan, or none where it has no such plan."""
    without(sold, "rate_plans", "mappings/expedia/rate_plans", "mappings/booking.com/rate_plans")
    found = sold.operations()
    assert {op["address"].split("/")[2] for op in found} == {"mapping"}
    assert {op["action"] for op in found} == {"update"}
    assert all(
        {k for k in op["after"] if op["before"][k] != op["after"][k]} == {"external_rate_plan_id"} for op in found
    )


def test_an_empty_file_stops_the_plan_and_changes_nothing(sold: World) -> None:
    before = everything(sold)
    (sold.folder / HOTEL).write_text("", encoding="utf-8")
    assert sold.run("plan").code == 1
    assert sold.run("apply", "--auto-approve").code == 1
    assert everything(sold) == before


def test_a_workspace_without_properties_changes_nothing(sold: World) -> None:
    before = everything(sold)
    (sold.folder / HOTEL).unlink()
    assert sold.operations() == []
    assert sold.run("apply", "--auto-approve").code == 0
    assert everything(sold) == before


def test_a_season_that_vanishes_is_an_error_where_it_is_used(sold: World) -> None:
    without(sold, "seasons")
    assert sold.run("plan").code == 1
