"""The contract of the store: what the reconciler remembers. Reading and writing are different types, so that a plan cannot write.

A store belongs to one environment. Every method is one transaction; values come back exactly as they went in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from reconciler.model.address import Address
from reconciler.model.alert import Alert, Raised
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.calendar import Calendar
from reconciler.model.holding import Holding
from reconciler.model.journal import Applied, Binding, Holder, JournalEntry, Outcome, Run, RunStatus
from reconciler.model.moves import Moves
from reconciler.model.property import Closure
from reconciler.model.state import Allotments, Json, Value, Window


@dataclass(frozen=True, slots=True)
class Recording:
    """A value that was put in force. `nights`: the nights it speaks of (None for a document); nights without a value were emptied."""

    address: Address
    value: Value | None
    nights: Calendar[bool] | None
    provenance: str
    run_id: str
    at: datetime
    plan_digest: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of the ledger: one stay of a booking. `room_id` is None where the channel's room is mapped to none."""

    channel: str
    booking: str
    status: Change
    room_id: str | None
    stay: Stay
    at: datetime


class Ledger(Protocol):
    """Units of one property, for as long as nobody else may take or give any of them. Rooms are named by the hotel's own ids."""

    def holdings(self, room_id: str) -> Mapping[str, Calendar[Holding]]:
        """What each provider holds, as far as that was ever written."""

    def hold(self, room_id: str, channel: str, nights: Calendar[Holding]) -> None:
        """What the channel holds on these nights from now on."""

    def booked(self, room_id: str, window: Window) -> Mapping[str, Calendar[int]]:
        """Units that the bookings we know of take, by channel."""

    def standing(self, room_id: str, window: Window) -> Calendar[Allotments]:
        """What the hotel's own rows say, which its other programs sell by."""

    def give_way(self, room_id: str, nights: Calendar[Allotments]) -> None:
        """Units, overbooking and the direct allotment of the hotel's own rows become these, so that nobody sells by more."""

    def receive(self, version: Version, source: str) -> bool:
        """Keeps a version of a booking; whether it is new. The one that came last is known however often it comes again."""

    def versions(self, channel: str, booking: str) -> Sequence[Version]:
        """All versions of a booking that were kept, in the order in which they came."""

    def enter(self, version: Version, lines: Sequence[tuple[Stay, str | None]]) -> None:
        """What the booking comes to, in place of what was known of it: its stays, each with our room's id where it is mapped."""

    def sells_direct(self) -> bool:
        """Whether the hotel ever told a sale of its own, and so asks before it sells."""


class Alerts(Protocol):
    """The alerts of an environment, for as long as nobody else may tell any."""

    def raised(self, at: datetime) -> Sequence[Raised]:
        """Those that are not over, the oldest first. What another program resolved since is over."""

    def tell(self, alert: Alert, property_id: str | None, at: datetime) -> None:
        """A new one. `property_id`: the hotel's own id, None for what belongs to no hotel."""

    def change(self, id_: str, alert: Alert, at: datetime) -> None:
        """What it says has changed; it keeps its age."""

    def resolve(self, id_: str, reason: str, at: datetime) -> None:
        """It is over."""


