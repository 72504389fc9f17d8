"""What a saved plan still has to do: observed = after is done, observed = before is to do, anything else has moved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.remaining import remaining, resolve_assigned
from reconciler.kinds.contract import ASSIGNED
from reconciler.model.calendar import Calendar
from reconciler.model.state import Counts, Observed, Provenance, Restrictions, Window
from tests.engine.world import NIGHT_VALUES, acked, change, operation, price, read, units, unknown
from tests.kinds.hotels import TODAY, WINDOW, night, over
from tests.model.strategies import calendars, naive

RATES = operation(change("expedia/rates/double/BAR", price("90.00"), price("95.00")))
ROOM = operation(change("expedia/availability/double", units(12), units(10)))
ROW: Any = {"name": "A", "nested": {"x": 1}}
DOCUMENT = operation(change("database/rate_plan/expedia/double/BAR", {"name": "B", "nested": {"x": 1}}, ROW))


def standing(op: Any, seen: Observed | None, window: Window = WINDOW) -> str:
    """In one word."""
    found = remaining(op, seen, window)
    assert not (found.has_moved and found.todo)
    return "moved" if found.has_moved else "to do" if found.todo else "done"


# --- calendars


def test_after_is_done_before_is_to_do_and_anything_else_has_moved() -> None:
    assert standing(RATES, read(price("95.00"))) == "done"
    assert standing(RATES, read(price("90.00"))) == "to do"
    assert standing(RATES, read(price("91.00"))) == "moved"
    assert standing(RATES, read(Calendar())) == "moved"
    assert standing(RATES, None) == "moved"


def test_one_night_that_moved_is_told_and_stops_the_operation() -> None:
    found = remaining(RATES, read(price("90.00").overlay(price("1.00", 4, 5))), WINDOW)
    assert (found.has_moved, found.moved, found.todo) == (True, price("1.00", 4, 5), None)


def test_nights_that_are_done_are_not_done_again() -> None:
    found = remaining(RATES, read(price("90.00").overlay(price("95.00", 0, 6))), WINDOW)
    assert found.todo is not None
    assert (found.todo.change.before, found.todo.change.after) == (price("90.00", 6), price("95.00", 6))
    assert found.todo.id == RATES.id


def test_nights_that_are_past_count_as_done() -> None:
    later = Window(night(4), night(14))
    moved = price("90.00").overlay(price("1.00", 0, 4)).clip(night(4), night(10))
    found = remaining(RATES, read(moved), later)
    assert found.todo is not None
    assert found.todo.change.after == price("95.00", 4)
    assert standing(RATES, read(Calendar()), Window(night(10), night(20))) == "done"


def test_a_night_that_is_to_be_emptied_is_done_when_it_is_empty() -> None:
    op = operation(change("database/rates/expedia/double/BAR", price("90.00"), None))
    assert standing(op, read(Calendar())) == "done"
    assert standing(op, read(price("90.00"))) == "to do"
    assert standing(op, read(price("91.00"))) == "moved"


def test_a_night_that_was_empty_has_moved_when_somebody_filled_it() -> None:
    op = operation(change("expedia/rates/double/BAR", None, price("95.00")))
    assert standing(op, read(Calendar())) == "to do"
    assert standing(op, None) == "to do"
    assert standing(op, read(price("80.00", 3, 4))) == "moved"


def test_restrictions_that_appear_with_the_first_price_and_restrict_nothing_have_not_moved() -> None:
    op = operation(change("expedia/restrictions/double/BAR", None, over(Restrictions(min_stay=3))))
    assert standing(op, read(over(Restrictions()))) == "to do"
    assert standing(op, read(over(Restrictions(min_stay=2)))) == "moved"
    assert standing(op, read(over(Restrictions(closed=True)))) == "moved"
    set_before = operation(
        change("expedia/restrictions/double/BAR", over(Restrictions(min_stay=2)), over(Restrictions(min_stay=3)))
    )
    assert standing(set_before, read(over(Restrictions()))) == "moved"


def test_other_nights_and_other_values_do_not_matter() -> None:
    op = operation(change("expedia/rates/double/BAR", price("90.00", 2, 4), price("95.00", 2, 4)))
    assert standing(op, read(price("1.00").overlay(price("95.00", 2, 4)))) == "done"
    assert standing(op, read(price("1.00").overlay(price("90.00", 2, 4)))) == "to do"


def test_what_cannot_be_read_is_judged_by_what_was_acknowledged_and_sent_where_that_is_unknown() -> None:
    op = operation(change("booking.com/rates/double/BAR", price("90.00", 0, 4), price("95.00")))
    assert standing(op, acked(price("90.00", 0, 4))) == "to do"
    assert standing(op, acked(price("95.00"))) == "done"
    assert standing(op, acked(price("91.00", 0, 4))) == "moved"
    assert standing(op, unknown()) == "to do"
    found = remaining(op, acked(price("95.00", 0, 7)), WINDOW)
    assert found.todo is not None
    assert found.todo.change.after == price("95.00", 7)


# --- units


@pytest.mark.parametrize("sold", range(13))
def test_bookings_within_the_allotment_never_make_a_plan_stale(sold: int) -> None:
    seen = read(units(12), over(Counts(12 - sold, sold)))
    assert standing(ROOM, seen) == ("to do" if sold < 12 else "done")


def test_where_more_is_sold_than_allotted_nothing_is_left_to_do() -> None:
    assert standing(ROOM, read(units(11), over(Counts(0, 11)))) == "done"
    assert standing(ROOM, read(units(12), over(Counts(1, 11)))) == "to do"


def test_an_allotment_changed_by_hand_has_moved() -> None:
    assert standing(ROOM, read(units(13), over(Counts(11, 2)))) == "moved"
    assert standing(ROOM, read(units(12, closed=True), over(Counts(10, 2)))) == "moved"


# --- documents


@pytest.mark.parametrize(
    ("there", "word"),
    [
        (ROW, "done"),
        ({**ROW, "theirs": 1}, "done"),
        ({"name": "B", "nested": {"x": 1, "theirs": 2}}, "to do"),
        ({"name": "C", "nested": {"x": 1}}, "moved"),
        ({"name": "B", "nested": {"x": 2}}, "moved"),
        ({"name": "A", "nested": {"x": 3}}, "moved"),
        (None, "moved"),
    ],
)
def test_a_document_is_judged_on_the_fields_of_the_plan(there: Any, word: str) -> None:
    assert standing(DOCUMENT, None if there is None else read(there)) == word


def test_a_document_that_was_to_be_made_and_is_there_with_other_fields_has_moved() -> None:
    op = operation(change("expedia/rate_plan/double/LONG", None, {"name": "Long"}))
    assert standing(op, None) == "to do"
    assert standing(op, read({"name": "Long", "id": "7"})) == "done"
    assert standing(op, read({"name": "Longer"})) == "moved"


def test_the_assigned_id_takes_the_place_of_its_mark_at_every_depth() -> None:
    value: Any = {"a": ASSIGNED, "b": {"c": {"d": ASSIGNED}}, "e": "x"}
    assert resolve_assigned(value, "77") == {"a": "77", "b": {"c": {"d": "77"}}, "e": "x"}
    assert value["a"] == ASSIGNED
    assert resolve_assigned(price("1.00"), "77") == price("1.00")


# --- always


rates = calendars(NIGHT_VALUES["rates"], span=24)


@given(rates, rates, rates, st.sampled_from([Provenance.READ_BACK, Provenance.ACKNOWLEDGED]))
def test_every_night_is_judged_by_itself(before: Any, after: Any, now: Any, how: Provenance) -> None:
    op = operation(change("expedia/rates/double/BAR", before or None, after or None))
    found = remaining(op, Observed(now, how), Window(TODAY.replace(month=1), TODAY.replace(year=2029)))
    start = TODAY.replace(month=1)
    b, a, n = ({k: v for k, v in naive(c).items() if k >= start} for c in (before, after, now))
    differ = {night for night in {*b, *a} if n.get(night) != a.get(night)}
    moved = {night for night in differ if n.get(night) != b.get(night) and (how is Provenance.READ_BACK or night in n)}
    assert found.has_moved == bool(moved)
    if moved:
        assert naive(found.moved or Calendar()) == {k: v for k, v in n.items() if k in moved}  # type: ignore[arg-type]
    elif differ:
        assert found.todo is not None
        todo = found.todo.change.after
        assert naive(todo or Calendar()) == {k: v for k, v in a.items() if k in differ}  # type: ignore[arg-type]
    else:
        assert found.todo is None
