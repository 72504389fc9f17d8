"""OTA messages: rate plans made, renamed, switched off and on, and the conditions under which a room sells one. No I/O.

An Overlay replaces everything: what it does not say is gone afterwards. A message is taken as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from xml.etree.ElementTree import Element

from reconciler.errors import ProviderError, RequestRefusedError, TemporaryError, UnexpectedReplyError
from reconciler.providers import xml
from reconciler.providers.booking_com.codec_bxml import errors_in, told_in_words
from reconciler.providers.replies import in_words, plain

RATE_PLANS = "/hotels/ota/OTA_HotelRatePlanNotif"
PRODUCTS = "/hotels/ota/OTA_HotelProductNotif"
DUPLICATE_NAME = "592"
NOT_ALLOWED = "497"
_PASSING = ("448", "450")
"""A fault of the system, and a request that could not be processed now."""

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
    """The conditions under which a room sells a plan. Advance windows in days; None where there is none.

    `pricing`: how the pair is priced now, to be said again, for a condition that is left out is taken away; empty where that is not told.
    """

    room: str
    plan: str
    cancellation_code: str
    meal_code: str | None = None
    min_advance_days: int | None = None
    max_advance_days: int | None = None
    max_occupancy: int | None = None
    pricing: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A success: ids that were given to what was made, by our reference, and what was warned of all the same, in words."""

    ids: Mapping[str, str]
    warned: str = ""


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


def decode(body: bytes) -> Done:
    """What a success tells. Raises RequestRefusedError or TemporaryError for errors: nothing was done then."""
    root = xml.parse(body)
    refused = refusal_of(root)
    if refused is not None:
        raise refused
    if xml.child(root, "Success") is None:
        raise UnexpectedReplyError("the reply tells neither success nor error")
    found = [element for element in root.iter() if xml.local(element.tag) == "RatePlanCrossRef"]
    ids = {one.get("RequestRatePlanCode", ""): one.get("ResponseRatePlanCode", "") for one in found}
    return Done(ids, _words(element for element in root.iter() if xml.local(element.tag) == "Warning"))


def refusal(body: bytes) -> ProviderError | None:
    """The errors in the body of a refusal, of either family; None where it cannot be understood."""
    try:
        refused = refusal_of(xml.parse(body))
    except UnexpectedReplyError:
        return None
    told = errors_in(body)
    if refused is None and told:
        return RequestRefusedError(f"Booking.com refused: {told_in_words(told)}", code=told[0].code)
    return refused


def refusal_of(root: Element) -> ProviderError | None:
    """What the `Errors` of a message amount to: missing rights before refusals before what may pass later; None where it has none."""
    errors = [element for element in root.iter() if xml.local(element.tag) == "Error"]
    if not errors:
        return None
    codes = [plain(error.get("Code", "")) for error in errors]
    if all(code in _PASSING for code in codes):
        words = f"Booking.com cannot do it now: {_words(errors)}"
        return TemporaryError(words, code=codes[0], hint="run again in some minutes")
    words = f"Booking.com refused: {_words(errors)}"
    if NOT_ALLOWED in codes:
        hint = "is the hotel connected to this account, with these rights?"
        return RequestRefusedError(words, code=NOT_ALLOWED, hint=hint)
    return RequestRefusedError(words, code=next(code for code in codes if code not in _PASSING))


def _words(elements: Iterable[Element]) -> str:
    """Errors or warnings on one line."""
    return in_words(f"{plain(one.get('Code', ''))} {_text(one)}".strip() for one in elements)


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
    if product.pricing:
        xml.add(xml.add(element, "TPA_Extensions"), "PricingType", {"Value": product.pricing})