class Reader(Protocol):
    """What is remembered."""

    def clock(self) -> datetime:
        """What the database's clock says."""

    def environment(self) -> str | None:
        """The environment that this database is marked with; None before its first use."""

    def applied(self, property_slug: str) -> Mapping[Address, Applied]:
        """What was last applied (or acknowledged) at every address of a property."""

    def bindings(self, property_slug: str, provider: str) -> Mapping[tuple[str, str], str]:
        """Ids that the provider assigned, by (room, plan)."""

    def runs(self, limit: int) -> Sequence[Run]:
        """The last runs, newest first."""

    def run(self, run_id: str) -> Run | None:
        """One run by its id or an unambiguous beginning of it."""

    def journal(self, run_id: str) -> Sequence[JournalEntry]:
        """What a run did, in order."""

    def unsettled(self, property_slug: str) -> Sequence[JournalEntry]:
        """Intents without an outcome and outcomes still unknown, oldest first."""

    def completed_by(self, plan_digest: str) -> str | None:
        """The run that completed this plan."""

    def rotated(self, property_id: str) -> Mapping[str, datetime]:
        """When the property's credentials at each provider were last rotated; where they never were, since when they are there."""

    def moves(self) -> Mapping[str, Moves]:
        """The moves that were carried out and that git still said at the last apply, by property."""

    def moving(self, property_id: str) -> Mapping[tuple[str, str], Calendar[bool]]:
        """The nights on which units of a room move at a provider or were left in the middle of it, by the room's id and provider."""

    def sold_direct(self, property_id: str) -> Mapping[str, Calendar[int]]:
        """Units that the hotel itself sold by asking, by the room's id; empty where it never asked."""

    def bookings(self, property_id: str) -> Sequence[Booked]:
        """The bookings that are known, by arrival."""

    def free(self, property_id: str, room_id: str, night: date) -> int | None:
        """Units of a room that no channel holds; None where the hotel's rows say nothing of the night."""

    def dead_at(self, property_id: str, provider: str) -> datetime | None:
        """From when on nothing that was sent there and not answered can be carried out any more; None where all was answered."""

    def closures(self) -> Mapping[str, tuple[Closure, ...]]:
        """What people took off sale by hand, by property."""

    def raised(self) -> Sequence[Raised]:
        """The alerts that are not over, the oldest first."""

    def holders(self) -> Sequence[Holder]:
        """Who holds which property now; rows of holders that are gone are left out."""


class Writer(Reader, Protocol):
    """What is remembered, and remembering it."""

    def claim(self, environment: str) -> str:
        """Marks the database with the environment at first use; returns the mark that holds."""

    def start(self, run: Run) -> None:
        """A run begins."""

    def finish(self, run_id: str, status: RunStatus, at: datetime, summary: Mapping[str, Json]) -> None:
        """A run ends."""

    def intend(self, entries: Sequence[JournalEntry]) -> None:
        """Intents, before anything of them is tried. Raises LockedError where the run no longer holds their property."""

    def settle(
        self, run_id: str, seqs: Sequence[int], outcome: Outcome, at: datetime, detail: str, messages: Sequence[str]
    ) -> None:
        """What became of intents."""

    def record(self, recordings: Sequence[Recording]) -> None:
        """Values that are in force now."""

    def bind(self, bindings: Sequence[Binding], run_id: str | None, at: datetime) -> None:
        """Ids that a provider assigned."""

    def close_rooms(self, property_slug: str, closures: Sequence[Closure]) -> None:
        """Rooms are taken off sale by hand. One that is there already for a room and first night is replaced; it keeps its beginning."""

    def open_rooms(self, property_slug: str, rooms: Sequence[str]) -> None:
        """What git says holds again for these rooms."""

    def move(self, property_slug: str, property_id: str, moves: Moves, owned: Collection[str], at: datetime) -> None:
        """Everything that has an old key gets its new one, all or nothing: what is remembered, and the hotel's rows of `owned` kinds.

        `moves` are all that git says; those that it no longer says are forgotten.
        """

    def complete(self, plan_digest: str, run_id: str, at: datetime) -> None:
        """A plan was carried out to its end."""

    def abandon(self, at: datetime) -> None:
        """Marks as interrupted the runs that still say "running" and hold no lock: they were cut off."""

    def break_lock(self, property_slug: str) -> None:
        """Ends the session of whoever holds the property: all that it holds is free, and its run sends nothing more."""

    def acknowledged(self, versions: Sequence[Version], at: datetime) -> None:
        """The provider knows that these are kept."""

    def sell_direct(self, property_id: str, room_id: str, stay: Stay, reference: str) -> bool:
        """A sale by the hotel itself, all nights or none; False where too few units are free. Raises RefusedError for a bad one."""

    def cancel_direct(self, property_id: str, reference: str) -> bool:
        """Cancels one by its reference; False where there is none."""

    def alerts(self) -> AbstractContextManager[Alerts]:
        """The alerts, all or nothing of what is done in the block."""

    def units(self, property_id: str) -> AbstractContextManager[Ledger]:
        """The ledger of a property, all or nothing of what is done in the block."""

    def lock(self, properties: Sequence[str], run: Run, timeout: float) -> AbstractContextManager[None]:
        """Holds the properties for as long as the block runs; raises LockedError after `timeout` seconds. Dies with this process."""
