"""The verbs `close` and `open`: a room off sale now, at every provider, whatever git says; and git's word again.

Closing sends nothing but the closing: what else differs on those nights is for a plan. Opening is an ordinary plan of the room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reconciler.engine.planner import calendar_of, within
from reconciler.load import Loaded
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.model.plan import Operation, Plan, Scope
from reconciler.model.property import Manage, Property
from reconciler.policy import rules
from reconciler.runtime.closures import nights_of
from reconciler.runtime.planning import plan_property
from reconciler.runtime.site import Site


@dataclass(frozen=True, slots=True)
class Closing:
    """A plan that closes rooms, the site to apply it in, and what could not be looked at or is not git's to close."""

    site: Site
    plan: Plan
    failed: tuple[Diagnostic, ...]


def room_targets(hotel: Property, rooms: Sequence[str]) -> tuple[str, ...]:
    """Globs over everything that providers have of these rooms."""
    ends = [end for room in rooms for end in (room, f"{room}/*")]
    return tuple(f"{hotel.slug}/{provider}/*/{end}" for provider in sorted(hotel.providers) for end in ends)


def closing(site: Site, hotel: Property, rooms: Sequence[str]) -> Closing:
    """The plan that closes what the property's closures say of these rooms. Nothing else of the property is in it.

    It is not stopped by suspensions, checks or files that are not committed: it takes off sale, and waits for nobody.
    """
    free = replace(hotel, suspended={})
    here = replace(
        site,
        scope=Scope((hotel.slug,), room_targets(hotel, rooms)),
        loaded=_with(site.loaded, free),
        environment=replace(site.environment, require_commit=False),
    )
    found = plan_property(here, free)
    steps = [step for op in found.operations if (step := _closed_alone(free, op)) is not None]
    failed = [f for survey in found.surveys for f in survey.findings if f.severity is Severity.ERROR]
    plan = Plan(
        environment=site.environment.name,
        as_of=site.now,
        workspace_digest=site.loaded.digest,
        scope=here.scope,
        operations=tuple(steps),
        properties=(hotel.slug,),
        messages=found.messages,
        commit=site.commit,
        consents=tuple(sorted(rules(site.loaded.workspace.policies))),
    )
    return Closing(here, plan, in_order([*failed, *_not_owned(hotel)]))


def _with(loaded: Loaded, hotel: Property) -> Loaded:
    return replace(loaded, properties=tuple(hotel if one.slug == hotel.slug else one for one in loaded.properties))


def _closed_alone(hotel: Property, op: Operation) -> Operation | None:
    """The operation with nothing in it but the closing of nights that are closed by hand; None for one that has none."""
    if op.address.kind not in ("availability", "restrictions"):
        return None
    closed: Calendar[bool] = Calendar()
    for closure in hotel.closures:
        if closure.room == op.address.key[0]:
            closed = closed.overlay(nights_of(hotel, closure))

    def turned(before: Any, after: Any) -> Any:
        if after is None or not after.closed or (before is not None and before.closed):
            return None
        return after if before is None else replace(before, closed=True)

    after = merge(calendar_of(op.change.before), calendar_of(op.change.after), turned).keep(closed)
    if not after:
        return None
    return Operation(op.id, replace(within(op.change, after.covered()), after=after))


def _not_owned(hotel: Property) -> Iterator[Diagnostic]:
    for provider in sorted(hotel.providers):
        if hotel.manages(provider, "availability") is not Manage.YES:
            yield Diagnostic(
                "not-closed-there",
                f"git does not own availability at {provider}, so nothing is closed or opened there",
                hint="do it in its extranet",
                address=str(Address(hotel.slug, provider, "availability", ("*",))),
            )
