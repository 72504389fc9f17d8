"""Guests: what a booking, its change and its cancellation do to the counts, at either provider.

A booking lowers what is left and raises what is sold on every night; a cancellation reverses it. How a booking is handed
over afterwards is each provider's own matter, except that every change adds a version.
"""

from datetime import date, datetime
from typing import Any

from reconciler.sandbox.booking_com.relations import price_on as booking_price
from reconciler.sandbox.expedia.linkage import find, value_on
from reconciler.sandbox.nights import span, stay
from reconciler.sandbox.state import BOOKING, Booking, Hotel, Plan, Room, Version, World

UNLIMITED = 255


class BookingError(ValueError):
    """The booking cannot be made; the message says why."""


def sold_plan(hotel: Hotel, room: str, plan: str) -> Plan | None:
    """What carries prices and restrictions for a room and the plan id that a guest books."""
    if hotel.provider == BOOKING:
        return hotel.room_rate(room, plan)
    found = find(hotel, plan)
    return found[0] if found and found[0].room == room else None


def _value(hotel: Hotel, plan: Plan, name: str, night: date) -> Any:
    return plan.on(name, night) if hotel.provider == BOOKING else value_on(hotel, plan, name, night)


def price_of(hotel: Hotel, plan: Plan, night: date, guests: int, nights: int) -> str | None:
    """What a unit costs on a night; where guests have no price of their own, the next higher occupancy counts."""
    value = booking_price(hotel, plan, night) if hotel.provider == BOOKING else value_on(hotel, plan, "price", night)
    if not isinstance(value, dict):
        return None if value is None else str(value)
    by_guests = {int(key): amount for key, amount in value.items() if key.isdecimal()}
    higher = [count for count in sorted(by_guests) if count >= guests] or sorted(by_guests)[-1:]
    return by_guests[higher[0]] if higher else value.get(f"los{nights}")


def obstacles(hotel: Hotel, room: Room, plan: Plan, nights: list[date], units: int) -> list[str]:
    """Why a guest could not book this, in plain words."""
    found = []
    label = hotel.plans.get(plan.id, plan)
    if not (room.active and plan.active and label.active):
        found.append("the room or the rate plan is inactive")
    for night in nights:
        if (room.on("left", night) or 0) < units:
            found.append(f"{night}: too few left")
        if room.on("closed", night) or _value(hotel, plan, "closed", night):
            found.append(f"{night}: closed")
        if price_of(hotel, plan, night, 2, len(nights)) is None:
            found.append(f"{night}: no price")
    if _value(hotel, plan, "closed_to_arrival", nights[0]):
        found.append(f"{nights[0]}: closed to arrival")
    least = max((_value(hotel, plan, "min_los", night) or 1) for night in nights)
    most = min((_value(hotel, plan, "max_los", night) or 10_000) for night in nights)
    if not least <= len(nights) <= most:
        found.append(f"the stay must have {least} to {most} nights")
    return found


def _count(hotel: Hotel, room: Room, nights: list[date], units: int) -> None:
    """Takes units from what is left (negative: gives them back); a room type without limit stays without one."""
    left, sold = room.calendar("left"), room.calendar("sold")
    for night in nights:
        before = left.get(night, 0)
        if not (hotel.provider == BOOKING and before == UNLIMITED):
            left[night] = max(before - units, 0)
        sold[night] = max(sold.get(night, 0) + units, 0)


