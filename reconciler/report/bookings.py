"""Bookings as a report: the ledger as a table, what a pull brought and what gave way, and a sale of the hotel itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.engine.planner import touched
from reconciler.model.booking import Change, Stay
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.journal import Outcome
from reconciler.model.plan import Operation
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Entry, Report, Section, Table, count
from reconciler.report.findings import tally, to_json
from reconciler.report.nights import lines, moment
from reconciler.report.plan import SIGNS
from reconciler.report.run import OUTCOMES

_COLUMNS = ("property", "channel", "booking", "status", "room", "arrival", "departure", "units", "told")
_PULLED = ("provider", "new", "changed", "cancelled", "known", "acknowledged", "note")


@dataclass(frozen=True, slots=True)
class Line:
    """A stay of a booking. `room` is the channel's own id where it is mapped to none of ours; `at`: when it was told last."""

    property: str
    channel: str
    booking: str
    status: Change
    room: str
    stay: Stay
    at: datetime


@dataclass(frozen=True, slots=True)
class Brought:
    """What one provider handed over for a property, see `runtime.bookings.Pulled`."""

    provider: str
    fresh: Mapping[Change, int]
    known: int
    acknowledged: int
    refused: Mapping[str, str]
    more: bool
    failed: str

    @property
    def note(self) -> str:
        """What a person should know of it."""
        refused = "; ".join(f"{booking}: {reason}" for booking, reason in self.refused.items())
        return self.failed or refused or ("there is more: pull again" if self.more else "")


@dataclass(slots=True)
class TakenIn:
    """One property. `closed`: the operations that took oversold nights off sale, with their `outcomes`. `failed`: why it was not pulled."""

    property: str
    brought: list[Brought] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    closed: Sequence[Operation] = ()
    outcomes: Mapping[str, tuple[Outcome, str]] = field(default_factory=dict)
    failed: str = ""


def ledger(booked: Sequence[Line]) -> Report:
    """The bookings in the order given."""
    rows = tuple(tuple(str(cell) for cell in {**_line(one), "told": moment(one.at)}.values()) for one in booked)
    return Report(
        subject="bookings",
        title="Bookings",
        verdict=f"{count(len(booked), 'stay')}." if booked else "No bookings.",
        data=lambda: {"format_version": FORMAT_VERSION, "bookings": [_line(one) for one in booked]},
        sections=(Section("", table=Table(_COLUMNS, rows)),) if booked else (),
    )


def _line(one: Line) -> dict[str, Json]:
    return {
        "property": one.property,
        "channel": one.channel,
        "booking": one.booking,
        "status": one.status.value,
        "room": one.room,
        "arrival": one.stay.arrival.isoformat(),
        "departure": one.stay.departure.isoformat(),
        "units": one.stay.units,
        "told": one.at.isoformat(),
    }


def pulled(taken: Sequence[TakenIn], findings: Sequence[Diagnostic], year: int) -> Report:
    """What was handed over, by property and provider, and what was found. Properties of which there is nothing to say are counted."""
    fresh = sum(number for one in taken for part in one.brought for number in part.fresh.values())
    shown = [one for one in taken if one.failed or one.closed or any(_says(part) for part in one.brought)]
    failed = sum(bool(one.failed or any(part.failed for part in one.brought)) for one in taken)
    kept = f"{count(fresh, 'version')} of bookings kept" if fresh else "Nothing new"
    wrong = f"; {count(failed, 'property', 'properties')} could not be pulled whole" if failed else ""
    quiet = len(taken) - len(shown)
    return Report(
        subject="bookings",
        title="Bookings pulled",
        verdict=f"{kept}{wrong}.",
        data=lambda: {"format_version": FORMAT_VERSION, "pulled": list(_pulled(taken)), **to_json(findings)},
        sections=tuple(_section(one, year) for one in shown),
        findings=tuple(findings),
        tally=tally(findings),
        remainder=(f"{count(quiet, 'property', 'properties')} without news.",) if quiet else (),
    )


def _says(part: Brought) -> bool:
    return bool(sum(part.fresh.values()) or part.known or part.acknowledged or part.note)


def _section(one: TakenIn, year: int) -> Section:
    rows = tuple(
        (
            part.provider,
            *(str(part.fresh.get(change, 0)) for change in Change),
            str(part.known),
            str(part.acknowledged),
            part.note,
        )
        for part in one.brought
    )
    return Section(
        one.property,
        warnings=(one.failed,) if one.failed else (),
        entries=tuple(_gave_way(one, year)),
        table=Table(_PULLED, rows) if rows else None,
    )


def _gave_way(one: TakenIn, year: int) -> Iterator[Entry]:
    for op in one.closed:
        outcome, detail = one.outcomes.get(op.id, (Outcome.NOT_ATTEMPTED, ""))
        word, tone = OUTCOMES[outcome]
        nights = lines(touched(op.change).map(lambda _: ()), year)
        yield Entry(
            SIGNS[op.change.action],
            op.address.within_property(),
            f"off sale: {word}",
            (*nights, *([(detail,)] if detail else [])),
            tone,
            address=op.address,
        )


def _pulled(taken: Sequence[TakenIn]) -> Iterator[Json]:
    for one in taken:
        for part in one.brought:
            fresh: dict[str, Json] = {change.value: part.fresh.get(change, 0) for change in Change}
            counts: dict[str, Json] = {"known": part.known, "acknowledged": part.acknowledged, "more": part.more}
            where: dict[str, Json] = {"property": one.property, "provider": part.provider}
            yield {**where, **fresh, **counts, "refused": dict(part.refused), "failed": part.failed or None}
        if one.failed:
            yield {"property": one.property, "provider": None, "failed": one.failed}


def sold(slug: str, reference: str, stay: Stay) -> Report:
    """A sale of the hotel itself. `stay.room` is ours."""
    what = f"{count(stay.units, 'unit')} of {stay.room}, {stay.arrival} to {stay.departure}, as {reference}"
    line: dict[str, Json] = {
        "property": slug,
        "reference": reference,
        "room": stay.room,
        "arrival": stay.arrival.isoformat(),
        "departure": stay.departure.isoformat(),
        "units": stay.units,
    }
    return _own("Sale", f"Sold: {what}.", {"sold": line})


def cancelled(slug: str, reference: str) -> Report:
    """A sale of the hotel itself that is one no longer."""
    return _own("Cancellation", f"Cancelled: {reference}.", {"cancelled": {"property": slug, "reference": reference}})


def _own(title: str, verdict: str, data: Mapping[str, Json]) -> Report:
    return Report("bookings", title, verdict, data=lambda: {"format_version": FORMAT_VERSION, **data})
