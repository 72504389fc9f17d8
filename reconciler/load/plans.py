"""Rate plans, parents first: rooms, prices, restrictions, and what the type or the parent says where the plan does not."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from reconciler.load.context import Context
from reconciler.load.document import CancellationDoc
from reconciler.load.documents import RatePlanDoc
from reconciler.load.families import plan_rooms, plans_in_order
from reconciler.load.limits import Limits, plan_limits
from reconciler.load.plan_types import IMPLIED
from reconciler.load.pricing import Prices, at, plan_prices
from reconciler.load.weeks import Calendars
from reconciler.model.property import PROVIDERS, Cancellation, PlanType, RatePlan


@dataclass(frozen=True, slots=True)
class _Worked:
    """A plan that was worked out, with what its children start from."""

    plan: RatePlan
    prices: Prices
    limits: dict[str, Limits]


def rate_plans(context: Context) -> dict[str, RatePlan]:
    """Every plan that can be worked out, in the order in which they are written."""
    worked: dict[str, _Worked] = {}
    for name in plans_in_order(context):
        derive = context.plan(name).derive
        worked[name] = _work_out(context, name, worked[derive.from_] if derive else None)
    return {name: worked[name].plan for name in context.doc.rate_plans if name in worked}


def _work_out(context: Context, name: str, parent: _Worked | None) -> _Worked:
    doc = context.plan(name)
    rooms = plan_rooms(context, name, parent.plan.rooms if parent else None)
    prices = plan_prices(context, name, rooms, parent.prices if parent else None)
    limits = plan_limits(context, name, rooms, parent.limits if parent else None)
    _check_sold(context, name, prices)
    kind = PlanType(doc.type)
    above = parent.plan if parent else None
    plan = RatePlan(
        key=name,
        name=doc.name or name,
        type=kind,
        base=doc.base,
        rooms=rooms,
        prices=Calendars(prices.nights),
        base_rates=prices.bases,
        restrictions=Calendars({room: limited.nights for room, limited in limits.items()}),
        base_restrictions={room: limited.base for room, limited in limits.items()},
        cancellation=_cancellation(context, name, above),
        meal_plan=doc.meal_plan or IMPLIED[kind].meal_plan or (above.meal_plan if above else None),
        derived_from=doc.derive.from_ if doc.derive else None,
        discount_from_bar=_discount(doc, above),
        linked=frozenset(provider for provider in PROVIDERS if at(doc, provider).linked),
        retired=doc.retired,
        skip_unsupported=doc.on_unsupported == "skip",
        public=doc.public,
        own_prices=frozenset(room for room in rooms if _has_own_price(doc, room)),
        moved_from=doc.moved.from_ if doc.moved else None,
        possible_restrictions={room: limited.possible for room, limited in limits.items()},
    )
    return _Worked(plan, prices, limits)


def _has_own_price(doc: RatePlanDoc, room: str) -> bool:
    own = doc.rates.get(room)
    return doc.derive is None and own is not None and own.derive is None


def _cancellation(context: Context, name: str, parent: RatePlan | None) -> Cancellation | None:
    """The plan's own policy, else what its type implies, else its parent's."""
    written = context.plan(name).cancellation
    policies = context.doc.cancellation_policies
    if isinstance(written, CancellationDoc):
        return policy(written)
    if written is not None:
        if written in policies:
            return policy(policies[written], written)
        context.problems.unknown("cancellation policy", written, policies, ("rate_plans", name, "cancellation"))
        return None
    implied = IMPLIED[PlanType(context.plan(name).type)].cancellation
    return implied or (parent.cancellation if parent else None)


def policy(doc: CancellationDoc, name: str | None = None) -> Cancellation:
    """A policy as the model has it."""
    return Cancellation(doc.type, doc.deadline_hours, doc.penalty_percentage, doc.late_penalty, name)


def _discount(doc: RatePlanDoc, parent: RatePlan | None) -> Decimal | None:
    """The percentage off, for a plan that is derived off a `bar` by one discount in percent."""
    if doc.derive is None or parent is None or parent.type is not PlanType.BAR or len(doc.derive.change) != 1:
        return None
    change = doc.derive.change[0]
    return -change.number if change.percent and change.number < 0 else None


def _check_sold(context: Context, name: str, prices: Prices) -> None:
    priced = prices.everywhere or any(amounts.everywhere or amounts.nights for amounts in prices.final.values())
    if not priced and not context.plan(name).retired and any(context.manages(p, "rates") for p in PROVIDERS):
        message = f"`{name}` has no price on any night in the window: it is closed wherever it is mapped"
        context.problems.warn("plan-without-prices", message, ("rate_plans", name), "add rates", at_key=True)
