"""State as JSON, and the description of a hotel that the admin face takes: one format for both.

A hotel (everything but `id`, `name`, `currency` of the hotel and `id`, `name` of rooms and plans may be left out):

    {"id": "42", "name": "Baixa", "currency": "EUR", "timezone": "Europe/Lisbon",
     "pricing_model": "PerDayPricing",                    Expedia: or OccupancyBasedPricing; Booking.com: Standard, OBP, LOS
     "accounts": ["partner"],                             who may ask, default every account of the provider
     "facts": {...},
     "rooms": [{"id": "1", "name": "Double", "max_occupancy": 2, "active": true, "facts": {...},
                "left": RUNS, "sold": RUNS, "closed": RUNS, "cancelled": RUNS, "base": RUNS}],
     "rate_plans": [{"id": "11", "name": "BAR", "room": "1", "active": true, "facts": {...},
                     "price": RUNS, "closed": RUNS, "min_los": RUNS, "max_los": RUNS,
                     "closed_to_arrival": RUNS, "closed_to_departure": RUNS}],
     "room_rates": [{"room": "1", "id": "11", "active": true, "facts": {...}, "price": RUNS, ...}]}

RUNS are `[{"from", "until" (exclusive), "value", "days" (optional)}]`; amounts are strings. An entry of `accounts` may be
`{"username", "password"}`, which also makes that account.

Expedia: a rate plan names its room; `facts` is its Product API resource (`distributionRules` with `partnerCode` and
`distributionModel`, `cancelPolicy`, ...), whatever is missing gets the documented default; `facts.parent` with
`facts.ratePlanLinkage` makes it linked, two distribution rules make a twin with suffix A. A room's `facts` is its room
type resource, with `threshold: {"min", "max"}` for rate verification. Hotel facts: `max_min_los`, and whatever belongs
into the property resource.

Booking.com: a rate plan is a label, `"rooms": ["1", "2"]` pairs it with rooms in short; `room_rates` pairs it in full
and carries its calendars. Plan facts: `parent` (`{"id", "percentage", "follows_price", "follows_restrictions",
"follows_closed"}`), `readonly`. Room-rate facts: `policy`, `policy_id`, `meal_plan`, `min_advance`, `max_advance`,
`pricing_type`, `max_persons`.
"""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from reconciler.sandbox.nights import Calendars, from_runs, to_runs
from reconciler.sandbox.state import (
    BOOKING,
    PROVIDERS,
    Account,
    Booking,
    Clock,
    Hotel,
    Plan,
    Room,
    Token,
    Version,
    World,
)
from reconciler.sandbox.switches import Switches

ROOM_CALENDARS = ("left", "sold", "cancelled", "closed", "base")
PLAN_CALENDARS = (
    "price",
    "price1",
    "closed",
    "min_los",
    "max_los",
    "min_los_arrival",
    "max_los_arrival",
    "exact_los",
    "closed_to_arrival",
    "closed_to_departure",
    "rate_change",
)


def _calendars(described: dict[str, Any], names: tuple[str, ...]) -> Calendars:
    return {name: from_runs(described[name]) for name in names if described.get(name)}


def _known(described: dict[str, Any], names: tuple[str, ...], what: str) -> None:
    unknown = set(described) - set(names)
    if unknown:
        raise ValueError(f"{what} takes no {', '.join(sorted(unknown))}")


def room_from(described: dict[str, Any]) -> Room:
    _known(described, ("id", "name", "max_occupancy", "active", "facts", *ROOM_CALENDARS), "a room")
    return Room(
        str(described["id"]),
        str(described["name"]),
        int(described.get("max_occupancy", 2)),
        bool(described.get("active", True)),
        dict(described.get("facts", {})),
        _calendars(described, ROOM_CALENDARS),
    )


def plan_from(described: dict[str, Any]) -> Plan:
    _known(described, ("id", "name", "room", "rooms", "active", "facts", *PLAN_CALENDARS), "a rate plan")
    return Plan(
        str(described["id"]),
        str(described.get("name", "")),
        str(described.get("room", "")),
        bool(described.get("active", True)),
        dict(described.get("facts", {})),
        _calendars(described, PLAN_CALENDARS),
    )


def hotel_from(provider: str, described: dict[str, Any]) -> Hotel:
    """The hotel that JSON describes; raises KeyError or ValueError where it does not."""
    keys = ("id", "name", "currency", "timezone", "pricing_model", "accounts", "facts")
    _known(described, ("provider", *keys, "rooms", "rate_plans", "room_rates"), "a hotel")
    if provider not in PROVIDERS:
        raise ValueError(f"a provider is one of {', '.join(PROVIDERS)}")
    accounts = described.get("accounts")
    hotel = Hotel(
        provider,
        str(described["id"]),
        str(described["name"]),
        str(described["currency"]),
        str(described.get("timezone", "UTC")),
        str(described.get("pricing_model", "Standard" if provider == BOOKING else "PerDayPricing")),
        None if accounts is None else [str(a["username"] if isinstance(a, dict) else a) for a in accounts],
        dict(described.get("facts", {})),
    )
    hotel.rooms = {room.id: room for room in map(room_from, described.get("rooms", []))}
    for plan_described in described.get("rate_plans", []):
        plan = plan_from(plan_described)
        hotel.plans[plan.id] = plan
        for room in plan_described.get("rooms", []):
            hotel.room_rates[f"{room}/{plan.id}"] = Plan(plan.id, plan.name, str(room))
    for pair in map(plan_from, described.get("room_rates", [])):
        hotel.room_rates[f"{pair.room}/{pair.id}"] = pair
    _consistent(hotel)
    return hotel


