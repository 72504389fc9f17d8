"""The Product API's resources: what is read of a hotel, its rooms and rate plans, and what is written to a rate plan. No I/O.

Numbers are read and written as exact decimals. Fields that are not ours are carried along or left out of a partial update, never lost:
a PATCH merges at the top level alone, so an object that we change is sent whole, with what is not ours in it as it was just read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from reconciler.errors import UnexpectedReplyError
from reconciler.model.state import Document, Json
from reconciler.providers.expedia import cancellation
from reconciler.providers.expedia.capabilities import MAX_ADVANCE_DAYS
from reconciler.providers.remote import RemotePlan, RemoteRoom

V2 = "application/vnd.expedia.eps.product-v2+json"
V3 = "application/vnd.expedia.eps.product-v3+json"

MEALS: Mapping[str, tuple[str, ...]] = {
    "all_inclusive": ("All-Inclusive",),
    "full_board": ("Full Board", "All Meals"),
    "half_board": ("Half Board",),
    "breakfast": (
        "Free Breakfast",
        "Breakfast Buffet",
        "Full Breakfast",
        "English Breakfast",
        "Continental Breakfast",
        "Continental Breakfast for 2",
        "Breakfast for 1",
        "Breakfast for 2",
        "Free Breakfast for 1 Adult",
    ),
}
"""Our meal plans, richest first, and the inclusions that mean them; the first of each is the one we write."""

_MOST_DIGITS = 100
_MEAL_WORDS = frozenset(word for words in MEALS.values() for word in words)
_CATEGORIES = {"Standalone": "standalone", "Package": "package", "Corporate": "corporate"}
_TYPES = {category: type_ for type_, category in _CATEGORIES.items()}
_BASES = {"SellLAR": "sell", "NetRate": "net"}
_TAXES = {True: "inclusive", False: "exclusive"}


@dataclass(frozen=True, slots=True)
class Hotel:
    """The property resource, as far as it matters here. `rates_are`: basis and tax of its prices, empty where they are not told."""

    id: str
    name: str
    currency: str
    timezone: str
    pricing_model: str
    distribution_models: tuple[str, ...]
    base_allocation: bool
    rates_are: str


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A rate plan resource: what everybody sees of it, and what only Expedia's codecs need."""

    plan: RemotePlan
    resource_id: str
    pricing_model: str
    base_guests: int | None
    max_stay: int | None
    rates_are: str


def decode(body: bytes) -> Any:
    """The entity in a reply. Raises UnexpectedReplyError where there is none."""
    try:
        wrapper = json.loads(body, parse_float=_decimal, parse_constant=_no_constant)
        json.dumps(wrapper, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):  # also for half of a surrogate pair, which is no character
        raise UnexpectedReplyError("the reply is not JSON") from None
    if not isinstance(wrapper, dict) or "entity" not in wrapper:
        raise UnexpectedReplyError("the reply has no entity")
    return wrapper["entity"]


def decode_errors(body: bytes) -> tuple[tuple[str, str], ...]:
    """The (code, message) pairs in a refusal; none where it is of another shape."""
    try:
        errors = json.loads(body)["errors"]
        return tuple((str(error["code"]), str(error["message"])) for error in errors)
    except (ValueError, RecursionError, KeyError, TypeError):
        return ()


def encode(document: Mapping[str, Any]) -> bytes:
    """A JSON body; decimals are written digit by digit."""
    return _spell(document).encode()


def hotel_of(entity: Any) -> Hotel:
    """The property resource."""
    fields = _object(entity, "a property")
    return Hotel(
        id=_id(fields),
        name=str(fields.get("name", "")),
        currency=str(fields.get("currency", "")),
        timezone=str(fields.get("timezone", "")),
        pricing_model=str(fields.get("pricingModel", "")),
        distribution_models=tuple(str(model) for model in _list(fields, "distributionModels")),
        base_allocation=fields.get("baseAllocationEnabled") is True,
        rates_are=_rates_are(fields),
    )


