"""The books of one property's units: what was read goes in, what a channel asks for is granted or not. Each step is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reconciler.engine import units
from reconciler.engine.planner import calendar_of
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.holding import Holding, Phase
from reconciler.model.property import DIRECT, Manage, Property
from reconciler.model.state import Allotments, Availability, Counts, Observed, Window
from reconciler.runtime.site import Site
from reconciler.store.contract import Ledger


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger of one property, in the words of its file."""

    site: Site
    hotel: Property

    def seen(self, observed: Mapping[Address, Observed]) -> None:
        """What was read at the providers. Where a request may still be carried out, nothing that is read proves anything."""
        counted = list(self._counted(observed))
        if not counted:
            return
        with self._open() as ledger:
            for address, entry in counted:
                known = self._known(ledger, address)
                alive = known.map(lambda one: True if self._alive(one) else None)
                found = units.read(known, calendar_of(entry.value), entry.counts).without(alive)
                ledger.hold(self._id(address), address.target, found)

    def dead_at(self, provider: str) -> datetime | None:
        """From when on nothing that was sent there and not answered can be carried out; None where nothing is under way."""
        end = self.site.store.dead_at(self.hotel.id, provider)
        return end if end is not None and end > self.site.clock() else None

    def ask(self, address: Address, nights: Calendar[bool], phase: Phase, deadline: float) -> None:
        """A request is about to be sent: it is in the books before, with the instant from which on it is dead."""
        dead_at = self.site.clock() + timedelta(seconds=deadline)

        def asked(one: Holding) -> Holding:
            return replace(one, phase=phase, epoch=one.epoch + 1, dead_at=dead_at)

        self._change(address, nights, asked)

    def answered(self, address: Address, nights: Calendar[bool], phase: Phase) -> None:
        """The request on these nights is over, and this is where the room stands."""
        self._change(address, nights, lambda one: replace(one, phase=phase, dead_at=None))

    def drained(self, address: Address, wanted: Calendar[Availability], counts: Calendar[Counts]) -> None:
        """The room is shown to be closed on these nights: what it has beyond what it is to have is free from here on."""
        with self._open() as ledger:
            known = self._known(ledger, address).keep(wanted.covered())
            ledger.hold(self._id(address), address.target, units.drained(known, wanted, counts))

    def grant(
        self, address: Address, wanted: Calendar[Availability], counts: Calendar[Counts], deadline: float
    ) -> Calendar[int]:
        """Books what the provider is to hold in all on these nights, as far as it is free, as a request under way."""
        room, dead_at = self._id(address), self.site.clock() + timedelta(seconds=deadline)
        asked = units.asked(wanted, counts)
        with self._open() as ledger:
            known = self._known(ledger, address).keep(wanted.covered())
            window = Window(wanted.start, wanted.until)
            own = known.map(lambda one: one.held)
            most = units.limit(self._allotted(address))
            others = self._taken(ledger, address, window)
            found = units.granted(asked, own, others, most)

            def booked(total: int, before: Holding | None) -> Holding:
                before = before or Holding(0)
                return Holding(max(total, before.held), Phase.OPENING, before.epoch + 1, dead_at)

            ledger.hold(room, address.target, merge(found, known, lambda t, h: None if t is None else booked(t, h)))
        return found

    def for_the_hotel(self, address: Address, wanted: Calendar[Allotments]) -> Calendar[Allotments]:
        """The hotel's own rows as they may be written: where the hotel sells by them without asking, `direct` gets what is free."""
        room, window = self._id(address), Window(wanted.start, wanted.until)
        with self._open() as ledger:
            if ledger.sells_direct():
                return wanted
            others = units.total(self._held_by_providers(ledger, room, window, wanted))
            stands = _of(ledger.standing(room, window), DIRECT)
        own = merge(_of(wanted, DIRECT), stands, lambda want, now: None if want is None else min(want, now or 0))
        direct = units.granted(_of(wanted, DIRECT), own, others, units.limit(wanted))
        return merge(wanted, direct, lambda night, count: night and _with_direct(night, count or 0))

    def overlap(
        self, address: Address, wanted: Calendar[Availability], counts: Calendar[Counts], deadline: float
    ) -> Calendar[bool]:
        """Books the old count and the new one together, as a request under way. Returns the nights on which that is free."""
        room, dead_at = self._id(address), self.site.clock() + timedelta(seconds=deadline)
        with self._open() as ledger:
            known = self._known(ledger, address).keep(wanted.covered())
            window = Window(wanted.start, wanted.until)
            most, others = units.limit(self._allotted(address)), self._taken(ledger, address, window)
            both = units.fitting(units.together(known, wanted, counts), others, most)

            def booked(most: int | None, one: Holding | None) -> Holding | None:
                if most is None or one is None:
                    return None
                return Holding(most, Phase.OPENING, one.epoch + 1, dead_at)

            ledger.hold(room, address.target, merge(both, known, booked))
        return both.covered()

    def opened(self, address: Address, granted: Calendar[int]) -> None:
        """The count is in force there."""
        with self._open() as ledger:
            known = self._known(ledger, address)
            held = merge(
                granted, known, lambda t, one: t if t is None else Holding(t, Phase.OPEN, one.epoch if one else 0)
            )
            ledger.hold(self._id(address), address.target, held)

    def restore(self, address: Address, before: Calendar[Holding]) -> None:
        """The request was surely not carried out: what was held before is held."""
        with self._open() as ledger:
            known = self._known(ledger, address)
            kept = merge(before, known, lambda b, k: b if b is None or k is None else replace(b, epoch=k.epoch))
            ledger.hold(self._id(address), address.target, kept)

    def holdings(self, address: Address) -> Calendar[Holding]:
        """What the provider holds of a room."""
        with self._open() as ledger:
            return self._known(ledger, address)

    # --- what others hold

    def _taken(self, ledger: Ledger, address: Address, window: Window) -> Calendar[int]:
        """What all other channels hold of the room, the hotel itself among them."""
        room, here = self._id(address), self._allotted(address).clip(window.start, window.until)
        booked = ledger.booked(room, window)
        standing = ledger.standing(room, window)
        lowered = _lowered(standing, here)
        if lowered and self.hotel.manages(DATABASE, "allocation") is Manage.YES:
            ledger.give_way(room, lowered)
            standing = standing.overlay(lowered)
        parts = self._held_by_providers(ledger, room, window, here.overlay(standing), but=address.target)
        direct = _of(here, DIRECT).overlay(_of(standing, DIRECT))
        parts.append(booked.get(DIRECT, Calendar()) if ledger.sells_direct() else _more(direct, booked.get(DIRECT)))
        return units.total(parts)

    def _held_by_providers(
        self, ledger: Ledger, room: str, window: Window, promised: Calendar[Allotments], but: str = ""
    ) -> list[Calendar[int]]:
        """What each provider may have sold in all; where the ledger does not know, what it was promised."""
        booked, holdings = ledger.booked(room, window), ledger.holdings(room)
        parts = []
        for channel in sorted(self.hotel.mappings.keys() - {but}):
            held = holdings.get(channel, Calendar()).map(lambda one: one.held).clip(window.start, window.until)
            parts.append(_more(_of(promised, channel).overlay(held), booked.get(channel)))
        return parts

    def _allotted(self, address: Address) -> Calendar[Allotments]:
        return self.hotel.allocation[address.key[0]]

    # --- the ledger

    def _open(self) -> AbstractContextManager[Ledger]:
        return self.site.store.units(self.hotel.id)

    def _change(self, address: Address, nights: Calendar[bool], change: Callable[[Holding], Holding]) -> None:
        with self._open() as ledger:
            known = self._known(ledger, address).keep(nights)
            ledger.hold(self._id(address), address.target, known.map(change))

    def _known(self, ledger: Ledger, address: Address) -> Calendar[Holding]:
        return ledger.holdings(self._id(address)).get(address.target, Calendar())

    def _alive(self, one: Holding) -> bool:
        return one.dead_at is not None and one.dead_at > self.site.clock()

    def _id(self, address: Address) -> str:
        return self.hotel.rooms[address.key[0]].id

    def _counted(self, observed: Mapping[Address, Observed]) -> Iterator[tuple[Address, Observed]]:
        for address, entry in observed.items():
            if address.kind == "availability" and address.key[0] in self.hotel.rooms:
                yield address, entry


