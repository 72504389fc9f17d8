import json
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from .desk import Desk, booking_desk
from .hotels import PASSWORD, USER, run

STAY = {"room": "36745601", "rate_plan": "1278606", "arrival": "2026-06-01", "departure": "2026-06-03"}
HOTEL = "<hotel_id>367456</hotel_id>"
TWO_DAYS = HOTEL + "<number_of_days>2</number_of_days><start_date>2026-06-01</start_date>"


@pytest.fixture
def desk() -> Desk:
    return booking_desk()


def read(desk: Desk, inside: str, **headers: str) -> Element:
    reply = desk.b_xml("roomrateavailability", inside, **headers)
    assert reply.status == 200, reply.body
    return fromstring(reply.body)


def room_dates(desk: Desk, inside: str = TWO_DAYS, **headers: str) -> list[dict[str, str]]:
    room = read(desk, inside + "<room_level>1</room_level>", **headers)[0]
    assert room.attrib == {"room_id": "36745601"}
    return [found.attrib for found in room]


def test_rooms_are_listed_with_their_active_rates(desk: Desk) -> None:
    root = fromstring(desk.b_xml("roomrates", HOTEL).body)
    rates = {found.attrib["id"]: found.attrib for found in root.iter("rate") if found.attrib["max_persons"] == "2"}
    assert list(rates) == ["1278606", "1278607", "1278608"]
    assert "is_child_rate" not in rates["1278606"]
    assert rates["1278607"]["is_child_rate"] == "1"
    assert rates["1278608"]["readonly"] == "1"
    assert [room.attrib["room_name"] for room in root] == ["Double", "Single"]


def test_rates_tell_how_they_are_priced_unless_switched_off(desk: Desk) -> None:
    hotel = desk.admin("GET", "/hotels/booking.com/367456")
    pairs = [
        {**one, "facts": {"pricing_type": "RLO"}} if one["id"] == "1278606" else one for one in hotel["room_rates"]
    ]
    desk.admin("PUT", "/hotels/booking.com/367456", {**hotel, "pricing_model": "OBP", "room_rates": pairs})
    root = fromstring(desk.b_xml("roomrates", HOTEL).body)
    told = {rate.attrib["id"]: [one.attrib for one in rate.iter("pricing")] for rate in root.iter("rate")}
    assert told == {"1278606": [{"type": "RLO"}], "1278607": [{"type": "OBP"}], "1278608": [{"type": "OBP"}]}
    desk.admin("PUT", "/switches", {"booking_pricing_type": False})
    assert b"pricing" not in desk.b_xml("roomrates", HOTEL).body


def test_a_plan_that_no_room_sells_is_only_in_the_list_of_rates(desk: Desk) -> None:
    hotel = desk.admin("GET", "/hotels/booking.com/367456")
    plans = [*hotel["rate_plans"], {"id": "77", "name": "Lonely"}]
    desk.admin("PUT", "/hotels/booking.com/367456", {**hotel, "rate_plans": plans})
    assert b'"77"' not in desk.b_xml("roomrates", HOTEL).body
    assert b'id="77" rate_name="Lonely"' in desk.b_xml("rates", HOTEL).body
    desk.admin("PUT", "/switches", {"booking_rates_list": False})
    assert desk.b_xml("rates", HOTEL).status == 404


def test_room_level_answers_exactly_the_attributes_of_the_documentation(desk: Desk) -> None:
    expected = {
        "booked": "0",
        "cancelled": "0",
        "min_contracted_rooms": "0",
        "min_contracted_rooms_until": "0",
        "rooms_to_sell": "7",
        "value": "2026-06-01",
    }
    assert room_dates(desk, accept_version="1.0")[0] == expected
    assert room_dates(desk)[0] == expected | {"closed": "0"}
    desk.admin("PUT", "/switches", {"booking_room_closed": False, "booking_rooms_to_sell": False})
    expected.pop("rooms_to_sell")
    assert room_dates(desk)[0] == expected


def test_rates_are_answered_with_closed_and_without_prices(desk: Desk) -> None:
    closed = {"room": "36745601", "rate_plan": "1278606", **run("2026-06-01", "2026-06-02", 0), "set": {"closed": True}}
    desk.admin("POST", "/hotels/booking.com/367456/change", closed)
    root = read(desk, TWO_DAYS + "<room_id>36745601</room_id>")
    rates = {rate.attrib["rate_id"]: [found.attrib for found in rate] for rate in root[0]}
    assert [day["closed"] for day in rates["1278606"]] == ["1", "0"]
    assert [day["closed"] for day in rates["1278607"]] == ["1", "0"], "a child follows its parent"
    assert "price" not in rates["1278606"][0]


