import json
from typing import Any

import pytest

from .desk import V2, Desk, auth, expedia_desk

PLANS = "/properties/42/roomTypes/1/ratePlans"
NEW: dict[str, Any] = {
    "name": "Long stay",
    "distributionRules": [{"partnerCode": "LONG", "distributionModel": "ExpediaCollect"}],
    "occupantsForBaseRate": 2,
}


@pytest.fixture
def desk() -> Desk:
    return expedia_desk()


def created(desk: Desk, **fields: Any) -> dict[str, Any]:
    status, body = desk.product("POST", PLANS, NEW | fields)
    assert status == 201, body
    entity: dict[str, Any] = body["entity"]
    return entity


def test_a_created_plan_has_the_documented_defaults(desk: Desk) -> None:
    plan = created(desk)
    expected = {
        "name": "Long stay",
        "status": "Active",
        "type": "Standalone",
        "pricingModel": "PerDayPricing",
        "minLOSDefault": 1,
        "maxLOSDefault": 28,
        "bookDateStart": "1900-01-01",
        "travelDateEnd": "2079-06-06",
        "mobileOnly": False,
    }
    assert {name: plan[name] for name in expected} == expected
    rule = plan["distributionRules"][0]
    assert (rule["expediaId"], rule["manageable"]) == (str(plan["resourceId"]), True)
    assert desk.product("GET", f"{PLANS}/{plan['resourceId']}") == (200, {"entity": plan})


def test_a_created_plan_answers_where_it_is(desk: Desk) -> None:
    reply = desk.ask("POST", PLANS, json.dumps(NEW), accept=V2, content_type=V2, request_id="mine", **auth())
    plan = json.loads(reply.body)["entity"]["resourceId"]
    assert reply.headers["Location"] == f"http://127.0.0.1:1{PLANS}/{plan}"
    assert reply.headers["Request-ID"] == "mine"
    assert reply.headers["Transaction-ID"]


