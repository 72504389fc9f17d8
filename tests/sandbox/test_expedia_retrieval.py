import gzip
import urllib.request
from typing import Any

import pytest

from reconciler.sandbox.server import running

from .desk import Desk, codes, expedia_desk, named, parr_message
from .hotels import NOW, expedia_hotel, run


@pytest.fixture
def desk() -> Desk:
    return expedia_desk()


def dates(root: Any) -> list[str]:
    return [found.attrib["date"] for found in named(root, "AvailRate")]


def test_one_rate_plan_is_answered_for_at_most_365_days(desk: Desk) -> None:
    found = dates(desk.parr('from="2026-03-10" to="2027-06-01"', '<RoomType id="1"><RatePlan id="11"/></RoomType>'))
    assert (len(found), found[0], found[-1]) == (365, "2026-03-10", "2027-03-09")


def test_more_than_one_rate_plan_is_cut_to_31_days_without_a_word(desk: Desk) -> None:
    root = desk.parr('from="2026-03-10" to="2026-06-01"')
    assert (len(dates(root)), dates(root)[-1], codes(root)) == (31, "2026-04-09", [])


def test_filters_leave_out_what_is_not_wanted(desk: Desk) -> None:
    root = desk.parr(
        'from="2026-03-10" to="2026-03-10" rates="false" restrictions="false" rateAvailStatus="false"',
        '<RoomType id="1"/>',
    )
    assert named(root, "RatePlan") == []
    assert named(root, "Inventory")[0].attrib["totalInventoryAvailable"] == "5"
    root = desk.parr(
        'from="2026-03-10" to="2026-03-10" inventory="false" roomAvailStatus="false"', '<RoomType id="1"/>'
    )
    assert named(root, "Inventory") == []
    assert "closed" not in named(root, "RoomType")[0].attrib


def test_a_plan_without_anything_received_is_left_out_of_the_night(desk: Desk) -> None:
    root = desk.parr('from="2026-03-10" to="2026-03-10"', '<RoomType id="2"/>')
    assert named(root, "RatePlan") == []
    assert named(root, "Inventory")[0].attrib["totalInventoryAvailable"] == "0"


@pytest.mark.parametrize(("on", "expected"), [(False, "false"), (True, None)])
def test_a_status_never_received_is_false_or_left_out_by_switch(desk: Desk, on: bool, expected: str | None) -> None:
    desk.admin("PUT", "/switches", {"expedia_parr_partial": on})
    root = desk.parr('from="2026-03-10" to="2026-03-10"', '<RoomType id="1"><RatePlan id="11"/></RoomType>')
    assert named(root, "RatePlan")[0].attrib.get("closed") == expected


@pytest.mark.parametrize(
    ("attributes", "inside", "code"),
    [
        ('from="2026-03-08" to="2026-03-10"', "", "3020"),
        ('from="2026-03-10" to="2026-03-09"', "", "3021"),
        ('from="2026-03-10" to="2026-03-10"', '<RoomType id="7"/>', "3203"),
        ('from="2026-03-10" to="2026-03-10"', '<RoomType id="2"><RatePlan id="11"/></RoomType>', "3204"),
        ('from="10.3.2026" to="2026-03-10"', "", "3010"),
        ('from="2026-03-10" to="2026-03-10" restriction="true"', "", "3010"),
        ('from="2026-03-10" to="2026-03-10"', '<RoomType id="1"/>' * 21, "3010"),
    ],
)
def test_a_bad_question_is_refused(desk: Desk, attributes: str, inside: str, code: str) -> None:
    assert codes(desk.parr(attributes, inside)) == [code]


def test_inactive_plans_are_answered_only_when_named(desk: Desk) -> None:
    desk.admin("POST", "/hotels/expedia/42/change", {"rate_plan": "11", "active": False})
    window = 'from="2026-03-10" to="2026-03-10"'
    assert "11" not in [found.attrib["id"] for found in named(desk.parr(window), "RatePlan")]
    asked = desk.parr(window, '<RoomType id="1"><RatePlan id="11"/></RoomType>')
    assert [found.attrib["id"] for found in named(asked, "RatePlan")] == ["11"]


