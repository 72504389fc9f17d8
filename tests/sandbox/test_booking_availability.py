from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from .desk import Desk, auth, booking_desk
from .hotels import PASSWORD, USER

ROOM, RATE = "36745601", "1278606"
EUR = "<currencycode>EUR</currencycode>"


@pytest.fixture
def desk() -> Desk:
    return booking_desk()


def item(inside: str, dates: str = 'value="2026-06-01"', room: str = ROOM) -> str:
    return f'<room id="{room}"><date {dates}>{inside}</date></room>'


def rate(inside: str, rate_id: str = RATE) -> str:
    return f'<rate id="{rate_id}"/>{inside}'


def stored(desk: Desk, name: str, plan: str = "") -> list[dict[str, Any]]:
    hotel = desk.admin("GET", "/hotels/booking.com/367456")
    holders = hotel["room_rates"] if plan else hotel["rooms"]
    wanted = {"id": plan, "room": ROOM} if plan else {"id": ROOM}
    holder = next(found for found in holders if all(found[key] == value for key, value in wanted.items()))
    runs: list[dict[str, Any]] = holder.get(name, [])
    return runs


def test_everything_taken_is_answered_ok_with_a_ruid(desk: Desk) -> None:
    reply = desk.b_xml("availability", item("<roomstosell>3</roomstosell>"))
    assert (reply.status, fromstring(reply.body).tag, reply.updates) == (200, "ok", 1)
    assert b"<!-- RUID: [" in reply.body


def test_the_end_of_a_range_is_not_included(desk: Desk) -> None:
    desk.b_xml("availability", item(rate(f"<price>120</price>{EUR}"), 'from="2026-06-01" to="2026-06-08"'))
    found = [run for run in stored(desk, "price", RATE) if run["value"] == "120.00"]
    assert found == [{"from": "2026-06-01", "until": "2026-06-08", "value": "120.00"}]


def test_a_range_with_equal_ends_has_no_night(desk: Desk) -> None:
    reply = desk.b_xml("availability", item("<roomstosell>3</roomstosell>", 'from="2026-06-01" to="2026-06-01"'))
    assert (reply.status, reply.updates) == (200, 0)


def test_all_kinds_of_values_are_kept(desk: Desk) -> None:
    inside = (
        "<minimumstay>2</minimumstay><maximumstay>9</maximumstay><minimumstay_arrival>3</minimumstay_arrival>"
        "<closedonarrival>1</closedonarrival><closedondeparture>0</closedondeparture><closed>1</closed>"
        f"<price>120.50</price><price1>90</price1>{EUR}"
    )
    assert desk.b_xml("availability", item(rate(inside))).updates == 8
    names = ("min_los", "max_los", "min_los_arrival", "closed_to_arrival", "closed_to_departure", "closed", "price1")
    assert [stored(desk, name, RATE)[0]["value"] for name in names] == [2, 9, 3, True, False, True, "90.00"]


def test_a_stay_of_nothing_removes_the_limit(desk: Desk) -> None:
    desk.b_xml("availability", item(rate("<minimumstay>2</minimumstay>")))
    desk.b_xml("availability", item(rate("<minimumstay>0</minimumstay>")))
    assert stored(desk, "min_los", RATE) == []


def test_closing_a_room_is_apart_from_closing_a_rate_and_keeps_the_count(desk: Desk) -> None:
    desk.b_xml("availability", item("<closed>1</closed>"))
    assert stored(desk, "closed") == [{"from": "2026-06-01", "until": "2026-06-02", "value": True}]
    assert stored(desk, "closed", RATE) == []
    assert stored(desk, "left")[0]["value"] == 7


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (item("<roomstosell>1</roomstosell>", room="99"), "ROOM_ID_INVALID"),
        (item("<roomstosell>1</roomstosell>", 'value="2026-02-30"'), "NOT_A_VALID_DATE"),
        (item("<roomstosell>1</roomstosell>", 'value="2026-03-08"'), "NOT_A_VALID_DATE"),
        (
            item("<roomstosell>1</roomstosell>", 'from="2026-06-02" to="2026-06-01"'),
            "FROM_DATE_SHOULD_BE_LESS_THAN_TO_DATE",
        ),
        (item("<roomstosell>256</roomstosell>"), "ROOMSTOSELL_INVALID"),
        (item("<roomstosell>-1</roomstosell>"), "ROOMSTOSELL_INVALID"),
        (item(rate("<closed>1</closed>", "99")), "RATE_NOT_ACTIVE"),
        (item(rate("<closed>1</closed>", "1278607"), room="36745602"), "RATE_NOT_ACTIVE_FOR_ROOM"),
        (item(rate("<closed>1</closed>", "1278607")), "RATE_IS_A_SLAVE_RATE"),
        (item(rate("<price>1</price><currencycode>USD</currencycode>")), "CURRENCY_CODE_DONT_MATCH_HOTEL_CURRENCY"),
        (item(rate("<price>1</price>")), "CURRENCY_CODE_DONT_MATCH_HOTEL_CURRENCY"),
        (item(rate(f"<price>0.00</price>{EUR}")), "PRICE_INVALID"),
        (item("<minimumstay>2</minimumstay>"), "RATE_ID_MISSING"),
    ],
)
def test_when_all_is_refused_the_status_is_400(desk: Desk, inside: str, code: str) -> None:
    before = desk.admin("GET", "/hotels/booking.com/367456")
    reply = desk.b_xml("availability", inside)
    assert (reply.status, reply.codes) == (400, [code])
    assert desk.admin("GET", "/hotels/booking.com/367456") == before


