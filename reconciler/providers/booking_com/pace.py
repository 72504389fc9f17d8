"""How often Booking.com's desk may be asked: shared by everybody who asks about one hotel. Thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable

from reconciler.providers.booking_com.codec_reservations import Message

BETWEEN = 20
"""Seconds from asking to asking again."""
AFTER = 5
"""Seconds from an acknowledgement to asking again, so that it has been taken into account."""


class Pace:
    """Waits until a message may be asked for. `clock` and `sleep` in seconds; on this machine both pauses are none."""

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        *,
        between: float = BETWEEN,
        after: float = AFTER,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._between, self._after = between, after
        self._lock = threading.Lock()
        self._due: dict[Message, float] = {}

    def before_asking(self, message: Message) -> None:
        """Waits for its turn, and takes it."""
        with self._lock:
            turn = max(self._clock(), self._due.get(message, self._clock()))
            self._due[message] = turn + self._between
            wait = turn - self._clock()
        if wait > 0:
            self._sleep(wait)

    def acknowledged(self, message: Message) -> None:
        """An acknowledgement was sent just now."""
        with self._lock:
            soon = self._clock() + self._after
            self._due[message] = max(soon, self._due.get(message, soon))