def being_moved(
    site: Site, hotel: Property, observed: Mapping[Address, Observed]
) -> Iterator[tuple[Address, Observed]]:
    """What was observed of rooms whose units move, with the nights on which it is our doing."""
    moving = site.store.moving(hotel.id)
    for address, entry in observed.items() if moving else ():
        if address.kind == "availability" and address.key[0] in hotel.rooms:
            nights = moving.get((hotel.rooms[address.key[0]].id, address.target), Calendar())
            yield address, replace(entry, ours=nights.keep(calendar_of(entry.value).covered()))


def _lowered(standing: Calendar[Allotments], wanted: Calendar[Allotments]) -> Calendar[Allotments]:
    """The hotel's own rows where git takes units from the hotel itself, or from the house: that comes first."""

    def lower(now: Allotments | None, to: Allotments | None) -> Allotments | None:
        if now is None or to is None:
            return None
        direct = min(now.of(DIRECT), to.of(DIRECT))
        house = to if to.units + to.overbooking < now.units + now.overbooking else now
        found = _with_direct(replace(now, units=house.units, overbooking=house.overbooking), direct)
        return None if found == now else found

    return merge(standing, wanted, lower)


def _with_direct(night: Allotments, direct: int) -> Allotments:
    return replace(night, channels=tuple((n, direct if n == DIRECT else count) for n, count in night.channels))


def _of(nights: Calendar[Allotments], channel: str) -> Calendar[int]:
    return nights.map(lambda night: night.of(channel))


def _more(one: Calendar[int], other: Calendar[int] | None) -> Calendar[int]:
    return merge(one, other or Calendar(), lambda a, b: max(a or 0, b or 0))