def test_a_partial_success_is_a_200_with_errors_in_its_body(desk: Desk) -> None:
    good, bad = item("<roomstosell>3</roomstosell>"), item(rate("<closed>1</closed>", "99"))
    reply = desk.b_xml("availability", good + bad)
    error = fromstring(reply.body).find("errors/error")
    assert error is not None
    assert (reply.status, reply.updates, error.attrib["code"]) == (200, 1, "RATE_NOT_ACTIVE")
    assert (error.findtext("room_ids"), error.findtext("rate_ids"), error.findtext("dates")) == (
        ROOM,
        "99",
        "2026-06-01",
    )


def test_a_date_element_is_refused_as_a_whole(desk: Desk) -> None:
    desk.b_xml("availability", item(rate("<roomstosell>1</roomstosell><closed>1</closed>", "1278607")))
    assert stored(desk, "left")[0]["value"] == 7


def test_of_duplicate_dates_the_first_wins_with_a_warning(desk: Desk) -> None:
    twice = item("<roomstosell>1</roomstosell>") + item("<roomstosell>2</roomstosell>")
    reply = desk.b_xml("availability", twice)
    assert (reply.status, reply.codes, reply.updates) == (200, ["WARN_DUPLICATE_DATES"], 1)
    assert [run["value"] for run in stored(desk, "left") if run["from"] == "2026-06-01"] == [1]


def test_a_read_only_rate_is_ignored_without_a_word(desk: Desk) -> None:
    reply = desk.b_xml("availability", item(rate(f"<price>1</price>{EUR}", "1278608")))
    assert (reply.status, reply.codes, reply.updates) == (200, [], 0)
    assert stored(desk, "price", "1278608") == []


def test_a_price_without_currency_is_taken_when_the_switch_says_so(desk: Desk) -> None:
    desk.admin("PUT", "/switches", {"booking_currency_required": False})
    assert desk.b_xml("availability", item(rate("<price>120</price>"))).status == 200


def test_standard_prices_are_refused_where_the_hotel_prices_otherwise() -> None:
    desk = booking_desk(pricing_model="OBP")
    reply = desk.b_xml("availability", item(rate(f"<price>120</price>{EUR}")))
    assert reply.codes == ["DEFAULT_PRICING_PASSED_FOR_OBP_RATE"]


def test_rates_with_derived_occupancies_take_standard_prices() -> None:
    desk = booking_desk(pricing_model="RLO")
    assert desk.b_xml("availability", item(rate(f"<price>120</price>{EUR}"))).status == 200


@pytest.mark.parametrize("version", ["", "1.0", "2.0"])
def test_only_version_1_1_is_acceptable(desk: Desk, version: str) -> None:
    reply = desk.b_xml("availability", item("<roomstosell>3</roomstosell>"), accept_version=version)
    assert (reply.status, reply.codes) == (400, ["NOT_ACCEPTABLE"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<request/>", "ROOM_ELEMENT_REQUIRED"),
        ('<request><room><date value="2026-06-01"/></room></request>', "ROOM_ID_MISSING"),
        ("<request><room", "SCHEMA_ERROR"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><request/>', "SCHEMA_ERROR"),
        ("<other/>", "SCHEMA_ERROR"),
        (f"<request>{item('<left>1</left>')}</request>", "SCHEMA_ERROR"),
        (f"<request>{item('<closed>1</closed><closed>0</closed>')}</request>", "SCHEMA_ERROR"),
        ("<request>" + item("<closed>1</closed>", 'on="2026-06-01"') + "</request>", "SCHEMA_ERROR"),
    ],
)
def test_a_message_of_the_wrong_form_is_a_400(desk: Desk, body: str, code: str) -> None:
    reply = desk.ask("POST", "/hotels/xml/availability", body, accept_version="1.1", **auth())
    assert (reply.status, reply.codes) == (400, [code])


def test_one_request_is_for_one_hotel(desk: Desk) -> None:
    other = {"id": "9", "name": "Other", "currency": "EUR", "rooms": [{"id": "901", "name": "Room"}]}
    desk.admin("PUT", "/hotels/booking.com/9", other)
    both = item("<roomstosell>3</roomstosell>") + item("<roomstosell>3</roomstosell>", room="901")
    assert desk.b_xml("availability", both).status == 400


def test_without_a_right_nothing_is_answered(desk: Desk) -> None:
    body = item("<roomstosell>3</roomstosell>")
    assert desk.b_xml("availability", body, authorization="").status == 401
    assert desk.b_xml("availability", body, **auth(USER, "wrong")).status == 401
    account = {"provider": "booking.com", "username": USER, "password": PASSWORD, "hotels": []}
    desk.admin("POST", "/accounts", account)
    assert desk.b_xml("availability", body).status == 403
    desk.admin("POST", "/accounts", account | {"hotels": None, "access": "read"})
    assert desk.b_xml("availability", body).status == 403
    assert desk.b_xml("roomrates", "<hotel_id>367456</hotel_id>").status == 200
