"""The rate plan resource of the Product API: its defaults, its rules, its full overlay and its partial update.

Rules as in the RatePlan Resource Definition. It knows nothing of HTTP; linkage, compensation, ids and dates of creation
cannot be set by anyone but the hotel's description.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reconciler.sandbox.expedia.linkage import live_plans, rules
from reconciler.sandbox.state import Hotel, Plan

PRICING = (
    "PerDayPricing",
    "PerDayPricingByDayOfArrival",
    "PerDayPricingByLengthOfStay",
    "OccupancyBasedPricing",
    "OccupancyBasedPricingByDayOfArrival",
    "OccupancyBasedPricingByLengthOfStay",
)
FEES = (
    "None",
    "1stNightRoomAndTax",
    "2NightsRoomAndTax",
    *(f"{percent}PercentCostOfStay" for percent in range(10, 100, 10)),
    "FullCostOfStay",
)
AGES = ("Adult", "ChildAgeA", "ChildAgeB", "ChildAgeC", "ChildAgeD", "Infant")
STANDARD_POLICY = {
    "defaultPenalties": [
        {"deadline": 0, "perStayFee": "1stNightRoomAndTax", "amount": 0},
        {"deadline": 24, "perStayFee": "None", "amount": 0},
    ],
}
READ_ONLY = ("resourceId", "creationDateTime", "lastUpdateDateTime", "ratePlanLinkage", "_links")
DEFAULTS: dict[str, Any] = {
    "type": "Standalone",
    "minLOSDefault": 1,
    "maxLOSDefault": 28,
    "minAdvBookDays": 0,
    "maxAdvBookDays": 500,
    "bookDateStart": "1900-01-01",
    "bookDateEnd": "2079-06-06",
    "travelDateStart": "1900-01-01",
    "travelDateEnd": "2079-06-06",
    "mobileOnly": False,
    "cancelPolicy": STANDARD_POLICY,
}
OPTIONAL = (
    "occupantsForBaseRate",
    "additionalGuestAmounts",
    "serviceFeesPerStay",
    "serviceFeesPerPerson",
    "valueAddInclusions",
    "depositRequired",
)
INHERITED = ("rateAcquisitionType", "pricingModel", "taxInclusive")
WRITABLE = (*DEFAULTS, *OPTIONAL, *INHERITED, "name", "status", "distributionRules")
_KEPT = ("creationDateTime", "lastUpdateDateTime", "ratePlanLinkage", "parent", "deleted")


def stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _rules(plan: Plan, given: list[dict[str, Any]], acquisition: str) -> list[dict[str, Any]]:
    """The distribution rules with ids: `123` and `123A`; of two, the acquisition type tells which one is managed."""
    managed = "ExpediaCollect" if acquisition == "NetRate" else "HotelCollect"
    old = {rule["distributionModel"]: rule for rule in rules(plan)}
    completed = []
    for rule in given:
        model = rule["distributionModel"]
        expedia_id = plan.id + ("A" if model == "HotelCollect" else "")
        known = old.get(model, {})
        completed.append(
            {
                "expediaId": known.get("expediaId", expedia_id),
                "partnerCode": rule["partnerCode"],
                "distributionModel": model,
                "manageable": len(given) == 1 or model == managed,
                "compensation": known.get("compensation", {"percent": Decimal("0.15")}),
            },
        )
    return completed


def complete(hotel: Hotel, plan: Plan, now: datetime) -> None:
    """Fills in what the documentation says a plan gets when nothing is given; used for described and created plans."""
    facts = plan.facts
    acquisition = facts.setdefault("rateAcquisitionType", hotel.facts.get("rateAcquisitionType", "SellLAR"))
    given = facts.get("distributionRules") or [{"distributionModel": "ExpediaCollect", "partnerCode": plan.id[-10:]}]
    facts["distributionRules"] = _rules(plan, given, acquisition) if "expediaId" not in given[0] else given
    facts.setdefault("pricingModel", hotel.pricing_model)
    facts.setdefault("taxInclusive", bool(hotel.facts.get("taxInclusive", False)))
    for name, value in DEFAULTS.items():
        facts.setdefault(name, value)
    if str(facts["pricingModel"]).startswith("PerDay"):
        facts.setdefault("occupantsForBaseRate", 2)
    for amount in facts.get("additionalGuestAmounts") or []:
        amount.setdefault("dateStart", now.date().isoformat())
        amount.setdefault("dateEnd", "2079-06-06")
    facts.setdefault("creationDateTime", stamp(now))
    facts.setdefault("lastUpdateDateTime", facts["creationDateTime"])
    if not plan.name:
        plan.name = next(str(r["partnerCode"]) for r in facts["distributionRules"] if r["manageable"])


def render(plan: Plan, links: dict[str, Any]) -> dict[str, Any]:
    """The resource as it is answered."""
    body: dict[str, Any] = {"resourceId": int(plan.id), "name": plan.name}
    body["status"] = "Active" if plan.active else "Inactive"
    hidden = ("parent", "deleted")
    body |= {name: value for name, value in plan.facts.items() if name not in hidden and value not in (None, [])}
    return body | {"_links": links}


def overlay(plan: Plan, given: dict[str, Any], *, partial: bool) -> dict[str, Any]:
    """The writable part of a plan after an update: PUT replaces all of it, PATCH what is named at the top level.

    A null or an empty list removes, and what has a default falls back to it.
    """
    old = {name: value for name, value in plan.facts.items() if name in WRITABLE}
    old |= {"name": plan.name, "status": "Active" if plan.active else "Inactive"}
    kept = old if partial else {name: old[name] for name in INHERITED if name in old}
    named = {name: value for name, value in given.items() if name in WRITABLE}
    merged = {**kept, **named}
    return {name: value for name, value in merged.items() if value is not None and value != []}


def store(hotel: Hotel, plan: Plan, fields: dict[str, Any], now: datetime) -> None:
    """Makes the plan what checked fields say; what only Expedia sets is kept."""
    kept = {name: plan.facts[name] for name in _KEPT if name in plan.facts}
    new = {name: value for name, value in fields.items() if name not in ("name", "status", "distributionRules")}
    acquisition = str(new.get("rateAcquisitionType", hotel.facts.get("rateAcquisitionType", "SellLAR")))
    new["distributionRules"] = _rules(plan, fields["distributionRules"], acquisition)
    plan.name = str(fields.get("name", ""))
    plan.active = fields.get("status", "Active") == "Active"
    plan.facts = {**new, **kept}
    complete(hotel, plan, now)
    plan.facts["lastUpdateDateTime"] = stamp(now)
    infer_room_status(hotel, plan.room)


def infer_room_status(hotel: Hotel, room: str) -> None:
    """A room type is active as long as one of its rate plans is."""
    hotel.rooms[room].active = any(plan.active for plan in live_plans(hotel, room))


def problems(hotel: Hotel, plan: Plan, fields: dict[str, Any], *, create: bool) -> list[str]:
    """What is wrong with the writable fields of a plan, in plain words."""
    found = [*_rule_problems(plan, fields.get("distributionRules"), create=create)]
    found += _simple_problems(fields)
    model = fields.get("pricingModel", hotel.pricing_model)
    if model not in PRICING or model.startswith("PerDay") != hotel.pricing_model.startswith("PerDay"):
        found.append("pricingModel has to match the property's pricing model")
    elif model.startswith("PerDay") and not _whole(fields.get("occupantsForBaseRate"), 1, 20):
        found.append("occupantsForBaseRate from 1 to 20 is required")
    acquisition = hotel.facts.get("rateAcquisitionType", "SellLAR")
    if fields.get("rateAcquisitionType", acquisition) != acquisition:
        found.append("rateAcquisitionType is inherited from the property")
    return found + _policy_problems(fields.get("cancelPolicy", STANDARD_POLICY)) + _guest_problems(fields)


def _rule_problems(plan: Plan, given: Any, *, create: bool) -> list[str]:
    if not isinstance(given, list) or not 1 <= len(given) <= 2 or not all(isinstance(rule, dict) for rule in given):
        return ["distributionRules: one rule, or one for each distribution model"]
    models = [rule.get("distributionModel") for rule in given]
    if len(set(models)) != len(models) or not set(models) <= {"ExpediaCollect", "HotelCollect"}:
        return ["distributionRules: distributionModel is ExpediaCollect or HotelCollect, each once"]
    known = {rule["distributionModel"]: rule for rule in rules(plan)}
    found = []
    for rule in given:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,10}", str(rule.get("partnerCode", ""))):
            found.append("partnerCode: 1 to 10 characters of letters, digits, dot, underscore and hyphen")
        if create and {"expediaId", "manageable", "compensation"} & set(rule):
            found.append("expediaId, manageable and compensation cannot be provided in a create request")
        old = known.get(rule["distributionModel"], {})
        if not create and str(rule.get("expediaId", old.get("expediaId"))) != old.get("expediaId"):
            found.append("expediaId cannot be changed")
    if not create and set(models) != set(known):
        found.append("distribution models of a rate plan cannot be changed")
    return found


def _simple_problems(fields: dict[str, Any]) -> list[str]:
    wholes = {
        "minLOSDefault": (1, 28),
        "maxLOSDefault": (1, 28),
        "minAdvBookDays": (0, 500),
        "maxAdvBookDays": (0, 500),
    }
    found = [
        f"{name}: {low} to {high}"
        for name, (low, high) in wholes.items()
        if not _whole(fields.get(name, low), low, high)
    ]
    name = fields.get("name", "x")
    if not isinstance(name, str) or not 1 <= len(name) <= 40 or not name.isprintable():
        found.append("name: 1 to 40 printable characters")
    for enum, values in (("status", ("Active", "Inactive")), ("type", ("Standalone", "Package", "Corporate"))):
        if fields.get(enum, values[0]) not in values:
            found.append(f"{enum}: one of {', '.join(values)}")
    flags = ("mobileOnly", "taxInclusive", "depositRequired")
    found += [f"{name}: true or false" for name in flags if not isinstance(fields.get(name, False), bool)]
    for kind in ("bookDate", "travelDate"):
        first, last = (fields.get(f"{kind}{end}", DEFAULTS[f"{kind}{end}"]) for end in ("Start", "End"))
        if not (_day(first) and _day(last)) or str(first) > str(last):
            found.append(f"{kind}Start and {kind}End: dates, the start not after the end")
    if not found and fields.get("minLOSDefault", 1) > fields.get("maxLOSDefault", 28):
        found.append("minLOSDefault is greater than maxLOSDefault")
    return found


def _policy_problems(policy: Any) -> list[str]:
    if not isinstance(policy, dict) or len(policy.get("exceptions") or []) > 500:
        return ["cancelPolicy: an object with at most 500 exceptions"]
    found = _penalty_problems(policy.get("defaultPenalties"))
    for exception in policy.get("exceptions") or []:
        if not (isinstance(exception, dict) and _day(exception.get("startDate")) and _day(exception.get("endDate"))):
            found.append("cancelPolicy: an exception needs startDate and endDate")
        else:
            found += _penalty_problems(exception.get("penalties"))
    return found


def _penalty_problems(penalties: Any) -> list[str]:
    if not isinstance(penalties, list) or not 1 <= len(penalties) <= 2:
        return ["cancelPolicy: one or two penalties"]
    if not all(isinstance(p, dict) and _whole(p.get("deadline"), 0, 32767) for p in penalties):
        return ["cancelPolicy: deadline in hours, 0 to 32767"]
    if 0 not in [penalty["deadline"] for penalty in penalties]:
        return ["cancelPolicy: a penalty with deadline 0 is required"]
    if any(penalty.get("perStayFee") not in FEES or not _amount(penalty.get("amount", 0)) for penalty in penalties):
        return ["cancelPolicy: perStayFee or amount is invalid"]
    return []


def _guest_problems(fields: dict[str, Any]) -> list[str]:
    amounts = fields.get("additionalGuestAmounts") or []
    if not isinstance(amounts, list) or not all(isinstance(a, dict) for a in amounts):
        return ["additionalGuestAmounts: a list"]
    ages = [amount.get("ageCategory") for amount in amounts]
    if len(set(ages)) != len(ages) or not set(ages) <= set(AGES):
        return ["additionalGuestAmounts: one for each age category"]
    return [] if all(_amount(amount.get("amount")) for amount in amounts) else ["additionalGuestAmounts: amount"]


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _amount(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    exponent = Decimal(value).as_tuple().exponent
    return value >= 0 and isinstance(exponent, int) and exponent >= -3


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
