"""What became of each part of a message, read from what the reply tells. Pure.

What no error names was carried out, unless all of the message was refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.calendar import Calendar
from reconciler.model.journal import Outcome
from reconciler.providers.booking_com.batching import nights_of
from reconciler.providers.booking_com.codec_bxml import Told, told_in_words
from reconciler.providers.contract import Part, PartResult
from reconciler.providers.replies import by_part


def results(
    parts: Sequence[Part], products: Sequence[tuple[str, str]], told: Sequence[Told], *, nothing_done: bool
) -> tuple[PartResult, ...]:
    """One result per part; `products` are Booking.com's (room, rate) of each, rate empty for a room."""
    about = by_part(parts, told, lambda one, number: _concerns(one, parts[number], products[number]))
    return tuple(_result(part, mine, told, nothing_done=nothing_done) for part, mine in about)


def _concerns(one: Told, part: Part, product: tuple[str, str]) -> bool:
    room, rate = product
    if one.rooms and room not in one.rooms:
        return False
    if one.rates and rate not in one.rates:
        return False
    in_part = part.nights is None or not one.nights or any(part.nights.at(night) for night in one.nights)
    return in_part and bool(one.rooms or one.rates or one.nights)


def _result(part: Part, mine: Sequence[Told], told: Sequence[Told], *, nothing_done: bool) -> PartResult:
    if nothing_done:
        return PartResult(part, Outcome.FAILED, told_in_words(mine or told))
    if not mine:
        return PartResult(part, Outcome.APPLIED)
    return PartResult(part, Outcome.FAILED, told_in_words(mine), _refused(part, mine))


def _refused(part: Part, mine: Sequence[Told]) -> Calendar[bool] | None:
    """The nights that did not take, where every error names rooms and nights of the part."""
    if part.nights is None or not all(one.rooms and one.nights for one in mine):
        return None
    refused = nights_of(night for one in mine for night in one.nights).keep(part.nights)
    return refused or None
