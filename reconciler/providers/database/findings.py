"""What is wrong in the database, as findings; and as traits, by which normal forms know that nothing may be written there.

A finding that stops addresses is made twice from the same words, when observing and when bringing an address to its normal form, and
so shows once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reconciler.model.address import DATABASE, Address
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import Property
from reconciler.providers.database.identity import ROOM_AT, TABLES, Key

NO_PROPERTY = "property_not_in_database"
DUPLICATES = "duplicate_rows"
_SEED = "the hotel system keeps these; where none does: `reconciler db seed`"
_SHOWN = 5


def no_room(key: str) -> str:
    """The trait of a property one of whose rooms the database does not have."""
    return f"room_not_in_database:{key}"


def blocked(hotel: Property, address: Address, traits: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """Why nothing may be written at an address of the property; empty where it may."""
    if NO_PROPERTY in traits:
        return (property_missing(hotel),)
    if DUPLICATES in traits:
        return (duplicates_stop(hotel.slug, hotel.file),)
    room = address.key[ROOM_AT[address.kind]] if address.kind in ROOM_AT else ""
    return (room_missing(hotel, room, traits[no_room(room)]),) if no_room(room) in traits else ()


def property_missing(hotel: Property) -> Diagnostic:
    """There is no row of the property."""
    return Diagnostic(
        "property-not-in-database",
        f"table properties has no row for {hotel.slug}, id {hotel.id}",
        hint=_SEED,
        file=hotel.file,
        address=f"{hotel.slug}/{DATABASE}",
    )


def room_missing(hotel: Property, key: str, why: str) -> Diagnostic:
    """There is no row of the room, or it belongs to another property; `why` says which."""
    room_id = hotel.rooms[key].id if key in hotel.rooms else key
    return Diagnostic(
        "room-not-in-database",
        f"room `{key}` of {hotel.slug}, id {room_id}: {why}",
        hint=_SEED,
        file=hotel.file,
        address=f"{hotel.slug}/{DATABASE}",
    )


def duplicates_stop(slug: str, file: str = "") -> Diagnostic:
    """Nothing is written while it is open which of several rows counts."""
    return Diagnostic(
        "duplicate-rows",
        f"nothing of {slug} is written to the database until its duplicate rows are resolved",
        hint="keep one of each; `reconciler db check` lists their ids",
        file=file,
        address=f"{slug}/{DATABASE}",
    )


def duplicates(slug: str, kind: str, keys: Collection[Key]) -> Iterator[Diagnostic]:
    """The rows that share a key which has to be unique."""
    for key in sorted(keys):
        yield Diagnostic(
            "duplicate-rows",
            f"{TABLES[kind]} has more than one row for {'/'.join(key)}{' and one night' if kind in _DATED else ''}",
            hint="keep one of them; `reconciler db check` lists their ids",
            address=f"{slug}/database/{kind}/{'/'.join(key)}",
        )


_DATED = frozenset({"allocation", "rates", "restrictions"})


def unmanaged(slug: str, kind: str, keys: Collection[Key]) -> Iterator[Diagnostic]:
    """What is there and git does not know: counted, some named, left alone."""
    if not keys:
        return
    shown = ", ".join("/".join(part or "?" for part in key) for key in sorted(keys)[:_SHOWN])
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    yield Diagnostic(
        "unmanaged",
        f"not in git: {len(keys)} in {TABLES[kind]} ({shown}{more})",
        Severity.INFO,
        address=f"{slug}/database/{kind}",
    )


def unreadable(slug: str, kind: str, key: Key, why: str) -> Diagnostic:
    """A row that says nothing usable; it counts as not there."""
    return Diagnostic(
        "unreadable-row",
        f"a row of {TABLES[kind]} cannot be used ({why}) and counts as not there",
        Severity.WARNING,
        hint="the plan puts it right where git has a value; else correct or delete it",
        address=f"{slug}/database/{kind}/{'/'.join(key)}",
    )
