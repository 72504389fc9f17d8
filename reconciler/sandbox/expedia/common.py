"""What Expedia's four XML interfaces share: reading a request, who may ask, and how an error is written.

Errors come as HTTP 200 with `Error` elements, and nothing is applied then. An HTTP Basic header is accepted in place of
the Authentication element, which the newer documentation describes. The JSON interface is elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from xml.etree.ElementTree import Element, SubElement

from reconciler.sandbox.shapes import Shape, faults_of, text
from reconciler.sandbox.state import EXPEDIA, Account, Hotel, World
from reconciler.sandbox.wire import (
    MalformedError,
    Reply,
    Request,
    child,
    children,
    local,
    namespace,
    parse_xml,
    write_xml,
)

AUTHENTICATION = Shape({"username": text(4, 30), "password": text(6, 30)})


class RefusedError(Exception):
    """The whole message is refused; `errors` are codes with their texts."""

    def __init__(self, *errors: tuple[int, str]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Interface:
    """One XML interface: its operation, root, the namespaces it takes with their shapes, and how it answers."""

    operation: str
    request: str
    shapes: Mapping[str, Shape]
    response: str
    response_namespace: str
    writes: bool


def read(interface: Interface, request: Request) -> Element:
    """The root of a request that is well-formed, of a known namespace and of the right shape."""
    try:
        root = parse_xml(request.body)
    except MalformedError as error:
        raise RefusedError((2002, f"Parsing error: {error}.")) from error
    space = namespace(root)
    shape = interface.shapes.get(space)
    if shape is None:
        raise RefusedError((2010, "The namespace specified is invalid."))
    if local(root) != interface.request:
        raise RefusedError((3010, f"Validation against schema failed: {interface.request} expected."))
    faults = faults_of(root, shape, space)
    if not children(root, "Authentication") and request.basic() is None:
        faults.append("Authentication is missing")
    if faults:
        raise RefusedError((3010, f"Validation against schema failed: {'; '.join(faults)}"[:1024]))
    return root


def authenticate(world: World, root: Element, request: Request, *, writes: bool) -> Account:
    element = child(root, "Authentication")
    pair = (element.get("username", ""), element.get("password", "")) if element is not None else request.basic()
    account = world.account(EXPEDIA, pair[0]) if pair else None
    if pair is None or account is None or account.password != pair[1]:
        raise RefusedError((1001, "Authentication error: invalid username or password."))
    if account.access == "none":
        raise RefusedError((1000, "Access denied: you are not authorized to use Expedia QuickConnect."))
    if writes and account.access != "full":
        raise RefusedError((1003, "The user account provided doesn't have the right access level"))
    return account


def hotel_of(world: World, account: Account, root: Element) -> Hotel:
    element = child(root, "Hotel")
    hotel_id = element.get("id", "").strip() if element is not None else ""
    hotel = world.hotel(EXPEDIA, hotel_id)
    if hotel is None or not account.reaches(hotel):
        message = (
            "Hotel ID not found. You either specified an invalid hotel ID or your account is not linked to this hotel."
        )
        raise RefusedError((3202, message))
    return hotel


def answer(root: Element, hotel: str = "") -> Reply:
    return Reply(200, write_xml(root), "text/xml; charset=utf-8", hotel=hotel)


def response_root(interface: Interface) -> Element:
    return Element(interface.response, xmlns=interface.response_namespace)


def refusal(interface: Interface, refused: RefusedError, hotel: str = "") -> Reply:
    root = response_root(interface)
    for code, message in refused.errors:
        SubElement(root, "Error", code=str(code)).text = message[:1024]
    reply = answer(root, hotel)
    reply.codes = [str(code) for code, _ in refused.errors]
    return reply


def peek_hotel(body: bytes) -> str:
    """The hotel a message is about, as far as it can be told; an empty string otherwise."""
    try:
        found = child(parse_xml(body), "Hotel")
    except MalformedError:
        return ""
    return found.get("id", "").strip() if found is not None else ""


def day(element: Element, name: str) -> date:
    return date.fromisoformat(element.get(name, "").strip())
