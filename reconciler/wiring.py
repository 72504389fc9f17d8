"""The composition root: settings from outside, tables of plug-ins, and the site that verbs work on. The only place that knows
concrete stores, targets and endpoints. Imports of what is slow to load happen where it is needed.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import CredentialError, ReconcilerError, RefusedError, UsageError
from reconciler.load import Loaded, workspace
from reconciler.model.address import DATABASE
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.plan import Scope
from reconciler.model.property import BOOKING, EXPEDIA, Property
from reconciler.model.secret import Secret
from reconciler.model.workspace import Environment, ProviderSettings, Workspace
from reconciler.providers.booking_com.capabilities import CAPABILITIES as BOOKING_CAPABILITIES
from reconciler.providers.database.capabilities import CAPABILITIES as DATABASE_CAPABILITIES
from reconciler.providers.expedia.capabilities import CAPABILITIES as EXPEDIA_CAPABILITIES
from reconciler.providers.expedia.capabilities import capabilities_of
from reconciler.runtime.revision import git_state
from reconciler.runtime.site import Site, Targets, silent
from reconciler.runtime.unavailable import Unavailable

if TYPE_CHECKING:
    from reconciler.model.state import Window
    from reconciler.providers.account import Account
    from reconciler.providers.booking_com.auth import Login, TokenCache
    from reconciler.providers.contract import Target
    from reconciler.providers.http import HttpClient
    from reconciler.providers.lookup import Lookup
    from reconciler.providers.remote import Remote
    from reconciler.store.postgres import PostgresStore
    from reconciler.store.seed import PropertyRow

CAPABILITIES: Mapping[str, Capabilities] = {
    DATABASE: DATABASE_CAPABILITIES,
    EXPEDIA: EXPEDIA_CAPABILITIES,
    BOOKING: BOOKING_CAPABILITIES,
}
"""Every target by name."""


def capabilities(hotel: Property, provider: str) -> Capabilities:
    """What a provider can do for a property: at Expedia it depends on how the hotel counts lengths of stay."""
    return capabilities_of(hotel.providers[provider].length_of_stay) if provider == EXPEDIA else CAPABILITIES[provider]


LOCAL_SANDBOX = "http://127.0.0.1:8790"
LOCAL_ACCOUNT = "local-sandbox"
"""User and password of the sandbox on this machine: no secret."""
LOCAL_RATE = 60_000
_KEYS = {EXPEDIA: ("api_key", "api_secret"), BOOKING: ("partner_id", "api_key")}
_EXPEDIA_HOSTS = {"main": "https://services.expediapartnercentral.com"}
_BOOKING_HOSTS = {
    "main": "https://supply-xml.booking.com",
    "secure": "https://secure-supply-xml.booking.com",
    "auth": "https://connectivity-authentication.booking.com",
}
_HOSTS = {EXPEDIA: _EXPEDIA_HOSTS, BOOKING: _BOOKING_HOSTS}
_BUILT_IN_HOSTS = frozenset(url.removeprefix("https://") for hosts in _HOSTS.values() for url in hosts.values())


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says, common to all verbs."""

    workspace: Path = Path()
    environment: str | None = None
    database: str | None = None
    scope: Scope = Scope()
    as_of: datetime | None = None
    parallelism: int = 4
    lock_timeout: float = 0.0
    distrust: tuple[str, ...] = ()
    progress: Callable[[str], None] = silent
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)


def clock() -> datetime:
    """The instant."""
    return datetime.now(UTC)


def load(options: Options, *, whole: bool = False) -> tuple[Loaded, Environment]:
    """The workspace's files and the environment to work in. `whole` also loads files outside the environment's properties."""
    now = options.as_of or clock()
    name = options.environment or options.environ.get("RECONCILER_ENV") or None
    if not (options.workspace / "reconciler.yaml").is_file():
        raise UsageError(
            f"there is no reconciler.yaml in {options.workspace.resolve()}",
            hint="give --workspace DIR, or lay one out with `reconciler init`",
        )
    settings = workspace(options.workspace, now=now, only=("!**",)).workspace
    environment = choose_environment(settings, name, options.environ)
    only = options.scope.properties
    loaded = workspace(options.workspace, now=now, environment=None if whole else environment.name, only=only)
    return loaded, environment


