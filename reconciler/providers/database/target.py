"""The database as a target: a property's rows, and the rows that belong to the workspace.

Puts reading, normal forms and writing behind the contract. A connection is asked for when it is needed and for as long as a call
takes: a run may have thousands of properties open, and a database server takes a hundred connections or so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final

from reconciler.model.address import DATABASE, WORKSPACE, Address
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.moves import Moves
from reconciler.model.property import Property
from reconciler.model.state import Observation, Value, Window
from reconciler.providers.contract import Batch, BatchResult, Pending
from reconciler.providers.database import writing
from reconciler.providers.database.capabilities import CAPABILITIES
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.findings import DUPLICATES, blocked, duplicates_stop
from reconciler.providers.database.identity import identify
from reconciler.providers.database.normal import normal
from reconciler.providers.database.reading import observe_hotel, observe_workspace

Connect = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection in no transaction; closed (or given back) at the end of the block."""


class HotelDatabase:
    """One property's rows in the hotel's tables. Raises DatabaseError where the property's or a room's id is not a UUID."""

    name: Final = DATABASE
    capabilities: Final[Capabilities] = CAPABILITIES

    def __init__(self, hotel: Property, connect: Connect, pending: Callable[[], Moves] = Moves) -> None:
        """`pending`: the moves that the rows have not followed yet."""
        self._hotel, self._connect, self._pending = hotel, connect, pending
        self._identity = identify(hotel)

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """The value as stored. An error where the database lacks the property or room, or has duplicate rows of the property."""
        stored, remarks = normal(address, value, self._hotel.currency)
        return stored, (*blocked(self._hotel, address, traits), *remarks)

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        """What is there, from one snapshot; calendars within the window. Raises DatabaseError."""
        with self._connect() as connection:
            return observe_hotel(connection, self._hotel, self._identity, kinds, window, self._pending())

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """Up to three transactions: documents, prices and restrictions, allocation."""
        return writing.batches(pending)

    def execute(self, batch: Batch) -> BatchResult:
        """Carries out one transaction. Raises DatabaseError, UncertainError."""
        with self._connect() as connection:
            return writing.execute(connection, self._identity, self._hotel.currency, batch)


class WorkspaceDatabase:
    """The rows of `ota_sync_schedules`, which belong to no property."""

    name: Final = DATABASE
    capabilities: Final[Capabilities] = CAPABILITIES

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """The value as it is. An error where the database has duplicate rows."""
        stored, remarks = normal(address, value, "")
        return stored, (*((duplicates_stop(WORKSPACE),) if DUPLICATES in traits else ()), *remarks)

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:  # noqa: ARG002 - of the contract
        """All schedules that are there. Raises DatabaseError."""
        with self._connect() as connection:
            return observe_workspace(connection, kinds)

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """One transaction."""
        return writing.batches(pending)

    def execute(self, batch: Batch) -> BatchResult:
        """Carries out one transaction. Raises DatabaseError, UncertainError."""
        with self._connect() as connection:
            return writing.execute(connection, None, "", batch)
