"""The verb `validate`: what the files say wrongly, by themselves and against what the providers can express."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reconciler.kinds.pairs import provider_pairs
from reconciler.kinds.restrictions import set_fields
from reconciler.load import Loaded, origins, workspace
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.model.property import Manage, Property, RatePlan
from reconciler.policy import Case, Violation, judge

_ON_THE_PLAN = frozenset({"min_advance_days", "max_advance_days"})

Able = Callable[[Property, str], Capabilities]
"""What a provider can do for a property."""


def validate_files(root: Path, now: datetime, capabilities: Able) -> Loaded:
    """All files of the workspace, with every finding."""
    loaded = workspace(root, now=now)
    found = [d for hotel in loaded.properties for d in expressible(hotel, capabilities)]
    found += [finding for hotel in loaded.properties for finding in not_acted_on(hotel)]
    found += judged(loaded, now)
    return replace(loaded, diagnostics=in_order([*loaded.diagnostics, *found]))


def judged(loaded: Loaded, now: datetime) -> Iterator[Diagnostic]:
    """What the checks find in the files alone, with its place; never more than a warning: a plan may have consent."""

    def where(violation: Violation) -> tuple[str, int, int]:
        for keys in violation.keys:
            for place in origins(loaded, violation.property, keys):
                return place.file, place.line, place.column
        return "", 0, 0

    hotels = {hotel.slug: hotel for hotel in loaded.properties}
    return judge(Case((), hotels, now, everything=True), loaded.workspace.policies, where=where)


def not_acted_on(hotel: Property) -> Iterator[Diagnostic]:
    """A warning for what a file says and this version does not do yet: nobody shall rely on it."""
    moved = [key for key, room in hotel.rooms.items() if room.moved_from]
    moved += [key for key, plan in hotel.rate_plans.items() if plan.moved_from]
    for key in sorted(moved):
        yield Diagnostic(
            "not-available-yet",
            f"`{key}.moved` is not acted on by this version",
            Severity.WARNING,
            hint="the old key's rows and plans stay as they are",
            file=hotel.file,
        )


def expressible(hotel: Property, capabilities: Able) -> Iterator[Diagnostic]:
    """What git wants and a provider cannot express: an error that names it, unless the plan says `on_unsupported: skip`."""
    for provider in sorted(hotel.mappings):
        if hotel.manages(provider, "restrictions") is Manage.NO:
            continue
        known = capabilities(hotel, provider)
        seen: set[tuple[str, str]] = set()
        for room, plan in provider_pairs(hotel, provider):
            for field, problem in _unsupported(plan, room, known):
                if (plan.key, field) not in seen:
                    seen.add((plan.key, field))
                    yield _finding(hotel, provider, plan, problem)


def _unsupported(plan: RatePlan, room: str, known: Capabilities) -> Iterator[tuple[str, str]]:
    nightly, on_plan = known.kinds["restrictions"], known.kinds["rate_plan"]
    for run in plan.restrictions.get(room, ()):
        for field, value in set_fields(run.value).items():
            support = on_plan if field in _ON_THE_PLAN else nightly
            if field not in support.fields:
                yield field, f"{known.target} cannot express `{field}`"
            elif (
                (limits := support.limits.get(field)) and isinstance(value, int) and not limits[0] <= value <= limits[1]
            ):
                yield field, f"{known.target} takes `{field}` from {limits[0]} to {limits[1]}, not {value}"


def _finding(hotel: Property, provider: str, plan: RatePlan, problem: str) -> Diagnostic:
    skip = plan.skip_unsupported
    return Diagnostic(
        "unsupported-restriction",
        f"{problem} (rate plan {plan.key}){'; it is left out there' if skip else ''}",
        Severity.WARNING if skip else Severity.ERROR,
        hint="" if skip else "leave it out, or write `on_unsupported: skip` on the plan",
        file=hotel.file,
        address=f"{hotel.slug}/{provider}/restrictions/*/{plan.key}",
    )