def choose_environment(settings: Workspace, name: str | None, environ: Mapping[str, str]) -> Environment:
    """The environment that was named; else the one that OTA_TEST_MODE speaks for; else `development`, or the only one."""
    test_mode = _flag(environ, "OTA_TEST_MODE")
    environments = settings.environments
    if name is None:
        fitting = [e.name for e in environments.values() if test_mode is None or e.test_mode == test_mode]
        name = "development" if "development" in fitting else fitting[0] if len(fitting) == 1 else None
        if name is None:
            raise UsageError(
                "which environment?", hint=f"give --env, one of: {', '.join(sorted(fitting or environments))}"
            )
    if name not in environments:
        raise UsageError(f"there is no environment `{name}`", hint=did_you_mean(name, environments))
    chosen = environments[name]
    if test_mode is not None and chosen.test_mode != test_mode:
        raise RefusedError(
            f"OTA_TEST_MODE={environ['OTA_TEST_MODE']} does not agree with environment `{name}`",
            hint="unset it, or choose the environment that it speaks for",
        )
    debug = _flag(environ, "OTA_DEBUG")
    return chosen if debug is None else replace(chosen, debug=debug)


def _flag(environ: Mapping[str, str], name: str) -> bool | None:
    value = environ.get(name, "").strip().lower()
    if value not in ("", "true", "false", "1", "0"):
        raise UsageError(f"{name} is true or false, not `{value[:20]}`")
    return None if not value else value in ("true", "1")


@contextmanager
def site(options: Options, *, changes: bool = False) -> Iterator[Site]:
    """Everything a verb needs, open for as long as the block runs. `changes`: the verb is going to change something."""
    from reconciler.store.connect import open_database
    from reconciler.store.postgres import PostgresStore

    loaded, environment = load(options)
    database = database_of(options, environment)
    if changes:
        _refuse_lost_journal(database, environment, loaded.workspace, options.environ)
    with ExitStack() as stack:
        url = stack.enter_context(open_database(database, options.workspace))
        prepare_database(url, embedded=database.startswith("embedded"))
        store = PostgresStore(url, environment.name)
        stack.callback(store.close)
        plant = _Plant(options, loaded.workspace, environment, url, store)
        commit, dirty = git_state(options.workspace)
        yield Site(
            loaded=loaded,
            environment=environment,
            now=options.as_of or clock(),
            clock=clock,
            store=store,
            targets=plant.targets,
            workspace_target=plant.workspace_target,
            discover=plant.discover,
            room_ids=plant.room_ids,
            mapping=plant.mapping,
            capabilities=CAPABILITIES,
            commit=commit,
            dirty=dirty,
            scope=options.scope,
            parallelism=options.parallelism,
            lock_timeout=options.lock_timeout,
            distrust=options.distrust,
            progress=options.progress,
        )


def database_of(options: Options, environment: Environment) -> str:
    """The database to use: --database, then DATABASE_URL, then what the environment says."""
    said = options.database or options.environ.get("DATABASE_URL") or environment.database
    if said.startswith("env:"):
        from reconciler.credentials.references import resolve

        return resolve(said, options.environ).reveal()
    return said


def prepare_database(url: str, *, embedded: bool) -> None:
    """Our own database is brought up to date by itself; one that belongs to others is only looked at."""
    from reconciler.store.check import require
    from reconciler.store.connect import connect
    from reconciler.store.migrate import applied, migrate, pending

    with connect(url, autocommit=True) as connection:
        if embedded and pending(applied(connection)):
            migrate(connection)
        require(connection)


def _refuse_lost_journal(
    database: str, environment: Environment, settings: Workspace, environ: Mapping[str, str]
) -> None:
    local = all(_is_local(endpoints(settings, provider, environment, environ)) for provider in _HOSTS)
    if environ.get("CI") and database.startswith("embedded") and not local:
        raise RefusedError(
            "in CI the embedded database would be lost with the machine, and the journal with it",
            hint="set DATABASE_URL to a database that stays",
        )


def endpoints(
    settings: Workspace, provider: str, environment: Environment, environ: Mapping[str, str]
) -> Mapping[str, str]:
    """The base URLs of a provider's hosts in an environment, by logical host. RECONCILER_SANDBOX says where `local` is."""
    known = settings.providers.get(provider, ProviderSettings(provider)).endpoints
    given = known.get(environment.endpoints)
    if environment.endpoints == "local":
        given = environ.get("RECONCILER_SANDBOX") or given or LOCAL_SANDBOX
    return dict.fromkeys(_HOSTS[provider], given) if given else _HOSTS[provider]


