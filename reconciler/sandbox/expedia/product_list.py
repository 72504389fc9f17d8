"""The product half of the retrieval interface: rooms and rate plans with as many attributes as were asked for."""

from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.expedia.linkage import live_plans, rules
from reconciler.sandbox.shapes import truth
from reconciler.sandbox.state import Hotel, Plan, Room

UNRESTRICTED = {"bookDateStart": "1900", "bookDateEnd": "2079", "travelDateStart": "1900", "travelDateEnd": "2079"}


def product_list(hotel: Hotel, asked: Element, response: Element) -> None:
    """Appends the ProductList that a ProductRetrieval element asks for."""
    status = asked.get("productStatus", "Active")
    returned = {name for name in asked.attrib if name.startswith("return") and truth(asked.get(name, "false"))}
    listed = SubElement(response, "ProductList")
    city = str((hotel.facts.get("address") or {}).get("city") or "")
    SubElement(listed, "Hotel", id=hotel.id, name=hotel.name, city=city)
    for room in hotel.rooms.values():
        if _chosen(room.active, status) or any(_chosen(p.active, status) for p in live_plans(hotel, room.id)):
            _room(hotel, listed, room, status, returned)


def _chosen(active: bool, status: str) -> bool:
    return status == "All" or active == (status == "Active")


def _room(hotel: Hotel, listed: Element, room: Room, status: str, returned: set[str]) -> None:
    code = str(room.facts.get("partnerCode") or room.name)[:50]
    element = SubElement(listed, "RoomType", id=room.id, code=code, name=room.name, status=_status(room.active))
    if "returnRoomAttributes" in returned:
        element.set("smokingPref", "NonSmoking")
        element.set("maxOccupants", str(room.max_occupancy))
        adults = str(room.max_occupancy)
        SubElement(element, "OccupancyByAge", ageCategory="Adult", minAge="18", maxOccupants=adults)
        threshold = room.facts.get("threshold")
        if threshold and "min" in threshold and "max" in threshold:
            limit = SubElement(element, "RateThreshold", type="SellRate", source="Manual")
            limit.set("minAmount", str(threshold["min"]))
            limit.set("maxAmount", str(threshold["max"]))
    for plan in live_plans(hotel, room.id):
        if _chosen(plan.active, status):
            for rule in rules(plan):
                _plan(hotel, element, plan, rule, returned)


def _status(active: bool) -> str:
    return "Active" if active else "Inactive"


def _acquisition(plan: Plan, rule: dict[str, Any]) -> str:
    if not rule.get("manageable"):
        return "Derived"
    if plan.facts.get("ratePlanLinkage"):
        return "Linked"
    return "NetRate" if plan.facts.get("rateAcquisitionType") == "NetRate" else "SellRate"


def _plan(hotel: Hotel, parent: Element, plan: Plan, rule: dict[str, Any], returned: set[str]) -> None:
    element = SubElement(
        parent,
        "RatePlan",
        id=str(rule["expediaId"]),
        code=str(rule["partnerCode"]),
        name=plan.name,
        status=_status(plan.active),
        type=str(plan.facts.get("type", "Standalone")),
        distributionModel=str(rule["distributionModel"]),
        rateAcquisitionType=_acquisition(plan, rule),
    )
    if "returnRatePlanAttributes" in returned:
        _attributes(hotel, element, plan)
    if "returnRateLink" in returned:
        _link(hotel, element, plan, rule)
    compensation = rule.get("compensation")
    if "returnCompensation" in returned and compensation:
        percent = str(Decimal(str(compensation.get("percent", 0))) * 100)
        SubElement(element, "Compensation", default="true", percent=percent)


def _link(hotel: Hotel, element: Element, plan: Plan, rule: dict[str, Any]) -> None:
    parent, linkage = hotel.plans.get(str(plan.facts.get("parent", ""))), plan.facts.get("ratePlanLinkage") or {}
    twin = next((found for found in rules(plan) if found.get("manageable")), None)
    if not rule.get("manageable") and twin:
        element.set("parentId", str(twin["expediaId"]))
        return
    if parent is None or not linkage.get("rateDerivationRules"):
        return
    element.set("parentId", next(str(found["expediaId"]) for found in rules(parent) if found.get("manageable")))
    link = linkage["rateDerivationRules"][0]
    element.set("rateLinkStart", str(link.get("dateStart", "1900-01-01")))
    flags = (
        ("isAvailStatusLinked", "deriveAvailabilityStatus"),
        ("areMinMaxLOSLinked", "deriveLengthOfStayRestriction"),
        ("isCTALinked", "deriveClosedToArrival"),
        ("isCTDLinked", "deriveClosedToDeparture"),
    )
    for name, source in flags:
        element.set(name, "true" if linkage.get(source) else "false")
    element.set("rateLinkExceptions", "true" if link.get("exclusionDates") else "false")
    kind = "Percent" if link["adjustmentType"] == "Percentage" else "Amount"
    SubElement(element, "RatePlanLinkDefinition", linkType=kind, linkValue=str(link["adjustmentValue"]))


def _attributes(hotel: Hotel, element: Element, plan: Plan) -> None:
    facts = plan.facts
    element.set("pricingModel", str(facts.get("pricingModel", hotel.pricing_model)))
    for name in ("occupantsForBaseRate", "minLOSDefault", "maxLOSDefault", "minAdvBookDays", "maxAdvBookDays"):
        if facts.get(name) is not None:
            element.set(name, str(facts[name]))
    for name, unrestricted in UNRESTRICTED.items():
        if facts.get(name) and not str(facts[name]).startswith(unrestricted):
            element.set(name, str(facts[name]))
    element.set("mobileOnly", "true" if facts.get("mobileOnly") else "false")
    for name, source in (("createDateTime", "creationDateTime"), ("updateDateTime", "lastUpdateDateTime")):
        if facts.get(source):
            element.set(name, str(facts[source]))
