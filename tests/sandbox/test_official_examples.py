"""The providers' own example messages, where the reference material is at hand, are understood as their texts say."""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError, parse

import pytest
from lxml import etree

from .desk import REFERENCE, Desk, auth, booking_desk, codes, named, schema

pytestmark = pytest.mark.skipif(not REFERENCE, reason="OTA_REFERENCE is not set: the official messages are not at hand")
ROOT = Path(REFERENCE or ".")
MESSAGES = ROOT / "expedia" / "messages"


def requests(pattern: str, name: str) -> list[Path]:
    """The well-formed examples of a kind of request."""
    found = []
    for path in sorted(MESSAGES.glob(pattern)) if REFERENCE else []:
        try:
            root = parse(path).getroot()
        except ParseError:
            continue
        if root.tag.rpartition("}")[2] == name:
            found.append(path)
    return found


def pricing(plan: Element) -> str:
    rates = named(plan, "Rate")
    model = "OccupancyBasedPricing" if named(plan, "PerOccupancy") else "PerDayPricing"
    if any("lengthOfStay" in rate.attrib for rate in rates):
        return f"{model}ByLengthOfStay"
    return f"{model}ByDayOfArrival" if any("rateChangeIndicator" in rate.attrib for rate in rates) else model


def ready_for(path: Path) -> Desk:
    """A desk with the account and the hotel that an example speaks of, a day before its first date."""
    root, desk = parse(path).getroot(), Desk()
    who, hotel = named(root, "Authentication")[0].attrib, named(root, "Hotel")[0].attrib["id"]
    dates = sorted(found.attrib["from"] for found in root.iter() if "from" in found.attrib)
    if dates:
        desk.admin("PUT", "/clock", {"frozen_at": f"{dates[0]}T00:00:00+00:00"})
    rooms: dict[str, Any] = {}
    plans: dict[str, Any] = {}
    for room in named(root, "RoomType"):
        room_id = room.attrib["id"].strip()
        rooms[room_id] = {"id": room_id, "name": room_id, "max_occupancy": 20}
        for plan in named(room, "RatePlan"):
            plan_id = plan.attrib["id"].strip()
            plans.setdefault(plan_id, {"id": plan_id, "name": plan_id, "room": room_id, "facts": {}})
            if named(plan, "Rate"):
                plans[plan_id]["facts"] = {"pricingModel": pricing(plan)}
    models = {plan["facts"].get("pricingModel", "") for plan in plans.values()}
    described: dict[str, Any] = {
        "id": hotel,
        "name": "Example",
        "currency": "EUR",
        "pricing_model": "OccupancyBasedPricing" if any(m.startswith("Occ") for m in models) else "PerDayPricing",
        "accounts": [{"username": who["username"], "password": who["password"]}],
        "rooms": list(rooms.values()),
        "rate_plans": list(plans.values()),
    }
    desk.admin("PUT", f"/hotels/expedia/{hotel}", described)
    return desk


@pytest.mark.parametrize("path", requests("ar-*.xml", "AvailRateUpdateRQ"), ids=lambda path: path.stem[:5])
def test_every_example_of_an_update_is_taken(path: Path) -> None:
    desk = ready_for(path)
    root = desk.eqc("ar", path.read_text())
    assert named(root, "Error") == []
    out_of_threshold = ["7021"] * 10 if path.stem.startswith("ar-20") else []
    assert codes(root) == out_of_threshold
    assert desk.admin("GET", "/log")["entries"][0]["updates"] > 0


@pytest.mark.parametrize("path", requests("parr-*.xml", "ProductAvailRateRetrievalRQ"), ids=lambda path: path.stem[:7])
def test_every_example_of_a_retrieval_is_answered(path: Path) -> None:
    root = ready_for(path).eqc("parr", path.read_text())
    reversed_dates = path.stem.startswith("parr-10")
    assert codes(root) == (["3021"] if reversed_dates else [])


@pytest.mark.parametrize("path", requests("brbc-*.xml", "BookingRetrievalRQ"), ids=lambda path: path.stem[:7])
def test_every_example_of_a_booking_retrieval_is_answered(path: Path) -> None:
    root = parse(path).getroot()
    desk = ready_for(path) if named(root, "Hotel") else Desk()
    if not named(root, "Hotel"):
        account = {"provider": "expedia", "username": "testuser", "password": "testpass"}
        desk.admin("POST", "/accounts", account)
    assert codes(desk.eqc("br", path.read_text())) == (["3080"] if named(root, "Booking") else [])


@pytest.mark.parametrize("path", requests("brbc-*.xml", "BookingConfirmRQ"), ids=lambda path: path.stem[:7])
def test_every_example_of_a_confirmation_is_understood(path: Path) -> None:
    root = ready_for(path).eqc("bc", path.read_text())
    assert named(root, "Success")
    assert set(codes(root)) == {"10080"}


def test_the_shapes_agree_with_the_official_schemas_on_the_examples() -> None:
    for pattern, name in (("ar-*.xml", "AvailRateUpdateRQ"), ("parr-*.xml", "ProductAvailRateRetrievalRQ")):
        for path in requests(pattern, name):
            assert schema(name).validate(etree.parse(str(path))), path.name


def example(name: str) -> str:
    return (ROOT / "booking" / name).read_text()


def test_the_example_of_rooms_and_rates_is_answered() -> None:
    desk = Desk()
    hotel = {
        "id": "464167",
        "name": "Sunny",
        "currency": "EUR",
        "accounts": [{"username": "partner", "password": "correct-horse"}],
        "rooms": [{"id": "46416701", "name": "Double"}],
        "rate_plans": [{"id": "1578444", "name": "Standard Rate", "rooms": ["46416701"]}],
    }
    desk.admin("PUT", "/hotels/booking.com/464167", hotel)
    reply = desk.ask("POST", "/hotels/xml/roomrates", example("bxml_roomrates_rq.xml"), **auth())
    assert b'rate_name="Standard Rate"' in reply.body


def test_the_example_of_reading_availability_is_answered() -> None:
    hotel = booking_desk().admin("GET", "/hotels/booking.com/367456")
    rooms = [{"id": "12302", "name": "Double"}]
    plans = [{"id": "1", "name": "A", "rooms": ["12302"]}]
    desk = booking_desk(rooms=rooms, rate_plans=plans, room_rates=[], name=hotel["name"])
    desk.admin("PUT", "/clock", {"frozen_at": "2018-09-19T12:00:00+00:00"})
    reply = desk.ask("POST", "/hotels/xml/roomrateavailability", example("bxml_roomrateavailability_rq.xml"), **auth())
    assert (reply.status, reply.body.count(b"<date ")) == (200, 2)


def test_the_tutorials_update_is_taken_once_prices_need_no_currency() -> None:
    desk = booking_desk()
    desk.admin("PUT", "/switches", {"booking_currency_required": False})
    text = example("bxml_availability_rq_tutorial.xml")
    reply = desk.ask("POST", "/hotels/xml/availability", text, accept_version="1.1", **auth())
    assert (reply.status, reply.codes, reply.updates) == (200, [], 60)


def test_the_example_of_a_new_rate_plan_is_taken() -> None:
    reply = booking_desk().ota("OTA_HotelRatePlanNotif", example("ota_rateplannotif_rq_new.xml"))
    assert b'RequestRatePlanCode="123457"' in reply.body
