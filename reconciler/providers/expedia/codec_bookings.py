"""Bookings, retrieved and confirmed: what to ask, what the replies say. No I/O.

Of a booking only the oldest version that is not confirmed comes, so that a newer one shows that the one before it was confirmed.
Guests, cards, requests and prices stand in the same reply and are passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from xml.etree.ElementTree import Element

from reconciler.errors import UnexpectedReplyError
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.property import EXPEDIA
from reconciler.providers import bookings, xml
from reconciler.providers.contract import Handover
from reconciler.providers.expedia.envelope import Login, code_of, open_reply, open_request

RETRIEVAL = "/eqc/br"
CONFIRMATION = "/eqc/bc"
MAX_CONFIRMATIONS = 10
"""Versions in one confirmation."""

_RETRIEVAL_SPACE = "http://www.expediaconnect.com/EQC/BR/2014/01"
_CONFIRMATION_SPACE = "http://www.expediaconnect.com/EQC/BC/2007/09"
_CHANGES = {"Book": Change.BOOKED, "Modify": Change.MODIFIED, "Cancel": Change.CANCELLED}
_KINDS = {change: kind for kind, change in _CHANGES.items()}
_REASONS = {
    10080: "Expedia does not know it any more",
    10081: "it belongs to another hotel",
    10100: "Expedia has it as something else: new, modified or cancelled",
    10101: "too late: the guest left more than 8 days ago",
    10102: "a newer version of it waits",
    10103: "it was confirmed before, three times",
    10105: "Expedia cannot do it now",
}
"""Warnings of a confirmation, from the table of the documentation."""


def retrieval(login: Login, hotel_id: str) -> bytes:
    """Asks for all that is not confirmed, also for what was handed over before: a crash may have come in between."""
    root = open_request("BookingRetrievalRQ", _RETRIEVAL_SPACE, login, hotel_id)
    asked = xml.add(root, "ParamSet")
    for status in ("pending", "retrieved"):
        xml.add(asked, "Status", {"value": status})
    return xml.serialise(root)


def handed_over(body: bytes, hotel_id: str) -> Handover:
    """The bookings in a reply. Raises UnexpectedReplyError where one of them is another hotel's."""
    listed = xml.child(open_reply(body, "BookingRetrievalRS"), "Bookings")
    if listed is None:
        raise UnexpectedReplyError("the reply has no list of bookings")
    for hotel in (hotel for entry in listed for hotel in xml.children(entry, "Hotel")):
        if hotel.get("id", "").strip() != hotel_id:
            raise UnexpectedReplyError(f"asked for bookings of hotel {hotel_id}, the reply has another hotel's")
    return bookings.handover(
        EXPEDIA, hotel_id, listed, lambda entry: _version(entry, hotel_id), lambda entry: entry.get("id", "").strip()
    )


def _version(entry: Element, hotel_id: str) -> Version:
    kind, booking = entry.get("type", "").strip(), bookings.identifier(entry.get("id"), "its id")
    if xml.local(entry.tag) != "Booking" or kind not in _CHANGES:
        raise UnexpectedReplyError("it is neither new nor modified nor cancelled")
    if not booking.isdecimal():
        raise UnexpectedReplyError("its id is no number")
    if xml.child(entry, "Hotel") is None:
        raise UnexpectedReplyError("it does not say which hotel it is for")
    at = bookings.instant(entry.get("createDateTime"))
    version = Version(EXPEDIA, hotel_id, booking, "", _CHANGES[kind], at)
    if version.change is not Change.CANCELLED:
        version = replace(version, stays=bookings.joined([_stay(entry)]))
    return replace(version, version=bookings.version_name(kind, at, version.stays))


def _stay(entry: Element) -> Stay:
    rooms = list(xml.children(entry, "RoomStay"))
    if len(rooms) != 1:
        raise UnexpectedReplyError("it is not for one room")
    dates = xml.child(rooms[0], "StayDate")
    if dates is None:
        raise UnexpectedReplyError("it has no dates")
    room = bookings.identifier(rooms[0].get("roomTypeID"), "its room")
    if not room.strip("0"):
        raise UnexpectedReplyError("it has no room")
    return bookings.stay(room, bookings.night(dates.get("arrival")), bookings.night(dates.get("departure")))


def confirmation(login: Login, hotel_id: str, versions: Iterable[Version], now: datetime) -> bytes:
    """Says that these are kept. `now` becomes the time of confirmation, but not one before the booking's own."""
    root = open_request("BookingConfirmRQ", _CONFIRMATION_SPACE, login, hotel_id)
    listed = xml.add(root, "BookingConfirmNumbers")
    for version in versions:
        said = {
            "bookingID": version.booking,
            "bookingType": _KINDS[version.change],
            "confirmNumber": confirm_number(version),
            "confirmTime": bookings.spelled(max(now, version.at)),
        }
        xml.add(listed, "BookingConfirmNumber", said)
    return xml.serialise(root)


def confirm_number(version: Version) -> str:
    """The hotel's number for a version, which guests see: the same however often it is confirmed."""
    return f"{version.booking[:20]}-{hashlib.sha256(version.version.encode()).hexdigest()[:8].upper()}"


def refusals(body: bytes) -> Mapping[str, str]:
    """Why which bookings were not confirmed, by id; under an empty id what names none. The words are ours."""
    success = xml.child(open_reply(body, "BookingConfirmRS"), "Success")
    if success is None:
        raise UnexpectedReplyError("the reply tells neither success nor error")
    warned = list(xml.children(success, "Warning"))
    return {one.get("bookingID", "").strip(): _reason(code_of(one)) for one in warned}


def _reason(code: int) -> str:
    return f"{_REASONS.get(code, 'Expedia did not take the confirmation')} ({code})"
