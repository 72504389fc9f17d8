"""Planning against a snapshot: targets and a store that answer from it, and what it cannot tell, as findings.

Nothing is guessed: of a property, a target, a room, a plan or a night that the snapshot does not speak of nothing is planned, and it is
told. Absent: a way to change anything, and a way to reach anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from reconciler.errors import ReconcilerError, RefusedError
from reconciler.kinds import KINDS
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.journal import Applied, JournalEntry
from reconciler.model.moves import Moves
from reconciler.model.property import CREATE, Closure
from reconciler.model.snapshot import NOT_IN_SNAPSHOT, Part, Remembered, Seen, Snapshot
from reconciler.model.state import Observation, Observed, Value, Window
from reconciler.providers.contract import Batch, Pending, Target
from reconciler.runtime.snapshotting import parts_of

_HINT = "a plan that looks at the targets shows it; so does one against a newer snapshot"


def refuse(*_: object, **__: object) -> NoReturn:
    """Raises RefusedError: what a plan against a snapshot must not do."""
    raise RefusedError("a plan against a snapshot reaches nothing and changes nothing")


@contextmanager
def making_sense(what: str) -> Iterator[None]:
    """Says so where the snapshot makes no sense: it comes from elsewhere, and what is well spelled may mean nothing."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ReconcilerError(f"what the snapshot says of {what} makes no sense") from error


@dataclass(frozen=True, slots=True)
class Recorded:
    """In the place of a target; see `contract.Target`. `real` has its normal forms and messages, which are pure.

    `seen` is None where the snapshot has nothing of it; `went_by`: what the files say now; `start`: today.
    """

    slug: str
    real: Target
    seen: Seen | None
    went_by: Mapping[Part, str]
    start: date = date.max

    @property
    def name(self) -> str:
        """The word in addresses."""
        return self.real.name

    @property
    def capabilities(self) -> Capabilities:
        """What the target can do, on the nights that the snapshot has."""
        known = self.real.capabilities
        if self.seen is None or self.start == date.max:
            return known
        return replace(known, horizon=min(known.horizon, (self.seen.window.until - self.start).days))

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """As the target says; with a finding where the snapshot does not speak of the address."""
        missing = self._missing(address)
        if missing is not None:
            return value, (missing,)
        with making_sense(self.name):
            return self.real.normal(address, value, traits)

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        """What was told then, of these kinds and nights."""
        if self.seen is None:
            return Observation()
        told = self.seen.observation
        entries = {address: _within(entry, window) for address, entry in told.entries.items() if address.kind in kinds}
        findings = tuple(finding for finding in told.findings if self._holds(finding, kinds))
        return replace(told, entries=entries, findings=findings)

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """As the target says."""
        with making_sense(self.name):
            return iter(list(self.real.batches(pending)))

    def execute(self, batch: Batch) -> NoReturn:
        """Raises RefusedError."""
        refuse(batch)

    def _holds(self, finding: Diagnostic, kinds: frozenset[str]) -> bool:
        """Whether a finding of then is one of these kinds, and about something that the files still say."""
        words = finding.address.split("/")
        if len(words) < 4 or words[2] not in KINDS:
            return len(words) < 3 or words[2] not in KINDS or words[2] in kinds
        address = Address(words[0], words[1], words[2], tuple(words[3:]))
        return (address.kind in kinds or address.kind == "mapping") and self._changed(address) is None

    def _changed(self, address: Address) -> Part | None:
        """The largest part of which git says something else by now, if any."""
        assert self.seen is not None
        parts = parts_of(address)
        return next((part for part in parts if self.went_by.get(part) != self.seen.went_by.get(part)), None)

    def _missing(self, address: Address) -> Diagnostic | None:
        """Why nothing can be said of the address, if so."""
        if self.seen is None:
            return self._told("", f"the snapshot has nothing of {self.name}")
        if address.kind not in self.seen.kinds:
            return self._told(address.kind, f"the snapshot has no {address.kind} of {self.name}")
        part = self._changed(address)
        if part is not None and not self._to_be_made(part):
            return self._of(part)
        if self._may_be_there(address):
            words = (
                f"{address.within_property()} may be among the rows that git did not know when the snapshot was made"
            )
            return self._told("/".join((address.kind, *address.key)), words)
        return None

    def _to_be_made(self, part: Part) -> bool:
        """Whether the part is a plan that is new in git and made at the provider by an apply: nothing of it was there."""
        assert self.seen is not None
        return part not in self.seen.went_by and self.went_by.get(part) == CREATE

    def _may_be_there(self, address: Address) -> bool:
        """In the database: an address that nobody asked about, where rows were found that nobody knew."""
        assert self.seen is not None
        if address.target != DATABASE or address in self.seen.nothing_at or address in self.seen.observation.entries:
            return False
        unknown = f"{self.slug}/{DATABASE}/{address.kind}"
        return any(d.code == "unmanaged" and d.address == unknown for d in self.seen.observation.findings)

    def _of(self, part: Part) -> Diagnostic:
        what = {0: self.name, 1: f"room {'/'.join(part)}"}.get(len(part), f"rate plan {'/'.join(part)}")
        return self._told(
            "/".join(part), f"{what} is not what it was when the snapshot was made: its ids or what they mean"
        )

    def _told(self, where: str, message: str) -> Diagnostic:
        address = "/".join(filter(None, (self.slug, self.name, where)))
        return Diagnostic(
            NOT_IN_SNAPSHOT, f"{message}; nothing is planned for it", Severity.WARNING, _HINT, address=address
        )


