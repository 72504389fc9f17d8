"""Moving units at a provider so that none can be sold twice: close, drain, open.

A provider takes a count of units left to sell and lowers it itself with each sale. A count worked out a moment ago may put a unit on sale
again that was sold meanwhile. So a room that is on sale is first closed, for the nights that change; what was sold is read while it is
closed; then it is opened with a count that is exact. What it opens with was booked in the ledger before, and only what others do not hold.
A room that nobody can book on a night (nothing left, or closed) needs no closing first.

Where so much is free that the channel may hold both its old count and its new one for a while, the count may also change while the room
is on sale (`move: overlap`): both are booked, the new one is sent, and what is read once every earlier sale shows is what it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.engine.planner import calendar_of, touched, within
from reconciler.engine.units import asked, sellable
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.holding import Phase
from reconciler.model.journal import Outcome
from reconciler.model.plan import Operation
from reconciler.model.state import Availability, Counts, Observed, Window
from reconciler.model.workspace import OVERLAP, Moving
from reconciler.providers.contract import Part, PartResult, Pending, Target
from reconciler.runtime.units import Books

Results = dict[str, list[PartResult]]
Send = Callable[[Sequence[Pending], bool], Results]
"""Sends what is pending, by operation; the flag: to its end, though the run is asked to stop."""
Nights = Mapping[str, Calendar[bool]]
"""Nights by operation."""
_NOT_CLOSED = "answered that the room is closed, and it is not; its count was left as it is"


@dataclass(slots=True)
class Move:
    """The counts of one property at one provider. `look` reads what is left and sold there on these nights now."""

    books: Books
    target: Target
    moving: Moving
    send: Send
    look: Callable[[Window], Mapping[Address, Observed]]
    wait: Callable[[float], None]
    results: Results = field(default_factory=dict)

    def run(self, ops: Sequence[Operation]) -> Results:
        """What became of each operation's parts."""
        window = _window(ops)
        self.results.update({op.id: [] for op in ops})
        seen = self.look(window)
        self.books.seen(seen)
        if self.moving.move == OVERLAP:
            ops, seen = self._overlap(ops, seen)
        shut = self._close(ops, seen)
        drained: Nights = {}
        if shut or any(_closed_before(op, seen.get(op.address)) for op in ops):
            self.wait(self.moving.feed_wait)
            seen = self.look(window)
            drained = self._drain(ops, shut, seen)
        self._open(ops, drained, seen)
        return self.results

    # --- overlap

    def _overlap(
        self, ops: Sequence[Operation], seen: Mapping[Address, Observed]
    ) -> tuple[Sequence[Operation], Mapping[Address, Observed]]:
        """Changes what is on sale where both counts fit beside what others hold. Returns what is left to do, and how things stand then."""
        before = {op.address: self.books.holdings(op.address) for op in ops}
        pending = [one for op in ops if (one := self._both_held(op, seen)) is not None]
        if not pending:
            return ops, seen
        told = self.send(pending, False)
        taken: Calendar[bool] = Calendar()
        for one in pending:
            op, parts = one.operation, told[one.operation.id]
            shown = done(parts)
            self.books.answered(op.address, shown, Phase.OPEN)
            undone = calendar_of(one.value).covered().without(shown).without(lost(parts))
            self.books.restore(op.address, before[op.address].keep(undone))
            self.results[op.id] += parts
            taken = taken.overlay(shown)
        if taken:
            self.wait(self.moving.feed_wait)
            seen = self.look(_window(ops))
            self.books.seen(seen)
        return [left for op in ops if (left := self._left(op, seen)) is not None], seen

    def _both_held(self, op: Operation, seen: Mapping[Address, Observed]) -> Pending | None:
        there = seen.get(op.address)
        wanted = calendar_of(op.change.after).keep(_selling(there))
        wanted = wanted.map(lambda units: None if units.closed else units)
        if not wanted:
            return None
        held = self.books.overlap(op.address, wanted, _counts(there), self.moving.deadline)
        value = wanted.keep(held)
        return Pending(_to(op, value), value, there) if value else None

    def _left(self, op: Operation, seen: Mapping[Address, Observed]) -> Operation | None:
        """What an operation has still to do: without what is in force by now, and what failed or nobody knows of."""
        there = calendar_of(seen[op.address].value) if op.address in seen else Calendar()
        tried = from_parts(self.results[op.id])
        same = merge(calendar_of(op.change.after), there, lambda wanted, now: True if wanted == now else None)
        left = touched(op.change).without(tried.without(done(self.results[op.id]))).without(same.keep(tried))
        return replace(op, change=within(op.change, left)) if left else None

    # --- close

    def _close(self, ops: Sequence[Operation], seen: Mapping[Address, Observed]) -> Nights:
        """Closes what is on sale and changes. Returns the nights, by operation, on which that was answered with success."""
        pending = [one for op in ops if (one := closing(op, seen.get(op.address))) is not None]
        if not pending:
            return {}
        before = {one.operation.address: self.books.holdings(one.operation.address) for one in pending}
        for one in pending:
            nights = calendar_of(one.value).covered()
            self.books.ask(one.operation.address, nights, Phase.CLOSING, self.moving.deadline)
        told, shut = self.send(pending, False), {}
        for one in pending:
            op, parts = one.operation, told[one.operation.id]
            shut[op.id] = done(parts)
            self.books.answered(op.address, shut[op.id], Phase.CLOSING)
            undone = calendar_of(one.value).covered().without(shut[op.id]).without(lost(parts))
            self.books.restore(op.address, before[op.address].keep(undone))
            self.results[op.id] += [part for part in parts if part.outcome is not Outcome.APPLIED]
        return shut

    # --- drain

    def _drain(self, ops: Sequence[Operation], shut: Nights, seen: Mapping[Address, Observed]) -> Nights:
        """What was sold is read while nothing more can be. Returns the nights that are shown to be closed; the others are named."""
        drained = {}
        for op in ops:
            open_ = shut.get(op.id, Calendar()).keep(_selling(seen.get(op.address)))
            if open_:
                self.books.answered(op.address, open_, Phase.OPEN)
                self.results[op.id].append(PartResult(Part(op.id, op.address, open_), Outcome.FAILED, _NOT_CLOSED))
            drained[op.id] = shut.get(op.id, Calendar()).without(open_)
            wanted = calendar_of(op.change.after).keep(drained[op.id])
            if wanted:
                self.books.drained(op.address, wanted, _counts(seen.get(op.address)))
        return drained

    # --- open

    def _open(self, ops: Sequence[Operation], drained: Nights, seen: Mapping[Address, Observed]) -> None:
        """Sends the counts, each booked before, as far as it is free."""
        before = {op.address: self.books.holdings(op.address) for op in ops}
        steps = [
            (op, *step) for op in ops if (step := self._booked(op, drained.get(op.id, Calendar()), seen)) is not None
        ]
        pending = [one for _, one, _ in steps if one.value]
        told = self.send(pending, True) if pending else {}
        for op, _, granted in steps:
            parts = told.get(op.id, [])
            self.books.opened(op.address, granted.keep(done(parts)))
            undone = granted.covered().without(done(parts)).without(lost(parts))
            self.books.restore(op.address, before[op.address].keep(undone))
            self.results[op.id] += [*parts, *_not_free(op, granted, _counts(seen.get(op.address)))]

    def _booked(
        self, op: Operation, drained: Calendar[bool], seen: Mapping[Address, Observed]
    ) -> tuple[Pending, Calendar[int]] | None:
        """The count of an operation as it is sent, and what is granted; without nights that failed, are still on sale, or are so."""
        there = seen.get(op.address)
        failed = from_parts(self.results[op.id])
        kept = _selling(there).without(drained).without(_merely_closed(op, there))
        wanted = calendar_of(op.change.after).without(failed).without(kept)
        if not wanted:
            return None
        granted = self.books.grant(op.address, wanted, _counts(there), self.moving.deadline)
        value = merge(wanted, granted, lambda units, most: units and replace(units, allotment=most or 0))
        same = merge(value, calendar_of(there.value if there else None), lambda a, b: True if a == b else None)
        value = value.without(same.without(drained))
        return Pending(_to(op, value), value, there), granted


