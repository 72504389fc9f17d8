"""Making and changing a rate plan: the label of the hotel, and the products that pair rooms with it under their conditions.

What is there is read first and only what is missing or differs is sent, so that a run that was cut off is carried on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from reconciler.errors import ProviderError, RequestRefusedError, UncertainError
from reconciler.model.journal import Outcome
from reconciler.model.state import Document
from reconciler.providers.booking_com.batching import PlanChange, RoomChange
from reconciler.providers.booking_com.codec_bxml import Rate, Room
from reconciler.providers.booking_com.codec_ota import DUPLICATE_NAME, Notif, PlanNotif, Product
from reconciler.providers.booking_com.session import Session
from reconciler.providers.contract import Batch, BatchResult, PartResult

Pair = tuple[str, str]


@dataclass(slots=True)
class PlanWork:
    """One plan being brought about. `plan_id`: its id, empty while there is none; `room_id` gives Booking.com's id of our room.

    `ours`: the ids of all rooms that are mapped for the plan.
    """

    session: Session
    change: PlanChange
    plan_id: str
    room_id: Callable[[str], str]
    ours: Collection[str]
    _listed: dict[Pair, Rate] = field(default_factory=dict)
    _warned: list[str] = field(default_factory=list)

    def run(self, batch: Batch) -> BatchResult:
        """The outcome for every room. What is known of the plan's id is kept in `plan_id` also where this fails.

        A warning inside a success is a failure: it does not say what of the message is not in force.

        Raises a ProviderError only where nothing was begun.
        """
        known = self.plan_id
        try:
            problem, outcome = self._steps(), Outcome.APPLIED
            problem = "; ".join(part for part in (problem, *self._warned) if part)
        except RequestRefusedError as refused:
            problem, outcome = refused.message, Outcome.FAILED
        except ProviderError as error:
            if self.plan_id == known:
                raise
            problem = error.message
            outcome = Outcome.UNKNOWN if isinstance(error, UncertainError) else Outcome.FAILED
        outcome = Outcome.FAILED if problem and outcome is Outcome.APPLIED else outcome
        results = tuple(PartResult(part, outcome, problem) for part in batch.parts)
        return BatchResult(results, self.session.message_id)

    def _steps(self) -> str:
        """Everything in order; what cannot be done, in words."""
        self._look()
        wanted = self.change.rooms[0].wanted
        if not wanted.get("active"):
            return self._switch_off()
        name = str(wanted["name"])
        made = not self.plan_id and self._make(name)
        there = self._rate()
        if not made and there is None and not self._is_label():
            self._notify(PlanNotif(Notif.ACTIVATE, self.plan_id))
            self._look()
            there = self._rate()
        if there is not None and (there.child or there.readonly):
            return "this rate follows another or is marked read-only at Booking.com; it cannot be changed here"
        if there is not None and there.name != name:
            self._notify(PlanNotif(Notif.OVERLAY, self.plan_id, name=name))
        return self._products()

    def _switch_off(self) -> str:
        """Takes the plan from all its rooms, which are ours all, or none."""
        sold_by = {room for room, plan in self._listed if plan == self.plan_id}
        others = sorted(sold_by.difference(self.ours))
        if others:
            return f"the plan is sold by rooms too that are not mapped for it ({', '.join(others)}); it stays on"
        if sold_by:
            self._notify(PlanNotif(Notif.REMOVE, self.plan_id))
        return ""

    def _look(self) -> None:
        rooms: tuple[Room, ...] = self.session.rooms()
        self._listed = {(room.id, rate.id): rate for room in rooms for rate in room.rates}

    def _rate(self) -> Rate | None:
        """The plan as any room sells it."""
        return next((rate for (_, plan), rate in self._listed.items() if plan == self.plan_id), None)

    def _is_label(self) -> bool:
        """Whether the plan is active, though no room sells it."""
        return any(rate.id == self.plan_id for rate in self.session.rates())

    def _make(self, name: str) -> bool:
        """Makes the plan, or finds it by its name, which is unique in a hotel; whether it is active for certain."""
        found = plan_named(name, self._listed.values()) or plan_named(name, self.session.rates())
        if found:
            self.plan_id = found
            return True
        try:
            self.plan_id = self._notify(PlanNotif(Notif.NEW, reference=self.change.plan, name=name))
        except RequestRefusedError as refused:
            if refused.code != DUPLICATE_NAME:
                raise
            hint = "it may be switched off: give its id in the mapping instead of `create`"
            raise RequestRefusedError(f"{refused.message}, and it is not listed; {hint}", code=refused.code) from None
        return True

    def _notify(self, notif: PlanNotif) -> str:
        """The plan's id after the message."""
        id_, warned = self.session.rate_plan(notif)
        self._warned.append(warned)
        return id_

    def _products(self) -> str:
        """Pairs that are missing are made, conditions that are to change are replaced."""
        new = [room for room in self.change.rooms if (self.room_id(room.room), self.plan_id) not in self._listed]
        changed = [room for room in self.change.rooms if room not in new and room.conditions]
        if any("cancellation_code" not in room.wanted for room in new):
            return "without a code for the cancellation policy no room can be made to sell the plan"
        for kind, rooms in ((Notif.NEW, new), (Notif.OVERLAY, changed)):
            if rooms:
                self._warned.append(self.session.products(kind, [self._product(room) for room in rooms]))
        return ""

    def _product(self, change: RoomChange) -> Product:
        room, wanted = self.room_id(change.room), change.wanted
        there = self._listed.get((room, self.plan_id))
        return Product(
            room,
            self.plan_id,
            str(wanted["cancellation_code"]),
            str(wanted["meal_code"]) if "meal_code" in wanted else None,
            _days(wanted, "min_advance_days"),
            _days(wanted, "max_advance_days"),
            there.max_persons if there is not None else None,
            there.pricing if there is not None else "",
        )


def plan_named(name: str, rates: Iterable[Rate]) -> str:
    """The id of the rate of that name; empty where there is none."""
    return next((rate.id for rate in rates if rate.name.strip() == name.strip()), "")


def _days(wanted: Document, name: str) -> int | None:
    days = wanted.get(name)
    return days if isinstance(days, int) else None


def made_pairs(change: PlanChange, plan_id: str, asked: Collection[Pair]) -> dict[Pair, str]:
    """The id for every pair of the plan among `asked`."""
    return {pair: plan_id for pair in asked if pair[1] == change.plan and plan_id}