def _rates_are(fields: Mapping[str, Any]) -> str:
    basis, inclusive = _BASES.get(str(fields.get("rateAcquisitionType"))), fields.get("taxInclusive")
    return f"{basis} {_TAXES[inclusive]}" if basis and isinstance(inclusive, bool) else ""


def rooms_of(entity: Any) -> tuple[RemoteRoom, ...]:
    """The room types, in the order given."""
    if not isinstance(entity, list):
        raise UnexpectedReplyError("a list of room types was expected")
    return tuple(_room(_object(room, "a room type")) for room in entity)


def _room(fields: Mapping[str, Any]) -> RemoteRoom:
    name, most = fields.get("name"), fields.get("maxOccupancy")
    total = most.get("total") if isinstance(most, dict) else None
    return RemoteRoom(
        id=_id(fields),
        name=str(name.get("value", "")) if isinstance(name, dict) else str(name or ""),
        active=fields.get("status") == "Active",
        max_occupancy=total if _is_int(total) else None,
    )


def plans_of(entity: Any, room_id: str) -> tuple[PlanFacts, ...]:
    """The rate plans of a room, in the order given."""
    if not isinstance(entity, list):
        raise UnexpectedReplyError("a list of rate plans was expected")
    return tuple(plan_of(plan, room_id) for plan in entity)


def plan_of(entity: Any, room_id: str) -> PlanFacts:
    """One rate plan; its id is the one that takes availability and rates."""
    fields = _object(entity, "a rate plan")
    rule = _manageable(fields)
    links = fields.get("_links")
    linked = bool(fields.get("ratePlanLinkage")) or (isinstance(links, dict) and "parentRatePlan" in links)
    plan = RemotePlan(
        id=str(rule.get("expediaId") or _id(fields)),
        room_id=room_id,
        name=str(fields.get("name", "")),
        active=fields.get("status") == "Active",
        code=str(rule.get("partnerCode", "")),
        linked=linked,
        document=document_of(fields, linked=linked),
    )
    base, longest = fields.get("occupantsForBaseRate"), fields.get("maxLOSDefault")
    return PlanFacts(
        plan,
        resource_id=_id(fields),
        pricing_model=str(fields.get("pricingModel", "")),
        base_guests=base if _is_int(base) else None,
        max_stay=longest if _is_int(longest) else None,
        rates_are=_rates_are(fields),
    )


def document_of(fields: Mapping[str, Any], *, linked: bool = False) -> dict[str, Json]:
    """The canonical document that a rate plan resource says; in normal form."""
    most = fields.get("maxAdvBookDays")
    least = fields.get("minAdvBookDays")
    document: dict[str, Json] = {
        "name": str(fields.get("name", "")),
        "active": fields.get("status") == "Active",
        "category": _CATEGORIES.get(str(fields.get("type", "Standalone")), str(fields.get("type"))),
        "meal_plan": meal_plan_of([str(word) for word in _list(fields, "valueAddInclusions")]),
        "min_advance_days": least if _is_int(least) else 0,
        "max_advance_days": most if _is_int(most) and most < MAX_ADVANCE_DAYS else None,
    }
    policy = fields.get("cancelPolicy")
    if isinstance(policy, dict):
        document["cancellation"] = cancellation.policy_of(_penalties(policy))
    return {**document, "linked": True} if linked else document


def meal_plan_of(inclusions: Sequence[str]) -> str | None:
    """The richest meal plan that the inclusions mean, or None for none."""
    return next((meal for meal, words in MEALS.items() if set(words) & set(inclusions)), None)


