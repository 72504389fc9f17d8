"""Small realistic hotels, made up: what stays the same of one (its frame) and what its people change every week (its contents).

A frame is drawn once; two contents over it are two versions of the same hotel. Values stay inside what both extranets can express, so
that whatever differs afterwards is a mistake of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from hypothesis import strategies as st

from reconciler.model.money import smallest
from tests.scenarios.world import TODAY

Yaml = dict[str, Any]

CURRENCIES = {"EUR": 100, "USD": 120, "JPY": 12000, "KWD": 40}
"""Two, two, no and three decimals; about what a night costs."""

ZONES = ("Europe/Lisbon", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Honolulu")
"""Among them one where it is tomorrow already and one where it is yesterday still."""

ROOMS = ("single", "double", "suite")
PLAIN = ("bar", "bed_and_breakfast", "half_board", "non_refundable", "corporate")
LIMITING = ("early_bird", "last_minute", "long_stay")
POLICIES: Yaml = {
    "flex": {"type": "flexible", "deadline_hours": 24, "penalty_percentage": 0, "late_penalty": "first_night"},
    "half": {"type": "partial", "deadline_hours": 72, "penalty_percentage": 50, "late_penalty": "full"},
    "strict": {"type": "non_refundable", "deadline_hours": 0, "penalty_percentage": 100},
}
CODES: Yaml = {
    "cancellation": {"flex": "152", "half": "60", "strict": "1"},
    "meals": {"breakfast": "1", "half_board": "2"},
}
CLOSED: st.SearchStrategy[Any] = st.booleans()
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekend")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's unchanging part. `parent` is empty for a plan with prices of its own."""

    key: str
    type: str
    policy: str
    parent: str
    rooms: tuple[str, ...]
    created: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays the same of a hotel. `by_guests`: its prices differ by number of guests."""

    number: int
    currency: str
    timezone: str
    horizon: int
    rooms: tuple[str, ...]
    plans: tuple[Plan, ...]
    by_guests: bool

    @property
    def slug(self) -> str:
        return f"hotel-{self.number}"

    def id(self, *parts: object) -> str:
        """A number of its own for something at a provider."""
        return str(int(uuid5(NAMESPACE_URL, "/".join((self.slug, *map(str, parts)))).hex[:7], 16) + 1_000_000)

    def uuid(self, *parts: str) -> str:
        return str(uuid5(NAMESPACE_URL, "/".join((self.slug, *parts))))


def frames(number: int) -> st.SearchStrategy[Frame]:
    return _frame(number)


@st.composite
def _frame(draw: st.DrawFn, number: int) -> Frame:
    rooms = ROOMS[: draw(st.integers(1, 3))]
    plans = [Plan("BAR", "bar", draw(st.sampled_from(("flex", "half"))), "", rooms)]
    for count in range(draw(st.integers(0, 3))):
        plans.append(draw(_plan(f"PLAN{count}", plans, rooms)))
    return Frame(
        number,
        draw(st.sampled_from(tuple(CURRENCIES))),
        draw(st.sampled_from(ZONES)),
        draw(st.integers(7, 60)),
        rooms,
        tuple(plans),
        draw(st.booleans()),
    )


@st.composite
def _plan(draw: st.DrawFn, key: str, others: list[Plan], rooms: tuple[str, ...]) -> Plan:
    parents = [other for other in others if other.type in PLAIN]
    parent = draw(st.sampled_from([None, *parents]))
    return Plan(
        key,
        draw(st.sampled_from(PLAIN[1:] + LIMITING)),
        draw(st.sampled_from(tuple(POLICIES))),
        parent.key if parent else "",
        draw(st.sampled_from([rooms, rooms[:1]])) if parent is None or parent.rooms == rooms else parent.rooms,
        draw(st.integers(0, 3)) == 0,
    )


@st.composite
def contents(draw: st.DrawFn, frame: Frame) -> Yaml:
    """A property document over the frame."""
    seasons = {
        name: {"nights": draw(_nights(frame)), "priority": priority}
        for priority, name in enumerate(draw(st.sampled_from(((), ("fair",), ("fair", "feast")))), start=1)
    }
    units = draw(_calendar(frame, seasons, st.integers(1, 9), default=True))
    return {
        "kind": "Property",
        "id": frame.uuid("property"),
        "name": f"Hotel {frame.number}",
        "country": "PT",
        "currency": frame.currency,
        "timezone": frame.timezone,
        "horizon": frame.horizon,
        "seasons": seasons,
        "cancellation_policies": POLICIES,
        "providers": {
            "expedia": {"property_id": frame.id("expedia")},
            "booking.com": {"hotel_id": frame.id("booking.com"), "codes": CODES},
        },
        "rooms": {room: draw(_room(frame, room, seasons, units)) for room in frame.rooms},
        "mappings": _mappings(frame),
        "allocation": {"*": draw(_calendar(frame, seasons, _shares(), default=True))},
        "rate_plans": {plan.key: draw(_rate_plan(frame, plan, seasons)) for plan in frame.plans},
    }


@st.composite
def _room(draw: st.DrawFn, frame: Frame, room: str, seasons: Yaml, units: Yaml) -> Yaml:
    return {
        "id": frame.uuid("room", room),
        "name": room.title(),
        "units": units,
        "occupancy": {"base": 2, "max": 2},
        "closed": draw(_calendar(frame, seasons, CLOSED, default=False)) if draw(st.booleans()) else {},
    }


def _mappings(frame: Frame) -> Yaml:
    def id_(provider: str, plan: Plan, *room: str) -> str:
        return "create" if plan.created else frame.id(provider, plan.key, *room)

    return {
        "expedia": {
            "rooms": {room: frame.id("expedia", room) for room in frame.rooms},
            "rate_plans": {plan.key: {room: id_("expedia", plan, room) for room in plan.rooms} for plan in frame.plans},
        },
        "booking.com": {
            "rooms": {room: frame.id("booking.com", room) for room in frame.rooms},
            "rate_plans": {plan.key: id_("booking.com", plan) for plan in frame.plans},
        },
    }


@st.composite
def _rate_plan(draw: st.DrawFn, frame: Frame, plan: Plan, seasons: Yaml) -> Yaml:
    document: Yaml = {
        "name": f"{plan.key.title()} {draw(st.sampled_from(('Rate', 'Offer', 'Rate & more')))}",
        "type": plan.type,
        "base": plan.key == "BAR",
        "on_unsupported": "skip" if plan.type == "corporate" else "error",
        "cancellation": plan.policy,
        "rooms": list(plan.rooms),
        "restrictions": draw(_calendar(frame, seasons, _limits(), default=False)) if draw(st.booleans()) else {},
    }
    if plan.parent:
        document["derive"] = {"from": plan.parent, "change": draw(_change(frame)), "round": draw(_rounding(frame))}
        document["rates"] = draw(st.one_of(st.just({}), _rates(frame, plan.rooms[:1], seasons, default=False)))
    else:
        document["rates"] = draw(_rates(frame, plan.rooms, seasons, default=draw(st.integers(0, 3)) > 0))
        if frame.by_guests:
            document["occupancy"] = {"1": draw(st.sampled_from(("-10%", "-25%")))}
    if draw(st.integers(0, 3)) == 0:
        document["providers"] = {draw(st.sampled_from(("expedia", "booking.com"))): {"change": "3%"}}
    return document


@st.composite
def _rates(draw: st.DrawFn, frame: Frame, rooms: tuple[str, ...], seasons: Yaml, *, default: bool) -> Yaml:
    """The first room has prices of its own; each other too, or derives from it."""
    prices = _amounts(frame)
    rates: Yaml = {rooms[0]: draw(_calendar(frame, seasons, prices, default=default))}
    for room in rooms[1:]:
        if draw(st.booleans()):
            rates[room] = draw(_calendar(frame, seasons, prices, default=default))
        else:
            rates[room] = {
                "derive": {"from": rooms[0], "change": draw(_change(frame)), "round": draw(_rounding(frame))}
            }
    return rates


def _amounts(frame: Frame) -> st.SearchStrategy[Decimal]:
    usual, step = CURRENCIES[frame.currency], smallest(frame.currency)
    return st.integers(int(usual // 2 / step), int(usual * 3 / step)).map(lambda steps: steps * step)


def _change(frame: Frame) -> st.SearchStrategy[Any]:
    percent = st.integers(-30, 30).filter(bool).map(lambda number: f"{number}%")
    return st.one_of(percent, st.integers(1, CURRENCIES[frame.currency]).map(Decimal))


def _rounding(frame: Frame) -> st.SearchStrategy[Yaml]:
    step = smallest(frame.currency)
    to = st.sampled_from((step, step * 5, step * 100))
    return st.one_of(st.just({}), st.fixed_dictionaries({"to": to, "mode": st.sampled_from(("nearest", "up", "down"))}))


def _limits() -> st.SearchStrategy[Yaml]:
    """Stays that never contradict each other, whatever is merged over what."""
    return st.fixed_dictionaries(
        {},
        optional={
            "min_stay": st.integers(1, 7),
            "max_stay": st.integers(10, 28),
            "closed": st.booleans(),
            "closed_to_arrival": st.booleans(),
            "closed_to_departure": st.booleans(),
        },
    ).filter(bool)


def _shares() -> st.SearchStrategy[Yaml]:
    """Who may sell how much; never more than there is."""
    return st.tuples(st.integers(0, 40), st.integers(0, 60), st.integers(0, 20)).map(
        lambda share: {"expedia": f"{share[0]}%", "booking.com": f"{share[1]}%", "overbooking": f"{share[2]}%"}
    )


@st.composite
def _nights(draw: st.DrawFn, frame: Frame) -> str:
    start = TODAY + timedelta(days=draw(st.integers(-3, frame.horizon + 3)))
    last = start + timedelta(days=draw(st.integers(0, 12)))
    return f"{_iso(start)}..{_iso(last)}"


def _iso(night: date) -> str:
    return night.isoformat()


@st.composite
def _calendar(
    draw: st.DrawFn, frame: Frame, seasons: Mapping[str, Any], values: st.SearchStrategy[Any], *, default: bool
) -> Yaml:
    """Any of default, days, seasons and overrides."""
    calendar: Yaml = {"default": draw(values)} if default or draw(st.booleans()) else {}
    if draw(st.booleans()):
        calendar["days"] = draw(st.dictionaries(st.sampled_from(WEEKDAYS[4:]), values, max_size=2))
    if draw(st.booleans()) and seasons:
        calendar["seasons"] = {name: {"default": draw(values)} for name in draw(st.sampled_from(_subsets(seasons)))}
    if draw(st.booleans()) or not calendar:
        calendar["overrides"] = {"once": {"nights": draw(_nights(frame)), "set": draw(values)}}
    return calendar


def _subsets(seasons: Mapping[str, Any]) -> list[tuple[str, ...]]:
    names = tuple(seasons)
    return [names, names[:1], names[-1:]]


def written(value: Any) -> str:
    """A document as YAML on one line: numbers bare and exact, text quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value)


def document(contents: Yaml) -> str:
    """The property file."""
    return "".join(f"{key}: {written(value)}\n" for key, value in contents.items())
