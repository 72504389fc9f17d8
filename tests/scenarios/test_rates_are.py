"""`rates_are`: no price is sent where the other side would take it for something else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.world import EXPEDIA, HOTEL, World

FILE = "properties/lisbon-baixa.yaml"
CHANGED_THERE = [
    ({"rateAcquisitionType": "NetRate", "taxInclusive": False}, "net prices, tax exclusive", "net, tax: exclusive"),
    ({"taxInclusive": False}, "sell prices, tax exclusive", "sell, tax: exclusive"),
]


def findings(world: World, code: str) -> list[dict[str, Any]]:
    return [one for one in world.plan()["findings"] if one["code"] == code]


@pytest.mark.parametrize(("facts", "there", "written"), CHANGED_THERE)
def test_where_expedia_takes_other_prices_none_is_sent_until_both_say_the_same(
    world: World, facts: dict[str, Any], there: str, written: str
) -> None:
    world.apply()
    for plan in ("880011A", "880012A", "880021A"):
        world.sandbox.admin.change("expedia", EXPEDIA, {"rate_plan": plan, "facts": facts})
    world.edit(FILE, "double: {default: 120.00,", "double: {default: 125.00,")
    told = findings(world, "rates-mean-something-else")
    assert [one["address"] for one in told] == [
        f"lisbon-baixa/expedia/rates/{pair}" for pair in ("double/BAR", "double/NREF", "suite/BAR")
    ]
    assert all(there in one["message"] and one["severity"] == "error" for one in told)
    refused = world.run("apply", "--auto-approve")
    assert refused.code == 1, refused.out
    assert not prices_sent(world, "125.00")

    world.edit(FILE, "timezone:", f"rates_are: {{basis: {written}}}\ntimezone:")
    assert findings(world, "rates-mean-something-else") == []
    world.apply()
    assert prices_sent(world, "125.00")
    assert world.addresses() == []


def prices_sent(world: World, amount: str) -> list[dict[str, Any]]:
    (plan,) = (p for p in world.sandbox.admin.hotel("expedia", EXPEDIA)["rate_plans"] if p["id"] == "880011")
    return [run for run in plan["price"] if str(run["value"]) == amount]


def test_net_prices_go_to_bookingcom_with_one_warning_because_nothing_tells_what_was_agreed(world: World) -> None:
    world.edit(FILE, "timezone:", "rates_are: {basis: net}\ntimezone:")
    (told,) = findings(world, "net-prices-not-told")
    assert (told["severity"], told["address"]) == ("warning", "lisbon-baixa/booking.com/rates/double/BAR")


def test_the_warning_does_not_hang_on_the_first_plan(world: World) -> None:
    world.edit(FILE, "timezone:", "rates_are: {basis: net}\ntimezone:")
    world.edit(FILE, "    type: bar\n", "    type: bar\n    providers: {booking.com: {linked: true}}\n")
    (told,) = findings(world, "net-prices-not-told")
    assert told["address"] == "lisbon-baixa/booking.com/rates/double/NREF"


def test_import_writes_what_prices_are_at_expedia(world: World) -> None:
    world.hotel(HOTEL.replace("timezone:", "rates_are: {basis: net, tax: exclusive}\ntimezone:"))
    hotel = world.sandbox.admin.hotel("expedia", EXPEDIA)
    facts = {"rateAcquisitionType": "NetRate", "taxInclusive": False}
    plans = [{**plan, "facts": {**plan["facts"], **facts}} for plan in hotel["rate_plans"]]
    world.sandbox.admin.load_hotel("expedia", {**hotel, "facts": facts, "rate_plans": plans})
    world.apply()
    (world.folder / FILE).unlink()
    place = ("--timezone", "Europe/Lisbon", "--as-of", world.now.isoformat())
    result = world.run("import", "--property", "lisbon-baixa", "--expedia", EXPEDIA, *place)
    assert result.code == 0, result.err
    assert "rates_are: {basis: net, tax: exclusive}" in (world.folder / FILE).read_text()
    assert world.addresses("--target", "*/expedia/**") == []
