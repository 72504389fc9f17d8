"""A target or desk that cannot be opened, for want of credentials for instance: it says so when looked at, and stops itself only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.booking import Version
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.state import Value, Window
from reconciler.providers.contract import Batch, Pending


@dataclass(frozen=True, slots=True)
class Unavailable:
    """In the place of a target; see `contract.Target`. Raises `error` for whatever would need the real one."""

    name: str
    capabilities: Capabilities
    error: ReconcilerError

    def normal(
        self,
        address: Address,  # noqa: ARG002 - of the contract
        value: Value,
        traits: Mapping[str, str],  # noqa: ARG002 - of the contract
    ) -> tuple[Value, tuple[Diagnostic, ...]]:
        """The value as it is."""
        return value, ()

    def observe(self, kinds: frozenset[str], window: Window) -> NoReturn:  # noqa: ARG002 - of the contract
        """Says why it is unavailable."""
        raise self.error

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:  # noqa: ARG002 - of the contract
        """None: nothing can be sent."""
        return iter(())

    def execute(self, batch: Batch) -> NoReturn:  # noqa: ARG002 - of the contract
        """Says why it is unavailable."""
        raise self.error


@dataclass(frozen=True, slots=True)
class UnavailableDesk:
    """In the place of a desk; see `contract.Desk`. Raises `error` for everything."""

    name: str
    error: ReconcilerError

    def retrieve(self) -> NoReturn:
        """Says why it is unavailable."""
        raise self.error

    def acknowledge(self, versions: Sequence[Version]) -> NoReturn:  # noqa: ARG002 - of the contract
        """Says why it is unavailable."""
        raise self.error
