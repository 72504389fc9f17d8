"""Booking.com's desk: bookings of one hotel by OTA messages, handed over until they are acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from reconciler.errors import ProviderError
from reconciler.model.booking import Version
from reconciler.model.property import BOOKING
from reconciler.providers.booking_com.auth import Login
from reconciler.providers.booking_com.codec_reservations import MOST, NOT_WAITING, Message, message_of
from reconciler.providers.booking_com.pace import Pace
from reconciler.providers.booking_com.session import Session
from reconciler.providers.contract import Handover, Http


class BookingComDesk:
    """See `contract.Desk`. `now` gives aware instants; `limit`: how many bookings to ask for at once, 10 to 200.

    An acknowledgement names a booking and not its version. So only what waits right now is acknowledged: what was changed since is
    handed over first, and an acknowledgement whose reply was lost is not sent again before asking.
    """

    def __init__(
        self,
        hotel_id: str,
        http: Http,
        login: Login,
        now: Callable[[], datetime],
        pace: Pace,
        *,
        limit: int = MOST,
        test: bool = False,
    ) -> None:
        self._session = Session(hotel_id, http, login, test=test)
        self._now, self._pace, self._limit = now, pace, limit
        self._waiting: dict[Version, Version] = {}

    @property
    def name(self) -> str:
        """The word in addresses."""
        return BOOKING

    def retrieve(self) -> Handover:
        """See `contract.Desk.retrieve`. Asks for the new ones, then for what became of others; waits for its turn."""
        self._waiting = {}
        found = [self._ask(message) for message in Message]
        both = Handover(
            tuple(version for one in found for version in one.versions),
            tuple(finding for one in found for finding in one.findings),
        )
        self._waiting = {version: version for version in both.versions}
        return both

    def _ask(self, message: Message) -> Handover:
        self._pace.before_asking(message)
        return self._session.reservations(message, self._limit)

    def acknowledge(self, versions: Sequence[Version]) -> Mapping[Version, str]:
        """See `contract.Desk.acknowledge`. What was not handed over right before is looked for first."""
        if any(version not in self._waiting for version in versions):
            self.retrieve()
        todo = [self._waiting.pop(version) for version in dict.fromkeys(versions) if version in self._waiting]
        refused = {version: NOT_WAITING for version in versions if version not in todo}
        by_message = {message: [one for one in todo if message_of(one) is message] for message in Message}
        failed: list[ProviderError] = []
        for message, some in by_message.items():
            try:
                refused |= self._send(message, some) if some else {}
            except ProviderError as error:
                failed.append(error)
                refused |= dict.fromkeys(some, f"not told whether it was taken: {error.message}")
        if failed and len(failed) == sum(map(bool, by_message.values())):
            raise failed[0]
        return refused

    def _send(self, message: Message, versions: Sequence[Version]) -> Mapping[Version, str]:
        try:
            return self._session.acknowledge(message, versions, self._now())
        finally:
            self._pace.acknowledged(message)
