"""Booking retrieval and confirmation (BR and BC).

Versions of a booking are handed over one by one: the next appears only after the one before it was confirmed. At most 125
bookings a reply, at most ten confirmations a message. What is not confirmed in time falls back to e-mail and is gone from
here. Pushing bookings to a partner is not part of it.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.expedia.common import (
    AUTHENTICATION,
    Interface,
    RefusedError,
    answer,
    authenticate,
    hotel_of,
    read,
    refusal,
    response_root,
)
from reconciler.sandbox.nights import ONE_DAY
from reconciler.sandbox.shapes import Shape, is_instant, one_of, text, whole
from reconciler.sandbox.state import EXPEDIA, Account, Booking, Hotel, Version, World
from reconciler.sandbox.wire import Reply, Request, child, children, text_of

BR_SPACE = "http://www.expediaconnect.com/EQC/BR/2014/01"
MAX_BOOKINGS = 125
MAX_CONFIRMATIONS = 10
MAX_SAME = 3
KEPT_DAYS = 8
_ID = whole(0, 10**14)
_PARAMETERS = Shape(
    content=r"(Booking |(Status )*(NbDaysInPast )?)?",
    inside={
        "Booking": Shape({"id": _ID}),
        "Status": Shape({"value": one_of("pending", "retrieved", "confirmed", "expired")}),
        "NbDaysInPast": Shape(value=whole(1, 30)),
    },
)
_HOTEL = Shape({"id": _ID})

BR = Interface(
    "br",
    "BookingRetrievalRQ",
    {
        BR_SPACE: Shape(
            content=r"(Authentication )?(Hotel )?(ParamSet )?",
            inside={"Authentication": AUTHENTICATION, "Hotel": _HOTEL, "ParamSet": _PARAMETERS},
        ),
    },
    "BookingRetrievalRS",
    BR_SPACE,
    writes=False,
)

_NUMBER = Shape(
    {
        "bookingType": one_of("Book", "Modify", "Cancel"),
        "bookingID": _ID,
        "confirmNumber": text(1, 50),
        "confirmTime": is_instant,
    },
)
BC = Interface(
    "bc",
    "BookingConfirmRQ",
    {
        "http://www.expediaconnect.com/EQC/BC/2007/09": Shape(
            content=r"(Authentication )?Hotel BookingConfirmNumbers ",
            inside={
                "Authentication": AUTHENTICATION,
                "Hotel": _HOTEL,
                "BookingConfirmNumbers": Shape(
                    content=r"(BookingConfirmNumber )+",
                    inside={"BookingConfirmNumber": _NUMBER},
                ),
            },
        ),
    },
    "BookingConfirmRS",
    "http://www.expediaconnect.com/EQC/BC/2007/08",
    writes=True,
)


def current(booking: Booking) -> Version:
    """The oldest version that is not confirmed, or the last one."""
    return next((version for version in booking.versions if version.status != "confirmed"), booking.versions[-1])


def expired(hotel: Hotel, version: Version, now: datetime) -> bool:
    """Whether an unconfirmed version has fallen back to e-mail: after 30 or 60 minutes, or 24 hours."""
    if version.status == "confirmed":
        return False
    ahead = (date.fromisoformat(version.stay["arrival"]) - hotel.today(version.created)).days
    limit = {0: timedelta(minutes=30), 1: timedelta(minutes=60)}.get(max(ahead, 0), timedelta(hours=24))
    return now > version.created + limit


def retrieve(world: World, request: Request, now: datetime) -> Reply:
    """One BookingRetrievalRQ; what it hands over becomes retrieved."""
    hotel_id = ""
    try:
        root = read(BR, request)
        account = authenticate(world, root, request, writes=False)
        hotel = hotel_of(world, account, root) if child(root, "Hotel") is not None else None
        hotel_id = hotel.id if hotel else ""
        chosen = _chosen(world, account, hotel, child(root, "ParamSet"), now)
    except RefusedError as refused:
        return refusal(BR, refused, hotel_id)
    response = response_root(BR)
    listed = SubElement(response, "Bookings")
    for booking in chosen[:MAX_BOOKINGS]:
        version = current(booking)
        _write(listed, world.hotels[f"{EXPEDIA}/{booking.hotel}"], booking, version)
        if version.status == "pending":
            version.status = "retrieved"
    reply = answer(response, hotel_id)
    reply.changed = bool(chosen)
    reply.applied = [f"retrieved {booking.id}" for booking in chosen[:MAX_BOOKINGS]]
    return reply


def _chosen(
    world: World,
    account: Account,
    hotel: Hotel | None,
    parameters: Element | None,
    now: datetime,
) -> list[Booking]:
    named = child(parameters, "Booking") if parameters is not None else None
    if named is not None:
        return [_one(world, account, hotel, str(int(named.get("id", "0"))), now)]
    statuses = (
        {found.get("value", "").strip() for found in children(parameters, "Status")}
        if parameters is not None
        else set()
    )
    days = text_of(parameters, "NbDaysInPast") if parameters is not None else ""
    oldest = now - timedelta(days=int(days or 30)) if days or "confirmed" in statuses else None
    wanted = statuses or ({"pending", "retrieved", "confirmed"} if days else {"pending"})
    return [
        booking
        for booking in world.bookings.values()
        if _reachable(world, account, booking, now)
        and (hotel is None or booking.hotel == hotel.id)
        and current(booking).status in wanted
        and (oldest is None or current(booking).created >= oldest)
    ]


def _reachable(world: World, account: Account, booking: Booking, now: datetime) -> bool:
    hotel = world.hotels.get(f"{EXPEDIA}/{booking.hotel}")
    if booking.provider != EXPEDIA or hotel is None or not account.reaches(hotel):
        return False
    return not (world.switches.expedia_booking_expiry and expired(hotel, current(booking), now))


def _one(world: World, account: Account, hotel: Hotel | None, booking_id: str, now: datetime) -> Booking:
    booking = world.bookings.get(f"{EXPEDIA}/{booking_id}")
    if booking is None or not _reachable(world, account, booking, now):
        raise RefusedError((3080, "Booking ID cannot be found."))
    if hotel is not None and booking.hotel != hotel.id:
        raise RefusedError((3081, "Hotel ID and Booking ID mismatch."))
    return booking


def _write(listed: Element, hotel: Hotel, booking: Booking, version: Version) -> None:
    known = next((v.confirm_number for v in reversed(booking.versions) if v.confirm_number), "")
    created = version.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    element = SubElement(listed, "Booking", id=booking.id, type=version.kind, createDateTime=created)
    element.set("source", "Expedia")
    element.set("status", version.status)
    if known:
        element.set("confirmNumber", known)
    SubElement(element, "Hotel", id=booking.hotel)
    stay = version.stay
    room = SubElement(element, "RoomStay", roomTypeID=stay["room"], ratePlanID=stay["plan"])
    SubElement(room, "StayDate", arrival=stay["arrival"], departure=stay["departure"])
    guests = SubElement(room, "GuestCount", adult=str(stay["adults"]))
    if booking.children:
        guests.set("child", str(len(booking.children)))
        for age in booking.children[:6]:
            SubElement(guests, "Child", age=str(age))
    cancelled = version.kind == "Cancel"
    prices = {night: Decimal(0) if cancelled else Decimal(amount) for night, amount in stay["prices"].items()}
    rates = SubElement(room, "PerDayRates", currency=hotel.currency)
    for night in sorted(prices)[:28]:
        SubElement(rates, "PerDayRate", stayDate=night, baseRate=f"{prices[night]:.2f}")
    total = f"{sum(prices.values(), Decimal(0)):.2f}"
    SubElement(room, "Total", amountAfterTaxes=total, currency=hotel.currency)
    guest = SubElement(element, "PrimaryGuest")
    SubElement(guest, "Name", givenName=booking.guest["given"][:60], surname=booking.guest["surname"][:60])


def confirm(world: World, request: Request, now: datetime) -> Reply:
    """One BookingConfirmRQ; what cannot be stored is answered as warnings."""
    hotel_id = ""
    try:
        root = read(BC, request)
        hotel = hotel_of(world, authenticate(world, root, request, writes=True), root)
        hotel_id = hotel.id
        numbers = [number for found in children(root, "BookingConfirmNumbers") for number in found]
        if len(numbers) > MAX_CONFIRMATIONS:
            message = "Update refused. No more than 10 confirmation numbers can be sent in a single message."
            raise RefusedError((3301, message))
    except RefusedError as refused:
        return refusal(BC, refused, hotel_id)
    response = response_root(BC)
    success = SubElement(response, "Success")
    reply_codes, applied = [], []
    for number in numbers:
        warning = _confirm(world, hotel, number, now)
        names = ("bookingID", "bookingType", "confirmNumber")
        if warning is None:
            applied.append(" ".join(["confirmed", *(number.get(name, "") for name in names)]))
            continue
        code, message = warning
        element = SubElement(success, "Warning", code=str(code))
        element.text = message
        reply_codes.append(str(code))
        for name in names:
            element.set(name, number.get(name, ""))
    reply = answer(response, hotel.id)
    reply.codes, reply.applied, reply.updates, reply.changed = reply_codes, applied, len(applied), bool(applied)
    return reply


def _confirm(world: World, hotel: Hotel, number: Element, now: datetime) -> tuple[int, str] | None:
    booking = world.bookings.get(f"{EXPEDIA}/{int(number.get('bookingID', '0'))}")
    if booking is None:
        return 10080, "Update refused. Booking ID cannot be found."
    if booking.hotel != hotel.id:
        return 10081, "Update refused. Hotel ID and Booking ID mismatch."
    if hotel.today(now) > booking.departure + KEPT_DAYS * ONE_DAY:
        left = booking.departure
        return (
            10101,
            f"Update refused. Confirmation must be sent no more than 8 days after departure, which was on {left}.",
        )
    return _settle(booking, number)


def _settle(booking: Booking, number: Element) -> tuple[int, str] | None:
    kind, confirm_number = number.get("bookingType", ""), number.get("confirmNumber", "")
    handed_over = [version for version in booking.versions if version.status in ("retrieved", "confirmed")]
    version = handed_over[-1] if handed_over else booking.versions[0]
    if version.kind != kind:
        if any(found.kind == kind for found in booking.versions):
            return (
                10102,
                f"Booking confirmation refused for booking {booking.id}: a newer version is awaiting retrieval.",
            )
        return 10100, "Update refused. The specified booking type does not match the one we have stored."
    if version.confirmations >= MAX_SAME:
        return 10103, f"Booking confirmation {confirm_number} refused for booking {booking.id}: confirmed 3 times."
    version.status, version.confirm_number = "confirmed", confirm_number
    version.confirmations += 1
    return None