def _consistent(hotel: Hotel) -> None:
    pairs = hotel.room_rates.values()
    strange = [pair.id for pair in pairs if pair.room not in hotel.rooms or pair.id not in hotel.plans]
    if hotel.provider != BOOKING:
        strange += [plan.id for plan in hotel.plans.values() if plan.room not in hotel.rooms]
        if not all(known.isdecimal() for known in (hotel.id, *hotel.rooms, *hotel.plans)):
            raise ValueError("ids of hotels, rooms and rate plans at Expedia are numbers")
    if strange:
        raise ValueError(f"rate plans of rooms or plans that are not there: {', '.join(strange)}")


def _holder_json(holder: Room | Plan) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": holder.id, "name": holder.name, "active": holder.active, "facts": holder.facts}
    if isinstance(holder, Room):
        plain["max_occupancy"] = holder.max_occupancy
    else:
        plain["room"] = holder.room
    return plain | {name: to_runs(nights) for name, nights in sorted(holder.nights.items()) if nights}


def hotel_json(hotel: Hotel) -> dict[str, Any]:
    """A hotel as it can be loaded again."""
    return {
        "provider": hotel.provider,
        "id": hotel.id,
        "name": hotel.name,
        "currency": hotel.currency,
        "timezone": hotel.timezone,
        "pricing_model": hotel.pricing_model,
        "accounts": hotel.accounts,
        "facts": hotel.facts,
        "rooms": [_holder_json(room) for room in hotel.rooms.values()],
        "rate_plans": [_holder_json(plan) for plan in hotel.plans.values()],
        "room_rates": [_holder_json(pair) for pair in hotel.room_rates.values()],
    }


def booking_json(booking: Booking) -> dict[str, Any]:
    described = asdict(booking)
    described["arrival"], described["departure"] = booking.arrival.isoformat(), booking.departure.isoformat()
    for version in described["versions"]:
        version["created"] = version["created"].isoformat()
    return described


def booking_from(described: dict[str, Any]) -> Booking:
    versions = [
        Version(**{**version, "created": datetime.fromisoformat(version["created"])})
        for version in described["versions"]
    ]
    dates = {name: date.fromisoformat(described[name]) for name in ("arrival", "departure")}
    return Booking(**{**described, **dates, "versions": versions})


def account_from(described: dict[str, Any]) -> Account:
    hotels = described.get("hotels")
    access = str(described.get("access", "full"))
    if described["provider"] not in PROVIDERS or access not in ("full", "read", "none"):
        raise ValueError("an account has a known provider, and access full, read or none")
    return Account(
        str(described["provider"]),
        str(described["username"]),
        str(described["password"]),
        None if hotels is None else [str(hotel) for hotel in hotels],
        access,
    )


def clock_json(clock: Clock) -> dict[str, Any]:
    frozen = clock.frozen_at.isoformat() if clock.frozen_at else None
    return {"frozen_at": frozen, "offset_seconds": clock.offset_seconds}


def clock_from(described: dict[str, Any]) -> Clock:
    """`{"frozen_at": instant with zone or null, "offset_seconds": int}`."""
    frozen = described.get("frozen_at")
    instant = datetime.fromisoformat(frozen) if frozen else None
    if instant is not None and instant.tzinfo is None:
        raise ValueError("frozen_at needs a time zone")
    return Clock(instant, int(described.get("offset_seconds", 0)))


def rest_json(world: World) -> dict[str, Any]:
    """Everything but the hotels, which are large and stored apart."""
    tokens = [{**asdict(token), "issued": token.issued.isoformat()} for token in world.tokens]
    return {
        "format_version": 1,
        "accounts": [asdict(account) for account in world.accounts],
        "bookings": [booking_json(booking) for booking in world.bookings.values()],
        "tokens": tokens,
        "counters": world.counters,
        "switches": world.switches.to_json(),
        "clock": clock_json(world.clock),
    }


def world_from(described: dict[str, Any]) -> World:
    """The world that was stored; raises ValueError or KeyError when it is of another format."""
    if described.get("format_version") != 1:
        raise ValueError("the state file has another format")
    hotels = [hotel_from(hotel["provider"], hotel) for hotel in described["hotels"]]
    bookings = [booking_from(booking) for booking in described["bookings"]]
    return World(
        {hotel.key: hotel for hotel in hotels},
        [account_from(account) for account in described["accounts"]],
        {f"{booking.provider}/{booking.id}": booking for booking in bookings},
        [Token(t["value"], t["username"], datetime.fromisoformat(t["issued"])) for t in described["tokens"]],
        dict(described["counters"]),
        Switches().with_changes(described["switches"]),
        clock_from(described["clock"]),
    )
