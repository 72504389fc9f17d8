"""Bookings as OTA messages: new ones in one, modified and cancelled ones in another, and what acknowledges them. No I/O.

A booking may have rooms of several types with dates of their own; the nights are the dates of its prices. When it was changed no document
promises to say: the time in a message is the one when it was made. Guests, cards and prices are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from xml.etree.ElementTree import Element

from reconciler.errors import TemporaryError, UnexpectedReplyError
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.property import BOOKING
from reconciler.providers import bookings, xml
from reconciler.providers.booking_com.codec_ota import NOT_ALLOWED, refusal_of
from reconciler.providers.contract import Handover

FEWEST, MOST = 10, 200
"""What may be asked for as the number of bookings in a reply."""
_NAMESPACE = "http://www.opentravel.org/OTA/2003/05"
_DAY = timedelta(days=1)
_ECHOED = "18"
_TOKEN = re.compile(r"[A-Za-z0-9_+/=.:-]{1,200}")
_NOT_WAITING = "193"
NOT_WAITING = "Booking.com does not wait for it: acknowledged before, changed since, or gone to e-mail"
_KINDS = {Change.BOOKED: "new", Change.MODIFIED: "modified", Change.CANCELLED: "cancelled"}
_MODIFIED = frozenset({"", "modify", "modified"})


class Message(StrEnum):
    """The two messages, which are also the two places to ask and to acknowledge."""

    NEW = "OTA_HotelResNotif"
    CHANGED = "OTA_HotelResModifyNotif"

    @property
    def path(self) -> str:
        """Where it is asked for and acknowledged."""
        return f"/hotels/ota/{self.value}"

    @property
    def elements(self) -> tuple[str, str]:
        """The names of its list and of an entry there."""
        return (
            ("HotelReservations", "HotelReservation") if self is Message.NEW else ("HotelResModifies", "HotelResModify")
        )


def handed_over(message: Message, body: bytes, hotel_id: str) -> Handover:
    """The bookings in a message. Raises UnexpectedReplyError where one of them is another hotel's."""
    root = xml.parse(body)
    if xml.local(root.tag) != f"{message.value}RQ":
        raise refusal_of(root) or UnexpectedReplyError(f"the reply is not a {message.value}RQ")
    refused = next((refusal_of(found) for found in xml.children(root, "Errors")), None)
    if refused is not None:
        raise refused
    listed = xml.child(root, message.elements[0])
    if listed is None and len(root):
        raise UnexpectedReplyError("the reply has no list of bookings")
    entries = () if listed is None else tuple(listed)
    for code in (code for entry in entries for code in _hotels(entry)):
        if code != hotel_id:
            raise UnexpectedReplyError(f"asked for bookings of hotel {hotel_id}, the reply has another hotel's")
    return bookings.handover(BOOKING, hotel_id, entries, lambda entry: _version(message, entry, hotel_id), _id)


def message_of(version: Version) -> Message:
    """The message that brought a version."""
    return Message(version.receipt.partition(" ")[0])


def _version(message: Message, entry: Element, hotel_id: str) -> Version:
    if xml.local(entry.tag) != message.elements[1]:
        raise UnexpectedReplyError("it is neither new nor modified nor cancelled")
    change, booking = _change(message, entry), bookings.identifier(_id(entry), "its id")
    at = bookings.instant(_first(entry).get("ResID_Date"))
    stays = () if change is Change.CANCELLED else bookings.joined(_stays(entry))
    if change is not Change.CANCELLED and not stays:
        raise UnexpectedReplyError("it has no room")
    name = bookings.version_name(_KINDS[change], at, stays)
    return Version(BOOKING, hotel_id, booking, name, change, at, stays, f"{message.value} {_token(entry)}".strip())


def _change(message: Message, entry: Element) -> Change:
    """Told by the status. A changed booking that has no status and none of its rooms any more is cancelled."""
    status = entry.get("ResStatus", "").strip().lower()
    if status.startswith("cancel"):
        return Change.CANCELLED
    if message is Message.NEW:
        return Change.BOOKED
    if status not in _MODIFIED:
        raise UnexpectedReplyError("it is neither modified nor cancelled")
    rooms = xml.child(entry, "RoomStays")
    return Change.CANCELLED if not status and rooms is not None and not len(rooms) else Change.MODIFIED


def _stays(entry: Element) -> Iterator[Stay]:
    rooms = xml.child(entry, "RoomStays")
    for room in xml.children(rooms, "RoomStay") if rooms is not None else ():
        if not any(True for _ in _hotels(room)):
            raise UnexpectedReplyError("it does not say which hotel it is for")
        types = [found for listed in xml.children(room, "RoomTypes") for found in xml.children(listed, "RoomType")]
        if len({found.get("RoomTypeCode") for found in types}) != 1:
            raise UnexpectedReplyError("one of its rooms has not one type")
        code = bookings.identifier(types[0].get("RoomTypeCode"), "its room")
        arrival, departure = _dates(room)
        yield bookings.stay(code, arrival, departure, _units(types[0]))


