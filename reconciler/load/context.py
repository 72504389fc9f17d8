"""What the parts of a property are resolved with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.load.calendars import Frame
from reconciler.load.documents import PropertyDoc, RatePlanDoc
from reconciler.load.problems import Problems
from reconciler.load.weeks import Weeks
from reconciler.model.property import Manage, Room


@dataclass(frozen=True, slots=True)
class Context:
    """One property while it is resolved. `units`: by room, how many there are."""

    doc: PropertyDoc
    frame: Frame
    rooms: Mapping[str, Room]
    units: Mapping[str, Weeks[int]]
    problems: Problems
    manage: Mapping[tuple[str, str], Manage]

    @property
    def currency(self) -> str:
        """The property's currency."""
        return self.doc.currency

    def plan(self, key: str) -> RatePlanDoc:
        """A rate plan as written."""
        return self.doc.rate_plans[key]

    def manages(self, target: str, kind: str) -> bool:
        """Whether git owns the kind at the target, at least for creating."""
        return self.manage.get((target, kind), Manage.YES) is not Manage.NO
