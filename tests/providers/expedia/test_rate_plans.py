"""Rate plans: documents to Product API resources and back, cancellation policies to penalties and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import UnexpectedReplyError
from reconciler.model.state import Document, Json
from reconciler.providers.expedia import cancellation, codec_product

from .hotels import DOCUMENT, TODAY, address, hotel
from .test_normal import about, normal_of

PENALTY = st.sampled_from(["0%", "10%", "50%", "90%", "100%", "full", "first_night", "two_nights"])
POLICIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["flexible", "partial", "non_refundable"]),
        "deadline_hours": st.sampled_from([0, 1, 24, 72, 999]),
        "penalty_percentage": st.integers(0, 10).map(lambda tens: tens * 10),
    },
    optional={"late_penalty": PENALTY},
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "name": st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(str.strip),
        "active": st.booleans(),
        "category": st.sampled_from(["standalone", "package", "corporate"]),
        "cancellation": POLICIES,
        "meal_plan": st.sampled_from([None, "breakfast", "half_board", "full_board", "all_inclusive"]),
        "min_advance_days": st.integers(0, 500),
        "max_advance_days": st.none() | st.integers(0, 600),
    }
)


@settings(max_examples=80, deadline=None)
@given(POLICIES)
def test_a_policy_in_normal_form_reads_as_it_was_written(policy: Mapping[str, Json]) -> None:
    normal = cancellation.normal(policy).policy
    assert normal is not None
    assert cancellation.normal(normal).policy == normal
    assert cancellation.policy_of(cancellation.penalties(normal)) == normal


@pytest.mark.parametrize(
    ("policy", "penalties"),
    [
        (("flexible", 24, 0, "first_night"), [(0, "1stNightRoomAndTax"), (24, "None")]),
        (("partial", 48, 50, "full"), [(0, "FullCostOfStay"), (48, "50PercentCostOfStay")]),
        (("non_refundable", 0, 100, None), [(0, "FullCostOfStay")]),
        (("flexible", 0, 0, None), [(0, "None")]),
        (("partial", 72, 30, "two_nights"), [(0, "2NightsRoomAndTax"), (72, "30PercentCostOfStay")]),
    ],
)
def test_policies_become_the_penalties_that_mean_them(
    policy: tuple[str, int, int, str | None], penalties: list[tuple[int, str]]
) -> None:
    kind, hours, share, late = policy
    said: dict[str, Json] = {"type": kind, "deadline_hours": hours, "penalty_percentage": share}
    said |= {} if late is None else {"late_penalty": late}
    sent = cancellation.penalties(said)
    assert [(penalty["deadline"], penalty["perStayFee"]) for penalty in sent] == penalties
    assert cancellation.policy_of(sent) == said


@pytest.mark.parametrize(
    "penalties",
    [
        [],
        [{"deadline": 24, "perStayFee": "None", "amount": 0}],
        [{"deadline": 0, "perStayFee": "1stNightRoomAndTax", "amount": 0}],
        [{"deadline": 0, "perStayFee": "None", "amount": Decimal("5.00")}],
        [{"deadline": 0, "perStayFee": "SomethingNew", "amount": 0}],
        [{"deadline": n, "perStayFee": "None", "amount": 0} for n in (0, 0)],
        [{"deadline": n, "perStayFee": "None", "amount": 0} for n in (0, 24, 48)],
        [{"deadline": 0}, {"deadline": 24, "perStayFee": "None"}],
    ],
)
def test_penalties_without_words_of_ours_are_shown_as_they_are_and_never_written(penalties: list[Any]) -> None:
    shown = cancellation.policy_of(penalties)
    assert shown["type"] == "other"
    json.dumps(shown)
    wanted = {**DOCUMENT, "cancellation": shown}
    assert "cancelPolicy" not in codec_product.changes(resource(), wanted, TODAY)


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        ({"type": "partial", "deadline_hours": 24, "penalty_percentage": 15}, "tens"),
        ({"type": "partial", "deadline_hours": 1000, "penalty_percentage": 10}, "hours"),
        ({"type": "partial", "deadline_hours": 24, "penalty_percentage": 10, "late_penalty": "three_nights"}, "three"),
    ],
)
def test_a_policy_that_expedia_cannot_keep_is_told(policy: dict[str, Json], word: str) -> None:
    assert word in cancellation.normal(policy).problem


def resource(**changes: Any) -> dict[str, Any]:
    """A rate plan as Expedia tells it."""
    return {
        "resourceId": 880011,
        "name": "Standard",
        "distributionRules": [
            {"expediaId": "880011", "partnerCode": "EC", "distributionModel": "ExpediaCollect", "manageable": False},
            {"expediaId": "880011A", "partnerCode": "HC", "distributionModel": "HotelCollect", "manageable": True},
        ],
        "status": "Active",
        "type": "Standalone",
        "pricingModel": "PerDayPricing",
        "occupantsForBaseRate": 2,
        "cancelPolicy": {"defaultPenalties": [{"deadline": 0, "perStayFee": "None", "amount": 0}]},
        "minLOSDefault": 1,
        "maxLOSDefault": 28,
        "minAdvBookDays": 0,
        "maxAdvBookDays": 500,
        "bookDateStart": "1900-01-01",
        "bookDateEnd": "2079-06-06",
        **changes,
    }


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_a_change_makes_the_resource_say_what_the_document_does(document: Mapping[str, Any]) -> None:
    wanted = normal_of(address("rate_plan", "double", "BAR"), document)
    assert not isinstance(wanted, tuple)
    now = resource(valueAddInclusions=["Free Parking", "Full Breakfast"])
    patch = codec_product.changes(now, wanted, TODAY)
    then = {**now, **json.loads(codec_product.encode(patch))}
    assert {key: value for key, value in codec_product.document_of(then).items() if key in wanted} == dict(wanted)
    assert codec_product.changes(then, wanted, TODAY) == {}
    assert "Free Parking" in then["valueAddInclusions"]
    assert set(patch) <= {
        "name", "status", "type", "cancelPolicy", "valueAddInclusions", "minAdvBookDays", "maxAdvBookDays"
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_a_plan_is_made_as_the_document_says(document: Mapping[str, Any]) -> None:
    wanted = normal_of(address("rate_plan", "double", "BAR"), document)
    assert not isinstance(wanted, tuple)
    body = codec_product.creation(
        "LONG",
        wanted,
        pricing_model="PerDayPricing",
        distribution_models=("ExpediaCollect", "HotelCollect"),
        base_guests=2,
    )
    made = json.loads(codec_product.encode(body))
    assert {key: value for key, value in codec_product.document_of(made).items() if key in wanted} == dict(wanted)
    assert [rule["partnerCode"] for rule in made["distributionRules"]] == ["LONG", "LONG"]
    assert made["occupantsForBaseRate"] == 2


def test_the_id_of_a_plan_is_the_one_that_takes_rates() -> None:
    facts = codec_product.plan_of(resource(), "30011")
    assert (facts.plan.id, facts.plan.code, facts.resource_id, facts.plan.linked) == ("880011A", "HC", "880011", False)
    assert (facts.base_guests, facts.max_stay) == (2, 28)


def test_only_exceptions_that_have_not_ended_are_sent_again() -> None:
    def exception(last: str) -> dict[str, Any]:
        return {"startDate": "2026-01-01", "endDate": last, "penalties": [{"deadline": 0, "perStayFee": "None"}]}

    policy = {**resource()["cancelPolicy"], "exceptions": [exception("2026-05-31"), exception("2026-06-01")], "new": 1}
    patch = codec_product.changes(resource(cancelPolicy=policy), DOCUMENT, date(2026, 6, 1))
    assert [kept["endDate"] for kept in patch["cancelPolicy"]["exceptions"]] == ["2026-06-01"]
    assert patch["cancelPolicy"]["new"] == 1


def test_amounts_are_written_digit_by_digit() -> None:
    entity = codec_product.decode(b'{"entity": {"amount": 0.10, "deep": [1.250, true, null, "\\u00e9"]}}')
    assert codec_product.encode(entity) == b'{"amount":0.10,"deep":[1.250,true,null,"\\u00e9"]}'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"errors": []}',
        b"{",
        b'{"entity": NaN}',
        b"[" * 100_000,
        b'{"entity": ' + b"9" * 10_000 + b"}",
        b'{"entity": 1e999999999}',
    ],
)
def test_what_is_no_entity_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_product.decode(body)


@pytest.mark.parametrize(
    "entity",
    [
        None,
        [],
        "text",
        {},
        {"resourceId": True},
        {"resourceId": 1, "distributionRules": {}},
        {"resourceId": 1, "cancelPolicy": {"defaultPenalties": [1]}},
    ],
)
def test_a_resource_of_another_shape_is_unexpected(entity: Any) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_product.plan_of(entity, "1")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 600) | st.text(max_size=3) | st.decimals(0, 9, places=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ("name", "type", "status", "valueAddInclusions", "minAdvBookDays", "maxAdvBookDays", "cancelPolicy", "_links")
PENALTIES = st.lists(st.dictionaries(st.sampled_from(["deadline", "perStayFee", "amount"]), JSON), max_size=3)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON), PENALTIES, JSON)
def test_no_resource_whatsoever_raises_anything_but_a_provider_error(
    changes: dict[str, Any], penalties: list[Any], exceptions: Any
) -> None:
    entity = {**resource(cancelPolicy={"defaultPenalties": penalties, "exceptions": exceptions}), **changes}
    with suppress(UnexpectedReplyError):
        codec_product.plan_of(entity, "1")
        codec_product.encode(codec_product.changes(entity, DOCUMENT, TODAY))


def test_a_plan_that_is_derived_says_so() -> None:
    assert codec_product.plan_of(resource(ratePlanLinkage={"rateDerivationRules": []}), "1").plan.linked
    assert (
        codec_product.plan_of(resource(_links={"parentRatePlan": {"href": "x"}}), "1").plan.document["linked"] is True
    )


OFFICIAL = {
    "product-35": ("204309700", "Room Only", "breakfast", ("flexible", 0, 0, None), None),
    "product-37": ("204126855", "Standard", "breakfast", ("flexible", 72, 0, "50%"), 290),
    "product-41": ("204309700", "Room Only", "breakfast", ("flexible", 0, 0, None), None),
    "product-43": ("208504016A", "EQ1", None, ("flexible", 0, 0, None), 0),
}


@pytest.mark.parametrize("name", sorted(OFFICIAL))
def test_the_official_rate_plans_are_understood(official: Path, name: str) -> None:
    (path,) = (official / "messages").glob(f"{name}-*.json")
    facts = codec_product.plan_of(codec_product.decode(path.read_bytes()), "1")
    id_, title, meals, (kind, hours, share, late), most = OFFICIAL[name]
    document: Document = facts.plan.document
    policy: dict[str, Json] = {"type": kind, "deadline_hours": hours, "penalty_percentage": share}
    assert (facts.plan.id, document["name"], document["meal_plan"]) == (id_, title, meals)
    assert document["cancellation"] == (policy if late is None else {**policy, "late_penalty": late})
    assert document["max_advance_days"] == most
    assert facts.plan.linked is (name == "product-43")


def test_the_official_hotel_and_rooms_are_understood(official: Path) -> None:
    messages = official / "messages"
    found = codec_product.hotel_of(codec_product.decode((next(messages.glob("product-06-*.json"))).read_bytes()))
    assert (found.id, found.currency, found.pricing_model) == ("2268140", "GBP", "PerDayPricing")
    assert found.distribution_models == ("ExpediaCollect", "HotelCollect")
    rooms = codec_product.rooms_of(codec_product.decode((next(messages.glob("product-08-*.json"))).read_bytes()))
    assert (rooms[0].id, rooms[0].name, rooms[0].active, rooms[0].max_occupancy) == (
        "209857", "Executive Suite, Ground Floor", True, 3
    )  # fmt: skip


def test_the_helper_hotel_is_about_the_plan_that_is_meant() -> None:
    assert about(address("rate_plan", "double", "BAR"), {}, hotel()).plan_id == "880011A"
