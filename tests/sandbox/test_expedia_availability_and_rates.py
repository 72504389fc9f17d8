from typing import Any

import pytest

from reconciler.sandbox.wire import Request

from .desk import Desk, ar_message, auth, codes, expedia_desk, named, update
from .hotels import PASSWORD, run

PRICE = '<RoomType id="1"><RatePlan id="11"><Rate currency="EUR"><PerDay rate="{}"/></Rate></RatePlan></RoomType>'
LEFT = '<RoomType id="1"><Inventory totalInventoryAvailable="{}"/></RoomType>'


@pytest.fixture
def desk() -> Desk:
    return expedia_desk()


def night(desk: Desk, date: str, room: str = "1") -> Any:
    root = desk.parr(f'from="{date}" to="{date}"', f'<RoomType id="{room}"/>')
    return named(root, "RoomType")[0]


def test_what_is_loaded_is_read_back(desk: Desk) -> None:
    inside = (
        '<RoomType id="1" closed="true"><Inventory totalInventoryAvailable="9"/><RatePlan id="11" closed="true">'
        '<Rate currency="EUR"><PerDay rate="140"/></Rate>'
        '<Restrictions minLOS="2" maxLOS="7" closedToArrival="true" closedToDeparture="false"/></RatePlan></RoomType>'
    )
    assert codes(desk.ar(update(inside))) == []
    room = night(desk, "2026-06-01")
    assert room.attrib["closed"] == "true"
    assert named(room, "Inventory")[0].attrib["totalInventoryAvailable"] == "9"
    assert named(room, "PerDay")[0].attrib == {"rate": "140.00"}
    restrictions = {"minLOS": "2", "maxLOS": "7", "closedToArrival": "true", "closedToDeparture": "false"}
    assert named(room, "Restrictions")[0].attrib == restrictions
    assert named(room, "RatePlan")[0].attrib["closed"] == "true"


def test_only_what_is_sent_changes(desk: Desk) -> None:
    desk.ar(update(LEFT.format(2)))
    room = night(desk, "2026-06-01")
    assert named(room, "PerDay")[0].attrib == {"rate": "100.00"}
    assert named(room, "Inventory")[0].attrib["totalInventoryAvailable"] == "2"


def test_both_ends_of_a_range_are_included(desk: Desk) -> None:
    desk.ar(update(LEFT.format(2), "2026-06-01", "2026-06-02"))
    left = [
        named(night(desk, f"2026-06-0{day}"), "Inventory")[0].attrib["totalInventoryAvailable"] for day in (1, 2, 3)
    ]
    assert left == ["2", "2", "5"]


def test_once_a_weekday_is_named_those_left_out_are_not_updated(desk: Desk) -> None:
    desk.ar(update(LEFT.format(1), "2026-06-01", "2026-06-07", 'sat="true"'))
    left = [
        named(night(desk, f"2026-06-0{day}"), "Inventory")[0].attrib["totalInventoryAvailable"] for day in (5, 6, 7)
    ]
    assert left == ["5", "1", "5"]


