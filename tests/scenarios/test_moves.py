"""Renamed rooms and plans: what is known, and the hotel's rows, follow; nothing is made anew, deleted or sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.world import World

HOTEL = "properties/lisbon-baixa.yaml"
PLANS = "SELECT provider, rate_plan_id, rate_plan_name, configuration ->> 'note' FROM ota_rate_plans ORDER BY 1, 2, room_type_id"


@pytest.fixture
def sold(world: World) -> World:
    """The hotel after its first apply; another program wrote a note into its rows."""
    world.apply()
    world.rows("UPDATE ota_rate_plans SET configuration = configuration || jsonb_build_object('note', rate_plan_id)")
    return world


def rename_plan(world: World, old: str, new: str) -> None:
    """In the file, everywhere; and `moved` at the plan."""
    file = world.folder / HOTEL
    lines = []
    for line in file.read_text(encoding="utf-8").splitlines():
        line = line.replace(f"{old}:", f"{new}:").replace(f"from: {old}", f"from: {new}")
        lines.append(line)
        if line == f"  {new}:":
            lines.append(f"    moved: {{from: {old}}}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def changes(world: World) -> dict[str, tuple[Any, Any]]:
    return {op["address"].removeprefix("lisbon-baixa/"): (op["before"], op["after"]) for op in world.operations()}


def sent(world: World) -> int:
    return len(world.messages("expedia")) + len(world.messages("booking.com"))


def ids(world: World) -> list[Any]:
    return world.rows("SELECT id FROM ota_rate_plans ORDER BY 1")


def test_a_renamed_plan_keeps_its_rows_and_all_that_is_known_of_it(sold: World) -> None:
    rows, messages = ids(sold), sent(sold)
    rename_plan(sold, "NREF", "SAVER")
    found = changes(sold)
    assert set(found) == {"database/rate_plan/booking.com/double/SAVER", "database/rate_plan/expedia/double/SAVER"}
    before, after = found["database/rate_plan/expedia/double/SAVER"]
    assert (before["rate_plan_id"], after["rate_plan_id"]) == ("NREF", "SAVER")
    assert sold.run("drift", "--detailed-exitcode", "--format", "json").json["differences"] != []
    sold.apply()
    assert changes(sold) == {}
    assert sold.run("drift", "--detailed-exitcode").code == 0
    assert (ids(sold), sent(sold)) == (rows, messages)
    assert ("expedia", "SAVER", "Non-Refundable Rate", "NREF") in sold.rows(PLANS)
    assert {row[0] for row in sold.rows("SELECT DISTINCT rate_plan_id FROM ota_rate_calendar")} == {"BAR", "SAVER"}


def test_a_move_that_was_carried_out_may_stay_or_go(sold: World) -> None:
    rename_plan(sold, "NREF", "SAVER")
    sold.apply()
    assert "move-pending" not in {f["code"] for f in sold.plan()["findings"]}
    sold.edit(HOTEL, "    moved: {from: NREF}\n", "")
    assert changes(sold) == {}
    assert sold.run("drift", "--detailed-exitcode").code == 0


def test_two_plans_change_places(sold: World) -> None:
    """Not even for a moment do two rows have one key."""
    sold.edit(HOTEL, 'NREF: {double: "880021A"}', 'NREF: {double: "880021A"}, X: {}')
    sold.edit(HOTEL, ", X: {}", "")
    rows, messages = ids(sold), sent(sold)
    file = sold.folder / HOTEL
    text = file.read_text(encoding="utf-8")
    for old, new in (("BAR", "@"), ("NREF", "BAR"), ("@", "NREF")):
        text = text.replace(f"{old}:", f"{new}:").replace(f"from: {old}", f"from: {new}")
    text = text.replace("  NREF:\n", "  NREF:\n    moved: {from: BAR}\n").replace(
        "  BAR:\n", "  BAR:\n    moved: {from: NREF}\n"
    )
    file.write_text(text, encoding="utf-8")
    found = changes(sold)
    assert {address.split("/")[1] for address in found} <= {"rate_plan", "mapping"}
    assert {address.split("/")[0] for address in found} == {"database"}
    sold.apply()
    assert (ids(sold), sent(sold)) == (rows, messages)
    assert ("expedia", "NREF", "Best Available Rate", "BAR") in sold.rows(PLANS)
    assert ("expedia", "BAR", "Non-Refundable Rate", "NREF") in sold.rows(PLANS)
    assert changes(sold) == {}
    assert sold.run("drift", "--detailed-exitcode").code == 0
    sold.apply()
    assert ("expedia", "NREF", "Best Available Rate", "BAR") in sold.rows(PLANS)


def rename_room(world: World) -> None:
    file = world.folder / HOTEL
    text = (
        file.read_text(encoding="utf-8")
        .replace("suite: {id", "junior: {moved: {from: suite}, id")
        .replace("suite:", "junior:")
    )
    file.write_text(text, encoding="utf-8")


def test_a_renamed_room_changes_nothing_out_there(sold: World) -> None:
    messages = sent(sold)
    assert sold.run("close", "--property", "lisbon-baixa", "--room", "suite", "--reason", "Pipe").code == 0
    closed = sent(sold)
    rename_room(sold)
    assert changes(sold) == {}
    told = {f["code"]: f["message"] for f in sold.plan()["findings"]}
    assert "`junior` was `suite`" in told["move-pending"]
    assert "junior is closed by hand" in told["closed-by-hand"]
    sold.apply()
    sold.edit(HOTEL, "moved: {from: suite}, ", "")
    assert changes(sold) == {}
    assert {f["code"] for f in sold.plan()["findings"]} == {"closed-by-hand"}
    assert (sent(sold), closed > messages) == (closed, True)
    known = [row[0] for row in sold.rows("SELECT DISTINCT address FROM reconciler.applied")]
    assert not [address for address in known if "suite" in address]
    assert "lisbon-baixa/booking.com/rates/junior/BAR" in known


def test_what_a_provider_made_is_found_under_the_new_key_and_not_made_again(sold: World) -> None:
    sold.edit(HOTEL, 'NREF: "77002"', 'NREF: "77002", LONG: create')
    text = (
        (sold.folder / HOTEL).read_text()
        + "  LONG: {name: Long Stay, type: long_stay, cancellation: flex, derive: {from: BAR, change: -12%}}\n"
    )
    (sold.folder / HOTEL).write_text(text)
    sold.apply()
    messages = sent(sold)
    text = (sold.folder / HOTEL).read_text().replace("LONG: create", "WEEKS: create")
    (sold.folder / HOTEL).write_text(text.replace("  LONG: {name", "  WEEKS: {moved: {from: LONG}, name"))
    assert {address.split("/")[0] for address in changes(sold)} == {"database"}
    sold.apply()
    assert (changes(sold), sent(sold)) == ({}, messages)


def test_a_move_that_comes_with_a_change_sends_the_change_alone(sold: World) -> None:
    rename_plan(sold, "NREF", "SAVER")
    sold.edit(HOTEL, "change: -15%", "change: -20%")
    before, after = changes(sold)["booking.com/rates/double/SAVER"]
    assert before[0]["value"]["price"] == "102.00"
    assert after[0]["value"]["price"] == "96.00"
    sold.apply()
    assert changes(sold) == {}


def test_a_saved_plan_of_a_move_is_applied_once(sold: World) -> None:
    rename_plan(sold, "NREF", "SAVER")
    assert sold.run("plan", "--out", "plan.json").code == 0
    assert sold.run("apply", "plan.json").code == 0
    assert ("expedia", "SAVER", "Non-Refundable Rate", "NREF") in sold.rows(PLANS)
    again = sold.run("apply", "plan.json")
    assert again.code == 0
    assert "Already applied" in again.out


def test_rows_that_git_does_not_own_keep_their_keys(sold: World) -> None:
    sold.edit(
        HOTEL,
        "horizon: 40",
        "horizon: 40\ntargets: {database: {manage: {rate_plan: false, rates: false, restrictions: false}}}",
    )
    rename_plan(sold, "NREF", "SAVER")
    sold.apply()
    assert ("expedia", "NREF", "Non-Refundable Rate", "NREF") in sold.rows(PLANS)
    assert changes(sold) == {}
