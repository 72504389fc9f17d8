"""`reconciler.yaml` as it is written: shapes, and the few rules that need nothing else."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from cronsim import CronSim, CronSimError
from pydantic import Field, PlainValidator, WithJsonSchema

from reconciler.load.document import Doc
from reconciler.load.policy_documents import PoliciesDoc
from reconciler.load.types import Count, Duration, Flag, Key, OneOf, Text, Timezone
from reconciler.load.values import fault, shown, text
from reconciler.model.state import Json
from reconciler.model.workspace import REFERENCE_SCHEMES

SYNC_TYPES = ("rate_sync", "inventory_sync", "booking_sync", "content_sync")
ENDPOINTS = ("local", "sandbox", "production")
_LEVELS = ("critical", "high", "medium", "low")
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  only to see whether an expression can be read


def reference(value: object) -> str:
    """Where a secret is kept. Never repeats what is written: it may be the secret."""
    scheme, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not colon or scheme not in REFERENCE_SCHEMES or not rest.strip():
        known = ", ".join(f"{name}:" for name in sorted(REFERENCE_SCHEMES))
        hint = f"write where it is kept, for instance env:EXPEDIA_PROD_API_KEY; known: {known}"
        raise fault("plaintext-secret", "a secret does not belong in a file", hint)
    if scheme == "env" and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", rest):
        raise fault("bad-reference", "what follows `env:` is not the name of a variable", "such as env:DATABASE_URL")
    return str(value)


def database(value: object) -> str:
    """`embedded`, `embedded:DIR`, or where the URL is kept."""
    if isinstance(value, str) and (value == "embedded" or re.fullmatch(r"embedded:\S+", value)):
        return value
    return reference(value)


def cron(value: object) -> str:
    """A cron expression of five fields."""
    written = text(value)
    try:
        CronSim(written, _EPOCH)
    except CronSimError as error:
        raise fault("bad-cron", f"{shown(written)} is not a cron expression: {error}", "such as */15 * * * *") from None
    if len(written.split()) != 5:
        raise fault("bad-cron", f"{shown(written)} is not a cron expression of five fields", "such as */15 * * * *")
    return written


def url(value: object) -> str:
    """The base URL of an endpoint; without user or password."""
    written = text(value)
    try:
        parts = urlsplit(written)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise fault("bad-url", "expected a URL such as https://services.example.com")
    if parts.username or parts.password:
        raise fault("plaintext-secret", "a secret does not belong in a file", "remove user and password from the URL")
    return written.rstrip("/")


def _as_written(value: object) -> Json:
    """Any value, with exact numbers as text and whole ones as they are."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {str(key): _as_written(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_written(item) for item in value]
    return value if value is None or isinstance(value, (bool, int)) else str(value)


def _as_written_mapping(value: object) -> dict[str, Json]:
    written = _as_written(value)
    if not isinstance(written, dict):
        raise fault("wrong-type", f"expected a mapping, found {shown(value)}")
    return written


Provider = Annotated[str, OneOf("expedia", "booking.com")]
Reference = Annotated[
    str,
    PlainValidator(reference),
    WithJsonSchema(
        {"type": "string", "pattern": f"^({'|'.join(sorted(REFERENCE_SCHEMES))}):.+", "examples": ["env:NAME"]}
    ),
]
Database = Annotated[
    str, PlainValidator(database), WithJsonSchema({"type": "string", "examples": ["embedded", "env:DATABASE_URL"]})
]
Cron = Annotated[str, PlainValidator(cron), WithJsonSchema({"type": "string", "examples": ["*/15 * * * *"]})]
Url = Annotated[str, PlainValidator(url), WithJsonSchema({"type": "string", "format": "uri"})]
Endpoints = Annotated[str, OneOf(*ENDPOINTS)]
Authentication = Annotated[str, OneOf("token", "basic")]
SyncType = Annotated[str, OneOf(*SYNC_TYPES)]
Level = Annotated[str, OneOf(*_LEVELS)]
Free = Annotated[dict[str, Any], PlainValidator(_as_written_mapping), WithJsonSchema({"type": "object"})]


