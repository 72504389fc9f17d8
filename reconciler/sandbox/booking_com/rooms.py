"""Reading at Booking.com: rooms with their rates, and what is left and booked. Both change nothing.

Prices and restrictions are not among what `roomrateavailability` documents, so they are not answered unless a switch
says so; the same goes for the shape of rows per room and rate.
"""

from datetime import date, datetime, timedelta
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.booking_com.availability import CET, YEARS_AHEAD
from reconciler.sandbox.booking_com.common import StatusError, authenticate, body_of, fault, hotel_for, reply_xml
from reconciler.sandbox.booking_com.relations import parent_of, price_on, pricing_of
from reconciler.sandbox.nights import ONE_DAY, span
from reconciler.sandbox.shapes import is_date, whole
from reconciler.sandbox.state import Hotel, Plan, Room, World
from reconciler.sandbox.wire import Reply, Request, children, text_of

MAX_DAYS = 31


def room_rates(world: World, request: Request, now: datetime) -> Reply:
    """Rooms with their active rates. A rate plan that no room sells is not listed."""
    try:
        account = authenticate(world, request, now, writes=False)
        hotel = hotel_for(world, account, text_of(body_of(request, "request"), "hotel_id"))
    except StatusError as refused:
        return fault(world, refused)
    root = Element("rooms")
    for room in hotel.rooms.values():
        if room.active:
            _room(world, hotel, SubElement(root, "room", id=room.id), room)
    return reply_xml(world, root, hotel=hotel.id)


def rates(world: World, request: Request, now: datetime) -> Reply:
    """All active rate plans of a hotel, sold by a room or not; the path is known from clients, the shape is assumed."""
    try:
        if not world.switches.booking_rates_list:
            raise StatusError(404, "404", "Not found")
        account = authenticate(world, request, now, writes=False)
        hotel = hotel_for(world, account, text_of(body_of(request, "request"), "hotel_id"))
    except StatusError as refused:
        return fault(world, refused)
    root = Element("rates")
    for plan in hotel.plans.values():
        if plan.active:
            SubElement(root, "rate", id=plan.id, rate_name=plan.name)
    return reply_xml(world, root, hotel=hotel.id)


def _room(world: World, hotel: Hotel, element: Element, room: Room) -> None:
    names = {"hotel_id": hotel.id, "hotel_name": hotel.name, "max_children": str(room.facts.get("max_children", 0))}
    for name, value in (*names.items(), ("room_name", room.name)):
        element.set(name, value)
    rates = SubElement(element, "rates")
    for pair in _active(hotel, room):
        plan = hotel.plans[pair.id]
        rate = SubElement(rates, "rate", id=plan.id)
        if parent_of(hotel, plan.id) is not None:
            rate.set("is_child_rate", "1")
        rate.set("max_persons", str(pair.facts.get("max_persons", room.max_occupancy)))
        rate.set("policy", str(pair.facts.get("policy", "General")))
        rate.set("policy_id", str(pair.facts.get("policy_id", "1000")))
        rate.set("rate_name", plan.name)
        if plan.facts.get("readonly"):
            rate.set("readonly", "1")
        if world.switches.booking_pricing_type:
            SubElement(rate, "pricing", type=pricing_of(hotel, pair))


def _active(hotel: Hotel, room: Room) -> list[Plan]:
    pairs = [pair for pair in hotel.room_rates.values() if pair.room == room.id and pair.active]
    return [pair for pair in pairs if hotel.plans[pair.id].active]


def room_rate_availability(world: World, request: Request, now: datetime) -> Reply:
    """Counts per date, at room level or per room and rate, for 1 to 31 days."""
    hotel_id = ""
    try:
        account = authenticate(world, request, now, writes=False)
        root = body_of(request, "request")
        hotel = hotel_for(world, account, text_of(root, "hotel_id"))
        hotel_id = hotel.id
        nights = _nights(root, now)
        rooms = _rooms(hotel, root)
        level = text_of(root, "room_level") or "0"
        if level not in ("0", "1"):
            raise StatusError(400, "SCHEMA_ERROR", "room_level is 0 or 1")
    except StatusError as refused:
        return fault(world, refused, hotel_id)
    newest = "1.1" in (request.headers.get("accept-version", "").strip(), text_of(root, "version"))
    result = Element("result")
    for room in rooms:
        if level == "1":
            _room_rows(world, SubElement(result, "room", room_id=room.id), room, nights, closed=newest)
        else:
            _rate_rows(world, hotel, result, room, nights)
    return reply_xml(world, result, hotel=hotel.id)


