"""From what is still to be done to messages: one calendar month each, all rooms and rates of a kind together. Pure.

Messages are of one kind each, so that an error about a rate and a night can only mean one operation. Rooms and plans go by our keys
until a message is sent: a plan that is made on the way has its id only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, cast

from reconciler.model.calendar import Calendar, Run, by_month, from_nights, merge
from reconciler.model.plan import Operation
from reconciler.model.property import Property
from reconciler.model.state import Availability, Counts, Document, Price, Restrictions
from reconciler.providers.booking_com import traits
from reconciler.providers.booking_com.capabilities import MAX_DATES_SENT
from reconciler.providers.booking_com.codec_bxml import UNITS, Fields, Item, price_fields, room_fields, stay_fields
from reconciler.providers.booking_com.normal import CONDITIONS
from reconciler.providers.contract import Batch, Part, Pending

_MONTH = "%Y-%m"
ALLOTMENT = "allotment"
"""Stands in the fields of a night for units whose sold ones are not known yet; never sent."""


@dataclass(frozen=True, slots=True)
class Updates:
    """A message of availability, prices or restrictions. Ids in it are our keys: rooms by key, plans by key under their room."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class RoomChange:
    """A plan as one room is to sell it. `conditions`: whether they are to be sent even where the room sells it already."""

    room: str
    wanted: Document
    conditions: bool


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A rate plan to be made or changed, for one or more rooms."""

    plan: str
    rooms: tuple[RoomChange, ...]


def batches(hotel: Property, facts: Mapping[str, str], pending: Sequence[Pending]) -> Iterator[Batch]:
    """The messages for all of `pending`, kind by kind in its order. `facts` are the hotel's traits.

    Plans are switched off last: for one that is off nothing else is taken, its closing included.
    """
    for kind, group in groupby(sorted(pending, key=_switches_off), key=lambda one: one.operation.address.kind):
        if kind == "rate_plan":
            yield from _plan_batches(list(group))
        else:
            yield from _night_batches(hotel, facts, kind, list(group))


def _switches_off(pending: Pending) -> bool:
    return not isinstance(pending.value, Calendar) and pending.value.get("active") is False


def _plan_batches(group: Sequence[Pending]) -> Iterator[Batch]:
    """One batch for a plan with all its rooms, in the order in which plans first appear."""
    by_plan: dict[str, list[Pending]] = {}
    for pending in group:
        by_plan.setdefault(pending.operation.address.key[1], []).append(pending)
    for plan, members in by_plan.items():
        made = any(pending.seen is None for pending in members)
        yield Batch(
            parts=tuple(Part(pending.operation.id, pending.operation.address) for pending in members),
            summary=f"rate plan {plan}: {'create' if made else 'change'} for {len(members)} room(s)",
            repeatable=not made,
            payload=PlanChange(plan, tuple(_room_change(pending) for pending in members)),
        )


def _room_change(pending: Pending) -> RoomChange:
    wanted = cast(Document, pending.value)
    seen = pending.seen.value if pending.seen is not None else {}
    there: Document = {} if isinstance(seen, Calendar) else seen
    differs = any(name not in there or there[name] != wanted[name] for name in CONDITIONS if name in wanted)
    return RoomChange(pending.operation.address.key[0], wanted, differs)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some nights of one operation, within one month."""

    operation: Operation
    nights: Calendar[Fields]


def _night_batches(hotel: Property, facts: Mapping[str, str], kind: str, group: Sequence[Pending]) -> Iterator[Batch]:
    by_start: dict[str, list[_Piece]] = {}
    for pending in group:
        for month in by_month(_fields(hotel, facts, pending)):
            by_start.setdefault(f"{month.start:{_MONTH}}", []).append(_Piece(pending.operation, month))
    for month_name, pieces in sorted(by_start.items()):
        for chunk in _packed(pieces):
            yield _message(kind, month_name, chunk)


