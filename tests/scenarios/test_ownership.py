"""`manage`, `suspend`: what git does not own is never changed, in plan, apply and drift alike; the narrowest word wins."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Any

import pytest

from reconciler.load.link_documents import ManageDoc
from tests.scenarios.world import BOOKING, EXPEDIA, World

HOTEL = "properties/lisbon-baixa.yaml"
KINDS = frozenset(ManageDoc.model_fields)
ODD = frozenset({"integration", "rate_plan", "rates", "allocation"})
TARGETS = ("database", "expedia", "booking.com")
_ROOM = ("left", "sold", "closed", "cancelled")
_TABLES = {
    "integration": "third_party_integrations",
    "mapping": "ota_property_mappings",
    "rate_plan": "ota_rate_plans",
    "allocation": "ota_inventory_allocation",
    "rates": "ota_rate_calendar",
    "restrictions": "ota_restriction_calendar",
}


def words(kinds: Collection[str], value: str) -> str:
    return "{" + ", ".join(f"{kind}: {value}" for kind in sorted(kinds)) + "}"


def manage(world: World, **by_level: str) -> None:
    """Writes `manage` at these levels: `property`, `database`, or the provider `expedia` or `booking`."""
    for level, said in by_level.items():
        old, new = {
            "property": ("horizon: 40\n", f"horizon: 40\nmanage: {said}\n"),
            "database": ("horizon: 40\n", f"horizon: 40\ntargets: {{database: {{manage: {said}}}}}\n"),
            "expedia": ('{property_id: "16636843",', f'{{property_id: "16636843", manage: {said},'),
            "booking": ('    hotel_id: "8011855"\n', f'    hotel_id: "8011855"\n    manage: {said}\n'),
        }[level]
        world.edit(HOTEL, old, new)


def change_everything(world: World) -> str:
    """Every kind differs at every target that has it. Answers the file, to start from again."""
    world.edit(HOTEL, "default: 120.00", "default: 125.00")
    world.edit(HOTEL, "carnival: {min_stay: 3}", "carnival: {min_stay: 4}")
    world.edit(HOTEL, "{direct: 5, expedia: 8, booking.com: 7,", "{direct: 7, expedia: 7, booking.com: 6,")
    world.edit(HOTEL, "name: Best Available Rate", "name: Best Rate")
    world.rows("UPDATE third_party_integrations SET integration_name = 'Theirs'")
    world.rows("UPDATE ota_property_mappings SET is_active = false")
    return (world.folder / HOTEL).read_text(encoding="utf-8")


def places(addresses: Collection[str]) -> set[tuple[str, str]]:
    """(target, kind) of the hotel's addresses."""
    return {(target, kind) for target, kind in (address.split("/")[1:3] for address in addresses) if kind != "schedule"}


def drifted(world: World) -> set[tuple[str, str]]:
    found = world.run("drift", "--format", "json").json
    return places([one["address"] for one in found["differences"]] + found["never_sent"])


def state(world: World) -> dict[tuple[str, str], Any]:
    """What is there, by (target, kind)."""
    found: dict[tuple[str, str], Any] = {}
    for provider, hotel_id in (("expedia", EXPEDIA), ("booking.com", BOOKING)):
        hotel = world.sandbox.admin.hotel(provider, hotel_id)
        sold = [*hotel["rate_plans"], *hotel.get("room_rates", [])]
        found[provider, "availability"] = [{n: room.get(n) for n in _ROOM} for room in hotel["rooms"]]
        found[provider, "rates"] = [plan.get("price") for plan in sold]
        found[provider, "restrictions"] = [
            {n: v for n, v in plan.items() if "los" in n or n.startswith("closed")} for plan in sold
        ]
        found[provider, "rate_plan"] = [(plan.get("name"), plan.get("active"), plan.get("facts")) for plan in sold]
    for kind, table in _TABLES.items():
        rows = world.rows(f"SELECT to_jsonb(t) - 'updated_at' - 'last_synced_at' FROM {table} AS t ORDER BY 1")
        found["database", kind] = rows
    return found