def test_products_are_listed_with_twins_and_links(desk: Desk) -> None:
    asked = '<ProductRetrieval returnRateLink="true" returnRatePlanAttributes="true" returnRoomAttributes="true"/>'
    root = desk.eqc("parr", parr_message(asked))
    plans = {found.attrib["id"]: found.attrib for found in named(root, "RatePlan")}
    assert plans["11"]["rateAcquisitionType"] == "SellRate"
    assert (plans["12"]["rateAcquisitionType"], plans["12"]["parentId"]) == ("Linked", "11")
    assert (plans["21"]["rateAcquisitionType"], plans["21"]["parentId"]) == ("Derived", "21A")
    assert plans["21A"]["distributionModel"] == "HotelCollect"
    assert plans["12"]["isCTALinked"] == "false"
    assert plans["11"]["minLOSDefault"] == "1"
    assert named(root, "RatePlanLinkDefinition")[0].attrib == {"linkType": "Percent", "linkValue": "-10"}
    assert named(root, "RateThreshold")[0].attrib["maxAmount"] == "900"


def test_only_active_products_are_listed_unless_all_are_wanted(desk: Desk) -> None:
    desk.admin("POST", "/hotels/expedia/42/change", {"rate_plan": "21", "active": False})
    active = desk.eqc("parr", parr_message("<ProductRetrieval/>"))
    assert [found.attrib["id"] for found in named(active, "RoomType")] == ["1"]
    everything = desk.eqc("parr", parr_message('<ProductRetrieval productStatus="All"/>'))
    assert [found.attrib["status"] for found in named(everything, "RoomType")] == ["Active", "Inactive"]


def test_a_booking_is_seen_as_sold_and_lowers_what_is_available(desk: Desk) -> None:
    stay = {"room": "1", "rate_plan": "11", "arrival": "2026-06-01", "departure": "2026-06-03"}
    made = desk.admin("POST", "/hotels/expedia/42/book", stay | {"units": 2})
    assert len(made["ids"]) == 2

    def counts() -> list[tuple[str, str]]:
        root = desk.parr('from="2026-06-01" to="2026-06-03"', '<RoomType id="1"/>')
        found = [inventory.attrib for inventory in named(root, "Inventory")]
        return [(each["totalInventoryAvailable"], each["totalInventorySold"]) for each in found]

    assert counts() == [("3", "2"), ("3", "2"), ("5", "0")]
    desk.admin("POST", "/hotels/expedia/42/cancel", {"booking": made["id"]})
    assert counts() == [("4", "1"), ("4", "1"), ("5", "0")]
    desk.admin("POST", "/hotels/expedia/42/modify", {"booking": made["ids"][1], "departure": "2026-06-04"})
    assert counts() == [("4", "1"), ("4", "1"), ("4", "1")]


def test_nothing_is_sold_that_is_not_for_sale(desk: Desk) -> None:
    stay = {"room": "1", "rate_plan": "11", "arrival": "2026-06-01", "departure": "2026-06-03", "units": 6}
    with pytest.raises(AssertionError, match="too few left"):
        desk.admin("POST", "/hotels/expedia/42/book", stay)
    closed = {"room": "1", **run("2026-06-02", "2026-06-03", 0), "set": {"closed": True}}
    desk.admin("POST", "/hotels/expedia/42/change", closed)
    with pytest.raises(AssertionError, match="closed"):
        desk.admin("POST", "/hotels/expedia/42/book", stay | {"units": 1})
    assert desk.admin("POST", "/hotels/expedia/42/book", stay | {"units": 1, "force": True})["id"]


def test_a_large_answer_is_compressed_for_who_can_read_it() -> None:
    with running() as sandbox:
        sandbox.admin.clock(frozen_at=NOW)
        sandbox.admin.load_hotel("expedia", expedia_hotel())
        body = parr_message('<AvailRateRetrieval from="2026-03-10" to="2026-04-10"/>').encode()
        request = urllib.request.Request(f"{sandbox.url}/eqc/parr", body, {"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as reply:
            assert reply.headers["Content-Encoding"] == "gzip"
            assert b"AvailRateList" in gzip.decompress(reply.read())
