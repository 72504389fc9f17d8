"""Whatever a hotel looks like: after `apply` the plan is empty everywhere, and the extranets hold what git says, night by night.

Then another version of the same hotel is applied over the first, and the same must be true again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from reconciler.kinds.pairs import provider_pairs
from reconciler.load import workspace
from reconciler.model.calendar import Calendar
from reconciler.model.property import Property
from reconciler.model.state import Price, Restrictions
from tests.scenarios.generated import Frame, Yaml, contents, document, frames
from tests.scenarios.world import NOW, World

EXAMPLES = settings(
    phases=[
        Phase.explicit,
        Phase.generate,
    ],  # an example takes a second or two: making a failing one smaller, many minutes
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
MOST_AT_EXPEDIA = 28
"""What a stay may be there where nothing limits it."""

Versions = list[tuple[Frame, Yaml, Yaml]]


@st.composite
def versions(draw: st.DrawFn, hotels: int) -> Versions:
    """Hotels, each in two versions."""
    found = [draw(frames(number)) for number in range(1, hotels + 1)]
    return [(frame, draw(contents(frame)), draw(contents(frame))) for frame in found]


@pytest.fixture
def blank(empty_world: World) -> World:
    return empty_world


def start_over(world: World) -> None:
    """The world as it was before the example: nothing at the extranets, nothing in the database."""
    world.sandbox.admin.reset()
    world.sandbox.admin.clock(frozen_at=NOW.isoformat())
    for file in (world.folder / "properties").glob("*.yaml"):
        file.unlink()
    with psycopg.connect(world.database) as connection:
        tables = connection.execute(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables "
            "WHERE schemaname IN ('public', 'reconciler') AND tablename <> 'migrations'"
        ).fetchone()
        assert tables is not None
        connection.execute(f"TRUNCATE {tables[0]} CASCADE".encode())


def put(world: World, hotels: list[tuple[Frame, Yaml]]) -> tuple[Property, ...]:
    for frame, described in hotels:
        text = document(described)
        note(text)
        world.hotel(text, frame.slug)
    loaded = workspace(world.folder, now=world.now)
    assert [d for d in loaded.diagnostics if d.severity == "error"] == []
    return loaded.properties


def assert_in_force(world: World, hotels: tuple[Property, ...]) -> None:
    plan = world.plan()
    assert [(op["address"], op["before"], op["after"]) for op in plan["operations"]] == []
    assert [finding for finding in plan["findings"] if finding["severity"] == "error"] == []
    assert world.run("drift", "--detailed-exitcode").code == 0
    for hotel in hotels:
        for provider in ("expedia", "booking.com"):
            assert_held(held(world, hotel, provider), wanted(hotel, provider))


def assert_held(held: State, wanted: State) -> None:
    """Everything is held as wanted; a night that git has no price for is without one there, or closed."""
    assert held.keys() == wanted.keys()
    for key, nights in wanted.items():
        for night, value in nights.items():
            there = held[key][night]
            if value is NOT_SOLD:
                assert there is NOT_SOLD or there.closed, (key, night)
            else:
                assert there == value, (key, night)


@EXAMPLES
@given(versions(1))
def test_what_was_applied_is_in_force_and_so_is_the_next_version(blank: World, hotels: Versions) -> None:
    start_over(blank)
    first = put(blank, [(frame, one) for frame, one, _ in hotels])
    blank.set_up_extranets()
    blank.seed()
    blank.apply()
    assert_in_force(blank, first)
    second = put(blank, [(frame, other) for frame, _, other in hotels])
    blank.apply()
    assert_in_force(blank, second)


@settings(EXAMPLES, max_examples=3)
@given(versions(2))
def test_two_hotels_do_not_get_in_each_others_way(blank: World, hotels: Versions) -> None:
    start_over(blank)
    loaded = put(blank, [(frame, one) for frame, one, _ in hotels])
    blank.set_up_extranets()
    blank.seed()
    blank.apply()
    assert_in_force(blank, loaded)
    changed = put(blank, [(frame, other if frame.number == 1 else one) for frame, one, other in hotels])
    assert {address.split("/")[0] for address in blank.addresses()} <= {"hotel-1"}
    blank.apply()
    assert_in_force(blank, changed)


@settings(EXAMPLES, max_examples=4)
@given(versions(1))
def test_import_of_whatever_runs_out_there_leaves_nothing_to_plan_there(blank: World, hotels: Versions) -> None:
    start_over(blank)
    (hotel,) = put(blank, [(frame, one) for frame, one, _ in hotels])
    blank.set_up_extranets()
    blank.seed()
    blank.apply()
    (blank.folder / hotel.file).unlink()
    ids = [flag for name, link in hotel.providers.items() for flag in (f"--{name}", link.external_id)]
    where = ["--timezone", hotel.timezone, "--country", hotel.country, "--as-of", blank.now.isoformat()]
    imported = blank.run("import", "--property", "imported", *ids, *where)
    assert imported.code == 0, imported.out + imported.err
    note((blank.folder / "properties" / "imported.yaml").read_text("utf-8"))
    # Prices by guests that were rounded twice are no one percentage; everything else that is read back is said exactly.
    by_guests = any(run.value.guests for plan in hotel.rate_plans.values() for c in plan.prices.values() for run in c)
    assert "expedia availability" not in imported.out
    assert "expedia restrictions" not in imported.out
    assert "expedia rates" not in imported.out or by_guests
    assert blank.addresses("--target", "imported/expedia/**", "--target", "imported/booking.com/**") == []


# --- what git says and what is held, spelled alike: (room,) or (room, plan), then by night


@dataclass(frozen=True, slots=True)
class Sale:
    """A plan on a night: prices by number of guests, stays of arrivals, flags."""

    guests: dict[int, Decimal]
    min_stay: int
    max_stay: int | None
    closed: bool
    closed_to_arrival: bool
    closed_to_departure: bool


NOT_SOLD = None
State = dict[tuple[str, ...], dict[date, Any]]


def nights_of(hotel: Property) -> Iterator[date]:
    night = hotel.window.start
    while night < hotel.window.until:
        yield night
        night += timedelta(days=1)


def at(calendar: Calendar[Any], night: date) -> Any:
    return next((run.value for run in calendar if run.start <= night < run.until), None)


def wanted(hotel: Property, provider: str) -> State:
    """By the loaded files: the allotments and closings of rooms; the prices and restrictions of plans."""
    state: State = {}
    for room in hotel.mappings[provider].rooms:
        state[(room,)] = {
            night: (at(hotel.allocation[room], night).of(provider), bool(at(hotel.rooms[room].closed, night)))
            for night in nights_of(hotel)
        }
    for room, plan in provider_pairs(hotel, provider):
        prices, limits = plan.prices[room, provider], plan.restrictions.get(room, Calendar())
        state[room, plan.key] = {
            night: _sold(at(prices, night), at(limits, night) or Restrictions(), provider) for night in nights_of(hotel)
        }
    return state


def _sold(price: Price | None, limits: Restrictions, provider: str) -> Sale | None:
    if price is None:
        return NOT_SOLD
    guests = {1: dict(price.guests).get(1, price.amount), 2: price.amount}
    most = limits.max_stay or (MOST_AT_EXPEDIA if provider == "expedia" else None)
    flags = (limits.closed, limits.closed_to_arrival, limits.closed_to_departure)
    return Sale(guests, limits.min_stay, most, *flags)


def held(world: World, hotel: Property, provider: str) -> State:
    """By the extranet's own face."""
    there = world.sandbox.admin.hotel(provider, hotel.providers[provider].external_id)
    rooms = {id_: room for room, id_ in hotel.mappings[provider].rooms.items()}
    found = {rooms[room["id"]]: room for room in there["rooms"]}
    state: State = {
        (room,): {
            night: (on(found[room], "left", night) or 0, bool(on(found[room], "closed", night)))
            for night in nights_of(hotel)
        }
        for room in found
    }
    ids = _plan_ids(world, hotel, provider)
    sold = there["rate_plans"] if provider == "expedia" else there["room_rates"]
    for pair in sold:
        room = rooms[pair["room"]]
        state[room, ids[room, pair["id"]]] = {night: _held(pair, night, provider) for night in nights_of(hotel)}
    return state