def _packed(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """As many pieces together as a message takes."""
    chunk: list[_Piece] = []
    size = 0
    for piece in pieces:
        if chunk and size + piece.nights.nights > MAX_DATES_SENT:
            yield chunk
            chunk, size = [], 0
        chunk.append(piece)
        size += piece.nights.nights
    if chunk:
        yield chunk


def _message(kind: str, month: str, pieces: Sequence[_Piece]) -> Batch:
    nights: dict[tuple[str, str], dict[date, Fields]] = {}
    for piece in pieces:
        room, *plan = piece.operation.address.key
        nights.setdefault((room, plan[0] if plan else ""), {}).update(piece.nights.items())
    total = sum(len(found) for found in nights.values())
    return Batch(
        parts=tuple(Part(one.operation.id, one.operation.address, one.nights.covered()) for one in pieces),
        summary=f"{kind} of {len(nights)} products in {month}, {total} nights",
        repeatable=kind != "availability" or all(map(_takes_away, (night for p in pieces for night in p.nights))),
        payload=Updates(tuple(Item(*product, tuple(sorted(found.items()))) for product, found in nights.items())),
    )


def _fields(hotel: Property, facts: Mapping[str, str], pending: Pending) -> Calendar[Fields]:
    calendar = cast(Calendar[Any], pending.value)
    kind = pending.operation.address.kind
    if kind == "availability":
        counts: Calendar[Counts] = pending.seen.counts if pending.seen is not None else Calendar()
        told = traits.ROOM_CLOSED_UNREADABLE not in facts
        return merge(calendar, counts, lambda night, now: _room_fields(night, now, told=told))
    if kind == "restrictions":
        return cast(Calendar[Restrictions], calendar).map(stay_fields)
    before = pending.operation.change.before
    known: Calendar[Price] = cast(Calendar[Price], before) if isinstance(before, Calendar) else Calendar()
    return merge(calendar, known, lambda price, was: _price_fields(hotel.currency, price, was))


def _room_fields(night: Availability | None, now: Counts | None, *, told: bool) -> Fields | None:
    """What is left when the allotment is in force: what is sold is taken off, never below nothing.

    Where nobody said what is sold (a room that sold nothing until a plan was made for it), the allotment waits for `settle`.
    """
    if night is None:
        return None
    closed = night.closed if told else None
    if now is None:
        return ((ALLOTMENT, str(night.allotment)), *room_fields(0, closed)[1:])
    left = max(0, night.allotment - now.sold)
    return room_fields(None if left == now.left and closed is not None else left, closed)


def _takes_away(night: Run[Fields]) -> bool:
    """Whether nothing can be on sale after it that was not before, however often and late it is carried out."""
    fields = dict(night.value)
    return fields.get("closed") == "1" and ALLOTMENT not in fields and fields.get(UNITS, "0") == "0"


def unsettled(item: Item) -> tuple[date, ...]:
    """The nights whose allotment waits for what is sold."""
    return tuple(night for night, fields in item.nights if fields[0][0] == ALLOTMENT)


def settle(item: Item, sold: Mapping[date, int]) -> Item:
    """The item with what is left in place of its allotments. KeyError for a night that `sold` lacks."""

    def left(night: date, fields: Fields) -> Fields:
        name, text = fields[0]
        return (*room_fields(max(0, int(text) - sold[night]), None), *fields[1:]) if name == ALLOTMENT else fields

    return replace(item, nights=tuple((night, left(night, fields)) for night, fields in item.nights))


def _price_fields(currency: str, price: Price | None, was: Price | None) -> Fields | None:
    """A price for one guest that git no longer says is not left behind: it becomes the price of the room."""
    if price is None:
        return None
    single = dict(price.guests).get(1)
    if single is None and was is not None and dict(was.guests).get(1) is not None:
        single = price.amount
    return price_fields(currency, price.amount, single)


def nights_of(days: Iterable[date]) -> Calendar[bool]:
    """These nights, marked true."""
    return from_nights(dict.fromkeys(days, True))
