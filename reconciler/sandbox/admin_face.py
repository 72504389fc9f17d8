"""The admin face: JSON under /admin to load hotels, play guests and hoteliers, order faults, and see what came in.

    GET    /admin                                    counts of everything, the time
    GET    /admin/state                              everything, without passwords
    GET, PUT, DELETE /admin/hotels/{provider}/{id}   a hotel, as described in `stored`; provider: expedia, booking.com
    POST   /admin/hotels/{provider}/{id}/change      a change by hand or {"changes": [...]}, see `control`
    POST   /admin/hotels/{provider}/{id}/book        see `bookings.book`; answers {"id", "ids", "bookings"}
    POST   /admin/hotels/{provider}/{id}/modify      {"booking": id, ...}
    POST   /admin/hotels/{provider}/{id}/cancel      {"booking": id}
    GET    /admin/bookings                           {"bookings": [...]}
    GET, POST, DELETE /admin/faults                  see `faults`
    GET    /admin/log?since=&provider=&operation=... {"entries": [...], "counts": {"expedia/ar": 2}}, see `log`
    DELETE /admin/log
    GET, PUT /admin/switches                         see `switches`; PUT takes those to change
    GET, PUT /admin/clock                            {"frozen_at": instant or null, "offset_seconds": n}; GET adds "now"
    GET, PUT, POST /admin/accounts                   PUT replaces all, POST adds or replaces one:
                                                     {"provider", "username", "password", "hotels", "access"}
    POST   /admin/reset                              forgets everything, log and faults too

A refused request is answered 400 or 404 with {"error": text}. Pure: the server turns HTTP into calls of `handle`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.control import ACTIONS, load, put_account
from reconciler.sandbox.core import Sandbox
from reconciler.sandbox.faults import fault_from
from reconciler.sandbox.state import Hotel, World
from reconciler.sandbox.stored import account_from, booking_json, clock_from, clock_json, hotel_json, rest_json
from reconciler.sandbox.wire import MalformedError, Request, read_json, write_json


class NotThereError(Exception):
    """There is no such thing to show or change."""


@dataclass(slots=True)
class Asked:
    sandbox: Sandbox
    method: str
    parts: list[str]
    query: dict[str, str]
    body: Any

    @property
    def world(self) -> World:
        return self.sandbox.world

    @property
    def hotel(self) -> Hotel:
        hotel = self.world.hotel(self.parts[1], self.parts[2])
        if hotel is None:
            raise NotThereError("no such hotel")
        return hotel

    def save(self, *hotels: str) -> None:
        self.sandbox.save(self.world, set(hotels))


def _summary(asked: Asked) -> Any:
    world = asked.world
    counts = {"hotels": len(world.hotels), "bookings": len(world.bookings), "accounts": len(world.accounts)}
    return {**counts, "received": asked.sandbox.log.counts(), "now": asked.sandbox.now().isoformat()}


def _state(asked: Asked) -> Any:
    rest = rest_json(asked.world)
    rest.pop("tokens")
    rest["accounts"] = _accounts_shown(asked.world)
    return rest | {"hotels": [hotel_json(hotel) for hotel in asked.world.hotels.values()]}


def _hotels(asked: Asked) -> Any:
    if len(asked.parts) == 1 and asked.method == "GET":
        return {"hotels": sorted(asked.world.hotels)}
    if len(asked.parts) == 4 and asked.method == "POST" and asked.parts[3] in ACTIONS:
        answer = ACTIONS[asked.parts[3]](asked.world, asked.hotel, asked.body, asked.sandbox.now())
        asked.save(asked.hotel.key)
        return answer
    if len(asked.parts) != 3:
        raise NotThereError("no such path")
    return _hotel(asked)


def _hotel(asked: Asked) -> Any:
    if asked.method == "PUT":
        provider, hotel_id = asked.parts[1], asked.parts[2]
        answer = load(asked.world, provider, hotel_id, asked.body, asked.sandbox.now())
        asked.save(f"{provider}/{hotel_id}")
        return answer
    if asked.method == "DELETE":
        del asked.world.hotels[asked.hotel.key]
        asked.save()
        return {}
    return hotel_json(asked.hotel)


def _bookings(asked: Asked) -> Any:
    return {"bookings": [booking_json(booking) for booking in asked.world.bookings.values()]}


def _faults(asked: Asked) -> Any:
    book = asked.sandbox.faults
    if asked.method == "POST":
        book.faults.append(fault_from(asked.body))
    elif asked.method == "DELETE":
        book.faults.clear()
    return {"faults": [fault.to_json() for fault in book.faults]}


def _log(asked: Asked) -> Any:
    log = asked.sandbox.log
    if asked.method == "DELETE":
        log.clear()
    return {"entries": log.select(asked.query), "counts": log.counts()}


def _switches(asked: Asked) -> Any:
    if asked.method == "PUT":
        asked.world.switches = asked.world.switches.with_changes(asked.body)
        asked.save()
    return asked.world.switches.to_json()


def _clock(asked: Asked) -> Any:
    if asked.method == "PUT":
        asked.world.clock = clock_from(asked.body)
        asked.save()
    return clock_json(asked.world.clock) | {"now": asked.sandbox.now().isoformat()}


def _accounts_shown(world: World) -> list[dict[str, Any]]:
    names = ("provider", "username", "hotels", "access")
    return [{name: getattr(account, name) for name in names} for account in world.accounts]


def _accounts(asked: Asked) -> Any:
    if asked.method == "POST":
        put_account(asked.world, account_from(asked.body))
    elif asked.method == "PUT":
        asked.world.accounts = [account_from(account) for account in asked.body]
    asked.save()
    return {"accounts": _accounts_shown(asked.world)}


def _reset(asked: Asked) -> Any:
    old = asked.world
    asked.sandbox.world = World()
    asked.sandbox.faults.faults.clear()
    asked.sandbox.log.clear()
    asked.save(*old.hotels)
    return {}


TABLE: dict[str, tuple[tuple[str, ...], Callable[[Asked], Any]]] = {
    "": (("GET",), _summary),
    "state": (("GET",), _state),
    "hotels": (("GET", "PUT", "DELETE", "POST"), _hotels),
    "bookings": (("GET",), _bookings),
    "faults": (("GET", "POST", "DELETE"), _faults),
    "log": (("GET", "DELETE"), _log),
    "switches": (("GET", "PUT"), _switches),
    "clock": (("GET", "PUT"), _clock),
    "accounts": (("GET", "PUT", "POST"), _accounts),
    "reset": (("POST",), _reset),
}


def handle(sandbox: Sandbox, request: Request) -> tuple[int, bytes]:
    """Status and JSON for one admin request."""
    parts = request.path.removeprefix("/admin").strip("/").split("/")
    methods, answer = TABLE.get(parts[0], ((), _summary))
    if not methods:
        return 404, write_json({"error": "no such path"}).encode()
    if request.method not in methods:
        return 405, write_json({"error": f"only {', '.join(methods)}"}).encode()
    try:
        body = read_json(request.body) if request.body else {}
        with sandbox.lock:
            found = answer(Asked(sandbox, request.method, parts, dict(request.query), body))
        return 200, write_json(found).encode()
    except NotThereError as error:
        return 404, write_json({"error": str(error)}).encode()
    except KeyError as error:
        return 404, write_json({"error": f"missing or unknown: {error.args[0]}"}).encode()
    except (ValueError, TypeError, AttributeError, MalformedError) as error:
        return 400, write_json({"error": str(error)}).encode()
