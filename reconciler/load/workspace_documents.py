"""`reconciler.yaml` as it is written: shapes, and the few rules that need nothing else."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from cronsim import CronSim, CronSimError
from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from reconciler.load import spellings
from reconciler.load.document import Doc
from reconciler.load.policy_documents import PoliciesDoc
from reconciler.load.types import Count, Duration, Flag, Key, OneOf, Text, Timezone, spelled_as
from reconciler.load.values import LONGEST_TEXT, fault, shown, spelled, text
from reconciler.model.state import Json
from reconciler.model.workspace import REFERENCE_SCHEMES

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001  only to see whether an expression can be read


def reference(value: object) -> str:
    """Where a secret is kept. Never repeats what is written: it may be the secret."""
    if found := spelled(spellings.REFERENCE, value):
        return found
    scheme, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
    if not colon or scheme not in REFERENCE_SCHEMES or not rest.strip():
        known = ", ".join(f"{name}:" for name in sorted(REFERENCE_SCHEMES))
        hint = f"write where it is kept, for instance env:EXPEDIA_PROD_API_KEY; known: {known}"
        raise fault("plaintext-secret", "a secret does not belong in a file", hint)
    if scheme == "env":
        raise fault("bad-reference", "what follows `env:` is not the name of a variable", "such as env:DATABASE_URL")
    raise fault("bad-reference", f"what follows `{scheme}:` is not a line of text")


def database(value: object) -> str:
    """`embedded`, `embedded:DIR`, or where the URL is kept."""
    return spelled(spellings.DATABASE, value) or reference(value)


def cron(value: object) -> str:
    """A cron expression of five fields."""
    written = text(value)
    hint = "minute hour day month weekday, such as */15 * * * *"
    if spelled(spellings.CRON, written) is None:
        raise fault("bad-cron", f"{shown(written)} is not a cron expression of five fields", hint)
    try:
        CronSim(written, _EPOCH)
    except CronSimError as error:
        raise fault("bad-cron", f"{shown(written)} is not a cron expression: {error}", hint) from None
    return written


def url(value: object) -> str:
    """The base URL of an endpoint; without user or password."""
    written = text(value)
    if re.match(r"[a-z]+://[^/]*@", written):
        raise fault("plaintext-secret", "a secret does not belong in a file", "remove user and password from the URL")
    if spelled(spellings.URL, written) is None:
        raise fault("bad-url", "expected a URL such as https://services.example.com")
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


Provider = Annotated[str, OneOf(**{"expedia": "Expedia", "booking.com": "Booking.com"})]
Reference = Annotated[
    str,
    PlainValidator(reference),
    spelled_as(
        spellings.REFERENCE,
        "Where a secret is kept, never the secret.",
        "env:EXPEDIA_PROD_API_KEY",
        "file:/run/secrets/key",
    ),
]
Database = Annotated[
    str,
    PlainValidator(database),
    spelled_as(spellings.DATABASE, "embedded, embedded:DIR, or where the URL is kept.", "embedded", "env:DATABASE_URL"),
]
Cron = Annotated[
    str,
    PlainValidator(cron),
    spelled_as(
        spellings.CRON, "When: minute, hour, day, month, weekday.", "*/15 * * * *", "0 2 * * *", maxLength=LONGEST_TEXT
    ),
]
Url = Annotated[
    str,
    PlainValidator(url),
    spelled_as(
        spellings.URL, "A URL, without user and password.", "https://services.example.com", maxLength=LONGEST_TEXT
    ),
]
Endpoints = Annotated[
    str,
    OneOf(
        local="The sandbox on this machine.",
        sandbox="The provider's test hosts.",
        production="The provider's real hosts.",
    ),
]
Authentication = Annotated[
    str, OneOf(token="exchanged for a token", basic="name and password of a machine account")  # noqa: S106  no secrets
]
SyncType = Annotated[
    str,
    OneOf(
        rate_sync="Rates and restrictions.",
        inventory_sync="Allocation and availability.",
        booking_sync="Bookings: retrieved and acknowledged.",
        content_sync="Plans, mappings, integrations, coverage.",
    ),
]
Level = Annotated[
    str, OneOf(critical="before everything else", high="soon", medium="when there is time", low="last of all")
]
Move = Annotated[
    str,
    OneOf(
        close="A room is off sale for the moment in which its count changes.",
        overlap="It stays on sale where so much is free that the old and the new count may both be sold; else it is closed.",
    ),
]


class TransportDoc(Doc):
    """How requests are sent. A provider's own goes over the global one, key by key."""

    timeout: Duration | None = Field(default=None, description="For one request. Default: 30s, at Expedia 65s.")
    attempts: Count | None = Field(default=None, description="Tries in all. Default: 5.", examples=[5])
    delay: Duration | None = Field(default=None, description="Before the second try, doubling. Default: 1s.")
    max_delay: Duration | None = Field(default=None, description="Never longer between tries. Default: 60s.")
    requests_per_minute: Count | None = Field(default=None, description="Per account. Default: 300.", examples=[300])


