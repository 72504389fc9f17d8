"""From what is still to be done to messages: few, within the format's limits, in the order given. Pure.

Messages are of one kind each, so that a warning about a plan and a night can only mean one operation. Rooms and plans go by our keys
until a message is sent: a plan that is made on the way has its id only then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, Pattern, from_runs, merge, on_days, patterns
from reconciler.model.property import Property
from reconciler.model.state import Availability, Counts, Document, Price, Restrictions
from reconciler.providers.contract import Batch, Part, Pending
from reconciler.providers.expedia import traits
from reconciler.providers.expedia.capabilities import MAX_LOS
from reconciler.providers.expedia.codec_ar import (
    MAX_BYTES,
    MAX_UPDATES,
    RateSetting,
    RoomSetting,
    Setting,
    StaySetting,
    Update,
    halves,
    size_of,
)
from reconciler.providers.expedia.normal import counts_through

_ENVELOPE = 1_000
"""Bytes kept free for the head of a message, credentials included."""
_LONGEST_ID = "0" * 16


@dataclass(frozen=True, slots=True)
class Updates:
    """A message of availability and rates. Ids in it are our keys: rooms by key, plans by key under their room."""

    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A rate plan to be made or changed so that it says `wanted`."""

    room: str
    plan: str
    wanted: Document


@dataclass(frozen=True, slots=True)
class _Piece:
    """One pattern of nights of one operation."""

    pending: Pending
    setting: Setting
    pattern: Pattern[object]

    @property
    def product(self) -> tuple[str, str]:
        key = self.pending.operation.address.key
        return key[0], key[1] if len(key) > 1 else ""

    @property
    def update(self) -> Update:
        return Update(*self.product, self.setting, (self.pattern,))


def batches(hotel: Property, facts: Mapping[str, str], pending: Sequence[Pending]) -> Iterator[Batch]:
    """The messages for all of `pending`, in its order. `facts` are the hotel's traits."""
    for kind, group in groupby(pending, key=lambda one: one.operation.address.kind):
        if kind == "rate_plan":
            yield from (_plan_batch(one) for one in group)
        else:
            pieces = [piece for one in group for piece in _pieces(hotel, facts, one)]
            yield from (_message(kind, chunk) for chunk in _packed(pieces))


def _plan_batch(pending: Pending) -> Batch:
    operation = pending.operation
    room, plan = operation.address.key
    made = pending.seen is None
    return Batch(
        parts=(Part(operation.id, operation.address),),
        summary=f"rate plan {plan} of {room}: {'create' if made else 'change'}",
        repeatable=not made,
        payload=PlanChange(room, plan, cast(Document, pending.value)),
    )


def _pieces(hotel: Property, facts: Mapping[str, str], pending: Pending) -> Iterator[_Piece]:
    settings = _settings(hotel, facts, pending)
    for pattern in patterns(settings):
        yield from _fitting(_Piece(pending, pattern.value, Pattern(pattern.start, pattern.until, pattern.days, None)))


def _fitting(piece: _Piece) -> Iterator[_Piece]:
    """The piece, or smaller ones where it is too much for a message."""
    if piece.update.count <= MAX_UPDATES:
        yield piece
        return
    for half in halves(piece.pattern):
        yield from _fitting(_Piece(piece.pending, piece.setting, half))


def _settings(hotel: Property, facts: Mapping[str, str], pending: Pending) -> Calendar[Setting]:
    calendar = cast(Calendar[Any], pending.value)
    address = pending.operation.address
    if address.kind == "availability":
        counts: Calendar[Counts] = pending.seen.counts if pending.seen is not None else Calendar()
        return merge(calendar, counts, _room_setting)
    if address.kind == "restrictions":
        through = counts_through(hotel)
        return calendar.map(lambda night: stay_setting(night, through=through))
    per_occupancy = facts.get(traits.PRICING_MODEL) == traits.PER_OCCUPANCY
    return calendar.map(lambda price: rate_setting(hotel.currency, price, per_occupancy=per_occupancy))


def _room_setting(wanted: Availability | None, now: Counts | None) -> RoomSetting | None:
    """Left to sell is the allotment less what is sold; a count that is right already is not sent again."""
    if wanted is None:
        return None
    left = max(0, wanted.allotment - (now.sold if now is not None else 0))
    return RoomSetting(None if now is not None and now.left == left else left, wanted.closed)


def _takes_away(setting: RoomSetting) -> bool:
    """Whether nothing can be on sale after it that was not before, however often and late it is carried out."""
    return setting.closed is True and not setting.left


def rate_setting(currency: str, price: Price, *, per_occupancy: bool) -> RateSetting:
    """The price as it is sent. In normal form it has all numbers of guests but the base number, which is the one left out."""
    if not per_occupancy:
        return RateSetting(currency, price.amount)
    others = dict(price.guests)
    base = next(guests for guests in range(1, len(others) + 2) if guests not in others)
    return RateSetting(currency, None, tuple(sorted({**others, base: price.amount}.items())))


def stay_setting(night: Restrictions, *, through: bool) -> StaySetting:
    """The restrictions as they are sent: no longest stay is the longest there is."""
    least, most = (night.min_stay_through, night.max_stay_through) if through else (night.min_stay, night.max_stay)
    return StaySetting(
        closed=night.closed,
        min_los=least,
        max_los=MAX_LOS if most is None else most,
        closed_to_arrival=night.closed_to_arrival,
        closed_to_departure=night.closed_to_departure,
    )


def _packed(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces in order, as many to a message as it takes."""
    chunk: list[_Piece] = []
    count = size = 0
    for piece in pieces:
        more, bytes_ = piece.update.count, _bytes(piece)
        if chunk and (count + more > MAX_UPDATES or size + bytes_ > MAX_BYTES - _ENVELOPE):
            yield chunk
            chunk, count, size = [], 0, 0
        chunk.append(piece)
        count, size = count + more, size + bytes_
    if chunk:
        yield chunk


def _bytes(piece: _Piece) -> int:
    """No more than this: ids are taken for long ones, and pieces of one setting share their element later."""
    return size_of(Update(_LONGEST_ID, _LONGEST_ID, piece.setting, (piece.pattern,)))


def _message(kind: str, pieces: Sequence[_Piece]) -> Batch:
    updates: dict[tuple[tuple[str, str], Setting], list[Pattern[object]]] = {}
    nights: dict[tuple[str, Address], list[Pattern[object]]] = {}
    for piece in pieces:
        operation = piece.pending.operation
        updates.setdefault((piece.product, piece.setting), []).append(piece.pattern)
        nights.setdefault((operation.id, operation.address), []).append(piece.pattern)
    harmless = all(not isinstance(piece.setting, RoomSetting) or _takes_away(piece.setting) for piece in pieces)
    parts = tuple(Part(id_, address, _covered(found)) for (id_, address), found in nights.items())
    total = sum(pattern.nights for found in nights.values() for pattern in found)
    return Batch(
        parts=parts,
        summary=f"{kind}: {_many(len({part.address for part in parts}), 'product')}, {_many(total, 'night')}",
        repeatable=harmless,
        payload=Updates(tuple(Update(*product, setting, tuple(on)) for (product, setting), on in updates.items())),
    )


def _covered(found: Iterable[Pattern[object]]) -> Calendar[bool]:
    return from_runs(run for pattern in found for run in on_days(pattern.start, pattern.until, pattern.days, True))


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
