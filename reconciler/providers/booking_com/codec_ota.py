"""OTA messages: rate plans made, renamed, switched off and on, and the conditions under which a room sells one. No I/O.

An Overlay replaces everything: what it does not say is gone afterwards. A message is taken as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.etree.ElementTree import Element

from reconciler.errors import RequestRefusedError, UnexpectedReplyError
from reconciler.providers import xml
from reconciler.providers.booking_com.codec_bxml import errors_in, in_words, plain

RATE_PLANS = "/hotels/ota/OTA_HotelRatePlanNotif"
PRODUCTS = "/hotels/ota/OTA_HotelProductNotif"
DUPLICATE_NAME = "592"
_NAMESPACE = "http://www.opentravel.org/OTA/2003/05"


class Notif(StrEnum):
    """What is done to a rate plan or product."""

    NEW = "New"
    OVERLAY = "Overlay"
    REMOVE = "Remove"
    ACTIVATE = "Activate"


@dataclass(frozen=True, slots=True)
class PlanNotif:
    """A rate plan: `reference` is ours for one to be made, `code` its id otherwise; `name` for New and Overlay."""

    kind: Notif
    code: str = ""
    reference: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """The conditions under which a room sells a plan. Advance windows in days; None where there is none."""

    room: str
    plan: str
    cancellation_code: str
    meal_code: str | None = None
    min_advance_days: int | None = None
    max_advance_days: int | None = None
    max_occupancy: int | None = None


def rate_plans_request(
    hotel_id: str, notifs: Sequence[PlanNotif], *, test: bool = False, at: datetime | None = None
) -> bytes:
    """The message; `test` for a test hotel."""
    root = _root("OTA_HotelRatePlanNotifRQ", test=test, at=at)
    listed = xml.add(root, "RatePlans", {"HotelCode": hotel_id})
    for notif in notifs:
        ids = {"RatePlanID": notif.reference, "RatePlanCode": notif.code}
        attributes = {"RatePlanNotifType": notif.kind.value, **{name: id_ for name, id_ in ids.items() if id_}}
        plan = xml.add(listed, "RatePlan", attributes)
        if notif.name:
            xml.add(plan, "Description", {"Name": notif.name})
    return xml.serialise(root)


def products_request(hotel_id: str, kind: Notif, products: Sequence[Product], *, test: bool = False) -> bytes:
    """The message; New pairs a room with a plan, Overlay replaces the conditions of a pair."""
    root = _root("OTA_HotelProductNotifRQ", test=test)
    listed = xml.add(root, "HotelProducts", {"HotelCode": hotel_id})
    for product in products:
        _add_product(xml.add(listed, "HotelProduct", {"ProductNotifType": kind.value}), product)
    return xml.serialise(root)


def decode(body: bytes) -> Mapping[str, str]:
    """The ids that were given to what was made, by our reference. Raises RequestRefusedError for errors: nothing was done then."""
    root = xml.parse(body)
    refused = refusal_of(root)
    if refused is not None:
        raise refused
    if xml.child(root, "Success") is None:
        raise UnexpectedReplyError("the reply tells neither success nor error")
    found = [element for element in root.iter() if xml.local(element.tag) == "RatePlanCrossRef"]
    return {one.get("RequestRatePlanCode", ""): one.get("ResponseRatePlanCode", "") for one in found}


def refusal(body: bytes) -> RequestRefusedError | None:
    """The errors in the body of a refusal, of either family; None where it cannot be understood."""
    try:
        refused = refusal_of(xml.parse(body))
    except UnexpectedReplyError:
        return None
    told = errors_in(body)
    if refused is None and told:
        return RequestRefusedError(f"Booking.com refused: {in_words(told)}", code=told[0].code)
    return refused


def refusal_of(root: Element) -> RequestRefusedError | None:
    """What the `Errors` of a message amount to; None where it has none."""
    errors = [element for element in root.iter() if xml.local(element.tag) == "Error"]
    if not errors:
        return None
    texts = dict.fromkeys(f"{plain(error.get('Code', ''))} {_text(error)}".strip() for error in errors)
    words = "; ".join(list(texts)[:3])
    return RequestRefusedError(f"Booking.com refused: {words}", code=plain(errors[0].get("Code", "")))


def _text(error: Element) -> str:
    short, long = plain(error.get("ShortText", "")), plain(error.text or "")
    return short if long in ("", short) else f"{short}: {long}" if short else long


def _root(name: str, *, test: bool, at: datetime | None = None) -> Element:
    attributes = {"xmlns": _NAMESPACE, "MessageContentCode": "8", "Version": "1.005"}
    if at is not None:
        attributes["TimeStamp"] = at.replace(tzinfo=None, microsecond=0).isoformat()
    return Element(name, {**attributes, "Target": "Test" if test else "Production"})


def _add_product(element: Element, product: Product) -> None:
    occupancy = {} if product.max_occupancy is None else {"MaxOccupancy": str(product.max_occupancy)}
    xml.add(xml.add(element, "RoomTypes"), "RoomType", {"RoomTypeCode": product.room, **occupancy})
    plan = xml.add(xml.add(element, "RatePlans"), "RatePlan", {"RatePlanCode": product.plan})
    if product.meal_code is not None:
        xml.add(plan, "MealsIncluded", {"MealPlanCodes": product.meal_code})
    policies = xml.add(element, "PolicyInfo")
    offsets = {
        "MinAdvancedBookingOffset": product.min_advance_days or None,
        "MaxAdvancedBookingOffset": product.max_advance_days,
    }
    said = {name: f"P{days}D" for name, days in offsets.items() if days is not None}
    if said:
        xml.add(xml.add(policies, "BookingRules"), "BookingRule", said)
    xml.add(xml.add(policies, "CancelPolicy"), "CancelPenalty", {"PolicyCode": product.cancellation_code})