class MovingDoc(Doc):
    """How units move at a provider, so that none is ever sold twice."""

    deadline: Duration | None = Field(
        default=None,
        description="After so long a request that was not answered can no longer be carried out. Default: 90s.",
        examples=["90s"],
    )
    feed_wait: Duration | None = Field(
        default=None,
        description="After so long every sale that was accepted can be seen. Default: 60s.",
        examples=["60s"],
    )
    move: Move | None = Field(default=None, description="How a count that is on sale changes. Default: close.")


class ProviderDoc(Doc):
    """A provider, for the whole workspace."""

    requests_per_minute: Count | None = Field(default=None, description="Per account. Default: 300.", examples=[300])
    transport: TransportDoc = Field(
        default=TransportDoc(), description="How requests are sent to it.", examples=[{"timeout": "30s"}]
    )
    endpoints: dict[Endpoints, Url] = Field(
        default={},
        description="Base URL by endpoints name, in place of the built-in ones.",
        examples=[{"local": "http://127.0.0.1:8790"}],
    )
    booked_includes_cancelled: Flag = Field(
        default=False, description="Whether its count of bookings includes cancelled ones. Default: false."
    )
    allotment: MovingDoc = Field(
        default=MovingDoc(),
        description="How units move between this channel and the others.",
        examples=[{"deadline": "90s", "feed_wait": "60s", "move": "close"}],
    )


class BookingProviderDoc(ProviderDoc):
    """Booking.com, for the whole workspace."""

    auth: Authentication = Field(default="token", description="How requests are signed. Default: token.")


class ProvidersDoc(Doc):
    """The providers, for the whole workspace."""

    expedia: ProviderDoc = Field(default=ProviderDoc(), description="Expedia.", examples=[{"requests_per_minute": 300}])
    booking: BookingProviderDoc = Field(
        default=BookingProviderDoc(),
        alias="booking.com",
        description="Booking.com.",
        examples=[{"booked_includes_cancelled": False}],
    )


class SyncDoc(Doc):
    """Whether properties are compared regularly."""

    enabled: Flag = Field(default=False, description="Whether they are. Default: false.")
    interval: Duration | None = Field(
        default=None, description="The longest without a full comparison. Default: 5m.", examples=["5m"]
    )


class EnvironmentDoc(Doc):
    """Where runs work."""

    database: Database = Field(
        default="embedded", description="embedded, embedded:DIR, or where the URL is kept. Default: embedded."
    )
    endpoints: Endpoints = Field(default="local", description="Which hosts of the providers. Default: local.")
    test_mode: Flag = Field(
        default=True, description="true: the sandbox half of the credentials; false: production. Default: true."
    )
    debug: Flag = Field(default=False, description="Whether more is said of what is going on. Default: false.")
    sync: SyncDoc = Field(
        default=SyncDoc(), description="Whether properties are compared regularly.", examples=[{"enabled": False}]
    )
    properties: list[Text] = Field(
        default=["**"],
        description='Globs over paths below properties/; ! leaves out, the last that fits wins. Default: ["**"].',
        examples=[["**", "!_test/**"]],
    )
    require_commit: Flag | None = Field(
        default=None, description="Apply only what is committed. Default: outside of test mode."
    )
    allow_prune: Flag = Field(default=False, description="Whether --prune exists here. Default: false.")


class ExpediaKeys(Doc):
    """Where user and password of an account at Expedia are kept."""

    api_key: Reference | None = Field(default=None, description="Where the user is kept.")
    api_secret: Reference | None = Field(default=None, description="Where the password is kept.")


class BookingKeys(Doc):
    """Where client and secret of an account at Booking.com are kept."""

    api_key: Reference | None = Field(default=None, description="Where the secret, or the password, is kept.")
    partner_id: Reference | None = Field(default=None, description="Where the client's id, or the name, is kept.")


class ExpediaCredential(Doc):
    """Where the secrets of an account at Expedia are kept; never the secrets."""

    provider: Annotated[Provider, WithJsonSchema({"const": "expedia", "examples": ["expedia"]})] = Field(
        description="Whose account it is."
    )
    rotate_every: Duration | None = Field(default=None, description="How old a secret may be. Default: 90d.")
    sandbox: ExpediaKeys = Field(default=ExpediaKeys(), description="For environments in test mode.")
    production: ExpediaKeys = Field(default=ExpediaKeys(), description="For environments that are not in test mode.")