def test_the_open_questions_of_rate_rows_are_switches(desk: Desk) -> None:
    desk.admin("PUT", "/switches", {"booking_rate_rows": "flat", "booking_rate_closed": False})
    root = read(desk, TWO_DAYS)
    assert root[1].attrib == {"room_id": "36745601", "rate_id": "1278607"}
    assert "closed" not in root[1][0].attrib
    desk.admin("PUT", "/switches", {"booking_rate_rows_extra": True})
    assert [found[0].attrib["price"] for found in read(desk, TWO_DAYS)[:2]] == ["150.00", "135.00"]


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        ("<number_of_days>31</number_of_days>", 200),
        ("<number_of_days>32</number_of_days>", 400),
        ("<number_of_days>0</number_of_days>", 400),
        ("<start_date>2026-03-09</start_date>", 200),
        ("<start_date>2026-03-08</start_date>", 400),
        ("<start_date>today</start_date>", 400),
        ("<room_level>2</room_level>", 400),
        ("<room_id>5</room_id>", 400),
    ],
)
def test_what_can_be_asked_has_limits(desk: Desk, inside: str, status: int) -> None:
    assert desk.b_xml("roomrateavailability", HOTEL + inside).status == status


def test_without_dates_it_answers_31_days_from_tomorrow(desk: Desk) -> None:
    found = room_dates(desk, HOTEL)
    assert (len(found), found[0]["value"]) == (31, "2026-03-11")


def test_inactive_rooms_and_rates_are_not_answered(desk: Desk) -> None:
    desk.admin("POST", "/hotels/booking.com/367456/change", {"rate_plan": "1278606", "active": False})
    root = read(desk, TWO_DAYS)
    assert [[rate.attrib["rate_id"] for rate in room] for room in root] == [["1278607", "1278608"]]


def test_a_booking_lowers_what_is_left_and_a_cancellation_reverses_it(desk: Desk) -> None:
    booking = desk.admin("POST", "/hotels/booking.com/367456/book", STAY | {"units": 2})["id"]

    def counts() -> list[tuple[str, str, str]]:
        return [(day["booked"], day["cancelled"], day["rooms_to_sell"]) for day in room_dates(desk)]

    assert counts() == [("2", "0", "5")] * 2
    desk.admin("POST", "/hotels/booking.com/367456/cancel", {"booking": booking})
    assert counts() == [("0", "2", "7")] * 2
    desk.admin("PUT", "/switches", {"booking_booked_includes_cancelled": True})
    assert counts() == [("2", "2", "7")] * 2


@pytest.mark.parametrize("on", [False, True])
def test_a_cancellation_opens_a_closed_room_only_by_switch(desk: Desk, on: bool) -> None:
    desk.admin("PUT", "/switches", {"booking_auto_replenish": on})
    booking = desk.admin("POST", "/hotels/booking.com/367456/book", STAY)["id"]
    closed = {"room": "36745601", **run("2026-06-01", "2026-06-03", 0), "set": {"closed": True}}
    desk.admin("POST", "/hotels/booking.com/367456/change", closed)
    desk.admin("POST", "/hotels/booking.com/367456/cancel", {"booking": booking})
    assert [day["closed"] for day in room_dates(desk)] == (["0", "0"] if on else ["1", "1"])


def test_a_room_without_limit_stays_without_one(desk: Desk) -> None:
    unlimited = {"room": "36745601", **run("2026-06-01", "2026-06-03", 0), "set": {"left": 255}}
    desk.admin("POST", "/hotels/booking.com/367456/change", unlimited)
    desk.admin("POST", "/hotels/booking.com/367456/book", STAY)
    assert [(day["booked"], day["rooms_to_sell"]) for day in room_dates(desk)] == [("1", "255")] * 2


def exchange(desk: Desk, secret: str = PASSWORD) -> tuple[int, Any]:
    body = json.dumps({"client_id": USER, "client_secret": secret})
    reply = desk.ask("POST", "/token-based-authentication/exchange", body)
    return reply.status, json.loads(reply.body)


def test_a_token_is_good_for_an_hour(desk: Desk) -> None:
    token = exchange(desk)[1]["jwt"]
    bearer = {"authorization": f"Bearer {token}"}
    assert desk.b_xml("roomrates", HOTEL, **bearer).status == 200
    desk.admin("PUT", "/clock", {"offset_seconds": 3599})
    assert desk.b_xml("roomrates", HOTEL, **bearer).status == 200
    desk.admin("PUT", "/clock", {"offset_seconds": 3600})
    assert desk.b_xml("roomrates", HOTEL, **bearer).status == 401


def test_at_most_thirty_tokens_an_hour_are_given(desk: Desk) -> None:
    assert {exchange(desk)[0] for _ in range(30)} == {200}
    assert exchange(desk)[0] == 429
    desk.admin("PUT", "/clock", {"offset_seconds": 3600})
    assert exchange(desk)[0] == 200


def test_a_wrong_secret_gets_no_token(desk: Desk) -> None:
    assert exchange(desk, "wrong")[0] == 401


def test_the_field_of_the_token_is_a_switch(desk: Desk) -> None:
    desk.admin("PUT", "/switches", {"booking_token_field": "access_token"})
    assert "access_token" in exchange(desk)[1]
