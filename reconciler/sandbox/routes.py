"""Which path is which operation: the one table of everything the two providers answer.

The names of operations are what faults match and what the log shows.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from reconciler.sandbox.booking_com import availability, rate_plans, reservations, rooms, tokens
from reconciler.sandbox.booking_com import products as room_products
from reconciler.sandbox.expedia import ar, parr, products
from reconciler.sandbox.expedia import reservations as expedia_reservations
from reconciler.sandbox.expedia.ar_request import AR
from reconciler.sandbox.expedia.common import Interface, RefusedError, peek_hotel, refusal
from reconciler.sandbox.expedia.parr import PARR
from reconciler.sandbox.expedia.reservations import BC, BR
from reconciler.sandbox.state import BOOKING, EXPEDIA, World
from reconciler.sandbox.wire import Reply, Request

Handler = Callable[[World, Request, datetime], Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """`interface` is set for Expedia's XML interfaces, which take one connection per hotel at a time."""

    provider: str
    name: str
    handle: Handler
    interface: Interface | None = None

    def connection(self, request: Request) -> str:
        """The hotel whose only connection this request takes up; empty where there is no such limit."""
        return peek_hotel(request.body) if self.interface is not None else ""

    def busy(self, hotel: str) -> Reply:
        """The answer to a second connection for a hotel."""
        if self.interface is None:
            raise ValueError("no limit of connections")
        message = "Communication error: exceed max number of connections allowed (1)."
        return refusal(self.interface, RefusedError((3210, message)), hotel)


_OTA = "/hotels/ota/"
OPERATIONS: dict[tuple[str, str], Operation] = {
    ("POST", "/eqc/ar"): Operation(EXPEDIA, "ar", ar.handle, AR),
    ("POST", "/eqc/parr"): Operation(EXPEDIA, "parr", parr.handle, PARR),
    ("POST", "/eqc/br"): Operation(EXPEDIA, "br", expedia_reservations.retrieve, BR),
    ("POST", "/eqc/bc"): Operation(EXPEDIA, "bc", expedia_reservations.confirm, BC),
    ("POST", "/hotels/xml/availability"): Operation(BOOKING, "availability", availability.handle),
    ("POST", "/hotels/xml/roomrates"): Operation(BOOKING, "roomrates", rooms.room_rates),
    ("POST", "/hotels/xml/rates"): Operation(BOOKING, "rates", rooms.rates),
    ("POST", "/hotels/xml/roomrateavailability"): Operation(
        BOOKING,
        "roomrateavailability",
        rooms.room_rate_availability,
    ),
    ("POST", "/hotels/xml/reservations"): Operation(BOOKING, "reservations", reservations.b_xml),
    ("POST", _OTA + "OTA_HotelRatePlanNotif"): Operation(BOOKING, "OTA_HotelRatePlanNotif", rate_plans.handle),
    ("POST", _OTA + "OTA_HotelProductNotif"): Operation(BOOKING, "OTA_HotelProductNotif", room_products.handle),
    ("POST", "/token-based-authentication/exchange"): Operation(BOOKING, "token", tokens.exchange),
}
for _which, _names in reservations.NAMES.items():
    OPERATIONS["GET", _OTA + _names[0]] = Operation(BOOKING, _names[0], partial(reservations.get, which=_which))
    _acknowledge = partial(reservations.acknowledge, which=_which)
    OPERATIONS["POST", _OTA + _names[0]] = Operation(BOOKING, _names[0], _acknowledge)

PRODUCT = Operation(EXPEDIA, "product", products.handle)


def operation_for(request: Request) -> Operation | None:
    """The operation of a request, or None for a path that neither provider has."""
    found = OPERATIONS.get((request.method, request.path))
    if found is None and request.path.startswith(("/products/", "/properties/")):
        return PRODUCT
    return found


_HINTS = re.compile(rb"""<hotel_id>\s*(\d+)|HotelCode="(\d+)\"""")
_ROOM = re.compile(rb"""<room\s+id=["'](\w+)["']""")


def hotel_hint(world: World, request: Request) -> str:
    """The hotel that a request is about, as far as a glance can tell; for matching faults."""
    path = re.match(r"/(?:products/)?properties/(\d+)", request.path)
    if path:
        return path.group(1)
    if request.path.startswith("/eqc/"):
        return peek_hotel(request.body)
    named = _HINTS.search(request.body)
    if named:
        return (named.group(1) or named.group(2)).decode()
    room = _ROOM.search(request.body)
    rooms = room.group(1).decode() if room else ""
    return next((h.id for h in world.hotels.values() if h.provider == BOOKING and rooms in h.rooms), "")