def _is_local(hosts: Mapping[str, str]) -> bool:
    return all(url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]")) for url in hosts.values())


class _Plant:
    """Opens targets: connections, clients, credentials, each as late as possible. Accounts and tokens are shared between properties."""

    def __init__(
        self, options: Options, settings: Workspace, environment: Environment, url: str, store: PostgresStore
    ) -> None:
        self._options, self._settings, self._environment = options, settings, environment
        self._url, self._store = url, store
        self._accounts: dict[tuple[str, str | None], Account] = {}
        self._tokens: TokenCache | None = None
        self._guard = threading.Lock()

    @contextmanager
    def workspace_target(self) -> Iterator[Target]:
        """The database, for what belongs to no property."""
        from reconciler.providers.database.target import WorkspaceDatabase
        from reconciler.store.connect import connect

        with connect(self._url) as connection:
            yield WorkspaceDatabase(connection)

    @contextmanager
    def targets(self, hotel: Property) -> Iterator[Targets]:
        """Every target of one property: its providers and the database."""
        from reconciler.providers.database.target import HotelDatabase
        from reconciler.store.connect import connect

        with ExitStack() as stack:
            connection = stack.enter_context(connect(self._url))
            opened: dict[str, Target] = {DATABASE: self._opened(DATABASE, lambda: HotelDatabase(hotel, connection))}
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

        credentials = hotel.providers[provider].credentials
        secrets = self._secrets(provider, credentials)
        client = stack.enter_context(self._client(provider, credentials))
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

    @contextmanager
    def mapping(self, hotel: Property) -> Iterator[Lookup]:
        """The mapping service of one property."""
        from reconciler.providers.database.lookup import MappingService
        from reconciler.store.connect import connect

        with connect(self._url) as connection:
            yield MappingService(hotel, connection)

    def _login(self, client: HttpClient, secrets: Mapping[str, Secret]) -> Login:
        """Who asks at Booking.com. Access tokens are shared by the whole process."""
        from reconciler.providers.booking_com.auth import Login, TokenCache

        with self._guard:
            self._tokens = self._tokens or TokenCache(time.monotonic)
        return Login(secrets, self._tokens, client, auth=self._settings.providers[BOOKING].auth)

    def discover(self, provider: str, hotel_id: str, credentials: str | None, window: Window) -> Remote:
        """All that a provider has of one hotel."""
        secrets = self._secrets(provider, credentials)
        with self._client(provider, credentials) as client:
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
        allowed = _BUILT_IN_HOSTS | frozenset(host.strip() for host in extra.split(",") if host.strip())
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
                local = _is_local(self._hosts(provider))
                rate = LOCAL_RATE if local else settings.transport.requests_per_minute
                self._accounts[key] = Account(rate)
            return self._accounts[key]

    def _secrets(self, provider: str, name: str | None) -> dict[str, Secret]:
        """The secrets of the environment's own set. On this machine's sandbox, one that is not set is its well-known account."""
        from reconciler.credentials.references import resolve

        credential = self._settings.credentials.get(name or "")
        references = credential.sets.get(self._environment.credential_set, {}) if credential else {}
        local = _is_local(self._hosts(provider))
        if not references and not local:
            raise CredentialError(
                f"no {self._environment.credential_set} credentials for {provider}",
                hint="name them in reconciler.yaml, as references",
            )
        secrets = {key: Secret(LOCAL_ACCOUNT) for key in _KEYS[provider]} if local else {}
        for key, reference in references.items():
            try:
                secrets[key] = resolve(reference, self._options.environ)
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


def directory(options: Options) -> list[PropertyRow]:
    """The properties that the hotel system has enabled for providers."""
    from reconciler.store.connect import connect, open_database
    from reconciler.store.directory import enabled_properties

    _, environment = load(options)
    database = database_of(options, environment)
    with open_database(database, options.workspace) as url:
        prepare_database(url, embedded=database.startswith("embedded"))
        with connect(url, autocommit=True) as connection:
            return enabled_properties(connection)
