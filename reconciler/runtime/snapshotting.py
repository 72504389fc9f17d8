"""Snapshots: taken while everything can be looked at, and looked at in its place by a plan that may look at nothing.

What was not there when it was taken is never guessed: such a hotel, and a room or plan that is mapped otherwise by now, is told of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NoReturn

from reconciler.engine.planner import calendar_of
from reconciler.errors import ReconcilerError
from reconciler.model.address import DATABASE, WORKSPACE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.journal import Applied, JournalEntry
from reconciler.model.moves import Moves
from reconciler.model.property import CREATE, Closure, Property
from reconciler.model.snapshot import Ids, Seen, Snapshot
from reconciler.model.state import Observation, Observed, Value, Window
from reconciler.providers.contract import Batch, Pending, Target
from reconciler.providers.remote import MAPPED_BUT_MISSING
from reconciler.runtime.faults import as_error
from reconciler.runtime.planning import in_parallel, require_environment
from reconciler.runtime.site import Site
from reconciler.runtime.survey import last_applied, window_at

NOT_IN_SNAPSHOT = "not-in-snapshot"


def take(site: Site) -> tuple[Snapshot, tuple[Diagnostic, ...]]:
    """A snapshot of everything in scope, and what could not be looked at."""
    hotels = site.properties()
    require_environment(site)
    closures, moves = site.store.closures(), site.store.moves()
    found = in_parallel(site, hotels, lambda hotel: _property(site, hotel, closures, moves))
    seen = {hotel.slug: one for hotel, (one, _) in zip(hotels, found, strict=True)}
    failed = [finding for _, findings in found for finding in findings]
    if not site.scope.properties:
        with site.workspace_target() as target:
            there, wrong = _observed(
                target, WORKSPACE, frozenset({"schedule"}), Window(site.now.date(), site.now.date())
            )
        seen[WORKSPACE] = Seen(there, applied=site.store.applied(WORKSPACE))
        failed += wrong
    return Snapshot(site.environment.name, site.now, seen, site.commit), tuple(failed)


def _property(
    site: Site, hotel: Property, closures: Mapping[str, tuple[Closure, ...]], moves: Mapping[str, Moves]
) -> tuple[Seen, list[Diagnostic]]:
    site.progress(hotel.slug)
    observed: dict[str, Observation] = {}
    failed: list[Diagnostic] = []
    with site.targets(hotel) as targets:
        for target in targets.values():
            window = window_at(site, hotel, target.capabilities)
            there, wrong = _observed(target, hotel.slug, frozenset(target.capabilities.kinds), window)
            observed.update(there)
            failed += wrong
    providers = sorted(hotel.providers)
    seen = Seen(
        observed=observed,
        ids={name: ids_of(hotel, name) for name in providers},
        applied=last_applied(site, hotel),
        bindings={name: dict(site.store.bindings(hotel.slug, name)) for name in providers},
        rotated=dict(site.store.rotated(hotel.id)),
        moving=dict(site.store.moving(hotel.id)),
        sold_direct=dict(site.store.sold_direct(hotel.id)),
        closures=closures.get(hotel.slug, ()),
        moves=moves.get(hotel.slug, Moves()),
    )
    return seen, failed


def _observed(
    target: Target, slug: str, kinds: frozenset[str], window: Window
) -> tuple[dict[str, Observation], list[Diagnostic]]:
    try:
        return {target.name: target.observe(kinds, window)}, []
    except Exception as fault:  # noqa: BLE001 - whatever comes from one target, the others go on
        error = as_error(fault)
        return {}, [Diagnostic("target-failed", error.message, hint=error.hint, address=f"{slug}/{target.name}")]


def ids_of(hotel: Property, provider: str) -> Ids:
    """What the files map at a provider. What is to be made there has no id yet."""
    known = hotel.mappings[provider]
    plans = {f"{room}/{plan}": id_ for (room, plan), id_ in known.plans.items() if id_ != CREATE}
    return {"": hotel.providers[provider].external_id, **known.rooms, **plans}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A target as it was when the snapshot was taken; see `contract.Target`. `real` is the one that it stands for: it forms values and

    messages, and is never asked to look or to send. `mapped`: what the files map there now.
    """

    real: Target
    slug: str
    seen: Seen
    mapped: Ids

    @property
    def name(self) -> str:
        """The word in addresses."""
        return self.real.name

    @property
    def capabilities(self) -> Capabilities:
        """What the real one can do."""
        return self.real.capabilities

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """As the real one stores it."""
        return self.real.normal(address, value, traits)

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        """What was seen then, of these kinds and nights, without what is mapped otherwise by now. Raises ReconcilerError for nothing."""
        there = self.seen.observed.get(self.name)
        if there is None:
            raise ReconcilerError("it could not be looked at when the snapshot was taken", hint="take a new snapshot")
        other = [] if self.name == DATABASE else list(self._otherwise())
        entries = {a: _cut(e, window) for a, e in there.entries.items() if a.kind in kinds and a.key not in other}
        return replace(there, entries=entries, findings=(*there.findings, *(self._left_out(key) for key in other)))

    def _otherwise(self) -> Iterator[tuple[str, ...]]:
        """Rooms and plans, by key, that were not mapped so."""
        known = self.seen.ids.get(self.name, {})
        hotel = known.get("") == self.mapped.get("")
        for key, id_ in sorted(self.mapped.items()):
            if key and not (hotel and known.get(key) == id_):
                yield tuple(key.split("/"))

    def _left_out(self, key: tuple[str, ...]) -> Diagnostic:
        address = Address(self.slug, self.name, "mapping", key)
        said = f"{' '.join(key)} was not mapped so when the snapshot was taken; what changes there is left out"
        return Diagnostic(
            MAPPED_BUT_MISSING, said, Severity.WARNING, "a plan that may look shows it", address=str(address)
        )

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """The messages that the real one would send."""
        return self.real.batches(pending)

    def execute(self, batch: Batch) -> NoReturn:  # noqa: ARG002 - of the contract
        """Nothing is ever sent."""
        raise ReconcilerError("a plan that was made offline changes nothing")