def _within(entry: Observed, window: Window) -> Observed:
    if not isinstance(entry.value, Calendar):
        return entry
    value = entry.value.clip(window.start, window.until)
    return replace(entry, value=value, counts=entry.counts.clip(window.start, window.until))


class RecordedStore:
    """In the place of a store; see `contract.Reader`: what planning reads is there, everything else raises RefusedError."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._environment = snapshot.environment
        self._known = {slug: kept.remembered for slug, kept in snapshot.properties.items()}
        self._by_id = {kept.id: kept.remembered for kept in snapshot.properties.values()}

    def __getattr__(self, _name: str) -> Callable[..., NoReturn]:
        """Whatever else a store can do."""
        return refuse

    def environment(self) -> str | None:
        """See `Reader.environment`."""
        return self._environment

    def applied(self, property_slug: str) -> Mapping[Address, Applied]:
        """See `Reader.applied`."""
        return self._of(property_slug).applied

    def bindings(self, property_slug: str, provider: str) -> Mapping[tuple[str, str], str]:
        """See `Reader.bindings`."""
        return self._of(property_slug).bindings.get(provider, {})

    def unsettled(self, property_slug: str) -> Sequence[JournalEntry]:
        """See `Reader.unsettled`: those without an outcome, which alone are kept."""
        return self._of(property_slug).cut_off

    def moves(self) -> Mapping[str, Moves]:
        """See `Reader.moves`."""
        return {slug: known.moved for slug, known in self._known.items() if known.moved}

    def closures(self) -> Mapping[str, tuple[Closure, ...]]:
        """See `Reader.closures`."""
        return {slug: known.closures for slug, known in self._known.items() if known.closures}

    def rotated(self, property_id: str) -> Mapping[str, datetime]:
        """See `Reader.rotated`."""
        return self._at(property_id).rotated

    def moving(self, property_id: str) -> Mapping[tuple[str, str], Calendar[bool]]:
        """See `Reader.moving`."""
        return self._at(property_id).moving

    def sold_direct(self, property_id: str) -> Mapping[str, Calendar[int]]:
        """See `Reader.sold_direct`."""
        return self._at(property_id).sold_direct

    def _of(self, slug: str) -> Remembered:
        return self._known.get(slug, Remembered())

    def _at(self, property_id: str) -> Remembered:
        return self._by_id.get(property_id, Remembered())
