"""Carrying out the operations of one property: intent, message, outcome; then the proof by reading back.

Knows the order (what waits for what) and the journal; what a message looks like is the target's business. A target that fails stops
for this property, the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.engine.planner import calendar_of, touched
from reconciler.engine.remaining import remaining, resolve_assigned
from reconciler.errors import LockedError, ReconcilerError, UncertainError
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.capabilities import Access
from reconciler.model.journal import Binding, JournalEntry, Outcome, Run
from reconciler.model.plan import Label, Operation
from reconciler.model.property import DIRECT, Property
from reconciler.model.state import Observed, Provenance, Value
from reconciler.providers.contract import Batch, BatchResult, Part, PartResult, Pending, Target
from reconciler.runtime.allotting import Move, Results
from reconciler.runtime.faults import as_error
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.survey import Survey, created_pair, merged, survey_property, survey_workspace
from reconciler.runtime.units import Books
from reconciler.store.contract import Recording

Outcomes = dict[str, tuple[Outcome, str]]
_LOST = "no answer came; whether it was carried out is not known"
_UNTOLD = "the answer does not say whether it was carried out"
_SHOWN = "the answer was lost; reading it back shows it in force"
_CONTRADICTED = "answered with success, but reading it back shows another value"


@dataclass(slots=True)
class Execution:
    """One property's part of a run. `sequence` numbers the journal's entries of the whole run.

    `broken`: the targets at which nothing (more) is tried, and why.
    """

    site: Site
    hotel: Property | None
    targets: Targets
    run: Run
    plan_digest: str
    sequence: Callable[[], int]
    stopped: Callable[[], bool]
    outcomes: Outcomes = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    _entries: dict[str, list[JournalEntry]] = field(default_factory=dict)
    _messages: dict[int, Sequence[str]] = field(default_factory=dict)
    _assigned: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def carry_out(
        self, done: Iterable[Operation], todo: Sequence[Operation], observed: Mapping[Address, Observed]
    ) -> Outcomes:
        """Everything that can be done of `todo`; `done` is in force already. Returns the outcome of each by id."""
        self.outcomes = {op.id: (Outcome.APPLIED, "already so") for op in done}
        left = list(todo)
        while left and not self.stopped():
            target, ready = self._next(left)
            if target is None:
                break
            left = [op for op in left if op not in ready]
            self._run_target(target, ready, observed)
        for op in left:
            self._not_attempted(op)
        self._prove([op for op in todo if self.outcomes[op.id][0] in (Outcome.APPLIED, Outcome.UNKNOWN)])
        return self.outcomes

    def cut_short(self, ops: Iterable[Operation], why: str) -> Outcomes:
        """The outcomes where the journal could not be kept to the end: what was tried and not concluded is unknown."""
        for op in ops:
            tried = op.id in self._entries
            self.outcomes.setdefault(op.id, (Outcome.UNKNOWN if tried else Outcome.NOT_ATTEMPTED, why))
        return self.outcomes

    # --- order

    def _next(self, left: Sequence[Operation]) -> tuple[Target | None, list[Operation]]:
        """The first target, providers before the database, that has something to do whose conditions are met."""
        for name in sorted(self.targets, key=lambda name: (name == DATABASE, name)):
            ready = [op for op in left if op.address.target == name and name not in self.broken and self._may_run(op)]
            if ready:
                return self.targets[name], ready
        return None, []

    def _may_run(self, op: Operation) -> bool:
        return all(self.outcomes.get(other, (None, ""))[0] is Outcome.APPLIED for other in op.waits_for)

    def _not_attempted(self, op: Operation) -> None:
        failed = [other for other in op.waits_for if self.outcomes.get(other, (None, ""))[0] is not Outcome.APPLIED]
        why = self.broken.get(op.address.target) or (f"waits for {failed[0]}" if failed else "the run was stopped")
        self.outcomes[op.id] = (Outcome.NOT_ATTEMPTED, why)
        entry = replace(self._entry(op, op.change.after, op.change.before), intent_at=None)
        self.site.store.intend([entry])
        self.site.store.settle(self.run.id, [entry.seq], Outcome.NOT_ATTEMPTED, self.site.clock(), why, ())

    # --- messages

    def _run_target(self, target: Target, ops: Sequence[Operation], observed: Mapping[Address, Observed]) -> None:
        units = [op for op in ops if op.address.kind == "availability"]
        others = [op for op in ops if op not in units]
        # What gives units needs nothing else first, and can still be counted while the room's plans are on sale.
        first = [op for op in units if op.label is Label.LOWER] if others else []
        results = self._move(target, [self._final_of(op) for op in first])
        rows = [self._pending(self._as_free(op), observed) for op in others]
        results |= self._deliver(target, rows)
        for op, row in zip(others, rows, strict=True):
            results[op.id] += _not_free(op, row)
        results |= self._move(target, [self._final_of(op) for op in units if op not in first])
        for op in ops:
            self._conclude(op, results[op.id])

    def _as_free(self, op: Operation) -> Operation:
        """The hotel's own rows give the hotel what no provider holds, and not more."""
        wanted = calendar_of(op.change.after)
        if self.hotel is None or op.address.kind != "allocation" or not wanted:
            return op
        kept = Books(self.site, self.hotel).for_the_hotel(op.address, wanted)
        return replace(op, change=replace(op.change, after=kept))

    def _pending(self, op: Operation, observed: Mapping[Address, Observed]) -> Pending:
        final = self._final_of(op)
        return Pending(
            final, Calendar() if final.change.after is None else final.change.after, observed.get(op.address)
        )

    def _move(self, target: Target, ops: Sequence[Operation]) -> Results:
        """Counts of units, by the rules that keep any from being sold twice."""
        results: Results = {op.id: [] for op in ops}
        if not ops or self.hotel is None or target.name in self.broken or self.stopped():
            return results
        move = Move(
            books=Books(self.site, self.hotel),
            target=target,
            moving=self.site.moving(target.name),
            send=lambda pending, whole: self._deliver(target, pending, whole=whole),
            look=lambda window: target.observe(frozenset({"availability"}), window).entries,
            wait=self._wait,
            results=results,
        )
        try:
            move.run(ops)
        except LockedError:
            raise
        except Exception as fault:  # noqa: BLE001 - without fresh counts, or the ledger, nothing more is sent there
            self._stop(target, as_error(fault))
        return results

    def _wait(self, seconds: float) -> None:
        if seconds > 0 and self.hotel is not None:
            self.site.progress(f"{self.hotel.slug}: waiting {seconds:.0f} s until every sale can be seen")
            self.site.sleep(seconds)

    def _deliver(self, target: Target, pending: Sequence[Pending], *, whole: bool = False) -> Results:
        """Sends it, batch by batch. `whole`: to its end, though the run was asked to stop."""
        by_id = {one.operation.id: one for one in pending}
        results: Results = {id_: [] for id_ in by_id}
        batches = iter(target.batches(pending))
        while target.name not in self.broken and (whole or not self.stopped()):
            try:
                batch = next(batches, None)
            except Exception as fault:  # noqa: BLE001 - a fault in making messages stops this target only
                self._stop(target, as_error(fault))
                break
            if batch is None:
                break
            for result in self._send(target, batch, by_id):
                results[result.part.operation_id].append(result)
        return results

    def _final_of(self, op: Operation) -> Operation:
        return replace(op, change=replace(op.change, after=self._final(op)))

    def _final(self, op: Operation) -> Value:
        """The value to bring about, with ids that were assigned meanwhile. Nothing where nights are only to be emptied."""
        value = op.change.after
        if value is None:
            return Calendar()
        pair = created_pair(self.hotel, op.address) if self.hotel and op.address.target == DATABASE else None
        assigned = self._assigned.get((op.address.key[0], *pair)) if pair else None
        return resolve_assigned(value, assigned) if assigned else value

    def _send(self, target: Target, batch: Batch, pending: Mapping[str, Pending]) -> Sequence[PartResult]:
        """One message, with its intent before and its outcome after. A failure as a whole breaks the target for this property."""
        entries = {part: self._part_entry(part, pending[part.operation_id]) for part in batch.parts}
        self.site.store.intend(list(entries.values()))
        for part, entry in entries.items():
            self._entries.setdefault(part.operation_id, []).append(entry)
        result = self._told(target, batch)
        self._remember(target, result, pending)
        messages = [result.message_id] if result.message_id else []
        self._messages.update({entry.seq: messages for entry in entries.values()})
        for part_result in result.results:
            self._settle(
                [entries[part_result.part]], part_result.outcome, part_result.detail or batch.summary, messages
            )
        return result.results

    def _told(self, target: Target, batch: Batch) -> BatchResult:
        """What the target says became of each part; unknown where it says nothing, or fails in a way that nobody foresaw."""
        try:
            result = target.execute(batch)
        except Exception as fault:  # noqa: BLE001 - it may have been sent: the journal must say so, and the others go on
            error = as_error(fault)
            lost = isinstance(error, UncertainError) or error is not fault
            self._stop(target, error)
            detail = f"{_LOST}: {error.message}" if lost else error.message
            outcome = Outcome.UNKNOWN if lost else Outcome.FAILED
            return BatchResult(tuple(PartResult(part, outcome, detail) for part in batch.parts))
        told = {one.part: one for one in result.results if one.part in batch.parts}
        every = tuple(told.get(part) or PartResult(part, Outcome.UNKNOWN, _UNTOLD) for part in batch.parts)
        return replace(result, results=every)

    def _stop(self, target: Target, error: ReconcilerError) -> None:
        self.broken[target.name] = f"{target.name} stopped: {error.message}"

    def _settle(self, entries: Sequence[JournalEntry], outcome: Outcome, detail: str, messages: Sequence[str]) -> None:
        seqs = [entry.seq for entry in entries]
        self.site.store.settle(self.run.id, seqs, outcome, self.site.clock(), detail, messages)

    def _part_entry(self, part: Part, pending: Pending) -> JournalEntry:
        change = pending.operation.change
        if part.nights is None:
            return self._entry(pending.operation, pending.value, change.before)
        before = calendar_of(change.before).keep(part.nights)
        return self._entry(pending.operation, calendar_of(pending.value).keep(part.nights), before)

    def _entry(self, op: Operation, after: Value | None, before: Value | None) -> JournalEntry:
        now = self.site.clock()
        action = op.change.action.value
        return JournalEntry(self.run.id, self.sequence(), op.address, action, before, after, now, op.label.value)

    # --- what came of it

    def _remember(self, target: Target, result: BatchResult, pending: Mapping[str, Pending]) -> None:
        """Ids that were assigned, and the values in force, before the outcome says so: a crash in between repeats, never loses."""
        now = self.site.clock()
        if result.assigned and self.hotel is not None:
            slug = self.hotel.slug
            bindings = [Binding(slug, target.name, "rate_plan", "/".join(k), v) for k, v in result.assigned.items()]
            self.site.store.bind(bindings, self.run.id, now)
            self._assigned.update({(target.name, *key): id_ for key, id_ in result.assigned.items()})
        self.site.store.record(list(self._recordings(target, result, pending)))

    def _recordings(self, target: Target, result: BatchResult, pending: Mapping[str, Pending]) -> Iterator[Recording]:
        for part_result in result.results:
            part, nights = part_result.part, part_result.part.nights
            acknowledged = target.capabilities.access(part.address.kind) is Access.ACKNOWLEDGED
            value: Value | None = pending[part.operation_id].value
            if part_result.outcome is Outcome.UNKNOWN and acknowledged:
                value = None  # what it holds now is anybody's guess: forget what was acknowledged before
            elif part_result.outcome is not Outcome.APPLIED and part_result.refused is None:
                continue
            if nights is not None:
                nights = nights.without(part_result.refused) if part_result.refused else nights
                value = calendar_of(value).keep(nights)
            provenance = (Provenance.ACKNOWLEDGED if acknowledged else Provenance.READ_BACK).value
            now, run, digest = self.site.clock(), self.run.id, self.plan_digest
            yield Recording(part.address, value, nights, provenance, run, now, digest, result.message_id or None)

    def _conclude(self, op: Operation, results: Sequence[PartResult]) -> None:
        """The outcome of an operation is the worst of its parts."""
        covered = sum(result.part.nights.nights for result in results if result.part.nights is not None)
        whole = bool(results) and (results[0].part.nights is None or covered >= touched(op.change).nights)
        worst = max(results, key=lambda result: _BADNESS[result.outcome], default=None)
        if worst is not None and (worst.outcome is not Outcome.APPLIED or whole):
            self.outcomes[op.id] = (worst.outcome, worst.detail)
        elif self.broken.get(op.address.target) or self.stopped() or not results:
            why = self.broken.get(op.address.target, "the run was stopped")
            self.outcomes[op.id] = (Outcome.FAILED if results else Outcome.NOT_ATTEMPTED, why)
        else:
            self.outcomes[op.id] = (Outcome.APPLIED, "")

    def _prove(self, ops: Sequence[Operation]) -> None:
        """Reads back what can be read: what was answered with success and is not so has failed; what was lost may be settled."""
        names = frozenset(op.address.target for op in ops if self._readable(op))
        if not names:
            return
        trusting = replace(self.site, distrust=())  # what was distrusted before has been sent by now
        if self.hotel is None:
            surveys = [survey_workspace(trusting, target) for target in self.targets.values()]
        else:
            surveys = survey_property(trusting, self.hotel, self.targets, names)
            # Whatever was asked for: what is on sale there is what may be sold there.
            Books(self.site, self.hotel).seen(merged(surveys))
        for survey in surveys:
            for op in ops:
                if op.address.target != survey.target or not self._readable(op) or survey.failed:
                    continue
                lost = self.outcomes[op.id][0] is Outcome.UNKNOWN
                in_force = not _still_differs(op, survey)
                if lost and op.address not in survey.desired:
                    continue  # nothing was compared, so nothing is shown
                if in_force and self._access(op) is Access.ACKNOWLEDGED:
                    continue  # only a part of it could be read
                self._settle_proof(op, in_force=in_force)

    def _settle_proof(self, op: Operation, *, in_force: bool) -> None:
        """What reading back shows stands against what was answered, here, in the journal and in what was last applied."""
        outcome, _ = self.outcomes[op.id]
        if (outcome is Outcome.APPLIED) is in_force:
            return
        self.outcomes[op.id] = (Outcome.APPLIED, _SHOWN) if in_force else (Outcome.FAILED, _CONTRADICTED)
        entries = self._entries.get(op.id, [])
        self.site.store.record([self._proven(entry, in_force=in_force) for entry in entries])
        for entry in entries:
            self._settle([entry], *self.outcomes[op.id], self._messages.get(entry.seq, ()))

    def _proven(self, entry: JournalEntry, *, in_force: bool) -> Recording:
        dated = isinstance(entry.after, Calendar) or isinstance(entry.before, Calendar)
        nights = calendar_of(entry.after).covered().overlay(calendar_of(entry.before).covered()) if dated else None
        provenance, now = Provenance.READ_BACK.value, self.site.clock()
        value = entry.after if in_force else None
        return Recording(entry.address, value, nights, provenance, self.run.id, now, self.plan_digest)

    def _readable(self, op: Operation) -> bool:
        support = self.targets[op.address.target].capabilities.kinds.get(op.address.kind)
        return self._access(op) is Access.READ_BACK or bool(support and support.readable)

    def _access(self, op: Operation) -> Access | None:
        return self.targets[op.address.target].capabilities.access(op.address.kind)


