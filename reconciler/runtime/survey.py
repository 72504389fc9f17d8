"""Surveying a property: what git wants and what is there, at every target, in one form. The ground of plan, apply and drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

from reconciler.engine.acknowledged import with_acknowledged, without_doubtful
from reconciler.engine.diff import diff
from reconciler.engine.planner import calendar_of
from reconciler.engine.remaining import resolve_assigned
from reconciler.errors import ReconcilerError
from reconciler.kinds import KINDS
from reconciler.kinds.availability import in_force, oversold
from reconciler.kinds.mapping import base_plan
from reconciler.kinds.schedule import workspace_schedules
from reconciler.model.address import DATABASE, WORKSPACE, Address, matches
from reconciler.model.calendar import Calendar, constant, merge
from reconciler.model.capabilities import Access, Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.journal import Applied
from reconciler.model.plan import Change
from reconciler.model.property import Manage, Property
from reconciler.model.snapshot import NOT_IN_SNAPSHOT
from reconciler.model.state import Coverage, Observation, Observed, Restrictions, Value, Window
from reconciler.providers.contract import Target
from reconciler.providers.remote import MAPPED_BUT_MISSING
from reconciler.runtime import linked
from reconciler.runtime.faults import as_error
from reconciler.runtime.moving import as_seen, standing
from reconciler.runtime.outsold import outsold
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.suspending import held, suspended
from reconciler.runtime.units import being_moved

DUPLICATE_ROWS = "duplicate-rows"
"""The code of the findings about rows that share a key which has to be unique."""
ALWAYS_READ = frozenset({"mapping", "rate_plan"})
"""Kinds that are read at a provider whatever was asked for: the others hang on them."""
_EXACT_KINDS = frozenset({"rates", "restrictions", "allocation"})


@dataclass(slots=True)
class Survey:
    """One property (or the workspace) at one target. `failed`: nothing can be said of it, and why.

    `blocked`: why nothing may be changed there. `assigned`: ids of what was made and found there, by (room, plan). `hotel`: the
    property with the allotments that stand now. `seen`: what was observed, as it came.
    """

    slug: str
    target: str
    window: Window
    desired: dict[Address, Value] = field(default_factory=dict)
    observed: dict[Address, Observed] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    coverage: Coverage | None = None
    failed: ReconcilerError | None = None
    blocked: str = ""
    assigned: Mapping[tuple[str, str], str] = field(default_factory=dict)
    hotel: Property | None = None
    seen: Observation | None = None


def survey_property(site: Site, hotel: Property, targets: Targets, only: frozenset[str] | None = None) -> list[Survey]:
    """Every target of the property, providers first, so that ids which they assigned are known to the database's rows."""
    hotel, unread = standing(hotel, targets)
    applied = last_applied(site, hotel)
    providers = [name for name in sorted(targets) if name != DATABASE]
    known = {name: dict(site.store.bindings(hotel.slug, name)) for name in providers}
    asked = [name for name in providers if only is None or name in only]
    asked = [name for name in asked if _concerned(site, hotel, targets[name].capabilities)]
    surveys = [_survey(site, hotel, targets[name], applied, known, unread) for name in asked]
    kept = outsold(site, hotel, surveys)
    if kept != hotel:
        surveys = [_survey(site, kept, targets[s.target], applied, known, unread, s.seen) for s in surveys]
    for survey in surveys:
        known[survey.target].update(survey.assigned)
    if DATABASE in targets and (only is None or DATABASE in only):
        surveys.append(_survey(site, kept, targets[DATABASE], applied, known, None))
    for survey in surveys:
        if why := suspended(site, hotel, survey.target):
            survey.findings = (*survey.findings, held(hotel, survey.target, why))
        survey.observed.update(being_moved(site, hotel, survey.observed))
    _block_where_rows_are_double(surveys)
    return surveys


def _block_where_rows_are_double(surveys: Sequence[Survey]) -> None:
    """While it is open which of several rows counts, nothing of the property is changed anywhere."""
    if not any(finding.code == DUPLICATE_ROWS for survey in surveys for finding in survey.findings):
        return
    for survey in surveys:
        survey.blocked = f"{survey.slug} has duplicate rows in the database"
        if survey.target != DATABASE:
            finding = Diagnostic(
                DUPLICATE_ROWS,
                f"nothing is changed at {survey.target} until the property's duplicate rows in the database are resolved",
                hint="keep one of each; `reconciler db check` lists their ids",
                address=f"{survey.slug}/{survey.target}",
            )
            survey.findings = (*survey.findings, finding)


