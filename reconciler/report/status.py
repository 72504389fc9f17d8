"""Status as a report: where each property stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.engine.plan_file import coverage_to_json
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.journal import Run
from reconciler.model.state import Coverage, Json
from reconciler.report import coverage, findings
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count
from reconciler.report.nights import moment

_COLUMNS = ("property", "last run", "status", "when", "last applied", "addresses applied", "coverage", "note")


@dataclass(frozen=True, slots=True)
class PropertyStatus:
    """One property. `applied`: how many addresses have a last applied value; `coverage` by provider; `note`: suspended, locked, ...

    `not_owned`: what of it is not git's.
    """

    property: str
    last_run: Run | None = None
    last_applied_at: datetime | None = None
    applied: int = 0
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    note: str = ""
    not_owned: tuple[Diagnostic, ...] = ()


def build(environment: str, properties: Sequence[PropertyStatus]) -> Report:
    """The table of properties, in the order given."""
    never = sum(1 for hotel in properties if hotel.last_applied_at is None)
    verdict = f"{count(len(properties), 'property', 'properties')}{f', {never:,} never applied' if never else ''}."
    return Report(
        subject="status",
        title=f"Status of {environment}",
        verdict=verdict,
        data=lambda: _to_json(environment, properties),
        environment=environment,
        sections=(
            Section("", table=Table(_COLUMNS, tuple(_row(hotel) for hotel in properties))),
            *(section for hotel in properties if (section := _section(hotel))),
        )
        if properties
        else (),
    )


def _section(hotel: PropertyStatus) -> Section | None:
    """What is not mapped, by name, and what is not git's; None where there is nothing of it."""
    notices = (*coverage.unmapped(_of(hotel), hotel.property), *findings.unmanaged(hotel.not_owned, hotel.property))
    return Section(hotel.property, notices=notices) if notices else None


def _row(hotel: PropertyStatus) -> tuple[str, ...]:
    run = hotel.last_run
    return (
        hotel.property,
        run.verb if run else "never",
        run.status.value if run else "",
        moment(run.started_at) if run else "",
        moment(hotel.last_applied_at) or "never",
        f"{hotel.applied:,}",
        coverage.summary(_of(hotel), hotel.property) or "not known",
        hotel.note,
    )


def _of(hotel: PropertyStatus) -> dict[tuple[str, str], Coverage]:
    return {(hotel.property, provider): value for provider, value in hotel.coverage.items()}


def _to_json(environment: str, properties: Sequence[PropertyStatus]) -> dict[str, Json]:
    listed: list[Json] = [_hotel(hotel) for hotel in properties]
    return {"format_version": FORMAT_VERSION, "environment": environment, "properties": listed}


def _hotel(hotel: PropertyStatus) -> dict[str, Json]:
    run = hotel.last_run
    last: Json = None
    if run is not None:
        last = {"id": run.id, "verb": run.verb, "status": run.status.value, "started_at": run.started_at.isoformat()}
    return {
        "property": hotel.property,
        "last_run": last,
        "last_applied_at": hotel.last_applied_at.isoformat() if hotel.last_applied_at else None,
        "applied": hotel.applied,
        "coverage": coverage_to_json(_of(hotel)),
        "note": hotel.note,
        "not_owned": [finding.message for finding in hotel.not_owned],
    }
