"""The verb `apply`: carry out exactly what was reviewed, write down everything, prove what can be read.

The order of things, and why it is safe to cut anywhere:
1. all properties are locked, what an earlier run left open is settled by observing;
2. the plan is judged as a whole; if anything has moved, nothing starts;
3. per property, operations run as far as what they wait for has been applied; before a message leaves, its intent is in the journal;
4. what can be read is read back; an answer of success that is not in force is a failure.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler.engine.plan_file import coverage_to_json, digest
from reconciler.engine.planner import calendar_of, touched
from reconciler.engine.remaining import Remaining, remaining
from reconciler.errors import InterruptedRunError, PolicyRefusedError, ReconcilerError, RefusedError, StalePlanError
from reconciler.kinds import KINDS
from reconciler.model.address import DATABASE, WORKSPACE
from reconciler.model.calendar import Calendar, merge
from reconciler.model.journal import Binding, Outcome, Run, RunStatus
from reconciler.model.moves import Moves
from reconciler.model.plan import Operation, Plan
from reconciler.model.property import Manage, Property
from reconciler.model.state import Allotments, Availability, Coverage, Json, Provenance
from reconciler.policy import judge, refused
from reconciler.runtime.execution import Execution, Outcomes
from reconciler.runtime.faults import as_error
from reconciler.runtime.judging import case_of
from reconciler.runtime.moving import without_moving
from reconciler.runtime.planning import coverage_of, in_parallel, require_environment
from reconciler.runtime.settling import settle
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.survey import Survey, merged, survey_property, survey_workspace
from reconciler.runtime.suspending import suspended
from reconciler.runtime.units import Books
from reconciler.store.contract import Recording


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a plan. `outcomes`: by operation id, with a detail. `run` is None where it had been completed before."""

    run: Run | None
    plan: Plan
    outcomes: Mapping[str, tuple[Outcome, str]] = field(default_factory=dict)
    interrupted: bool = False

    @property
    def failed(self) -> bool:
        """Whether anything is not as the plan wanted it."""
        return any(outcome is not Outcome.APPLIED for outcome, _ in self.outcomes.values())


@dataclass(slots=True)
class _Unit:
    """One property (or the workspace) while it is being applied."""

    slug: str
    hotel: Property | None
    targets: Targets
    surveys: list[Survey] = field(default_factory=list)
    standing: list[Remaining] = field(default_factory=list)
    unjudged: list[Operation] = field(default_factory=list)

    def barred(self) -> dict[str, str]:
        """The targets at which nothing may be tried, and why: they cannot be looked at, or must not be touched."""
        failed = {s.target: f"{s.target} cannot be looked at: {s.failed.message}" for s in self.surveys if s.failed}
        return {survey.target: survey.blocked for survey in self.surveys if survey.blocked} | failed


def apply_plan(site: Site, plan: Plan, run: Run, stop: threading.Event) -> Applied:
    """Carries out the plan. Raises StalePlanError (nothing was changed), PolicyRefusedError, LockedError, RefusedError.

    `stop`, once set, lets what is under way finish and starts nothing more.
    """
    name = digest(plan)
    check_fits(site, plan)
    slugs = sorted({op.address.property for op in plan.operations})
    with ExitStack() as stack:
        if site.store.completed_by(name) is None:
            stack.enter_context(site.store.lock(slugs, run, site.lock_timeout))
        # Asked again now that it is ours: whoever held the lock may just have completed it.
        if site.store.completed_by(name) is not None:
            return Applied(None, plan)
        site.store.abandon(site.clock())
        units = [stack.enter_context(_Opening(site, slug)) for slug in slugs]
        in_parallel(site, units, lambda unit: _prepare(site, unit, plan))
        _refuse_what_moved(site, units)
        if stop.is_set():
            raise InterruptedRunError("stopped before anything was started")
        claim(site)
        site.store.start(run)
        try:
            return _started(site, units, Applied(run, plan), name, stop)
        except BaseException:
            with suppress(ReconcilerError):
                site.store.finish(run.id, RunStatus.INTERRUPTED, site.clock(), {})
            raise


