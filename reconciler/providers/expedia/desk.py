"""Expedia's desk: bookings of one hotel by retrieval (BR), acknowledged by confirmation (BC)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from reconciler.errors import ProviderError
from reconciler.model.booking import Version
from reconciler.model.property import EXPEDIA
from reconciler.model.secret import Secret
from reconciler.providers.contract import Handover, Http
from reconciler.providers.expedia.codec_bookings import MAX_CONFIRMATIONS
from reconciler.providers.expedia.session import Session


class ExpediaDesk:
    """See `contract.Desk`. `now` gives aware instants: a confirmation says when it was made.

    A confirmation names a booking and not its version. So nothing is confirmed while a newer version is out that somebody may not have
    seen yet: that one shows that those before it are confirmed.
    """

    def __init__(
        self, hotel_id: str, http: Http, credential: Mapping[str, Secret], now: Callable[[], datetime]
    ) -> None:
        self._session = Session(hotel_id, http, credential)
        self._now = now
        self._waiting: dict[str, Version] = {}

    @property
    def name(self) -> str:
        """The word in addresses."""
        return EXPEDIA

    def retrieve(self) -> Handover:
        """See `contract.Desk.retrieve`."""
        found = self._session.bookings()
        self._waiting = {version.booking: version for version in found.versions}
        return found

    def acknowledge(self, versions: Sequence[Version]) -> Mapping[Version, str]:
        """See `contract.Desk.acknowledge`. What was not handed over right before is looked for first."""
        if any(self._waiting.get(version.booking) != version for version in versions):
            self.retrieve()
        todo = [one for one in dict.fromkeys(versions) if self._waiting.get(one.booking, one) == one]
        refused: dict[Version, str] = {}
        for start in range(0, len(todo), MAX_CONFIRMATIONS):
            some = todo[start : start + MAX_CONFIRMATIONS]
            try:
                refused |= self._session.confirm(some, self._now())
            except ProviderError as error:
                if start == 0:
                    raise
                return refused | dict.fromkeys(todo[start:], f"not told whether it was taken: {error.message}")
        return refused
