"""B.XML availability: counts, prices, restrictions and closures by room and date.

A date element is taken or refused as a whole. As long as one is taken the reply is HTTP 200, whatever its body says; 400
means that all were refused or the message is of the wrong form, and then nothing was applied. `to` is exclusive, and a
range whose ends are equal has no night. One hotel per request. Rates marked read-only are ignored without a word.

Codes without a documented name (a missing rate, a bad number) are the sandbox's own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, SubElement
from zoneinfo import ZoneInfo

from reconciler.sandbox.booking_com.common import (
    StatusError,
    authenticate,
    body_of,
    demand_version,
    fault,
    hotel_for,
    reply_xml,
)
from reconciler.sandbox.booking_com.relations import follows, parent_of, pricing_of
from reconciler.sandbox.nights import ONE_DAY, span
from reconciler.sandbox.record import Recorder, normal_amount
from reconciler.sandbox.shapes import is_date
from reconciler.sandbox.state import BOOKING, Account, Hotel, Plan, Room, World
from reconciler.sandbox.wire import Reply, Request, children, local

CET = ZoneInfo("Europe/Amsterdam")
YEARS_AHEAD = timedelta(days=5 * 365)
FLAGS = {"closedonarrival": "closed_to_arrival", "closedondeparture": "closed_to_departure"}
STAYS = {
    "minimumstay": "min_los",
    "maximumstay": "max_los",
    "minimumstay_arrival": "min_los_arrival",
    "maximumstay_arrival": "max_los_arrival",
    "exactstay": "exact_los",
}
PRICES = ("price", "price1")
KNOWN = {"rate", "roomstosell", "closed", "currencycode", *FLAGS, *STAYS, *PRICES}


class ItemError(Exception):
    """One date element is refused."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True, slots=True)
class Item:
    """One date element: what it names and the text of its children."""

    room: str
    dates: dict[str, str]
    rate: str
    fields: dict[str, str]

    def shown_dates(self) -> str:
        return self.dates.get("value") or f"{self.dates.get('from')}..{self.dates.get('to')}"


@dataclass(slots=True)
class Outcome:
    record: Recorder = field(default_factory=Recorder)
    errors: list[tuple[Item, ItemError]] = field(default_factory=list)
    taken: int = 0
    duplicates: bool = False
    seen: dict[tuple[str, str, str, date], bool] = field(default_factory=dict)


def handle(world: World, request: Request, now: datetime) -> Reply:
    hotel_id = ""
    try:
        account = authenticate(world, request, now)
        demand_version(request)
        items = list(_items(body_of(request, "request")))
        hotel = _hotel(world, account, items)
        hotel_id = hotel.id if hotel else ""
    except StatusError as refused:
        return fault(world, refused, hotel_id)
    outcome = Outcome()
    for index, item in enumerate(items):
        try:
            if index in request.refuse:
                raise ItemError("INTERNAL_ERROR", "The update could not be processed")
            _apply(world, hotel, item, outcome, now)
            outcome.taken += 1
        except ItemError as error:
            outcome.errors.append((item, error))
    return _answer(world, hotel_id, outcome)


def _items(root: Element) -> Iterator[Item]:
    rooms = children(root, "room")
    if not rooms:
        raise StatusError(400, "ROOM_ELEMENT_REQUIRED", "a room element is required")
    strange = [local(found) for found in root if local(found) not in ("room", "version", "username", "password")]
    if strange:
        raise StatusError(400, "SCHEMA_ERROR", f"unexpected element {strange[0]}")
    for room in rooms:
        if not room.get("id"):
            raise StatusError(400, "ROOM_ID_MISSING", "a room element has no id")
        if not len(room) or any(local(found) != "date" for found in room):
            raise StatusError(400, "SCHEMA_ERROR", "a room holds date elements")
        for found in room:
            yield _item(room.get("id", ""), found)


