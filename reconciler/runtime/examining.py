"""The verb `doctor`: what safe running assumes, looked at as far as it can be seen. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from reconciler.engine import assumptions
from reconciler.errors import RefusedError
from reconciler.model.address import DATABASE
from reconciler.model.booking import Change
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.drift import DriftReport
from reconciler.model.examination import Examined, Verdict
from reconciler.model.property import BOOKING, Property
from reconciler.model.workspace import ProviderSettings
from reconciler.runtime.drifting import look, report_of
from reconciler.runtime.site import Site
from reconciler.runtime.survey import Survey

_CLOCK = timedelta(seconds=5)
"""Clocks may differ by so much."""
_EXPLAINED = ("sold-beyond-allotment", "sold-beyond-units")
"""What was sold is judged by the bookings that are known."""
_BEHIND = {Severity.ERROR: Verdict.ERROR, Severity.WARNING: Verdict.WARNING}


def examine(site: Site) -> list[Examined]:
    """Everything, for the properties in scope. Raises FilesError, RefusedError (another environment), DatabaseError."""
    hotels = site.properties()
    pairs = look(site)
    drift = report_of(site, pairs)
    surveys = [survey for survey, _ in pairs]
    found = [_files(site, hotels), _environment(site), _clock("the database", site.clock() - site.store.clock())]
    providers = sorted({provider for hotel in hotels for provider in hotel.providers})
    for provider in providers:
        refused = [
            survey.failed for survey in surveys if survey.target == provider and isinstance(survey.failed, RefusedError)
        ]
        found += _provider(site, provider, refused)
    for hotel in hotels:
        found += _property(site, hotel, [survey for survey in surveys if survey.slug == hotel.slug], drift)
    return found


def _files(site: Site, hotels: Sequence[Property]) -> Examined:
    warnings = sum(1 for finding in site.loaded.diagnostics if finding.severity is Severity.WARNING)
    said = f"properties: {len(hotels)}; no errors; warnings: {warnings}"
    return Examined("files", Verdict.OK, said, "`reconciler validate` shows them" if warnings else "")


def _environment(site: Site) -> Examined:
    mark = site.store.environment()
    said = f"the database is marked `{mark}`" if mark else "the database is marked by its first apply"
    return Examined("environment", Verdict.OK, f"{site.environment.name}; {said}")


def _clock(whose: str, ahead: timedelta) -> Examined:
    if abs(ahead) <= _CLOCK:
        return Examined(f"clock, {whose}", Verdict.OK, "agrees with the one of this machine")
    seconds = abs(ahead.total_seconds())
    said = f"this machine's clock is {seconds:,.0f} s {'ahead of' if ahead > timedelta() else 'behind'} it"
    return Examined(f"clock, {whose}", Verdict.WARNING, said, "set the clock: deadlines and `today` depend on it")


def _provider(site: Site, provider: str, refused: Sequence[RefusedError]) -> Iterator[Examined]:
    """What holds for a provider as a whole. `refused`: why it may not be spoken to."""
    transport = site.loaded.workspace.providers.get(provider, ProviderSettings(provider)).transport
    subject = f"endpoints, {provider}"
    if refused:
        yield Examined(subject, Verdict.ERROR, refused[0].message, refused[0].hint)
    elif site.local(provider):
        yield Examined(subject, Verdict.OK, "this machine's sandbox")
        return
    else:
        yield Examined(subject, Verdict.OK, f"{site.environment.endpoints}: hosts that may be spoken to")
    yield assumptions.settings(provider, site.moving(provider), transport)
    ahead = site.ahead(provider)
    if ahead is not None:
        yield _clock(provider, timedelta(seconds=ahead))
    if provider == BOOKING:
        yield Examined(
            f"extranet, {provider}",
            Verdict.UNSEEN,
            "whether closed rooms are re-opened by cancellations cannot be asked for",
            'in each hotel\'s extranet, switch "auto-replenishment of closed rooms" off; it is on by default',
        )


def _property(site: Site, hotel: Property, surveys: Iterable[Survey], drift: DriftReport) -> Iterator[Examined]:
    for survey in surveys:
        said = [one for one in survey.findings if one.severity in _BEHIND and one.code not in _EXPLAINED]
        if survey.failed:
            yield Examined(_where(survey), Verdict.ERROR, survey.failed.message, survey.failed.hint, hotel.slug)
            continue
        yield _reached(hotel, survey)
        yield from (Examined(_where(survey), _BEHIND[one.severity], one.message, one.hint, hotel.slug) for one in said)
        if survey.target != DATABASE:
            yield assumptions.other_writers(hotel.slug, survey.target, drift.differences)
            yield from _sales(site, hotel, survey)
    yield from _open(site, hotel)


def _where(survey: Survey) -> str:
    return "the hotel's rows" if survey.target == DATABASE else survey.target


def _reached(hotel: Property, survey: Survey) -> Examined:
    here = survey.target == DATABASE
    said = "can be read" if here else "credentials are accepted, and the hotel is the one that was asked for"
    return Examined(_where(survey), Verdict.OK, said, slug=hotel.slug)


def _sales(site: Site, hotel: Property, survey: Survey) -> Iterator[Examined]:
    sold = {
        address.key[0]: seen.counts
        for address, seen in survey.observed.items()
        if address.kind == "availability" and seen.counts
    }
    if sold:
        rooms = {room.id: key for key, room in hotel.rooms.items()}
        stays = [
            (rooms[one.room_id], one.stay.arrival, one.stay.departure, one.stay.units)
            for one in site.store.bookings(hotel.id)
            if one.channel == survey.target and one.status is not Change.CANCELLED and one.room_id in rooms
        ]
        yield assumptions.feed(hotel.slug, survey.target, sold, assumptions.booked_by_night(stays))


def _open(site: Site, hotel: Property) -> Iterator[Examined]:
    """What earlier runs left in the middle."""
    left = len(site.store.unsettled(hotel.slug))
    moving = {provider for _, provider in site.store.moving(hotel.id)}
    if left or moving:
        where = f", units were being moved at {', '.join(sorted(moving))}" if moving else ""
        said = f"{left} operation(s) of earlier runs are not settled{where}"
        yield Examined("earlier runs", Verdict.WARNING, said, "the next `reconciler apply` settles them", hotel.slug)
    else:
        yield Examined("earlier runs", Verdict.OK, "nothing was left open", slug=hotel.slug)


def of_database(findings: Iterable[Diagnostic]) -> Iterator[Examined]:
    """What a look at the database's own shape found."""
    found = list(findings)
    for one in found:
        yield Examined("database", _BEHIND.get(one.severity, Verdict.OK), one.message, one.hint)
    if not found:
        yield Examined("database", Verdict.OK, "tables, keys and rights are as needed")
