"""B.XML: rooms with their rates, what is left and booked by night, and availability, prices and restrictions written. No I/O.

Nights are always single values, because sources differ on whether the end of a range is covered. Of what one message says twice about
a room, rate and night only the first counts: give each once. A reply of HTTP 200 may tell errors, and what no error names was carried
out then. Every reply ends with an id for support, in a comment after the root.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from reconciler.errors import RequestRefusedError, UnexpectedReplyError
from reconciler.model.state import Restrictions
from reconciler.providers import xml
from reconciler.providers.booking_com.capabilities import MAX_DATES_SENT, MAX_UNITS
from reconciler.providers.replies import in_words, plain

ROOMRATES = "/hotels/xml/roomrates"
RATES = "/hotels/xml/rates"
ROOMRATEAVAILABILITY = "/hotels/xml/roomrateavailability"
AVAILABILITY = "/hotels/xml/availability"
VERSION = "1.1"
UNITS = "roomstosell"

_RUID = re.compile(rb"<!--\s*RUID:\s*\[([A-Za-z0-9+/=_.-]{1,400})\]\s*-->")
_NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}")


# --- rooms and rates


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate plan as a room sells it. `child`: it follows another; `readonly`: nothing may be sent for it.

    `pricing`: how it is priced, such as `Standard` or `OBP`; empty where that is not told.
    """

    id: str
    name: str
    child: bool = False
    readonly: bool = False
    max_persons: int | None = None
    policy: str = ""
    pricing: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of a hotel with its active rates."""

    id: str
    name: str
    hotel_id: str
    hotel_name: str
    rates: tuple[Rate, ...]


def roomrates_request(hotel_id: str) -> bytes:
    """Asks for the rooms of a hotel with their rates; with another path, for its rates."""
    root = Element("request")
    xml.add(root, "hotel_id", text=hotel_id)
    return xml.serialise(root)


def rooms_of(body: bytes) -> tuple[Room, ...]:
    """The rooms in a reply of `roomrates`."""
    return tuple(_room(room) for room in xml.children(_opened(body, "rooms"), "room"))


def rates_of(body: bytes) -> tuple[Rate, ...]:
    """The rate plans in a reply of `rates`, sold by a room or not. No document shows this reply: the shape is that of `roomrates`."""
    return tuple(_rate(rate) for rate in xml.children(_opened(body, "rates"), "rate"))


def _room(element: Element) -> Room:
    listed = xml.child(element, "rates")
    return Room(
        _needed(element, "id"),
        element.get("room_name", ""),
        element.get("hotel_id", ""),
        element.get("hotel_name", ""),
        tuple(_rate(rate) for rate in xml.children(listed, "rate")) if listed is not None else (),
    )


def _rate(element: Element) -> Rate:
    return Rate(
        _needed(element, "id"),
        element.get("rate_name", ""),
        child=element.get("is_child_rate") == "1",
        readonly=element.get("readonly") == "1",
        max_persons=_count(element, "max_persons"),
        policy=element.get("policy", ""),
        pricing=_pricing(element),
    )


def _pricing(element: Element) -> str:
    """The type of a `pricing` element, wherever it stands in the rate: documented by name, without an example."""
    found = (one.get("type", "") for one in element.iter() if xml.local(one.tag) == "pricing")
    return next((plain(kind) for kind in found if kind.strip()), "")


# --- what is left and booked


@dataclass(frozen=True, slots=True)
class Question:
    """Which nights, by room or by room and rate, and of which rooms (none named: all)."""

    start: date
    days: int
    by_room: bool
    rooms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Night:
    """What is told of one night; None where it is not."""

    booked: int | None = None
    cancelled: int | None = None
    left: int | None = None
    closed: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Nights by room, and by room and rate."""

    rooms: Mapping[str, Mapping[date, Night]] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], Mapping[date, Night]] = field(default_factory=dict)


def nights_request(hotel_id: str, question: Question, version: str = VERSION) -> bytes:
    """Asks for 1 to 31 nights."""
    root = Element("request")
    texts = (
        ("hotel_id", hotel_id),
        ("version", version),
        ("number_of_days", str(question.days)),
        ("start_date", question.start.isoformat()),
        ("room_level", "1" if question.by_room else "0"),
        *(("room_id", room) for room in question.rooms),
    )
    for name, text in texts:
        xml.add(root, name, text=text)
    return xml.serialise(root)


def nights_of(body: bytes) -> Answer:
    """The nights in a reply: rows in a room, in a rate of a room, or in an element for each pair of room and rate."""
    rooms: dict[str, dict[date, Night]] = {}
    rates: dict[tuple[str, str], dict[date, Night]] = {}
    for room in xml.children(_opened(body, "result"), "room"):
        room_id, rate_id = _needed(room, "room_id"), room.get("rate_id", "")
        found = _nights(room)
        if rate_id:
            rates.setdefault((room_id, rate_id), {}).update(found)
        else:
            rooms.setdefault(room_id, {}).update(found)
        for rate in xml.children(room, "rate"):
            pair = (room_id, rate.get("rate_id") or _needed(rate, "id"))
            rates.setdefault(pair, {}).update(_nights(rate))
    return Answer(rooms, rates)


def _nights(element: Element) -> dict[date, Night]:
    return {_date(_needed(row, "value")): _night(row) for row in xml.children(element, "date")}


def _night(row: Element) -> Night:
    closed = row.get("closed")
    if closed not in (None, "0", "1"):
        raise UnexpectedReplyError("`closed` in the reply is neither 0 nor 1")
    return Night(
        _count(row, "booked"),
        _count(row, "cancelled"),
        _count(row, "rooms_to_sell"),
        None if closed is None else closed == "1",
    )


