"""Rules of the moving of units, each switched off: what the simulator has to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from reconciler.engine import units
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Outcome
from reconciler.model.workspace import CLOSE, OVERLAP
from reconciler.providers.contract import PartResult
from reconciler.runtime import allotting, applying
from reconciler.runtime.allotting import Move
from reconciler.runtime.execution import Execution
from reconciler.runtime.units import Books
from tests.simulator import world
from tests.simulator.walk import hotel, storm
from tests.simulator.world import Odds, OversoldError, Simulation, Wire

Change = Callable[[pytest.MonkeyPatch], None]
BUSY = Odds(0, 0, 0, 0, 0, guest=0.6)
NO_REGRETS = replace(BUSY, guest=0.3, regrets=0.3)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A rule that is switched off, and the kind of day on which it shows. `direct_asks`: whether the hotel asks before it sells."""

    change: Change
    odds: Odds
    direct_asks: bool
    move: str = CLOSE

    def survives(self, seed: int, walks: int = 200) -> int | None:
        """How many boundaries are passed until a walk finds it; None where none does."""
        passed = 0
        for walk in range(walks):
            world = Simulation(
                hotel(), 1000 * seed + walk, self.odds, nights=1, direct_asks=self.direct_asks, move=self.move
            )
            try:
                with self.switched_off():
                    storm(world, 12)
            except OversoldError:
                return passed + world.counts["boundaries"]
            passed += world.counts["boundaries"]
        return None

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """Without the rule for as long as the block runs."""
        with pytest.MonkeyPatch.context() as patch:
            self.change(patch)
            yield


MUTATIONS: dict[str, Mutation] = {}


def _mutation(odds: Odds = BUSY, *, direct_asks: bool = True, move: str = CLOSE) -> Callable[[Change], Change]:
    def known(change: Change) -> Change:
        MUTATIONS[change.__name__.replace("_", " ")] = Mutation(change, odds, direct_asks, move)
        return change

    return known


@_mutation()
def a_room_on_sale_is_not_closed_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(allotting, "_selling", lambda _seen: Calendar())


@_mutation(NO_REGRETS)
def what_was_sold_is_not_read_again_while_closed(patch: pytest.MonkeyPatch) -> None:
    run = Move.run

    def with_old_counts(self: Move, ops: Any) -> Any:
        look = self.look
        first: list[Any] = []

        def once(window: Any) -> Any:
            if not first:
                first.append(look(window))
                return first[0]
            fresh = look(window)
            return {
                address: replace(entry, counts=first[0][address].counts) if address in first[0] else entry
                for address, entry in fresh.items()
            }

        self.look = once
        return run(self, ops)

    patch.setattr(Move, "run", with_old_counts)


@_mutation(NO_REGRETS)
def the_feed_is_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world, "FEED_WAIT", 0.0)


@_mutation(replace(NO_REGRETS, late=0.5, guest=0.5, reads_fail=False, pauses=(1.0,)))
def an_unknown_outcome_is_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(applying, "_wait_for_the_dead", lambda _site, _unit: None)
    patch.setattr(Books, "_alive", lambda _self, _one: False)


@_mutation(replace(NO_REGRETS, lost_after=0.8, regrets=0.6, reads_fail=False, attempts=2))
def a_count_is_sent_again_when_no_answer_came(patch: pytest.MonkeyPatch) -> None:
    send = Wire.send
    patch.setattr(Wire, "send", lambda self, request, repeatable: send(self, request, repeatable=True))


@_mutation()
def others_are_not_asked_what_they_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(units, "granted", lambda wanted, _own, _others, _most: wanted)


@_mutation()
def a_holding_is_given_up_before_the_room_is_shown_closed(patch: pytest.MonkeyPatch) -> None:
    ask = Books.ask

    def and_give_up(self: Books, address: Any, nights: Any, phase: Any, deadline: float) -> None:
        ask(self, address, nights, phase, deadline)
        self._change(address, nights, lambda one: replace(one, held=0))

    patch.setattr(Books, "ask", and_give_up)


@_mutation()
def a_count_is_booked_after_it_was_sent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Books, "grant", lambda self, address, wanted, counts, deadline: units.asked(wanted, counts))


@_mutation(replace(BUSY, regrets=0.6, lost_before=0.4, reads_fail=False, attempts=1, pauses=(1.0,)))
def a_closing_without_an_answer_is_taken_for_closed(patch: pytest.MonkeyPatch) -> None:
    run = Move.run

    def believing(self: Move, ops: Any) -> Any:
        send = self.send

        def told(pending: Any, whole: bool) -> Any:
            found = send(pending, whole)
            return found if whole else {id_: [_believed(part) for part in parts] for id_, parts in found.items()}

        self.send = told
        return run(self, ops)

    patch.setattr(Move, "run", believing)
    patch.setattr(Execution, "_stop", lambda _self, _target, _error: None)
    patch.setattr(Move, "_drain", lambda self, ops, shut, seen: shut)


def _believed(part: PartResult) -> PartResult:
    return replace(part, outcome=Outcome.APPLIED) if part.outcome is Outcome.UNKNOWN else part


@_mutation()
def the_hotel_sells_without_looking_at_the_ledger(patch: pytest.MonkeyPatch) -> None:
    def of_its_row(self: Simulation, night: Any) -> int:
        standing = self.store.rooms.standing.get(self.room_id, Calendar()).at(night)
        taken = sum(standing.of(name) for name in world.PROVIDERS) if standing else 0
        return max(0, self.limit - taken - self.sold_direct(night))

    patch.setattr(Simulation, "sellable_direct", of_its_row)


@_mutation(NO_REGRETS, direct_asks=False)
def the_hotel_gets_its_units_before_the_providers_gave_them(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Books, "for_the_hotel", lambda _self, _address, wanted: wanted)


# --- the overlap of an old count and a new one


@_mutation(move=OVERLAP)
def only_the_new_count_is_held_while_both_may_be_sold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(units, "together", lambda _known, wanted, counts: units.asked(wanted, counts))


@_mutation(move=OVERLAP)
def both_counts_are_held_though_others_hold_the_units(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(units, "fitting", lambda asked, _others, _most: asked)


@_mutation(replace(NO_REGRETS, guest=0.2), move=OVERLAP)
def an_old_count_is_let_go_before_every_sale_shows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world, "FEED_WAIT", 0.0)


@_mutation(replace(NO_REGRETS, late=0.3, reads_fail=False, pauses=(1.0,)), move=OVERLAP)
def a_new_count_without_an_answer_is_taken_for_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(allotting, "lost", lambda _parts: Calendar())
    patch.setattr(applying, "_wait_for_the_dead", lambda _site, _unit: None)
    patch.setattr(Books, "_alive", lambda _self, _one: False)
