"""One property: from its merged document to values by night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reconciler.load import calendars, weeks
from reconciler.load.allocation import allocations, bounds
from reconciler.load.calendars import Frame, Season
from reconciler.load.context import Context
from reconciler.load.documents import PropertyDoc, RoomDoc
from reconciler.load.links import links, managed, mappings, suspensions
from reconciler.load.moves import moves
from reconciler.load.plans import rate_plans
from reconciler.load.problems import Problems
from reconciler.load.values import WEEKEND
from reconciler.load.weeks import Calendars, Weeks
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.property import Property, Room
from reconciler.model.state import Window
from reconciler.model.workspace import Credential


def resolve(
    slug: str, file: str, doc: PropertyDoc, now: datetime, credentials: Mapping[str, Credential], problems: Problems
) -> Property:
    """The property over its window, today (local to it at `now`) to its horizon. What is wrong goes to `problems`."""
    today = now.astimezone(ZoneInfo(doc.timezone)).date()
    frame = _frame(doc, Window(today, today + timedelta(days=doc.horizon)), problems)
    units = {key: _units(key, room, frame, problems) for key, room in doc.rooms.items()}
    open_ = weeks.constant(frame.window.start, frame.window.until, False)
    rooms = {key: _room(key, room, units[key], open_, frame, problems) for key, room in doc.rooms.items()}
    context = Context(doc, frame, rooms, units, problems, managed(doc))
    _check_room_ids(context)
    plans = rate_plans(context)
    allotted = allocations(context)
    return Property(
        slug=slug,
        id=doc.id,
        name=doc.name,
        country=doc.country,
        currency=doc.currency,
        timezone=doc.timezone,
        file=file,
        window=frame.window,
        rooms=rooms,
        rate_plans=plans,
        providers=links(doc, credentials, problems),
        mappings=mappings(context, plans),
        allocation=Calendars(allotted),
        bounds=bounds(context, allotted),
        rates_basis=doc.rates_are.basis,
        rates_tax=doc.rates_are.tax,
        manage=context.manage,
        suspended=suspensions(doc),
        retired=doc.retired,
        moves=moves(context),
    )


def _frame(doc: PropertyDoc, window: Window, problems: Problems) -> Frame:
    if WEEKEND in doc.weekend:
        problems.add("unknown-day", "`weekend` is made of days", ("weekend",), f"known: {', '.join(WEEKDAYS)}")
    weekend = frozenset(WEEKDAYS.index(name) for name in doc.weekend if name != WEEKEND)
    return Frame(window, {name: Season(s.nights, s.priority) for name, s in doc.seasons.items()}, weekend)


def _units(key: str, doc: RoomDoc, frame: Frame, problems: Problems) -> Weeks[int]:
    return calendars.values(doc.units, frame, ("rooms", key, "units"), problems) if doc.units else Weeks()


def _room(key: str, doc: RoomDoc, units: Weeks[int], open_: Weeks[bool], frame: Frame, problems: Problems) -> Room:
    keys = ("rooms", key)
    closed = open_.overlay(calendars.values(doc.closed, frame, (*keys, "closed"), problems))
    if not 1 <= doc.occupancy.base <= doc.occupancy.max:
        message = f"a price is for 1 to {doc.occupancy.max} guests, found {doc.occupancy.base}"
        problems.add("bad-guests", message, (*keys, "occupancy", "base"))
    return Room(
        key=key,
        id=doc.id,
        name=doc.name or key,
        units=units.calendar(),
        closed=closed.calendar(),
        base_occupancy=doc.occupancy.base,
        max_occupancy=doc.occupancy.max,
        retired=doc.retired,
        moved_from=doc.moved.from_ if doc.moved else None,
    )


def _check_room_ids(context: Context) -> None:
    seen: dict[str, str] = {}
    for key, room in context.rooms.items():
        if seen.setdefault(room.id, key) != key:
            message = f"`{room.id}` is already the id of room `{seen[room.id]}`"
            context.problems.add("id-used-twice", message, ("rooms", key, "id"))