# --- availability, prices, restrictions

Fields = tuple[tuple[str, str], ...]
"""What is set of a night: names of elements and their texts."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is set for one room (`rate` empty) or one rate of it, by night. Ids are Booking.com's."""

    room: str
    rate: str
    nights: tuple[tuple[date, Fields], ...]


def room_fields(left: int | None, closed: bool | None) -> Fields:
    """Units left to sell (0 to 254), and whether the room is closed; None leaves it as it is."""
    units = () if left is None else ((UNITS, str(left)),)
    return units if closed is None else (*units, ("closed", _flag(closed)))


def price_fields(currency: str, price: Decimal, single: Decimal | None = None) -> Fields:
    """A price, and the one for a single guest."""
    prices = (("currencycode", currency), ("price", f"{price:f}"))
    return prices if single is None else (*prices, ("price1", f"{single:f}"))


def stay_fields(night: Restrictions) -> Fields:
    """All restrictions of a night; 0 takes a longest stay away."""
    return (
        ("minimumstay", str(night.min_stay_through)),
        ("minimumstay_arrival", str(night.min_stay)),
        ("maximumstay", str(night.max_stay_through or 0)),
        ("maximumstay_arrival", str(night.max_stay or 0)),
        ("closedonarrival", _flag(night.closed_to_arrival)),
        ("closedondeparture", _flag(night.closed_to_departure)),
        ("closed", _flag(night.closed)),
    )


def encode(items: Iterable[Item]) -> bytes:
    """The message; all rooms must be of one hotel, which it does not name."""
    root = Element("request")
    for item in items:
        room = xml.add(root, "room", {"id": item.room})
        for night, fields in item.nights:
            day = xml.add(room, "date", {"value": night.isoformat()})
            if item.rate:
                xml.add(day, "rate", {"id": item.rate})
            for name, text in fields:
                xml.add(day, name, text=_units(text) if name == UNITS else text)
    return xml.serialise(root)


def _units(text: str) -> str:
    if int(text) > MAX_UNITS:
        raise RequestRefusedError(f"{text} units are more than the {MAX_UNITS} that Booking.com takes")
    return text


@dataclass(frozen=True, slots=True)
class Told:
    """An error or warning, and what it is about where it says so; empty sets mean everything in the message."""

    code: str
    text: str
    rooms: frozenset[str] = frozenset()
    rates: frozenset[str] = frozenset()
    nights: frozenset[date] = frozenset()


def decode(body: bytes) -> tuple[Told, ...]:
    """What a reply tells; nothing where everything was carried out. Raises UnexpectedReplyError where it says neither."""
    root = xml.parse(body)
    told = tuple(_told(root))
    if not told and xml.local(root.tag) != "ok":
        raise UnexpectedReplyError("the reply tells neither success nor error")
    return told


def errors_in(body: bytes) -> tuple[Told, ...]:
    """The errors in the body of a refusal; none where it cannot be understood."""
    try:
        return tuple(_told(xml.parse(body)))
    except UnexpectedReplyError:
        return ()


def message_id(body: bytes) -> str:
    """The id for support at the end of a reply; empty where there is none. A parser drops comments, so it is taken from the bytes."""
    found = _RUID.findall(body[-2000:])
    return found[-1].decode("ascii") if found else ""


def _opened(body: bytes, name: str) -> Element:
    root = xml.parse(body)
    if xml.local(root.tag) == name:
        return root
    told = _told(root)
    if told:
        raise RequestRefusedError(f"Booking.com refused: {told_in_words(told)}", code=told[0].code)
    raise UnexpectedReplyError(f"the reply is not a `{name}`")


def told_in_words(told: Sequence[Told]) -> str:
    """Errors on one line."""
    return in_words(f"{one.code} {one.text}".strip() for one in told)


def _told(root: Element) -> list[Told]:
    """Errors of the present form, and the bare `error` and `fault` of older versions."""
    found = [element for element in root.iter() if xml.local(element.tag) in ("error", "warning", "fault")]
    return [_one(element) for element in found]


def _one(element: Element) -> Told:
    message = xml.child(element, "message")
    text = element.get("string") or (message.text if message is not None else element.text) or ""
    return Told(
        plain(element.get("code", "")),
        plain(text),
        frozenset(_words(element, "room_ids")),
        frozenset(_words(element, "rate_ids")),
        frozenset(_dates(" ".join(_words(element, "dates")))),
    )


def _words(element: Element, name: str) -> list[str]:
    """A list of words, however it is parted; also one element for each."""
    return [
        word
        for found in xml.children(element, name)
        for text in found.itertext()
        for word in re.split(r"[\s,;]+", text)
        if word
    ]


def _dates(text: str) -> list[date]:
    """The nights that are named; none, which means all of the message, where one is no date or there are more than it can have."""
    named = _NIGHT.findall(text)
    if len(named) > MAX_DATES_SENT:
        return []
    found = []
    for match in named:
        try:
            found.append(date.fromisoformat(match))
        except ValueError:
            return []
    return found


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _needed(element: Element, name: str) -> str:
    value = element.get(name, "").strip()
    if not value:
        raise UnexpectedReplyError(f"`{plain(xml.local(element.tag))}` in the reply has no `{name}`")
    return value


def _count(element: Element, name: str) -> int | None:
    text = element.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise UnexpectedReplyError(f"`{name}` in the reply is not a count")
    return int(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text) if _NIGHT.fullmatch(text) else _no_date()
    except ValueError:
        return _no_date()


def _no_date() -> date:
    raise UnexpectedReplyError("a date in the reply is not a date")
