"""What a rule in YAML sees of a change: one set of variables for each line of nights in a plan, or for a document as a whole.

A line is a period with weekdays, as plans show it: a year of weekend prices is two lines and not a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from reconciler.engine.planner import calendar_of
from reconciler.kinds import KINDS
from reconciler.kinds.parts import parts
from reconciler.model.address import Address
from reconciler.model.calendar import WEEKDAYS, Changed, Pattern, merge, patterns
from reconciler.model.plan import Action, Operation
from reconciler.model.property import PlanType, Property
from reconciler.model.state import Allotments, Availability, Price, Restrictions, Value

Facts = Mapping[str, Any]
"""By the name of the variable: texts, whole numbers, decimals, flags, lists and mappings of them."""

VARIABLES: Mapping[str, tuple[str, str]] = {
    "environment": ("string", "where the run works, such as `production`"),
    "property": ("string", "the hotel's short name"),
    "country": ("string", "its country, such as `PT`"),
    "currency": ("string", "its currency, such as `EUR`"),
    "target": ("string", "where the change is made: `database`, `expedia`, `booking.com`"),
    "provider": ("string", "the provider it is about, also in the database; empty for an allocation"),
    "kind": ("string", "what changes: `rates`, `restrictions`, `availability`, `allocation`, `rate_plan`, …"),
    "room": ("string", "the room's key; empty where the change is about no room"),
    "plan": ("string", "the rate plan's key; empty where the change is about no plan"),
    "plan_type": ("string", "the rate plan's type, such as `bar`; empty without a plan"),
    "action": ("string", "`create`, `update` or `delete`"),
    "label": ("string", "`horizon` for nights that enter the horizon, `lower` or `raise` for units; else empty"),
    "nights": ("int", "how many nights; 0 for what does not vary by night"),
    "from": ("string", "the first night, `2027-06-15`; empty for what does not vary by night"),
    "until": ("string", "the day after the last night"),
    "weekdays": (
        "list(string)",
        "the weekdays of the nights from `from` up to `until` that it is about: `mon`, `tue`, …",
    ),
    "days_ahead": ("int", "days from the hotel's today to the first night"),
    "before": ("map(string, dyn)", "what is there; without fields where nothing is known"),
    "after": ("map(string, dyn)", "what is wanted; without fields where it is taken away"),
    "percent": ("dyn", "by how much a price changes, in percent (-12.5); 0 where there is no price to compare"),
}
"""By name: the type in CEL, and what it is."""

_NOTHING: Facts = {"nights": 0, "from": "", "until": "", "weekdays": [], "days_ahead": 0, "percent": 0}


class Seen(NamedTuple):
    """The variables, and the nights that they are about (None for a document)."""

    nights: Pattern[Any] | None
    facts: Facts


def seen(op: Operation, hotel: Property | None, environment: str) -> Iterator[Seen]:
    """What a rule sees of an operation. `hotel`: None for what belongs to no property."""
    known = {"environment": environment, **_known(op, hotel)}
    if KINDS[op.address.kind].dated:
        today = hotel.window.start if hotel else date.min
        for line in patterns(merge(calendar_of(op.change.before), calendar_of(op.change.after), Changed)):
            yield Seen(line, {**known, **_night_facts(line, today)})
    else:
        yield Seen(None, {**known, **_NOTHING, "before": _value(op.change.before), "after": _value(op.change.after)})


def samples() -> Iterator[tuple[str, Facts]]:
    """A change of each kind that varies by night, a first one, one that takes away, and one of a document; each with its name."""
    for kind, value in _SAMPLES.items():
        line = Pattern(date(2030, 1, 7), date(2030, 1, 9), frozenset({0, 1}), Changed(value, value))
        for what, changed in (
            ("a change", line.value),
            ("a first send", Changed(None, value)),
            ("the end", Changed(value, None)),
        ):
            yield f"{what} of {kind}", {**_sample(kind), **_night_facts(line._replace(value=changed), date(2030, 1, 1))}
    yield "a change of rate_plan", {**_sample("rate_plan"), **_NOTHING, "before": {}, "after": {}}


def _known(op: Operation, hotel: Property | None) -> dict[str, Any]:
    provider, room, plan = parts(op.address)
    kept = hotel.rate_plans.get(plan) if hotel else None
    return {
        "property": op.address.property,
        "country": hotel.country if hotel else "",
        "currency": hotel.currency if hotel else "",
        "target": op.address.target,
        "provider": provider,
        "kind": op.address.kind,
        "room": room,
        "plan": plan,
        "plan_type": kept.type.value if kept else "",
        "action": op.change.action.value,
        "label": op.label.value,
    }


def _night_facts(line: Pattern[Changed[Any]], today: date) -> dict[str, Any]:
    return {
        "nights": line.nights,
        "from": line.start.isoformat(),
        "until": line.until.isoformat(),
        "weekdays": [WEEKDAYS[day] for day in sorted(line.days)],
        "days_ahead": (line.start - today).days,
        "before": _fields(line.value.before),
        "after": _fields(line.value.after),
        "percent": _percent(line.value),
    }


def _fields(value: object) -> dict[str, Any]:
    """A night's value by field; fields that say nothing are left out."""
    if isinstance(value, Price):
        return {"price": value.amount, "guests": {str(number): amount for number, amount in value.guests}}
    if isinstance(value, Allotments):
        return {"units": value.units, **dict(value.channels), "overbooking": value.overbooking}
    if value is None or not is_dataclass(value):
        return {}
    said = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: one for name, one in said.items() if one is not None}


def _percent(changed: Changed[Any]) -> Decimal | int:
    before, after = changed
    if not isinstance(before, Price) or not isinstance(after, Price) or not before.amount:
        return 0
    return (after.amount - before.amount) * 100 / before.amount


def _value(document: Value | None) -> dict[str, Any]:
    return {k: v for k, v in document.items() if v is not None} if isinstance(document, Mapping) else {}


def _sample(kind: str) -> dict[str, Any]:
    texts = dict.fromkeys((name for name, (type_, _) in VARIABLES.items() if type_ == "string"), "")
    address = Address("hotel", "expedia", kind, ("double", "BAR"))
    named = {"property": address.property, "target": address.target, "provider": address.target, "kind": kind}
    return {
        **texts,
        **named,
        "room": "double",
        "plan": "BAR",
        "plan_type": PlanType.BAR.value,
        "action": Action.UPDATE.value,
    }


_SAMPLES: Mapping[str, object] = {
    "rates": Price(Decimal("120.00"), ((1, Decimal("110.00")),)),
    "restrictions": Restrictions(1, 28, 1, 28, min_advance_days=0, max_advance_days=365),
    "availability": Availability(10),
    "allocation": Allotments(20, (("direct", 6), ("booking.com", 7), ("expedia", 7)), 1),
}
