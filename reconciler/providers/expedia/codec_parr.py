"""Availability and rates, read back: what to ask, and what a reply says night by night. No I/O.

A reply is cut silently: to 365 nights where it is about one rate plan, to 31 where it is about more. Who asks compares the nights that
came with those asked for. Values are as Expedia spells them but for prices, which get the currency's decimals where that is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeVar
from xml.etree.ElementTree import Element

from reconciler.errors import UnexpectedReplyError
from reconciler.model.money import in_currency
from reconciler.providers import xml
from reconciler.providers.expedia.envelope import Login, open_reply, open_request

PATH = "/eqc/parr"
NAMESPACE = "http://www.expediaconnect.com/EQC/PAR/2013/07"
ONE_PLAN_NIGHTS = 365
MANY_PLANS_NIGHTS = 31
MAX_ROOMS = 20
MAX_PLANS = 20

K = TypeVar("K")
V = TypeVar("V")

_DAY = timedelta(days=1)
_FILTERS: Mapping[str, str] = {
    "inventory": "availability",
    "roomAvailStatus": "availability",
    "rateAvailStatus": "restrictions",
    "restrictions": "restrictions",
    "rates": "rates",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Rooms with the plans to read of each (none: the room alone). Ids are Expedia's."""

    products: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def most_nights(self) -> int:
        """How many nights one reply holds at most."""
        return ONE_PLAN_NIGHTS if sum(len(plans) for _, plans in self.products) == 1 else MANY_PLANS_NIGHTS


@dataclass(frozen=True, slots=True)
class RoomNight:
    """A room on one night; None where the reply does not say."""

    left: int | None = None
    sold: int | None = None
    base: int = 0
    closed: bool | None = None


