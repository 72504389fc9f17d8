"""The verb `drift`: what differs out there from git and from what was last applied. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from reconciler.engine.drift import differences
from reconciler.engine.planner import touched, within
from reconciler.load.sources import sources
from reconciler.model.address import WORKSPACE, Address
from reconciler.model.diagnostics import in_order
from reconciler.model.drift import DriftReport
from reconciler.model.journal import Applied
from reconciler.model.plan import Change
from reconciler.model.property import Property
from reconciler.model.state import Provenance
from reconciler.runtime.closures import closed_by_hand
from reconciler.runtime.judging import ages
from reconciler.runtime.ownership import not_owned
from reconciler.runtime.planning import coverage_of, in_parallel, require_environment
from reconciler.runtime.site import Site
from reconciler.runtime.survey import Survey, survey_property, survey_workspace, trusted
from reconciler.runtime.validating import unsold

Looked: TypeAlias = "Sequence[tuple[Survey, Mapping[Address, Applied]]]"
"""What was seen at each target of each property, with what was last applied there."""


def find_drift(site: Site) -> DriftReport:
    """What differs, per address and night, with all three values and who moved."""
    return report_of(site, look(site))


def look(site: Site) -> Looked:
    """Looks at everything in scope. Raises RefusedError for a database of another environment."""
    hotels = site.properties()
    require_environment(site)
    pairs = [pair for found in in_parallel(site, hotels, lambda hotel: _of(site, hotel)) for pair in found]
    if not site.scope.properties:
        with site.workspace_target() as target:
            pairs.append((survey_workspace(site, target), trusted(site, site.store.applied(WORKSPACE))))
    return pairs


def report_of(site: Site, pairs: Looked) -> DriftReport:
    """What differs in what was seen."""
    hotels = site.properties()
    surveys = [survey for survey, _ in pairs]
    changes = sorted((change for survey in surveys for change in _others(survey)), key=lambda change: change.address)
    coverage = coverage_of(surveys)
    findings = [finding for survey in surveys for finding in survey.findings]
    for hotel in hotels:
        findings += [*closed_by_hand(hotel), *unsold(hotel), *not_owned(hotel, site.capabilities, coverage)]
    findings += ages(site)
    applied = {address: last for _, known in pairs for address, last in known.items()}
    written = sources(site.loaded, (change.address for change in changes))
    found = (replace(one, source=written.get(one.address, "")) for one in differences(changes, applied))
    return DriftReport(
        environment=site.environment.name,
        as_of=site.now,
        differences=tuple(found),
        never_sent=tuple(_never_sent(surveys)),
        findings=in_order(findings),
        properties=tuple(hotel.slug for hotel in hotels),
        coverage=coverage,
        commit=site.commit,
        partial=site.scope.partial,
    )


def _of(site: Site, hotel: Property) -> list[tuple[Survey, Mapping[Address, Applied]]]:
    site.progress(hotel.slug)
    with site.targets(hotel) as targets:
        applied = trusted(site, site.store.applied(hotel.slug))
        return [(survey, applied) for survey in survey_property(site, hotel, targets)]


def _others(survey: Survey) -> Iterator[Change]:
    """What differs and is not our own doing: a room that is closed while its units move is no drift."""
    for change in survey.changes:
        seen = survey.observed.get(change.address)
        if seen is None or not seen.ours:
            yield change
        elif left := touched(change).without(seen.ours):
            yield within(change, left)


def _never_sent(surveys: Iterable[Survey]) -> Iterable[Address]:
    return sorted(
        change.address for survey in surveys for change in survey.changes if change.provenance is Provenance.UNKNOWN
    )
