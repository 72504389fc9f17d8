"""Every cell of the matrix of kinds and targets: planned alone, applied, found when changed by hand out there, put right.

What a provider lets nobody read is acknowledged instead: a change out there stays unseen until somebody distrusts what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.admin import AdminError
from tests.scenarios.world import BOOKING, EXPEDIA, World

FILE = "properties/lisbon-baixa.yaml"
BAR, NREF = ("double/BAR", "suite/BAR"), ("double/NREF",)


def at(*parts: str) -> str:
    return "/".join(("lisbon-baixa", *parts))


def everywhere(kind: str, *pairs: str, booking: bool = True) -> set[str]:
    """The addresses of one kind of some rooms and plans, at both providers and in the rows about them."""
    providers = ("expedia", "booking.com") if booking else ("expedia",)
    there = {at(provider, kind, pair) for provider in providers for pair in pairs}
    return there | {at("database", kind, provider, pair) for provider in ("expedia", "booking.com") for pair in pairs}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change in git, and all the addresses that it changes. `also`: a second place that is changed with it."""

    old: str
    new: str
    addresses: set[str]
    file: str = FILE
    also: tuple[str, str] = ("", "")


EDITS = {
    "integration": Edit('ean_id: "402918"', 'ean_id: "402919"', {at("database/integration/expedia")}),
    "schedule": Edit("*/15", "*/20", {"_workspace/database/schedule/rate_sync"}, "reconciler.yaml"),
    "mapping": Edit(
        "    type: non_refundable\n",
        "    type: non_refundable\n    base: true\n",
        {at("database/mapping/expedia/double"), at("database/mapping/booking.com/double")},
        also=("    base: true\n", ""),
    ),
    "rate_plan by name": Edit("name: Best Available Rate", "name: Best Rate", everywhere("rate_plan", *BAR)),
    "rate_plan by terms": Edit(
        "flex: {type: flexible, deadline_hours: 24",
        "flex: {type: flexible, deadline_hours: 48",
        everywhere("rate_plan", *BAR, booking=False),
    ),
    "rate_plan by code": Edit('flex: "152"', 'flex: "153"', {at("booking.com/rate_plan", pair) for pair in BAR}),
    "rate_plan by advance window": Edit(
        "    derive: {from: BAR,",
        "    restrictions: {min_advance_days: 3}\n    derive: {from: BAR,",
        everywhere("rate_plan", *NREF)
        | {at("database/restrictions/expedia/double/NREF"), at("database/restrictions/booking.com/double/NREF")},
    ),
    "allocation": Edit(
        "booking.com: 7, overbooking: 2", "booking.com: 7, overbooking: 1", {at("database/allocation/double")}
    ),
    "availability at expedia": Edit(
        "expedia: 8", "expedia: 6", {at("database/allocation/double"), at("expedia/availability/double")}
    ),
    "availability at booking.com": Edit(
        "booking.com: 7", "booking.com: 6", {at("database/allocation/double"), at("booking.com/availability/double")}
    ),
    "availability by closing": Edit(
        "name: Suite, units: 6,",
        "name: Suite, units: 6, closed: {overrides: {pipe: {nights: 2031-01-20..2031-01-22, set: true}}},",
        {at("expedia/availability/suite"), at("booking.com/availability/suite")},
    ),
    "rates": Edit(
        "seasons: {carnival: {min_stay: 3}}\n",
        "seasons: {carnival: {min_stay: 3}}\n    providers: {booking.com: {change: +3%}}\n",
        {at("booking.com/rates", pair) for pair in BAR}
        | {at("database/rates/booking.com", pair) for pair in BAR}
        | {at("database/rate_plan/booking.com", pair) for pair in BAR},
    ),
    "rates of some nights": Edit(
        "double: {default: 120.00, days: {weekend: 140.00}}",
        "double: {default: 120.00, days: {weekend: 140.00}, seasons: {carnival: 165.00}}",
        everywhere("rates", *BAR, *NREF),
    ),
    "restrictions": Edit(
        "carnival: {min_stay: 3}",
        "carnival: {min_stay: 4, closed_to_arrival: true}",
        everywhere("restrictions", *BAR, *NREF),
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_what_changes_in_git_is_all_that_a_plan_changes_and_is_then_in_force(world: World, edit: Edit) -> None:
    world.apply()
    world.edit(edit.file, *edit.also)
    world.edit(edit.file, edit.old, edit.new)
    assert set(world.addresses()) == edit.addresses
    world.apply()
    assert world.addresses() == []
    assert world.run("drift", "--detailed-exitcode").code == 0


# --- changes by hand


@dataclass(frozen=True, slots=True)
class Hand:
    """A change by hand at one address: how, and what drift must say of it, as part of the values on the first run of nights."""

    address: str
    change: Callable[[World], object]
    desired: dict[str, Any] | None
    observed: dict[str, Any] | None


def extranet(provider: str, **change: Any) -> Callable[[World], object]:
    """Somebody changes two nights (or what has no nights) in the extranet."""

    def carry_out(world: World) -> object:
        nights = {"from": world.night(3), "until": world.night(5)} if "set" in change else {}
        hotel = {"expedia": EXPEDIA, "booking.com": BOOKING}[provider]
        return world.sandbox.admin.change(provider, hotel, {**nights, **change})

    return carry_out


def sql(statement: str) -> Callable[[World], object]:
    """Another program changes rows."""
    return lambda world: world.rows(statement)


DOUBLE = "room_type_id = '7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201'"
TWO_NIGHTS = "nights && daterange('2031-01-16', '2031-01-18')"

HANDS = {
    "expedia rate_plan": Hand(
        at("expedia/rate_plan/double/BAR"),
        extranet("expedia", rate_plan="880011A", rename="Rate of the day"),
        {"name": "Best Available Rate"},
        {"name": "Rate of the day"},
    ),
    "expedia rate_plan switched off": Hand(
        at("expedia/rate_plan/double/NREF"),
        extranet("expedia", rate_plan="880021A", active=False),
        {"active": True},
        {"active": False},
    ),
    "expedia availability": Hand(
        at("expedia/availability/double"),
        extranet("expedia", room="30011", set={"left": 5}),
        {"allotment": 8, "closed": False},
        {"allotment": 5, "closed": False},
    ),
    "expedia availability closed": Hand(
        at("expedia/availability/suite"),
        extranet("expedia", room="30012", set={"closed": True}),
        {"allotment": 2, "closed": False},
        {"allotment": 2, "closed": True},
    ),
    "expedia rates": Hand(
        at("expedia/rates/suite/BAR"),
        extranet("expedia", rate_plan="880012A", set={"price": "199.00"}),
        {"price": "210.00"},
        {"price": "199.00"},
    ),
    "expedia restrictions": Hand(
        at("expedia/restrictions/double/BAR"),
        extranet("expedia", rate_plan="880011A", set={"closed_to_arrival": True}),
        {},
        {"closed_to_arrival": True},
    ),
    "expedia restrictions of stay": Hand(
        at("expedia/restrictions/double/NREF"),
        extranet("expedia", rate_plan="880021A", set={"min_los": 5}),
        {},
        {"min_stay": 5},
    ),
    "expedia restrictions closed": Hand(
        at("expedia/restrictions/double/BAR"),
        extranet("expedia", rate_plan="880011A", set={"closed": True}),
        {},
        {"closed": True},
    ),
    "booking.com rate_plan": Hand(
        at("booking.com/rate_plan/double/NREF"),
        extranet("booking.com", rate_plan="77002", rename="Saver"),
        {"name": "Non-Refundable Rate"},
        {"name": "Saver"},
    ),
    "booking.com availability": Hand(
        at("booking.com/availability/double"),
        extranet("booking.com", room="90100101", set={"left": 9}),
        {"allotment": 7, "closed": False},
        {"allotment": 9, "closed": False},
    ),
    "booking.com availability closed": Hand(
        at("booking.com/availability/suite"),
        extranet("booking.com", room="90100102", set={"closed": True}),
        {"allotment": 2, "closed": False},
        {"allotment": 2, "closed": True},
    ),
    "booking.com restrictions closed": Hand(
        at("booking.com/restrictions/double/BAR"),
        extranet("booking.com", room="90100101", rate_plan="77001", set={"closed": True}),
        {},
        {"closed": True},
    ),
    "database integration": Hand(
        at("database/integration/expedia"),
        sql(
            "UPDATE third_party_integrations SET configuration = jsonb_set(configuration, '{ean_id}', '\"1\"') "
            "WHERE provider = 'expedia'"
        ),
        {"configuration": {"test_mode": True, "property_id": EXPEDIA, "ean_id": "402918"}},
        {"configuration": {"test_mode": True, "property_id": EXPEDIA, "ean_id": "1"}},
    ),
    "database schedule": Hand(
        "_workspace/database/schedule/rate_sync",
        sql("UPDATE ota_sync_schedules SET is_enabled = false"),
        {"is_enabled": True},
        {"is_enabled": False},
    ),
    "database mapping": Hand(
        at("database/mapping/expedia/suite"),
        sql("UPDATE ota_property_mappings SET external_room_id = '30019' WHERE external_room_id = '30012'"),
        {"external_room_id": "30012"},
        {"external_room_id": "30019"},
    ),
    "database mapping deleted": Hand(
        at("database/mapping/booking.com/suite"),
        sql("DELETE FROM ota_property_mappings WHERE external_room_id = '90100102'"),
        {"external_room_id": "90100102"},
        None,
    ),
    "database rate_plan": Hand(
        at("database/rate_plan/booking.com/double/NREF"),
        sql("UPDATE ota_rate_plans SET base_rate = 90 WHERE rate_plan_id = 'NREF' AND provider = 'booking.com'"),
        {"base_rate": "102.00"},
        {"base_rate": "90.00"},
    ),
    "database allocation": Hand(
        at("database/allocation/double"),
        sql(
            "UPDATE ota_inventory_allocation SET allocated_direct = 0, allocated_expedia = 13 "
            f"WHERE {DOUBLE} AND date >= '2031-01-16' AND date < '2031-01-18'"
        ),
        {"units": 20, "direct": 5, "expedia": 8, "booking.com": 7, "overbooking": 2},
        {"units": 20, "direct": 0, "expedia": 13, "booking.com": 7, "overbooking": 2},
    ),
    "database allocation deleted": Hand(
        at("database/allocation/double"),
        sql(f"DELETE FROM ota_inventory_allocation WHERE {DOUBLE} AND date = '2031-01-16'"),
        {"units": 20, "direct": 5, "expedia": 8, "booking.com": 7, "overbooking": 2},
        None,
    ),
    "database rates": Hand(
        at("database/rates/expedia/double/BAR"),
        sql(
            f"UPDATE ota_rate_calendar SET price = 1 WHERE {DOUBLE} AND provider = 'expedia' AND rate_plan_id = 'BAR' AND {TWO_NIGHTS}"
        ),
        {"price": "120.00"},
        {"price": "1.00"},
    ),
    "database restrictions": Hand(
        at("database/restrictions/booking.com/double/BAR"),
        sql(
            "UPDATE ota_restriction_calendar SET closed = true "
            f"WHERE {DOUBLE} AND provider = 'booking.com' AND rate_plan_id = 'BAR' AND {TWO_NIGHTS}"
        ),
        {},
        {"closed": True},
    ),
}

TABLES = (
    "third_party_integrations",
    "ota_property_mappings",
    "ota_rate_plans",
    "ota_inventory_allocation",
    "ota_sync_schedules",
    "ota_rate_calendar",
    "ota_restriction_calendar",
)
TOUCHED = ("id", "created_at", "updated_at", "last_synced_at", "last_sync_at", "status")
"""Columns that runs write beside the value."""


NO_RESTRICTION = {
    "min_los": 1,
    "max_los": 28,
    "closed": False,
    "closed_to_arrival": False,
    "closed_to_departure": False,
}
"""What Expedia says of a night of which it was never told anything."""


UNRESTRICTED = {"closed": False, "closed_to_arrival": False, "closed_to_departure": False, "min_los": 1, "max_los": 28}
"""At Expedia a night of which nothing was ever said has no restriction, the same as one that was told so."""


def out_there(world: World) -> dict[str, Any]:
    """Everything that the extranets and the hotel's tables hold, without when it was written."""
    held: dict[str, Any] = {
        "expedia": world.sandbox.admin.hotel("expedia", EXPEDIA),
        "booking.com": world.sandbox.admin.hotel("booking.com", BOOKING),
    }
    for plan in held["expedia"]["rate_plans"]:
        plan["facts"].pop("lastUpdateDateTime", None)
        for name, nothing in UNRESTRICTED.items():
            plan[name] = [run for run in plan.get(name, []) if run["value"] != nothing]
        for name, free in NO_RESTRICTION.items():
            plan[name] = [run for run in plan.get(name, []) if run["value"] != free]
    for table in TABLES:
        rows = [row[0] for row in world.rows(f"SELECT to_jsonb(t) FROM {table} t")]
        held[table] = sorted(({k: v for k, v in row.items() if k not in TOUCHED} for row in rows), key=str)
    return held


def first(value: Any) -> Any:
    """A document, or the value of a calendar's first run."""
    return value[0]["value"] if isinstance(value, list) else value


def holds(whole: Any, part: dict[str, Any] | None) -> bool:
    if part is None or not part:
        return bool(first(whole) == part)
    found = first(whole)
    return isinstance(found, dict) and all(found.get(name) == value for name, value in part.items())


@pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
def test_a_change_by_hand_is_drift_with_both_values_and_a_plan_puts_it_right(world: World, hand: Hand) -> None:
    world.apply()
    before = out_there(world)
    hand.change(world)
    assert out_there(world) != before
    result = world.run("drift", "--format", "json", "--detailed-exitcode")
    assert result.code == 2, result.err
    (difference,) = [found for found in result.json["differences"] if found["address"] == hand.address]
    assert difference["mover"] == "there"
    assert holds(difference["observed"], hand.observed), difference
    assert holds(difference["desired"], hand.desired), difference
    assert holds(difference["applied"], hand.desired), difference
    also = {found["address"] for found in result.json["differences"]}
    assert also <= {hand.address} | SAME_THERE.get(hand.address, set())
    assert set(world.addresses()) == also
    world.apply()
    assert world.addresses() == []
    assert out_there(world) == before


SAME_THERE = {at("booking.com/rate_plan/double/NREF"): set[str]()}
"""Addresses that one thing out there stands for beside the one named."""


# --- acknowledged


@dataclass(frozen=True, slots=True)
class Unseen:
    """A change out there that nobody can read, and the addresses to distrust."""

    change: Callable[[World], object]
    glob: str
    addresses: set[str]


UNSEEN = {
    "rates": Unseen(
        extranet("booking.com", room="90100101", rate_plan="77001", set={"price": "1.00"}),
        "*/booking.com/rates/**",
        {at("booking.com/rates", pair) for pair in (*BAR, *NREF)},
    ),
    "restrictions": Unseen(
        extranet("booking.com", room="90100101", rate_plan="77001", set={"closed_to_arrival": True}),
        "*/booking.com/restrictions/double/BAR",
        {at("booking.com/restrictions/double/BAR")},
    ),
    "rate_plan": Unseen(
        extranet("booking.com", room="90100101", rate_plan="77001", facts={"policy_id": "7", "min_advance": "P9D"}),
        "*/booking.com/rate_plan/*/BAR",
        {at("booking.com/rate_plan", pair) for pair in BAR},
    ),
}


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_can_read_stands_as_acknowledged_until_it_is_distrusted(world: World, unseen: Unseen) -> None:
    world.apply()
    before = out_there(world)
    unseen.change(world)
    assert out_there(world) != before
    assert world.addresses() == []
    assert world.run("drift", "--detailed-exitcode").code == 0
    world.sandbox.admin.clear_log()
    assert set(world.addresses("--distrust", unseen.glob)) == unseen.addresses
    world.apply("--distrust", unseen.glob)
    assert world.messages("expedia") == []
    assert world.messages("booking.com")
    assert out_there(world) == before
    assert world.addresses() == []


@pytest.mark.parametrize("kind", ["rates", "restrictions"])
def test_a_value_that_was_never_sent_is_unknown_and_not_drift(world: World, kind: str) -> None:
    world.apply("--target", "*/expedia/**", "--target", "*/database/**")
    report = world.run("drift", "--format", "json", "--target", f"*/booking.com/{kind}/**").json
    assert report["differences"] == []
    assert set(report["never_sent"]) == {at("booking.com", kind, pair) for pair in (*BAR, *NREF)}
    assert "first send" in world.run("plan", "--target", f"*/booking.com/{kind}/**").out


# --- mappings at the providers: looked at, never changed


@pytest.mark.parametrize(("provider", "hotel_id"), [("expedia", EXPEDIA), ("booking.com", BOOKING)])
def test_a_room_that_is_mapped_and_not_there_is_an_error_by_name(world: World, provider: str, hotel_id: str) -> None:
    world.apply()
    old, new = {
        "expedia": ('suite: "30012"', 'suite: "30013"'),
        "booking.com": ('suite: "90100102"', 'suite: "90100103"'),
    }[provider]
    world.edit(FILE, old, new)
    planned = world.run("plan", "--format", "json")
    assert planned.code == 1
    (finding,) = [f for f in planned.json["findings"] if f["code"] == "mapped-but-missing"]
    assert finding["address"] == at(provider, "mapping/suite")
    assert not [op for op in planned.json["operations"] if op["address"].startswith(at(provider))]
    assert world.sandbox.admin.hotel(provider, hotel_id)


def test_coverage_names_what_exists_there_and_is_not_mapped(world: World) -> None:
    hotel = world.sandbox.admin.hotel("expedia", EXPEDIA)
    hotel["rooms"].append({"id": "30099", "name": "Penthouse"})
    world.sandbox.admin.load_hotel("expedia", hotel)
    (covered,) = [entry for entry in world.plan()["coverage"] if entry["provider"] == "expedia"]
    assert (covered["rooms"], covered["rooms_mapped"]) == (3, 2)
    assert covered["unmapped_rooms"] == ["Penthouse (30099)"]


# --- a target that is of no concern is left alone


def test_a_plan_of_the_database_alone_asks_no_provider(world: World) -> None:
    world.sandbox.admin.clear_log()
    addresses = world.addresses("--target", "*/database/**")
    assert addresses
    assert {address.split("/")[1] for address in addresses} == {"database"}
    assert world.sandbox.admin.log() == []


def test_a_provider_where_git_owns_nothing_is_not_asked(world: World) -> None:
    nothing = "{mapping: false, rate_plan: false, rates: false, restrictions: false, availability: false}"
    world.edit(FILE, 'ean_id: "402918",', f'ean_id: "402918", manage: {nothing},')
    world.sandbox.admin.clear_log()
    assert {address.split("/")[1] for address in world.addresses()} == {"booking.com", "database"}
    assert world.sandbox.admin.log(provider="expedia") == []


def test_a_hotel_that_is_connected_and_maps_nothing_yet_is_planned(world: World) -> None:
    text = (world.folder / FILE).read_text("utf-8")
    world.write(FILE, re.sub(r"mappings:\n(  .*\n)+", "", text))
    assert {address.split("/")[1] for address in world.addresses()} == {"database"}
    world.apply()
    assert world.addresses() == []


# --- import


@pytest.fixture
def fresh(world: World, bare_database: str, tmp_path: Path) -> World:
    """Another workspace without files and another database, over the same extranets after an apply."""
    world.apply()
    other = World(tmp_path / "fresh", world.sandbox, bare_database)
    other.settings()
    assert other.run("db", "migrate").code == 0
    return other


def _import(world: World, *providers: str) -> str:
    ids = {"--expedia": EXPEDIA, "--booking.com": BOOKING}
    asked = [argument for provider in providers for argument in (f"--{provider}", ids[f"--{provider}"])]
    place = ("--timezone", "Europe/Lisbon", "--currency", "EUR", "--country", "PT", "--as-of", world.now.isoformat())
    result = world.run("import", "--property", "lisbon-baixa", *asked, *place)
    assert result.code == 0, result.out + result.err
    return (world.folder / FILE).read_text("utf-8")


@pytest.mark.parametrize("providers", [("expedia",), ("booking.com",), ("expedia", "booking.com")], ids="+".join)
def test_after_import_the_plan_is_empty_where_it_was_imported_from(fresh: World, providers: tuple[str, ...]) -> None:
    text = _import(fresh, *providers)
    if "booking.com" in providers:
        assert "rates, restrictions: cannot be read there" in text
    else:
        assert "manage" not in text
    assert fresh.run("db", "seed").code == 0
    assert {address.split("/")[1] for address in fresh.addresses()} == {"database"}
    fresh.sandbox.admin.clear_log()
    fresh.apply()
    assert fresh.messages("expedia") == fresh.messages("booking.com") == []
    assert fresh.addresses() == []
    assert fresh.run("drift", "--detailed-exitcode").code == 0


def test_what_import_left_unmanaged_shows_its_first_send_once_it_is_switched_on(fresh: World) -> None:
    text = _import(fresh, "expedia", "booking.com")
    assert fresh.run("db", "seed").code == 0
    fresh.apply()
    fresh.write(FILE, re.sub(r"(rates|restrictions): false", r"\1: true", text))
    planned = fresh.operations()
    assert {op["address"].split("/")[1] for op in planned} == {"booking.com"}
    assert {op["address"].split("/")[2] for op in planned} == {"rates", "restrictions"}
    fresh.apply()
    assert fresh.addresses() == []


@pytest.mark.parametrize("clock", ["2031-01-13T02:00:00+00:00", "2031-01-13T22:00:00+00:00"])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_import_begins_with_the_propertys_own_today(world: World, bare_database: str, clock: str, zone: str) -> None:
    world.now = datetime.fromisoformat(clock)
    world.sandbox.admin.clock(frozen_at=clock)
    world.edit(FILE, "timezone: Europe/Lisbon", f"timezone: {zone}")
    world.apply()
    (world.folder / FILE).unlink()
    other = World(world.folder, world.sandbox, bare_database, now=world.now)
    assert other.run("db", "migrate").code == 0
    asked = ("--property", "lisbon-baixa", "--expedia", EXPEDIA, "--timezone", zone, "--country", "PT")
    imported = other.run("import", *asked, "--as-of", clock)
    assert imported.code == 0, imported.err
    assert "unmanaged" not in imported.out
    assert other.addresses("--target", "*/expedia/**") == []


def test_import_of_a_hotel_that_is_not_there_writes_nothing(fresh: World) -> None:
    result = fresh.run("import", "--property", "nowhere", "--expedia", "424242", "--as-of", fresh.now.isoformat())
    assert result.code == 1
    assert not (fresh.folder / "properties" / "nowhere.yaml").exists()
    with pytest.raises(AdminError):
        fresh.sandbox.admin.hotel("expedia", "424242")