class BookingCredential(Doc):
    """Where the secrets of an account at Booking.com are kept; never the secrets."""

    provider: Annotated[Provider, WithJsonSchema({"const": "booking.com", "examples": ["booking.com"]})] = Field(
        description="Whose account it is."
    )
    rotate_every: Duration | None = Field(default=None, description="How old a secret may be. Default: 90d.")
    sandbox: BookingKeys = Field(default=BookingKeys(), description="For environments in test mode.")
    production: BookingKeys = Field(default=BookingKeys(), description="For environments that are not in test mode.")


def _whose(value: object) -> str:
    return "(booking.com)" if isinstance(value, dict) and value.get("provider") == "booking.com" else "(expedia)"


CredentialDoc = Annotated[
    Annotated[ExpediaCredential, Tag("(expedia)")] | Annotated[BookingCredential, Tag("(booking.com)")],
    Discriminator(_whose),
]


class ScheduleDoc(Doc):
    """When something is synchronised."""

    cron: Cron = Field(description="When: minute, hour, day, month, weekday.")
    providers: list[Provider] = Field(
        default=["expedia", "booking.com"],
        description="With whom. Default: [expedia, booking.com].",
        examples=[["expedia", "booking.com"]],
    )
    enabled: Flag = Field(default=True, description="Whether it runs. Default: true.")
    timezone: Timezone = Field(default="UTC", description="Whose clock `cron` is read by. Default: UTC.")


class EventDoc(Doc):
    """How an event is handled."""

    level: Level | None = Field(default=None, description="How urgent it is.")
    retries: Count | None = Field(default=None, description="How often it is tried again.", examples=[5])
    delay: Duration | None = Field(default=None, description="Before it is tried again.", examples=["1s"])
    timeout: Duration | None = Field(default=None, description="For one try.", examples=["30s"])


class EventsDoc(Doc):
    """Events and how urgent they are. The guide's table is the default."""

    enabled: Flag = Field(default=True, description="Whether events are handled. Default: true.")
    booking_created: EventDoc = Field(
        default=EventDoc(), description="A booking came in. Default: critical, 5 retries after 1s, 30s each."
    )
    booking_cancelled: EventDoc = Field(
        default=EventDoc(), description="A booking was cancelled. Default: critical, 5 retries after 1s, 30s each."
    )
    inventory_updated: EventDoc = Field(
        default=EventDoc(), description="Units changed. Default: high, 3 retries after 2s, 15s each."
    )
    rate_updated: EventDoc = Field(
        default=EventDoc(), description="A price changed. Default: medium, 3 retries after 5s, 10s each."
    )
    content_updated: EventDoc = Field(
        default=EventDoc(), description="A plan or mapping changed. Default: low, 2 retries after 10s, 30s each."
    )


class WorkspaceDoc(Doc):
    """What is the same for all properties."""

    kind: Literal["Workspace"] = Field(description="What this file is.", examples=["Workspace"])
    transport: TransportDoc = Field(
        default=TransportDoc(), description="How requests are sent.", examples=[{"timeout": "30s", "attempts": 5}]
    )
    providers: ProvidersDoc = Field(
        default=ProvidersDoc(),
        description="What is particular to a provider, for all properties.",
        examples=[{"expedia": {"requests_per_minute": 300}}],
    )
    environments: dict[Key, EnvironmentDoc] = Field(
        default={},
        description="Where runs work, by name. Default: a development environment, embedded and local.",
        examples=[{"production": {"database": "env:DATABASE_URL", "endpoints": "production", "test_mode": False}}],
    )
    credentials: dict[Key, CredentialDoc] = Field(
        default={},
        description="Accounts at the providers, by name: where their secrets are kept.",
        examples=[{"expedia-group": {"provider": "expedia", "production": {"api_key": "env:EXPEDIA_PROD_API_KEY"}}}],
    )
    schedules: dict[SyncType, ScheduleDoc] = Field(
        default={},
        description="When something is synchronised, by type.",
        examples=[{"rate_sync": {"cron": "*/15 * * * *"}}],
    )
    events: EventsDoc = Field(
        default=EventsDoc(),
        description="Events and how urgent they are.",
        examples=[{"rate_updated": {"level": "low"}}],
    )
    policies: PoliciesDoc = Field(
        default=PoliciesDoc(),
        description="What a plan must not do without consent.",
        examples=[{"blast_radius": {"operations": 2000}}],
    )
    plan_ttl: Duration | None = Field(default=None, description="How long a saved plan holds. Default: 7d.")
