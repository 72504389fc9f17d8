"""A client of the admin face for tests and the command line; standard library only.

What the JSON looks like is told in `admin_face`, `stored`, `control`, `bookings`, `faults` and `switches`.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from typing import Any

from reconciler.sandbox.wire import write_json


class AdminError(Exception):
    """The admin face refused; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Admin:
    """All methods answer the parsed JSON reply and raise AdminError when refused."""

    def __init__(self, base_url: str, timeout: float = 60.0) -> None:
        if not base_url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
            raise ValueError("the admin face is on loopback")
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else write_json(body).encode()
        url = f"{self.base_url}/admin{path}"
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout) as reply:
                return json.loads(reply.read(), parse_float=Decimal)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            raise AdminError(error.code, text) from None

    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "")
        return found

    def load_hotel(self, provider: str, hotel: dict[str, Any]) -> dict[str, Any]:
        """Loads or replaces the hotel described (see `stored`)."""
        loaded: dict[str, Any] = self.call("PUT", f"/hotels/{provider}/{hotel['id']}", hotel)
        return loaded

    def hotel(self, provider: str, hotel_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/hotels/{provider}/{hotel_id}")
        return found

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", "/state")
        return found

    def change(self, provider: str, hotel_id: str, *changes: dict[str, Any]) -> dict[str, Any]:
        """Changes something by hand (see `control`); answers the hotel."""
        found: dict[str, Any] = self.call("POST", f"/hotels/{provider}/{hotel_id}/change", {"changes": list(changes)})
        return found

    def book(self, provider: str, hotel_id: str, **stay: Any) -> str:
        """Books room, rate_plan, arrival, departure (and units, adults, force); answers the booking's id."""
        return str(self.call("POST", f"/hotels/{provider}/{hotel_id}/book", stay)["id"])

    def modify(self, provider: str, hotel_id: str, booking: str, **changes: Any) -> dict[str, Any]:
        body = {"booking": booking, **changes}
        found: dict[str, Any] = self.call("POST", f"/hotels/{provider}/{hotel_id}/modify", body)
        return found

    def cancel(self, provider: str, hotel_id: str, booking: str) -> dict[str, Any]:
        found: dict[str, Any] = self.call("POST", f"/hotels/{provider}/{hotel_id}/cancel", {"booking": booking})
        return found

    def bookings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/bookings")["bookings"]
        return found

    def fault(self, kind: str, match: dict[str, Any] | None = None, **details: Any) -> None:
        """Orders a fault (see `faults`)."""
        self.call("POST", "/faults", {"kind": kind, "match": match or {}, **details})

    def clear_faults(self) -> None:
        self.call("DELETE", "/faults")

    def log(self, **filters: Any) -> list[dict[str, Any]]:
        """What was received, oldest first; filters by field, and `since` a sequence number."""
        query = urllib.parse.urlencode({key: str(value) for key, value in filters.items()})
        found: list[dict[str, Any]] = self.call("GET", f"/log?{query}" if query else "/log")["entries"]
        return found

    def counts(self) -> dict[str, int]:
        """How many requests came in, by `provider/operation`."""
        found: dict[str, int] = self.summary()["received"]
        return found

    def clear_log(self) -> None:
        self.call("DELETE", "/log")

    def switch(self, **changes: bool | str) -> dict[str, Any]:
        """Sets switches by name and answers all."""
        found: dict[str, Any] = self.call("PUT", "/switches", changes)
        return found

    def clock(self, frozen_at: str | None = None, offset_seconds: int = 0) -> str:
        """Freezes or shifts the time (no argument: back to the system's); answers the time now."""
        body = {"frozen_at": frozen_at, "offset_seconds": offset_seconds}
        return str(self.call("PUT", "/clock", body)["now"])

    def account(
        self,
        provider: str,
        username: str,
        password: str,
        hotels: list[str] | None = None,
        access: str = "full",
    ) -> None:
        """Adds or replaces an account; `hotels` None reaches every hotel of the provider."""
        body = {"provider": provider, "username": username, "password": password, "hotels": hotels, "access": access}
        self.call("POST", "/accounts", body)

    def reset(self) -> None:
        self.call("POST", "/reset")
