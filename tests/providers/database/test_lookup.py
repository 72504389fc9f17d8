"""The mapping service, both ways, for one property."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.errors import DatabaseError
from reconciler.model.address import Address
from reconciler.model.state import Value
from reconciler.providers.database.faults import Connection
from reconciler.providers.database.lookup import MappingService

from .hotels import DOUBLE, SUITE, at, database_of, hotel, write
from .test_documents import mapping, rate_plan


@pytest.fixture
def service(connection: Connection) -> MappingService:
    target = database_of(connection)
    ids = {"double": "30011", "suite": "30012"}
    desired: dict[Address, Value] = {
        at("mapping", "expedia", room): mapping(external_room_id=there) for room, there in ids.items()
    }
    for provider, plan, there in (("expedia", "BAR", "{}-BAR"), ("booking.com", "BAR", "77001")):
        for room in ids:
            configuration: dict[str, Value] = {"external_rate_plan_id": there.format(room)}  # type: ignore[dict-item]
            desired[at("rate_plan", provider, room, plan)] = rate_plan(configuration=configuration)  # type: ignore[arg-type]
    desired[at("mapping", "booking.com", "double")] = mapping(external_room_id="90100101", is_active=False)
    write(target, desired)
    return MappingService(hotel(), connection)


def test_a_room_is_found_by_its_key_and_by_its_id(service: MappingService) -> None:
    assert service.external_room("expedia", "double").external_room == "30011"
    assert service.external_room("expedia", DOUBLE.upper()).external_room == "30011"


def test_a_room_is_found_by_its_id_at_the_provider(service: MappingService) -> None:
    found = service.internal_room("expedia", "30012")
    assert (found.room, found.room_id) == ("suite", SUITE)


def test_a_plan_is_found_both_ways(service: MappingService) -> None:
    there = service.external_plan("expedia", "suite", "BAR")
    assert (there.external_plan, there.external_room) == ("suite-BAR", "30012")
    here = service.internal_plan("expedia", "double-BAR")
    assert (here.room, here.plan) == ("double", "BAR")
    assert service.internal_plan("booking.com", "77001", room="suite").room == "suite"


@pytest.mark.parametrize(
    ("ask", "message", "hint"),
    [
        (
            lambda s: s.external_room("expedia", "duble"),
            "room `duble` is not mapped for lisbon-baixa at expedia",
            "`double`",
        ),
        (lambda s: s.internal_room("expedia", "30013"), "room 30013 there is not mapped", "did you mean `3001"),
        (lambda s: s.external_plan("expedia", "double", "BRA"), "rate plan `BRA` of room `double`", "`BAR`"),
        (lambda s: s.internal_plan("booking.com", "77001"), "is mapped 2 times", "say which room"),
        (lambda s: s.external_room("booking.com", "double"), "the mapping is not active", "double = 90100101"),
        (lambda s: s.external_room("booking.com", "suite"), "is not mapped", "nothing of it is mapped"),
    ],
)
def test_missing_or_ambiguous_is_an_error_that_names_what_was_looked_for(
    service: MappingService, ask: Callable[[MappingService], object], message: str, hint: str
) -> None:
    with pytest.raises(DatabaseError) as caught:
        ask(service)
    assert message in caught.value.message
    assert hint in caught.value.hint
