from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from reconciler.sandbox.wire import Reply

from .desk import Desk, booking_desk, named

OTA = 'xmlns="http://www.opentravel.org/OTA/2003/05"'


@pytest.fixture
def desk() -> Desk:
    return booking_desk()


def notify(desk: Desk, *plans: str, hotel: str = "367456") -> Reply:
    body = f'<OTA_HotelRatePlanNotifRQ {OTA}><RatePlans HotelCode="{hotel}">{"".join(plans)}</RatePlans>'
    return desk.ota("OTA_HotelRatePlanNotif", body + "</OTA_HotelRatePlanNotifRQ>")


def plan(kind: str, name: str = "", code: str = "", inside: str = "") -> str:
    attributes = f'RatePlanCode="{code}"' if code else 'RatePlanID="mine-1"'
    description = f'<Description Name="{name}"/>' if name else ""
    return f'<RatePlan RatePlanNotifType="{kind}" {attributes}>{description}{inside}</RatePlan>'


def plans(desk: Desk) -> dict[str, dict[str, Any]]:
    return {found["id"]: found for found in desk.admin("GET", "/hotels/booking.com/367456")["rate_plans"]}


def new(desk: Desk, name: str = "Long stay", inside: str = "") -> str:
    reply = notify(desk, plan("New", name, inside=inside))
    assert reply.status == 200, reply.body
    reference = named(fromstring(reply.body), "RatePlanCrossRef")[0].attrib
    assert reference["RequestRatePlanCode"] == "mine-1"
    return reference["ResponseRatePlanCode"]


def test_a_new_plan_answers_its_code(desk: Desk) -> None:
    code = new(desk)
    assert plans(desk)[code]["name"] == "Long stay"
    assert new(desk, "Longer") != code


def test_a_name_can_be_used_once(desk: Desk) -> None:
    reply = notify(desk, plan("New", "Standard"))
    assert (reply.status, reply.codes) == (400, ["592"])
    assert "Rate with name 'Standard' already exists" in reply.body.decode()
    assert notify(desk, plan("New", "Twice"), plan("New", "Twice")).status == 400
    assert len(plans(desk)) == 3


def test_a_plan_is_renamed_removed_and_activated(desk: Desk) -> None:
    assert notify(desk, plan("Overlay", "Flexible", "1278606")).status == 200
    assert notify(desk, plan("Remove", code="1278606")).status == 200
    assert (plans(desk)["1278606"]["name"], plans(desk)["1278606"]["active"]) == ("Flexible", False)
    notify(desk, plan("Activate", code="1278606"))
    assert plans(desk)["1278606"]["active"] is True


def test_an_overlay_without_the_relation_deletes_it(desk: Desk) -> None:
    assert "parent" in plans(desk)["1278607"]["facts"]
    notify(desk, plan("Overlay", "Non-refundable", "1278607"))
    assert "parent" not in plans(desk)["1278607"]["facts"]


def test_a_child_follows_its_parent_as_told(desk: Desk) -> None:
    relation = '<TPA_Extensions><RateParent><RateRelation RateParentId="1278606" Percentage="90" FollowsClosed="0"/>'
    code = new(desk, "Child", relation + "</RateParent></TPA_Extensions>")
    parent = plans(desk)[code]["facts"]["parent"]
    assert (parent["id"], parent["percentage"], parent["follows_price"], parent["follows_closed"]) == (
        "1278606",
        90,
        True,
        False,
    )
    wrong = relation.replace('"90"', '"201"') + "</RateParent></TPA_Extensions>"
    assert notify(desk, plan("New", "Wrong", inside=wrong)).codes == ["320"]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        (plan("Delete", code="1278606"), "320"),
        (plan("New"), "320"),
        (plan("Overlay", "Name", "999"), "402"),
        (plan("Remove", code="999"), "402"),
    ],
)
def test_a_message_with_an_error_changes_nothing(desk: Desk, element: str, code: str) -> None:
    before = plans(desk)
    reply = notify(desk, plan("New", "Good"), element)
    assert (reply.status, reply.codes) == (400, [code])
    assert plans(desk) == before


def test_another_hotel_is_not_reached(desk: Desk) -> None:
    assert notify(desk, plan("New", "Good"), hotel="1").status == 403
    assert desk.ota("OTA_HotelRatePlanNotif", "<x/>", authorization="").status == 401


def product(desk: Desk, kind: str, rate: str, conditions: str = "", room: str = "36745601") -> Reply:
    body = (
        f'<OTA_HotelProductNotifRQ {OTA}><HotelProducts HotelCode="367456"><HotelProduct ProductNotifType="{kind}">'
        f'<RoomTypes><RoomType RoomTypeCode="{room}"/></RoomTypes><RatePlans><RatePlan RatePlanCode="{rate}"/></RatePlans>'
        f"{conditions}</HotelProduct></HotelProducts></OTA_HotelProductNotifRQ>"
    )
    return desk.ota("OTA_HotelProductNotif", body)


