"""Inventory: units that stay the hotel's own, a limit to overbooking, and never more on sale than there is (see `oversell`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_FLOOR
from typing import NamedTuple

from reconciler.engine.planner import touched
from reconciler.kinds.parts import parts
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar
from reconciler.model.policies import Inventory, Protection
from reconciler.model.property import DIRECT
from reconciler.model.share import Share
from reconciler.model.state import Allotments
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.oversell import oversold
from reconciler.policy.wording import nights


class _Off(NamedTuple):
    """By how much a night is beyond a limit, what it has, and what it is to have."""

    by: int
    has: int
    wanted: int


def _judge(case: Case, parameters: Inventory) -> Iterator[Violation]:
    for (slug, room), allotted in sorted(_allotments(case).items(), key=lambda item: item[0]):
        for side in ("direct", "overbooking"):
            limit = _decides(parameters, slug, room, side)
            if limit is not None:
                yield from _limited(slug, room, allotted, side, *limit)
    yield from oversold(case)


def _allotments(case: Case) -> dict[tuple[str, str], Calendar[Allotments]]:
    """Git's allocation by property and room, on the nights that the case is about."""
    everything = {
        (slug, room): allotted for slug, hotel in case.hotels.items() for room, allotted in hotel.allocation.items()
    }
    if case.everything:
        return everything
    asked: dict[tuple[str, str], Calendar[bool]] = defaultdict(Calendar)
    for op in case.operations:
        if op.address.kind in ("allocation", "availability"):
            at = op.address.property, parts(op.address).room
            asked[at] = asked[at].overlay(touched(op.change))
    return {at: everything[at].keep(asked_nights) for at, asked_nights in asked.items() if at in everything}


def _decides(parameters: Inventory, slug: str, room: str, side: str) -> tuple[str, Share] | None:
    """The limit that holds, with the key that says it."""
    found = None
    for one in parameters.protections:
        limit = _side(one, side)
        if limit is not None and one.selected.fits(slug=slug, room=room):
            found = f"policies.{one.key}.{side}", limit
    return found


def _side(protection: Protection, side: str) -> Share | None:
    return protection.direct if side == "direct" else protection.overbooking


def _limited(
    slug: str, room: str, allotted: Calendar[Allotments], side: str, key: str, limit: Share
) -> Iterator[Violation]:
    def beyond(one: Allotments) -> _Off | None:
        wanted = int(limit.of(one.units).to_integral_value(rounding=ROUND_FLOOR))
        if side == "overbooking":
            return _Off(one.overbooking - wanted, one.overbooking, wanted) if one.overbooking > wanted else None
        # Of fewer units than are to be kept, all are.
        wanted = min(wanted, one.units)
        return _Off(wanted - one.of(DIRECT), one.of(DIRECT), wanted) if one.of(DIRECT) < wanted else None

    found = allotted.map(beyond)
    if not found:
        return
    _, has, wanted = max(run.value for run in found)
    what = f"leaves direct {has}" if side == "direct" else f"may be overbooked by {has}"
    than = f"less than {wanted}" if side == "direct" else f"more than {wanted}"
    yield Violation(
        f"{room} {what} {nights(found)}, {than}; {key} = {limit}",
        "change the allocation, or the limit",
        f"{slug}/{DATABASE}/allocation/{room}",
        slug,
        (("allocation", room), ("allocation", "*"), ("allocation",)),
    )


INVENTORY = Check("inventory", _judge)
