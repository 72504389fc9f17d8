"""Messages are few: runs and weekdays where the format has them, nights grouped where it does not."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from tests.scenarios.world import HOTEL, World

YEAR = HOTEL.replace("horizon: 40", "horizon: 365")


def a_year(world: World) -> None:
    world.hotel(YEAR)
    world.set_up_extranets()
    world.seed()


def test_a_year_of_weekend_prices_goes_to_expedia_in_at_most_three_update_elements(empty_world: World) -> None:
    a_year(empty_world)
    empty_world.apply("--target", "*/expedia/rates/double/BAR")
    (message,) = empty_world.messages("expedia")
    updates = [el for el in ET.fromstring(message["body"]) if el.tag.endswith("AvailRateUpdate")]
    assert 0 < len(updates) <= 3
    assert empty_world.addresses("--target", "*/expedia/rates/double/BAR") == []


def test_a_year_of_one_price_goes_to_booking_com_in_at_most_thirteen_requests(empty_world: World) -> None:
    empty_world.hotel(YEAR.replace("{default: 120.00, days: {weekend: 140.00}}", "120.00"))
    empty_world.set_up_extranets()
    empty_world.seed()
    empty_world.apply("--target", "*/booking.com/rates/double/BAR")
    messages = empty_world.messages("booking.com")
    assert 0 < len(messages) <= 13
    nights = [date.get("value") for m in messages for date in ET.fromstring(m["body"]).iter("date")]
    assert len(nights) == len(set(nights)) == 365
    assert empty_world.addresses("--target", "*/booking.com/rates/double/BAR") == []


def test_nothing_unchanged_is_sent(world: World) -> None:
    world.apply()
    world.edit(
        "properties/lisbon-baixa.yaml", "seasons: {carnival: {min_stay: 3}}", "seasons: {carnival: {min_stay: 4}}"
    )
    world.sandbox.admin.clear_log()
    world.apply()
    (message,) = world.messages("expedia")
    ranges = [el.attrib for el in ET.fromstring(message["body"]).iter() if el.tag.endswith("DateRange")]
    assert {(r["from"], r["to"]) for r in ranges} == {("2031-02-05", "2031-02-09")}
    assert "rate=" not in message["body"]
    assert "totalInventoryAvailable" not in message["body"]
    nights = {d.get("value") for m in world.messages("booking.com") for d in ET.fromstring(m["body"]).iter("date")}
    assert nights == {f"2031-02-{day:02}" for day in range(5, 10)}


def test_no_secret_reaches_anything_that_is_written(world: World) -> None:
    canaries = {
        "EXPEDIA_SANDBOX_API_KEY": "canaryuser1",
        "EXPEDIA_SANDBOX_API_SECRET": "canary-secret-2",
        "BOOKING_COM_SANDBOX_API_KEY": "canary-secret-3",
        "BOOKING_COM_SANDBOX_PARTNER_ID": "canary-user-4",
    }
    world.environ = canaries
    world.sandbox.admin.account("expedia", "canaryuser1", "canary-secret-2")
    world.sandbox.admin.account("booking.com", "canary-user-4", "canary-secret-3")
    outputs = [
        world.run(*verb) for verb in (["plan", "--out", "plan.json"], ["apply", "plan.json"], ["drift"], ["runs"])
    ]
    world.sandbox.admin.account("expedia", "canaryuser1", "canary-secret-2", access="none")
    outputs.append(world.run("plan"))
    written = "".join(result.out + result.err for result in outputs)
    written += (world.folder / "plan.json").read_text("utf-8")
    tables = world.rows(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE table_schema IN ('public', 'reconciler') AND table_type = 'BASE TABLE'"
    )
    for (table,) in tables:
        written += str(world.rows(f"SELECT * FROM {table}"))
    for canary in canaries.values():
        assert canary not in written