def _concerned(site: Site, hotel: Property, capabilities: Capabilities) -> bool:
    """Whether there is anything to look at: a provider where git owns nothing, or nothing in scope, is not even asked."""
    if site.scope.targets:
        return any(True for _ in _in_scope(site, desired(site, hotel, capabilities.target, capabilities)))
    return any(hotel.manages(capabilities.target, kind) is not Manage.NO for kind in capabilities.kinds)


def trusted(site: Site, applied: Mapping[Address, Applied]) -> Mapping[Address, Applied]:
    """What was last applied, without the addresses that the user distrusts."""
    return {a: last for a, last in applied.items() if not any(matches(glob, str(a)) for glob in site.distrust)}


def last_applied(site: Site, hotel: Property) -> Mapping[Address, Applied]:
    """What was last applied and is trusted, without acknowledged values that a run may have replaced before it was cut off.

    What git only creates stands whatever is distrusted: it was made, and is not git's to send again.
    """

    def acknowledged(address: Address) -> bool:
        known = site.capabilities.get(address.target)
        return known is not None and known.access(address.kind) is Access.ACKNOWLEDGED

    cut_off = [
        entry for entry in site.store.unsettled(hotel.slug) if entry.outcome is None and acknowledged(entry.address)
    ]
    known = site.store.applied(hotel.slug)
    made = {a: last for a, last in known.items() if hotel.manages(a.target, a.kind) is Manage.CREATE_ONLY}
    return without_doubtful({**trusted(site, known), **made}, cut_off)


def survey_workspace(site: Site, target: Target) -> Survey:
    """The rows that belong to no property."""
    today = site.now.date()
    survey = Survey(WORKSPACE, DATABASE, Window(today, today + timedelta(days=1)))
    wanted = dict(_in_scope(site, workspace_schedules(site.loaded.workspace)))
    if wanted:
        _look(survey, target, wanted, {}, None, {})
    return survey


def _survey(
    site: Site,
    hotel: Property,
    target: Target,
    applied: Mapping[Address, Applied],
    known: Mapping[str, Mapping[tuple[str, str], str]],
    unread: ReconcilerError | None,
    seen: Observation | None = None,
) -> Survey:
    """`seen`: what was observed there before, where it is only to be compared again."""
    window = window_at(site, hotel, target.capabilities)
    survey = Survey(hotel.slug, target.name, window, hotel=hotel, seen=seen)
    if unread is not None:
        _fail(survey, unread)
        return survey
    wanted = {
        address: _resolve(hotel, address, _clip(value, window), known)
        for address, value in _in_scope(site, desired(site, hotel, target.name, target.capabilities))
    }
    derived = dict(_in_scope(site, linked.prices(hotel, target.capabilities, window)))
    if site.scope.targets and target.name == DATABASE:
        _find_double_rows(site, hotel, target, survey)
    if wanted or not site.scope.targets:
        _look(survey, target, wanted, applied, hotel, derived)
    return survey


def _find_double_rows(site: Site, hotel: Property, target: Target, survey: Survey) -> None:
    """Duplicate rows stop the whole property, so they are looked for outside a narrowed scope too."""
    kinds = frozenset(address.kind for address, _ in desired(site, hotel, target.name, target.capabilities))
    try:
        seen = target.observe(kinds, survey.window)
    except Exception:  # noqa: BLE001 - as in `_look`
        return  # what fails here fails again where it was asked for
    survey.findings = tuple(finding for finding in seen.findings if finding.code == DUPLICATE_ROWS)


def window_at(site: Site, hotel: Property, capabilities: Capabilities) -> Window:
    """The nights looked at there: the property's horizon, capped by the target's and by what was asked for."""
    start = hotel.window.start
    caps = [hotel.window.until, start + timedelta(days=capabilities.horizon)]
    if site.scope.window is not None:
        caps.append(start + timedelta(days=site.scope.window))
    return Window(start, min(caps))


