"""The Product API: properties, room types and rate plans as JSON over HTTP.

Media types, wrapper, statuses and semantics as in its API Definition. Its list of error codes is not public but for
1000 (access denied); the other codes here are the sandbox's own: the HTTP status times ten. Rooms are version 3,
everything else version 2.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.sandbox.expedia import rate_plan_resource as plans_of
from reconciler.sandbox.expedia.linkage import live_plans, rules
from reconciler.sandbox.expedia.room_resource import (
    create_room,
    property_resource,
    room_resource,
    thresholds,
    update_room,
)
from reconciler.sandbox.shapes import whole
from reconciler.sandbox.state import EXPEDIA, Account, Hotel, Plan, Room, World
from reconciler.sandbox.wire import MalformedError, Reply, Request, read_json, write_json

V2 = "application/vnd.expedia.eps.product-v2+json"
V3 = "application/vnd.expedia.eps.product-v3+json"


class RestError(Exception):
    """Answered as a list of errors with one status."""

    def __init__(self, status: int, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.code = code if code is not None else status * 10


@dataclass(slots=True)
class Call:
    """One call with everything that its handler needs; `ids` come from the path."""

    world: World
    request: Request
    now: datetime
    account: Account
    ids: dict[str, str]

    @property
    def hotel(self) -> Hotel:
        hotel = self.world.hotel(EXPEDIA, self.ids["property"])
        if hotel is None:
            raise RestError(404, "The property does not exist.")
        if not self.account.reaches(hotel):
            raise RestError(403, "Access denied: your account is not authorized to manage this property.", 1000)
        return hotel

    @property
    def room(self) -> Room:
        room = self.hotel.rooms.get(self.ids["room"])
        if room is None:
            raise RestError(404, "The room type does not exist.")
        return room

    @property
    def plan(self) -> Plan:
        plan = self.hotel.plans.get(self.ids["plan"])
        if plan is None or plan.room != self.room.id or plan.facts.get("deleted"):
            raise RestError(404, "The rate plan does not exist.")
        return plan

    def body(self) -> dict[str, Any]:
        try:
            body = read_json(self.request.body)
        except MalformedError as error:
            raise RestError(400, f"The request is {error}.") from error
        if not isinstance(body, dict):
            raise RestError(400, "A JSON object is expected.")
        return body

    def url(self, *parts: str) -> str:
        return "/".join((self.request.base_url.rstrip("/"), "properties", *parts))

    def shows_all(self) -> bool:
        status = self.request.query.get("status")
        if status not in (None, "all"):
            raise RestError(400, "status: the only supported value is all")
        return status == "all"


Answer = tuple[int, Any, dict[str, str]]
Handler = Callable[[Call], Answer]


def _properties(call: Call) -> Answer:
    show_all = call.shows_all()
    hotels = [
        hotel for hotel in call.world.hotels.values() if hotel.provider == EXPEDIA and call.account.reaches(hotel)
    ]
    chosen = [hotel for hotel in hotels if show_all or hotel.facts.get("status", "Active") == "Active"]
    offset, limit = _number(call, "offset", 0, 0, 10**9), _number(call, "limit", 20, 1, 200)
    return 200, [property_resource(hotel) for hotel in chosen[offset : offset + limit]], {}


def _number(call: Call, name: str, default: int, low: int, high: int) -> int:
    text = call.request.query.get(name, str(default))
    if not whole(low, high)(text):
        raise RestError(400, f"{name}: a number from {low} to {high}")
    return int(text)


def _property(call: Call) -> Answer:
    return 200, property_resource(call.hotel), {}


def _room_links(call: Call, room: Room) -> dict[str, Any]:
    return {"self": {"href": call.url(call.hotel.id, "roomTypes", room.id)}}


def _rooms(call: Call) -> Answer:
    show_all = call.shows_all()
    rooms = [room for room in call.hotel.rooms.values() if show_all or room.active]
    return 200, [room_resource(room, _room_links(call, room)) for room in rooms], {}


def _room(call: Call) -> Answer:
    return 200, room_resource(call.room, _room_links(call, call.room)), {}


def _room_create(call: Call) -> Answer:
    try:
        room = create_room(call.world, call.hotel, call.body())
    except ValueError as error:
        raise RestError(400, str(error)) from error
    links = _room_links(call, room)
    return 201, room_resource(room, links), {"Location": links["self"]["href"]}


def _room_update(call: Call) -> Answer:
    try:
        update_room(call.hotel, call.room, call.body(), partial=call.request.method == "PATCH")
    except ValueError as error:
        raise RestError(400, str(error)) from error
    return _room(call)


def _amenities(call: Call) -> Answer:
    if call.request.method == "PUT":
        try:
            amenities = read_json(call.request.body)
        except MalformedError as error:
            raise RestError(400, str(error)) from error
        if not isinstance(amenities, list):
            raise RestError(400, "A list of amenities is expected.")
        call.room.facts["amenities"] = amenities
    return 200, call.room.facts.get("amenities", []), {}


def _thresholds(call: Call) -> Answer:
    found = thresholds(call.room)
    if found is None:
        raise RestError(404, "No rate thresholds are defined.")
    href = call.url(call.hotel.id, "roomTypes", call.room.id, "rateThresholds")
    return 200, found | {"_links": {"self": {"href": href}}}, {}


def _plan_links(call: Call, plan: Plan) -> dict[str, Any]:
    def link(to: Plan) -> dict[str, str]:
        return {"href": call.url(call.hotel.id, "roomTypes", to.room, "ratePlans", to.id)}

    parent = call.hotel.plans.get(str(plan.facts.get("parent", "")))
    derived = [link(other) for other in live_plans(call.hotel) if str(other.facts.get("parent", "")) == plan.id]
    links: dict[str, Any] = {"self": link(plan)}
    if parent is not None and plan.facts.get("ratePlanLinkage"):
        links["parentRatePlan"] = link(parent)
    return links | ({"derivedRatePlans": derived} if derived else {})


def _plans(call: Call) -> Answer:
    show_all = call.shows_all()
    chosen = [plan for plan in live_plans(call.hotel, call.room.id) if show_all or plan.active]
    return 200, [plans_of.render(plan, _plan_links(call, plan)) for plan in chosen], {}


def _plan(call: Call) -> Answer:
    return 200, plans_of.render(call.plan, _plan_links(call, call.plan)), {}


def _plan_create(call: Call) -> Answer:
    given, hotel = call.body(), call.hotel
    strange = set(given) - set(plans_of.WRITABLE)
    if strange:
        raise RestError(400, f"cannot be provided in a create request: {', '.join(sorted(strange))}")
    plan = Plan("", "", call.room.id)
    fields = {name: value for name, value in given.items() if value is not None and value != []}
    _checked(hotel, plan, fields, create=True)
    plan.id = _new_plan_id(call.world)
    hotel.plans[plan.id] = plan
    plans_of.store(hotel, plan, fields, call.now)
    links = _plan_links(call, plan)
    return 201, plans_of.render(plan, links), {"Location": links["self"]["href"]}


def _new_plan_id(world: World) -> str:
    while True:
        plan_id = str(world.next_id("expedia_rate_plan", 200_000_001))
        if not any(plan_id in other.plans for other in world.hotels.values()):
            return plan_id


def _checked(hotel: Hotel, plan: Plan, fields: dict[str, Any], *, create: bool) -> None:
    found = plans_of.problems(hotel, plan, fields, create=create)
    if found:
        raise RestError(400, "; ".join(found))
    codes = {(rule["distributionModel"], rule["partnerCode"]) for rule in fields["distributionRules"]}
    for other in live_plans(hotel, plan.room):
        if other is not plan and codes & {(r["distributionModel"], r["partnerCode"]) for r in rules(other)}:
            raise RestError(409, f"The partner code is already used by rate plan {other.id} of this room type.")


def _plan_update(call: Call) -> Answer:
    given, plan = call.body(), call.plan
    partial = call.request.method == "PATCH"
    strange = set(given) - set(plans_of.WRITABLE) - set(plans_of.READ_ONLY)
    if strange:
        raise RestError(400, f"unknown: {', '.join(sorted(strange))}")
    if (not partial or "resourceId" in given) and str(given.get("resourceId")) != plan.id:
        raise RestError(400, "resourceId is required for modify, and cannot be changed")
    linkage = plan.facts.get("ratePlanLinkage")
    if linkage and not call.world.switches.expedia_linked_plans_editable:
        raise RestError(400, "The rate plan is derived from another by a linkage rule and cannot be changed.")
    if "ratePlanLinkage" in given and given["ratePlanLinkage"] != linkage:
        raise RestError(400, "ratePlanLinkage cannot be changed")
    fields = plans_of.overlay(plan, given, partial=partial)
    _checked(call.hotel, plan, fields, create=False)
    plans_of.store(call.hotel, plan, fields, call.now)
    return _plan(call)


def _plan_delete(call: Call) -> Answer:
    plan = call.plan
    if plan.facts.get("ratePlanLinkage") and not call.world.switches.expedia_linked_plans_editable:
        raise RestError(400, "The rate plan is derived from another by a linkage rule and cannot be deleted.")
    if any(str(other.facts.get("parent", "")) == plan.id for other in live_plans(call.hotel)):
        raise RestError(409, "Other rate plans are derived from this one.")
    plan.active, plan.facts["deleted"] = False, True
    plans_of.infer_room_status(call.hotel, plan.room)
    return 204, None, {}


@dataclass(frozen=True, slots=True)
class Route:
    pattern: str
    media_type: str
    handlers: dict[str, Handler]


_ROOM_TYPES = r"/properties/(?P<property>\d+)/roomTypes"
ROUTES = (
    Route(r"/products/properties", V2, {"GET": _properties}),
    Route(r"/products/properties/(?P<property>\d+)", V2, {"GET": _property}),
    Route(_ROOM_TYPES, V3, {"GET": _rooms, "POST": _room_create}),
    Route(_ROOM_TYPES + r"/(?P<room>\d+)", V3, {"GET": _room, "PUT": _room_update, "PATCH": _room_update}),
    Route(_ROOM_TYPES + r"/(?P<room>\d+)/amenities", V2, {"GET": _amenities, "PUT": _amenities}),
    Route(_ROOM_TYPES + r"/(?P<room>\d+)/rateThresholds", V2, {"GET": _thresholds}),
    Route(_ROOM_TYPES + r"/(?P<room>\d+)/ratePlans", V2, {"GET": _plans, "POST": _plan_create}),
    Route(
        _ROOM_TYPES + r"/(?P<room>\d+)/ratePlans/(?P<plan>\d+)",
        V2,
        {"GET": _plan, "PUT": _plan_update, "PATCH": _plan_update, "DELETE": _plan_delete},
    ),
)


def handle(world: World, request: Request, now: datetime) -> Reply:
    """One call of the Product API."""
    media_type, hotel = V2, ""
    try:
        route, ids = _route(request)
        media_type, hotel = route.media_type, ids.get("property", "")
        call = Call(world, request, now, _authenticate(world, request), ids)
        _negotiate(request, route)
        if request.method != "GET" and call.account.access != "full":
            raise RestError(403, "Access denied: your account may only read.", 1000)
        status, entity, headers = route.handlers[request.method](call)
    except RestError as error:
        body = {"errors": [{"code": error.code, "message": error.message}]}
        reply = Reply(error.status, write_json(body).encode(), media_type, hotel=hotel, codes=[str(error.code)])
    else:
        content = b"" if entity is None else write_json({"entity": entity}).encode()
        reply = Reply(status, content, media_type, headers, hotel=hotel)
        if request.method != "GET":
            reply.changed, reply.updates, reply.applied = True, 1, [f"{request.method} {request.path}"]
    reply.headers["Request-ID"] = request.headers.get("request-id") or _identifier(world)
    reply.headers["Transaction-ID"] = _identifier(world)
    return reply


def _identifier(world: World) -> str:
    return str(uuid.UUID(int=world.next_id("transaction")))


def _route(request: Request) -> tuple[Route, dict[str, str]]:
    for route in ROUTES:
        match = re.fullmatch(route.pattern + "/?", request.path)
        if match and request.method not in route.handlers:
            raise RestError(405, "The method is not supported on this resource.")
        if match:
            return route, match.groupdict()
    raise RestError(404, "There is no such resource.")


def _authenticate(world: World, request: Request) -> Account:
    pair = request.basic()
    account = world.account(EXPEDIA, pair[0]) if pair else None
    if pair is None or account is None or account.password != pair[1]:
        raise RestError(401, "Authentication error: invalid username or password.")
    if account.access == "none":
        raise RestError(403, "Access denied: your account is not authorized to use this API.", 1000)
    return account


def _negotiate(request: Request, route: Route) -> None:
    """Version 2 is the default of Accept; with a body Content-Type is always needed; version 3 needs both."""
    accepts = {part.partition(";")[0].strip() for part in request.headers.get("accept", "").split(",")}
    anything = {"", "*/*", "application/*"} if route.media_type == V2 else set()
    if not accepts & {route.media_type, *anything}:
        raise RestError(406, f"The response is available as {route.media_type} only.")
    content = request.headers.get("content-type", "").partition(";")[0].strip()
    if request.method in ("POST", "PUT", "PATCH") and content != route.media_type:
        raise RestError(415, f"The request has to be {route.media_type}.")