@pytest.mark.parametrize(
    ("updates", "code"),
    [
        (update(LEFT.format(1), "2026-03-08"), "3020"),
        (update(LEFT.format(1), "2026-06-02", "2026-06-01"), "3021"),
        (update(LEFT.format(1), "2028-03-01", "2028-03-12"), "3022"),
        (update('<RoomType id="1"><Inventory totalInventoryAvailable="1" flexibleAllocation="1"/></RoomType>'), "3026"),
        (update('<RoomType id="9"><Inventory totalInventoryAvailable="1"/></RoomType>'), "3203"),
        (update('<RoomType id="2"><RatePlan id="11" closed="true"/></RoomType>'), "3204"),
        (update('<RoomType id="2"><RatePlan id="21" closed="true"/></RoomType>'), "3142"),
        (update(PRICE.format("1").replace("EUR", "USD")), "3103"),
        (update(PRICE.format("1").replace("PerDay", "PerPerson")), "3090"),
        (update(PRICE.format("1").replace("currency", 'lengthOfStay="1" currency')), "3124"),
        (update(PRICE.format("1").replace("currency", 'rateChangeIndicator="true" currency')), "3125"),
        (
            update('<RoomType id="1"><RatePlan id="11"><Restrictions minLOS="3" maxLOS="2"/></RatePlan></RoomType>'),
            "3015",
        ),
        (update(LEFT.format(1)) + update(LEFT.format(2)), "3108"),
        (update(LEFT.format(5000)), "3010"),
        (update(PRICE.format("1.2345")), "3010"),
        (update(PRICE.format("-1")), "3010"),
        (update('<RoomType id="1"><RatePlan id="11"/><Inventory totalInventoryAvailable="1"/></RoomType>'), "3010"),
        (update('<RoomType id="1" color="red"/>'), "3010"),
    ],
)
def test_a_bad_message_is_refused_as_a_whole(desk: Desk, updates: str, code: str) -> None:
    before = desk.admin("GET", "/hotels/expedia/42")
    root = desk.ar(update(LEFT.format(4), "2026-07-01", "2026-07-02") + updates)
    assert codes(root) == [code]
    assert named(root, "Success") == []
    assert desk.admin("GET", "/hotels/expedia/42") == before


@pytest.mark.parametrize(
    "updates",
    [
        update('<RoomType id="1"><RatePlan id="11"/></RoomType>'),
        update(LEFT.format(1), "2026-06-01", "2026-06-01", 'sun="true"'),
    ],
)
def test_a_message_that_updates_nothing_is_refused(desk: Desk, updates: str) -> None:
    assert codes(desk.ar(updates)) == ["3015"]


def test_the_same_value_twice_is_no_conflict(desk: Desk) -> None:
    assert codes(desk.ar(update(LEFT.format(1)) + update(LEFT.format(1)))) == []


def test_yesterday_is_taken_and_the_day_before_is_not(desk: Desk) -> None:
    assert codes(desk.ar(update(LEFT.format(1), "2026-03-09", "2026-03-09"))) == []
    assert codes(desk.ar(update(LEFT.format(1), "2026-03-08", "2026-03-08"))) == ["3020"]


def test_the_day_is_the_hotels_own(desk: Desk) -> None:
    desk.admin("PUT", "/hotels/expedia/43", {"id": "43", "name": "East", "currency": "EUR", "timezone": "Asia/Tokyo"})
    desk.admin("POST", "/hotels/expedia/43/change", {"facts": {}})
    desk.admin("PUT", "/clock", {"frozen_at": "2026-03-10T16:00:00+00:00"})
    root = desk.parr('from="2026-03-09" to="2026-03-09"', hotel="43")
    assert codes(root) == ["3020"]


def test_five_thousand_updates_are_the_most(desk: Desk) -> None:
    plan = '<RatePlan id="11"><Rate currency="EUR"><PerDay rate="100"/></Rate><Restrictions minLOS="1" maxLOS="9" {}/>'
    room = '<RoomType id="1" closed="false"><Inventory totalInventoryAvailable="1"/>' + plan + "</RatePlan></RoomType>"
    seven = room.format('closedToArrival="false" closedToDeparture="false"')
    assert codes(desk.ar(update(seven, "2026-06-01", "2028-03-01"))) == []
    eight = seven.replace('id="11"', 'id="11" closed="false"')
    assert codes(desk.ar(update(eight, "2026-06-01", "2028-03-01"))) == ["3107"]


