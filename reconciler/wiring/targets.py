"""The tables of targets, where they are spoken to, and how each is opened: the only place that knows them by name.

What is slow to import is imported when a target is opened.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from reconciler.errors import CredentialError, ReconcilerError
from reconciler.model.address import DATABASE
from reconciler.model.capabilities import Capabilities
from reconciler.model.property import BOOKING, EXPEDIA, Property
from reconciler.model.secret import Secret
from reconciler.model.workspace import Environment, Moving, ProviderSettings, Workspace
from reconciler.providers.booking_com import capabilities as booking
from reconciler.providers.database import capabilities as database
from reconciler.providers.expedia import capabilities as expedia
from reconciler.runtime.site import Desks, Targets
from reconciler.runtime.unavailable import Unavailable, UnavailableDesk

if TYPE_CHECKING:
    from reconciler.engine.rules import Credentials
    from reconciler.model.state import Window
    from reconciler.providers.account import Account
    from reconciler.providers.booking_com.auth import Login, TokenCache
    from reconciler.providers.booking_com.pace import Pace
    from reconciler.providers.contract import Desk, Target
    from reconciler.providers.http import HttpClient
    from reconciler.providers.lookup import Lookup
    from reconciler.providers.remote import Remote
    from reconciler.store.postgres import PostgresStore
    from reconciler.wiring import Options

CAPABILITIES: Mapping[str, Capabilities] = {
    DATABASE: database.CAPABILITIES,
    EXPEDIA: expedia.CAPABILITIES,
    BOOKING: booking.CAPABILITIES,
}
"""Every target by name."""


def capabilities(hotel: Property, provider: str) -> Capabilities:
    """What a provider can do for a property: at Expedia it depends on how the hotel counts lengths of stay."""
    return (
        expedia.capabilities_of(hotel.providers[provider].length_of_stay)
        if provider == EXPEDIA
        else CAPABILITIES[provider]
    )


LOCAL_SANDBOX = "http://127.0.0.1:8790"
LOCAL_ACCOUNT = "local-sandbox"
"""User and password of the sandbox on this machine: no secret."""
LOCAL_RATE = 60_000
KEYS: Mapping[str, tuple[str, ...]] = {EXPEDIA: ("api_key", "api_secret"), BOOKING: ("partner_id", "api_key")}
"""What a credential for a provider is made of."""
_ENDPOINTS = {EXPEDIA: expedia.ENDPOINTS, BOOKING: booking.ENDPOINTS}
_ALLOWED_HOSTS = expedia.ALLOWED_HOSTS | booking.ALLOWED_HOSTS


def endpoints(
    settings: Workspace, provider: str, environment: Environment, environ: Mapping[str, str]
) -> Mapping[str, str]:
    """The base URLs of a provider's hosts in an environment, by logical host. RECONCILER_SANDBOX says where `local` is."""
    known = settings.providers.get(provider, ProviderSettings(provider)).endpoints
    given = known.get(environment.endpoints)
    if environment.endpoints == "local":
        given = environ.get("RECONCILER_SANDBOX") or given or LOCAL_SANDBOX
    built_in = _ENDPOINTS[provider].get(environment.endpoints, _ENDPOINTS[provider]["production"])
    return dict.fromkeys(built_in, given) if given else built_in


def is_local(hosts: Mapping[str, str]) -> bool:
    """Whether all of these base URLs are on this machine."""
    from reconciler.providers.http import host_of, is_loopback

    return all(is_loopback(host_of(url)) for url in hosts.values())


def all_local(settings: Workspace, environment: Environment, environ: Mapping[str, str]) -> bool:
    """Whether every provider of the environment is this machine's sandbox."""
    return all(is_local(endpoints(settings, provider, environment, environ)) for provider in _ENDPOINTS)


def _now() -> datetime:
    return datetime.now(UTC)


