"""The workspace from `reconciler.yaml`, with defaults for what it does not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from reconciler.load import policies
from reconciler.load.problems import Problems
from reconciler.load.workspace_documents import (
    CredentialDoc,
    EnvironmentDoc,
    EventDoc,
    EventsDoc,
    MovingDoc,
    ProviderDoc,
    TransportDoc,
    WorkspaceDoc,
)
from reconciler.model.property import BOOKING, EXPEDIA
from reconciler.model.state import Json
from reconciler.model.workspace import Credential, Environment, Moving, ProviderSettings, Schedule, Transport, Workspace

ROTATE_EVERY = timedelta(days=90)
PLAN_TTL = timedelta(days=7)
SYNC_INTERVAL = timedelta(minutes=5)

_SECOND = timedelta(seconds=1)
_EVENTS: Mapping[str, tuple[str, int, str, str]] = {
    "booking_created": ("critical", 5, "1s", "30s"),
    "booking_cancelled": ("critical", 5, "1s", "30s"),
    "inventory_updated": ("high", 3, "2s", "15s"),
    "rate_updated": ("medium", 3, "5s", "10s"),
    "content_updated": ("low", 2, "10s", "30s"),
}


def defaults() -> Workspace:
    """A workspace of which nothing is written."""
    return resolve(WorkspaceDoc(kind="Workspace"), Problems())


def resolve(doc: WorkspaceDoc, problems: Problems) -> Workspace:
    """The workspace. What is wrong goes to `problems`."""
    environments = doc.environments or {"development": EnvironmentDoc()}
    booking = doc.providers.booking
    return Workspace(
        environments={name: _environment(name, one) for name, one in environments.items()},
        providers={
            EXPEDIA: _provider(EXPEDIA, doc.providers.expedia, doc.transport),
            BOOKING: replace(_provider(BOOKING, booking, doc.transport), auth=booking.auth),
        },
        credentials={name: _credential(name, one) for name, one in doc.credentials.items()},
        schedules={
            name: Schedule(name, one.cron, tuple(one.providers), one.enabled, one.timezone)
            for name, one in doc.schedules.items()
        },
        events=_events(doc.events),
        policies=policies.resolve(doc.policies, problems),
        plan_ttl=doc.plan_ttl or PLAN_TTL,
    )


def _environment(name: str, doc: EnvironmentDoc) -> Environment:
    return Environment(
        name=name,
        database=doc.database,
        endpoints=doc.endpoints,
        test_mode=doc.test_mode,
        debug=doc.debug,
        sync_enabled=doc.sync.enabled,
        sync_interval=doc.sync.interval or SYNC_INTERVAL,
        properties=tuple(doc.properties),
        require_commit=not doc.test_mode if doc.require_commit is None else doc.require_commit,
        allow_prune=doc.allow_prune,
    )


_USUAL = {EXPEDIA: Transport(timeout=65.0)}
"""Expedia asks its partners to hold a connection for 60 seconds at least."""


def _provider(name: str, doc: ProviderDoc, shared: TransportDoc) -> ProviderSettings:
    transport = _transport(_transport(_USUAL.get(name, Transport()), shared), doc.transport)
    if doc.requests_per_minute is not None:
        transport = replace(transport, requests_per_minute=doc.requests_per_minute)
    return ProviderSettings(name, transport, dict(doc.endpoints), doc.booked_includes_cancelled, _moving(doc.allotment))


def _moving(doc: MovingDoc) -> Moving:
    usual = Moving()
    return Moving(
        deadline=doc.deadline / _SECOND if doc.deadline is not None else usual.deadline,
        feed_wait=doc.feed_wait / _SECOND if doc.feed_wait is not None else usual.feed_wait,
        move=doc.move or usual.move,
    )


def _transport(under: Transport, doc: TransportDoc) -> Transport:
    written = {name: getattr(doc, name) for name in TransportDoc.model_fields}
    times: dict[str, Any] = {name: value / _SECOND for name, value in written.items() if isinstance(value, timedelta)}
    counts: dict[str, Any] = {name: value for name, value in written.items() if isinstance(value, int)}
    return replace(under, **times, **counts)


def _credential(name: str, doc: CredentialDoc) -> Credential:
    sets = {half: getattr(doc, half).model_dump(exclude_none=True) for half in ("sandbox", "production")}
    return Credential(name, doc.provider, doc.rotate_every or ROTATE_EVERY, {half: s for half, s in sets.items() if s})


def _events(doc: EventsDoc) -> dict[str, Json]:
    """The table of events; times as text, as they are written."""
    events: dict[str, Json] = {"enabled": doc.enabled}
    for name, default in _EVENTS.items():
        events[name] = _event(getattr(doc, name), default)
    return events


def _event(doc: EventDoc, default: tuple[str, int, str, str]) -> Json:
    level, retries, delay, timeout = default
    return {
        "level": doc.level or level,
        "retries": retries if doc.retries is None else doc.retries,
        "delay": delay if doc.delay is None else _spelled(doc.delay),
        "timeout": timeout if doc.timeout is None else _spelled(doc.timeout),
    }


def _spelled(time: timedelta) -> str:
    milliseconds = time // timedelta(milliseconds=1)
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"
