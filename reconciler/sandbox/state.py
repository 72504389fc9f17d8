"""What the extranets remember: accounts, hotels, rooms, plans, calendars and bookings, as plain dataclasses.

Both providers share these shapes. The difference is where a plan lives: at Expedia a rate plan belongs to one room, at
Booking.com it is a label of the hotel (`Hotel.plans`) that becomes sellable in pairs with rooms (`Hotel.room_rates`).
Nothing here reads a clock, a file or the network.

Calendars by name: rooms have `left`, `sold`, `cancelled`, `closed` and (Expedia) `base`; plans and room-rates have
`price` (a decimal string; per guest a mapping such as `{"1": "80.00"}`, per length of stay `{"los1": "90.00"}`),
`price1`, `closed`, `min_los`, `max_los`, `min_los_arrival`, `max_los_arrival`, `exact_los`, `closed_to_arrival`,
`closed_to_departure`. Money is text, so that it never passes through a float.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.sandbox.nights import Calendars, Nights
from reconciler.sandbox.switches import Switches

EXPEDIA = "expedia"
BOOKING = "booking.com"
PROVIDERS = (EXPEDIA, BOOKING)


@dataclass(slots=True)
class Account:
    """Who may ask: `hotels` None means every hotel of the provider, `access` is `full`, `read` or `none`."""

    provider: str
    username: str
    password: str = field(repr=False)
    hotels: list[str] | None = None
    access: str = "full"

    def reaches(self, hotel: "Hotel") -> bool:
        if self.hotels is not None and hotel.id not in self.hotels:
            return False
        return hotel.accounts is None or self.username in hotel.accounts


@dataclass(slots=True)
class Room:
    id: str
    name: str
    max_occupancy: int = 2
    active: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    nights: Calendars = field(default_factory=dict)

    def on(self, name: str, night: date) -> Any:
        return self.nights.get(name, {}).get(night)

    def calendar(self, name: str) -> Nights:
        return self.nights.setdefault(name, {})


@dataclass(slots=True)
class Plan:
    """A rate plan; `room` is empty for a Booking.com plan, which is only a label.

    `facts` of an Expedia plan is its Product API resource without links; of a Booking.com plan `parent` and
    `readonly`; of a room-rate its conditions.
    """

    id: str
    name: str
    room: str = ""
    active: bool = True
    facts: dict[str, Any] = field(default_factory=dict)
    nights: Calendars = field(default_factory=dict)

    def on(self, name: str, night: date) -> Any:
        return self.nights.get(name, {}).get(night)

    def calendar(self, name: str) -> Nights:
        return self.nights.setdefault(name, {})


@dataclass(slots=True)
class Hotel:
    provider: str
    id: str
    name: str
    currency: str
    timezone: str = "UTC"
    pricing_model: str = "PerDayPricing"
    accounts: list[str] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    room_rates: dict[str, Plan] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.provider}/{self.id}"

    def today(self, now: datetime) -> date:
        """The hotel's own date, which decides what is past."""
        return now.astimezone(ZoneInfo(self.timezone)).date()

    def room_rate(self, room: str, plan: str) -> Plan | None:
        return self.room_rates.get(f"{room}/{plan}")


@dataclass(slots=True)
class Version:
    """One state of a booking as a provider hands it over: `kind` is Book, Modify or Cancel."""

    kind: str
    created: datetime
    stay: dict[str, Any]
    status: str = "pending"
    confirm_number: str = ""
    confirmations: int = 0


@dataclass(slots=True)
class Booking:
    """`prices` maps nights to what a unit cost when it was sold; a booking of several units is one booking.

    `more`: further rooms of the same booking, each with room, plan, arrival, departure, units and prices (Booking.com only).
    """

    id: str
    provider: str
    hotel: str
    room: str
    plan: str
    arrival: date
    departure: date
    units: int = 1
    adults: int = 2
    children: list[int] = field(default_factory=list)
    guest: dict[str, str] = field(default_factory=dict)
    cancelled: bool = False
    prices: dict[str, str] = field(default_factory=dict)
    more: list[dict[str, Any]] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)


@dataclass(slots=True)
class Token:
    value: str = field(repr=False)
    username: str
    issued: datetime


@dataclass(slots=True)
class Clock:
    """The sandbox's time: the system's plus an offset, or frozen at an instant."""

    frozen_at: datetime | None = None
    offset_seconds: int = 0

    def read(self, system: datetime) -> datetime:
        now = self.frozen_at if self.frozen_at is not None else system + timedelta(seconds=self.offset_seconds)
        return now.astimezone(UTC)


@dataclass(slots=True)
class World:
    hotels: dict[str, Hotel] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    bookings: dict[str, Booking] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    clock: Clock = field(default_factory=Clock)

    def hotel(self, provider: str, hotel_id: str) -> Hotel | None:
        return self.hotels.get(f"{provider}/{hotel_id}")

    def account(self, provider: str, username: str) -> Account | None:
        return next((a for a in self.accounts if a.provider == provider and a.username == username), None)

    def next_id(self, name: str, start: int = 1) -> int:
        """The next number of a sequence; survives a restart with the rest of the state."""
        self.counters[name] = max(self.counters.get(name, start - 1), start - 1) + 1
        return self.counters[name]