class Plant:
    """Opens targets: connections, clients, credentials, each as late as possible. Accounts and tokens are shared between properties.

    `credentials`: what the rules of another revision say of whose credentials are whose; empty where the files' own word holds.
    """

    def __init__(
        self,
        options: Options,
        settings: Workspace,
        environment: Environment,
        url: str,
        store: PostgresStore,
        credentials: Credentials,
    ) -> None:
        self._options, self._settings, self._environment = options, settings, environment
        self._credentials = credentials
        self._url, self._store = url, store
        self._accounts: dict[tuple[str, str | None], Account] = {}
        self._tokens: TokenCache | None = None
        self._paces: dict[str, Pace] = {}
        self._guard = threading.Lock()

    @contextmanager
    def workspace_target(self) -> Iterator[Target]:
        """The database, for what belongs to no property."""
        from reconciler.providers.database.target import WorkspaceDatabase
        from reconciler.store.connect import connect

        yield WorkspaceDatabase(partial(connect, self._url))

    @contextmanager
    def targets(self, hotel: Property) -> Iterator[Targets]:
        """Every target of one property: its providers and the database."""
        from reconciler.providers.database.target import HotelDatabase
        from reconciler.store.connect import connect

        with ExitStack() as stack:
            pending = partial(self._store.pending_of, hotel.slug)
            database = partial(HotelDatabase, hotel, partial(connect, self._url), pending)
            opened: dict[str, Target] = {DATABASE: self._opened(DATABASE, database)}
            for provider in sorted(hotel.providers):
                opened[provider] = self._opened(provider, partial(self._provider, hotel, provider, stack))
            yield opened

    def _opened(self, name: str, make: Callable[[], Target]) -> Target:
        """The target; one whose credentials or ids cannot be used stops itself only, when it is looked at."""
        try:
            return make()
        except ReconcilerError as error:
            return Unavailable(name, CAPABILITIES[name], error)

    def _provider(self, hotel: Property, provider: str, stack: ExitStack) -> Target:
        from reconciler.providers.remote import ids_of

        credentials = self._credentials_of(hotel, provider)
        client = stack.enter_context(self._client(provider, credentials))
        secrets = self._secrets(provider, credentials)
        ids = ids_of(hotel, provider, self._store.bindings(hotel.slug, provider))
        today = hotel.window.start
        if provider == EXPEDIA:
            from reconciler.providers.expedia.provider import Expedia

            return Expedia(hotel, ids, client, secrets, today)
        from reconciler.providers.booking_com.provider import BookingCom

        included = self._settings.providers[BOOKING].booked_includes_cancelled
        test = self._environment.test_mode
        login = self._login(client, secrets)
        known = self._store.applied(hotel.slug)
        return BookingCom(
            hotel, ids, client, login, today, booked_includes_cancelled=included, test=test, applied=known
        )

    def _credentials_of(self, hotel: Property, provider: str) -> str | None:
        """The credentials' name: by the rules, where they know the property at this provider."""
        return self._credentials.get((hotel.slug, provider), hotel.providers[provider].credentials)

    @contextmanager
    def desks(self, hotel: Property) -> Iterator[Desks]:
        """Where the providers of one property hand over its bookings; one that cannot be used says so when it is asked."""
        with ExitStack() as stack:
            opened: dict[str, Desk] = {}
            for provider in sorted(hotel.providers):
                try:
                    opened[provider] = self._desk(hotel, provider, stack)
                except ReconcilerError as error:
                    opened[provider] = UnavailableDesk(provider, error)
            yield opened

    def _desk(self, hotel: Property, provider: str, stack: ExitStack) -> Desk:
        link, credentials = hotel.providers[provider], self._credentials_of(hotel, provider)
        client = stack.enter_context(self._client(provider, credentials))
        secrets = self._secrets(provider, credentials)
        if provider == EXPEDIA:
            from reconciler.providers.expedia.desk import ExpediaDesk

            return ExpediaDesk(link.external_id, client, secrets, _now)
        from reconciler.providers.booking_com.desk import BookingComDesk

        login, pace = self._login(client, secrets), self._pace(link.external_id)
        return BookingComDesk(link.external_id, client, login, _now, pace, test=self._environment.test_mode)

    def _pace(self, hotel_id: str) -> Pace:
        """How often Booking.com is asked about one hotel, however often its desk is opened. The sandbox needs no pauses."""
        from reconciler.providers.booking_com.pace import AFTER, BETWEEN, Pace

        pauses = (
            {"between": 0.0, "after": 0.0} if is_local(self._hosts(BOOKING)) else {"between": BETWEEN, "after": AFTER}
        )
        with self._guard:
            return self._paces.setdefault(hotel_id, Pace(time.monotonic, time.sleep, **pauses))

    @contextmanager
    def mapping(self, hotel: Property) -> Iterator[Lookup]:
        """The mapping service of one property."""
        from reconciler.providers.database.lookup import MappingService
        from reconciler.store.connect import connect

        with connect(self._url) as connection:
            yield MappingService(hotel, connection)

    def moving(self, provider: str) -> Moving:
        """How units move at a provider. On this machine nothing is late, and nothing is carried out after it was given up."""
        said = self._settings.providers.get(provider, ProviderSettings(provider)).allotment
        return replace(said, deadline=0.0, feed_wait=0.0) if is_local(self._hosts(provider)) else said

    def local(self, provider: str) -> bool:
        """Whether the provider is this machine's sandbox."""
        return is_local(self._hosts(provider))

    def ahead(self, provider: str) -> float | None:
        """Seconds by which this machine's clock was last seen ahead of the provider's; None where nothing was seen."""
        with self._guard:
            seen = [account.ahead for (name, _), account in self._accounts.items() if name == provider]
        return max((one for one in seen if one is not None), key=abs, default=None)

    def _login(self, client: HttpClient, secrets: Mapping[str, Secret]) -> Login:
        """Who asks at Booking.com. Access tokens are shared by the whole process."""
        from reconciler.providers.booking_com.auth import Login, TokenCache

        with self._guard:
            self._tokens = self._tokens or TokenCache(time.monotonic)
        return Login(secrets, self._tokens, client, auth=self._settings.providers[BOOKING].auth)

    def discover(self, provider: str, hotel_id: str, credentials: str | None, window: Window) -> Remote:
        """All that a provider has of one hotel."""
        with self._client(provider, credentials) as client:
            secrets = self._secrets(provider, credentials)
            if provider == EXPEDIA:
                from reconciler.providers.expedia import reading

                return reading.discover(hotel_id, client, secrets, reading.Wanted(window))
            from reconciler.providers.booking_com import reading as booking

            included = self._settings.providers[BOOKING].booked_includes_cancelled
            wanted = booking.Wanted(window, booked_includes_cancelled=included)
            return booking.discover(hotel_id, client, self._login(client, secrets), wanted)

    @contextmanager
    def _client(self, provider: str, credentials: str | None) -> Iterator[HttpClient]:
        from reconciler.providers.http import HttpClient

        settings = self._settings.providers.get(provider, ProviderSettings(provider))
        extra = self._options.environ.get("RECONCILER_ALLOWED_HOSTS", "")
        allowed = _ALLOWED_HOSTS | frozenset(host.strip() for host in extra.split(",") if host.strip())
        client = HttpClient(
            self._hosts(provider), settings.transport, self._account(provider, credentials, settings), allowed=allowed
        )
        try:
            yield client
        finally:
            client.close()

    def _hosts(self, provider: str) -> Mapping[str, str]:
        return endpoints(self._settings, provider, self._environment, self._options.environ)

    def _account(self, provider: str, credentials: str | None, settings: ProviderSettings) -> Account:
        from reconciler.providers.account import Account

        with self._guard:
            key = (provider, credentials)
            if key not in self._accounts:
                local = is_local(self._hosts(provider))
                rate = LOCAL_RATE if local else settings.transport.requests_per_minute
                self._accounts[key] = Account(rate)
            return self._accounts[key]

    def _secrets(self, provider: str, name: str | None) -> dict[str, Secret]:
        """The secrets of the environment's own set. On this machine's sandbox, one that is not set is its well-known account."""
        from reconciler.credentials.references import resolve_written

        credential = self._settings.credentials.get(name or "")
        references = credential.sets.get(self._environment.credential_set, {}) if credential else {}
        local = is_local(self._hosts(provider))
        if not references and not local:
            raise CredentialError(
                f"no {self._environment.credential_set} credentials for {provider}",
                hint="name them in reconciler.yaml, as references",
            )
        secrets = {key: Secret(LOCAL_ACCOUNT) for key in KEYS[provider]} if local else {}
        for key, reference in references.items():
            try:
                secrets[key] = resolve_written(reference, self._options.environ)
            except CredentialError:
                if not local:
                    raise
        return secrets

    def room_ids(self, property_id: str) -> Mapping[str, str]:
        """The ids of a property's rooms by name, where the hotel's database has them."""
        from reconciler.store.connect import connect
        from reconciler.store.directory import room_types

        with connect(self._url, autocommit=True) as connection:
            return room_types(connection, property_id)
