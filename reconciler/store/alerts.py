"""Alerts in PostgreSQL: rows of `ota_config_alerts`, which other programs read, and beside each of ours what it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from reconciler.model.address import WORKSPACE
from reconciler.model.alert import Alert, Raised
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.diagnostics import Severity
from reconciler.model.state import Json
from reconciler.store.rows import storable, to_json
from reconciler.store.statements import statements

_LONGEST = 2000
"""Characters of a message."""


class PostgresAlerts:
    """See `contract.Alerts`. One at a time, so that two runs do not tell the same twice."""

    def __init__(self, connection: psycopg.Connection[TupleRow], environment: str) -> None:
        self._connection, self._environment = connection, environment
        self._sql = statements("alerts.sql")
        connection.execute(self._sql["turn"])

    def raised(self, at: datetime) -> Sequence[Raised]:
        self._connection.execute(self._sql["forget_removed"], (at,))
        return raised(self._connection, self._environment)

    def tell(self, alert: Alert, property_id: str | None, at: datetime) -> None:
        told = (property_id, alert.target, alert.kind, alert.severity.value, _text(alert.message), at)
        row = self._connection.execute(self._sql["raise"], told).fetchone()
        name = (alert.slug, alert.target, alert.kind, alert.subject)
        values = (*(row or ()), self._environment, *name, alert.mark, _nights(alert.nights))
        self._connection.execute(self._sql["remember"], values)

    def change(self, id_: str, alert: Alert, at: datetime) -> None:
        self._connection.execute(self._sql["change"], (alert.severity.value, _text(alert.message), id_))
        self._connection.execute(self._sql["changed"], (alert.mark, _nights(alert.nights), at, id_))

    def resolve(self, id_: str, reason: str, at: datetime) -> None:
        self._connection.execute(self._sql["resolve"], (id_,))
        self._connection.execute(self._sql["resolved"], (self._environment, at, _text(reason), id_))


def raised(connection: psycopg.Connection[TupleRow], environment: str) -> Sequence[Raised]:
    """The alerts that are not over, the oldest first."""
    rows = connection.execute(statements("alerts.sql")["raised"], (environment,)).fetchall()
    return [_raised(*row) for row in rows]


def _raised(
    id_: str,
    property_id: str | None,
    target: str,
    kind: str,
    severity: str,
    message: str,
    since: datetime,
    slug: str | None,
    subject: str | None,
    mark: str | None,
    nights: Sequence[Mapping[str, Any]] | None,
    changed: datetime | None,
) -> Raised:
    rank = Severity(severity) if severity in set(Severity) else Severity.WARNING
    runs = [Run(date.fromisoformat(run["from"]), date.fromisoformat(run["until"]), run["mark"]) for run in nights or ()]
    where = slug or property_id or WORKSPACE
    alert = Alert(where, target, kind, subject or "", rank, message, mark or "", from_runs(runs))
    return Raised(id_, alert, since, changed, slug is not None)


def _nights(nights: Calendar[str]) -> str:
    runs: list[Json] = [
        {"from": run.start.isoformat(), "until": run.until.isoformat(), "mark": run.value} for run in nights
    ]
    return to_json(runs)


def _text(text: str) -> str:
    return str(storable(text))[:_LONGEST]
