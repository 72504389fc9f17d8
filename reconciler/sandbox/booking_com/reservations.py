"""Handing over reservations: OTA messages that are repeated until acknowledged, and B.XML, where reading acknowledges.

GET OTA_HotelResNotif gives new reservations, GET OTA_HotelResModifyNotif changes and cancellations; a POST of the
matching response acknowledges. Amounts are integers before their DecimalPlaces. Cards are never part of it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.booking_com.common import (
    OTA,
    OtaError,
    StatusError,
    authenticate,
    body_of,
    fault,
    hotel_for,
    ota_errors,
    reply_xml,
)
from reconciler.sandbox.shapes import whole
from reconciler.sandbox.state import BOOKING, Account, Booking, Hotel, Version, World
from reconciler.sandbox.wire import Reply, Request, local, text_of

KINDS = {"new": ("Book",), "modify": ("Modify", "Cancel")}
NAMES = {"new": ("OTA_HotelResNotif", "HotelReservation"), "modify": ("OTA_HotelResModifyNotif", "HotelResModify")}
Waiting = tuple[Hotel, Booking, Version]


def _waiting(world: World, account: Account, kinds: tuple[str, ...], hotel_ids: set[str]) -> list[Waiting]:
    found = []
    for booking in world.bookings.values():
        hotel = world.hotel(BOOKING, booking.hotel)
        if booking.provider != BOOKING or hotel is None or not account.reaches(hotel):
            continue
        if hotel_ids and hotel.id not in hotel_ids:
            continue
        pending = [version for version in booking.versions if version.status != "confirmed"]
        found += [(hotel, booking, version) for version in pending[:1] if version.kind in kinds]
    return found


def _minor(amount: Decimal) -> str:
    return str(int(amount * 100))


def get(world: World, request: Request, now: datetime, which: str) -> Reply:
    """Reservations not yet acknowledged; `hotel_ids` and `limit` (10 to 200) narrow it."""
    name, element_name = NAMES[which]
    try:
        account = authenticate(world, request, now, writes=False)
        limit = request.query.get("limit", "200")
        if not whole(10, 200)(limit):
            raise StatusError(400, "320", "limit is 10 to 200")
    except StatusError as refused:
        return ota_errors(world, f"{name}RQ", [OtaError(refused.code, refused.message)], refused.status)
    asked = {part for part in request.query.get("hotel_ids", "").split(",") if part}
    root = Element(f"{name}RQ", xmlns=OTA, TimeStamp=now.strftime("%Y-%m-%dT%H:%M:%S+00:00"), Target="Production")
    listed = SubElement(root, f"{element_name}s" if which == "new" else "HotelResModifies")
    for hotel, booking, version in _waiting(world, account, KINDS[which], asked)[: int(limit)]:
        _write(SubElement(listed, element_name), hotel, booking, version, which)
        version.status = "retrieved"
    reply = reply_xml(world, root)
    reply.changed = bool(len(listed))
    return reply


def _write(element: Element, hotel: Hotel, booking: Booking, version: Version, which: str) -> None:
    if which == "modify":
        element.set("ResStatus", "Cancelled" if version.kind == "Cancel" else "Modified")
    stay = version.stay
    stays = SubElement(element, "RoomStays")
    units = [] if version.kind == "Cancel" else _units(stay)
    for number, unit in enumerate(units, 1):
        room = SubElement(stays, "RoomStay", IndexNumber=str(number))
        types = SubElement(SubElement(room, "RoomTypes"), "RoomType", RoomTypeCode=unit["room"])
        SubElement(types, "RoomDescription", Name=hotel.rooms[unit["room"]].name)
        rates = SubElement(room, "RoomRates")
        for night in sorted(unit["prices"]):
            rate = SubElement(rates, "RoomRate", EffectiveDate=night, RatePlanCode=unit["plan"])
            _amount(SubElement(SubElement(rate, "Rates"), "Rate"), Decimal(unit["prices"][night]), hotel.currency)
        guests = SubElement(room, "GuestCounts")
        SubElement(guests, "GuestCount", Count=str(stay["adults"]), AgeQualifyingCode="10")
        SubElement(room, "BasicPropertyInfo", HotelCode=hotel.id)
    info = SubElement(element, "ResGlobalInfo")
    _amount(info, _total(units), hotel.currency)
    ids = SubElement(info, "HotelReservationIDs")
    created = booking.versions[0].created.strftime("%Y-%m-%dT%H:%M:%S")  # also for a change: when it was made at first
    SubElement(ids, "HotelReservationID", ResID_Value=booking.id, ResID_Date=created)
    _guest(info, booking)


def _units(stay: dict[str, Any]) -> list[dict[str, Any]]:
    """Every unit of a booking, of each of its rooms."""
    return [room for room in (stay, *stay.get("more", ())) for _ in range(int(room["units"]))]


def _total(units: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(amount) for unit in units for amount in unit["prices"].values()), Decimal(0))


def _amount(parent: Element, amount: Decimal, currency: str) -> None:
    SubElement(parent, "Total", AmountBeforeTax=_minor(amount), CurrencyCode=currency, DecimalPlaces="2")


def _guest(info: Element, booking: Booking) -> None:
    profile = SubElement(SubElement(SubElement(info, "Profiles"), "ProfileInfo"), "Profile")
    name = SubElement(SubElement(profile, "Customer"), "PersonName")
    SubElement(name, "GivenName").text = booking.guest["given"]
    SubElement(name, "Surname").text = booking.guest["surname"]


def acknowledge(world: World, request: Request, now: datetime, which: str) -> Reply:
    """Marks the named reservations as handed over; a message with Errors acknowledges nothing."""
    name, _ = NAMES[which]
    try:
        account = authenticate(world, request, now)
        body = body_of(request, f"{name}RS")
    except StatusError as refused:
        return ota_errors(world, f"{name}RS", [OtaError(refused.code, refused.message)], refused.status)
    ids = [found.get("ResID_Value", "") for found in body.iter() if local(found) == "HotelReservationID"]
    waiting = {booking.id: version for _, booking, version in _waiting(world, account, KINDS[which], set())}
    failed = any(local(found) == "Errors" for found in body)
    unknown = [] if failed else [wanted for wanted in ids if wanted not in waiting]
    if unknown:
        errors = [OtaError("193", "Reservation is not waiting for this", record=wanted) for wanted in unknown]
        return ota_errors(world, f"{name}RS", errors, 400)
    for wanted in [] if failed else ids:
        waiting[wanted].status = "confirmed"
    root = Element(f"{name}RS", xmlns=OTA, TimeStamp=now.strftime("%Y-%m-%dT%H:%M:%S+00:00"))
    SubElement(root, "Success")
    reply = reply_xml(world, root)
    reply.changed, reply.updates = bool(ids), 0 if failed else len(ids)
    reply.applied = [] if failed else [f"acknowledged {wanted}" for wanted in ids]
    return reply


def b_xml(world: World, request: Request, now: datetime) -> Reply:
    """All waiting reservations of a hotel or of the account; reading them acknowledges them."""
    try:
        account = authenticate(world, request, now, writes=False)
        hotel_id = text_of(body_of(request, "request"), "hotel_id")
        asked = {hotel_for(world, account, hotel_id).id} if hotel_id else set()
    except StatusError as refused:
        return fault(world, refused)
    root = Element("reservations")
    waiting = _waiting(world, account, ("Book", "Modify", "Cancel"), asked)
    for hotel, booking, version in waiting:
        _write_plain(SubElement(root, "reservation"), hotel, booking, version)
        version.status = "confirmed"
    reply = reply_xml(world, root, hotel=hotel_id)
    reply.changed, reply.applied = bool(waiting), [f"acknowledged {booking.id}" for _, booking, _ in waiting]
    return reply


def _write_plain(element: Element, hotel: Hotel, booking: Booking, version: Version) -> None:
    stay = version.stay
    cancelled = version.kind == "Cancel"
    units = [] if cancelled else _units(stay)
    _texts(element, {"currencycode": hotel.currency})
    guest = booking.guest
    _texts(SubElement(element, "customer"), {"first_name": guest["given"], "last_name": guest["surname"]})
    _texts(
        element,
        {"date": f"{version.created:%Y-%m-%d}", "hotel_id": hotel.id, "hotel_name": hotel.name, "id": booking.id},
    )
    for number, unit in enumerate(units):
        room = SubElement(element, "room")
        _texts(room, {"arrival_date": unit["arrival"], "currencycode": hotel.currency})
        _texts(room, {"departure_date": unit["departure"], "id": unit["room"], "numberofguests": str(stay["adults"])})
        for night in sorted(unit["prices"]):
            SubElement(room, "price", date=night, rate_id=unit["plan"]).text = unit["prices"][night]
        _texts(room, {"roomreservation_id": f"{booking.id}{number}", "totalprice": str(_total([unit]))})
    status = {"Book": "new", "Modify": "modified", "Cancel": "cancelled"}[version.kind]
    _texts(element, {"status": status, "time": f"{version.created:%H:%M:%S}"})
    if cancelled:
        _texts(element, {"total_cancellation_fee": "0"})
    _texts(element, {"totalprice": str(_total(units))})


def _texts(element: Element, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        SubElement(element, name).text = text
