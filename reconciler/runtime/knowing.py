"""The verbs `status` and `lookup`: what the database knows, without asking any provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from reconciler.engine.plan_file import coverage_from_json
from reconciler.errors import DatabaseError, UsageError
from reconciler.model.diagnostics import Diagnostic, did_you_mean
from reconciler.model.journal import Applied, Run
from reconciler.model.state import Coverage
from reconciler.providers.lookup import MappedPlan, MappedRoom
from reconciler.runtime.ownership import not_owned
from reconciler.runtime.site import Site
from reconciler.runtime.suspending import suspended


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one property stands by our last word.

    `applied`: how many addresses have one; `coverage` as its last run saw it; `not_owned`: what of it is not git's.
    """

    property: str
    last_run: Run | None
    last_applied_at: datetime | None
    applied: int
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    note: str = ""
    not_owned: tuple[Diagnostic, ...] = ()


def standing(site: Site) -> list[Standing]:
    """Every property in scope."""
    runs = {run.id: run for run in site.store.runs(1000)}
    held = {holder.property: holder for holder in site.store.holders()}
    rows = []
    for hotel in site.properties():
        applied = site.store.applied(hotel.slug)
        newest = max(applied.values(), key=_at, default=None)
        holder = held.get(hotel.slug)
        notes = [f"held by run {holder.run_id[:8]}"] if holder else []
        notes += [f"{name} suspended: {why}" for name in hotel.providers if (why := suspended(site, hotel, name))]
        last = runs.get(newest.run_id or "") if newest else None
        coverage = _coverage(last, hotel.slug)
        seen = {(hotel.slug, provider): value for provider, value in coverage.items()}
        rows.append(
            Standing(
                hotel.slug,
                last,
                newest.at if newest else None,
                len(applied),
                coverage,
                "; ".join(notes),
                tuple(not_owned(hotel, site.capabilities, seen)),
            )
        )
    return rows


def _coverage(run: Run | None, slug: str) -> dict[str, Coverage]:
    told: Any = run.summary.get("coverage", []) if run else []
    return {provider: seen for (at, provider), seen in coverage_from_json(told).items() if at == slug}


def _at(applied: Applied) -> float:
    return applied.at.timestamp() if applied.at else 0.0


class Match(TypedDict):
    """One pair of the mapping, as the database has it."""

    property: str
    provider: str
    room: str
    external_room: str
    rate_plan: str
    external_rate_plan: str
    active: bool
    source: str


def find_mapping(site: Site, slug: str, provider: str, room: str | None, external: str | None) -> list[Match]:
    """The room with its plans by our key or id, or the room or plan that has an id at the provider.

    Raises UsageError for an unknown property or provider, DatabaseError naming what was looked for where it is missing or ambiguous.
    """
    hotel = next((hotel for hotel in site.properties() if hotel.slug == slug), None)
    if hotel is None:
        raise UsageError(f"there is no property `{slug}`", hint=did_you_mean(slug, [h.slug for h in site.properties()]))
    if provider not in hotel.mappings:
        raise UsageError(f"{slug} is not mapped at `{provider}`", hint=did_you_mean(provider, hotel.mappings))
    with site.mapping(hotel) as service:
        if room is not None:
            found = service.external_room(provider, room)
            plans = [plan for plan in service.plans(provider) if plan.room_id == found.room_id]
        elif any(one.external_room == external for one in service.rooms(provider)):
            found, plans = service.internal_room(provider, external or ""), []
        else:
            plans = [plan for plan in service.plans(provider) if plan.external_plan == external]
            if not plans:
                known = [room.external_room for room in service.rooms(provider)]
                known += [plan.external_plan for plan in service.plans(provider)]
                raise DatabaseError(
                    f"`{external}` is neither a room nor a rate plan that {slug} has mapped at {provider}",
                    hint=did_you_mean(external or "", known),
                )
            return [_match(slug, plan) for plan in plans]
    return [_match(slug, found), *(_match(slug, plan) for plan in plans)]


def _match(slug: str, found: MappedRoom | MappedPlan) -> Match:
    plan, external_plan = (found.plan, found.external_plan) if isinstance(found, MappedPlan) else ("", "")
    return Match(
        property=slug,
        provider=found.provider,
        room=found.room,
        external_room=found.external_room,
        rate_plan=plan,
        external_rate_plan=external_plan,
        active=found.active,
        source="database",
    )
