"""The answer of the mapping service as a report: which room and plan of ours is which at a provider, either way round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count

_COLUMNS = ("property", "provider", "room", "rate plan", "room there", "rate plan there", "active", "known from")


@dataclass(frozen=True, slots=True)
class Match:
    """One pair. `rate_plan` and `external_rate_plan` are empty for a room by itself; `source`: where it is known from."""

    property: str
    provider: str
    room: str
    external_room: str
    rate_plan: str = ""
    external_rate_plan: str = ""
    active: bool = True
    source: str = ""


def build(asked: str, matches: Sequence[Match]) -> Report:
    """What was found for what was `asked`, in the order given."""
    verdict = (
        f"{count(len(matches), 'match', 'matches')} for {asked}." if matches else f"Nothing is mapped for {asked}."
    )
    return Report(
        subject="lookup",
        title="Mapping",
        verdict=verdict,
        data=lambda: {"format_version": FORMAT_VERSION, "asked": asked, "matches": [_to_json(m) for m in matches]},
        sections=(Section("", table=Table(_COLUMNS, tuple(_row(match) for match in matches))),) if matches else (),
    )


def _row(match: Match) -> tuple[str, ...]:
    return (
        match.property,
        match.provider,
        match.room,
        match.rate_plan,
        match.external_room,
        match.external_rate_plan,
        "yes" if match.active else "no",
        match.source,
    )


def _to_json(match: Match) -> Json:
    return {
        "property": match.property,
        "provider": match.provider,
        "room": match.room,
        "rate_plan": match.rate_plan or None,
        "external_room": match.external_room,
        "external_rate_plan": match.external_rate_plan or None,
        "active": match.active,
        "source": match.source,
    }
