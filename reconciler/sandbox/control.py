"""What the admin face does to the world: load, change by hand, book. Pure; the HTTP around it is in `server`.

A change made by hand, as someone would make it in an extranet:

    {"room": "1", "from": "2026-06-01", "until": "2026-06-08", "days": [...], "set": {"left": 5, "closed": true}}
    {"rate_plan": "11", "room": "1", "from": ..., "until": ..., "set": {"price": "199.00", "min_los": 2, "closed": false}}
    {"rate_plan": "11", "rename": "Best rate"}    {"rate_plan": "11", "active": false}    {"rate_plan": "11", "facts": {...}}
    {"room": "1", "active": false}                {"facts": {...}}

`set` takes the calendars named in `stored`; null forgets a value. At Booking.com prices and restrictions need both room
and rate plan, `facts` and `active` of a room-rate too; a rate plan alone means the label. `facts` are merged at the top
level, null removes.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from reconciler.sandbox import bookings
from reconciler.sandbox.expedia.linkage import find
from reconciler.sandbox.expedia.rate_plan_resource import complete, infer_room_status
from reconciler.sandbox.nights import nights_of
from reconciler.sandbox.state import BOOKING, EXPEDIA, Account, Booking, Hotel, Plan, Room, World
from reconciler.sandbox.stored import (
    PLAN_CALENDARS,
    ROOM_CALENDARS,
    account_from,
    booking_json,
    hotel_from,
    hotel_json,
)


def load(world: World, provider: str, hotel_id: str, described: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Loads or replaces a hotel; bookings of a replaced one are forgotten."""
    hotel = hotel_from(provider, {**described, "id": hotel_id})
    for account in described.get("accounts") or []:
        if isinstance(account, dict):
            put_account(world, account_from({"provider": provider, **account}))
    for plan in hotel.plans.values() if provider == EXPEDIA else ():
        complete(hotel, plan, now)
    world.hotels[hotel.key] = hotel
    world.bookings = {
        key: booking for key, booking in world.bookings.items() if f"{booking.provider}/{booking.hotel}" != hotel.key
    }
    return hotel_json(hotel)


def put_account(world: World, account: Account) -> None:
    others = [
        known for known in world.accounts if (known.provider, known.username) != (account.provider, account.username)
    ]
    world.accounts = [*others, account]


def change(hotel: Hotel, described: dict[str, Any], now: datetime) -> None:
    """One change by hand; raises KeyError or ValueError where it names what is not there."""
    holder = _holder(hotel, described)
    if holder is None:
        _merge(hotel.facts, described.get("facts", {}))
        return
    names = ROOM_CALENDARS if isinstance(holder, Room) else PLAN_CALENDARS
    wanted = described.get("set", {})
    strange = set(wanted) - set(names)
    if strange:
        raise ValueError(f"no such calendar: {', '.join(sorted(strange))}")
    for name, value in wanted.items():
        _set(holder, name, described, value)
    _attributes(hotel, holder, described, now)


def _set(holder: Room | Plan, name: str, described: dict[str, Any], value: Any) -> None:
    calendar = holder.calendar(name)
    for night in nights_of(described):
        if value is None:
            calendar.pop(night, None)
        else:
            calendar[night] = value


def _attributes(hotel: Hotel, holder: Room | Plan, described: dict[str, Any], now: datetime) -> None:
    holder.name = str(described.get("rename", holder.name))
    holder.active = bool(described.get("active", holder.active))
    _merge(holder.facts, described.get("facts", {}))
    if isinstance(holder, Plan) and hotel.provider == EXPEDIA:
        complete(hotel, holder, now)
        if "active" in described:
            infer_room_status(hotel, holder.room)


def _merge(facts: dict[str, Any], changes: dict[str, Any]) -> None:
    facts.update({name: value for name, value in changes.items() if value is not None})
    for name in [name for name, value in changes.items() if value is None]:
        facts.pop(name, None)


def _holder(hotel: Hotel, described: dict[str, Any]) -> Room | Plan | None:
    room, plan = str(described.get("room", "")), str(described.get("rate_plan", ""))
    if plan and hotel.provider == BOOKING:
        return hotel.room_rates[f"{room}/{plan}"] if room else hotel.plans[plan]
    if plan:
        found = find(hotel, plan)
        if found is None:
            raise KeyError(plan)
        return found[0]
    return hotel.rooms[room] if room else None


def book(world: World, hotel: Hotel, described: dict[str, Any], now: datetime) -> dict[str, Any]:
    made = bookings.book(world, hotel, described, now)
    return {"id": made[0].id, "ids": [booking.id for booking in made], "bookings": [booking_json(b) for b in made]}


def _booking(world: World, hotel: Hotel, described: dict[str, Any]) -> Booking:
    booking = world.bookings[f"{hotel.provider}/{described['booking']}"]
    if booking.hotel != hotel.id:
        raise KeyError(described["booking"])
    return booking


def modify(world: World, hotel: Hotel, described: dict[str, Any], now: datetime) -> dict[str, Any]:
    """`{"booking": id}` with any of room, rate_plan, arrival, departure, adults, units, force."""
    booking = _booking(world, hotel, described)
    bookings.modify(world, booking, {name: value for name, value in described.items() if name != "booking"}, now)
    return booking_json(booking)


def cancel(world: World, hotel: Hotel, described: dict[str, Any], now: datetime) -> dict[str, Any]:
    """`{"booking": id}`"""
    booking = _booking(world, hotel, described)
    bookings.cancel(world, booking, now)
    return booking_json(booking)


def changed(world: World, hotel: Hotel, described: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A change, or a list of them under `changes`."""
    del world
    for one in described.get("changes", [described]):
        change(hotel, one, now)
    return hotel_json(hotel)


ACTIONS: dict[str, Callable[[World, Hotel, dict[str, Any], datetime], dict[str, Any]]] = {
    "book": book,
    "modify": modify,
    "cancel": cancel,
    "change": changed,
}