def _plan_ids(world: World, hotel: Property, provider: str) -> dict[tuple[str, str], str]:
    """Our plans by room and the provider's id; ids that the provider assigned are in the rows about it."""
    rooms = {room.id: key for key, room in hotel.rooms.items()}
    query = (
        "SELECT room_type_id::text, configuration->>'external_rate_plan_id', rate_plan_id FROM ota_rate_plans "
        "WHERE property_id = %s AND provider = %s"
    )
    return {(rooms[room], id_.removesuffix("A")): plan for room, id_, plan in world.rows(query, hotel.id, provider)}


def on(holder: dict[str, Any], name: str, night: date) -> Any:
    spelled = night.isoformat()
    for run in holder.get(name, []):
        if run["from"] <= spelled < run["until"]:
            return run["value"]
    return None


def _held(pair: dict[str, Any], night: date, provider: str) -> Sale | None:
    price = on(pair, "price", night)
    if price is None:
        return NOT_SOLD
    arrival = "" if provider == "expedia" else "_arrival"
    return Sale(
        _by_guests(price, on(pair, "price1", night)),
        on(pair, f"min_los{arrival}", night) or 1,
        on(pair, f"max_los{arrival}", night) or (MOST_AT_EXPEDIA if provider == "expedia" else None),
        bool(on(pair, "closed", night)),
        bool(on(pair, "closed_to_arrival", night)),
        bool(on(pair, "closed_to_departure", night)),
    )


def _by_guests(price: Any, single: Any) -> dict[int, Decimal]:
    if isinstance(price, dict):
        return {int(guests): Decimal(amount) for guests, amount in price.items()}
    return {1: Decimal(single or price), 2: Decimal(price)}
