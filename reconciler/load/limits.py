"""The restrictions of a plan's rooms: its parent's, then what its type implies, then its own, then the room's, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.load import calendars
from reconciler.load.calendars import by_field, spelled
from reconciler.load.context import Context
from reconciler.load.documents import RestrictionCalendar
from reconciler.load.plan_types import IMPLIED
from reconciler.load.problems import Keys
from reconciler.load.weeks import Weeks, constant, merge
from reconciler.model.property import PlanType
from reconciler.model.state import Restrictions

Written = dict[str, Any]
_PAIRS = (
    ("min_stay", "max_stay"),
    ("min_stay_through", "max_stay_through"),
    ("min_advance_days", "max_advance_days"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is written for a room, for nights and by defaults alone; and what comes of it. `possible`: what some night may have at most."""

    written: Weeks[Written] = field(default_factory=Weeks)
    by_default: Written = field(default_factory=dict)
    nights: Weeks[Restrictions] = field(default_factory=Weeks)
    base: Restrictions = field(default_factory=Restrictions)
    possible: frozenset[tuple[str, int | bool]] = frozenset()


_NONE = Limits()
_NEVER: frozenset[tuple[str, int | bool]] = frozenset()


def plan_limits(
    context: Context, name: str, rooms: tuple[str, ...], parent: Mapping[str, Limits] | None
) -> dict[str, Limits]:
    """The restrictions of a plan by room, given its parent's. Rooms for which the same is written share one value."""
    plan, keys = context.plan(name), ("rate_plans", name)
    if parent is None or (plan.derive is not None and not plan.derive.restrictions):
        parent = {}
    implied = dict(IMPLIED[PlanType(plan.type)].restrictions)
    window = context.frame.window
    shared = _over(
        constant(window.start, window.until, implied) if implied else Weeks(),
        calendars.fields(plan.restrictions, context.frame, (*keys, "restrictions"), context.problems),
    )
    of_plan = _possible(plan.restrictions) | implied.items()
    by_default = by_field(implied, plan.restrictions.default.given() if plan.restrictions.default else {})
    own = {
        room: calendars.fields(doc, context.frame, (*keys, "room_restrictions", room), context.problems)
        for room, doc in plan.room_restrictions.items()
    }
    _check_rooms(context, name, rooms)
    found: dict[tuple[int, str], Limits] = {}
    by_room = {}
    for room in rooms:
        above, key = parent.get(room, _NONE), (id(parent.get(room, _NONE)), room if room in own else "")
        if key not in found:
            default = plan.room_restrictions[room].default if room in own else None
            under = by_field(by_field(above.by_default, by_default), default.given() if default else {})
            possible = above.possible | of_plan | (_possible(plan.room_restrictions[room]) if room in own else _NEVER)
            found[key] = _limits(_over(_over(above.written, shared), own.get(room, Weeks())), under, possible)
            _check_pairs(context, found[key], name, room)
        by_room[room] = found[key]
    return by_room


def _possible(doc: RestrictionCalendar) -> frozenset[tuple[str, int | bool]]:
    """Every restriction that a calendar writes, by name."""
    fields = [item for value in calendars.written(doc) for item in value.given().items()]
    return frozenset(item for item in fields if item[1] is not None)


def _limits(written: Weeks[Written], by_default: Written, possible: frozenset[tuple[str, int | bool]]) -> Limits:
    free = Restrictions()
    nights = written.pick(lambda fields: None if (found := _restrictions(fields)) == free else found)
    return Limits(written, by_default, nights, _restrictions(by_default), possible)


def _restrictions(written: Written) -> Restrictions:
    """The value of a night, without what was taken away."""
    return Restrictions(**{name: value for name, value in written.items() if value is not None})


def _over(under: Weeks[Written], over: Weeks[Written]) -> Weeks[Written]:
    if under.nothing or over.nothing:
        return under if over.nothing else over
    return merge(under, over, lambda below, above: by_field(below or {}, above or {}))


def _check_rooms(context: Context, name: str, rooms: tuple[str, ...]) -> None:
    for room in context.plan(name).room_restrictions:
        keys = ("rate_plans", name, "room_restrictions", room)
        if room not in context.rooms:
            context.problems.unknown("room", room, context.rooms, keys, at_key=True)
        elif room not in rooms:
            context.problems.add("room-not-in-plan", f"`{name}` is not for room `{room}`", keys, at_key=True)


def _check_pairs(context: Context, limits: Limits, name: str, room: str) -> None:
    """The least is not above the most. The first night that has it so is named, once for all rooms alike."""
    for low, high in _PAIRS:
        most = min((value for field, value in limits.possible if field == high), default=None)
        if most is None or all(value <= most for field, value in limits.possible if field == low):
            continue
        for run in limits.written.calendar():
            if _above(run.value, low, high):
                keys: Keys = ("rate_plans", name, "restrictions")
                if room in context.plan(name).room_restrictions:
                    keys = ("rate_plans", name, "room_restrictions", room)
                message = (
                    f"`{low}` {run.value[low]} is above `{high}` {run.value[high]} on {spelled(run.start, run.until)}"
                )
                context.problems.add("least-above-most", message, keys, at_key=True)
                break


def _above(written: Written, low: str, high: str) -> bool:
    least, most = written.get(low), written.get(high)
    return least is not None and most is not None and least > most
