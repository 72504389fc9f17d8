"""A small hotel, its rows of `properties` and `room_types`, and what a plan does with a target, in short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reconciler.engine.diff import compare
from reconciler.engine.planner import operations
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.journal import Outcome
from reconciler.model.plan import Change
from reconciler.model.property import Mappings, PlanType, Property, ProviderLink, RatePlan, Room
from reconciler.model.state import Allotments, Observation, Price, Value, Window
from reconciler.providers.contract import Pending, Target
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.target import HotelDatabase

START = date(2027, 1, 1)
UNTIL = START + timedelta(days=60)
WINDOW = Window(START, UNTIL)
PROPERTY = "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11"
DOUBLE = "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201"
SUITE = "11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202"
SLUG = "lisbon-baixa"
ALL = frozenset({"integration", "mapping", "rate_plan", "allocation", "rates", "restrictions"})
DATED = frozenset({"rates", "restrictions", "allocation"})
NOTHING: Mapping[str, str] = {}


def night(number: int) -> date:
    """A night of the window by its number."""
    return START + timedelta(days=number)


def at(kind: str, *key: str) -> Address:
    """An address of the hotel in the database."""
    return Address(SLUG, "database", kind, key)


def _room(key: str, room_id: str) -> Room:
    return Room(key, room_id, key.title(), constant(START, UNTIL, 20), Calendar())


def _plan(key: str, kind: PlanType) -> RatePlan:
    return RatePlan(key, key, kind, key == "BAR", ("double", "suite"), {}, {}, {}, {}, None)


def hotel(currency: str = "EUR", **changes: Any) -> Property:
    """Two rooms, three plans, both providers; every plan sells both rooms."""
    pairs = {(room, plan): f"{room}-{plan}" for room in ("double", "suite") for plan in ("BAR", "NREF", "BB")}
    mappings = Mappings({"double": "30011", "suite": "30012"}, pairs)
    said: dict[str, Any] = {
        "slug": SLUG,
        "id": PROPERTY,
        "name": "Lisbon Baixa",
        "country": "PT",
        "currency": currency,
        "timezone": "Europe/Lisbon",
        "file": "properties/lisbon-baixa.yaml",
        "window": WINDOW,
        "rooms": {"double": _room("double", DOUBLE), "suite": _room("suite", SUITE)},
        "rate_plans": {
            "BAR": _plan("BAR", PlanType.BAR),
            "NREF": _plan("NREF", PlanType.NON_REFUNDABLE),
            "BB": _plan("BB", PlanType.BED_AND_BREAKFAST),
        },
        "providers": {
            "expedia": ProviderLink("expedia", "16636843", "Expedia - Lisbon Baixa"),
            "booking.com": ProviderLink("booking.com", "8011855", "Booking.com - Lisbon Baixa"),
        },
        "mappings": {"expedia": mappings, "booking.com": mappings},
        "allocation": {"double": allotted(20, 5, 8, 7, 2), "suite": allotted(6, 2, 2, 2, 0)},
    }
    return Property(**{**said, **changes})


def allotted(units: int, direct: int, expedia: int, booking: int, buffer: int) -> Calendar[Allotments]:
    """The same allotments all along the window."""
    return constant(
        START, UNTIL, Allotments(units, (("direct", direct), ("booking.com", booking), ("expedia", expedia)), buffer)
    )


def price(amount: str, **guests: str) -> Price:
    """A price; other numbers of guests as g1, g3."""
    return Price(Decimal(amount), tuple((int(key[1:]), Decimal(value)) for key, value in sorted(guests.items())))


def seed(connection: Connection, rooms: Iterable[str] = (DOUBLE, SUITE), property_id: str = PROPERTY) -> None:
    """The rows that the hotel system keeps."""
    connection.execute("INSERT INTO properties (id, name) VALUES (%s, 'Lisbon Baixa')", [property_id])
    for room in rooms:
        connection.execute("INSERT INTO room_types (id, property_id, name) VALUES (%s, %s, 'r')", [room, property_id])
    connection.commit()


def look(target: Target, kinds: frozenset[str] = ALL, window: Window = WINDOW) -> Observation:
    """What is there."""
    return target.observe(kinds, window)


def changes(target: Target, desired: Mapping[Address, Value], kinds: frozenset[str] = ALL) -> list[Change]:
    """What differs, as a plan would find it."""
    seen = look(target, kinds)
    found = []
    for address, value in sorted(desired.items()):
        normal, remarks = target.normal(address, value, seen.traits)
        if not any(remark.severity.value == "error" for remark in remarks):
            change = compare(address, normal, seen.entries.get(address), exact=address.kind in DATED)
            found += [change] if change else []
    return found


def bring_about(target: Target, found: Iterable[Change]) -> set[Outcome]:
    """Carries the changes out; the outcomes that there were."""
    pending = [Pending(op, Calendar() if op.change.after is None else op.change.after) for op in operations(found, {})]
    results = [result for batch in target.batches(pending) for result in target.execute(batch).results]
    assert {result.part.operation_id for result in results} == {item.operation.id for item in pending}
    return {result.outcome for result in results}


def write(target: Target, desired: Mapping[Address, Value], kinds: frozenset[str] = ALL) -> None:
    """Makes the database what is desired, and shows that a second plan is empty."""
    assert bring_about(target, changes(target, desired, kinds)) <= {Outcome.APPLIED}
    assert changes(target, desired, kinds) == []


def database_of(connection: Connection, **said: Any) -> HotelDatabase:
    """The hotel as a target, its rows seeded."""
    seed(connection)
    return HotelDatabase(hotel(**said), lambda: nullcontext(connection))


def rows(connection: Connection, query: str, *values: object) -> list[Any]:
    """What a query of another program would see."""
    found = connection.execute(query.encode(), list(values)).fetchall()
    connection.rollback()
    return found
