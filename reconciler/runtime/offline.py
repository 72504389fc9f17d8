"""What a snapshot says of the files as they are now: which properties can be planned against it, and what is to be told of its age.

A property that it cannot speak of is left out and told. Plans and rooms that git renamed since are followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from reconciler.errors import UsageError
from reconciler.kinds import KINDS
from reconciler.load import Loaded
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.moves import Moves
from reconciler.model.property import Property
from reconciler.model.snapshot import NOT_IN_SNAPSHOT, Kept, Part, Seen, Snapshot

V = TypeVar("V")
_HINT = "it is planned where the targets are looked at; or against a snapshot that was made since"


@dataclass(frozen=True, slots=True)
class Standing:
    """The files without the properties that the snapshot cannot speak of, which they now tell; and the snapshot under their keys."""

    loaded: Loaded
    snapshot: Snapshot


def against(loaded: Loaded, snapshot: Snapshot, now: datetime, capabilities: Mapping[str, Capabilities]) -> Standing:
    """How the files stand to the snapshot. Raises UsageError where it is of a later moment than the plan is for."""
    if now < snapshot.as_of:
        raise UsageError(
            f"the snapshot is of {snapshot.as_of:%Y-%m-%d %H:%M %Z}, and the plan is for an earlier moment",
            hint="leave out --as-of, or give one that is later",
        )
    told: list[Diagnostic] = list(_old(snapshot, now, loaded.workspace.plan_ttl))
    hotels, kept = [], {}
    for hotel in loaded.properties:
        found = snapshot.properties.get(hotel.slug)
        why = _unfit(hotel, found)
        if why or found is None:
            told.append(
                Diagnostic(
                    NOT_IN_SNAPSHOT, f"{why}; nothing is planned for it", Severity.WARNING, _HINT, address=hotel.slug
                )
            )
            continue
        hotels.append(hotel)
        there = {name: seen for name, seen in found.seen.items() if name in capabilities}
        kept[hotel.slug] = followed(replace(found, seen=there), hotel)
        told += _beyond(hotel, kept[hotel.slug], capabilities)
    stands = replace(loaded, properties=tuple(hotels), diagnostics=(*loaded.diagnostics, *told))
    return Standing(stands, replace(snapshot, properties=kept))


def _old(snapshot: Snapshot, now: datetime, most: timedelta) -> Iterator[Diagnostic]:
    if now - snapshot.as_of > most:
        days = (now - snapshot.as_of).days
        yield Diagnostic(
            "old-snapshot",
            f"the snapshot is {days} days old: much of what it says may be otherwise by now",
            Severity.WARNING,
            hint="make a new one with `reconciler snapshot`; `plan_ttl` says from when on one is old",
        )


def _unfit(hotel: Property, kept: Kept | None) -> str:
    """Why the snapshot cannot speak of the property at all, if so."""
    if kept is None:
        return f"{hotel.slug} is not in the snapshot"
    if kept.id != hotel.id:
        return f"{hotel.slug} has another id than in the snapshot"
    if any(not seen.window.start <= hotel.window.start < seen.window.until for seen in kept.seen.values()):
        return f"the nights of {hotel.slug} are not in the snapshot"
    if kept.remembered.said.without(kept.remembered.moved).without(hotel.moves):
        return f"{hotel.slug} no longer says what was renamed, and the snapshot was made by that"
    database = kept.seen.get(DATABASE)
    if hotel.bounds and (database is None or "allocation" not in database.kinds):
        return f"the allotments of {hotel.slug} move by demand, and the snapshot has none of the database"
    return ""


def _beyond(hotel: Property, kept: Kept, capabilities: Mapping[str, Capabilities]) -> Iterator[Diagnostic]:
    """The nights at the end of the horizon that the snapshot does not reach, by target."""
    for target, seen in kept.seen.items():
        start = hotel.window.start
        until = min(hotel.window.until, start + timedelta(days=capabilities[target].horizon))
        nights = (until - seen.window.until).days
        if nights > 0:
            yield Diagnostic(
                "beyond-snapshot",
                f"{nights} night(s) from {seen.window.until} on are not in the snapshot and are left out",
                Severity.INFO,
                address=f"{hotel.slug}/{target}",
            )


def followed(kept: Kept, hotel: Property) -> Kept:
    """The property under the keys that git has now: what was renamed since the snapshot was made has its new key."""
    moves = hotel.moves.without(kept.remembered.said)
    known = kept.remembered
    remembered = replace(
        known,
        applied=_renamed(known.applied, moves),
        bindings={provider: _pairs(ids, moves) for provider, ids in known.bindings.items()},
        cut_off=tuple(replace(entry, address=moves.address(entry.address)) for entry in known.cut_off),
    )
    pending = hotel.moves.without(known.moved).plans
    seen = {
        name: _seen(_with_keys(told) if pending and name == DATABASE else told, moves)
        for name, told in kept.seen.items()
    }
    return replace(kept, seen=seen, remembered=remembered)


def _with_keys(seen: Seen) -> Seen:
    """While plans are renamed, a plan's row in the database shows the key that it has."""
    entries = {
        address: replace(entry, value={"rate_plan_id": address.key[2], **entry.value})
        if address.kind == "rate_plan" and not isinstance(entry.value, Calendar)
        else entry
        for address, entry in seen.observation.entries.items()
    }
    return replace(seen, observation=replace(seen.observation, entries=entries))


def _seen(seen: Seen, moves: Moves) -> Seen:
    if not moves:
        return seen
    told = seen.observation
    return replace(
        seen,
        went_by={_part(part, moves): said for part, said in seen.went_by.items()},
        nothing_at=frozenset(moves.address(address) for address in seen.nothing_at),
        observation=replace(
            told,
            entries=_renamed(told.entries, moves),
            findings=tuple(_finding(finding, moves) for finding in told.findings),
            assigned=_pairs(told.assigned, moves),
        ),
    )


def _renamed(known: Mapping[Address, V], moves: Moves) -> dict[Address, V]:
    return {moves.address(address): value for address, value in known.items()}


def _pairs(ids: Mapping[tuple[str, str], str], moves: Moves) -> dict[tuple[str, str], str]:
    return {moves.pair(room, plan): id_ for (room, plan), id_ in ids.items()}


def _part(part: Part, moves: Moves) -> Part:
    return tuple(known.get(word, word) for word, known in zip(part, (moves.rooms, moves.plans), strict=False))


def _finding(finding: Diagnostic, moves: Moves) -> Diagnostic:
    words = finding.address.split("/")
    if len(words) < 4 or words[2] not in KINDS:
        return finding
    return replace(finding, address=str(moves.address(Address(words[0], words[1], words[2], tuple(words[3:])))))