def test_two_distribution_rules_make_a_twin_with_suffix_a(desk: Desk) -> None:
    rules = [
        {"partnerCode": "LEC", "distributionModel": "ExpediaCollect"},
        {"partnerCode": "LHC", "distributionModel": "HotelCollect"},
    ]
    plan = created(desk, distributionRules=rules)
    ids = {rule["expediaId"]: rule["manageable"] for rule in plan["distributionRules"]}
    assert ids == {str(plan["resourceId"]): False, f"{plan['resourceId']}A": True}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"distributionRules": [{"partnerCode": "too long a code", "distributionModel": "ExpediaCollect"}]}, 400),
        ({"distributionRules": [{"partnerCode": "BAR", "distributionModel": "ExpediaCollect"}]}, 409),
        ({"distributionRules": []}, 400),
        ({"occupantsForBaseRate": None}, 400),
        ({"pricingModel": "OccupancyBasedPricing"}, 400),
        ({"name": "x" * 41}, 400),
        ({"minLOSDefault": 29}, 400),
        ({"maxAdvBookDays": 501}, 400),
        ({"cancelPolicy": {"defaultPenalties": [{"deadline": 24, "perStayFee": "None", "amount": 0}]}}, 400),
        ({"cancelPolicy": {"defaultPenalties": [{"deadline": 0, "perStayFee": "Some", "amount": 0}]}}, 400),
        ({"travelDateStart": "2027-01-01", "travelDateEnd": "2026-01-01"}, 400),
        ({"resourceId": 5}, 400),
        ({"ratePlanLinkage": {}}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_a_plan_that_breaks_a_rule_is_not_created(desk: Desk, fields: dict[str, Any], status: int) -> None:
    got, body = desk.product("POST", PLANS, NEW | fields)
    assert got == status
    assert set(body) == {"errors"}
    assert len(desk.product("GET", PLANS, query="status=all")[1]["entity"]) == 2


def test_patch_changes_what_it_names_and_null_removes(desk: Desk) -> None:
    extra = {"valueAddInclusions": ["Free Breakfast"], "minLOSDefault": 3}
    plan = created(desk, **extra, additionalGuestAmounts=[{"ageCategory": "Adult", "amount": 8.73}])
    path = f"{PLANS}/{plan['resourceId']}"
    status, body = desk.product("PATCH", path, {"name": "Longer", "status": "Inactive", "additionalGuestAmounts": None})
    assert status == 200
    entity = body["entity"]
    assert (entity["name"], entity["status"], entity["minLOSDefault"]) == ("Longer", "Inactive", 3)
    assert entity["valueAddInclusions"] == ["Free Breakfast"]
    assert "additionalGuestAmounts" not in entity
    assert "valueAddInclusions" not in desk.product("PATCH", path, {"valueAddInclusions": []})[1]["entity"]


def test_put_removes_what_is_not_sent(desk: Desk) -> None:
    plan = created(desk, valueAddInclusions=["Free Breakfast"], minLOSDefault=3)
    path = f"{PLANS}/{plan['resourceId']}"
    sent = {"resourceId": plan["resourceId"], "occupantsForBaseRate": 2, "distributionRules": plan["distributionRules"]}
    status, body = desk.product("PUT", path, sent)
    assert status == 200
    assert (body["entity"]["name"], body["entity"]["minLOSDefault"]) == ("LONG", 1)
    assert "valueAddInclusions" not in body["entity"]


def test_what_was_answered_can_be_sent_back_whole(desk: Desk) -> None:
    plan = created(desk, additionalGuestAmounts=[{"ageCategory": "Adult", "amount": 8.73}])
    path = f"{PLANS}/{plan['resourceId']}"
    assert desk.product("PUT", path, plan) == (200, {"entity": plan})


def test_amounts_come_back_digit_for_digit(desk: Desk) -> None:
    plan = created(desk)
    body = '{"additionalGuestAmounts": [{"ageCategory": "Adult", "amount": 8.700}]}'
    named = {"accept": V2, "content_type": V2, **auth()}
    assert b'"amount": 8.700' in desk.ask("PATCH", f"{PLANS}/{plan['resourceId']}", body, **named).body


def test_a_linked_plan_is_read_only(desk: Desk) -> None:
    assert desk.product("PATCH", f"{PLANS}/12", {"name": "Mine"})[0] == 400
    assert desk.product("DELETE", f"{PLANS}/12")[0] == 400
    links = desk.product("GET", f"{PLANS}/12")[1]["entity"]["_links"]
    assert links["parentRatePlan"]["href"].endswith("/ratePlans/11")


def test_of_a_linked_plan_only_the_linkage_is_fixed_when_the_switch_says_so(desk: Desk) -> None:
    desk.admin("PUT", "/switches", {"expedia_linked_plans_editable": True})
    assert desk.product("PATCH", f"{PLANS}/12", {"name": "Mine"})[0] == 200
    assert desk.product("PATCH", f"{PLANS}/12", {"ratePlanLinkage": {}})[0] == 400


def test_a_deleted_plan_is_gone_and_a_parent_cannot_be_deleted(desk: Desk) -> None:
    plan = created(desk)
    assert desk.product("DELETE", f"{PLANS}/{plan['resourceId']}") == (204, None)
    assert desk.product("GET", f"{PLANS}/{plan['resourceId']}")[0] == 404
    assert desk.product("DELETE", f"{PLANS}/11")[0] == 409


def test_lists_show_active_ones_unless_all_are_wanted(desk: Desk) -> None:
    desk.product("PATCH", f"{PLANS}/11", {"status": "Inactive"})
    ids = [plan["resourceId"] for plan in desk.product("GET", PLANS)[1]["entity"]]
    every = [plan["resourceId"] for plan in desk.product("GET", PLANS, query="status=all")[1]["entity"]]
    assert (ids, every) == ([12], [11, 12])
    assert desk.product("GET", PLANS, query="status=none")[0] == 400


def test_properties_are_paged(desk: Desk) -> None:
    desk.admin("PUT", "/hotels/expedia/43", {"id": "43", "name": "Second", "currency": "EUR"})
    pages = [desk.product("GET", "/products/properties", query=f"limit=1&offset={n}")[1]["entity"] for n in (0, 1, 2)]
    assert [[hotel["resourceId"] for hotel in page] for page in pages] == [[42], [43], []]
    assert desk.product("GET", "/products/properties", query="limit=201")[0] == 400
    assert desk.product("GET", "/products/properties/43/")[1]["entity"]["name"] == "Second"


def test_a_room_type_is_inactive_until_its_first_active_rate_plan(desk: Desk) -> None:
    room = {
        "partnerCode": "TWIN",
        "name": {"value": "Twin Room"},
        "ageCategories": [{"category": "Adult", "minAge": 18}],
        "bedrooms": [{"count": 1, "bedding": []}],
        "smokingPreferences": ["Non-Smoking"],
    }
    status, body = desk.product("POST", "/properties/42/roomTypes", room)
    assert (status, body["entity"]["status"]) == (201, "Inactive")
    path = f"/properties/42/roomTypes/{body['entity']['resourceId']}"
    assert desk.product("POST", f"{path}/ratePlans", NEW)[0] == 201
    assert desk.product("GET", path)[1]["entity"]["status"] == "Active"
    assert desk.product("PATCH", path, {"status": "Inactive"})[0] == 400
    assert desk.product("POST", "/properties/42/roomTypes", room)[0] == 400


def test_media_types_methods_and_access_are_checked(desk: Desk) -> None:
    assert desk.product("GET", "/properties/42/roomTypes", accept=V2)[0] == 406
    assert desk.product("GET", PLANS, accept="text/html")[0] == 406
    assert desk.product("POST", PLANS, NEW, content_type="application/json")[0] == 415
    assert desk.product("DELETE", PLANS)[0] == 405
    assert desk.product("GET", "/properties/41/roomTypes")[0] == 404
    assert desk.product("GET", PLANS, authorization="Basic bm86bm8=")[0] == 401
    account = {"provider": "expedia", "username": "other", "password": "other-password", "hotels": []}
    desk.admin("POST", "/accounts", account)
    status, body = desk.product("GET", PLANS, **auth("other", "other-password"))
    assert (status, body["errors"][0]["code"]) == (403, 1000)
    assert desk.product("POST", PLANS, ["a"])[0] == 400
    assert desk.ask("POST", PLANS, "{" * 5000, accept=V2, content_type=V2, **auth()).status == 400


def test_rate_thresholds_are_answered_where_there_are_any(desk: Desk) -> None:
    assert desk.product("GET", "/properties/42/roomTypes/1/rateThresholds", accept=V2)[0] == 404
    found = desk.product("GET", "/properties/42/roomTypes/2/rateThresholds", accept=V2)[1]["entity"]
    assert (found["minAmount"], found["maxAmount"], found["type"]) == (50, 900, "SellLAR")
