"""What all clients of one account at a provider share: a token bucket, a circuit breaker, and how far its clock is off.

Thread-safe. Counts requests, knows nothing of what they say.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from reconciler.errors import CircuitOpenError

_BURST = 10
"""One part in ten of a minute's requests may go at once; the rest are spread, so that no minute holds more than allowed."""


class Account:
    """Lets requests through at the account's rate; after a row of failures, none for a while and then one to try.

    `clock` and `cool_down` are in seconds.
    """

    def __init__(
        self,
        requests_per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        trip_after: int = 10,
        cool_down: float = 60.0,
    ) -> None:
        self._capacity = max(1.0, requests_per_minute / _BURST)
        self._per_second = max(1.0, requests_per_minute - self._capacity) / 60
        self._clock, self._sleep = clock, sleep
        self._trip_after, self._cool_down = trip_after, cool_down
        self._lock = threading.Lock()
        self._tokens = self._capacity
        self._filled_at = clock()
        self._failures = 0
        self._shut_until: float | None = None
        self.ahead: float | None = None
        """Seconds by which this machine's clock was ahead of the provider's, when it answered last."""

    def admit(self) -> None:
        """Waits for this request's turn. Raises CircuitOpenError at once while the circuit is open."""
        with self._lock:
            self._check_circuit()
            wait = self._take()
        if wait > 0:
            self._sleep(wait)

    def succeeded(self) -> None:
        """The provider answered: the circuit closes."""
        with self._lock:
            self._failures = 0
            self._shut_until = None

    def failed(self) -> None:
        """The provider did not answer, or asked to come back later."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._trip_after:
                self._shut_until = self._clock() + self._cool_down

    def _check_circuit(self) -> None:
        if self._shut_until is None:
            return
        left = self._shut_until - self._clock()
        if left > 0:
            raise CircuitOpenError(
                f"{self._failures} requests in a row failed; none are sent for another {left:.0f} s",
                hint="is the provider reachable at all? run again later",
                retry_after=left,
            )
        self._shut_until = self._clock() + self._cool_down

    def _take(self) -> float:
        """Takes a token, perhaps one that is still to come; the seconds until it is there."""
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        self._tokens -= 1
        return max(0.0, -self._tokens / self._per_second)