def _started(site: Site, units: Sequence[_Unit], applied: Applied, name: str, stop: threading.Event) -> Applied:
    assert applied.run is not None
    run, sequence = applied.run, itertools.count(1).__next__
    found = in_parallel(site, units, lambda unit: _carry_out(site, unit, run, name, sequence, stop))
    outcomes = {id_: outcome for part in found for id_, outcome in part.items()}
    coverage = coverage_of(survey for unit in units for survey in unit.surveys)
    return _finish(site, replace(applied, outcomes=outcomes, interrupted=stop.is_set()), name, coverage)


def settle_leftovers(site: Site, run: Run) -> None:
    """Settles what runs that were cut off left open in scope, and carries out moves, where nothing is to be applied.

    Raises LockedError.
    """
    hotels = {hotel.slug: hotel for hotel in site.properties()}
    slugs = [s for s in sorted({WORKSPACE, *hotels}) if site.store.unsettled(s) or (s in hotels and hotels[s].pending)]
    with site.store.lock(slugs, run, site.lock_timeout):
        site.store.abandon(site.clock())
        for slug in slugs:
            with _Opening(site, slug) as unit:
                settle(site, slug, unit.targets, _today(site, unit))
                _move(site, unit)


def check_fits(site: Site, plan: Plan) -> None:
    """What can be said of a plan without looking at anything: what it was made against, environment, age, refusals."""
    refuse_offline(plan)
    refuse_old(site, plan)
    _refuse_what_checks_refuse(site, plan)
    if site.environment.require_commit and (site.commit is None or site.dirty or plan.commit is None):
        raise RefusedError(
            f"environment `{site.environment.name}` applies only what is committed",
            hint="commit, plan again, then apply; require_commit in reconciler.yaml says so",
        )
    require_environment(site)


def refuse_offline(plan: Plan) -> None:
    """Raises StalePlanError for a plan that was made against a snapshot."""
    if plan.offline is not None:
        raise StalePlanError(
            f"the plan was made offline, against a snapshot of {plan.offline.as_of:%Y-%m-%d %H:%M %Z}: it is there to be looked at",
            hint="plan without --offline, and have that reviewed",
        )


def refuse_old(site: Site, plan: Plan) -> None:
    """Raises StalePlanError for a plan that is older than `plan_ttl`, or of another environment."""
    if plan.environment != site.environment.name:
        raise StalePlanError(f"the plan is for environment `{plan.environment}`, this is `{site.environment.name}`")
    age = site.now - plan.as_of
    if age > site.loaded.workspace.plan_ttl:
        raise StalePlanError(
            f"the plan is {age.days} days old", hint="plan again; `plan_ttl` says how long a plan holds"
        )


def _refuse_what_checks_refuse(site: Site, plan: Plan) -> None:
    """The checks are asked again: a freeze may have begun since the plan was made.

    Not about allotments that move by demand: the plan was judged by those that stood, and goes stale when they do not stand any more.
    """
    hotels = {hotel.slug: without_moving(hotel) for hotel in site.properties()}
    case = case_of(site, plan.operations, plan.coverage, surveyed=hotels)
    now = judge(case, site.loaded.workspace.policies, plan.consents)
    found = [finding for finding in (*plan.findings, *now) if refused([finding])]
    if found:
        told = sorted({finding.message for finding in found})
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        consents = " ".join(f"--consent {name}" for name in refused(found))
        raise PolicyRefusedError(
            f"refused by {', '.join(refused(found))}: {told[0]}{more}", hint=f"plan again with {consents}"
        )


def claim(site: Site) -> None:
    """Marks a fresh database with the environment."""
    if site.store.claim(site.environment.name) != site.environment.name:
        require_environment(site)


class _Opening:
    """The targets of one unit, open for as long as the apply runs."""

    def __init__(self, site: Site, slug: str) -> None:
        self._site, self._slug, self._stack = site, slug, ExitStack()

    def __enter__(self) -> _Unit:
        if self._slug == WORKSPACE:
            target = self._stack.enter_context(self._site.workspace_target())
            return _Unit(WORKSPACE, None, {target.name: target})
        hotel = next((hotel for hotel in self._site.properties() if hotel.slug == self._slug), None)
        if hotel is None:
            raise StalePlanError(f"the plan is about `{self._slug}`, which no file in scope describes any more")
        return _Unit(self._slug, hotel, self._stack.enter_context(self._site.targets(hotel)))

    def __exit__(self, *_error: object) -> None:
        self._stack.close()


