"""Rate plans whose entry vanished from the files, brought back as git last said them, and retired: what `--prune` plans by.

Only what an apply of ours put there, at providers and for rooms that git still names. What others made is never among it, and neither is
a plan that goes on under another key: one that was moved, or whose id is another's by now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from reconciler.engine.planner import calendar_of
from reconciler.kinds.contract import ASSIGNED
from reconciler.kinds.rate_plan import DEFAULT_ADVANCE_DAYS
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Applied
from reconciler.model.property import Cancellation, Mappings, PlanType, Property, RatePlan
from reconciler.model.state import Restrictions

Rows = Mapping[tuple[str, str], Mapping[str, Any]]
"""The last applied rows of one plan, by (provider, room)."""


def with_vanished(hotel: Property, applied: Mapping[Address, Applied]) -> Property:
    """The property with the plans that vanished, retired."""
    found: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for provider, room, plan, row in _rows(hotel, applied):
        found.setdefault(plan, {})[provider, room] = row
    plans = {key: _plan(hotel, key, rows, applied) for key, rows in sorted(found.items())}
    mappings = dict(hotel.mappings)
    for key, rows in found.items():
        for (provider, room), row in rows.items():
            there = mappings[provider]
            mappings[provider] = Mappings(there.rooms, {**there.plans, (room, key): _id(row)})
    return replace(hotel, rate_plans={**hotel.rate_plans, **plans}, mappings=mappings)


def _rows(hotel: Property, applied: Mapping[Address, Applied]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for address, last in applied.items():
        if (address.target, address.kind) != (DATABASE, "rate_plan") or isinstance(last.value, Calendar):
            continue
        provider, room, plan = address.key
        if plan in hotel.rate_plans or plan in hotel.moves.plans or provider not in hotel.mappings:
            continue
        there = hotel.mappings[provider]
        if room in hotel.rooms and room in there.rooms and _id(last.value) not in (ASSIGNED, *there.plans.values()):
            yield provider, room, plan, last.value


def _id(row: Mapping[str, Any]) -> str:
    return str(row["configuration"]["external_rate_plan_id"])


def _plan(hotel: Property, key: str, rows: Rows, applied: Mapping[Address, Applied]) -> RatePlan:
    row = next(iter(rows.values()))
    configuration, policy = row["configuration"], row["cancellation_policy"]
    discount = configuration.get("discount_from_bar")

    def last(target: str, kind: str, *parts: str) -> Applied | None:
        return applied.get(Address(hotel.slug, target, kind, (*parts, key)))

    def nights(kind: str, provider: str, room: str) -> Calendar[Any]:
        known = last(DATABASE, kind, provider, room)
        return calendar_of(known.value if known else None)

    return RatePlan(
        key=key,
        name=row["rate_plan_name"],
        type=PlanType(configuration["plan_type"]),
        base=False,
        rooms=tuple(sorted({room for _, room in rows})),
        prices={(room, provider): nights("rates", provider, room) for provider, room in rows},
        base_rates={
            (room, provider): Decimal(one["base_rate"])
            for (provider, room), one in rows.items()
            if one["base_rate"] is not None
        },
        restrictions={room: nights("restrictions", provider, room) for provider, room in rows},
        base_restrictions={room: _base(one) for (_, room), one in rows.items()},
        cancellation=Cancellation(**policy) if policy else None,
        meal_plan=row["meal_plan"],
        discount_from_bar=None if discount is None else Decimal(discount),
        linked=frozenset(p for p in hotel.mappings if not any(last(p, "rate_plan", room) for _, room in rows)),
        retired=True,
    )


def _base(row: Mapping[str, Any]) -> Restrictions:
    """The restrictions that the columns of a row come from."""
    advance = row["advance_booking_days"]
    return Restrictions(
        min_stay=row["min_length_of_stay"],
        max_stay=row["max_length_of_stay"],
        min_advance_days=row["configuration"].get("min_advance_days"),
        max_advance_days=None if advance == DEFAULT_ADVANCE_DAYS else advance,
    )
