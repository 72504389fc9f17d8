"""What the reconciler remembers, in memory: as durable as a database, and as easy to lose the answer of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from reconciler.engine.planner import calendar_of
from reconciler.model.address import DATABASE, Address
from reconciler.model.alert import Raised
from reconciler.model.booking import Stay, Version
from reconciler.model.calendar import Calendar, merge
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.holding import Holding, Phase
from reconciler.model.journal import Applied, Binding, Holder, JournalEntry, Outcome, Run, RunStatus
from reconciler.model.moves import Moves
from reconciler.model.property import DIRECT, Closure, Property
from reconciler.model.state import Allotments, Json, Observation, Observed, Value, Window
from reconciler.providers.contract import Batch, BatchResult, Part, PartResult, Pending
from reconciler.providers.database.capabilities import CAPABILITIES
from reconciler.store.contract import Alerts, Booked, Recording

_NOT_HERE = "no step of a simulation does this"
Step = Callable[[str], None]
"""Called before and after each transaction; may raise, as where the process or the connection is gone."""


@dataclass(slots=True)
class Rooms:
    """Everything about the units of one property that a database would keep."""

    holdings: dict[tuple[str, str], Calendar[Holding]] = field(default_factory=dict)
    booked: dict[str, Calendar[int]] = field(default_factory=dict)
    standing: dict[str, Calendar[Allotments]] = field(default_factory=dict)
    sells_direct: bool = False

    def copy(self) -> Rooms:
        return Rooms(dict(self.holdings), dict(self.booked), dict(self.standing), self.sells_direct)


@dataclass(slots=True)
class MemoryLedger:
    """One transaction: the rooms are put back where it fails."""

    rooms: Rooms

    def holdings(self, room_id: str) -> Mapping[str, Calendar[Holding]]:
        return {channel: nights for (room, channel), nights in self.rooms.holdings.items() if room == room_id}

    def hold(self, room_id: str, channel: str, nights: Calendar[Holding]) -> None:
        known = self.rooms.holdings.get((room_id, channel), Calendar())
        back = merge(known, nights, lambda old, new: True if old and new and new.epoch < old.epoch else None)
        assert not back, "an epoch went back"
        self.rooms.holdings[room_id, channel] = known.overlay(nights)

    def booked(self, room_id: str, window: Window) -> Mapping[str, Calendar[int]]:
        return {DIRECT: self.rooms.booked.get(room_id, Calendar()).clip(window.start, window.until)}

    def standing(self, room_id: str, window: Window) -> Calendar[Allotments]:
        return self.rooms.standing.get(room_id, Calendar()).clip(window.start, window.until)

    def give_way(self, room_id: str, nights: Calendar[Allotments]) -> None:
        self.rooms.standing[room_id] = self.rooms.standing.get(room_id, Calendar()).overlay(nights)

    def receive(self, version: Version, source: str) -> bool:
        raise AssertionError(_NOT_HERE)

    def versions(self, channel: str, booking: str) -> Sequence[Version]:
        raise AssertionError(_NOT_HERE)

    def enter(self, version: Version, lines: Sequence[tuple[Stay, str | None]]) -> None:
        raise AssertionError(_NOT_HERE)

    def sells_direct(self) -> bool:
        return self.rooms.sells_direct


@dataclass(slots=True)
class MemoryStore:
    """Reader and Writer for one property. `step` marks the boundaries at which a run can be cut off."""

    step: Step
    rooms: Rooms = field(default_factory=Rooms)
    known: dict[Address, Applied] = field(default_factory=dict)
    entries: dict[tuple[str, int], JournalEntry] = field(default_factory=dict)
    completed: set[str] = field(default_factory=set)

    # --- reading

    def clock(self) -> datetime:
        raise AssertionError(_NOT_HERE)

    def environment(self) -> str | None:
        return None

    def applied(self, property_slug: str) -> Mapping[Address, Applied]:
        return dict(self.known)

    def bindings(self, property_slug: str, provider: str) -> Mapping[tuple[str, str], str]:
        return {}

    def runs(self, limit: int) -> Sequence[Run]:
        return []

    def run(self, run_id: str) -> Run | None:
        return None

    def journal(self, run_id: str) -> Sequence[JournalEntry]:
        return [entry for (run, _), entry in self.entries.items() if run == run_id]

    def unsettled(self, property_slug: str) -> Sequence[JournalEntry]:
        open_ = (None, Outcome.UNKNOWN)
        return [entry for entry in self.entries.values() if entry.intent_at is not None and entry.outcome in open_]

    def completed_by(self, plan_digest: str) -> str | None:
        return None

    def rotated(self, property_id: str) -> Mapping[str, datetime]:
        return {}

    def moves(self) -> Mapping[str, Moves]:
        return {}

    def moving(self, property_id: str) -> Mapping[tuple[str, str], Calendar[bool]]:
        found = {
            key: nights.map(lambda one: True if one.phase is not Phase.OPEN else None)
            for key, nights in self.rooms.holdings.items()
        }
        return {key: nights for key, nights in found.items() if nights}

    def dead_at(self, property_id: str, provider: str) -> datetime | None:
        nights = [nights for (_, channel), nights in self.rooms.holdings.items() if channel == provider]
        return max((run.value.dead_at for some in nights for run in some if run.value.dead_at), default=None)

    def sold_direct(self, property_id: str) -> Mapping[str, Calendar[int]]:
        return dict(self.rooms.booked)

    def bookings(self, property_id: str) -> Sequence[Booked]:
        return []

    def free(self, property_id: str, room_id: str, night: date) -> int | None:
        return None

    def closures(self) -> Mapping[str, tuple[Closure, ...]]:
        return {}

    def raised(self) -> Sequence[Raised]:
        return ()

    def holders(self) -> Sequence[Holder]:
        return []

    # --- writing

    def claim(self, environment: str) -> str:
        return environment

    def start(self, run: Run) -> None:
        self._boundary("start")

    def finish(self, run_id: str, status: RunStatus, at: datetime, summary: Mapping[str, Json]) -> None:
        self._boundary("finish")

    def intend(self, entries: Sequence[JournalEntry]) -> None:
        with self._transaction("intend"):
            self.entries.update({(entry.run_id, entry.seq): entry for entry in entries})

    def settle(
        self, run_id: str, seqs: Sequence[int], outcome: Outcome, at: datetime, detail: str, messages: Sequence[str]
    ) -> None:
        with self._transaction("settle"):
            for seq in seqs:
                self.entries[run_id, seq] = replace(self.entries[run_id, seq], outcome=outcome, detail=detail)

    def record(self, recordings: Sequence[Recording]) -> None:
        with self._transaction("record"):
            for one in recordings:
                last = self.known.get(one.address)
                before = last.value if last is not None and isinstance(last.value, Calendar) else Calendar()
                value = one.value if isinstance(one.value, Calendar) else Calendar()
                if one.nights is not None:
                    self.known[one.address] = Applied(before.without(one.nights).overlay(value))

    def bind(self, bindings: Sequence[Binding], run_id: str | None, at: datetime) -> None:
        self._boundary("bind")

    def close_rooms(self, property_slug: str, closures: Sequence[Closure]) -> None:
        raise AssertionError(_NOT_HERE)

    def open_rooms(self, property_slug: str, rooms: Sequence[str]) -> None:
        raise AssertionError(_NOT_HERE)

    def move(self, property_slug: str, property_id: str, moves: Moves, owned: Collection[str], at: datetime) -> None:
        raise AssertionError(_NOT_HERE)

    def complete(self, plan_digest: str, run_id: str, at: datetime) -> None:
        self._boundary("complete")

    def abandon(self, at: datetime) -> None:
        self._boundary("abandon")

    def break_lock(self, property_slug: str) -> None:
        raise AssertionError(_NOT_HERE)

    def acknowledged(self, versions: Sequence[Version], at: datetime) -> None:
        raise AssertionError(_NOT_HERE)

    def sell_direct(self, property_id: str, room_id: str, stay: Stay, reference: str) -> bool:
        raise AssertionError(_NOT_HERE)

    def cancel_direct(self, property_id: str, reference: str) -> bool:
        raise AssertionError(_NOT_HERE)

    def alerts(self) -> AbstractContextManager[Alerts]:
        raise AssertionError(_NOT_HERE)

    @contextmanager
    def units(self, property_id: str) -> Iterator[MemoryLedger]:
        with self._transaction("units"):
            yield MemoryLedger(self.rooms)

    @contextmanager
    def lock(self, properties: Sequence[str], run: Run, timeout: float) -> Iterator[None]:
        yield

    # --- boundaries

    @contextmanager
    def _transaction(self, name: str) -> Iterator[None]:
        """All of it or nothing; the answer may be lost after it is in force."""
        self.step(f"before {name}")
        rooms, known, entries = self.rooms.copy(), dict(self.known), dict(self.entries)
        try:
            yield
        except BaseException:
            self.rooms, self.known, self.entries = rooms, known, entries
            raise
        self.step(f"after {name}")

    def _boundary(self, name: str) -> None:
        with self._transaction(name):
            pass


@dataclass(slots=True)
class HotelRows:
    """The hotel's own rows of allocation as a target."""

    store: MemoryStore
    hotel: Property
    step: Step
    name: str = DATABASE
    capabilities: Capabilities = CAPABILITIES

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        return value, ()

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        self.step("before reading rows")
        return Observation(
            {
                Address(self.hotel.slug, DATABASE, "allocation", (key,)): Observed(self.store.rooms.standing[room.id])
                for key, room in self.hotel.rooms.items()
                if room.id in self.store.rooms.standing
            }
        )

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        for one in pending:
            op = one.operation
            part = Part(op.id, op.address, calendar_of(one.value).covered())
            yield Batch((part,), "rows", repeatable=True, payload=one.value)

    def execute(self, batch: Batch) -> BatchResult:
        self.step("before writing rows")
        (part,) = batch.parts
        room = self.hotel.rooms[part.address.key[0]].id
        rows = self.store.rooms.standing
        assert isinstance(batch.payload, Calendar)
        rows[room] = rows.get(room, Calendar()).overlay(batch.payload)
        self.step("after writing rows")
        return BatchResult((PartResult(part, Outcome.APPLIED),))
