"""What exists at a provider is mapped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.policies import MappedShare
from reconciler.model.state import Coverage
from tests.policy.cases import case, costs, op, said

CHANGE = op("expedia/rates/double/BAR", None, costs("1.00"))


def found(there: Coverage, **parameters: Any) -> list[Diagnostic]:
    judged = case(CHANGE, coverage={("lisbon-baixa", "expedia"): there})
    return said(judged, "coverage", MappedShare(**parameters))


@pytest.mark.parametrize(
    ("mapped", "least", "enough"), [(4, "80", True), (3, "80", False), (5, "100", True), (4, "100", False)]
)
def test_the_share_itself_is_enough_and_one_less_is_not(mapped: int, least: str, enough: bool) -> None:
    assert (not found(Coverage(rooms=5, rooms_mapped=mapped), rooms=Decimal(least))) is enough
    assert (not found(Coverage(rates=5, rates_mapped=mapped), rates=Decimal(least))) is enough


def test_nothing_there_is_nothing_to_map() -> None:
    assert not found(Coverage())


def test_it_is_a_warning_that_names_what_is_not_mapped() -> None:
    names = tuple(f"Room {number}" for number in range(7))
    (told,) = found(Coverage(rooms=9, rooms_mapped=2, unmapped_rooms=names))
    assert (told.severity, told.address) == (Severity.WARNING, "lisbon-baixa/expedia")
    assert told.message == (
        "2 of 9 rooms at expedia are mapped, less than policies.coverage.rooms = 100%; "
        "not mapped: Room 0, Room 1, Room 2, Room 3, Room 4 and 2 more"
    )


def test_it_can_refuse() -> None:
    (told,) = found(Coverage(rates=2, rates_mapped=1, unmapped_rates=("X",)), severity=Severity.ERROR)
    assert (told.severity, "--consent coverage" in told.hint) == (Severity.ERROR, True)
