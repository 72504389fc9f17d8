"""What Booking.com's faces share: who may ask, how replies end, and the two ways in which errors are written.

Every XML reply ends with a RUID comment. Faults of access are HTTP statuses; B.XML errors follow the shape that public
clients read (`error` with a code, a message and lists), OTA errors are `Errors/Error`.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.state import BOOKING, Account, Hotel, World
from reconciler.sandbox.wire import MalformedError, Reply, Request, local, parse_xml, write_xml

OTA = "http://www.opentravel.org/OTA/2003/05"
TOKEN_LIFE = timedelta(hours=1)


class StatusError(Exception):
    """The request is refused as a whole, with an HTTP status and one error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class OtaError:
    """One `Error` of an OTA reply."""

    code: str
    text: str
    type: str = "3"
    record: str = ""


def reply_xml(world: World, root: Element, status: int = 200, hotel: str = "") -> Reply:
    number = world.next_id("ruid")
    ruid = base64.b64encode(hashlib.sha256(f"ruid {number}".encode()).digest()).decode()
    return Reply(status, write_xml(root, f"RUID: [{ruid}]"), hotel=hotel)


def fault(world: World, refused: StatusError, hotel: str = "") -> Reply:
    """A B.XML reply that says why nothing was done."""
    root = Element("fault", code=refused.code, string=refused.message)
    reply = reply_xml(world, root, refused.status, hotel)
    reply.codes = [refused.code]
    return reply


def ota_errors(world: World, name: str, errors: Iterable[OtaError], status: int = 200, hotel: str = "") -> Reply:
    found = list(errors)
    root = Element(name, xmlns=OTA)
    listed = SubElement(root, "Errors")
    for error in found:
        element = SubElement(listed, "Error", Type=error.type, Code=error.code, Status="NotProcessed")
        element.set("ShortText", error.text)
        element.text = error.text
        if error.record:
            element.set("RecordID", error.record)
    reply = reply_xml(world, root, status, hotel)
    reply.codes = [error.code for error in found]
    return reply


def authenticate(world: World, request: Request, now: datetime, *, writes: bool = True) -> Account:
    """The account of a Basic or Bearer header; 401 where there is none, 403 where it may not."""
    account = _account(world, request, now)
    if account is None:
        raise StatusError(401, "401", "Authorization Required")
    if account.access == "none" or (writes and account.access != "full"):
        raise StatusError(403, "403", "Access denied")
    return account


def _account(world: World, request: Request, now: datetime) -> Account | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = next((found for found in world.tokens if found.value == value.strip()), None)
        if token is None or now >= token.issued + TOKEN_LIFE:
            return None
        return world.account(BOOKING, token.username)
    pair = request.basic()
    account = world.account(BOOKING, pair[0]) if pair else None
    return account if pair and account and account.password == pair[1] else None


def hotel_for(world: World, account: Account, hotel_id: str) -> Hotel:
    hotel = world.hotel(BOOKING, hotel_id)
    if hotel is None or not account.reaches(hotel):
        raise StatusError(403, "403", f"Access denied for hotel '{hotel_id[:20]}'")
    return hotel


def body_of(request: Request, name: str) -> Element:
    """The root of the body; 400 when it is not XML or another element."""
    try:
        root = parse_xml(request.body)
    except MalformedError as error:
        raise StatusError(400, "SCHEMA_ERROR", f"not well-formed: {error}") from error
    if local(root) != name:
        raise StatusError(400, "SCHEMA_ERROR", f"{name} expected")
    return root


def demand_version(request: Request) -> None:
    """Version 1.0 of the availability messages is gone: anything but 1.1 is not acceptable."""
    if request.headers.get("accept-version", "").strip() != "1.1":
        raise StatusError(400, "NOT_ACCEPTABLE", "Not acceptable: this version is no longer supported")