def _cut(entry: Observed, window: Window) -> Observed:
    if not isinstance(entry.value, Calendar):
        return entry
    start, until = window.start, window.until
    return replace(
        entry,
        value=calendar_of(entry.value).clip(start, until),
        counts=entry.counts.clip(start, until),
        ours=entry.ours.clip(start, until),
    )


class Remembered:
    """What planning asks a store for, as it was when the snapshot was taken. By the hotels' own ids where the store is."""

    def __init__(self, snapshot: Snapshot, hotels: Iterable[Property]) -> None:
        self._snapshot = snapshot
        self._by_id = {hotel.id: snapshot.seen[hotel.slug] for hotel in hotels if hotel.slug in snapshot.seen}

    def _of(self, slug: str) -> Seen:
        return self._snapshot.seen.get(slug, Seen({}))

    def environment(self) -> str | None:
        """The environment that it was taken in."""
        return self._snapshot.environment

    def applied(self, property_slug: str) -> Mapping[Address, Applied]:
        """What was last applied."""
        return self._of(property_slug).applied

    def bindings(self, property_slug: str, provider: str) -> Mapping[tuple[str, str], str]:
        """Ids that the provider assigned."""
        return self._of(property_slug).bindings.get(provider, {})

    def unsettled(self, property_slug: str) -> Sequence[JournalEntry]:  # noqa: ARG002 - as of a store
        """Nothing: what a run may have replaced was left out when the snapshot was taken."""
        return ()

    def rotated(self, property_id: str) -> Mapping[str, datetime]:
        """When credentials were last rotated."""
        return self._known(property_id).rotated

    def moving(self, property_id: str) -> Mapping[tuple[str, str], Calendar[bool]]:
        """Nights on which units were moving."""
        return self._known(property_id).moving

    def sold_direct(self, property_id: str) -> Mapping[str, Calendar[int]]:
        """Units that the hotel itself had sold."""
        return self._known(property_id).sold_direct

    def _known(self, property_id: str) -> Seen:
        return self._by_id.get(property_id, Seen({}))

    def closures(self) -> Mapping[str, tuple[Closure, ...]]:
        """What was off sale by hand."""
        return {slug: seen.closures for slug, seen in self._snapshot.seen.items() if seen.closures}

    def moves(self) -> Mapping[str, Moves]:
        """The moves that had been carried out."""
        return {slug: seen.moves for slug, seen in self._snapshot.seen.items() if seen.moves}


def unknown(snapshot: Snapshot, hotels: Collection[Property]) -> Iterator[Diagnostic]:
    """The hotels that were not there when the snapshot was taken."""
    for hotel in hotels:
        if hotel.slug not in snapshot.seen:
            said = "it was not there when the snapshot was taken; what changes there is left out"
            yield Diagnostic(
                NOT_IN_SNAPSHOT, said, Severity.WARNING, "a plan that may look shows it", hotel.file, address=hotel.slug
            )


def old(snapshot: Snapshot, now: datetime, most: timedelta) -> Iterator[Diagnostic]:
    """That a snapshot is older than a plan may be."""
    age = now - snapshot.as_of
    if age > most:
        said = (
            f"the snapshot is of {snapshot.as_of:%Y-%m-%d %H:%M} UTC, {age.days} days ago: much may be otherwise by now"
        )
        yield Diagnostic("snapshot-old", said, Severity.WARNING, "take a new one with `reconciler snapshot`")
