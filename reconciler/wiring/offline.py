"""The site of a plan against a snapshot: no database is opened, no network is touched, no credential is resolved.

The targets are the real ones, for their normal forms and messages, over a client that sends nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn, cast

from reconciler.errors import RefusedError, UsageError
from reconciler.model.address import WORKSPACE
from reconciler.model.plan import Offline
from reconciler.model.property import Property
from reconciler.model.secret import Secret
from reconciler.model.snapshot import Seen, Snapshot
from reconciler.model.workspace import Environment, Workspace
from reconciler.providers.contract import Recalling, Request
from reconciler.runtime.offline import against
from reconciler.runtime.recorded import Recorded, RecordedStore, making_sense, refuse
from reconciler.runtime.revision import git_state
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.snapshotting import went_by
from reconciler.runtime.unavailable import Unavailable
from reconciler.wiring import Options, clock, loaded_under_rules, refuse_prune, remembered
from reconciler.wiring.targets import CAPABILITIES, KEYS, Plant

if TYPE_CHECKING:
    from reconciler.providers.contract import Target
    from reconciler.providers.http import HttpClient
    from reconciler.store.contract import Writer
    from reconciler.store.postgres import PostgresStore


class _Nothing:
    """In the place of a client; see `contract.Http`."""

    def send(self, request: Request, *, repeatable: bool) -> NoReturn:  # noqa: ARG002 - of the contract
        """Raises RefusedError."""
        refuse()


class _RecordedPlant(Plant):
    """Targets that answer from a snapshot."""

    def __init__(
        self, options: Options, settings: Workspace, environment: Environment, store: PostgresStore, snapshot: Snapshot
    ) -> None:
        super().__init__(options, settings, environment, "", store, {})
        self._snapshot = snapshot

    @contextmanager
    def workspace_target(self) -> Iterator[Target]:
        """The database as it was, for what belongs to no property."""
        with super().workspace_target() as real:
            yield Recorded(WORKSPACE, real, self._snapshot.workspace, {})

    @contextmanager
    def targets(self, hotel: Property) -> Iterator[Targets]:
        """Every target of one property as it was. One that cannot be made at all says why, as it does in any plan."""
        kept = self._snapshot.properties[hotel.slug]
        with super().targets(hotel) as real:
            yield {name: self._recorded(hotel, one, kept.seen.get(name)) for name, one in real.items()}

    def _recorded(self, hotel: Property, real: Target, seen: Seen | None) -> Target:
        if isinstance(real, Unavailable):
            return real
        now = went_by(self._settings, hotel, real.name)
        if seen is not None and isinstance(real, Recalling):
            real.recall(seen.observation)
        return Recorded(hotel.slug, real, seen, now, hotel.window.start)

    @contextmanager
    def _client(self, provider: str, credentials: str | None) -> Iterator[HttpClient]:  # noqa: ARG002 - as in Plant
        yield cast("HttpClient", _Nothing())

    def _secrets(self, provider: str, name: str | None) -> dict[str, Secret]:  # noqa: ARG002 - as in Plant
        return dict.fromkeys(KEYS[provider], Secret("none"))


def offline_site(options: Options, snapshot: Snapshot, digest: str) -> Site:
    """What a plan against the snapshot needs. Raises UsageError, RefusedError where the snapshot is no ground for it."""
    if options.database is not None:
        raise UsageError("a plan against a snapshot has no database", hint="leave out --database")
    named = options.environment or options.environ.get("RECONCILER_ENV") or snapshot.environment
    if named != snapshot.environment:
        raise RefusedError(f"the snapshot is of environment `{snapshot.environment}`, not of `{named}`")
    options = replace(options, environment=named, as_of=options.as_of or clock())
    loaded, environment, _ = loaded_under_rules(options)
    refuse_prune(options, environment)
    assert options.as_of is not None
    stands = against(loaded, snapshot, options.as_of, CAPABILITIES)
    store = cast("PostgresStore", RecordedStore(stands.snapshot))
    plant = _RecordedPlant(options, loaded.workspace, environment, store, stands.snapshot)
    commit, dirty = (options.commit, False) if options.commit else git_state(options.workspace)
    with making_sense("what was applied"):
        hotels = tuple(remembered(store, stands.loaded.properties, prune=options.scope.prune))
    return Site(
        loaded=replace(stands.loaded, properties=hotels),
        environment=environment,
        now=options.as_of,
        clock=clock,
        store=cast("Writer", store),
        targets=plant.targets,
        desks=refuse,
        workspace_target=plant.workspace_target,
        discover=refuse,
        room_ids=refuse,
        mapping=refuse,
        moving=plant.moving,
        local=plant.local,
        ahead=plant.ahead,
        sleep=time.sleep,
        capabilities=CAPABILITIES,
        commit=commit,
        dirty=dirty,
        scope=options.scope,
        parallelism=options.parallelism,
        distrust=options.distrust,
        progress=options.progress,
        offline=Offline(snapshot.as_of, digest),
    )