def test_what_git_does_not_own_is_in_no_plan_and_no_drift_at_any_level(world: World) -> None:
    world.apply()
    file = change_everything(world)
    everything = places(world.addresses())
    assert everything == {
        *(("database", kind) for kind in KINDS - {"availability"}),
        *((at, kind) for at in TARGETS[1:] for kind in ("rate_plan", "availability", "rates", "restrictions")),
    }
    levels = {
        "property": (TARGETS, {"property": "{}"}),
        "database": (TARGETS[:1], {}),
        "expedia": (TARGETS[1:2], {}),
        "booking": (TARGETS[2:], {}),
    }
    for (level, (targets, _)), kinds in itertools.product(levels.items(), (ODD, KINDS - ODD)):
        (world.folder / HOTEL).write_text(file, encoding="utf-8")
        manage(world, **{level: words(kinds, "false")})
        left = everything - set(itertools.product(targets, kinds))
        assert places(world.addresses()) == left, (level, kinds)
    (world.folder / HOTEL).write_text(file, encoding="utf-8")
    manage(world, property=words(KINDS, "false"), expedia=words(KINDS, "true"), database=words({"rates"}, "true"))
    left = {("database", "rates"), *(place for place in everything if place[0] == "expedia")}
    assert places(world.addresses()) == drifted(world) == left


@pytest.mark.parametrize("kinds", [ODD, KINDS - ODD], ids=["odd", "even"])
def test_an_apply_leaves_what_git_does_not_own_exactly_as_it_is(world: World, kinds: frozenset[str]) -> None:
    world.apply()
    change_everything(world)
    manage(world, property=words(kinds, "false"))
    before = state(world)
    world.apply()
    after = state(world)
    changed = {place for place in before if before[place] != after[place]}
    assert changed == {place for place in before if place[1] not in kinds}
    assert world.operations() == []


def test_create_only_makes_everything_once_and_never_changes_it(world: World) -> None:
    manage(world, property=words(KINDS, "create_only"))
    world.apply()
    assert world.operations() == []
    made = state(world)
    assert all(made[place] for place in made)
    assert made["expedia", "rates"] != [None] * len(made["expedia", "rates"])
    change_everything(world)
    night, until = world.night(10), world.night(12)
    world.sandbox.admin.change(
        "expedia",
        EXPEDIA,
        {"rate_plan": "880011A", "from": night, "until": until, "set": {"price": "131.00", "min_los": 4}},
        {"room": "30011", "from": night, "until": until, "set": {"left": 3}},
    )
    assert places(world.addresses()) == drifted(world) == set()
    assert places(world.addresses("--distrust", "**")) == set()
    theirs = state(world)
    world.apply()
    assert state(world) == theirs


def test_create_only_restrictions_are_made_where_a_plan_has_none(world: World) -> None:
    manage(world, property=words({"restrictions"}, "create_only"))
    world.apply()
    sold = {plan["id"]: plan for plan in world.sandbox.admin.hotel("expedia", EXPEDIA)["rate_plans"]}
    runs = [run for name, said in sold["880011"].items() if name.startswith("min_los") for run in said]
    assert {run["value"] for run in runs} == {3}
    world.edit(HOTEL, "carnival: {min_stay: 3}", "carnival: {min_stay: 4}")
    assert world.operations("--target", "*/expedia/**") == []


def test_create_only_restrictions_of_a_plan_without_any_are_nothing_to_do(world: World) -> None:
    manage(world, property=words({"restrictions"}, "create_only"))
    world.edit(HOTEL, "carnival: {min_stay: 3}", "carnival: {min_stay: 1}")
    world.apply()
    assert world.operations() == []


