"""The contract of a check: judge a case with the parameters that `policies:` gives it.

A check must be pure, name numbers and the configuration key in what it says, and leave severity and consent to `judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Severity
from reconciler.model.plan import Operation
from reconciler.model.policies import Policy
from reconciler.model.property import Property
from reconciler.model.state import Counts, Coverage

P = TypeVar("P", bound=Policy)


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a property's credential at a provider was last rotated, and how often it is to be."""

    property: str
    provider: str
    credential: str
    at: datetime
    every: timedelta


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged. `hotels`: those in scope, by slug. `coverage`: by (property, provider). `now`: an aware instant.

    `everything`: the files as such, with every night that they speak of; else only what the operations touch. `counts`: units left and
    sold, by (property, provider, room), where they are known. `local`: the time on the clock at each property, without an offset.
    """

    operations: tuple[Operation, ...]
    hotels: Mapping[str, Property]
    now: datetime
    coverage: Mapping[tuple[str, str], Coverage] = field(default_factory=dict)
    counts: Mapping[tuple[str, str, str], Calendar[Counts]] = field(default_factory=dict)
    local: Mapping[str, datetime] = field(default_factory=dict)
    rotations: tuple[Rotation, ...] = ()
    environment: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """What a check found. `remedy`: what to do, beside consenting.

    `keys`: where it may be written in the property's file, the likeliest first. `rule`: its own name, where consent is by rule.
    `severity`: where it is not the policy's.
    """

    message: str
    remedy: str
    address: str = ""
    property: str = ""
    keys: tuple[tuple[str, ...], ...] = ()
    rule: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Check(Generic[P]):
    """One check. `unwritten`: its parameters where `policies:` does not name it; None where it then judges nothing."""

    name: str
    judge: Callable[[Case, P], Iterator[Violation]]
    unwritten: P | None = None