def done(parts: Iterable[PartResult]) -> Calendar[bool]:
    """The nights that were taken."""
    applied = (one for one in parts if one.outcome is Outcome.APPLIED or one.refused is not None)
    return _union((one.part.nights or Calendar()).without(one.refused or Calendar()) for one in applied)


def lost(parts: Iterable[PartResult]) -> Calendar[bool]:
    """The nights of which nobody knows."""
    return from_parts(one for one in parts if one.outcome is Outcome.UNKNOWN)


def from_parts(parts: Iterable[PartResult]) -> Calendar[bool]:
    """All nights of these parts."""
    return _union(one.part.nights or Calendar() for one in parts)


def _union(nights: Iterable[Calendar[bool]]) -> Calendar[bool]:
    found: Calendar[bool] = Calendar()
    for some in nights:
        found = found.overlay(some)
    return found


def closing(op: Operation, seen: Observed | None) -> Pending | None:
    """What goes before a change: the closing of nights on sale, with nothing left, so that even a room which others open sells nothing."""
    nights = _selling(seen).keep(calendar_of(op.change.after).covered()).without(_merely_closed(op, seen))
    value = _counts(seen).keep(nights).map(lambda now: Availability(now.sold, closed=True))
    return Pending(_to(op, value), value, seen) if value else None


