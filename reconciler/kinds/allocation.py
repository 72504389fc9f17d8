"""Allocation: how a room's units are shared out among the channels, per night, in the hotel's database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from reconciler.kinds.contract import Kind, Setting
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.property import DIRECT, Bounds, Property
from reconciler.model.state import Allotments, Json, NightValue, Value

_OWN = ("units", "overbooking")


def _desired(hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    for room, calendar in sorted(hotel.allocation.items()):
        yield Address(hotel.slug, DATABASE, "allocation", (room,)), calendar


def moved(start: Calendar[Allotments], now: Calendar[Allotments], bounds: Bounds) -> Calendar[Allotments]:
    """The allotments of a room that move by demand: the numbers that stand now, brought inside their bounds where they are outside.

    Nights without a number start with git's. Units and overbooking are git's.
    """

    def night(first: Allotments | None, stands: Allotments | None) -> Allotments | None:
        return first if first is None or stands is None else _inside(first, stands, bounds)

    return merge(start, now, night)


def _inside(start: Allotments, now: Allotments, bounds: Bounds) -> Allotments:
    """Each number at its nearest bound. Where all are more than there is, they give way, `direct` first, none below its least."""
    counts = {channel: _nearest(now.of(channel), *bounds.get(channel, (0, None))) for channel, _ in start.channels}
    excess = sum(counts.values()) - start.units - start.overbooking
    for channel in counts:
        least, _ = bounds.get(channel, (0, None))
        given = max(0, min(excess, counts[channel] - least))
        counts[channel] -= given
        excess -= given
    return replace(start, channels=tuple(counts.items()))


def outsold(
    nights: Calendar[Allotments], sold: Mapping[str, Calendar[int]], *, direct_asks: bool
) -> Calendar[Allotments]:
    """The allotments that can be kept where a channel has sold more than its own: the others give way.

    Nobody gives what is sold: a sale that a provider has accepted stands. `direct` gives first where the hotel asks before it sells;
    else last, for what it has sold of its allotment nobody knows.
    """
    taken: Calendar[dict[str, int]] = Calendar()
    for channel, counts in sold.items():
        taken = merge(taken, counts, partial(_noted, channel))

    def kept(night: Allotments | None, known: dict[str, int] | None) -> Allotments | None:
        return _yielded(night, known, direct_asks=direct_asks) if night is not None and known else night

    return merge(nights, taken, kept)


def _noted(channel: str, known: dict[str, int] | None, count: int | None) -> dict[str, int] | None:
    return known if not count else {**(known or {}), channel: count}


def _yielded(night: Allotments, sold: Mapping[str, int], *, direct_asks: bool) -> Allotments:
    counts = dict(night.channels)
    excess = (
        sum(max(count, sold.get(channel, 0)) for channel, count in counts.items()) - night.units - night.overbooking
    )
    for channel, count in sorted(night.channels, key=lambda one: (one[0] == DIRECT) != direct_asks):
        given = max(0, min(excess, count - sold.get(channel, 0)))
        counts[channel] -= given
        excess -= given
    return replace(night, channels=tuple(counts.items()))


def _nearest(count: int, least: int, most: int | None) -> int:
    return max(least, count if most is None else min(count, most))


def _to_json(value: NightValue) -> dict[str, Json]:
    assert isinstance(value, Allotments)
    return {"units": value.units, **dict(value.channels), "overbooking": value.overbooking}


def _from_json(data: Mapping[str, Json]) -> NightValue:
    counts: dict[str, int] = {}
    for key, value in data.items():
        if type(value) is not int:
            raise TypeError("allocations are whole numbers")
        counts[key] = value
    channels = sorted((key for key in counts if key not in _OWN), key=lambda key: (key != DIRECT, key))
    return Allotments(counts["units"], tuple((key, counts[key]) for key in channels), counts["overbooking"])


ALLOCATION = Kind("allocation", database=_desired, night_to_json=_to_json, night_from_json=_from_json)
