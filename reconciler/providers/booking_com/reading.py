"""What Booking.com has of one hotel, as a `Remote`: for observing it and for `import`.

Prices and restrictions but `closed` are not told by anything documented, and are not here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reconciler.errors import UnexpectedReplyError
from reconciler.model.calendar import Calendar, from_nights
from reconciler.model.state import Availability, Counts, Restrictions, Window
from reconciler.providers.booking_com import traits
from reconciler.providers.booking_com.auth import Login
from reconciler.providers.booking_com.capabilities import HORIZON
from reconciler.providers.booking_com.codec_bxml import Night, Rate, Room
from reconciler.providers.booking_com.session import Session
from reconciler.providers.contract import Http
from reconciler.providers.remote import Remote, RemotePlan, RemoteRoom

Pair = tuple[str, str]
Nights = dict[date, Night]
DATED = frozenset({"availability", "restrictions"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read. `rooms`: by id, None for all. `booked_includes_cancelled`: how this account's `booked` is to be understood."""

    window: Window
    kinds: frozenset[str] = DATED
    rooms: Collection[str] | None = None
    booked_includes_cancelled: bool = False


def discover(hotel_id: str, http: Http, login: Login, wanted: Wanted) -> Remote:
    """Everything about one hotel. Raises a ProviderError rather than return half of it, or another hotel's."""
    return read(Session(hotel_id, http, login), wanted)


def read(session: Session, wanted: Wanted) -> Remote:
    """The hotel, its rooms and plans, and what is loaded for those that are wanted."""
    rooms = session.rooms()
    asked = [room for room in rooms if room.rates and (wanted.rooms is None or room.id in wanted.rooms)]
    window = Window(wanted.window.start, min(wanted.window.until, wanted.window.start + timedelta(days=HORIZON)))
    by_room = _by_room(session, asked, window) if "availability" in wanted.kinds else {}
    by_rate = _by_rate(session, asked, window) if "restrictions" in wanted.kinds else {}
    closable = _rooms_tell_closed(session, asked, window, by_room) if wanted.kinds & DATED else True
    readable = all(night.closed is not None for nights in by_rate.values() for night in nights.values())
    readable = readable and bool(by_rate or "restrictions" not in wanted.kinds or not asked)
    return Remote(
        hotel_id=session.hotel_id,
        name=rooms[0].hotel_name,
        traits=dict(_traits(rooms, closable=closable, readable=readable)),
        rooms=tuple(RemoteRoom(room.id, room.name, max_occupancy=most_guests(room)) for room in rooms),
        plans=tuple(remote_plan(room, rate) for room in rooms for rate in room.rates),
        availability={room: from_nights(_units(nights, wanted)) for room, nights in by_room.items()},
        counts={room: from_nights(_counts(nights, wanted)) for room, nights in by_room.items()},
        restrictions={pair: _closures(nights) for pair, nights in by_rate.items()} if readable else {},
    )


def remote_plan(room: Room, rate: Rate) -> RemotePlan:
    """A rate of a room. What is listed is active: others are not listed."""
    return RemotePlan(
        rate.id,
        room.id,
        rate.name,
        linked=rate.child or rate.readonly,
        document={"name": rate.name, "active": True},
    )


def most_guests(room: Room) -> int | None:
    """The most guests in the room, over its rates; None where nothing says."""
    return max((rate.max_persons for rate in room.rates if rate.max_persons is not None), default=None)


def _traits(rooms: tuple[Room, ...], *, closable: bool, readable: bool) -> Iterator[tuple[str, str]]:
    if not readable:
        yield traits.UNREADABLE, "closed"
    if not closable:
        yield traits.ROOM_CLOSED_UNREADABLE, "yes"
    models = {rate.pricing for room in rooms for rate in room.rates if rate.pricing}
    if len(models) == 1:
        yield traits.PRICING_MODEL, models.pop()
    for room in rooms:
        if not room.rates:
            yield traits.unsold(room.id), "yes"
        most = most_guests(room)
        if most is not None:
            yield traits.max_guests(room.id), str(most)
        for rate in room.rates:
            if rate.pricing:
                yield traits.pricing_of(room.id, rate.id), rate.pricing
            if rate.child or rate.readonly:
                yield traits.read_only(rate.id), "child" if rate.child else "readonly"