def test_a_message_of_more_than_100_kilobytes_is_refused(desk: Desk) -> None:
    message = update(LEFT.format(1)) + f"<!--{'x' * 100_000}-->"
    assert codes(desk.ar(message)) == ["3405"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("<AvailRateUpdateRQ", "2002"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + ar_message(update(LEFT.format(1))), "2002"),
        (ar_message(update(LEFT.format(1))).replace("2011/06", "2009/01"), "2010"),
        (ar_message(update(LEFT.format(1)), password="wrong-password"), "1001"),
        (ar_message(update(LEFT.format(1)), password="short"), "3010"),
        (ar_message(update(LEFT.format(1)), hotel="41"), "3202"),
    ],
)
def test_who_asks_and_how_is_checked_before_anything_else(desk: Desk, message: str, code: str) -> None:
    assert codes(desk.eqc("ar", message)) == [code]


@pytest.mark.parametrize(("access", "code"), [("none", "1000"), ("read", "1003")])
def test_an_account_without_the_right_access_is_told_so(desk: Desk, access: str, code: str) -> None:
    account = {"provider": "expedia", "username": "partner", "password": PASSWORD, "access": access}
    desk.admin("POST", "/accounts", account)
    assert codes(desk.ar(update(LEFT.format(1)))) == [code]


def test_a_second_connection_for_a_hotel_is_refused(desk: Desk) -> None:
    request = Request("POST", "/eqc/ar", body=ar_message(update(LEFT.format(1))).encode())
    first, second = desk.sandbox.begin(request), desk.sandbox.begin(request)
    assert first and second
    assert desk.sandbox.carry_out(second).reply.codes == ["3210"]
    desk.sandbox.end(second)
    assert desk.sandbox.carry_out(first).reply.codes == []
    desk.sandbox.end(first)
    assert codes(desk.ar(update(LEFT.format(1)))) == []


def test_a_linked_plan_answers_success_and_ignores_what_is_sent(desk: Desk) -> None:
    inside = PRICE.format("1").replace('"11"', '"12" closed="true"')
    root = desk.ar(update(inside))
    assert named(root, "Success")
    assert codes(root) == ["7023", "7024"]
    plan = next(found for found in named(night(desk, "2026-06-01"), "RatePlan") if found.attrib["id"] == "12")
    assert named(plan, "PerDay")[0].attrib == {"rate": "90.00"}
    assert plan.attrib["closed"] == "false"


def test_a_linked_plan_may_be_ignored_without_a_word(desk: Desk) -> None:
    desk.admin("PUT", "/switches", {"expedia_linked_warnings": False})
    assert codes(desk.ar(update(PRICE.format("1").replace('"11"', '"12"')))) == []


def test_restrictions_that_are_not_linked_belong_to_the_child(desk: Desk) -> None:
    flag = '<RoomType id="1"><RatePlan id="12"><Restrictions closedToArrival="true"/></RatePlan></RoomType>'
    assert codes(desk.ar(update(flag))) == []
    plans = {found.attrib["id"]: found for found in named(night(desk, "2026-06-01"), "RatePlan")}
    arrivals = {key: named(plan, "Restrictions")[0].attrib["closedToArrival"] for key, plan in plans.items()}
    assert arrivals == {"11": "false", "12": "true"}


def test_a_rate_beyond_the_thresholds_is_warned_about_and_the_rest_applied(desk: Desk) -> None:
    inside = (
        '<RoomType id="2"><Inventory totalInventoryAvailable="3"/><RatePlan id="21A">'
        '<Rate currency="EUR"><PerDay rate="901"/></Rate><Restrictions minLOS="2"/></RatePlan></RoomType>'
    )
    root = desk.ar(update(inside))
    assert codes(root) == ["7021"]
    text = named(root, "Warning")[0].text or ""
    assert text.startswith("[Room Type ID 2; Rate Plan ID 21A; Stay Date 2026-06-01] ")
    room = night(desk, "2026-06-01", "2")
    assert named(room, "PerDay") == []
    assert named(room, "Restrictions")[0].attrib["minLOS"] == "2"
    assert named(room, "Inventory")[0].attrib["totalInventoryAvailable"] == "3"


