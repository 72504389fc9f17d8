"""The twelve types of rate plan at both providers and in the database: what each implies is there, or is told by name.

The database and Expedia are read back. Of Booking.com the messages are compared with golden ones: it returns only names.
`REWRITE_GOLDEN=1` writes those anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from reconciler.model.property import QUALIFIED, PlanType
from tests.scenarios.world import BOOKING, EXPEDIA, World
from tests.scenarios.world import HOTEL as ANY_HOTEL

GOLDEN = Path(__file__).parent / "golden" / "booking.com"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

HEAD = ANY_HOTEL.partition("horizon:")[0]
SOLD = """horizon: 2
providers:
  expedia: {{property_id: "16636843", credentials: expedia-group}}
  booking.com:
    hotel_id: "8011855"
    credentials: booking-com-group
    codes:
      cancellation: {{flexible: "152", non_refundable: "1"}}
      meals: {{breakfast: "1", half_board: "2", full_board: "3", all_inclusive: "4"}}
rooms:
  double: {{id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, name: Double, units: 20, occupancy: {{base: 2, max: 2}}}}
mappings:
  expedia: {{rooms: {{double: "30011"}}, rate_plans: {{PLAN: {{double: create}}}}}}
  booking.com: {{rooms: {{double: "90100101"}}, rate_plans: {{PLAN: create}}}}
allocation:
  double: {{default: {{direct: 5, expedia: 8, booking.com: 7, overbooking: 2}}}}
rate_plans:
  PLAN: {{name: Plan under test, type: {type}{more}, rates: {{double: 120.00}}}}
