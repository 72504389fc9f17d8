"""The restrictions of a night, field by field: the parent's, then what the type implies, then the plan's own, then the room's."""

from __future__ import annotations

from datetime import date

from reconciler.load.explaining.nights import by_field
from reconciler.load.explaining.source import Source
from reconciler.load.plan_types import IMPLIED
from reconciler.model.explanation import Step
from reconciler.model.property import PlanType
from reconciler.model.state import Restrictions


def restrictions(source: Source, plan: str, room: str, night: date) -> tuple[Restrictions, list[Step]]:
    """What limits a stay on the night as git and the types say it, and the steps to it."""
    found = _steps(source, plan, room, night)
    held = {step.of: step.value for step in found}
    return Restrictions(**{name: value for name, value in held.items() if value is not None}), found


def _steps(source: Source, plan: str, room: str, night: date) -> list[Step]:
    doc, found = source.doc.rate_plans[plan], []
    if doc.derive is not None and doc.derive.restrictions and room in source.hotel.rate_plans[doc.derive.from_].rooms:
        found += _steps(source, doc.derive.from_, room, night)
    for name, value in IMPLIED[PlanType(doc.type)].restrictions.items():
        place, *_ = source.places(("rate_plans", plan, "type")) or (None,)
        found.append(Step(value, f"implied by the type {doc.type}", place, (), name))
    keys = ("rate_plans", plan)
    found += by_field(doc.restrictions, source, night, (*keys, "restrictions"), f"{plan}: ")
    if room in doc.room_restrictions:
        found += by_field(
            doc.room_restrictions[room], source, night, (*keys, "room_restrictions", room), f"{plan}, {room}: "
        )
    return found
