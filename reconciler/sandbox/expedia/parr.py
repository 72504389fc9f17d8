"""Product, availability and rates retrieval: what is loaded, read back.

Within its documented limits: up to 365 days where one rate plan is asked for, 31 otherwise, silently cut to the first
days. A rate plan is left out of a night for which nothing was ever received; a room always shows its counts. Derived
twins (the id that is not managed) appear among the products but carry no rates. It changes nothing.
"""

from datetime import date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.expedia.common import (
    AUTHENTICATION,
    Interface,
    RefusedError,
    answer,
    authenticate,
    day,
    hotel_of,
    read,
    refusal,
    response_root,
)
from reconciler.sandbox.expedia.linkage import find, live_plans, manageable_id, value_on
from reconciler.sandbox.expedia.product_list import product_list
from reconciler.sandbox.nights import ONE_DAY, span
from reconciler.sandbox.shapes import Shape, is_bool, is_date, one_of, text, truth, whole
from reconciler.sandbox.state import Hotel, Plan, Room, World
from reconciler.sandbox.wire import Reply, Request, child, children

SPACE = "http://www.expediaconnect.com/EQC/PAR/2013/07"
ONE_PLAN_DAYS = 365
MANY_PLANS_DAYS = 31
_FILTERS = ("inventory", "roomAvailStatus", "rateAvailStatus", "restrictions", "rates")
_RETURNS = ("returnRateLink", "returnRoomAttributes", "returnRatePlanAttributes", "returnCompensation")
_PLAN = Shape({"id": text(1, 50)})
_ROOM = Shape({"id": text(1, 50)}, content=r"(RatePlan ){0,20}", inside={"RatePlan": _PLAN})
_AVAIL = Shape(
    {"from": is_date, "to": is_date},
    dict.fromkeys(_FILTERS, is_bool),
    r"(RoomType ){0,20}",
    {"RoomType": _ROOM},
)
_PRODUCTS = Shape(
    optional={
        "productStatus": one_of("Active", "Inactive", "All"),
        **dict.fromkeys((*_RETURNS, "returnCancelPolicy"), is_bool),
    },
)
_PARAMETERS = Shape(
    content=r"(ProductRetrieval |AvailRateRetrieval )",
    inside={"ProductRetrieval": _PRODUCTS, "AvailRateRetrieval": _AVAIL},
)
_INSIDE = {
    "Authentication": AUTHENTICATION,
    "Hotel": Shape({"id": whole(0, 2**31 - 1)}),
    "ParamSet": _PARAMETERS,
}

PARR = Interface(
    "parr",
    "ProductAvailRateRetrievalRQ",
    {SPACE: Shape(content=r"(Authentication )?Hotel ParamSet ", inside=_INSIDE)},
    "ProductAvailRateRetrievalRS",
    SPACE,
    writes=False,
)

Product = tuple[Room, list[tuple[str, Plan]]]


def handle(world: World, request: Request, now: datetime) -> Reply:
    hotel_id = ""
    try:
        root = read(PARR, request)
        hotel = hotel_of(world, authenticate(world, root, request, writes=False), root)
        hotel_id = hotel.id
        parameters = child(root, "ParamSet")
        asked = parameters[0] if parameters is not None else root
        response = response_root(PARR)
        if asked.tag.endswith("ProductRetrieval"):
            product_list(hotel, asked, response)
        else:
            _avail_rates(hotel, asked, response, now, partial=world.switches.expedia_parr_partial)
    except RefusedError as refused:
        return refusal(PARR, refused, hotel_id)
    return answer(response, hotel.id)


def _products_asked(hotel: Hotel, asked: Element) -> list[Product]:
    """The rooms and plans that a request is about: those named, whatever their status, else all active ones."""
    named = children(asked, "RoomType")
    if not named:
        return [(room, _plans(hotel, room.id)) for room in hotel.rooms.values() if room.active]
    strange = [found.get("id", "").strip() for found in named if found.get("id", "").strip() not in hotel.rooms]
    if strange:
        message = f"The following RoomTypeIDs do not belong to the given hotel: {', '.join(strange)}."
        raise RefusedError((3203, message))
    return [_named(hotel, found) for found in named]


def _named(hotel: Hotel, element: Element) -> Product:
    room = hotel.rooms[element.get("id", "").strip()]
    ids = [found.get("id", "").strip() for found in children(element, "RatePlan")]
    if not ids:
        return room, _plans(hotel, room.id)
    plans = {plan_id: find(hotel, plan_id) for plan_id in ids}
    strange = [plan_id for plan_id, found in plans.items() if found is None or found[0].room != room.id]
    if strange:
        message = f"The following RatePlanIDs do not belong to the given hotel: {', '.join(strange)}."
        raise RefusedError((3204, message))
    return room, [(plan_id, found[0]) for plan_id, found in plans.items() if found]


