"""Bookings as a report: the ledger as a table, and what a pull brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.booking import Change
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count
from reconciler.report.findings import to_json
from reconciler.report.nights import moment

_COLUMNS = ("property", "channel", "booking", "status", "room", "arrival", "departure", "units", "told")
_PULLED = ("property", "provider", "new", "changed", "cancelled", "known", "acknowledged", "note")


@dataclass(frozen=True, slots=True)
class Line:
    """A stay of a booking. `room` is the channel's own id where it is mapped to none of ours."""

    property: str
    channel: str
    booking: str
    status: str
    room: str
    arrival: str
    departure: str
    units: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Brought:
    """What one provider handed over for a property."""

    property: str
    provider: str
    fresh: Mapping[Change, int]
    known: int
    acknowledged: int
    refused: Mapping[str, str]
    failed: str


def ledger(lines: Sequence[Line]) -> Report:
    """The bookings in the order given."""
    rows = tuple(
        (
            one.property,
            one.channel,
            one.booking,
            one.status,
            one.room,
            one.arrival,
            one.departure,
            str(one.units),
            moment(one.at),
        )
        for one in lines
    )
    return Report(
        subject="bookings",
        title="Bookings",
        verdict=f"{count(len(lines), 'stay')}." if lines else "No bookings.",
        data=lambda: {"format_version": FORMAT_VERSION, "bookings": [_line(one) for one in lines]},
        sections=(Section("", table=Table(_COLUMNS, rows)),) if lines else (),
    )


def _line(one: Line) -> Json:
    words = {
        name: getattr(one, name)
        for name in ("property", "channel", "booking", "status", "room", "arrival", "departure")
    }
    return {**words, "units": one.units, "told": one.at.isoformat()}


def pulled(brought: Sequence[Brought], findings: Sequence[Diagnostic]) -> Report:
    """What was handed over, by property and provider, and what was found."""
    fresh = sum(sum(one.fresh.values()) for one in brought)
    rows = tuple(
        (
            one.property,
            one.provider,
            *(str(one.fresh.get(change, 0)) for change in Change),
            str(one.known),
            str(one.acknowledged),
            one.failed or "; ".join(f"{booking}: {reason}" for booking, reason in one.refused.items()),
        )
        for one in brought
    )
    return Report(
        subject="bookings",
        title="Bookings pulled",
        verdict=f"{count(fresh, 'version')} of bookings kept." if fresh else "Nothing new.",
        data=lambda: {
            "format_version": FORMAT_VERSION,
            "pulled": [_brought(one) for one in brought],
            **to_json(findings),
        },
        sections=(Section("", table=Table(_PULLED, rows)),),
        findings=tuple(findings),
    )


def _brought(one: Brought) -> Json:
    fresh: dict[str, Json] = {change.value: one.fresh.get(change, 0) for change in Change}
    counts: dict[str, Json] = {"known": one.known, "acknowledged": one.acknowledged, "refused": dict(one.refused)}
    return {"property": one.property, "provider": one.provider, **fresh, **counts, "failed": one.failed or None}