def _nights(root: Element, now: datetime) -> list[date]:
    days, start = text_of(root, "number_of_days") or str(MAX_DAYS), text_of(root, "start_date")
    if not whole(1, MAX_DAYS)(days):
        raise StatusError(400, "SCHEMA_ERROR", "number_of_days is 1 to 31")
    today = now.astimezone(CET).date()
    if start and not is_date(start):
        raise StatusError(400, "NOT_A_VALID_DATE", f"'{start[:20]}' is not a valid date")
    first = date.fromisoformat(start) if start else today + ONE_DAY
    if not today - ONE_DAY <= first <= today + YEARS_AHEAD:
        raise StatusError(400, "NOT_A_VALID_DATE", f"'{first}' is in the past or too far ahead")
    return list(span(first, first + timedelta(days=int(days))))


def _rooms(hotel: Hotel, root: Element) -> list[Room]:
    """The active rooms with an active rate, or of those the ones asked for."""
    ids = [(found.text or "").strip() for found in children(root, "room_id")]
    strange = [room_id for room_id in ids if room_id not in hotel.rooms]
    if strange:
        raise StatusError(400, "ROOM_ID_INVALID", f"'{strange[0][:20]}' is not a room of this hotel")
    rooms = [room for room in hotel.rooms.values() if not ids or room.id in ids]
    return [room for room in rooms if room.active and _active(hotel, room)]


def _booked(world: World, element: Element, room: Room, night: date) -> None:
    sold, cancelled = room.on("sold", night) or 0, room.on("cancelled", night) or 0
    if world.switches.booking_booked_includes_cancelled:
        sold += cancelled
    counts = {"booked": sold, "cancelled": cancelled, "min_contracted_rooms": 0, "min_contracted_rooms_until": 0}
    for name, value in counts.items():
        element.set(name, str(value))


def _left(world: World, element: Element, room: Room, night: date) -> None:
    if world.switches.booking_rooms_to_sell:
        element.set("rooms_to_sell", str(room.on("left", night) or 0))
    element.set("value", night.isoformat())


def _room_rows(world: World, parent: Element, room: Room, nights: list[date], *, closed: bool) -> None:
    for night in nights:
        element = SubElement(parent, "date")
        _booked(world, element, room, night)
        if closed and world.switches.booking_room_closed:
            element.set("closed", "1" if room.on("closed", night) else "0")
        _left(world, element, room, night)


def _rate_rows(world: World, hotel: Hotel, result: Element, room: Room, nights: list[date]) -> None:
    nested = SubElement(result, "room", room_id=room.id) if world.switches.booking_rate_rows == "nested" else None
    for pair in _active(hotel, room):
        if nested is not None:
            parent = SubElement(nested, "rate", rate_id=pair.id)
        else:
            parent = SubElement(result, "room", room_id=room.id, rate_id=pair.id)
        for night in nights:
            element = SubElement(parent, "date")
            _booked(world, element, room, night)
            if world.switches.booking_rate_closed:
                element.set("closed", "1" if _closed(hotel, pair, night) else "0")
            if world.switches.booking_rate_rows_extra:
                _extras(hotel, element, pair, night)
            _left(world, element, room, night)


def _closed(hotel: Hotel, pair: Plan, night: date) -> bool:
    relation = parent_of(hotel, pair.id)
    if relation is not None and relation.get("follows_closed", True):
        parent = hotel.room_rate(pair.room, str(relation["id"]))
        return bool(parent and parent.on("closed", night))
    return bool(pair.on("closed", night))


def _extras(hotel: Hotel, element: Element, pair: Plan, night: date) -> None:
    price = price_on(hotel, pair, night)
    if isinstance(price, str):
        element.set("price", price)
    names = {"min_los": "minimumstay", "max_los": "maximumstay"}
    flags = {"closed_to_arrival": "closedonarrival", "closed_to_departure": "closedondeparture"}
    for name, wire in (names | flags).items():
        value = pair.on(name, night)
        if value is not None:
            element.set(wire, str(int(value)))