def test_at_most_twenty_warnings_of_a_code_are_answered(desk: Desk) -> None:
    root = desk.ar(update(PRICE.format("0"), "2026-06-01", "2026-06-30"))
    assert codes(root) == ["7021"] * 20
    assert "Remaining 10 warnings will not be returned" in (named(root, "Warning")[-1].text or "")


def test_a_least_stay_above_the_stored_longest_is_not_taken(desk: Desk) -> None:
    limits = '<RoomType id="1"><RatePlan id="11"><Restrictions {}/></RatePlan></RoomType>'
    assert codes(desk.ar(update(limits.format('maxLOS="3"')))) == []
    assert codes(desk.ar(update(limits.format('minLOS="4"')))) == ["7016"]
    assert codes(desk.ar(update(limits.format('minLOS="4" maxLOS="5"')))) == []


def test_base_allocation_cannot_be_undercut_or_closed(desk: Desk) -> None:
    desk.admin(
        "POST", "/hotels/expedia/42/change", {"room": "1", **run("2026-06-01", "2026-06-02", 0), "set": {"base": 4}}
    )
    assert codes(desk.ar(update(LEFT.format(3)))) == ["7013"]
    assert codes(desk.ar(update('<RoomType id="1" closed="true"/>'))) == ["7010"]
    assert codes(desk.ar(update('<RoomType id="1"><Inventory flexibleAllocation="3"/></RoomType>'))) == []
    inventory = named(night(desk, "2026-06-01"), "Inventory")[0].attrib
    assert (inventory["baseAllocation"], inventory["totalInventoryAvailable"]) == ("4", "7")


def test_an_inactive_plan_is_updated_with_a_warning(desk: Desk) -> None:
    desk.admin("POST", "/hotels/expedia/42/change", {"rate_plan": "11", "active": False})
    assert codes(desk.ar(update(PRICE.format("120")))) == ["7022"]


def test_occupancy_prices_are_kept_per_guest_and_above_the_room_refused() -> None:
    desk = expedia_desk(pricing_model="OccupancyBasedPricing")
    rates = "".join(f'<PerOccupancy rate="{guests}0" occupancy="{guests}"/>' for guests in (1, 2, 4))
    inside = f'<RoomType id="1"><RatePlan id="11"><Rate currency="EUR">{rates}</Rate></RatePlan></RoomType>'
    assert codes(desk.ar(update(inside))) == ["7009"]
    found = [price.attrib for price in named(night(desk, "2026-06-01"), "PerOccupancy")]
    assert found[:2] == [{"rate": "10.00", "occupancy": "1"}, {"rate": "20.00", "occupancy": "2"}]


def test_prices_by_length_of_stay_need_the_length() -> None:
    desk = expedia_desk()
    desk.admin(
        "POST",
        "/hotels/expedia/42/change",
        {"rate_plan": "11", "facts": {"pricingModel": "PerDayPricingByLengthOfStay"}},
    )
    assert codes(desk.ar(update(PRICE.format("100")))) == ["3123"]
    two = PRICE.format("100").replace("currency", 'lengthOfStay="2" currency')
    assert codes(desk.ar(update(two))) == []


def test_the_older_form_with_a_single_update_is_taken(desk: Desk) -> None:
    inside = '<DateRange from="2026-06-01" to="2026-06-01"/>' + LEFT.format(3)
    for space in ("2007/02", "2011/06"):
        assert codes(desk.eqc("ar", ar_message(inside).replace("2011/06", space))) == []


def test_basic_authentication_is_taken_in_place_of_the_element(desk: Desk) -> None:
    message = ar_message(update(LEFT.format(3)))
    start, end = message.index("<Authentication"), message.index("<Hotel")
    bare = message[:start] + message[end:]
    assert desk.ask("POST", "/eqc/ar", bare, **auth()).codes == []
    assert desk.ask("POST", "/eqc/ar", bare).codes == ["3010"]
