"""The journal: what every run meant to do, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.state import Json, Value


class Outcome(StrEnum):
    """What became of an operation. `unknown`: sent, and no answer or observation has settled it yet."""

    APPLIED = "applied"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    UNKNOWN = "unknown"


class RunStatus(StrEnum):
    """How a run ended; `running` also for one that was cut off and not settled yet."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a verb that changes something. `id` is a UUID's text."""

    id: str
    environment: str
    verb: str
    started_at: datetime
    host: str
    pid: int
    os_user: str
    tool_version: str
    plan_digest: str | None = None
    commit: str | None = None
    status: RunStatus = RunStatus.RUNNING
    finished_at: datetime | None = None
    summary: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a property's lock."""

    property: str
    run_id: str
    verb: str
    host: str
    pid: int
    os_user: str
    since: datetime


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One attempt at (a part of) an operation: intent first, outcome after. Without an intent it was never tried.

    `after` holds what this attempt was to bring about.
    """

    run_id: str
    seq: int
    address: Address
    action: str
    before: Value | None
    after: Value | None
    intent_at: datetime | None
    label: str = ""
    outcome: Outcome | None = None
    outcome_at: datetime | None = None
    detail: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """The last value that was put in force at an address, and by whose word. For calendars: all nights ever applied."""

    value: Value
    run_id: str | None = None
    plan_digest: str | None = None
    message_id: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """An id that a provider assigned to something git asked for."""

    property: str
    provider: str
    kind: str
    key: str
    external_id: str
