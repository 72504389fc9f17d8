"""The contracts of a provider: a target, to observe and execute; a desk, to hand over bookings.

A target is made for one property. The engine never trusts it: what it returns is compared, not believed.

It must  - read everything of the asked kinds in the window and answer in the values of `model.state`, keyed by address;
         - raise a `ProviderError` rather than answer for another hotel, with an empty hotel, or with half of what was asked;
         - encode in `batches` without any I/O, keep to the limits of the format, send nothing that is not pending;
         - say for every part of a batch what became of it; a warning inside a success is a failure of its part.
It may   - put parts of several operations in one message, and one operation in several.
It must not retry what is not repeatable, read a clock, log bodies, or decide what should be true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from reconciler.model.address import Address
from reconciler.model.booking import Version
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.journal import Outcome
from reconciler.model.plan import Operation
from reconciler.model.state import Observation, Observed, Value, Window


@dataclass(frozen=True, slots=True)
class Pending:
    """What is still to be done of an operation: `value` holds only the nights (or the document) that are not so yet.

    `seen` is what was observed at the address right before; for availability its `counts` say what was sold there.
    """

    operation: Operation
    value: Value
    seen: Observed | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The share of one operation in a batch: its id and the nights (None for a document)."""

    operation_id: str
    address: Address
    nights: Calendar[bool] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One message (or one transaction) with everything needed to send it. `repeatable`: sending it twice does no harm.

    `summary` is one line for the journal and for people; it holds no secret. `payload` is the target's own.
    """

    parts: tuple[Part, ...]
    summary: str
    repeatable: bool
    payload: object = field(repr=False)


@dataclass(frozen=True, slots=True)
class PartResult:
    """What became of one part. `refused`: the nights that did not take, where the target says so (None: all or none of the part)."""

    part: Part
    outcome: Outcome
    detail: str = ""
    refused: Calendar[bool] | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The outcome of one batch. `assigned`: ids that the provider gave to what was made, by (room, plan)."""

    results: tuple[PartResult, ...]
    message_id: str = ""
    assigned: Mapping[tuple[str, str], str] = field(default_factory=dict)


class Target(Protocol):
    """One place where state of one property lives."""

    @property
    def name(self) -> str:
        """The word in addresses: `database`, `expedia`, `booking.com`."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, as data."""

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """The desired value as this target stores it, and what could not be expressed. Pure; applying it twice changes nothing."""

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        """What is there now. Acknowledged kinds yield only what can be read of them."""

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """The messages that bring this about, in the order in which they must be sent. Pure."""

    def execute(self, batch: Batch) -> BatchResult:
        """Sends one batch. Raises ProviderError where nothing (or nothing certain) came back."""


@runtime_checkable
class Recalling(Protocol):
    """A target whose normal forms and messages depend on what it observed."""

    def recall(self, seen: Observation) -> None:
        """Takes what was observed earlier for what is there. Asks nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a provider. `host` is the logical one (`main`, `secure`, `auth`, ...), turned into a URL by the transport."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    host: str = "main"
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's answer, whole. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Http(Protocol):
    """The one seam for the network."""

    def send(self, request: Request, *, repeatable: bool) -> Reply:
        """Sends within the account's limits and returns any reply below 500 but 429.

        429, 5xx, time-outs and broken connections: tried again while `repeatable` and attempts last. Then `TemporaryError` where the
        request surely was not carried out (refused connection, 429, 503), `UncertainError` where it may have been.
        """


@dataclass(frozen=True, slots=True)
class Handover:
    """What a provider handed over at one asking. `findings`: bookings that could not be understood, by id, never by content."""

    versions: tuple[Version, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


class Desk(Protocol):
    """Where a provider hands over the bookings of one hotel.

    It hands over at least once, until acknowledged; of one booking perhaps only the oldest version that is not acknowledged yet, so
    whoever asks goes on asking until nothing new comes.
    """

    @property
    def name(self) -> str:
        """The word in addresses: `expedia`, `booking.com`."""

    def retrieve(self) -> Handover:
        """What waits there now. Raises ProviderError, also for bookings of another hotel. Changes nothing that matters there."""

    def acknowledge(self, versions: Sequence[Version]) -> Mapping[Version, str]:
        """Says that these are kept. Safe to repeat. Returns those that the provider did not take, with its reason.

        Raises ProviderError where nothing certain came back: then they are handed over again.
        """