def _item(room: str, element: Element) -> Item:
    names = [local(found) for found in element]
    if set(element.attrib) not in ({"value"}, {"from", "to"}):
        raise StatusError(400, "SCHEMA_ERROR", "a date has a value, or from and to")
    if len(set(names)) != len(names) or not set(names) <= KNOWN:
        raise StatusError(400, "SCHEMA_ERROR", "a date holds each known element once")
    fields = {local(found): (found.text or "").strip() for found in element if local(found) != "rate"}
    rate = next((found.get("id", "") for found in element if local(found) == "rate"), "")
    return Item(room, dict(element.attrib), rate, fields)


def _hotel(world: World, account: Account, items: list[Item]) -> Hotel | None:
    """The one hotel whose rooms are named; None when no room is known."""
    ids = {item.room for item in items}
    owners = [h for h in world.hotels.values() if h.provider == BOOKING and ids & set(h.rooms)]
    if len(owners) > 1:
        raise StatusError(400, "SCHEMA_ERROR", "a request is for one hotel")
    return hotel_for(world, account, owners[0].id) if owners else None


def _nights(item: Item, now: datetime) -> list[date]:
    texts = list(item.dates.values())
    if not all(is_date(text) for text in texts):
        raise ItemError("NOT_A_VALID_DATE", f"'{item.shown_dates()}' is not a valid date")
    if "value" in item.dates:
        first, until = date.fromisoformat(texts[0]), date.fromisoformat(texts[0]) + ONE_DAY
    else:
        first, until = date.fromisoformat(item.dates["from"]), date.fromisoformat(item.dates["to"])
    if first > until:
        raise ItemError("FROM_DATE_SHOULD_BE_LESS_THAN_TO_DATE", "from should be less than or equal to to")
    today = now.astimezone(CET).date()
    if first < today - ONE_DAY or until > today + YEARS_AHEAD:
        raise ItemError("NOT_A_VALID_DATE", f"'{item.shown_dates()}' is in the past or too far ahead")
    return list(span(first, until))


def _apply(world: World, hotel: Hotel | None, item: Item, outcome: Outcome, now: datetime) -> None:
    room = hotel.rooms.get(item.room) if hotel else None
    if hotel is None or room is None:
        raise ItemError("ROOM_ID_INVALID", f"'{item.room[:20]}' is not a room of this hotel")
    nights = _nights(item, now)
    pair = _pair(hotel, room, item) if item.rate else None
    values = _values(world, hotel, item)
    held = [(_holder(hotel, room, pair, name, item), name, value) for name, value in values.items()]
    for holder, name, value in held:
        for night in nights if holder is not None else ():
            _put(outcome, holder or room, name, night, value, item)


def _put(outcome: Outcome, holder: Room | Plan, name: str, night: date, value: Any, item: Item) -> None:
    """The first value for a room, rate, field and night wins; later ones are warned about and left."""
    key = (item.room, "" if isinstance(holder, Room) else holder.id, name, night)
    if key in outcome.seen:
        outcome.duplicates = True
        return
    outcome.seen[key] = True
    if value is None:
        holder.calendar(name).pop(night, None)
        outcome.record.count += 1
    else:
        outcome.record.put(holder, name, night, value)


def _pair(hotel: Hotel, room: Room, item: Item) -> Plan:
    plan, pair = hotel.plans.get(item.rate), hotel.room_rate(room.id, item.rate)
    if plan is None or not plan.active:
        raise ItemError("RATE_NOT_ACTIVE", f"Rate '{item.rate[:20]}' is not active")
    if pair is None or not pair.active or not room.active:
        raise ItemError("RATE_NOT_ACTIVE_FOR_ROOM", f"Rate '{item.rate}' is not active for room '{room.id}'")
    return pair