def _merely_closed(op: Operation, seen: Observed | None) -> Calendar[bool]:
    """The nights on which the room is closed and its count stays as it is: nothing of that can sell a unit."""

    def merely(wanted: Availability | None, there: Availability | None) -> bool | None:
        return (wanted is not None and there is not None and wanted == replace(there, closed=True)) or None

    return merge(calendar_of(op.change.after), calendar_of(seen.value if seen else None), merely)


def _closed_before(op: Operation, seen: Observed | None) -> bool:
    """Whether a count is to change in a room that is closed already: nobody knows since when, and not every sale may show yet."""

    def counted(wanted: Availability | None, there: Availability | None) -> bool | None:
        if wanted is None or there is None or not there.closed:
            return None
        return wanted.allotment != there.allotment or None

    return bool(merge(calendar_of(op.change.after), calendar_of(seen.value if seen else None), counted))


def _selling(seen: Observed | None) -> Calendar[bool]:
    there = calendar_of(seen.value if seen else None)
    return merge(there, _counts(seen), lambda units, now: sellable(units, now) or None)


def _counts(seen: Observed | None) -> Calendar[Counts]:
    return seen.counts if seen is not None else Calendar()


def _not_free(op: Operation, granted: Calendar[int], counts: Calendar[Counts]) -> Iterator[PartResult]:
    """The nights on which the channel got less than git gives it, because others still hold the rest."""
    wanted = asked(calendar_of(op.change.after), counts)
    short = merge(granted, wanted, lambda got, want: (got, want) if got is not None and want and got < want else None)
    if short:
        first = short.runs[0]
        got, want = first.value
        detail = f"{got} of {want} units on {first.start}: other channels still hold the rest"
        yield PartResult(Part(op.id, op.address, short.covered()), Outcome.FAILED, detail)


def _to(op: Operation, value: Calendar[Availability]) -> Operation:
    return replace(op, change=replace(op.change, after=value))


def _window(ops: Sequence[Operation]) -> Window:
    nights = [touched(op.change) for op in ops]
    return Window(min(found.start for found in nights), max(found.until for found in nights))
