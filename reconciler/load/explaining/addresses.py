"""The value at an address, explained. A dated kind is explained for one night, a document field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from reconciler.load.explaining.limits import restrictions
from reconciler.load.explaining.prices import plans_above, price
from reconciler.load.explaining.source import Source
from reconciler.load.explaining.units import allotments, closed
from reconciler.load.plan_types import IMPLIED
from reconciler.load.problems import Keys
from reconciler.model.address import DATABASE, Address
from reconciler.model.explanation import Explained, Step
from reconciler.model.property import Manage, PlanType
from reconciler.model.state import Availability, Json, NightValue, Restrictions


def explain(source: Source, address: Address, night: date) -> Explained:
    """The value of one night at the address of a dated kind, worked out once more, with every step. None: no value."""
    value, steps = _NIGHTS[address.kind](source, address, night)
    return Explained(str(address), value, tuple(steps), night)


def _key(address: Address) -> tuple[str, ...]:
    """Room and plan; in the database a provider stands before them."""
    return address.key[1:] if address.target == DATABASE and address.kind != "allocation" else address.key


def _channel(address: Address) -> str:
    return address.key[0] if address.target == DATABASE else address.target


def _rates(source: Source, address: Address, night: date) -> tuple[NightValue | None, list[Step]]:
    room, plan = _key(address)
    return price(source, plan, room, _channel(address), night)


def _restrictions(source: Source, address: Address, night: date) -> tuple[NightValue | None, list[Step]]:
    room, plan = _key(address)
    value, steps = restrictions(source, plan, room, night)
    if address.target == DATABASE:
        return value, steps
    unpriced = source.hotel.manages(address.target, "rates") is Manage.YES
    if unpriced and price(source, plan, room, address.target, night)[0] is None:
        steps.append(Step(True, "no price on this night", None, (), "closed"))
    if why := _retired(source, address.target, room, plan):
        steps.append(Step(True, why, None, (), "closed"))
    held = {step.of: step.value for step in steps}
    return Restrictions(**{name: v for name, v in held.items() if v is not None}), steps


def _retired(source: Source, provider: str, room: str, plan: str = "") -> str:
    hotel = source.hotel
    if hotel.retired_at(provider):
        return "retired there"
    if hotel.rooms[room].retired:
        return f"room {room} is retired"
    return f"{plan} is retired" if plan and hotel.rate_plans[plan].retired else ""


def _allocation(source: Source, address: Address, night: date) -> tuple[NightValue | None, list[Step]]:
    return allotments(source, address.key[0], night)


def _availability(source: Source, address: Address, night: date) -> tuple[NightValue | None, list[Step]]:
    (room,) = address.key
    found, steps = allotments(source, room, night)
    shut, more = closed(source, room, night)
    if why := _retired(source, address.target, room):
        shut = True
        more.append(Step(True, why, None, (), "closed"))
    wanted = {address.target, "units"}
    kept = [step for step in steps if step.of in wanted]
    return (None if found is None else Availability(found.of(address.target), shut)), [*kept, *more]


_Night = Callable[[Source, Address, date], tuple[NightValue | None, list[Step]]]
_NIGHTS: Mapping[str, _Night] = {
    "rates": _rates,
    "restrictions": _restrictions,
    "allocation": _allocation,
    "availability": _availability,
}
DATED = frozenset(_NIGHTS)
"""The kinds that are explained for a night."""


def fields_of(source: Source, address: Address, document: Mapping[str, Json]) -> Explained:
    """A document, each field with the line that gave it, or what it follows from where none did."""
    found = [
        _field(source, address, f"{name}.{inner}" if inner else name, value)
        for name, whole in document.items()
        for inner, value in (whole.items() if isinstance(whole, dict) else [("", whole)])
    ]
    return Explained(str(address), dict(document), tuple(found))


def _field(source: Source, address: Address, name: str, value: Any) -> Step:
    for keys, rule in _origins(source, address, name):
        places = source.places(keys)
        if places:
            return Step(value, rule, places[0], places[1:], name)
    return Step(value, _unwritten(source, address, name), None, (), name)


def _origins(source: Source, address: Address, name: str) -> list[tuple[Keys, str]]:
    """Where a field may be written, the nearest first."""
    if address.kind in ("integration", "schedule"):
        link = ("providers", address.key[0])
        return [((*link, _LINK.get(name, name.rpartition(".")[2])), "as written")]
    if address.kind == "mapping":
        provider, room = address.key
        if name == "external_room_id":
            return [(("mappings", provider, "rooms", room), "as written")]
        return [(("rooms", room, "retired"), "retired")] if name == "is_active" else []
    return _plan_origins(source, address, name)


_LINK = {"is_enabled": "retired", "integration_name": "integration_name"}
_PLAN = {
    "rate_plan_name": "name", "name": "name", "meal_plan": "meal_plan", "is_active": "retired", "active": "retired",
    "configuration.plan_type": "type", "category": "type", "rate_plan_type": "cancellation",
}  # fmt: skip
_LIMITS = {
    "min_length_of_stay": "min_stay", "max_length_of_stay": "max_stay", "advance_booking_days": "max_advance_days",
    "configuration.min_advance_days": "min_advance_days", "min_advance_days": "min_advance_days", "max_advance_days": "max_advance_days",
}  # fmt: skip


def _plan_origins(source: Source, address: Address, name: str) -> list[tuple[Keys, str]]:
    room, plan = _key(address)
    provider = _channel(address)
    head = name.partition(".")[0]
    if name == "configuration.external_rate_plan_id":
        there: Keys = ("mappings", provider, "rate_plans", plan)
        return [((*there, room), "as written"), (there, "as written")]
    if name == "configuration.discount_from_bar":
        return [(("rate_plans", plan, "derive", "change"), "off the best rate")]
    if name == "base_rate":
        return [
            (("rate_plans", one, "rates", room, "default"), f"from the default of {one}")
            for one in plans_above(source, plan)
        ]
    if name == "currency":
        return [(("currency",), "as written")]
    if name in _LIMITS:
        return [
            (("rate_plans", one, "restrictions", "default", _LIMITS[name]), f"default of {one}")
            for one in plans_above(source, plan)
        ]
    if head in ("cancellation", "cancellation_policy", "rate_plan_type"):
        return [(("rate_plans", one, "cancellation"), f"policy of {one}") for one in plans_above(source, plan)]
    if head == "meal_plan":
        return [(("rate_plans", one, "meal_plan"), f"of {one}") for one in plans_above(source, plan)]
    return [(("rate_plans", plan, _PLAN.get(name, name)), "as written")]


def _unwritten(source: Source, address: Address, name: str) -> str:
    """Where a field that nobody wrote comes from."""
    if address.kind == "integration":
        return {"credentials": "credentials of reconciler.yaml", "configuration": "the environment"}.get(
            name.partition(".")[0], "default"
        )
    if address.kind == "rate_plan":
        doc = source.doc.rate_plans[_key(address)[1]]
        implied = IMPLIED[PlanType(doc.type)]
        if name.startswith("cancellation") and implied.cancellation is not None:
            return f"implied by the type {doc.type}"
        if name == "meal_plan" and implied.meal_plan is not None:
            return f"implied by the type {doc.type}"
        if _LIMITS.get(name) in implied.restrictions:
            return f"implied by the type {doc.type}"
    return "default"
