"""An explanation as a report: the value, and every step to it with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from reconciler.kinds.restrictions import set_fields
from reconciler.model.explanation import Answer, Place, Step
from reconciler.model.state import Allotments, Availability, Json, Price, Restrictions
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count
from reconciler.report.nights import lines
from reconciler.report.values import night

_NOWHERE = ""


def build(answer: Answer) -> Report:
    """The report of an explanation."""
    found = answer.explained
    about = any(step.of for step in found.steps)
    head = (*(("of",) if about else ()), "value", "rule", "written in", "instead of")
    rows = tuple(_row(step, about=about) for step in found.steps)
    sections = [Section("", table=Table(head, rows))] if rows else []
    if answer.calendar is not None:
        sections.append(Section("", table=Table(("all nights", "", "value"), _nights(answer))))
    return Report(
        subject="explanation",
        title=f"{found.what}{f' on {found.night}' if found.night else ''}",
        verdict=f"{count(len(found.value), 'field')}."
        if isinstance(found.value, dict)
        else f"Value: {_spelled(found.value)}",
        data=lambda: to_json(answer),
        sections=tuple(sections),
        remainder=found.notes,
    )


def _row(step: Step, *, about: bool) -> tuple[str, ...]:
    overrode = ", ".join(_place(place) for place in step.overrode)
    return (*((step.of,) if about else ()), _spelled(step.value), step.rule, _place(step.place), overrode)


def _nights(answer: Answer) -> tuple[tuple[str, ...], ...]:
    first = answer.explained.night or date.min
    calendar = answer.calendar
    found = lines(calendar.map(lambda value: (night(value),)), first.year) if calendar is not None else ()
    return tuple((*line, "", "")[:3] for line in found)


def _place(place: Place | None) -> str:
    return f"{place.file}:{place.line}" if place else _NOWHERE


def _spelled(value: Any) -> str:
    match value:
        case Price() | Restrictions() | Availability() | Allotments():
            return night(value)
        case dict():
            return ", ".join(f"{name}: {_spelled(item)}" for name, item in value.items()) or "{}"
        case list():
            return ", ".join(_spelled(item) for item in value) or "[]"
        case None | bool():
            return {None: "none", True: "true", False: "false"}[value]
        case Decimal():
            return f"{value:f}"
    return str(value)


def to_json(answer: Answer) -> dict[str, Json]:
    """The machine's form."""
    found = answer.explained
    return {
        "format_version": FORMAT_VERSION,
        "what": found.what,
        "night": found.night.isoformat() if found.night else None,
        "value": _json(found.value),
        "steps": [_step(step) for step in found.steps],
    }


def _step(step: Step) -> dict[str, Json]:
    place = {} if step.place is None else _at(step.place)
    told: dict[str, Json] = {
        "value": _json(step.value),
        "rule": step.rule,
        **place,
        "overrode": [_at(p) for p in step.overrode],
    }
    return {"of": step.of, **told} if step.of else told


def _at(place: Place) -> dict[str, Json]:
    return {"file": place.file, "line": place.line, "column": place.column}


def _json(value: Any) -> Json:
    if isinstance(value, Price):
        return {"price": str(value.amount), "guests": {str(n): str(amount) for n, amount in value.guests}}
    if isinstance(value, Restrictions):
        return set_fields(value)
    if isinstance(value, Availability):
        return {"allotment": value.allotment, "closed": value.closed}
    if isinstance(value, Allotments):
        return {"units": value.units, **dict(value.channels), "overbooking": value.overbooking}
    if isinstance(value, dict):
        return {str(name): _json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return (
        f"{value:f}"
        if isinstance(value, Decimal)
        else value
        if value is None or isinstance(value, (bool, int))
        else str(value)
    )
