"""The small hotel of docs/yaml.md with something else in it, and questions to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.contract import Setting
from reconciler.model.address import Address
from reconciler.model.property import BOOKING, Property
from reconciler.model.state import Restrictions
from reconciler.model.workspace import Environment, Workspace
from tests.docs.pages import base_property, base_workspace, load, replaced

WEDNESDAY, FRIDAY, SATURDAY = date(2027, 4, 14), date(2027, 4, 16), date(2027, 4, 17)
RATES = "{double: 120.00, suite: 210.00}"


def one(folder: Path, fragment: str) -> Property:
    """The small property with the fragment's sections in it; it must load."""
    loaded = load(folder, hotel=replaced(base_property(), fragment))
    assert [f"{d.line}: {d.code} {d.message}" for d in loaded.diagnostics if d.severity == "error"] == []
    return loaded.properties[0]


def settings(folder: Path, fragment: str) -> Workspace:
    """The small workspace with the fragment's sections in it."""
    loaded = load(folder, settings=replaced(base_workspace(), fragment))
    assert loaded.diagnostics == ()
    return loaded.workspace


def price(hotel: Property, plan: str, room: str, night: date = WEDNESDAY, provider: str = BOOKING) -> str:
    """One night's price as text, or `none`."""
    found = hotel.rate_plans[plan].prices[room, provider].at(night)
    return str(found.amount) if found else "none"


def limits(hotel: Property, plan: str, room: str = "double", night: date = WEDNESDAY) -> Restrictions:
    """One night's restrictions."""
    return hotel.rate_plans[plan].restrictions[room].at(night) or Restrictions()


def plans(*lines: str) -> str:
    """A `rate_plans` section."""
    return "rate_plans:\n" + "".join(f"  {line}\n" for line in lines)


def bar(more: str = "", rates: str = RATES) -> str:
    """The plan that the small property maps."""
    return f"BAR: {{type: bar, base: true, cancellation: flexible-24h, rates: {rates}{more}}}"


def at(hotel: Property, kind: str, provider: str) -> list[tuple[Address, Any]]:
    """What git wants of a kind at a provider."""
    setting = Setting(Environment("development"), Workspace({}, {}))
    return list(KINDS[kind].provider(hotel, provider, setting))
