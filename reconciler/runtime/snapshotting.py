"""The verb `snapshot`: what every target tells now and what is remembered, as far as planning reads it. Changes nothing.

A property or a target that cannot be read is told and left out; the others are there. Never half of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from reconciler.kinds import KINDS
from reconciler.model.address import DATABASE, Address
from reconciler.model.capabilities import Access
from reconciler.model.diagnostics import Diagnostic, in_order
from reconciler.model.moves import Moves
from reconciler.model.property import Manage, Property
from reconciler.model.snapshot import Kept, Part, Remembered, Seen, Snapshot
from reconciler.model.state import Observation, Window
from reconciler.model.workspace import Workspace
from reconciler.providers.contract import Target
from reconciler.runtime.faults import as_error
from reconciler.runtime.planning import in_parallel, require_environment
from reconciler.runtime.site import Site
from reconciler.runtime.survey import ALWAYS_READ, desired, window_at

_SCHEDULES = frozenset({"schedule"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot, and what could not be read for it."""

    snapshot: Snapshot
    findings: tuple[Diagnostic, ...]


def take(site: Site) -> Taken:
    """The snapshot of everything in scope. Raises FilesError for bad files, RefusedError for a database of another environment."""
    hotels = site.properties()
    require_environment(site)
    found: list[Diagnostic] = []
    kept = in_parallel(site, hotels, lambda hotel: _property(site, hotel, found))
    snapshot = Snapshot(
        environment=site.environment.name,
        as_of=site.now,
        commit=site.commit,
        properties={hotel.slug: one for hotel, one in zip(hotels, kept, strict=True) if one is not None},
        workspace=None if site.scope.properties else _workspace(site, found),
    )
    return Taken(snapshot, in_order(found))


def _property(site: Site, hotel: Property, found: list[Diagnostic]) -> Kept | None:
    site.progress(hotel.slug)
    try:
        remembered = _remembered(site, hotel)
        with site.targets(hotel) as targets:
            looked_at = {name: _look(site, hotel, targets[name], found) for name in sorted(targets)}
    except Exception as fault:  # noqa: BLE001 - whatever comes from one property, the others go on
        found.append(_failed(fault, hotel.slug))
        return None
    return Kept(hotel.id, {name: seen for name, seen in looked_at.items() if seen is not None}, remembered)


def _look(site: Site, hotel: Property, target: Target, found: list[Diagnostic]) -> Seen | None:
    kinds = kinds_of(hotel, target)
    if not kinds:
        return None
    window = window_at(site, hotel, target.capabilities)
    try:
        observation = target.observe(kinds, window)
    except Exception as fault:  # noqa: BLE001 - whatever comes from one target, the others go on
        found.append(_failed(fault, f"{hotel.slug}/{target.name}"))
        return None
    asked = {address for address, _ in desired(site, hotel, target.name, target.capabilities)}
    nothing_at = frozenset(asked - observation.entries.keys())
    went = went_by(site.loaded.workspace, hotel, target.name)
    return Seen(kinds, window, went, _named(observation), nothing_at)


def _named(observation: Observation) -> Observation:
    """Without what other programs keep in documents: no plan compares it, and it may be anything, a secret too."""
    entries = {
        address: replace(entry, value=KINDS[address.kind].named(entry.value))
        for address, entry in observation.entries.items()
    }
    return replace(observation, entries=entries)


def _failed(fault: Exception, where: str) -> Diagnostic:
    error = as_error(fault)
    return Diagnostic("target-failed", error.message, hint=error.hint, address=where)


def kinds_of(hotel: Property, target: Target) -> frozenset[str]:
    """The kinds that any plan may ask the target for, as the files are; none where git owns nothing there."""
    capabilities = target.capabilities
    owned = frozenset(
        kind
        for kind in capabilities.kinds
        if capabilities.access(kind) is not Access.READ_ONLY and hotel.manages(target.name, kind) is not Manage.NO
    )
    if target.name == DATABASE:
        return owned - _SCHEDULES
    return owned | (ALWAYS_READ & capabilities.kinds.keys()) if owned else owned


def went_by(settings: Workspace, hotel: Property, target: str) -> dict[Part, str]:
    """What of the files decides what is asked there and how it is understood, see `Seen`."""
    if target == DATABASE:
        return {(): f"{hotel.id} {hotel.currency}", **{(key,): room.id for key, room in hotel.rooms.items()}}
    return dict(_at_provider(settings, hotel, target))


def _at_provider(settings: Workspace, hotel: Property, provider: str) -> Iterator[tuple[Part, str]]:
    link, mappings = hotel.providers[provider], hotel.mappings[provider]
    known = settings.providers.get(provider)
    counted = known is not None and known.booked_includes_cancelled
    yield (), f"{link.external_id} {hotel.currency} {link.length_of_stay} {counted}"
    for room, id_ in mappings.rooms.items():
        guests = hotel.rooms[room].base_occupancy if room in hotel.rooms else ""
        yield (room,), f"{id_} {guests}"
    yield from mappings.plans.items()


def _workspace(site: Site, found: list[Diagnostic]) -> Seen | None:
    """What belongs to no property."""
    today = site.now.date()
    window = Window(today, today + timedelta(days=1))
    try:
        with site.workspace_target() as target:
            return Seen(_SCHEDULES, window, {}, _named(target.observe(_SCHEDULES, window)))
    except Exception as fault:  # noqa: BLE001 - as for properties
        found.append(_failed(fault, DATABASE))
        return None


def _remembered(site: Site, hotel: Property) -> Remembered:
    """What is remembered of a property, as the store tells it: under the keys that the files have."""
    store = site.store
    return Remembered(
        applied=store.applied(hotel.slug),
        bindings={provider: dict(store.bindings(hotel.slug, provider)) for provider in sorted(hotel.providers)},
        cut_off=tuple(entry for entry in store.unsettled(hotel.slug) if entry.outcome is None),
        said=hotel.moves,
        moved=store.moves().get(hotel.slug, Moves()),
        closures=store.closures().get(hotel.slug, ()),
        rotated=dict(store.rotated(hotel.id)),
        moving=dict(store.moving(hotel.id)),
        sold_direct=dict(store.sold_direct(hotel.id)),
    )


def parts_of(address: Address) -> tuple[Part, ...]:
    """The parts that an address is about, the largest first: the target, its room, its room and plan."""
    if address.kind in ("integration", "schedule"):
        return ((),)
    beyond = address.target == DATABASE and address.kind != "allocation"
    key = address.key[1:] if beyond else address.key
    return tuple(key[:size] for size in range(len(key) + 1))