def _prepare(site: Site, unit: _Unit, plan: Plan) -> None:
    """Settles what was left open, observes the unit, and holds every operation of the plan against what is there."""
    _wait_for_the_dead(site, unit)
    settle(site, unit.slug, unit.targets, _today(site, unit))
    unit.surveys = _look(site, unit)
    by_target = {survey.target: survey for survey in unit.surveys}
    barred = unit.barred()
    for op in plan.operations:
        if op.address.property != unit.slug:
            continue
        if op.address.target in barred:
            unit.unjudged.append(op)
        else:
            unit.standing.append(_standing(op, by_target.get(op.address.target), unit.hotel))


def _wait_for_the_dead(site: Site, unit: _Unit) -> None:
    """A count that was sent and not answered may still be carried out: until it no longer can, nothing that is read proves anything."""
    if unit.hotel is None:
        return
    books = Books(site, unit.hotel)
    for provider in sorted(unit.hotel.providers):
        dead_at = books.dead_at(provider)
        if dead_at is not None and (seconds := (dead_at - site.clock()).total_seconds()) > 0:
            site.progress(
                f"{unit.slug}: waiting {seconds:.0f} s until a request that {provider} did not answer is dead"
            )
            site.sleep(seconds)


def _standing(op: Operation, survey: Survey | None, hotel: Property | None) -> Remaining:
    """How the operation stands; as moved where git does not want this there, or nobody looks at all its nights."""
    beyond = touched(op.change).clip(survey.window.until, date.max) if survey else None
    if survey is None or beyond:
        return Remaining(op, None, has_moved=True)
    stands = remaining(op, survey.observed.get(op.address), survey.window)
    unwanted = stands.todo is not None and not _says(survey, stands.todo, hotel)
    return Remaining(op, None, stands.moved, has_moved=True) if unwanted else stands


def _says(survey: Survey, op: Operation, hotel: Property | None) -> bool:
    """Whether git says what the operation would bring about: the file of a plan is nobody's word."""
    if op.address not in survey.desired:
        return False
    wanted, after, seen = survey.desired[op.address], op.change.after, survey.observed.get(op.address)
    if not isinstance(after, Calendar) and not isinstance(wanted, Calendar):
        return wanted == after
    said = calendar_of(wanted).keep(touched(op.change))
    same = said == calendar_of(after)
    return same or bool(hotel and _gives_as_much(hotel, op, said, calendar_of(seen.value if seen else None)))


def _gives_as_much(hotel: Property, op: Operation, said: Calendar[Any], there: Calendar[Any]) -> bool:
    """Whether git gives as many units, or as many are there: some may be gone to who sold more than was given, and what is sold stands."""

    def too_much(after: object, git: tuple[object, Allotments, int] | None) -> bool | None:
        if after is None:
            return None
        said_, own, now = git or (None, None, 0)
        if isinstance(after, Availability) and own and after.closed == _closed(said_):
            # Where it is closed either way, no count is for sale: a closing by hand leaves the count as it finds it.
            return None if after.closed or after.allotment <= max(own.of(op.address.target), now) else True
        if isinstance(after, Allotments) and own:
            more = any(count > own.of(channel) for channel, count in after.channels)
            return True if more or after.units > own.units or after.overbooking > own.overbooking else None
        return True

    gives = hotel.allocation.get(op.address.key[0], Calendar())
    sides = merge(gives, said, lambda own, wanted: None if own is None else (wanted, own))
    git = merge(sides, there, lambda side, now: None if side is None else (*side, getattr(now, "allotment", 0)))
    return not merge(calendar_of(op.change.after), git, too_much)


def _closed(said: object) -> bool:
    return isinstance(said, Availability) and said.closed


def _today(site: Site, unit: _Unit) -> date:
    return unit.hotel.window.start if unit.hotel else site.now.date()


def _look(site: Site, unit: _Unit) -> list[Survey]:
    if unit.hotel is None:
        return [survey_workspace(site, target) for target in unit.targets.values()]
    return survey_property(site, unit.hotel, unit.targets)