def _dates(room: Element) -> tuple[date, date]:
    """Arrival and departure by the nights that have a price; where none has, by the span, which ends on the day of departure."""
    priced = [found for listed in xml.children(room, "RoomRates") for found in xml.children(listed, "RoomRate")]
    nights = sorted({_night(rate) for rate in priced})
    if nights:
        if nights[-1] - nights[0] != _DAY * (len(nights) - 1):
            raise UnexpectedReplyError("one of its rooms has gaps between its nights")
        return nights[0], nights[-1] + _DAY
    span = xml.child(room, "TimeSpan")
    if span is None:
        raise UnexpectedReplyError("one of its rooms has no nights")
    return bookings.night(span.get("Start")), bookings.night(span.get("End"))


def _night(rate: Element) -> date:
    night = bookings.night(rate.get("EffectiveDate"))
    if rate.get("ExpireDate") is not None and bookings.night(rate.get("ExpireDate")) not in (night, night + _DAY):
        raise UnexpectedReplyError("one of its prices is for several nights")
    return night


def _units(room_type: Element) -> int:
    text = room_type.get("NumberOfUnits", "1").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= bookings.MAX_UNITS):
        raise UnexpectedReplyError(f"one of its rooms is not 1 to {bookings.MAX_UNITS} units")
    return int(text)


def _hotels(element: Element) -> Iterator[str]:
    found = (one.get("HotelCode", "").strip() for one in element.iter() if xml.local(one.tag) == "BasicPropertyInfo")
    return (code for code in found if code)


def _ids(entry: Element) -> Iterator[Element]:
    for info in xml.children(entry, "ResGlobalInfo"):
        for listed in xml.children(info, "HotelReservationIDs"):
            yield from xml.children(listed, "HotelReservationID")


def _first(entry: Element) -> Element:
    return next((one for one in _ids(entry) if one.get("ResID_Type") != _ECHOED), Element("HotelReservationID"))


def _id(entry: Element) -> str:
    return _first(entry).get("ResID_Value", "").strip()


def _token(entry: Element) -> str:
    """What accounts that have response tokens switched on must send back; its place rests on public clients alone."""
    found = next((one.get("ResID_Value", "").strip() for one in _ids(entry) if one.get("ResID_Type") == _ECHOED), "")
    return found if _TOKEN.fullmatch(found) else ""


def acknowledgement(message: Message, versions: Iterable[Version], now: datetime, *, test: bool = False) -> bytes:
    """Says that these are kept; they all came by this message."""
    said = {"TimeStamp": bookings.spelled(now).removesuffix("Z"), "Target": "Test" if test else "Production"}
    root = Element(f"{message.value}RS", {"xmlns": _NAMESPACE, **said, "Version": "2.001"})
    xml.add(root, "Success")
    listed = xml.add(root, message.elements[0])
    for version in versions:
        info = xml.add(xml.add(listed, message.elements[1]), "ResGlobalInfo")
        ids = xml.add(info, "HotelReservationIDs")
        xml.add(ids, "HotelReservationID", {"ResID_Value": version.booking})
        token = version.receipt.partition(" ")[2]
        if token:
            attributes = {"ResID_Source": "BOOKING.COM", "ResID_Type": _ECHOED, "ResID_Value": token}
            xml.add(ids, "HotelReservationID", attributes)
    return xml.serialise(root)


def refusals(body: bytes) -> Mapping[str, str]:
    """Why which bookings were not acknowledged, by id; under an empty id what names none. The words are ours.

    Raises a ProviderError where it may pass later, where rights are missing, and where it is no answer.
    """
    root = xml.parse(body)
    errors = [found for listed in xml.children(root, "Errors") for found in xml.children(listed, "Error")]
    refused = refusal_of(root)
    if isinstance(refused, TemporaryError) or (refused is not None and refused.code == NOT_ALLOWED):
        raise refused
    if not errors and xml.child(root, "Success") is None:
        raise UnexpectedReplyError("the reply tells neither success nor error")
    return {error.get("RecordID", "").strip(): _reason(error) for error in errors}


def _reason(error: Element) -> str:
    code = error.get("Code", "").strip()
    if code == _NOT_WAITING:
        return f"{NOT_WAITING} ({code})"
    told = f" ({code})" if code.isascii() and code.isdecimal() and len(code) < 10 else ""
    return f"Booking.com did not take the acknowledgement{told}"
