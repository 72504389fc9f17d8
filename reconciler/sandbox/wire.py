"""Requests and replies as values, and the guarded parsing of what comes in.

Everything from outside is hostile: bytes are limited before parsing, document types are forbidden, and secrets are
blotted out before anything is kept. No sockets here.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MAX_BODY = 4_000_000
MAX_ELEMENTS = 200_000
_NUMBER_MARK = "\ue000"


class MalformedError(Exception):
    """The body is not what its format demands."""


@dataclass(frozen=True, slots=True)
class Request:
    """`operation` and `hotel` are what the router could tell from the path; `refuse` names items to fail on purpose."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    refuse: tuple[int, ...] = ()
    base_url: str = ""

    def basic(self) -> tuple[str, str] | None:
        """User and password of HTTP Basic authentication, or None."""
        scheme, _, rest = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (user, password) if colon else None


@dataclass(slots=True)
class Reply:
    """What to answer, and for the log: whose hotel it was, what was applied, and which codes were answered."""

    status: int
    body: bytes = b""
    media_type: str = "application/xml"
    headers: dict[str, str] = field(default_factory=dict)
    hotel: str = ""
    codes: list[str] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    updates: int = 0
    changed: bool = False


def parse_xml(body: bytes) -> Element:
    """The root element; raises MalformedError for anything but a modest document without a DTD."""
    if len(body) > MAX_BODY:
        raise MalformedError("the message is too large")
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise MalformedError(str(error) or type(error).__name__) from error
    for count, _ in enumerate(root.iter()):
        if count > MAX_ELEMENTS:
            raise MalformedError("the message has too many elements")
    return root


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    return element.tag.rpartition("}")[0].removeprefix("{")


def children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local(child) == name]


def child(element: Element, name: str) -> Element | None:
    return next((found for found in element if local(found) == name), None)


def text_of(element: Element, name: str) -> str:
    found = child(element, name)
    return (found.text or "").strip() if found is not None else ""


def write_xml(root: Element, comment: str = "") -> bytes:
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + f"<!-- {comment} -->".encode() if comment else body


def read_json(body: bytes) -> Any:
    """JSON with exact decimals; raises MalformedError for too much, too deep, or not JSON."""
    if len(body) > MAX_BODY:
        raise MalformedError("the message is too large")
    try:
        text = body.decode()
        if _NUMBER_MARK in text:
            raise MalformedError("a reserved character")
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise MalformedError("not JSON") from error


def _mark(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_NUMBER_MARK}{value}{_NUMBER_MARK}"
    raise TypeError(type(value).__name__)


def write_json(value: object) -> str:
    """JSON in which decimals appear as the numbers they were, digit for digit."""
    text = json.dumps(value, default=_mark, ensure_ascii=False)
    return re.sub(f'"{_NUMBER_MARK}([^"]*){_NUMBER_MARK}"', r"\1", text)


_SECRETS = (
    re.compile(r"""(password\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE),
    re.compile(r"""("(?:client_secret|password|jwt|token)"\s*:\s*)("(?:[^"\\]|\\.)*")""", re.IGNORECASE),
    re.compile(r"""(<(?:password|cc_number|cc_cvc)>)([^<]*)""", re.IGNORECASE),
    re.compile(r"""((?:cardNumber|seriesCode|CardNumber|SeriesCode)\s*=\s*)("[^"]*"|'[^']*')"""),
)


def redact(text: str) -> str:
    """The text with passwords, tokens and card numbers blotted out."""
    for pattern in _SECRETS:
        text = pattern.sub(r'\1"***"', text)
    return text