def _refuse_what_moved(site: Site, units: Sequence[_Unit]) -> None:
    """Nothing starts when anything has moved or is suspended since. A target that cannot be looked at stops itself only."""
    moved = [str(item.operation.address) for unit in units for item in unit.standing if item.has_moved]
    moved += [op for unit in units for op in _suspended_since(site, unit)]
    if moved:
        raise StalePlanError(
            f"{len(moved)} operation(s) no longer fit what is there; nothing was changed",
            moved=sorted(set(moved)),
            hint="plan again and have it reviewed",
        )


def _suspended_since(site: Site, unit: _Unit) -> Iterator[str]:
    for item in unit.standing:
        if unit.hotel and item.todo and suspended(site, unit.hotel, item.operation.address.target):
            yield f"{item.operation.address} (suspended)"


def _carry_out(
    site: Site, unit: _Unit, run: Run, name: str, sequence: Callable[[], int], stop: threading.Event
) -> Outcomes:
    site.progress(unit.slug)
    execution = Execution(site, unit.hotel, unit.targets, run, name, sequence, stop.is_set, broken=unit.barred())
    done = [item.operation for item in unit.standing if item.todo is None]
    todo = [*(item.todo for item in unit.standing if item.todo is not None), *unit.unjudged]
    try:
        _move(site, unit)
        if unit.hotel is not None:
            Books(site, unit.hotel).seen(merged(unit.surveys))
        site.store.record(list(_in_force_already(site, unit, run, name)))
        site.store.bind(list(_found(site, unit)), run.id, site.clock())
        return execution.carry_out(done, todo, merged(unit.surveys))
    except Exception as fault:  # noqa: BLE001 - whatever happens to one property, the others go on and the run has an end
        return execution.cut_short([*done, *todo], as_error(fault).message)


def _move(site: Site, unit: _Unit) -> None:
    """What git renamed has its new key from here on, in what is remembered and in the hotel's rows that git owns."""
    hotel = unit.hotel
    if hotel is not None and hotel.moves != site.store.moves().get(hotel.slug, Moves()):
        owned = [kind for kind in KINDS if hotel.manages(DATABASE, kind) is Manage.YES]
        site.store.move(hotel.slug, hotel.id, hotel.moves, owned, site.clock())


def _found(site: Site, unit: _Unit) -> Iterator[Binding]:
    """Ids of what a run made before it was cut off, as observing found them."""
    for survey in unit.surveys:
        known = site.store.bindings(unit.slug, survey.target) if survey.assigned else {}
        for pair, id_ in sorted(survey.assigned.items()):
            if known.get(pair) != id_:
                yield Binding(unit.slug, survey.target, "rate_plan", "/".join(pair), id_)


def _in_force_already(site: Site, unit: _Unit, run: Run, name: str) -> Iterator[Recording]:
    """What is as git wants it without our doing becomes our word too, so that who moves it later can be told."""
    known = site.store.applied(unit.slug)
    for survey in unit.surveys:
        changes = {change.address: change for change in survey.changes}
        for address, value in survey.desired.items():
            seen, last, change = survey.observed.get(address), known.get(address), changes.get(address)
            if seen is None or seen.provenance is not Provenance.READ_BACK:
                continue
            if isinstance(value, Calendar):
                same = value.without(touched(change)) if change else value
                if same and calendar_of(last.value if last else None).keep(same.covered()) != same:
                    yield Recording(address, same, same.covered(), seen.provenance.value, run.id, site.clock(), name)
            elif change is None and (last is None or last.value != value):
                yield Recording(address, value, None, seen.provenance.value, run.id, site.clock(), name)


def _finish(site: Site, applied: Applied, name: str, coverage: Mapping[tuple[str, str], Coverage]) -> Applied:
    run = applied.run
    if run is None:
        return applied
    status = (
        RunStatus.INTERRUPTED if applied.interrupted else RunStatus.FAILED if applied.failed else RunStatus.SUCCEEDED
    )
    counts = Counter(outcome.value for outcome, _ in applied.outcomes.values())
    summary: dict[str, Json] = {
        **run.summary,
        "operations": len(applied.outcomes),
        "outcomes": dict(sorted(counts.items())),
    }
    summary["coverage"] = coverage_to_json(coverage)
    if applied.plan.consents:
        summary["consents"] = list(applied.plan.consents)
    site.store.finish(run.id, status, site.clock(), summary)
    if status is RunStatus.SUCCEEDED:
        site.store.complete(name, run.id, site.clock())
    return replace(applied, run=replace(run, status=status, summary=summary))
