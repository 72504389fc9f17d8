"""A property as git wants it: fully resolved. Inheritance, derivation, shares and types are done; what is left are values by night.

`load` builds these; `kinds` turn them into desired values per address. Keys of rooms and plans are those of the YAML; ids at providers
live in `mappings` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from reconciler.model.calendar import Calendar
from reconciler.model.moves import Moves
from reconciler.model.state import Allotments, Price, Restrictions, Window

DIRECT = "direct"
EXPEDIA = "expedia"
BOOKING = "booking.com"
PROVIDERS = (EXPEDIA, BOOKING)


class PlanType(StrEnum):
    """The commercial type of a rate plan."""

    BAR = "bar"
    CORPORATE = "corporate"
    GOVERNMENT = "government"
    AAA_SENIOR = "aaa_senior"
    BED_AND_BREAKFAST = "bed_and_breakfast"
    HALF_BOARD = "half_board"
    FULL_BOARD = "full_board"
    ALL_INCLUSIVE = "all_inclusive"
    EARLY_BIRD = "early_bird"
    LAST_MINUTE = "last_minute"
    LONG_STAY = "long_stay"
    NON_REFUNDABLE = "non_refundable"


QUALIFIED = frozenset({PlanType.CORPORATE, PlanType.GOVERNMENT, PlanType.AAA_SENIOR})


class Manage(StrEnum):
    """Whether git owns a kind at a target."""

    YES = "true"
    NO = "false"
    CREATE_ONLY = "create_only"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """`penalty_percentage` holds up to the deadline (hours before arrival), `late_penalty` after it. `name`: the policy's, if any."""

    type: str
    deadline_hours: int
    penalty_percentage: int
    late_penalty: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """One of the hotel's room types. `units` and `closed` by night over the whole window."""

    key: str
    id: str
    name: str
    units: Calendar[int]
    closed: Calendar[bool]
    base_occupancy: int = 2
    max_occupancy: int = 2
    retired: bool = False
    moved_from: str | None = None


@dataclass(frozen=True, slots=True)
class RatePlan:
    """A rate plan with its final values. Keyed by room, or by (room, provider) where the provider's price may differ.

    `base_rates` and `base_restrictions` come from the plan's defaults alone (no weekdays, seasons, overrides): the single figures
    that the database keeps per plan. `restrictions` hold what git or the type sets, advance windows included; `possible_restrictions`
    are, by room, fields and values beyond which no night has any: who knows them need not look at nights. `own_prices`: the rooms
    whose price is written, and not made from another's.
    """

    key: str
    name: str
    type: PlanType
    base: bool
    rooms: tuple[str, ...]
    prices: Mapping[tuple[str, str], Calendar[Price]]
    base_rates: Mapping[tuple[str, str], Decimal]
    restrictions: Mapping[str, Calendar[Restrictions]]
    base_restrictions: Mapping[str, Restrictions]
    cancellation: Cancellation | None
    meal_plan: str | None = None
    derived_from: str | None = None
    discount_from_bar: Decimal | None = None
    linked: frozenset[str] = frozenset()
    retired: bool = False
    skip_unsupported: bool = False
    public: bool | None = None
    own_prices: frozenset[str] = frozenset()
    moved_from: str | None = None
    possible_restrictions: Mapping[str, frozenset[tuple[str, int | bool]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def qualified(self) -> bool:
        """Not public: sold against a code or proof. By its type, unless the plan says otherwise."""
        return self.type in QUALIFIED if self.public is None else not self.public


@dataclass(frozen=True, slots=True)
class ProviderLink:
    """The property at one provider.

    `codes`: our names to the provider's, per topic (`cancellation`, `meals`); `commission` in percent (18 is 18%).
    """

    provider: str
    external_id: str
    integration_name: str
    credentials: str | None = None
    ean_id: str | None = None
    webhook_url: str | None = None
    commission: Decimal | None = None
    length_of_stay: str = "arrival"
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    retired: bool = False


CREATE = "create"
"""In a mapping: to be made at the provider. The id is then found in the bindings."""


@dataclass(frozen=True, slots=True)
class Mappings:
    """Our rooms and plans at one provider. `plans`: (room, plan) to the provider's id; `CREATE` where it is to be made there."""

    rooms: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Nothing is changed until then (an aware instant)."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Closure:
    """A room taken off sale by hand, from `start` up to and not including `until` (None: until it is opened).

    `in_git`: git says the same.
    """

    room: str
    start: date
    until: date | None
    reason: str
    by: str
    since: datetime
    in_git: bool = False


Bounds = Mapping[str, tuple[int, int | None]]
"""Between what the allotment of each channel moves: the least, and the most where there is one."""


@dataclass(frozen=True, slots=True)
class Property:
    """One hotel, resolved for one window of nights.

    `rates_basis` is `sell` or `net`; `rates_tax` is `inclusive` or `exclusive`; `suspended` is by provider, "" stands for everything.
    `allocation` of a room in `bounds` is only where its numbers start: they move by demand, and stand in the hotel's database.
    `moves`: the keys that git renamed; `pending`: those of them that nothing out there has followed yet.
    """

    slug: str
    id: str
    name: str
    country: str
    currency: str
    timezone: str
    file: str
    window: Window
    rooms: Mapping[str, Room]
    rate_plans: Mapping[str, RatePlan]
    providers: Mapping[str, ProviderLink]
    mappings: Mapping[str, Mappings]
    allocation: Mapping[str, Calendar[Allotments]]
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    rates_basis: str = "sell"
    rates_tax: str = "inclusive"
    manage: Mapping[tuple[str, str], Manage] = field(default_factory=dict)
    suspended: Mapping[str, Suspension] = field(default_factory=dict)
    closures: tuple[Closure, ...] = ()
    moves: Moves = field(default_factory=Moves)
    pending: Moves = field(default_factory=Moves)
    retired: bool = False

    def manages(self, target: str, kind: str) -> Manage:
        """Whether git owns this kind at this target; yes unless a file says otherwise."""
        return self.manage.get((target, kind), Manage.YES)

    def retired_at(self, provider: str) -> bool:
        """Whether the property is to be closed and switched off at the provider."""
        link = self.providers.get(provider)
        return self.retired or (link is not None and link.retired)