@dataclass(frozen=True, slots=True)
class PlanNight:
    """A rate plan on one night; None or empty where the reply does not say. `guests`: price by number of guests."""

    closed: bool | None = None
    per_day: Decimal | None = None
    guests: tuple[tuple[int, Decimal], ...] = ()
    min_los: int | None = None
    max_los: int | None = None
    closed_to_arrival: bool | None = None
    closed_to_departure: bool | None = None

    @property
    def restricted(self) -> bool:
        """Whether all restrictions are told: they are not where a night is loaded in part."""
        told = (self.closed, self.min_los, self.max_los, self.closed_to_arrival, self.closed_to_departure)
        return None not in told


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reply says: the nights that it covers, rooms by (id, night), plans by (room, plan, night)."""

    nights: frozenset[date]
    rooms: Mapping[tuple[str, date], RoomNight] = field(default_factory=dict)
    plans: Mapping[tuple[str, str, date], PlanNight] = field(default_factory=dict)


def questions(products: Mapping[str, Sequence[str]], nights: int) -> list[Question]:
    """How to ask about these rooms and plans for so many nights with the fewest requests."""
    together = list(_together(products))
    apart = [Question(((room, (plan,)),)) for room, plans in sorted(products.items()) for plan in plans]
    if all(products.values()) and _requests(apart, nights) < _requests(together, nights):
        return apart
    return together


def _requests(asked: Sequence[Question], nights: int) -> int:
    return sum(-(-nights // question.most_nights) for question in asked)


def _together(products: Mapping[str, Sequence[str]]) -> Iterator[Question]:
    rows = [
        (room, tuple(plans[start : start + MAX_PLANS]))
        for room, plans in sorted(products.items())
        for start in range(0, max(1, len(plans)), MAX_PLANS)
    ]
    while rows:
        chunk: dict[str, tuple[str, ...]] = {}
        while rows and len(chunk) < MAX_ROOMS and rows[0][0] not in chunk:
            room, plans = rows.pop(0)
            chunk[room] = plans
        yield Question(tuple(chunk.items()))


def encode(login: Login, hotel_id: str, question: Question, start: date, until: date, kinds: frozenset[str]) -> bytes:
    """The request about the nights from `start` up to and not including `until`, for these kinds."""
    root = open_request("ProductAvailRateRetrievalRQ", NAMESPACE, login, hotel_id)
    filters = {name: "true" if kind in kinds else "false" for name, kind in _FILTERS.items()}
    asked = xml.add(
        xml.add(root, "ParamSet"), "AvailRateRetrieval", {"from": f"{start}", "to": f"{until - _DAY}", **filters}
    )
    for room, plans in question.products:
        element = xml.add(asked, "RoomType", {"id": room})
        for plan in plans:
            xml.add(element, "RatePlan", {"id": plan})
    return xml.serialise(root)


def decode(body: bytes, hotel_id: str, currency: str) -> Answer:
    """The reply. Raises UnexpectedReplyError where it is about another hotel or in another currency, or says one thing twice."""
    listed = xml.child(open_reply(body, "ProductAvailRateRetrievalRS"), "AvailRateList")
    hotel = xml.child(listed, "Hotel") if listed is not None else None
    if listed is None or hotel is None:
        raise UnexpectedReplyError("the reply has no availability")
    if hotel.get("id", "").strip() != hotel_id:
        raise UnexpectedReplyError(f"asked about hotel {hotel_id}, the reply is about another")
    nights: set[date] = set()
    rooms: dict[tuple[str, date], RoomNight] = {}
    plans: dict[tuple[str, str, date], PlanNight] = {}
    for entry in xml.children(listed, "AvailRate"):
        night = _date(entry)
        nights.add(night)
        for room in xml.children(entry, "RoomType"):
            _once(rooms, (_id(room), night), _room(room))
            for plan in xml.children(room, "RatePlan"):
                _once(plans, (_id(room), _id(plan), night), _plan(plan, currency))
    return Answer(frozenset(nights), rooms, plans)


def _once(into: dict[K, V], key: K, value: V) -> None:
    if into.setdefault(key, value) != value:
        raise UnexpectedReplyError("the reply says two things about one night")


def _room(element: Element) -> RoomNight:
    inventory = xml.child(element, "Inventory")
    if inventory is None:
        return RoomNight(closed=_flag(element, "closed"))
    return RoomNight(
        left=_number(inventory, "totalInventoryAvailable"),
        sold=_number(inventory, "totalInventorySold"),
        base=_number(inventory, "baseAllocation") or 0,
        closed=_flag(element, "closed"),
    )


def _plan(element: Element, currency: str) -> PlanNight:
    limits = xml.child(element, "Restrictions")
    limits = Element("Restrictions") if limits is None else limits
    rates = list(xml.children(element, "Rate"))
    if any(rate.get("currency", currency) != currency for rate in rates):
        raise UnexpectedReplyError(f"asked about a hotel priced in {currency}, the reply has another currency")
    # Prices by length of stay or per person are of other pricing models: they are not read.
    rate = rates[0] if len(rates) == 1 and rates[0].get("lengthOfStay") is None else Element("Rate")
    per_day = list(xml.children(rate, "PerDay"))
    by_guests = {_whole(each, "occupancy"): _amount(each, currency) for each in xml.children(rate, "PerOccupancy")}
    return PlanNight(
        closed=_flag(element, "closed"),
        per_day=_amount(per_day[0], currency) if len(per_day) == 1 else None,
        guests=tuple(sorted(by_guests.items())),
        min_los=_number(limits, "minLOS"),
        max_los=_number(limits, "maxLOS"),
        closed_to_arrival=_flag(limits, "closedToArrival"),
        closed_to_departure=_flag(limits, "closedToDeparture"),
    )


def _id(element: Element) -> str:
    value = element.get("id", "").strip()
    if not value:
        raise UnexpectedReplyError("a room or rate plan in the reply has no id")
    return value


def _date(element: Element) -> date:
    try:
        return date.fromisoformat(element.get("date", "").strip())
    except ValueError:
        raise UnexpectedReplyError("a night in the reply is not a date") from None


def _flag(element: Element, name: str) -> bool | None:
    value = element.get(name)
    if value is None:
        return None
    if value.strip() not in ("true", "false", "1", "0"):
        raise UnexpectedReplyError(f"`{name}` in the reply is neither true nor false")
    return value.strip() in ("true", "1")


def _number(element: Element, name: str) -> int | None:
    return None if element.get(name) is None else _whole(element, name)


def _whole(element: Element, name: str) -> int:
    text = element.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise UnexpectedReplyError(f"`{name}` in the reply is not a whole number")
    return int(text)


def _amount(element: Element, currency: str) -> Decimal:
    """A price spelled "140", "140.0" or "140.000" is 140.00; one with more digits than the currency has stays as it is."""
    try:
        amount = Decimal(element.get("rate", "").strip())
        exact = in_currency(amount, currency)
    except InvalidOperation:
        raise UnexpectedReplyError("a rate in the reply is not a number") from None
    if not amount.is_finite() or amount < 0:
        raise UnexpectedReplyError("a rate in the reply is not a price")
    return exact if exact == amount else amount