CONDITIONS = (
    '<PolicyInfo><BookingRules><BookingRule MinAdvancedBookingOffset="P3D"/></BookingRules>'
    '<CancelPolicy><CancelPenalty PolicyCode="152"/></CancelPolicy></PolicyInfo>'
    '<TPA_Extensions><PricingType Value="Standard"/></TPA_Extensions>'
)


def test_a_product_makes_a_plan_sellable_in_a_room(desk: Desk) -> None:
    code = new(desk)
    assert code.encode() not in desk.b_xml("roomrates", "<hotel_id>367456</hotel_id>").body
    assert product(desk, "New", code, CONDITIONS).status == 200
    assert f'id="{code}" max_persons="2" policy="General" policy_id="152"'.encode() in (
        desk.b_xml("roomrates", "<hotel_id>367456</hotel_id>").body
    )
    pair = next(p for p in desk.admin("GET", "/hotels/booking.com/367456")["room_rates"] if p["id"] == code)
    assert pair["facts"] == {"policy_id": "152", "min_advance": "P3D", "pricing_type": "Standard"}


def test_an_overlay_of_a_product_replaces_all_its_conditions(desk: Desk) -> None:
    product(desk, "Overlay", "1278606", CONDITIONS)
    product(desk, "Overlay", "1278606", '<CancelPenalty PolicyCode="1"/>')
    pairs = desk.admin("GET", "/hotels/booking.com/367456")["room_rates"]
    assert [p["facts"] for p in pairs if (p["id"], p["room"]) == ("1278606", "36745601")] == [{"policy_id": "1"}]


def test_a_removed_product_is_not_sold_until_activated(desk: Desk) -> None:
    update = '<room id="36745601"><date value="2026-06-01"><rate id="1278606"/><closed>1</closed></date></room>'
    product(desk, "Remove", "1278606")
    assert desk.b_xml("availability", update).codes == ["RATE_NOT_ACTIVE_FOR_ROOM"]
    product(desk, "Activate", "1278606")
    assert desk.b_xml("availability", update).status == 200


@pytest.mark.parametrize(
    ("kind", "rate", "conditions", "code"),
    [
        ("New", "1278606", CONDITIONS, "320"),
        ("New", "99", CONDITIONS, "402"),
        ("Overlay", "1278606", "", "320"),
        ("Overlay", "1278606", CONDITIONS.replace("P3D", "3D"), "320"),
        ("Overlay", "1278606", CONDITIONS.replace('"Standard"', '"Other"'), "320"),
        ("Change", "1278606", CONDITIONS, "320"),
    ],
)
def test_a_product_that_breaks_a_rule_is_refused(desk: Desk, kind: str, rate: str, conditions: str, code: str) -> None:
    reply = product(desk, kind, rate, conditions)
    assert (reply.status, reply.codes[0]) == (400, code)


def get(desk: Desk, name: str) -> list[str]:
    reply = desk.ota(name, "", "GET")
    assert reply.status == 200
    return [found.attrib["ResID_Value"] for found in named(fromstring(reply.body), "HotelReservationID")]


def acknowledge(desk: Desk, name: str, booking: str) -> int:
    ids = f'<HotelReservationIDs><HotelReservationID ResID_Value="{booking}"/></HotelReservationIDs>'
    return desk.ota(name, f"<{name}RS {OTA}><Success/>{ids}</{name}RS>").status


def test_reservations_are_repeated_until_acknowledged(desk: Desk) -> None:
    stay = {"room": "36745601", "rate_plan": "1278606", "arrival": "2026-06-01", "departure": "2026-06-03"}
    booking = desk.admin("POST", "/hotels/booking.com/367456/book", stay)["id"]
    assert get(desk, "OTA_HotelResNotif") == get(desk, "OTA_HotelResNotif") == [booking]
    assert acknowledge(desk, "OTA_HotelResNotif", "1") == 400
    assert acknowledge(desk, "OTA_HotelResNotif", booking) == 200
    assert get(desk, "OTA_HotelResNotif") == []
    desk.admin("POST", "/hotels/booking.com/367456/cancel", {"booking": booking})
    assert get(desk, "OTA_HotelResModifyNotif") == [booking]
    assert acknowledge(desk, "OTA_HotelResModifyNotif", booking) == 200
    assert get(desk, "OTA_HotelResModifyNotif") == []


def test_reading_by_b_xml_acknowledges(desk: Desk) -> None:
    stay = {"room": "36745601", "rate_plan": "1278607", "arrival": "2026-06-01", "departure": "2026-06-03"}
    desk.admin("POST", "/hotels/booking.com/367456/book", stay | {"units": 2})
    root = fromstring(desk.b_xml("reservations", "<hotel_id>367456</hotel_id>").body)
    assert [price.text for price in root.iter("price")] == ["135.00"] * 4
    assert (root.findtext("reservation/status"), root.findtext("reservation/totalprice")) == ("new", "540.00")
    assert len(fromstring(desk.b_xml("reservations", "<hotel_id>367456</hotel_id>").body)) == 0
