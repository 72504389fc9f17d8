"""Room-rates by OTA_HotelProductNotif: which room sells which plan, and under which conditions.

New pairs a room with a rate plan, Overlay replaces the conditions, Remove and Activate switch the pair. The nesting of
meal plan and booking rules is taken from public clients, so elements are found wherever they stand in a product. A
message is taken as a whole or not at all. Conditions cannot be read back.
"""

import re
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
from reconciler.sandbox.state import Hotel, Plan, World
from reconciler.sandbox.wire import Reply, Request, child, children, local

RESPONSE = "OTA_HotelProductNotifRS"
KINDS = ("New", "Overlay", "Remove", "Activate")
PRICING = ("Standard", "RLO", "OBP", "LOS")


def handle(world: World, request: Request, now: datetime) -> Reply:
    try:
        account = authenticate(world, request, now)
        listed = child(body_of(request, "OTA_HotelProductNotifRQ"), "HotelProducts")
        hotel = hotel_for(world, account, listed.get("HotelCode", "") if listed is not None else "")
    except StatusError as refused:
        return ota_errors(world, RESPONSE, [OtaError(refused.code, refused.message)], refused.status)
    elements = children(listed, "HotelProduct") if listed is not None else []
    errors = [error for element in elements for error in _errors(hotel, element)]
    if errors or not elements:
        found = errors or [OtaError("320", "HotelProduct is required", "1")]
        return ota_errors(world, RESPONSE, found, 400, hotel.id)
    for element in elements:
        _apply(hotel, element)
    root = Element(RESPONSE, xmlns=OTA)
    SubElement(root, "Success")
    reply = reply_xml(world, root, hotel=hotel.id)
    reply.changed, reply.updates = True, len(elements)
    reply.applied = [f"{element.get('ProductNotifType')} {_key(element)}" for element in elements]
    return reply


def _found(element: Element, name: str, attribute: str) -> str | None:
    """The attribute of the first element of that name anywhere inside."""
    return next(
        (inner.get(attribute) for inner in element.iter() if local(inner) == name and inner.get(attribute)), None
    )


def _key(element: Element) -> str:
    room, plan = _found(element, "RoomType", "RoomTypeCode"), _found(element, "RatePlan", "RatePlanCode")
    return f"{room}/{plan}"


def _errors(hotel: Hotel, element: Element) -> Iterator[OtaError]:
    kind = element.get("ProductNotifType")
    room, _, plan = _key(element).partition("/")
    if kind not in KINDS:
        yield OtaError("320", "ProductNotifType is New, Overlay, Remove or Activate", "1")
    elif room not in hotel.rooms or plan not in hotel.plans or not hotel.plans[plan].active:
        yield OtaError("402", f"RatePlanCode '{plan[:20]}' not active for InvTypeCode '{room[:20]}'")
    elif kind != "New" and _key(element) not in hotel.room_rates:
        yield OtaError("402", f"RatePlanCode '{plan}' not active for InvTypeCode '{room}'")
    elif kind == "New" and _key(element) in hotel.room_rates and hotel.room_rates[_key(element)].active:
        yield OtaError("320", f"RatePlanCode '{plan}' is already sold for InvTypeCode '{room}'", "1")
    elif kind in ("New", "Overlay"):
        yield from _condition_errors(element)


def _condition_errors(element: Element) -> Iterator[OtaError]:
    for name in ("MinAdvancedBookingOffset", "MaxAdvancedBookingOffset"):
        offset = _found(element, "BookingRule", name)
        if offset is not None and not re.fullmatch(r"P(\d+D)?(T\d+H)?", offset):
            yield OtaError("320", f"{name} is a duration such as P3D", "1")
    pricing = _found(element, "PricingType", "Value")
    if pricing is not None and pricing not in PRICING:
        yield OtaError("320", f"PricingType is one of {', '.join(PRICING)}", "1")
    policy = _found(element, "CancelPenalty", "PolicyCode")
    if policy is None or not policy.isdecimal():
        yield OtaError("320", "CancelPenalty PolicyCode is required", "1")


def conditions(element: Element) -> dict[str, Any]:
    """The conditions a product states; what it leaves out is not there afterwards."""
    named = {
        "policy_id": _found(element, "CancelPenalty", "PolicyCode"),
        "meal_plan": _found(element, "MealsIncluded", "MealPlanCodes") or _found(element, "MealPlan", "MealPlanCode"),
        "min_advance": _found(element, "BookingRule", "MinAdvancedBookingOffset"),
        "max_advance": _found(element, "BookingRule", "MaxAdvancedBookingOffset"),
        "pricing_type": _found(element, "PricingType", "Value"),
        "max_persons": _found(element, "RoomType", "MaxOccupancy"),
    }
    return {name: value for name, value in named.items() if value is not None}


def _apply(hotel: Hotel, element: Element) -> None:
    kind, key = element.get("ProductNotifType"), _key(element)
    room, _, plan = key.partition("/")
    if kind == "New":
        known = hotel.room_rates.get(key)
        hotel.room_rates[key] = known or Plan(plan, "", room)
    pair = hotel.room_rates[key]
    if kind in ("New", "Overlay"):
        pair.facts = conditions(element)
    pair.active = kind != "Remove"