def _by_room(session: Session, rooms: list[Room], window: Window) -> dict[str, Nights]:
    """Every night of every room that was asked for, with what is left and booked."""
    found: dict[str, Nights] = {room.id: {} for room in rooms}
    for answer in session.nights(window, by_room=True, rooms=list(found)) if rooms else ():
        for room, nights in answer.rooms.items():
            _known(room, found).update(_within(nights, window))
    days = (window.until - window.start).days
    for room, nights in found.items():
        if len(nights) < days:
            raise UnexpectedReplyError(f"{days - len(nights)} of {days} nights of room {room} are not in the replies")
        if any(night.left is None or night.booked is None for night in nights.values()):
            raise UnexpectedReplyError(
                f"what is left to sell or booked of room {room} is not told, so that its units cannot be managed",
                hint="leave availability at booking.com unmanaged (`manage: {availability: false}`)",
            )
    return found


def _rooms_tell_closed(session: Session, rooms: list[Room], window: Window, known: Mapping[str, Nights]) -> bool:
    """Whether it is told of rooms that they are closed. Where units are not read, one night is asked for: rates depend on it too."""
    if not known and rooms and window.start < window.until:
        first = Window(window.start, window.start + timedelta(days=1))
        answers = session.nights(first, by_room=True, rooms=[room.id for room in rooms])
        return all(
            night.closed is not None for a in answers for nights in a.rooms.values() for night in nights.values()
        )
    return all(night.closed is not None for nights in known.values() for night in nights.values())


def _by_rate(session: Session, rooms: list[Room], window: Window) -> dict[Pair, Nights]:
    """Nights by room and rate, as far as they are told: no document shows these rows."""
    known = {room.id: Nights() for room in rooms}
    found: dict[Pair, Nights] = {}
    for answer in session.nights(window, by_room=False, rooms=list(known)) if rooms else ():
        for pair, nights in answer.rates.items():
            _known(pair[0], known)
            found.setdefault(pair, {}).update(_within(nights, window))
    return found


def _known(room: str, found: Mapping[str, Nights]) -> Nights:
    if room not in found:
        raise UnexpectedReplyError("the reply is about a room that was not asked for")
    return found[room]


def _within(nights: Mapping[date, Night], window: Window) -> Nights:
    return {day: night for day, night in nights.items() if window.start <= day < window.until}


def _sold(night: Night, wanted: Wanted) -> int:
    booked, cancelled = night.booked or 0, night.cancelled or 0
    return max(0, booked - cancelled) if wanted.booked_includes_cancelled else booked


def _units(nights: Nights, wanted: Wanted) -> dict[date, Availability]:
    return {
        day: Availability((night.left or 0) + _sold(night, wanted), bool(night.closed)) for day, night in nights.items()
    }


def _counts(nights: Nights, wanted: Wanted) -> dict[date, Counts]:
    return {day: Counts(night.left or 0, _sold(night, wanted)) for day, night in nights.items()}


def sold_on(
    session: Session, room: str, nights: Collection[date], *, booked_includes_cancelled: bool
) -> dict[date, int]:
    """How many units of the room are sold on these nights, as far as it is told now."""
    window = Window(min(nights), max(nights) + timedelta(days=1))
    wanted = Wanted(window, booked_includes_cancelled=booked_includes_cancelled)
    found: dict[date, int] = {}
    for answer in session.nights(window, by_room=True, rooms=[room]):
        told = answer.rooms.get(room, {})
        found.update({day: _sold(night, wanted) for day, night in told.items() if night.booked is not None})
    return found


def _closures(nights: Nights) -> Calendar[Restrictions]:
    return from_nights({day: Restrictions(closed=bool(night.closed)) for day, night in nights.items()})
