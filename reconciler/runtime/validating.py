"""The verb `validate`: what the files say wrongly, by themselves and against what the providers can express."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from pathlib import Path

from reconciler.kinds.pairs import provider_pairs
from reconciler.kinds.restrictions import set_fields
from reconciler.load import Checked, Kept, Origins, check
from reconciler.load.plan_types import IMPLIED
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.explanation import Place
from reconciler.model.property import Manage, Property, RatePlan
from reconciler.model.state import Json, Restrictions
from reconciler.model.workspace import Workspace
from reconciler.policy import Case, Violation, judge

_ON_THE_PLAN = frozenset({"min_advance_days", "max_advance_days"})

Able = Callable[[Property, str], Capabilities]
"""What a provider can do for a property."""


def validate_files(
    root: Path, now: datetime, capabilities: Able, *, kept: Kept | None = None, processes: int = 1
) -> Checked:
    """All files of the workspace, with every finding."""

    def examine(hotel: Property, settings: Workspace, origins: Origins) -> Iterator[Diagnostic]:
        yield from expressible(hotel, capabilities, origins)
        yield from unhidden(hotel, capabilities, origins)
        yield from unsold(hotel, origins)
        yield from judged(hotel, settings, origins, now)

    return check(root, now=now, examine=examine, kept=kept, processes=processes)


def judged(hotel: Property, settings: Workspace, origins: Origins, now: datetime) -> Iterator[Diagnostic]:
    """What the checks find in the files of a hotel alone, with its place; never more than a warning: a plan may have consent.

    What they find of one hotel so far depends on nothing else, but for the date.
    """

    def where(violation: Violation) -> tuple[str, int, int]:
        for keys in violation.keys:
            for place in origins(keys):
                return place.file, place.line, place.column
        return "", 0, 0

    return judge(Case((), {hotel.slug: hotel}, now, everything=True), settings.policies, where=where)


def expressible(hotel: Property, capabilities: Able, origins: Origins | None = None) -> Iterator[Diagnostic]:
    """What git wants and a provider cannot express: an error that names it, unless the plan says `on_unsupported: skip`.

    With its place where places are known.
    """
    for provider in sorted(hotel.mappings):
        if hotel.manages(provider, "restrictions") is Manage.NO:
            continue
        known = capabilities(hotel, provider)
        doubtful = {key for key, plan in hotel.rate_plans.items() if not _surely_supported(plan, known)}
        for plan, calendars in _sold_there(hotel, provider, doubtful):
            problems = [problem for nights in calendars for problem in _unsupported(nights, known)]
            for field, (value, problem) in dict(reversed(problems)).items():
                place = _written(hotel, plan, (field, value), origins) if origins else Place(hotel.file, 0, 0)
                yield _finding(hotel, provider, plan, problem, place)


def unhidden(hotel: Property, capabilities: Able, origins: Origins) -> Iterator[Diagnostic]:
    """Plans that are not public, at providers that would show them to everybody."""
    for provider in sorted(hotel.mappings):
        if hotel.manages(provider, "rate_plan") is Manage.NO or hotel.retired_at(provider):
            continue
        able = "qualified" in capabilities(hotel, provider).kinds["rate_plan"].fields
        for key in () if able else sorted({plan for _, plan in hotel.mappings[provider].plans}):
            plan = hotel.rate_plans.get(key)
            if plan is not None and plan.qualified and not plan.retired:
                yield _shown_to_everybody(plan, provider, origins)


def unsold(hotel: Property, origins: Origins | None = None) -> Iterator[Diagnostic]:
    """Plans that no provider has, of a hotel whose plans are mapped at all; with their places where those are known."""
    mapped = {plan for mappings in hotel.mappings.values() for _, plan in mappings.plans}
    for key, plan in hotel.rate_plans.items() if mapped else ():
        if key not in mapped and not plan.retired and not hotel.retired:
            place = origins(("rate_plans", key))[0] if origins else Place(hotel.file, 0, 0)
            yield Diagnostic(
                "plan-sold-nowhere",
                f"rate plan `{key}` is mapped at no provider: it is sold nowhere",
                Severity.WARNING,
                hint="map it (`create` has it made there), or take it out, or say `retired: true`",
                file=place.file,
                line=place.line,
                column=place.column,
                address="" if origins else f"{hotel.slug}/{key}",
            )


def _shown_to_everybody(plan: RatePlan, provider: str, origins: Origins) -> Diagnostic:
    said = [place for name in ("public", "type") for place in origins(("rate_plans", plan.key, name))]
    return Diagnostic(
        "qualification-unsupported",
        f"the plan is not public, and {provider} shows every plan to everybody",
        Severity.WARNING if plan.skip_unsupported else Severity.ERROR,
        hint=f"take it out of the mappings of {provider}, or say `on_unsupported: skip` where your contract there hides it",
        file=said[0].file,
        line=said[0].line,
        column=said[0].column,
    )


def _surely_supported(plan: RatePlan, known: Capabilities) -> bool:
    """Whether no night needs looking at, because whatever the plan may have on one can be expressed."""
    fields = [plan.possible_restrictions.get(room) for room in plan.rooms]
    return all(possible is not None and not any(_problem(*one, known) for one in possible) for possible in set(fields))


def _sold_there(
    hotel: Property, provider: str, plans: Collection[str]
) -> Iterator[tuple[RatePlan, list[Calendar[Restrictions]]]]:
    """Those of the plans that are sold at the provider, each with the restrictions of its rooms there; the same of several rooms once."""
    found: dict[str, dict[int, Calendar[Restrictions]]] = {}
    for room, plan in provider_pairs(hotel, provider) if plans else ():
        if plan.key in plans:
            nights = plan.restrictions.get(room, Calendar())
            found.setdefault(plan.key, {})[id(nights)] = nights
    return ((hotel.rate_plans[key], list(nights.values())) for key, nights in found.items())


def _unsupported(nights: Calendar[Restrictions], known: Capabilities) -> Iterator[tuple[str, tuple[Json, str]]]:
    """Each field that is set on some night and cannot be expressed, with what is to be told; several times where nights differ."""
    for run in nights:
        for field, value in set_fields(run.value).items():
            problem = _problem(field, value, known)
            if problem is not None:
                yield field, (value, problem)


def _problem(field: str, value: Json, known: Capabilities) -> str | None:
    """Why a restriction cannot be expressed; None where it can."""
    support = known.kinds["rate_plan" if field in _ON_THE_PLAN else "restrictions"]
    if field not in support.fields:
        return f"{known.target} cannot express `{field}`"
    limits = support.limits.get(field)
    if limits and isinstance(value, int) and not limits[0] <= value <= limits[1]:
        return f"{known.target} takes `{field}` from {limits[0]} to {limits[1]}, not {value}"
    return None


def _written(hotel: Property, plan: RatePlan, leaf: tuple[str, Json], origins: Origins) -> Place:
    """Where the restriction is written: in the plan or by its type, else in the plan that it derives from."""
    here: RatePlan | None = plan
    while here is not None:
        for part in ("room_restrictions", "restrictions"):
            if found := origins(("rate_plans", here.key, part), leaf):
                return found[0]
        if leaf in IMPLIED[here.type].restrictions.items():
            return origins(("rate_plans", here.key, "type"))[0]
        here = hotel.rate_plans.get(here.derived_from or "")
    return origins(("rate_plans", plan.key))[0]


def _finding(hotel: Property, provider: str, plan: RatePlan, problem: str, place: Place) -> Diagnostic:
    skip = plan.skip_unsupported
    return Diagnostic(
        "unsupported-restriction",
        f"{problem} (rate plan {plan.key}){'; it is left out there' if skip else ''}",
        Severity.WARNING if skip else Severity.ERROR,
        hint="" if skip else "leave it out, or write `on_unsupported: skip` on the plan",
        file=place.file,
        line=place.line,
        column=place.column,
        address=f"{hotel.slug}/{provider}/restrictions/*/{plan.key}",
    )
