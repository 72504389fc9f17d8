"""Whatever is sent, the sandbox answers with a refusal and never breaks."""

import json

import pytest

from .desk import V2, Desk, ar_message, auth, booking_desk, expedia_desk, update

HUGE = "9" * 5000
DEEP = "<a>" * 20_000 + "</a>" * 20_000
BOMB = '<!DOCTYPE a [<!ENTITY b "cccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'
BODIES = {
    "empty": "",
    "nul": "\x00",
    "cut": "<a",
    "bomb": BOMB,
    "deep": DEEP,
    "two-roots": "<a/><b/>",
    "json": "{}",
    "bare": "<request/>",
    "text-first": "\ud7ff<a/>",
}
XML_PATHS = [
    "/eqc/ar",
    "/eqc/parr",
    "/eqc/br",
    "/eqc/bc",
    "/hotels/xml/availability",
    "/hotels/xml/roomrates",
    "/hotels/xml/roomrateavailability",
    "/hotels/xml/reservations",
    "/hotels/ota/OTA_HotelRatePlanNotif",
    "/hotels/ota/OTA_HotelProductNotif",
    "/hotels/ota/OTA_HotelResNotif",
]


@pytest.fixture
def desk() -> Desk:
    return expedia_desk()


@pytest.mark.parametrize("path", XML_PATHS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_no_document_breaks_a_path(path: str, body: str) -> None:
    reply = booking_desk().ask("POST", path, body, accept_version="1.1", **auth())
    assert reply.status in (200, 400, 403)
    assert reply.codes or path.endswith("reservations")
    assert reply.updates == 0


def test_numbers_beyond_all_measure_are_refused(desk: Desk) -> None:
    left = update(f'<RoomType id="1"><Inventory totalInventoryAvailable="{HUGE}"/></RoomType>')
    assert desk.ask("POST", "/eqc/ar", ar_message(left)).codes == ["3010"]
    assert desk.ask("POST", "/eqc/ar", ar_message(left, hotel=HUGE)).codes == ["3010"]
    assert desk.product("GET", "/products/properties", query=f"limit={HUGE}")[0] == 400
    booking = booking_desk()
    hotel = "<hotel_id>367456</hotel_id>"
    assert booking.b_xml("roomrateavailability", f"{hotel}<number_of_days>{HUGE}</number_of_days>").status == 400
    assert booking.b_xml("roomrates", f"<hotel_id>{HUGE}</hotel_id>").status == 403
    room = f'<room id="36745601"><date value="2026-06-01"><roomstosell>{HUGE}</roomstosell></date></room>'
    assert booking.b_xml("availability", room).status == 400


JSON_BODIES = {
    "empty": b"",
    "cut": b"[",
    "deep": b"[" * 50_000,
    "not-text": b"\xff",
    "null": b"null",
    "control": b'{"name": "\\u0001"}',
    "wrong-type": b'{"cancelPolicy": 1}',
    "huge": b'{"a": ' + HUGE.encode() + b"}",
}


@pytest.mark.parametrize("body", JSON_BODIES.values(), ids=JSON_BODIES.keys())
def test_no_json_breaks_the_product_api(desk: Desk, body: bytes) -> None:
    path = "/properties/42/roomTypes/1/ratePlans/11"
    reply = desk.ask("PATCH", path, body, accept=V2, content_type=V2, **auth())
    assert reply.status == 400
    assert "errors" in json.loads(reply.body)
