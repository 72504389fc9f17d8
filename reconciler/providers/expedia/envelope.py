"""What the XML interfaces share: the head of a request, and how errors are told in a reply. No I/O.

Codes and what they mean: FAQ & Guides of the Avail & Rates API. An error means that nothing of the request was carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from reconciler.errors import (
    AuthenticationFailedError,
    ProviderError,
    RequestRefusedError,
    TemporaryError,
    UnexpectedReplyError,
)
from reconciler.providers import xml
from reconciler.providers.replies import in_words, plain

TOO_MANY_CONNECTIONS = 3210
_CLOSED_FOR_NOW, _DATABASE = 4206, 5000


@dataclass(frozen=True, slots=True)
class Login:
    """User and password, in the clear only where a message is written."""

    user: str = field(repr=False)
    password: str = field(repr=False)


def open_request(name: str, namespace: str, login: Login, hotel_id: str) -> Element:
    """The root of a request with who asks and about which hotel."""
    root = Element(name, {"xmlns": namespace})
    xml.add(root, "Authentication", {"username": login.user, "password": login.password})
    xml.add(root, "Hotel", {"id": hotel_id})
    return root


def open_reply(body: bytes, name: str) -> Element:
    """The root of a reply. Raises the errors that it tells, or UnexpectedReplyError where it is another message."""
    root = xml.parse(body)
    if xml.local(root.tag) != name:
        raise UnexpectedReplyError(f"the reply is not a {name}")
    errors = [(code_of(error), (error.text or "").strip()) for error in xml.children(root, "Error")]
    if errors:
        raise error_of(errors)
    return root


def code_of(element: Element) -> int:
    """The code of an error or warning; 0 where there is none."""
    text = element.get("code", "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def error_of(errors: Sequence[tuple[int, str]]) -> ProviderError:
    """The one exception that these errors amount to: bad credentials before refusals before what may pass later."""
    ranked = sorted(errors, key=lambda error: _rank(error[0]))
    code = ranked[0][0]
    told = in_words(f"{number} {plain(text)}" for number, text in ranked)
    if 1000 <= code < 2000:
        return AuthenticationFailedError(
            f"Expedia refuses the credentials: {told}",
            code=str(code),
            hint="check api_key, api_secret and the hotel id",
        )
    if _rank(code) == _TEMPORARY:
        return TemporaryError(f"Expedia cannot do it now: {told}", code=str(code), hint="run again in some minutes")
    return RequestRefusedError(f"Expedia refused: {told}", code=str(code))


_AUTHENTICATION, _REFUSED, _TEMPORARY = 0, 1, 2


def _rank(code: int) -> int:
    if 1000 <= code < 2000:
        return _AUTHENTICATION
    passing = 4000 <= code < 4100 or code in (TOO_MANY_CONNECTIONS, _CLOSED_FOR_NOW, _DATABASE)
    return _TEMPORARY if passing else _REFUSED