def _holder(hotel: Hotel, room: Room, pair: Plan | None, name: str, item: Item) -> Room | Plan | None:
    """Counts belong to the room; everything else to the room-rate, and `closed` to either. None: silently ignored."""
    if name == "left" or (name == "closed" and pair is None):
        return room
    if pair is None:
        raise ItemError("RATE_ID_MISSING", "prices and restrictions need a rate")
    plan = hotel.plans[pair.id]
    if plan.facts.get("readonly"):
        return None
    relation = parent_of(hotel, pair.id)
    if relation is not None and follows(relation, name):
        raise ItemError("RATE_IS_A_SLAVE_RATE", f"Rate '{item.rate}' follows another rate")
    return pair


def _values(world: World, hotel: Hotel, item: Item) -> dict[str, Any]:
    """The calendars an element sets; a stay of 0 removes the limit."""
    fields = item.fields
    values: dict[str, Any] = {}
    if "roomstosell" in fields:
        values["left"] = _number(fields, "roomstosell", 255)
    for name, calendar in {**FLAGS, "closed": "closed"}.items():
        if name in fields:
            values[calendar] = bool(_number(fields, name, 1))
    for name, calendar in STAYS.items():
        if name in fields:
            values[calendar] = _number(fields, name, 999) or None
    for name in PRICES:
        if name in fields:
            values[name] = _price(fields[name])
    if any(name in fields for name in PRICES) or "currencycode" in fields:
        pair = hotel.room_rate(item.room, item.rate)
        _currency(world, hotel, fields, pricing_of(hotel, pair) if pair is not None else hotel.pricing_model)
    return values


def _number(fields: dict[str, str], name: str, most: int) -> int:
    if not re.fullmatch(r"\d{1,3}", fields[name]) or int(fields[name]) > most:
        raise ItemError(f"{name.upper()}_INVALID", f"{name} has an invalid value")
    return int(fields[name])


def _price(text: str) -> str:
    if not re.fullmatch(r"\d{1,10}(\.\d{1,3})?", text) or not text.strip("0."):
        raise ItemError("PRICE_INVALID", "a price is a positive decimal number")
    return normal_amount(text)


def _currency(world: World, hotel: Hotel, fields: dict[str, str], model: str) -> None:
    given = fields.get("currencycode", "" if world.switches.booking_currency_required else hotel.currency)
    if model in ("OBP", "LOS") and any(name in fields for name in PRICES):
        raise ItemError(f"DEFAULT_PRICING_PASSED_FOR_{model}_RATE", f"the rate uses {model} pricing")
    if given != hotel.currency:
        raise ItemError("CURRENCY_CODE_DONT_MATCH_HOTEL_CURRENCY", f"the currency of the hotel is {hotel.currency}")


def _answer(world: World, hotel_id: str, outcome: Outcome) -> Reply:
    """`<ok/>`, or errors and warnings; the name of the element around them is not documented."""
    root = Element("availability" if outcome.errors or outcome.duplicates else "ok")
    if outcome.errors:
        listed = SubElement(root, "errors")
        for item, error in outcome.errors:
            element = SubElement(listed, "error", code=error.code)
            texts = (("message", error.message), ("room_ids", item.room), ("rate_ids", item.rate))
            for name, text in (*texts, ("dates", item.shown_dates())):
                SubElement(element, name).text = text
    if outcome.duplicates:
        warning = SubElement(SubElement(root, "warnings"), "warning", code="WARN_DUPLICATE_DATES")
        text = "Request contains duplicate dates, we have applied only the first occurrence."
        SubElement(warning, "message").text = text
    status = 400 if outcome.errors and not outcome.taken else 200
    reply = reply_xml(world, root, status, hotel_id)
    reply.codes = sorted({error.code for _, error in outcome.errors})
    reply.codes += ["WARN_DUPLICATE_DATES"] if outcome.duplicates else []
    reply.applied, reply.updates = outcome.record.lines(), outcome.record.count
    reply.changed = bool(outcome.record.count)
    return reply