def desired(site: Site, hotel: Property, target: str, capabilities: Capabilities) -> Iterator[tuple[Address, Value]]:
    """What git wants at one target: the kinds that it has and git owns there."""
    for kind in KINDS.values():
        if capabilities.access(kind.name) in (None, Access.READ_ONLY) or hotel.manages(target, kind.name) is Manage.NO:
            continue
        build = kind.database if target == DATABASE else kind.provider
        yield from build(hotel, target, site.setting)


def _in_scope(site: Site, wanted: Iterable[tuple[Address, Value]]) -> Iterator[tuple[Address, Value]]:
    globs = site.scope.targets
    for address, value in wanted:
        if not globs or any(matches(glob, str(address)) for glob in globs):
            yield address, value


def _clip(value: Value, window: Window) -> Value:
    return value.clip(window.start, window.until) if isinstance(value, Calendar) else value


def _resolve(
    hotel: Property, address: Address, value: Value, known: Mapping[str, Mapping[tuple[str, str], str]]
) -> Value:
    """A document of the database with the ids that providers assigned, where they have."""
    if address.target != DATABASE or isinstance(value, Calendar):
        return value
    pair = created_pair(hotel, address)
    assigned = known.get(address.key[0], {}).get(pair) if pair else None
    return resolve_assigned(value, assigned) if assigned else value


def created_pair(hotel: Property, address: Address) -> tuple[str, str] | None:
    """The (room, plan) whose id at the provider a database address names; None where it names none."""
    if address.kind == "rate_plan":
        return address.key[1], address.key[2]
    if address.kind == "mapping":
        plan = base_plan(hotel, address.key[0], address.key[1])
        return (address.key[1], plan) if plan else None
    return None


def _look(
    survey: Survey,
    target: Target,
    wanted: dict[Address, Value],
    applied: Mapping[Address, Applied],
    hotel: Property | None,
    derived: Mapping[Address, Value],
) -> None:
    """Observes, brings both sides to one form and compares. What fails is kept, for this target alone."""
    try:
        _compare(survey, target, wanted, applied, hotel, derived)
    except Exception as fault:  # noqa: BLE001 - whatever comes from one target, the others go on
        _fail(survey, as_error(fault))


def _fail(survey: Survey, error: ReconcilerError) -> None:
    survey.failed, survey.changes = error, ()
    failed = Diagnostic("target-failed", error.message, hint=error.hint, address=f"{survey.slug}/{survey.target}")
    survey.findings = (*survey.findings, failed)


def _compare(
    survey: Survey,
    target: Target,
    wanted: dict[Address, Value],
    applied: Mapping[Address, Applied],
    hotel: Property | None,
    derived: Mapping[Address, Value],
) -> None:
    kinds = frozenset(address.kind for address in (*wanted, *derived)) | (
        ALWAYS_READ if target.name != DATABASE else frozenset()
    )
    seen = survey.seen or target.observe(kinds & frozenset(target.capabilities.kinds), survey.window)
    survey.seen = seen
    survey.assigned = seen.assigned
    survey.coverage = seen.coverage
    here = {address: last for address, last in applied.items() if address.target == target.name}
    survey.observed = with_acknowledged(seen, here, target.capabilities, wanted)
    manages = partial(_owned, hotel)
    survey.observed.update(_free_unless_told(survey, target, (a for a in wanted if manages(a) is Manage.YES)))
    findings = list(seen.findings)
    survey.desired = dict(_normal(survey, target, wanted, seen, findings))
    if hotel is not None and target.name != DATABASE:
        survey.desired.update(_unsold_as_it_is(survey, hotel, target.capabilities))
    survey.changes = tuple(
        diff(
            survey.desired,
            survey.observed,
            manages=manages,
            exact=lambda address: address.target == DATABASE and address.kind in _EXACT_KINDS,
        )
    )
    if hotel is not None and derived:
        ours = _normal(survey, target, derived, seen, [])
        findings += linked.differing(hotel, dict(ours), survey.observed, survey.changes)
    survey.findings = (*survey.findings, *findings)


