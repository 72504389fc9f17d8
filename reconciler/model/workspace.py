"""The workspace as `reconciler.yaml` says it: environments, credentials by reference, providers' settings, schedules, policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from reconciler.model.policies import Policy
from reconciler.model.state import Json


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a run works. `endpoints`: `local`, `sandbox` or `production`; `properties`: globs, `!` leaves out, the last that fits wins."""

    name: str
    database: str = "embedded"
    endpoints: str = "local"
    test_mode: bool = True
    debug: bool = False
    sync_enabled: bool = False
    sync_interval: timedelta = timedelta(minutes=5)
    properties: tuple[str, ...] = ("**",)
    require_commit: bool = False
    allow_prune: bool = False

    @property
    def credential_set(self) -> str:
        """Which half of a credential this environment uses: `sandbox` or `production`."""
        return "sandbox" if self.test_mode else "production"


REFERENCE_SCHEMES = frozenset({"env", "file", "exec", "vault", "sealed"})
"""What a reference to a secret may begin with; anything else in its place is taken for the secret itself, and refused."""


@dataclass(frozen=True, slots=True)
class Credential:
    """References by set (`sandbox`, `production`) and key; never a value."""

    name: str
    provider: str
    rotate_every: timedelta
    sets: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Transport:
    """How requests to a provider are sent; times in seconds."""

    timeout: float = 30.0
    attempts: int = 5
    delay: float = 1.0
    max_delay: float = 60.0
    requests_per_minute: int = 300


CLOSE, OVERLAP = "close", "overlap"


@dataclass(frozen=True, slots=True)
class Moving:
    """How units move at a provider. `deadline`: seconds after which a request that was not answered can no longer be carried out;

    `feed_wait`: seconds until every sale that was accepted can be seen; `move`: `close` takes a room off sale while its count changes,
    `overlap` leaves it on sale where so much is free that both counts may be sold.
    """

    deadline: float = 90.0
    feed_wait: float = 60.0
    move: str = CLOSE


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """A provider for the whole workspace.

    `endpoints`: base URL by endpoints name (`local`: one base for all of its hosts); `allotment`: how its units move;
    `auth`: how Booking.com is told who asks, `token` or `basic`.
    """

    name: str
    transport: Transport = Transport()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    booked_includes_cancelled: bool = False
    allotment: Moving = Moving()
    auth: str = "token"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A row of `ota_sync_schedules`."""

    sync_type: str
    cron: str
    providers: tuple[str, ...]
    enabled: bool = True
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything in `reconciler.yaml`. `policies`: the parameters of the checks that it names."""

    environments: Mapping[str, Environment]
    providers: Mapping[str, ProviderSettings]
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    events: Mapping[str, Json] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    plan_ttl: timedelta = timedelta(days=7)
