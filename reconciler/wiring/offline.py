"""A site that looks at a snapshot and at nothing else: no database is opened, no secret is resolved, nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn, cast

from reconciler.errors import ReconcilerError, RefusedError, UsageError
from reconciler.model.address import DATABASE, WORKSPACE
from reconciler.model.diagnostics import in_order
from reconciler.model.moves import Moves
from reconciler.model.property import EXPEDIA, Property
from reconciler.model.secret import Secret
from reconciler.model.snapshot import Seen, Snapshot
from reconciler.model.workspace import Environment
from reconciler.providers.contract import Target
from reconciler.runtime.closures import with_closures
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.snapshotting import Recorded, Remembered, ids_of, old, unknown
from reconciler.store.contract import Writer
from reconciler.wiring import Options, clock, loaded_under_rules
from reconciler.wiring.targets import CAPABILITIES, moving_at


@contextmanager
def offline_site(options: Options, snapshot: Snapshot) -> Iterator[Site]:
    """Like `wiring.site`, over a snapshot. Raises RefusedError for one of another environment."""
    loaded, environment, _ = loaded_under_rules(options)
    if snapshot.environment != environment.name:
        raise RefusedError(
            f"the snapshot is of environment `{snapshot.environment}`, not of `{environment.name}`", hint="check --env"
        )
    now = options.as_of or max(clock(), snapshot.as_of)
    told = [*unknown(snapshot, loaded.properties), *old(snapshot, now, loaded.workspace.plan_ttl)]
    hotels = [hotel for hotel in loaded.properties if hotel.slug in snapshot.seen]
    remembered = Remembered(snapshot, hotels)
    yield Site(
        loaded=replace(
            loaded,
            properties=tuple(_remembered(snapshot.seen[hotel.slug], hotel) for hotel in hotels),
            diagnostics=in_order([*loaded.diagnostics, *told]),
        ),
        environment=environment,
        now=now,
        clock=clock,
        store=cast(Writer, remembered),  # of a store a plan uses no more than this
        targets=partial(_targets, snapshot, environment),
        desks=_nobody,
        workspace_target=partial(_workspace_target, snapshot),
        discover=_nobody,
        room_ids=_nobody,
        mapping=_nobody,
        moving=lambda provider: moving_at(loaded.workspace, provider, environment, options.environ),
        local=lambda _provider: False,
        ahead=lambda _provider: None,
        sleep=_nobody,
        capabilities=CAPABILITIES,
        commit=options.commit,
        scope=options.scope,
        parallelism=options.parallelism,
        distrust=options.distrust,
        progress=options.progress,
    )


def _remembered(seen: Seen, hotel: Property) -> Property:
    pending = hotel.moves.without(seen.moves)
    closed = [replace(one, room=pending.rooms.get(one.room, one.room)) for one in seen.closures]
    return with_closures(replace(hotel, pending=pending), closed)


@contextmanager
def _targets(snapshot: Snapshot, environment: Environment, hotel: Property) -> Iterator[Targets]:
    seen = snapshot.seen[hotel.slug]
    found: dict[str, Target] = {}
    for name in (DATABASE, *sorted(hotel.providers)):
        real = _real(name, hotel, seen, environment)
        found[name] = Recorded(real, hotel.slug, seen, {} if name == DATABASE else ids_of(hotel, name))
    yield found


def _real(name: str, hotel: Property, seen: Seen, environment: Environment) -> Target:
    """A target that can form values and messages; whatever it would send goes nowhere."""
    from reconciler.providers.remote import ids_of as ids_there

    if name == DATABASE:
        from reconciler.providers.database.target import HotelDatabase

        return HotelDatabase(hotel, _nobody, Moves)
    ids, today = ids_there(hotel, name, seen.bindings.get(name, {})), hotel.window.start
    none = {key: Secret("-") for key in ("api_key", "api_secret", "partner_id")}
    there = seen.observed.get(name)
    if name == EXPEDIA:
        from reconciler.providers.expedia.provider import Expedia

        expedia = Expedia(hotel, ids, _Nowhere(), none, today)
        if there is not None:
            expedia.recall(there)
        return expedia
    from reconciler.providers.booking_com.auth import Login, TokenCache
    from reconciler.providers.booking_com.provider import BookingCom

    login = Login(none, TokenCache(lambda: 0.0), _Nowhere())
    booking = BookingCom(hotel, ids, _Nowhere(), login, today, test=environment.test_mode, applied=seen.applied)
    if there is not None:
        booking.recall(there)
    return booking


@contextmanager
def _workspace_target(snapshot: Snapshot) -> Iterator[Target]:
    from reconciler.providers.database.target import WorkspaceDatabase

    yield Recorded(WorkspaceDatabase(_nobody), WORKSPACE, snapshot.seen.get(WORKSPACE, Seen({})), {})


class _Nowhere:
    """In the place of the network."""

    def send(self, *_: Any, **__: Any) -> NoReturn:
        """Refuses."""
        raise ReconcilerError("a plan that is made offline speaks to nobody")


def _nobody(*_: Any, **__: Any) -> NoReturn:
    raise UsageError("that cannot be done offline")