def _owned(hotel: Property | None, address: Address) -> Manage:
    return hotel.manages(address.target, address.kind) if hotel else Manage.YES


def _normal(
    survey: Survey,
    target: Target,
    wanted: Mapping[Address, Value],
    seen: Observation,
    findings: list[Diagnostic],
) -> Iterator[tuple[Address, Value]]:
    for address, value in wanted.items():
        if target.name != DATABASE and _is_missing(address, seen):
            continue
        normal, remarks = target.normal(address, value, seen.traits)
        findings.extend(remarks)
        if any(remark.severity is Severity.ERROR or remark.code == NOT_IN_SNAPSHOT for remark in remarks):
            continue
        observed = survey.observed.get(address)
        if address.kind == "availability" and observed is not None:
            findings.extend(_oversold(address, calendar_of(normal), observed))
            normal = in_force(calendar_of(normal), observed.counts)
        if address.kind == "allocation" and survey.hotel is not None:
            normal = as_seen(survey.hotel, address, calendar_of(normal), observed)
        yield address, normal


def _free_unless_told(survey: Survey, target: Target, wanted: Iterable[Address]) -> Iterator[tuple[Address, Observed]]:
    """Restrictions of plans that exist: a night of which the provider says nothing has none there."""
    if target.name == DATABASE or target.capabilities.access("restrictions") is not Access.READ_BACK:
        return
    free = constant(survey.window.start, survey.window.until, Restrictions())
    for address in wanted:
        if address.kind == "restrictions" and address._replace(kind="rate_plan") in survey.observed:
            told = survey.observed.get(address, Observed(Calendar()))
            yield address, replace(told, value=free.overlay(calendar_of(told.value)))


def _unsold_as_it_is(survey: Survey, hotel: Property, capabilities: Capabilities) -> Iterator[tuple[Address, Value]]:
    """Restrictions of nights with no price on either side: nobody can book such a night, closed or not, so it stays as it is.

    Where prices are not git's, nothing is known of them.
    """
    read = all(capabilities.access(kind) is Access.READ_BACK for kind in ("rates", "restrictions"))
    if not read or hotel.manages(survey.target, "rates") is Manage.NO:
        return
    for address, value in survey.desired.items():
        if address.kind != "restrictions":
            continue
        room, plan = address.key
        priced = hotel.rate_plans[plan].prices.get((room, survey.target), Calendar())
        sold = _calendar_at(survey, address._replace(kind="rates"))
        unsold = calendar_of(value).without(priced.covered()).without(sold.covered())
        if unsold:
            there = _calendar_at(survey, address).keep(unsold.covered())
            yield address, calendar_of(value).overlay(merge(unsold, there, _closed_as))


def _calendar_at(survey: Survey, address: Address) -> Calendar[Any]:
    observed = survey.observed.get(address)
    return calendar_of(observed.value) if observed is not None else Calendar()


def _closed_as(wanted: Restrictions | None, there: Restrictions | None) -> Restrictions | None:
    return wanted and replace(wanted, closed=there is not None and there.closed)


def _is_missing(address: Address, seen: Observation) -> bool:
    """Whether it is about a room or plan that is mapped to something that is not there; a finding says so already."""
    absent = {finding.address for finding in seen.findings if finding.code == MAPPED_BUT_MISSING}
    return any(
        str(address._replace(kind="mapping", key=address.key[:parts])) in absent for parts in (1, len(address.key))
    )


def _oversold(address: Address, wanted: Calendar[Any], observed: Observed) -> Iterator[Diagnostic]:
    nights = oversold(wanted, observed.counts)
    if not nights:
        return
    worst = max(nights, key=lambda run: run.value[0] - run.value[1])
    sold, allotment = worst.value
    yield Diagnostic(
        "sold-beyond-allotment",
        f"{nights.nights} night(s) have more sold than their allotment, at worst {sold} of {allotment} on {worst.start}",
        Severity.WARNING,
        hint="nothing more is for sale there; raise the allotment in git if the units are free",
        address=str(address),
    )


def merged(surveys: Iterable[Survey]) -> dict[Address, Observed]:
    """All observed entries of several surveys."""
    entries: dict[Address, Observed] = {}
    for survey in surveys:
        entries.update(survey.observed)
    return entries