def test_restrictions_are_enforced_where_prices_are_not_gits(world: World) -> None:
    world.apply()
    manage(world, property=words({"rates"}, "false"))
    world.edit(HOTEL, "double: {default: 120.00, days: {weekend: 140.00}}", "double: {seasons: {carnival: 120.00}}")
    there = ("--target", "*/expedia/**")
    assert world.operations(*there) == []
    override = "{burst: {nights: 2031-01-20..2031-01-22, set: {closed: true}}}"
    world.edit(
        HOTEL, "      default: {min_stay: 1}\n", f"      default: {{min_stay: 1}}\n      overrides: {override}\n"
    )
    world.apply(*there)
    closed = world.sandbox.admin.hotel("expedia", EXPEDIA)["rate_plans"][0]["closed"]
    assert [(run["from"], run["until"]) for run in closed if run["value"]] == [("2031-01-20", "2031-01-23")]
    assert world.operations(*there) == []


@pytest.mark.parametrize("level", ["property", "provider"])
def test_while_suspended_nothing_is_changed_there_and_drift_still_tells(world: World, level: str) -> None:
    world.apply()
    change_everything(world)
    said = "suspend: {reason: Burst pipe, until: 2031-01-13T10:00}"
    old = "horizon: 40\n" if level == "property" else '    hotel_id: "8011855"\n'
    world.edit(HOTEL, old, f"{old}{said}\n" if level == "property" else f"{old}    {said}\n")
    held = set(TARGETS) if level == "property" else {"booking.com"}
    drift = world.run("drift")
    assert {target for target, _ in drifted(world)} == set(TARGETS)
    for text in (drift.out, world.run("plan").out):
        told = [line for line in text.splitlines() if "Burst pipe (until 2031-01-13 10:00)" in line]
        assert len(told) == len(held)
        assert "  ~ " not in text[: text.index("Burst pipe")]
    assert {target for target, _ in places(world.addresses())} == set(TARGETS) - held
    later = world.run("plan", "--format", "json", "--as-of", "2031-01-13T10:00:00+00:00").json
    assert {target for target, _ in places([op["address"] for op in later["operations"]])} == set(TARGETS)


def test_what_is_not_in_git_is_counted_in_one_line_and_named(world: World) -> None:
    world.edit(HOTEL, ', suite: "30012"}\n', "}\n")
    world.edit(HOTEL, ', suite: "880012A"}', "}")
    manage(world, booking=words({"rates", "restrictions"}, "false"))
    world.apply()
    world.rows("UPDATE ota_rate_plans SET rate_plan_id = 'OLD' WHERE rate_plan_id = 'NREF' AND provider = 'expedia'")
    counted, rows = "not in git: 1 room, 1 rate plan at Expedia", "not in git: 1 in ota_rate_plans (expedia/double/OLD)"
    kinds = "not git's: rates, restrictions at Booking.com"
    for verb in ("plan", "drift"):
        for form in ("text", "markdown"):
            lines = world.run(verb, "--format", form).out.replace("\\", "").splitlines()
            assert sum("left alone, not in git:" in line for line in lines) == 1
            (line,) = (line for line in lines if "left alone, not in git:" in line)
            assert counted.partition(": ")[2] in line and rows.partition(": ")[2] in line
            assert any(f"left alone, {kinds}" in line for line in lines)
            assert any("not mapped at expedia: rooms Suite" in line for line in lines)
            assert any("mapped 3 of 4 rooms, 5 of 6 rates" in line for line in lines)
        told = [one["message"] for one in world.run(verb, "--format", "json").json["findings"]]
        assert {counted, rows, kinds} <= set(told)
    stands = world.run("status")
    assert f"left alone, {counted}" in stands.out and f"left alone, {kinds}" in stands.out
    assert "not mapped at expedia: rooms Suite" in stands.out
    assert world.run("status", "--format", "json").json["properties"][0]["not_owned"] == [kinds, counted]
