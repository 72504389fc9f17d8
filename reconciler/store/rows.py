"""Rows into values and back: what the columns of the reconciler's own tables mean."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from reconciler.kinds import KINDS
from reconciler.model.address import parse
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.journal import Applied, JournalEntry, Outcome, RunStatus
from reconciler.model.journal import Run as JournalRun
from reconciler.model.state import Json, Value

Row = tuple[Any, ...]
K = TypeVar("K")
V = TypeVar("V")


def to_json(data: Json) -> str:
    return json.dumps(storable(data), sort_keys=True, ensure_ascii=False)


def storable(data: Any) -> Any:
    """The data with every character that PostgreSQL cannot hold (NUL, halves of characters) replaced: such come from outside."""
    if isinstance(data, str):
        return data if data.isprintable() else data.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(data, dict):
        return {storable(key): storable(value) for key, value in data.items()}
    return [storable(item) for item in data] if isinstance(data, list) else data


def objects(data: Json) -> list[dict[str, Json]]:
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def calendars(runs: Iterable[tuple[K, Run[V]]]) -> dict[K, Calendar[V]]:
    found: dict[K, list[Run[V]]] = {}
    for key, run in runs:
        found.setdefault(key, []).append(run)
    return {key: from_runs(nights) for key, nights in found.items()}


def pair(key: str) -> tuple[str, str]:
    room, _, plan = key.partition("/")
    return room, plan


def applied(rows: Sequence[Row]) -> Applied:
    _, kind, from_night, _, value, run_id, digest, message_id, at = rows[-1]
    if from_night is None:
        return Applied(value, run_id, digest, message_id, at)
    runs: list[Json] = [
        {"from": _iso(start), "until": _iso(until), "value": night} for _, _, start, until, night, *_ in rows
    ]
    newest = max(rows, key=lambda row: row[8])
    return Applied(_value(kind, runs) or Calendar(), newest[5], newest[6], newest[7], newest[8])


def _iso(night: date) -> str:
    return night.isoformat()


def _value(kind: str, data: Json) -> Value | None:
    return KINDS[kind].from_json(data)


def run_of(row: Row) -> JournalRun:
    return replace(JournalRun(*row[:10]), status=RunStatus(row[10]), finished_at=row[11], summary=row[12] or {})


def intent(entry: JournalEntry) -> Row:
    kind, address = KINDS[entry.address.kind], entry.address
    values = (to_json(kind.to_json(entry.before)), to_json(kind.to_json(entry.after)))
    where = (entry.run_id, entry.seq, address.property, address.target, str(address), entry.label, entry.action)
    return (*where, *values, entry.intent_at)


def entry(row: Row) -> JournalEntry:
    run_id, seq, address_text, label, action, before, after, intent_at, outcome, outcome_at, detail, messages = row
    address = parse(address_text)
    return JournalEntry(
        run_id,
        seq,
        address,
        action,
        _value(address.kind, before),
        _value(address.kind, after),
        intent_at,
        label,
        Outcome(outcome) if outcome else None,
        outcome_at,
        detail or "",
        tuple(messages or ()),
    )
