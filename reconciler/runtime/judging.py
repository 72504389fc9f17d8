"""The case that checks judge: the operations of a plan with what is known around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Operation
from reconciler.model.policies import CODE
from reconciler.model.property import Property
from reconciler.model.state import Counts, Coverage
from reconciler.policy import judge
from reconciler.policy.contract import Case, Rotation
from reconciler.runtime.site import Site
from reconciler.runtime.survey import Survey

_ASKS_FOR_AGES = "credential_age"


def case_of(
    site: Site,
    operations: tuple[Operation, ...],
    coverage: Mapping[tuple[str, str], Coverage],
    counts: Mapping[tuple[str, str, str], Calendar[Counts]] | None = None,
    surveyed: Mapping[str, Property] | None = None,
) -> Case:
    """What is judged. The ages of credentials are looked up only where a check asks for them. `surveyed`: hotels as they stand."""
    hotels = {hotel.slug: hotel for hotel in site.properties()} | dict(surveyed or {})
    asked = _ASKS_FOR_AGES in site.loaded.workspace.policies
    return Case(
        operations=operations,
        hotels=hotels,
        now=site.now,
        coverage=coverage,
        counts=counts or {},
        local={
            slug: site.now.astimezone(ZoneInfo(hotel.timezone)).replace(tzinfo=None) for slug, hotel in hotels.items()
        },
        rotations=tuple(rotation for hotel in hotels.values() for rotation in _rotations(site, hotel)) if asked else (),
        environment=site.environment.name,
    )


def ages(site: Site) -> Iterator[Diagnostic]:
    """What is to be said of the ages of credentials, whatever is changed."""
    asked = {name: policy for name, policy in site.loaded.workspace.policies.items() if name == _ASKS_FOR_AGES}
    for finding in judge(case_of(site, (), {}), asked) if asked else ():
        if finding.code == CODE + _ASKS_FOR_AGES:
            yield finding


def _rotations(site: Site, hotel: Property) -> Iterator[Rotation]:
    known = site.store.rotated(hotel.id)
    for provider, link in sorted(hotel.providers.items()):
        credential = site.loaded.workspace.credentials.get(link.credentials or "")
        if credential is not None and provider in known:
            yield Rotation(hotel.slug, provider, credential.name, known[provider], credential.rotate_every)


def counts_of(surveys: Iterable[Survey]) -> dict[tuple[str, str, str], Calendar[Counts]]:
    """Units left and sold, by (property, provider, room), as they were just seen."""
    return {
        (survey.slug, survey.target, address.key[0]): seen.counts
        for survey in surveys
        for address, seen in survey.observed.items()
        if address.kind == "availability" and seen.counts
    }
