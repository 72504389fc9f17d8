"""What `policies:` in reconciler.yaml says: the parameters of each check, with the defaults for what is not written.

A percentage is the number before the sign: 2 is 2%. Amounts are by currency.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.share import Share

CODE = "policy/"
"""What the codes of findings of checks begin with; the name of the rule follows."""


def refused(findings: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The names of the rules that refuse the plan."""
    return tuple(
        sorted(
            {
                finding.code.removeprefix(CODE)
                for finding in findings
                if finding.severity is Severity.ERROR and finding.code.startswith(CODE)
            }
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What all checks have: how bad it is when a plan does what they watch."""

    severity: Severity = Severity.ERROR


def fits(globs: Collection[str], name: str) -> bool:
    """Whether one of the globs covers the name, or there is none. In time that grows with their length and no faster."""
    return not globs or any(fnmatchcase(name, glob) for glob in globs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Globs that narrow a rule; none stands for everything. `types`: types of rate plans."""

    properties: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def fits(self, *, slug: str, room: str, plan: str = "", type_: str = "") -> bool:
        """Whether the rule is about this."""
        asked = ((self.properties, slug), (self.rooms, room), (self.plans, plan), (self.types, type_))
        return all(fits(globs, name) for globs, name in asked)


class ParityScope(StrEnum):
    """Who may not sell under a provider's price: nobody is looked at, the hotel itself, the hotel and other providers."""

    NONE = "none"
    NARROW = "narrow"
    WIDE = "wide"


class Basis(StrEnum):
    """Which prices are compared: what guests pay, or what the hotel keeps after commission."""

    PUBLIC = "public"
    NET = "net"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateParity(Policy):
    """`within`: percent. `markets`: scope by country and provider."""

    within: Decimal = Decimal(0)
    basis: Basis = Basis.PUBLIC
    scope: ParityScope = ParityScope.WIDE
    markets: Mapping[str, Mapping[str, ParityScope]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The lowest and the highest price, by currency, of what is selected. `key`: where it is written, below `policies.`."""

    key: str
    selected: Selection = Selection()
    floor: Mapping[str, Decimal] = field(default_factory=dict)
    ceiling: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBounds(Policy):
    """In order; the last one that is about a price and says a bound decides it."""

    bounds: tuple[Bounds, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateStep(Policy):
    """The largest change of a night's price, in percent."""

    percent: Decimal = Decimal(40)


class Absolute(StrEnum):
    """What a plan must not do at all, however small it is."""

    PROPERTY_OFF = "property_off"
    PROVIDER_OFF = "provider_off"
    LAST_MAPPING = "last_mapping"
    BOOKED_NIGHTS = "booked_nights"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlastRadius(Policy):
    """The most that one plan may have. `allow`: absolute rules that do not hold."""

    operations: int = 2000
    properties: int = 100
    deletions: int = 5
    nights_closed: int = 2000
    allow: frozenset[Absolute] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """Units kept for `direct`, and the most that may be overbooked, of the rooms that are selected. `key`: as in `Bounds`."""

    key: str
    selected: Selection = Selection()
    direct: Share | None = None
    overbooking: Share | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory(Policy):
    """In order; the last one that is about a room and says a limit decides it."""

    protections: tuple[Protection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedShare(Policy):
    """The least percentage of a provider's rooms and rates that is mapped."""

    severity: Severity = Severity.WARNING
    rooms: Decimal = Decimal(100)
    rates: Decimal = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Policy):
    """From a local time up to and not including another. Globs over properties, and kinds; none stands for everything.

    `allow`: nothing that it is about changes outside of it; else nothing changes inside.
    """

    start: datetime
    until: datetime
    properties: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    allow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze(Policy):
    """The windows by name; each has its own severity."""

    windows: Mapping[str, Window] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialAge(Policy):
    """How long before a rotation is due it is asked for."""

    warn_before: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Policy):
    """A rule of the workspace's own: an expression over a change, and what is said where it holds."""

    when: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom(Policy):
    """The rules by name; each has its own severity."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
