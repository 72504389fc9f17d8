"""Oversell: a plan puts no unit on sale that is promised to somebody already.

On each night on which a plan raises a provider's allotment, what all providers may sell or have sold is held against the room's units
and overbooking. A plan that only lowers is never refused, however much is sold: it is the remedy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from reconciler.engine.planner import calendar_of
from reconciler.kinds.parts import parts
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar, merge
from reconciler.model.property import Property
from reconciler.model.state import Allotments, Availability, Counts
from reconciler.policy.contract import Case, Violation
from reconciler.policy.wording import nights

At = tuple[str, str, str]
"""Property, provider, room."""


class _Units(NamedTuple):
    """Units promised to providers and their guests, and units that there are to promise."""

    promised: int
    there: int


def oversold(case: Case) -> Iterator[Violation]:
    """Rooms of which more would be promised than there is, on nights on which the plan puts units on sale."""
    after: dict[At, Calendar[Availability]] = defaultdict(Calendar)
    raised: dict[tuple[str, str], Calendar[bool]] = defaultdict(Calendar)
    counts = defaultdict(Calendar, case.counts)
    for op in case.operations:
        if op.address.kind != "availability":
            continue
        slug, (provider, room, _) = op.address.property, parts(op.address)
        at, change = (slug, provider, room), op.change
        after[at] = after[at].overlay(calendar_of(change.after))
        counts[at] = counts[at].overlay(change.counts)
        more = merge(calendar_of(change.before), calendar_of(change.after), _more)
        raised[slug, room] = raised[slug, room].overlay(more)
    for (slug, room), nights_raised in sorted(raised.items(), key=lambda item: item[0]):
        hotel = case.hotels.get(slug)
        if hotel is not None and room in hotel.allocation:
            yield from _held(hotel, room, nights_raised, after, counts)


def _more(before: Availability | None, after: Availability | None) -> bool | None:
    return _for_sale(after) > _for_sale(before) or None


def _for_sale(one: Availability | None) -> int:
    return 0 if one is None or one.closed else one.allotment


def _held(
    hotel: Property,
    room: str,
    raised: Calendar[bool],
    after: Mapping[At, Calendar[Availability]],
    counts: Mapping[At, Calendar[Counts]],
) -> Iterator[Violation]:
    allotted = hotel.allocation[room].keep(raised)
    units = allotted.map(lambda one: _Units(0, one.units + one.overbooking))
    for provider in sorted(hotel.mappings):
        if room in hotel.mappings[provider].rooms:
            at = hotel.slug, provider, room
            promised = _promised(allotted, provider, after.get(at, Calendar()), counts.get(at, Calendar()))
            units = merge(units, promised, _added)
    over = units.map(lambda one: one if one.promised > one.there else None)
    if over:
        worst = max((run.value for run in over), key=lambda one: one.promised - one.there)
        yield Violation(
            f"the plan puts units of {room} on sale {nights(over)} of which {worst.promised} are on sale or sold at providers already, "
            f"with {worst.there} to promise (units + overbooking); policies.inventory",
            "lower an allotment first, or raise units or overbooking where there are more",
            f"{hotel.slug}/{DATABASE}/allocation/{room}",
            hotel.slug,
            (("allocation", room), ("allocation", "*")),
        )


def _promised(
    allotted: Calendar[Allotments], provider: str, after: Calendar[Availability], counts: Calendar[Counts]
) -> Calendar[int]:
    """What a provider may sell or has sold: as the plan makes it, else as git has it, and no less than is sold."""
    may_sell = allotted.map(lambda one: one.of(provider)).overlay(after.map(_for_sale))
    return merge(may_sell, counts.map(lambda one: one.sold), lambda a, b: max(a or 0, b or 0)).keep(allotted.covered())


def _added(units: _Units | None, promised: int | None) -> _Units | None:
    return units and _Units(units.promised + (promised or 0), units.there)
