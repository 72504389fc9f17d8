"""The verb `plan`: what would change, everywhere in scope. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from reconciler.engine.planner import calendar_of, operations
from reconciler.errors import RefusedError
from reconciler.load.sources import sources
from reconciler.model.address import DATABASE, WORKSPACE, Address
from reconciler.model.calendar import merge
from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.model.journal import Applied
from reconciler.model.plan import Operation, Plan
from reconciler.model.policies import CODE
from reconciler.model.property import Property
from reconciler.model.state import Availability, Coverage
from reconciler.model.workspace import OVERLAP
from reconciler.policy import judge
from reconciler.providers.contract import Pending, Target
from reconciler.runtime.allotting import closing
from reconciler.runtime.closures import closed_by_hand
from reconciler.runtime.judging import case_of, counts_of
from reconciler.runtime.ownership import not_owned
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.survey import Survey, survey_property, survey_workspace, trusted
from reconciler.runtime.suspending import suspended
from reconciler.runtime.validating import unsold

A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One property (or the workspace) as planned."""

    slug: str
    surveys: tuple[Survey, ...]
    operations: tuple[Operation, ...]
    messages: int


def make_plan(site: Site, consents: Sequence[str] = ()) -> Plan:
    """The plan for everything in scope. Raises FilesError for bad files, RefusedError for a database of another environment."""
    hotels = site.properties()
    require_environment(site)
    planned = [*in_parallel(site, hotels, lambda hotel: plan_property(site, hotel)), *plan_workspace(site)]
    planned.sort(key=lambda item: item.slug)
    steps = _sourced(site, tuple(step for item in planned for step in item.operations))
    surveys = [survey for item in planned for survey in item.surveys]
    findings = [finding for survey in surveys for finding in survey.findings]
    findings += [d for d in site.loaded.diagnostics if d.severity is not Severity.ERROR]
    coverage = coverage_of(surveys)
    for hotel in hotels:
        findings += [
            *closed_by_hand(hotel),
            *_pending(hotel),
            *unsold(hotel),
            *_off_sale(site, hotel, steps),
            *not_owned(hotel, site.capabilities, coverage),
        ]
    case = case_of(site, steps, coverage, counts_of(surveys), {s.slug: s.hotel for s in surveys if s.hotel})
    findings += judge(case, site.loaded.workspace.policies, consents)
    return Plan(
        environment=site.environment.name,
        as_of=site.now,
        workspace_digest=site.loaded.digest,
        scope=site.scope,
        operations=steps,
        findings=in_order(findings),
        properties=tuple(hotel.slug for hotel in hotels),
        coverage=coverage,
        messages=sum(item.messages for item in planned),
        commit=site.commit,
        consents=tuple(sorted(set(consents))),
        offline=site.offline,
    )