def _dates_of(described: dict[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(str(described["arrival"])), date.fromisoformat(str(described["departure"]))


def _stay_of(described: dict[str, Any]) -> list[date]:
    arrival, departure = _dates_of(described)
    if not 0 < (departure - arrival).days <= 90:
        raise BookingError("a stay has 1 to 90 nights")
    return stay(arrival, departure)


def _take(hotel: Hotel, described: dict[str, Any], units: int) -> tuple[list[date], dict[str, str]]:
    """Checks a stay, takes its units, and prices its nights."""
    room, nights = hotel.rooms.get(str(described["room"])), _stay_of(described)
    plan = sold_plan(hotel, str(described["room"]), str(described["rate_plan"]))
    if room is None or plan is None:
        raise BookingError("there is no such room and rate plan")
    found = obstacles(hotel, room, plan, nights, units)
    if found and not described.get("force"):
        raise BookingError("; ".join(found[:5]))
    guests = int(described.get("adults", 2))
    _count(hotel, room, nights, units)
    return nights, {n.isoformat(): price_of(hotel, plan, n, guests, len(nights)) or "0.00" for n in nights}


def _units(described: dict[str, Any]) -> int:
    units = int(described.get("units", 1))
    if not 1 <= units <= 100:
        raise BookingError("1 to 100 units")
    return units


def _take_more(hotel: Hotel, described: dict[str, Any]) -> list[dict[str, Any]]:
    """Takes the further rooms of a booking: all of them, or none."""
    rooms, taken = described.get("rooms", []), list[dict[str, Any]]()
    if rooms and hotel.provider != BOOKING:
        raise BookingError("a booking at Expedia has one room")
    try:
        for differing in rooms:
            wanted = {**described, "units": 1, **differing}
            units = _units(wanted)
            nights, prices = _take(hotel, wanted, units)
            dates = {"arrival": nights[0].isoformat(), "departure": str(wanted["departure"])}
            ids = {"room": str(wanted["room"]), "plan": str(wanted["rate_plan"])}
            taken.append({**ids, **dates, "units": units, "prices": prices})
    except (ValueError, KeyError):
        _give_back(hotel, taken)
        raise
    return taken


def _give_back(hotel: Hotel, taken: list[dict[str, Any]]) -> None:
    for stay_ in taken:
        _count(hotel, hotel.rooms[stay_["room"]], _stay_of(stay_), -stay_["units"])


def book(world: World, hotel: Hotel, described: dict[str, Any], now: datetime) -> list[Booking]:
    """Books `{"room", "rate_plan", "arrival", "departure", "units", "adults", "children", "guest", "force"}`.

    Expedia knows bookings of one room only: several units become as many bookings. At Booking.com `rooms` lists further rooms, each
    with what differs in it. `force` sells what is not for sale.
    """
    units = _units(described)
    nights, prices = _take(hotel, described, units)
    try:
        more = _take_more(hotel, described)
    except (ValueError, KeyError):
        _count(hotel, hotel.rooms[str(described["room"])], nights, -units)
        raise
    each = [units] if hotel.provider == BOOKING else [1] * units
    guest = described.get("guest") or {}
    made = []
    for count in each:
        booking = Booking(
            str(world.next_id(f"{hotel.provider}_booking", 4_705_950_001)),
            hotel.provider,
            hotel.id,
            str(described["room"]),
            str(described["rate_plan"]),
            nights[0],
            date.fromisoformat(str(described["departure"])),
            count,
            int(described.get("adults", 2)),
            [int(age) for age in described.get("children", [])],
            {"given": str(guest.get("given", "Ada")), "surname": str(guest.get("surname", "Guest"))},
            prices=dict(prices),
            more=more,
        )
        _add_version(booking, "Book", now)
        world.bookings[f"{booking.provider}/{booking.id}"] = booking
        made.append(booking)
    return made


def modify(world: World, booking: Booking, changes: dict[str, Any], now: datetime) -> None:
    """Changes room, rate plan, dates, adults or units; gives back the old nights and takes the new ones.

    `rooms` replaces the further rooms.
    """
    if booking.cancelled:
        raise BookingError("the booking is cancelled")
    hotel = world.hotels[f"{booking.provider}/{booking.hotel}"]
    old: dict[str, Any] = {
        "room": booking.room,
        "rate_plan": booking.plan,
        "arrival": booking.arrival,
        "departure": booking.departure,
        "adults": booking.adults,
    }
    wanted = old | changes
    units = int(changes.get("units", booking.units)) if booking.provider == BOOKING else 1
    before = hotel.rooms[booking.room]
    more = _take_more(hotel, wanted) if "rooms" in changes else booking.more
    _count(hotel, before, stay(booking.arrival, booking.departure), -booking.units)
    try:
        nights, prices = _take(hotel, wanted, units)
    except (ValueError, KeyError):
        _count(hotel, before, stay(booking.arrival, booking.departure), booking.units)
        _give_back(hotel, more if more is not booking.more else [])
        raise
    booking.room, booking.plan, booking.units = str(wanted["room"]), str(wanted["rate_plan"]), units
    booking.arrival, booking.departure = nights[0], date.fromisoformat(str(wanted["departure"]))
    booking.adults, booking.prices = int(wanted["adults"]), prices
    _give_back(hotel, booking.more if more is not booking.more else [])
    booking.more = more
    _add_version(booking, "Modify", now)


def cancel(world: World, booking: Booking, now: datetime) -> None:
    """Gives the units back; what is cancelled is counted apart."""
    if booking.cancelled:
        raise BookingError("the booking is already cancelled")
    hotel = world.hotels[f"{booking.provider}/{booking.hotel}"]
    first = (booking.room, booking.arrival, booking.departure, booking.units)
    others = [(one["room"], *_dates_of(one), one["units"]) for one in booking.more]
    for room_id, arrival, departure, units in (first, *others):
        room = hotel.rooms.get(room_id)
        if room is None:
            continue
        _count(hotel, room, stay(arrival, departure), -units)
        for night in span(arrival, departure):
            room.calendar("cancelled")[night] = (room.on("cancelled", night) or 0) + units
            if booking.provider == BOOKING and world.switches.booking_auto_replenish and room.on("closed", night):
                room.calendar("closed")[night] = False
    booking.cancelled = True
    _add_version(booking, "Cancel", now)


def _add_version(booking: Booking, kind: str, now: datetime) -> None:
    """A change before the first delivery makes no version of its own: what is delivered first is always a new booking."""
    snapshot = {
        "room": booking.room,
        "plan": booking.plan,
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "units": booking.units,
        "adults": booking.adults,
        "prices": dict(booking.prices),
        "more": [dict(room) for room in booking.more],
    }
    last = booking.versions[-1] if booking.versions else None
    if kind == "Modify" and last is not None and last.status == "pending":
        last.stay = snapshot
        return
    booking.versions.append(Version(kind, now, snapshot))
