"""Who derives from whom: the order in which plans, and rooms within a plan, are worked out; cycles by name; a plan's rooms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.load.context import Context
from reconciler.load.problems import Keys


def parents_first(parents: Mapping[str, str | None]) -> tuple[list[str], list[list[str]]]:
    """The names with each parent before its children, and the cycles. What hangs on a cycle or on an unknown name is left out."""
    state: dict[str, bool] = {}
    ordered: list[str] = []
    cycles: list[list[str]] = []
    for name in parents:
        chain = _chain(name, parents, state)
        last = chain[-1]
        above = parents.get(last)
        if above in chain and last not in state:
            cycles.append(chain[chain.index(above) :])
        sound = state.get(last, above is None and last in parents)
        for one in reversed(chain):
            if one not in state:
                state[one] = sound and one in parents
                ordered += [one] if state[one] else []
    return ordered, cycles


def _chain(name: str, parents: Mapping[str, str | None], state: Mapping[str, bool]) -> list[str]:
    """From the name upwards, to the top, to something known, or once around."""
    chain = [name]
    while chain[-1] not in state:
        above = parents.get(chain[-1])
        if above is None or above in chain:
            break
        chain.append(above)
    return chain


def plans_in_order(context: Context) -> list[str]:
    """The plans that can be worked out, parents first."""
    plans = context.doc.rate_plans
    for name, plan in plans.items():
        if plan.derive is not None and plan.derive.from_ not in plans:
            known = [other for other in plans if other != name]
            context.problems.unknown("rate plan", plan.derive.from_, known, ("rate_plans", name, "derive", "from"))
    parents = {name: plan.derive.from_ if plan.derive else None for name, plan in plans.items()}
    return _ordered(context, parents, ("rate_plans",), ("derive", "from"))


def rooms_in_order(context: Context, plan: str, rooms: Iterable[str]) -> list[str]:
    """The rooms of a plan that can be worked out, rooms before those that derive from them."""
    rates = context.plan(plan).rates
    known = list(rooms)
    parents: dict[str, str | None] = {}
    for room in known:
        derive = rates[room].derive if room in rates else None
        parents[room] = derive.from_ if derive else None
        if derive and derive.from_ not in known:
            keys = ("rate_plans", plan, "rates", room, "derive", "from")
            context.problems.unknown("room", derive.from_, [other for other in known if other != room], keys)
    return _ordered(context, parents, ("rate_plans", plan, "rates"), ("derive", "from"))


def _ordered(context: Context, parents: Mapping[str, str | None], before: Keys, behind: Keys) -> list[str]:
    ordered, cycles = parents_first(parents)
    for cycle in cycles:
        first = min(cycle)
        around = cycle[cycle.index(first) :] + cycle[: cycle.index(first)]
        named = " → ".join([*around, first])
        context.problems.add("derivation-cycle", f"derived in a circle: {named}", (*before, first, *behind))
    return ordered


def plan_rooms(context: Context, name: str, parent_rooms: tuple[str, ...] | None) -> tuple[str, ...]:
    """The rooms that a plan is for, in the order of the property's rooms.

    Those with rates of their own and those of its parent; all rooms where it has neither; limited by `rooms`.
    """
    plan = context.plan(name)
    for room in plan.rates:
        _known(context, room, ("rate_plans", name, "rates", room), at_key=True)
    candidates = set(plan.rates) | set(parent_rooms or ())
    if not plan.rates and parent_rooms is None:
        candidates = set(context.rooms)
    if plan.rooms is not None:
        candidates = _limited(context, name, plan.rooms, candidates)
    return tuple(room for room in context.rooms if room in candidates)


def _limited(context: Context, name: str, rooms: list[str], candidates: set[str]) -> set[str]:
    for number, room in enumerate(rooms):
        keys = ("rate_plans", name, "rooms", number)
        if _known(context, room, keys) and room not in candidates:
            message = (
                f"`{name}` has no price for room `{room}`: it has no rates of its own and its parent does not sell it"
            )
            context.problems.add("room-without-price", message, keys, "add rates for it, or leave it out")
    return candidates & set(rooms)


def _known(context: Context, room: str, keys: Keys, *, at_key: bool = False) -> bool:
    if room in context.rooms:
        return True
    context.problems.unknown("room", room, context.rooms, keys, at_key=at_key)
    return False
