"""A desk to ask the sandbox from, without sockets; what Expedia answers is held against the official schemas."""

import json
import os
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from lxml import etree

from reconciler.sandbox import admin_face
from reconciler.sandbox.core import Sandbox
from reconciler.sandbox.state import World
from reconciler.sandbox.wire import Reply, Request

from .hotels import NOW, PASSWORD, USER, booking_hotel, expedia_hotel

REFERENCE = os.environ.get("OTA_REFERENCE", "")
V2 = "application/vnd.expedia.eps.product-v2+json"
V3 = "application/vnd.expedia.eps.product-v3+json"
SCHEMAS = {
    "AvailRateUpdateRS": "AvailRateUpdateRS",
    "ProductAvailRateRetrievalRS": "ProductAvailRateRetrievalRS",
    "BookingRetrievalRS": "BookingRetrievalRS",
    "BookingConfirmRS": "BookingConfirmRS",
}
_loaded: dict[str, etree.XMLSchema] = {}


def schema(name: str) -> etree.XMLSchema:
    if name not in _loaded:
        _loaded[name] = etree.XMLSchema(etree.parse(str(Path(REFERENCE) / "expedia" / "xsd" / f"{name}.xsd")))
    return _loaded[name]


def assert_valid(body: bytes) -> None:
    """A reply of an XML interface fits the official schema of its root; without the reference nothing is checked."""
    document = etree.fromstring(body)
    name = etree.QName(document).localname
    if REFERENCE and name in SCHEMAS:
        schema(SCHEMAS[name]).assertValid(document)


def auth(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


@dataclass
class Desk:
    sandbox: Sandbox = field(default_factory=lambda: Sandbox(World(), lambda: datetime.fromisoformat(NOW)))

    def ask(self, method: str, path: str, body: str | bytes = "", **headers: str) -> Reply:
        """One request carried out at once; `query=a=b` is the query string."""
        query = dict(part.split("=", 1) for part in headers.pop("query", "").split("&") if part)
        content = body.encode() if isinstance(body, str) else body
        names = {key.replace("_", "-"): value for key, value in headers.items()}
        request = Request(method, path, query, names, content, base_url="http://127.0.0.1:1")
        visit = self.sandbox.begin(request)
        assert visit is not None, "no such path"
        try:
            return self.sandbox.carry_out(visit).reply
        finally:
            self.sandbox.end(visit)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        status, answer = admin_face.handle(self.sandbox, Request(method, f"/admin{path}", body=content))
        assert status == 200, answer
        return json.loads(answer)

    # Expedia

    def eqc(self, operation: str, body: str) -> Element:
        reply = self.ask("POST", f"/eqc/{operation}", body)
        assert reply.status == 200
        assert_valid(reply.body)
        return fromstring(reply.body)

    def ar(self, updates: str, hotel: str = "42") -> Element:
        return self.eqc("ar", ar_message(updates, hotel))

    def parr(self, attributes: str, inside: str = "", hotel: str = "42") -> Element:
        asked = f"<AvailRateRetrieval {attributes}>{inside}</AvailRateRetrieval>"
        return self.eqc("parr", parr_message(asked, hotel))

    def product(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        version = V3 if path.rstrip("/").split("/")[-2:-1] == ["roomTypes"] or path.endswith("roomTypes") else V2
        named = {"accept": version, **auth(), **({} if body is None else {"content_type": version}), **headers}
        reply = self.ask(method, path, "" if body is None else json.dumps(body), **named)
        return reply.status, json.loads(reply.body) if reply.body else None

    # Booking.com

    def b_xml(self, operation: str, inside: str, **headers: str) -> Reply:
        named = {**auth(), "accept_version": "1.1", **headers}
        return self.ask("POST", f"/hotels/xml/{operation}", f"<request>{inside}</request>", **named)

    def ota(self, operation: str, body: str, method: str = "POST", **headers: str) -> Reply:
        return self.ask(method, f"/hotels/ota/{operation}", body, **{**auth(), **headers})


def ar_message(updates: str, hotel: str = "42", password: str = PASSWORD) -> str:
    return (
        '<AvailRateUpdateRQ xmlns="http://www.expediaconnect.com/EQC/AR/2011/06">'
        f'<Authentication username="{USER}" password="{password}"/><Hotel id="{hotel}"/>{updates}</AvailRateUpdateRQ>'
    )


def parr_message(asked: str, hotel: str = "42") -> str:
    return (
        '<ProductAvailRateRetrievalRQ xmlns="http://www.expediaconnect.com/EQC/PAR/2013/07">'
        f'<Authentication username="{USER}" password="{PASSWORD}"/><Hotel id="{hotel}"/>'
        f"<ParamSet>{asked}</ParamSet></ProductAvailRateRetrievalRQ>"
    )


def update(inside: str, first: str = "2026-06-01", last: str = "2026-06-01", days: str = "") -> str:
    dates = f'<DateRange from="{first}" to="{last}" {days}/>'
    return f"<AvailRateUpdate>{dates}{inside}</AvailRateUpdate>"


def codes(root: Element) -> list[str]:
    """The codes of errors and warnings, in order."""
    return [found.attrib["code"] for found in root.iter() if "code" in found.attrib]


def named(root: Element, name: str) -> list[Element]:
    return [found for found in root.iter() if found.tag.rpartition("}")[2] == name]


def expedia_desk(**changes: Any) -> Desk:
    desk = Desk()
    desk.admin("PUT", "/hotels/expedia/42", expedia_hotel(**changes))
    return desk


def booking_desk(**changes: Any) -> Desk:
    desk = Desk()
    desk.admin("PUT", "/hotels/booking.com/367456", booking_hotel(**changes))
    return desk