def _plans(hotel: Hotel, room: str) -> list[tuple[str, Plan]]:
    return [(manageable_id(plan), plan) for plan in live_plans(hotel, room) if plan.active]


def _window(hotel: Hotel, asked: Element, products: list[Product], now: datetime) -> tuple[date, date]:
    first, last = day(asked, "from"), day(asked, "to")
    if first < hotel.today(now) - ONE_DAY:
        raise RefusedError((3020, "Validation error: start date must not be before yesterday."))
    if last < first:
        raise RefusedError((3021, "Validation error: end date must not be before start date."))
    plans = sum(len(found) for _, found in products)
    days = ONE_PLAN_DAYS if plans == 1 else MANY_PLANS_DAYS
    return first, min(last + ONE_DAY, first + timedelta(days=days))


def _avail_rates(hotel: Hotel, asked: Element, response: Element, now: datetime, *, partial: bool) -> None:
    products = _products_asked(hotel, asked)
    wanted = {name for name in _FILTERS if truth(asked.get(name, "true").strip())}
    wanted |= {"partial"} if partial else set()
    first, until = _window(hotel, asked, products, now)
    listed = SubElement(response, "AvailRateList")
    SubElement(listed, "Hotel", id=hotel.id)
    for night in span(first, until) if products else ():
        entry = SubElement(listed, "AvailRate", date=night.isoformat())
        for room, plans in products:
            _room(hotel, SubElement(entry, "RoomType", id=room.id), room, plans, night, wanted)


def _room(
    hotel: Hotel,
    element: Element,
    room: Room,
    plans: list[tuple[str, Plan]],
    night: date,
    wanted: set[str],
) -> None:
    if "roomAvailStatus" in wanted:
        element.set("closed", _flag(room.on("closed", night)))
    if "inventory" in wanted:
        left, base = room.on("left", night) or 0, room.on("base", night) or 0
        SubElement(
            element,
            "Inventory",
            baseAllocation=str(base),
            flexibleAllocation=str(max(left - base, 0)),
            totalInventoryAvailable=str(left),
            totalInventorySold=str(room.on("sold", night) or 0),
        )
    if wanted & {"rateAvailStatus", "restrictions", "rates"}:
        for plan_id, plan in plans:
            _plan(hotel, element, plan_id, plan, night, wanted)


def _plan(hotel: Hotel, parent: Element, plan_id: str, plan: Plan, night: date, wanted: set[str]) -> None:
    names = ("price", "closed", "min_los", "max_los", "closed_to_arrival", "closed_to_departure")
    values = {name: value_on(hotel, plan, name, night) for name in names}
    if all(value is None for value in values.values()):
        return
    element = SubElement(parent, "RatePlan", id=plan_id)
    if "rateAvailStatus" in wanted and not ("partial" in wanted and values["closed"] is None):
        element.set("closed", _flag(values["closed"]))
    if "rates" in wanted and values["price"] is not None and plan_id == manageable_id(plan):
        _rate(hotel, plan, element, values["price"], night)
    if "restrictions" in wanted:
        SubElement(
            element,
            "Restrictions",
            minLOS=str(values["min_los"] or plan.facts.get("minLOSDefault", 1)),
            maxLOS=str(values["max_los"] or plan.facts.get("maxLOSDefault", 28)),
            closedToArrival=_flag(values["closed_to_arrival"]),
            closedToDeparture=_flag(values["closed_to_departure"]),
        )


def _rate(hotel: Hotel, plan: Plan, parent: Element, price: str | dict[str, str], night: date) -> None:
    element = SubElement(parent, "Rate", currency=hotel.currency)
    change = plan.on("rate_change", night)
    if change is not None:
        element.set("rateChangeIndicator", _flag(change))
    if isinstance(price, str):
        SubElement(element, "PerDay", rate=price)
        return
    by_guests = {int(key): amount for key, amount in price.items() if key.isdecimal()}
    for guests in sorted(by_guests):
        SubElement(element, "PerOccupancy", rate=by_guests[guests], occupancy=str(guests))
    if not by_guests:
        lengths = {int(key[3:]): amount for key, amount in price.items() if key[3:].isdecimal()}
        for length in sorted(lengths):
            SubElement(element, "PerDay", rate=lengths[length])


def _flag(value: Any) -> str:
    return "true" if value else "false"
