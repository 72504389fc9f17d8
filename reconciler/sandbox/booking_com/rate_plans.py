"""Rate plans by OTA_HotelRatePlanNotif: New, Overlay, Remove and Activate of labels.

A message is taken as a whole or not at all. Names are unique in a hotel (592, HTTP 400). An Overlay replaces everything:
a relation to a parent that is not sent is deleted.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.booking_com.common import (
    OTA,
    OtaError,
    StatusError,
    authenticate,
    body_of,
    hotel_for,
    ota_errors,
    reply_xml,
)
from reconciler.sandbox.shapes import whole
from reconciler.sandbox.state import Hotel, Plan, World
from reconciler.sandbox.wire import Reply, Request, child, children, local

RESPONSE = "OTA_HotelRatePlanNotifRS"
KINDS = ("New", "Overlay", "Remove", "Activate")
MAX_NAME = 100


def handle(world: World, request: Request, now: datetime) -> Reply:
    try:
        account = authenticate(world, request, now)
        listed = child(body_of(request, "OTA_HotelRatePlanNotifRQ"), "RatePlans")
        hotel = hotel_for(world, account, listed.get("HotelCode", "") if listed is not None else "")
    except StatusError as refused:
        return ota_errors(world, RESPONSE, [OtaError(refused.code, refused.message)], refused.status)
    elements = children(listed, "RatePlan") if listed is not None else []
    errors = list(_errors(hotel, elements)) if elements else [OtaError("320", "RatePlan is required", "1")]
    if errors:
        return ota_errors(world, RESPONSE, errors, 400, hotel.id)
    root = Element(RESPONSE, xmlns=OTA)
    SubElement(root, "Success")
    crossed = [_apply(world, hotel, element) for element in elements]
    references = SubElement(root, "RatePlanCrossRefs")
    for asked, plan in crossed:
        SubElement(references, "RatePlanCrossRef", RequestRatePlanCode=asked, ResponseRatePlanCode=plan.id)
    reply = reply_xml(world, root, hotel=hotel.id)
    reply.changed, reply.updates = True, len(crossed)
    reply.applied = [
        f"{element.get('RatePlanNotifType')} {plan.id}" for element, (_, plan) in zip(elements, crossed, strict=True)
    ]
    return reply


def _name(element: Element) -> str:
    description = child(element, "Description")
    return description.get("Name", "").strip() if description is not None else ""


def _errors(hotel: Hotel, elements: list[Element]) -> Iterator[OtaError]:
    taken = {plan.name: plan.id for plan in hotel.plans.values()}
    for element in elements:
        kind, code, name = element.get("RatePlanNotifType", ""), element.get("RatePlanCode", ""), _name(element)
        if kind not in KINDS:
            yield OtaError("320", "RatePlanNotifType is New, Overlay, Remove or Activate", "1")
        elif kind != "New" and code not in hotel.plans:
            yield OtaError("402", f"RatePlanCode '{code[:20]}' is not a rate plan of this hotel")
        elif kind in ("New", "Overlay") and not 1 <= len(name) <= MAX_NAME:
            yield OtaError("320", "Description Name is required", "1")
        elif kind in ("New", "Overlay") and name in taken and (kind == "New" or taken[name] != code):
            yield OtaError("592", f"Rate with name '{name}' already exists")
        else:
            if kind in ("New", "Overlay"):
                taken[name] = code
            yield from _relation_errors(hotel, element)


def _relation_errors(hotel: Hotel, element: Element) -> Iterator[OtaError]:
    relation = _relation(element)
    if relation is None:
        return
    parent = hotel.plans.get(relation["id"])
    if parent is None or parent.facts.get("parent") or parent.id == element.get("RatePlanCode"):
        yield OtaError("320", f"RateParentId '{relation['id'][:20]}' cannot be a parent", "1")
    if not relation["percentage"]:
        yield OtaError("320", "Percentage is 1 to 200", "1")


def _relation(element: Element) -> dict[str, Any] | None:
    found = next((inner for inner in element.iter() if local(inner) == "RateRelation"), None)
    if found is None:
        return None
    percentage = found.get("Percentage", "100")
    return {
        "id": found.get("RateParentId", ""),
        "percentage": int(percentage) if whole(1, 200)(percentage) else 0,
        "follows_price": found.get("FollowsPrice", "1") == "1",
        "follows_restrictions": found.get("FollowsRestrictions", "1") == "1",
        "follows_policy_group": found.get("FollowsPolicyGroup", "1") == "1",
        "follows_closed": found.get("FollowsClosed", "1") == "1",
    }


def _apply(world: World, hotel: Hotel, element: Element) -> tuple[str, Plan]:
    kind, code = element.get("RatePlanNotifType"), element.get("RatePlanCode", "")
    if kind == "New":
        plan = Plan(_new_id(world), _name(element))
        hotel.plans[plan.id] = plan
        _relate(plan, element)
        return element.get("RatePlanID", ""), plan
    plan = hotel.plans[code]
    if kind == "Overlay":
        plan.name = _name(element)
        _relate(plan, element)
    else:
        plan.active = kind == "Activate"
    return code, plan


def _relate(plan: Plan, element: Element) -> None:
    relation = _relation(element)
    if relation is None:
        plan.facts.pop("parent", None)
    else:
        plan.facts["parent"] = relation


def _new_id(world: World) -> str:
    while True:
        plan_id = str(world.next_id("booking_rate_plan", 5_710_483))
        if not any(plan_id in hotel.plans for hotel in world.hotels.values()):
            return plan_id