"""
FLEXIBLE = {"deadline": 24, "perStayFee": "None", "amount": 0}
FIRST_NIGHT = {"deadline": 0, "perStayFee": "1stNightRoomAndTax", "amount": 0}
EVERYTHING = {"deadline": 0, "perStayFee": "FullCostOfStay", "amount": 0}


@dataclass(frozen=True, slots=True)
class Implied:
    """What a type leaves, beside what every plan has: in its row, in the row of its restrictions, at Expedia."""

    row: dict[str, Any] = field(default_factory=dict)
    expedia: dict[str, Any] = field(default_factory=dict)
    restrictions: dict[str, Any] = field(default_factory=dict)


def meals(plan: str, words: str) -> Implied:
    return Implied({"meal_plan": plan}, {"type": "Package", "valueAddInclusions": [words]})


TYPES = {
    PlanType.BAR: Implied(),
    PlanType.CORPORATE: Implied({}, {"type": "Corporate"}),
    PlanType.GOVERNMENT: Implied({}, {"type": "Corporate"}),
    PlanType.AAA_SENIOR: Implied({}, {"type": "Corporate"}),
    PlanType.BED_AND_BREAKFAST: meals("breakfast", "Free Breakfast"),
    PlanType.HALF_BOARD: meals("half_board", "Half Board"),
    PlanType.FULL_BOARD: meals("full_board", "Full Board"),
    PlanType.ALL_INCLUSIVE: meals("all_inclusive", "All-Inclusive"),
    PlanType.EARLY_BIRD: Implied({"min_advance_days": 14}, {"minAdvBookDays": 14}, {"min_advance_days": 14}),
    PlanType.LAST_MINUTE: Implied({"advance_booking_days": 3}, {"maxAdvBookDays": 3}, {"max_advance_days": 3}),
    PlanType.LONG_STAY: Implied({"min_length_of_stay": 7}, {"min_los": 7}, {"min_stay": 7}),
    PlanType.NON_REFUNDABLE: Implied({"rate_plan_type": "non_refundable"}, {"cancelPolicy": [EVERYTHING]}),
}
ROW = {
    "rate_plan_type": "flexible",
    "meal_plan": None,
    "min_length_of_stay": 1,
    "advance_booking_days": 365,
    "min_advance_days": None,
}
AT_EXPEDIA: dict[str, Any] = {
    "type": "Standalone",
    "valueAddInclusions": [],
    "minAdvBookDays": 0,
    "maxAdvBookDays": 500,
    "min_los": 1,
    "cancelPolicy": [FIRST_NIGHT, FLEXIBLE],
}
RESTRICTIONS = {"min_stay": None, "min_advance_days": None, "max_advance_days": None}


def written(kind: PlanType, *, skip: bool) -> str:
    cancellation = "{type: flexible, deadline_hours: 24, penalty_percentage: 0, late_penalty: first_night}"
    more = "" if kind is PlanType.NON_REFUNDABLE else f", cancellation: {cancellation}"
    return HEAD + SOLD.format(type=kind.value, more=more + (", on_unsupported: skip" if skip else ""))


def sold(world: World, kind: PlanType, *, skip: bool = False) -> World:
    world.hotel(written(kind, skip=skip))
    world.set_up_extranets()
    world.seed()
    return world


@pytest.mark.parametrize("kind", list(PlanType))
def test_a_plan_is_made_everywhere_with_what_its_type_implies(empty_world: World, kind: PlanType) -> None:
    world = sold(empty_world, kind, skip=kind in QUALIFIED)
    world.apply()
    expected = TYPES[kind]
    for provider in ("expedia", "booking.com"):
        assert row(world, provider) == {**ROW, "plan_type": kind.value, **expected.row}
        assert restrictions(world, provider) == {**RESTRICTIONS, **expected.restrictions}
    assert at_expedia(world) == {**AT_EXPEDIA, **expected.expedia}
    sent = at_booking(world)
    assert sent == golden(kind, sent)
    assert world.addresses() == []
    assert world.run("drift", "--detailed-exitcode").code == 0


def row(world: World, provider: str) -> dict[str, Any]:
    columns = "rate_plan_type, meal_plan, min_length_of_stay, advance_booking_days"
    configuration = "(configuration->>'min_advance_days')::int, configuration->>'plan_type'"
    (found,) = world.rows(f"SELECT {columns}, {configuration} FROM ota_rate_plans WHERE provider = '{provider}'")
    return dict(zip((*ROW, "plan_type"), found, strict=True))


def restrictions(world: World, provider: str) -> dict[str, Any]:
    names = ", ".join(RESTRICTIONS)
    (found,) = world.rows(f"SELECT {names} FROM ota_restriction_calendar WHERE provider = '{provider}'") or [()]
    return dict(zip(RESTRICTIONS, found, strict=True))


def at_expedia(world: World) -> dict[str, Any]:
    (plan,) = world.sandbox.admin.hotel("expedia", EXPEDIA)["rate_plans"]
    facts = plan["facts"]
    names = ("type", "valueAddInclusions", "minAdvBookDays", "maxAdvBookDays")
    stays = plan.get("min_los") or [{"value": 1}]
    return {
        **{name: facts.get(name, AT_EXPEDIA[name]) for name in names},
        "min_los": stays[0]["value"],
        "cancelPolicy": facts["cancelPolicy"]["defaultPenalties"],
    }


def at_booking(world: World) -> str:
    """What was sent about the plan, as one document."""
    root = ElementTree.Element("messages")
    for sent in world.messages("booking.com"):
        if sent["body"]:
            message = ElementTree.SubElement(root, "message", operation=sent["operation"])
            message.append(ElementTree.fromstring(sent["body"]))
    ElementTree.indent(root)
    return DECLARATION + ElementTree.tostring(root, encoding="unicode") + "\n"


def golden(kind: PlanType, found: str) -> str:
    file = GOLDEN / f"{kind.value}.xml"
    if os.environ.get("REWRITE_GOLDEN"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found, encoding="utf-8")
    return file.read_text(encoding="utf-8")


# --- what cannot be expressed


PUBLIC = ("booking.com", "qualification-unsupported", "error")
CORPORATE = ("expedia", "sold-as-corporate", "info")
INEXPRESSIBLE = {
    PlanType.CORPORATE: {PUBLIC},
    PlanType.GOVERNMENT: {PUBLIC, CORPORATE},
    PlanType.AAA_SENIOR: {PUBLIC, CORPORATE},
}


@pytest.mark.parametrize("kind", list(PlanType))
def test_what_a_provider_cannot_say_of_a_type_is_a_finding_by_name(empty_world: World, kind: PlanType) -> None:
    world = sold(empty_world, kind)
    result = world.run("plan", "--format", "json")
    told = {
        (found["address"].split("/")[1], found["code"], found["severity"])
        for found in result.json["findings"]
        if found["address"].split("/")[2] == "rate_plan"
    }
    assert told == INEXPRESSIBLE.get(kind, set())


@pytest.mark.parametrize("kind", sorted(QUALIFIED))
def test_a_plan_that_would_be_public_is_not_made_unless_it_is_said_that_this_is_known(
    empty_world: World, kind: PlanType
) -> None:
    world = sold(empty_world, kind)
    assert world.run("apply", "--auto-approve").code == 1
    assert world.sandbox.admin.hotel("booking.com", BOOKING)["rate_plans"] == []


def test_no_price_goes_to_a_plan_that_is_there_and_would_be_public(world: World) -> None:
    world.edit("properties/lisbon-baixa.yaml", "    type: non_refundable\n", "    type: corporate\n")
    world.run("apply", "--auto-approve")
    sent = "".join(str(entry["body"]) for entry in world.messages("booking.com"))
    assert "77001" in sent
    assert "77002" not in sent
    world.edit("properties/lisbon-baixa.yaml", "    type: corporate\n", "    type: corporate\n    retired: true\n")
    world.apply()
    assert "77002" in "".join(str(entry["body"]) for entry in world.messages("booking.com"))


def test_what_is_said_of_a_plan_is_said_once_for_all_its_rooms(world: World) -> None:
    world.edit("properties/lisbon-baixa.yaml", "type: bar", "type: government\n    on_unsupported: skip")
    codes = [found["code"] for found in world.plan()["findings"]]
    assert (codes.count("sold-as-corporate"), codes.count("qualification-unsupported")) == (1, 1)