class TransportDoc(Doc):
    """How requests are sent. A provider's own goes over the global one, key by key."""

    timeout: Duration | None = Field(default=None, description="For one request; default 30s, at Expedia 65s.")
    attempts: Count | None = Field(default=None, description="Tries in all; default 5.")
    delay: Duration | None = Field(default=None, description="Before the second try, doubling; default 1s.")
    max_delay: Duration | None = Field(default=None, description="Never longer between tries; default 60s.")
    requests_per_minute: Count | None = Field(default=None, description="Per account; default 300.")


class ProviderDoc(Doc):
    """A provider, for the whole workspace."""

    requests_per_minute: Count | None = Field(default=None, description="Per account; default 300.")
    transport: TransportDoc = TransportDoc()
    endpoints: dict[Endpoints, Url] = Field(
        default={}, description="Base URL by endpoints name, in place of the built-in ones."
    )
    booked_includes_cancelled: Flag = Field(
        default=False, description="Whether its count of bookings includes cancelled ones."
    )
    allotment: Free = Field(default={}, description="deadline, feed_wait, move.")


class BookingProviderDoc(ProviderDoc):
    """Booking.com, for the whole workspace."""

    auth: Authentication = Field(
        default="token", description="token: exchanged for a token; basic: name and password of a machine account."
    )


class ProvidersDoc(Doc):
    """The providers."""

    expedia: ProviderDoc = ProviderDoc()
    booking: BookingProviderDoc = Field(default=BookingProviderDoc(), alias="booking.com")


class SyncDoc(Doc):
    """Whether properties are compared regularly."""

    enabled: Flag = False
    interval: Duration | None = Field(default=None, description="The longest without a full comparison; default 5m.")


class EnvironmentDoc(Doc):
    """Where runs work."""

    database: Database = Field(default="embedded", description="embedded, embedded:DIR, or where the URL is kept.")
    endpoints: Endpoints = Field(default="local", description="Which hosts of the providers.")
    test_mode: Flag = Field(default=True, description="Which half of the credentials; false is production.")
    debug: Flag = False
    sync: SyncDoc = SyncDoc()
    properties: list[Text] = Field(
        default=["**"], description="Globs over paths below properties/; ! leaves out, the last one wins."
    )
    require_commit: Flag | None = Field(
        default=None, description="Apply only what is committed; default: outside of test mode."
    )
    allow_prune: Flag = Field(default=False, description="Whether --prune exists here.")


class CredentialDoc(Doc):
    """Where an account's secrets are kept; never the secrets."""

    provider: Provider
    rotate_every: Duration | None = Field(default=None, description="Default 90d.")
    sandbox: dict[Key, Reference] = Field(default={})
    production: dict[Key, Reference] = Field(default={})


class ScheduleDoc(Doc):
    """When something is synchronised."""

    cron: Cron
    providers: list[Provider] = Field(default=["expedia", "booking.com"])
    enabled: Flag = True
    timezone: Timezone = "UTC"


class EventDoc(Doc):
    """How an event is handled."""

    level: Level | None = None
    retries: Count | None = None
    delay: Duration | None = None
    timeout: Duration | None = None


class EventsDoc(Doc):
    """Events and how urgent they are."""

    enabled: Flag = True
    booking_created: EventDoc = EventDoc()
    booking_cancelled: EventDoc = EventDoc()
    inventory_updated: EventDoc = EventDoc()
    rate_updated: EventDoc = EventDoc()
    content_updated: EventDoc = EventDoc()


class WorkspaceDoc(Doc):
    """What is the same for all properties."""

    kind: Literal["Workspace"]
    transport: TransportDoc = TransportDoc()
    providers: ProvidersDoc = ProvidersDoc()
    environments: dict[Key, EnvironmentDoc] = Field(
        default={}, description="Default: a development environment, embedded and local."
    )
    credentials: dict[Key, CredentialDoc] = Field(default={})
    schedules: dict[SyncType, ScheduleDoc] = Field(default={})
    events: EventsDoc = EventsDoc()
    policies: PoliciesDoc = PoliciesDoc()
    plan_ttl: Duration | None = Field(default=None, description="How long a saved plan holds; default 7d.")
