"""Who moved: git, somebody out there, both, or nobody yet; night by night."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.engine.diff import compare
from reconciler.engine.drift import differences, who_moved
from reconciler.kinds.availability import in_force
from reconciler.model.drift import Difference, Mover
from reconciler.model.state import Counts, Observed, Provenance, Value
from tests.engine.world import acked, at, last, price, read, units, unknown
from tests.kinds.hotels import over

RATES, ROW = at("expedia/rates/double/BAR"), at("database/rate_plan/expedia/double/BAR")
ROOM = at("expedia/availability/double")


def found(
    address: Any, wanted: Value, seen: Observed | None, applied: Value | None, **others: Value
) -> dict[Mover, Difference]:
    """The differences at one address by mover."""
    change = compare(address, wanted, seen, exact=False)
    known = {at(text): last(value) for text, value in others.items()}
    if applied is not None:
        known[address] = last(applied)
    each = list(differences([change] if change else [], known))
    assert len({one.mover for one in each}) == len(each)
    return {one.mover: one for one in each}


@pytest.mark.parametrize(
    ("desired", "applied", "observed", "mover"),
    [(1, 1, 2, Mover.THERE), (2, 1, 1, Mover.GIT), (2, 1, 3, Mover.BOTH), (1, 1, None, Mover.THERE)],
)
def test_who_left_what_was_last_applied_moved(desired: int, applied: int, observed: int, mover: Mover) -> None:
    assert who_moved(desired, applied, observed, known=True) is mover
    assert who_moved(desired, None, observed, known=False) is Mover.FIRST


def test_nights_are_told_apart_by_who_moved_them() -> None:
    applied = price("90.00")
    wanted = price("90.00").overlay(price("95.00", 2, 6))
    there = price("90.00").overlay(price("80.00", 4, 8))
    by_mover = found(RATES, wanted, read(there), applied)
    assert set(by_mover) == {Mover.GIT, Mover.BOTH, Mover.THERE}
    both = by_mover[Mover.BOTH]
    assert (both.desired, both.applied, both.observed) == (
        price("95.00", 4, 6),
        price("90.00", 4, 6),
        price("80.00", 4, 6),
    )
    assert by_mover[Mover.GIT].desired == price("95.00", 2, 4)
    assert by_mover[Mover.THERE].observed == price("80.00", 6, 8)


def test_nothing_that_is_as_wanted_drifts_whatever_was_applied() -> None:
    assert not found(RATES, price("90.00"), read(price("90.00")), price("70.00"))


def test_what_is_unknown_is_never_drift_and_of_what_is_acknowledged_only_the_known_nights() -> None:
    assert not found(RATES, price("90.00"), unknown(), None)
    by_mover = found(RATES, price("90.00"), acked(price("80.00", 0, 4)), price("80.00", 0, 4))
    assert by_mover.keys() == {Mover.GIT}
    assert by_mover[Mover.GIT].desired == price("90.00", 0, 4)
    assert by_mover[Mover.GIT].provenance is Provenance.ACKNOWLEDGED


def test_what_was_never_applied_is_a_first_comparison() -> None:
    assert found(RATES, price("90.00"), read(price("80.00")), None).keys() == {Mover.FIRST}


def test_nights_that_entered_the_horizon_since_are_not_drift() -> None:
    by_mover = found(RATES, price("90.00"), read(price("80.00")), price("90.00", 0, 7))
    assert by_mover.keys() == {Mover.THERE}
    assert by_mover[Mover.THERE].observed == price("80.00", 0, 7)


def test_a_night_inside_the_horizon_that_had_no_price_is_compared() -> None:
    reached: dict[str, Value] = {"expedia/rates/suite/BAR": price("1.00")}
    by_mover = found(RATES, price("90.00"), read(price("90.00", 0, 4)), price("90.00", 0, 4), **reached)
    assert by_mover.keys() == {Mover.FIRST}
    assert by_mover[Mover.FIRST].desired == price("90.00", 4)


def test_an_allotment_raised_by_hand_on_an_oversold_night_was_moved_there_and_not_by_git() -> None:
    counts = over(Counts(2, 12))
    wanted = in_force(units(10), counts)
    by_mover = found(ROOM, wanted, read(units(14), counts), units(10))
    assert by_mover.keys() == {Mover.THERE}
    assert by_mover[Mover.THERE].counts == counts


def test_bookings_are_not_drift() -> None:
    for sold in range(12):
        counts = over(Counts(max(0, 10 - sold), sold))
        seen = read(units(max(10, sold)), counts)
        assert not found(ROOM, in_force(units(10), counts), seen, units(10))


# --- documents


def test_a_field_changed_by_hand_was_moved_there() -> None:
    by_mover = found(ROW, {"name": "A"}, read({"name": "by hand", "theirs": 1}), {"name": "A"})
    assert by_mover.keys() == {Mover.THERE}
    assert by_mover[Mover.THERE].observed == {"name": "by hand"}


def test_a_row_that_vanished_was_moved_there() -> None:
    assert found(ROW, {"name": "A"}, None, {"name": "A"}).keys() == {Mover.THERE}


def test_a_field_that_git_names_since_is_gits_move_and_no_conflict() -> None:
    by_mover = found(
        ROW, {"name": "A", "meal_plan": "breakfast"}, read({"name": "A", "meal_plan": None}), {"name": "A"}
    )
    assert by_mover.keys() == {Mover.GIT}


def test_git_and_somebody_else_both_moving_is_a_conflict_with_three_values() -> None:
    one = found(ROW, {"name": "git"}, read({"name": "hand"}), {"name": "old"})[Mover.BOTH]
    assert (one.desired, one.applied, one.observed) == ({"name": "git"}, {"name": "old"}, {"name": "hand"})
    both = found(ROW, {"name": "A", "meal": "x"}, read({"name": "hand", "meal": None}), {"name": "A"})
    assert both.keys() == {Mover.BOTH}
