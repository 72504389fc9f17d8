"""Renamed rooms and plans, as `moved: {from: OLD}` says them: one new key for each old one, and no key that is still somebody's own."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.load.context import Context
from reconciler.load.documents import RatePlanDoc, RoomDoc
from reconciler.model.moves import Moves


def moves(context: Context) -> Moves:
    """The moves of a property. What is wrong with them goes to its problems."""
    return Moves(_moves(context, "rooms", context.doc.rooms), _moves(context, "rate_plans", context.doc.rate_plans))


def _moves(context: Context, section: str, entries: Mapping[str, RoomDoc | RatePlanDoc]) -> dict[str, str]:
    found: dict[str, str] = {}
    said = {key: entry.moved.from_ for key, entry in entries.items() if entry.moved is not None}
    for new, old in said.items():
        keys = (section, new, "moved", "from")
        if old == new:
            context.problems.add(
                "moved-from-itself", f"`{new}` was called `{old}` before: that is no move", keys, "leave it out"
            )
        elif old in entries and old not in said:
            message = f"`{old}` is still there: what it was called before cannot become `{new}`"
            context.problems.add("moved-from-another", message, keys, "rename it too, or leave `moved` out")
        elif old in found:
            message = f"`{old}` became `{found[old]}` already"
            context.problems.add("moved-twice", message, keys, "one entry takes what was known of it")
        else:
            found[old] = new
    return found