def _sourced(site: Site, steps: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """The operations with the places in the files that say so."""
    found = sources(site.loaded, (step.address for step in steps))
    return tuple(replace(step, source=found.get(step.address, "")) for step in steps)


def _off_sale(site: Site, hotel: Property, steps: Sequence[Operation]) -> Iterator[Diagnostic]:
    """Where rooms are closed for a moment while their units move, and for how long."""
    for provider in sorted(hotel.providers):
        here = [step for step in steps if step.address[:3] == (hotel.slug, provider, "availability")]
        rooms = sorted({step.address.key[0] for step in here if _counts_change(step)})
        seconds = site.moving(provider).feed_wait
        if rooms and seconds:
            few = ", where too few are free to change them on sale" if site.moving(provider).move == OVERLAP else ""
            message = f"{', '.join(rooms)}: off sale at {provider} for about {seconds:.0f} s, on the nights on which their units move{few}"
            hint = "that is how no unit is sold twice; docs/safety.md explains it"
            yield Diagnostic("off-sale-for-a-moment", message, Severity.INFO, hint, address=f"{hotel.slug}/{provider}")


def _counts_change(step: Operation) -> bool:
    """Whether a room that is on sale gets another count on some night."""

    def changes(before: Availability | None, after: Availability | None) -> bool | None:
        if before is None or after is None or before.closed or not before.allotment:
            return None
        return before.allotment != after.allotment or None

    return bool(merge(calendar_of(step.change.before), calendar_of(step.change.after), changes))


def _pending(hotel: Property) -> Iterator[Diagnostic]:
    """What git renamed and nothing has followed yet."""
    for what, moves in (("room", hotel.pending.rooms), ("rate plan", hotel.pending.plans)):
        for old, new in moves.items():
            message = (
                f"{what} `{new}` was `{old}`: what is known of it, and the hotel's rows, follow with the next apply"
            )
            hint = "after that `moved` may stay or go"
            yield Diagnostic("move-pending", message, Severity.INFO, hint, hotel.file, address=f"{hotel.slug}/{new}")


def require_environment(site: Site) -> None:
    """Refuses a database that is marked with another environment."""
    mark = site.store.environment()
    if mark is not None and mark != site.environment.name:
        raise RefusedError(
            f"this database belongs to environment `{mark}`, not to `{site.environment.name}`",
            hint="check --env and DATABASE_URL; environments never share a database",
        )


def in_parallel(site: Site, items: Iterable[A], work: Callable[[A], T]) -> list[T]:
    """One call per item on a bounded pool, results in the order of the items."""
    items = list(items)
    if len(items) <= 1 or site.parallelism <= 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(min(site.parallelism, len(items)), thread_name_prefix="property") as pool:
        return list(pool.map(work, items))


def plan_property(site: Site, hotel: Property) -> Surveyed:
    """One property, all its targets; a target that is suspended gets no operations, and says why."""
    site.progress(hotel.slug)
    with site.targets(hotel) as targets:
        surveys = survey_property(site, hotel, targets)
        free = [s for s in surveys if not suspended(site, hotel, s.target) and not s.blocked]
        changes = [change for survey in free for change in survey.changes]
        steps = operations(changes, trusted(site, site.store.applied(hotel.slug)))
        return Surveyed(hotel.slug, tuple(surveys), steps, _messages(site, steps, surveys, targets))


def plan_workspace(site: Site) -> list[Surveyed]:
    """The rows that belong to no property; left out when the scope names properties."""
    if site.scope.properties:
        return []
    with site.workspace_target() as target:
        survey = survey_workspace(site, target)
    nothing_applied: dict[Address, Applied] = {}
    return [Surveyed(WORKSPACE, (survey,), operations(survey.changes, nothing_applied), 0)]


def _messages(site: Site, steps: Sequence[Operation], surveys: Iterable[Survey], targets: Targets) -> int:
    """How many messages the providers would get. What waits for something to be made there first counts one each.

    Rooms are closed before their counts change; where counts overlap, no closing is foreseen.
    """
    made = {step.id for step in steps if step.address.kind == "rate_plan"}
    later = [step for step in steps if made & set(step.waits_for) and step.address.target != DATABASE]
    seen = {address: entry for survey in surveys for address, entry in survey.observed.items()}
    now = [step for step in steps if step not in later and step.address.target != DATABASE]
    pending = [Pending(s, s.change.after, seen.get(s.address)) for s in now if s.change.after is not None]
    units = [s for s in now if s.address.kind == "availability" and site.moving(s.address.target).move != OVERLAP]
    closings = [shut for step in units if (shut := closing(step, seen.get(step.address))) is not None]
    batches = (
        _batches(target, [one for one in some if _at(one) == name])
        for some in (pending, closings)
        for name, target in targets.items()
    )
    return len(later) + sum(batches)


def _at(pending: Pending) -> str:
    return pending.operation.address.target


def _batches(target: Target, pending: Sequence[Pending]) -> int:
    return sum(1 for _ in target.batches(pending)) if pending else 0


def coverage_of(surveys: Iterable[Survey]) -> dict[tuple[str, str], Coverage]:
    """Coverage by (property, provider)."""
    return {(survey.slug, survey.target): survey.coverage for survey in surveys if survey.coverage is not None}


def failures(findings: Iterable[Diagnostic]) -> bool:
    """Whether a target could not be surveyed, or something else is wrong beyond what checks judge."""
    return any(d.severity is Severity.ERROR and not d.code.startswith(CODE) for d in findings)
