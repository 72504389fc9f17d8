"""A small hotel, as git wants it and as the extranet has it, with everything needed to bring the two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.plan import Action, Change, Operation
from reconciler.model.property import Cancellation, Mappings, PlanType, Property, ProviderLink, RatePlan, Room
from reconciler.model.secret import Secret
from reconciler.model.state import Document, Observation, Observed, Price, Restrictions, Value, Window
from reconciler.model.workspace import Transport
from reconciler.providers.account import Account
from reconciler.providers.booking_com.auth import Login, TokenCache
from reconciler.providers.booking_com.provider import BookingCom
from reconciler.providers.contract import BatchResult, Pending
from reconciler.providers.http import HttpClient
from reconciler.providers.remote import Bindings, ids_of
from reconciler.sandbox.admin import Admin

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
USER, PASSWORD = "partner", "canary-horse-9"
CREDENTIAL = {"partner_id": Secret(USER), "api_key": Secret(PASSWORD)}
HOTEL = "367456"
DOUBLE, SINGLE = "36745601", "36745602"
STANDARD, NREF, DEAL = "1278606", "1278607", "1278608"
WINDOW = Window(TODAY, TODAY + timedelta(days=100))
ALL = frozenset({"mapping", "rate_plan", "availability", "rates", "restrictions"})
CODES = {"cancellation": {"flexible-24h": "152"}, "meals": {"breakfast": "1"}}
DOCUMENT: Document = {
    "name": "Standard",
    "active": True,
    "category": "standalone",
    "cancellation": {"type": "flexible", "deadline_hours": 24, "penalty_percentage": 0},
    "meal_plan": None,
    "min_advance_days": 0,
    "max_advance_days": None,
}


def price(amount: str, **guests: str) -> Price:
    """`price("100.00", g1="90.00")`"""
    return Price(Decimal(amount), tuple(sorted((int(key[1:]), Decimal(value)) for key, value in guests.items())))


def plan(key: str, name: str = "", **changes: Any) -> RatePlan:
    values: dict[str, Any] = {
        "key": key,
        "name": name or key.title(),
        "type": PlanType.BAR,
        "base": True,
        "rooms": ("double", "single"),
        "prices": {},
        "base_rates": {},
        "restrictions": {},
        "base_restrictions": {},
        "cancellation": Cancellation("flexible", 24, 0, name="flexible-24h"),
    }
    return RatePlan(**{**values, **changes})


def hotel(**changes: Any) -> Property:
    """Two rooms and a plan; `plans`, `rate_plans` and `link` add to the mappings, the plans and the provider's part."""
    plans = {("double", "BAR"): STANDARD, ("single", "BAR"): STANDARD, **changes.pop("plans", {})}
    link = ProviderLink("booking.com", HOTEL, "Booking.com", **changes.pop("link", {}))
    start, until = WINDOW.start, WINDOW.until
    rooms = {
        key: Room(key, key, key.title(), constant(start, until, 10), Calendar(), most, most)
        for key, most in (("double", 2), ("single", 1))
    }
    known = {key: plan(key) for _, key in plans} | {"BAR": plan("BAR", "Standard")} | changes.pop("rate_plans", {})
    values: dict[str, Any] = {
        "slug": "porto",
        "id": "0b9f6a5e",
        "name": "Porto",
        "country": "PT",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "file": "properties/porto.yaml",
        "window": WINDOW,
        "rooms": rooms,
        "rate_plans": known,
        "providers": {"booking.com": link},
        "mappings": {"booking.com": Mappings({"double": DOUBLE, "single": SINGLE}, plans)},
        "allocation": {},
    }
    return Property(**{**values, **changes})


def described(**changes: Any) -> dict[str, Any]:
    """The same hotel at the extranet, with nothing loaded yet, and two rates more."""
    return {
        "id": HOTEL,
        "name": "Ribeira",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "accounts": [{"username": USER, "password": PASSWORD}],
        "rooms": [
            {"id": DOUBLE, "name": "Double", "max_occupancy": 2},
            {"id": SINGLE, "name": "Single", "max_occupancy": 1},
        ],
        "rate_plans": [
            {"id": STANDARD, "name": "Standard", "rooms": [DOUBLE, SINGLE]},
            {"id": NREF, "name": "Non-refundable", "rooms": [DOUBLE], "facts": {"parent": {"id": STANDARD}}},
            {"id": DEAL, "name": "DEAL89", "rooms": [DOUBLE], "facts": {"readonly": True}},
        ],
        **changes,
    }


@dataclass(slots=True)
class Extranet:
    """The extranet with one hotel loaded, and targets that speak to it."""

    admin: Admin
    base_url: str
    client: HttpClient | None = None
    tokens: TokenCache = field(default_factory=lambda: TokenCache(lambda: 0.0))

    def load(self, **changes: Any) -> None:
        self.admin.load_hotel("booking.com", described(**changes))

    def http(self) -> HttpClient:
        if self.client is None:
            hosts = dict.fromkeys(("main", "secure", "auth"), self.base_url)
            transport = Transport(timeout=20.0, attempts=3, delay=0.0)
            self.client = HttpClient(hosts, transport, Account(60_000), sleep=lambda _: None)
        return self.client

    def target(self, wanted: Property | None = None, bindings: Bindings | None = None, **more: Any) -> BookingCom:
        wanted = wanted or hotel()
        ids = ids_of(wanted, "booking.com", bindings or {})
        login = self.login(more.pop("credential", CREDENTIAL), more.pop("auth", "token"))
        return BookingCom(wanted, ids, self.http(), login, TODAY, **more)

    def login(self, credential: Mapping[str, Secret] = CREDENTIAL, auth: str = "token") -> Login:
        return Login(credential, self.tokens, self.http(), auth=auth)

    def sent(self, operation: str) -> list[dict[str, Any]]:
        return self.admin.log(provider="booking.com", operation=operation)

    def there(self) -> dict[str, Any]:
        return self.admin.hotel("booking.com", HOTEL)

    def room_rate(self, room: str, rate: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            one for one in self.there()["room_rates"] if (one["room"], one["id"]) == (room, rate)
        )
        return found


def address(kind: str, *key: str) -> Address:
    return Address("porto", "booking.com", kind, key)


def pending(
    where: Address, value: Value, seen: Observation | Observed | None = None, *, before: Value | None = None
) -> Pending:
    """Everything of `value` still to be done, with what was seen there."""
    entry = seen.entries.get(where) if isinstance(seen, Observation) else seen
    return Pending(Operation(str(where), Change(where, Action.UPDATE, before, value)), value, entry)


def bring_about(target: BookingCom, desired: Mapping[Address, Value], seen: Observation) -> list[BatchResult]:
    """Normal forms, messages, outcomes: what a run does, without its bookkeeping."""
    normal = {where: target.normal(where, value, seen.traits)[0] for where, value in desired.items()}
    todo = [pending(where, value, seen) for where, value in normal.items()]
    return [target.execute(batch) for batch in target.batches(todo)]


def free(window: Window = WINDOW, **fields: Any) -> Calendar[Restrictions]:
    return constant(window.start, window.until, Restrictions(**fields))