def changes(fields: Mapping[str, Any], wanted: Document, today: date) -> dict[str, Any]:
    """The PATCH that makes the resource `fields`, as just read, say what `wanted` does; empty where it says so already.

    `wanted` is in normal form; fields that it does not name stay as they are.
    """
    now = document_of(fields)
    patch = {
        name: value
        for key, name, value in (
            ("name", "name", wanted.get("name")),
            ("active", "status", _status(wanted)),
            ("category", "type", _TYPES.get(str(wanted.get("category")))),
            ("min_advance_days", "minAdvBookDays", wanted.get("min_advance_days") or 0),
            ("max_advance_days", "maxAdvBookDays", _max_advance(wanted)),
        )
        if key in wanted and wanted[key] != now[key]
    }
    if "meal_plan" in wanted and wanted["meal_plan"] != now["meal_plan"]:
        patch["valueAddInclusions"] = _inclusions(_list(fields, "valueAddInclusions"), wanted["meal_plan"])
    policy = wanted.get("cancellation")
    if isinstance(policy, dict) and policy != now.get("cancellation") and policy["type"] != "other":
        patch["cancelPolicy"] = _cancel_policy(fields.get("cancelPolicy"), policy, today)
    return patch


def creation(
    code: str, wanted: Document, *, pricing_model: str, distribution_models: Sequence[str], base_guests: int
) -> dict[str, Any]:
    """The body that makes a rate plan which says what `wanted` does; it can be found again by `code`."""
    body: dict[str, Any] = {
        "name": wanted["name"],
        "distributionRules": [
            {"partnerCode": code, "distributionModel": model} for model in distribution_models or ("ExpediaCollect",)
        ],
        "status": _status(wanted),
        "type": _TYPES[str(wanted["category"])],
        "pricingModel": pricing_model,
        "minAdvBookDays": wanted.get("min_advance_days") or 0,
        "maxAdvBookDays": _max_advance(wanted),
    }
    if pricing_model.startswith("PerDay"):
        body["occupantsForBaseRate"] = base_guests
    if wanted.get("meal_plan") is not None:
        body["valueAddInclusions"] = _inclusions([], wanted["meal_plan"])
    policy = wanted.get("cancellation")
    if isinstance(policy, dict) and policy["type"] != "other":
        body["cancelPolicy"] = {"defaultPenalties": cancellation.penalties(policy)}
    return body


def _status(wanted: Document) -> str:
    return "Active" if wanted.get("active") else "Inactive"


def _max_advance(wanted: Document) -> Json:
    days = wanted.get("max_advance_days")
    return MAX_ADVANCE_DAYS if days is None else days


def _inclusions(now: Sequence[Any], meal: Json) -> list[Any]:
    others = [word for word in now if str(word) not in _MEAL_WORDS]
    return others if meal is None else [*others, MEALS[str(meal)][0]]


def _cancel_policy(now: Any, wanted: Document, today: date) -> dict[str, Any]:
    """The whole object: our penalties, and the exceptions that are there. One that has ended may not be sent again."""
    kept = dict(now) if isinstance(now, dict) else {}
    ours = {**kept, "defaultPenalties": cancellation.penalties(wanted)}
    exceptions = [item for item in _list(kept, "exceptions") if str(_object(item, "").get("endDate")) >= f"{today}"]
    if exceptions:
        return {**ours, "exceptions": exceptions}
    ours.pop("exceptions", None)
    return ours


def _penalties(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [_object(penalty, "a penalty") for penalty in _list(policy, "defaultPenalties")]


def _manageable(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    rules = [_object(rule, "a distribution rule") for rule in _list(fields, "distributionRules")]
    return next((rule for rule in rules if rule.get("manageable") is True), rules[0] if rules else {})


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise UnexpectedReplyError(f"{what or 'a part of the reply'} is not an object")
    return value


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnexpectedReplyError(f"`{name}` is not a list")
    return value


def _id(fields: Mapping[str, Any]) -> str:
    value = fields.get("resourceId")
    if not (_is_int(value) or (isinstance(value, str) and value)):
        raise UnexpectedReplyError("a resource has no id")
    return str(value)


def _is_int(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _decimal(text: str) -> Decimal:
    """The exact number. Written out, one with a large exponent would fill the memory."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is beyond all numbers") from None
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError("a number is out of all range")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _spell(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(key))}:{_spell(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_spell, value)) + "]"
    return json.dumps(value)
