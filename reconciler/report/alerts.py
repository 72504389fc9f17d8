"""Alerts as reports: those that are not over, with their age, and what became of them in a drift run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from reconciler.model.alert import Edge, Raised, Told
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count

_COLUMNS = ("alert", "age", "severity", "property", "provider", "type", "message")


def build(raised: Sequence[Raised], now: datetime) -> Report:
    """The alerts in the order given."""
    rows = tuple(_row(one, now) for one in raised)
    return Report(
        subject="alerts",
        title="Alerts",
        verdict=f"{count(len(raised), 'alert')}, the oldest {age(raised[0].since, now)} old."
        if raised
        else "No alerts.",
        data=lambda: {"format_version": FORMAT_VERSION, "alerts": [_to_json(one, now) for one in raised]},
        sections=(Section("", table=Table(_COLUMNS, rows)),) if raised else (),
    )


def resolved(raised: Sequence[Raised], now: datetime) -> Report:
    """What was resolved by hand."""
    rows = tuple(_row(one, now) for one in raised)
    return Report(
        subject="alerts",
        title="Alerts",
        verdict=f"Resolved: {count(len(raised), 'alert')}. What still stands is told anew by the next `reconciler drift --record`.",
        data=lambda: {"format_version": FORMAT_VERSION, "resolved": [_to_json(one, now) for one in raised]},
        sections=(Section("", table=Table(_COLUMNS, rows)),),
    )


def _row(one: Raised, now: datetime) -> tuple[str, ...]:
    alert = one.alert
    return one.id[:8], age(one.since, now), alert.severity.value, alert.slug, alert.target, alert.kind, alert.message


def _to_json(one: Raised, now: datetime) -> Json:
    alert = one.alert
    return {
        "id": one.id,
        "property": alert.slug,
        "provider": alert.target,
        "type": alert.kind,
        "subject": alert.subject or None,
        "severity": alert.severity.value,
        "message": alert.message,
        "since": one.since.isoformat(),
        "changed": one.changed.isoformat() if one.changed else None,
        "age_seconds": max(0, int((now - one.since).total_seconds())),
        "ours": one.ours,
    }


def recorded(told: Sequence[Told], now: datetime) -> tuple[str, dict[str, Json]]:
    """What became of the alerts in a drift run: a sentence, and the same for machines."""
    counts = Counter(one.edge for one in told)
    standing = [one.before.since for one in told if one.edge is Edge.STANDING and one.before]
    parts = [f"{counts[edge]:,} {edge.value}" for edge in (Edge.NEW, Edge.CHANGED, Edge.CLEARED) if counts[edge]]
    if standing:
        parts.append(f"{len(standing):,} as before, the oldest {age(min(standing), now)} old")
    data: dict[str, Json] = {
        edge.value: [
            {"property": a.slug, "provider": a.target, "type": a.kind, "subject": a.subject, "message": a.message}
            for a in (one.alert for one in told if one.edge is edge)
        ]
        for edge in Edge
    }
    return f"Alerts: {', '.join(parts)}." if parts else "Alerts: none.", data


def age(since: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that fits: `5 minutes`, `3 days`."""
    passed = max(now - since, timedelta())
    for size, unit in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute")):
        if passed >= size:
            return count(passed // size, unit)
    return "less than a minute"
