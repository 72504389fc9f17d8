"""A hotel made by hand: two rooms, both providers, a few nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.contract import Setting
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar, constant
from reconciler.model.property import (
    BOOKING,
    EXPEDIA,
    Cancellation,
    Mappings,
    PlanType,
    Property,
    ProviderLink,
    RatePlan,
    Room,
)
from reconciler.model.state import Allotments, Price, Restrictions, Value, Window
from reconciler.model.workspace import Credential, Environment, ProviderSettings, Schedule, Workspace

TODAY = date(2027, 3, 1)
UNTIL = TODAY + timedelta(days=10)
WINDOW = Window(TODAY, UNTIL)
SLUG = "lisbon-baixa"


def night(number: int) -> date:
    """The night that many days from today."""
    return TODAY + timedelta(days=number)


def over(value: Any, start: int = 0, until: int = 10) -> Calendar[Any]:
    """One value on some nights, counted from today."""
    return constant(night(start), night(until), value)


def room(key: str, **changes: Any) -> Room:
    """A room with ten units, open."""
    made = Room(key, f"id-of-{key}", key.title(), units=over(10), closed=over(False))
    return replace(made, **changes)


def plan(key: str, rooms: tuple[str, ...] = ("double", "suite"), **changes: Any) -> RatePlan:
    """A plan that costs 120.00 on every night but the last two, in all its rooms, at both providers."""
    pairs = [(sold, provider) for sold in rooms for provider in (EXPEDIA, BOOKING)]
    made = RatePlan(
        key,
        f"Plan {key}",
        PlanType.BAR,
        base=False,
        rooms=rooms,
        prices={pair: over(Price(Decimal("120.00")), 0, 8) for pair in pairs},
        base_rates={pair: Decimal("120.00") for pair in pairs},
        restrictions={},
        base_restrictions={},
        cancellation=Cancellation("flexible", 24, 0, "first_night"),
    )
    return replace(made, **changes)


def hotel(*plans: RatePlan, **changes: Any) -> Property:
    """A hotel with a double and a suite; every plan is mapped everywhere, `create` where it is called LONG."""
    plans = plans or (plan("BAR"),)
    pairs = {(sold, made.key): f"{made.key}-{sold}" for made in plans for sold in made.rooms}
    ids = {pair: "create" if pair[1] == "LONG" else id_ for pair, id_ in pairs.items()}
    rooms = {"double": "D-1", "suite": "S-1"}
    made = Property(
        slug=SLUG,
        id="0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11",
        name="Lisbon Baixa",
        country="PT",
        currency="EUR",
        timezone="Europe/Lisbon",
        file="properties/lisbon-baixa.yaml",
        window=WINDOW,
        rooms={key: room(key) for key in rooms},
        rate_plans={made.key: made for made in plans},
        providers={
            EXPEDIA: ProviderLink(EXPEDIA, "16636843", "Expedia - Lisbon Baixa", "expedia-group", ean_id="402918"),
            BOOKING: ProviderLink(BOOKING, "8011855", "Booking.com - Lisbon Baixa", "booking-com-group"),
        },
        mappings={EXPEDIA: Mappings(rooms, ids), BOOKING: Mappings(rooms, ids)},
        allocation={key: over(Allotments(10, (("direct", 2), ("booking.com", 4), ("expedia", 4)), 1)) for key in rooms},
    )
    return replace(made, **changes)


def setting(**changes: Any) -> Setting:
    """The production environment, or another one."""
    credentials = {
        "expedia-group": Credential(
            "expedia-group",
            EXPEDIA,
            timedelta(days=90),
            {
                "sandbox": {"api_key": "env:EXPEDIA_SANDBOX_API_KEY"},
                "production": {"api_key": "env:EXPEDIA_PROD_API_KEY", "api_secret": "env:EXPEDIA_PROD_API_SECRET"},
            },
        )
    }
    environment = replace(Environment("production", endpoints="production", test_mode=False), **changes)
    workspace = Workspace(
        {"production": environment},
        {name: ProviderSettings(name) for name in (EXPEDIA, BOOKING)},
        credentials,
        {"rate_sync": Schedule("rate_sync", "*/15 * * * *", (EXPEDIA, BOOKING))},
    )
    return Setting(environment, workspace)


def wanted(made: Property, target: str, kind: str, **environment: Any) -> dict[str, Value]:
    """What git wants of a kind at a target, by the address's text after the kind."""
    build = KINDS[kind].database if target == DATABASE else KINDS[kind].provider
    found: dict[str, Value] = {}
    for address, value in build(made, target, setting(**environment)):
        assert address[:3] == (made.slug, target, kind)
        assert "/".join(address.key) not in found
        found["/".join(address.key)] = value
    return found


def closed(value: Value) -> list[int]:
    """The nights on which a calendar of restrictions or availability is closed, counted from today."""
    assert isinstance(value, Calendar)
    return [(at - TODAY).days for at, there in value.items() if getattr(there, "closed")]  # noqa: B009


def free(**fields: Any) -> Restrictions:
    """Restrictions with these fields."""
    return Restrictions(**fields)
