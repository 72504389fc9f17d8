"""The contract of a kind: what git wants of it, and how its values are written in JSON.

A kind must build desired values from a `Property` alone, be exact in both directions of its JSON, and know nothing of any target's
formats: how a target stores a value is the target's `normal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.property import Property
from reconciler.model.state import Json, NightValue, Value
from reconciler.model.workspace import Environment, Workspace

ASSIGNED = "(assigned when created)"
"""Stands in a document for an id that the provider gives when the plan is applied."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What desired values depend on beside the property: the environment and the workspace."""

    environment: Environment
    workspace: Workspace


Build = Callable[[Property, str, Setting], Iterator[tuple[Address, Value]]]
"""The desired values of one property at one target (`database` or a provider)."""


def nothing(_hotel: Property, _target: str, _setting: Setting) -> Iterator[tuple[Address, Value]]:
    """For kinds that no property wants at a target."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `night_to_json` and `night_from_json` are None for documents.

    `objects`: the objects that a document may have as fields, each with the keys that git can name in it (None: whatever keys).
    """

    name: str
    database: Build = nothing
    provider: Build = nothing
    night_to_json: Callable[[NightValue], dict[str, Json]] | None = None
    night_from_json: Callable[[Mapping[str, Json]], NightValue] | None = None
    objects: Mapping[str, frozenset[str] | None] = field(default_factory=dict)

    @property
    def dated(self) -> bool:
        """Whether its values are calendars."""
        return self.night_to_json is not None

    def named(self, value: Value) -> Value:
        """The value without what git can never name: keys that other programs keep in a document's objects."""
        if isinstance(value, Calendar):
            return value
        return {name: self._only(name, there) for name, there in value.items()}

    def _only(self, name: str, there: Json) -> Json:
        if not isinstance(there, dict):
            return there
        keys = self.objects.get(name, frozenset())
        return {key: one for key, one in there.items() if keys is None or key in keys}

    def to_json(self, value: Value | None) -> Json:
        """The value as plans, journals and reports write it: a document as it is, a calendar as a list of runs."""
        if isinstance(value, Calendar):
            if self.night_to_json is None:
                raise TypeError(f"{self.name} has no calendars")
            return [
                {"from": run.start.isoformat(), "until": run.until.isoformat(), "value": self.night_to_json(run.value)}
                for run in value
            ]
        return None if value is None else dict(value)

    def from_json(self, data: Json) -> Value | None:
        """The value that `to_json` wrote. Raises ValueError, TypeError or KeyError for anything else."""
        if data is None:
            return None
        if self.night_from_json is None:
            if not isinstance(data, dict):
                raise TypeError(f"a {self.name} is an object")
            return data
        if not isinstance(data, list):
            raise TypeError(f"{self.name} are a list of runs")
        return from_runs(self._run(item) for item in data)

    def _run(self, item: Json) -> Run[NightValue]:
        if not isinstance(item, dict) or self.night_from_json is None:
            raise TypeError(f"a run of {self.name} is an object")
        start, until, value = read_night(item["from"]), read_night(item["until"]), item["value"]
        if until <= start:
            raise ValueError(f"the run from {start} until {until} has no nights")
        if not isinstance(value, dict):
            raise TypeError(f"a value of {self.name} is an object")
        return Run(start, until, self.night_from_json(value))


def read_night(text: Json) -> date:
    """A night in its one spelling, `2026-12-20`. Raises ValueError for anything else."""
    night = date.fromisoformat(text) if isinstance(text, str) else None
    if night is None or night.isoformat() != text:
        raise ValueError(f"not a night: {text!r}")
    return night