def _not_free(op: Operation, row: Pending) -> Iterator[PartResult]:
    """The nights on which the hotel itself gets less than git gives it, because providers still hold the rest."""
    if op.address.kind != "allocation":
        return
    short = merge(
        calendar_of(op.change.after), calendar_of(row.value), lambda a, b: (b, a) if a and b and a != b else None
    )
    if short:
        got, want = short.runs[0].value
        detail = (
            f"direct gets {got.of(DIRECT)} of {want.of(DIRECT)} units on {short.start}: providers still hold the rest"
        )
        yield PartResult(Part(op.id, op.address, short.covered()), Outcome.FAILED, detail)


def _still_differs(op: Operation, survey: Survey) -> bool:
    """Whether a plan made now would change again what the operation changed, and not because the operation wanted less."""
    left = [change for change in survey.changes if change.address == op.address]
    if not isinstance(op.change.after, Calendar) and not isinstance(op.change.before, Calendar):
        return bool(left)
    if not any(touched(change).keep(touched(op.change)) for change in left):
        return False
    stands = remaining(op, survey.observed.get(op.address), survey.window)
    return stands.todo is not None or stands.has_moved


_BADNESS = {Outcome.APPLIED: 0, Outcome.NOT_ATTEMPTED: 1, Outcome.FAILED: 2, Outcome.UNKNOWN: 3}
