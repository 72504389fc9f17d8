"""Operations come in an order in which nothing is sent too early, and always in the same one."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.planner import calendar_of, operations, touched, within
from reconciler.kinds.contract import ASSIGNED
from reconciler.model.calendar import Calendar
from reconciler.model.plan import Change, Label, Operation
from reconciler.model.state import Counts, Provenance, Restrictions, Value
from tests.engine.world import at, change, changes, last, price, states, units
from tests.kinds.hotels import night, over
from tests.model.strategies import naive


def plan(*made: Change, **applied: Value) -> dict[str, Operation]:
    """The operations by the end of their id, for changes of a hotel where these values were last applied."""
    known = {at(text): last(value) for text, value in applied.items()}
    return {op.id.removeprefix("lisbon-baixa/"): op for op in operations(made, known)}


def waits(ops: dict[str, Operation], name: str) -> set[str]:
    """What an operation waits for."""
    return {other.removeprefix("lisbon-baixa/") for other in ops[name].waits_for}


# --- units: who gives goes first


def test_the_side_that_gives_goes_before_the_side_that_receives() -> None:
    ops = plan(
        change("booking.com/availability/double", units(4), units(8)),
        change("expedia/availability/double", units(6), units(2)),
    )
    assert list(ops) == ["expedia/availability/double#lower", "booking.com/availability/double#raise"]
    assert waits(ops, "booking.com/availability/double#raise") == {"expedia/availability/double#lower"}
    assert not waits(ops, "expedia/availability/double#lower")


def test_other_rooms_do_not_wait() -> None:
    ops = plan(
        change("booking.com/availability/suite", units(4), units(8)),
        change("expedia/availability/double", units(6), units(2)),
    )
    assert not waits(ops, "booking.com/availability/suite#raise")


def test_one_change_that_gives_on_some_nights_and_receives_on_others_is_two_operations() -> None:
    before, after = units(5), units(2, 0, 3).overlay(units(8, 3))
    ops = plan(change("expedia/availability/double", before, after, counts=over(Counts(3, 2))))
    low, high = ops["expedia/availability/double#lower"].change, ops["expedia/availability/double#raise"].change
    assert (low.before, low.after, low.counts) == (units(5, 0, 3), units(2, 0, 3), over(Counts(3, 2), 0, 3))
    assert (high.before, high.after) == (units(5, 3), units(8, 3))


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        (units(5), units(3), Label.LOWER),
        (units(5), units(7), Label.RAISE),
        (units(5), units(5, closed=True), Label.LOWER),
        (units(5), units(9, closed=True), Label.RAISE),
        (units(5, closed=True), units(5), Label.RAISE),
        (units(9, closed=True), units(5), Label.LOWER),
        (None, units(5), Label.RAISE),
        (units(0), units(0, closed=True), Label.LOWER),
    ],
)
def test_what_gives_is_what_holds_fewer_units_or_sells_none_of_as_many(before: Any, after: Any, label: Label) -> None:
    """What a closed room holds may be sold as soon as somebody opens it: a larger allotment has to be free, closed or not."""
    assert [op.label for op in operations([change("expedia/availability/double", before, after)], {})] == [label]


def test_nights_that_entered_the_horizon_wait_for_the_side_that_gives_as_well() -> None:
    known = {"booking.com/availability/double": units(4, 0, 8), "expedia/availability/double": units(6, 0, 8)}
    ops = plan(
        change("booking.com/availability/double", units(4, 8), units(8, 8)),
        change("expedia/availability/double", units(9, 8), units(2, 8)),
        **known,
    )
    assert list(ops) == ["expedia/availability/double#lower", "booking.com/availability/double#horizon"]
    assert waits(ops, "booking.com/availability/double#horizon") == {"expedia/availability/double#lower"}


def test_the_hotels_own_allocation_is_written_when_the_providers_have_confirmed() -> None:
    ops = plan(
        change("database/allocation/double", None, over(1)),
        change("database/allocation/suite", None, over(1)),
        change("database/mapping/expedia/double", None, {"a": 1}),
        change("expedia/availability/double", units(4), units(2)),
        change("booking.com/availability/double", units(4, 0, 9), units(8, 0, 9)),
    )
    assert list(ops)[-2:] == ["database/allocation/double", "database/allocation/suite"]
    assert waits(ops, "database/allocation/double") == {
        "expedia/availability/double#lower", "booking.com/availability/double#raise"
    }  # fmt: skip
    assert not waits(ops, "database/allocation/suite")
    assert not waits(ops, "database/mapping/expedia/double")


# --- plans before what is sent for them


def test_what_is_sent_for_a_plan_waits_until_it_is_made() -> None:
    ops = plan(
        change("expedia/rates/double/LONG", None, price("90.00")),
        change("expedia/restrictions/double/LONG", None, over(Restrictions())),
        change("expedia/rates/double/BAR", None, price("90.00")),
        change("booking.com/rates/double/LONG", None, price("90.00")),
        change("expedia/rate_plan/double/LONG", None, {"name": "Long"}),
    )
    made = {"expedia/rate_plan/double/LONG"}
    assert next(iter(ops)) in made
    assert waits(ops, "expedia/rates/double/LONG") == waits(ops, "expedia/restrictions/double/LONG") == made
    assert not waits(ops, "expedia/rates/double/BAR")
    assert not waits(ops, "booking.com/rates/double/LONG")


def test_a_plan_that_exists_already_makes_nothing_wait() -> None:
    ops = plan(
        change("expedia/rates/double/LONG", None, price("90.00")),
        change("expedia/rate_plan/double/LONG", {"name": "Old"}, {"name": "Long"}),
    )
    assert not waits(ops, "expedia/rates/double/LONG")


def test_the_rows_that_name_an_assigned_id_wait_for_their_own_plan_and_no_other() -> None:
    named: Any = {"configuration": {"external_rate_plan_id": ASSIGNED}}
    ops = plan(
        change("database/rate_plan/expedia/double/LONG", None, named),
        change("database/rate_plan/expedia/double/OTHER", None, named),
        change("database/rate_plan/booking.com/double/LONG", None, {"configuration": {"external_rate_plan_id": "1"}}),
        change("database/mapping/expedia/double", None, {"external_rate_plan_id": ASSIGNED}),
        change("database/mapping/expedia/suite", None, {"external_rate_plan_id": ASSIGNED}),
        change("expedia/rate_plan/double/LONG", None, {"name": "Long"}),
        change("booking.com/rate_plan/double/LONG", None, {"name": "Long"}),
    )
    made = {"expedia/rate_plan/double/LONG"}
    assert waits(ops, "database/rate_plan/expedia/double/LONG") == made
    assert waits(ops, "database/mapping/expedia/double") == made
    assert not waits(ops, "database/rate_plan/expedia/double/OTHER")
    assert not waits(ops, "database/mapping/expedia/suite")
    assert not waits(ops, "database/rate_plan/booking.com/double/LONG")


# --- prices before what opens a night

SHUT, OPEN = over(Restrictions(closed=True)), over(Restrictions())


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("expedia/restrictions/double/BAR", SHUT, OPEN),
        ("expedia/availability/double", units(5, closed=True), units(5)),
    ],
)
def test_what_opens_a_night_waits_for_its_new_price(text: str, before: Any, after: Any) -> None:
    rates = change("expedia/rates/double/BAR", price("10.00", 0, 3), price("100.00", 0, 3))
    opening = change(text, before, after)
    (op,) = (op for name, op in plan(rates, opening).items() if name.startswith(text))
    assert [str(other) for other in op.waits_for] == ["lisbon-baixa/expedia/rates/double/BAR"]
    later = change(text, before.clip(night(5), night(9)), after.clip(night(5), night(9)))
    closing = change(text, after, before)
    for free in (later, closing):
        assert all(not op.waits_for for name, op in plan(rates, free).items() if name.startswith(text))


def test_opening_waits_for_no_other_room_plan_or_provider() -> None:
    ops = plan(
        change("expedia/restrictions/double/BAR", SHUT, OPEN),
        change("expedia/rates/double/BB", price("1.00"), price("2.00")),
        change("expedia/rates/suite/BAR", price("1.00"), price("2.00")),
        change("booking.com/rates/double/BAR", price("1.00"), price("2.00")),
        change("database/rates/expedia/double/BAR", price("1.00"), price("2.00")),
    )
    assert not waits(ops, "expedia/restrictions/double/BAR")


# --- the horizon


def test_nights_that_entered_since_the_last_apply_are_an_operation_of_their_own() -> None:
    rates = change("expedia/rates/double/BAR", price("90.00", 2, 3), price("95.00", 2, 3).overlay(price("90.00", 8)))
    ops = plan(rates, **{"expedia/rates/double/BAR": price("90.00", 0, 8)})
    assert set(ops) == {"expedia/rates/double/BAR", "expedia/rates/double/BAR#horizon"}
    assert ops["expedia/rates/double/BAR#horizon"].change.after == price("90.00", 8)
    assert ops["expedia/rates/double/BAR#horizon"].change.before is None
    assert ops["expedia/rates/double/BAR"].change.after == price("95.00", 2, 3)


def test_a_first_send_is_not_called_horizon() -> None:
    rates = change("expedia/rates/double/BAR", None, price("90.00"))
    assert [op.label for op in operations([rates], {})] == [Label.NONE]


def test_prices_written_for_nights_that_were_in_the_horizon_all_along_are_a_change_by_git() -> None:
    """Restrictions reached ten nights far when prices reached four: the six nights between did not enter since."""
    known: dict[str, Value] = {
        "expedia/rates/double/BAR": price("90.00", 0, 4), "expedia/restrictions/double/BAR": OPEN
    }  # fmt: skip
    rates = change("expedia/rates/double/BAR", None, price("90.00", 4, 12))
    ops = plan(rates, **known)
    assert ops["expedia/rates/double/BAR"].change.after == price("90.00", 4, 10)
    assert ops["expedia/rates/double/BAR#horizon"].change.after == price("90.00", 10, 12)


def test_taking_away_what_lies_beyond_the_horizon_is_not_routine() -> None:
    rates = change("database/rates/expedia/double/BAR", price("90.00", 8), None)
    ops = plan(rates, **{"database/rates/expedia/double/BAR": price("90.00", 0, 8)})
    assert [op.label for op in ops.values()] == [Label.NONE]


# --- always


@given(states())
def test_nothing_waits_for_itself_for_a_later_operation_or_in_a_circle(state: Any) -> None:
    desired, observed, applied = state
    ops = operations(changes(desired, observed), applied)
    place = {op.id: number for number, op in enumerate(ops)}
    assert len(place) == len(ops)
    for op in ops:
        assert all(place[other] < place[op.id] for other in op.waits_for)
        assert list(op.waits_for) == sorted(set(op.waits_for))


@given(states(), st.randoms(use_true_random=False))
def test_the_same_changes_in_any_order_give_the_same_operations(state: Any, luck: random.Random) -> None:
    desired, observed, applied = state
    found = changes(desired, observed)
    mixed = list(found)
    luck.shuffle(mixed)
    assert operations(mixed, dict(reversed(list(applied.items())))) == operations(found, applied)


@given(states())
def test_the_operations_of_an_address_are_its_change_cut_in_pieces(state: Any) -> None:
    desired, observed, applied = state
    found = changes(desired, observed, exact=True)
    ops = operations(found, applied)
    for one in found:
        parts = [op.change for op in ops if op.address == one.address]
        for side in ("before", "after"):
            whole = getattr(one, side)
            if isinstance(one.before, Calendar) or isinstance(one.after, Calendar):
                pieces = [item for part in parts for item in naive(calendar_of(getattr(part, side))).items()]
                assert len(pieces) == len(dict(pieces))
                assert dict(pieces) == naive(calendar_of(whole))
            else:
                assert [getattr(part, side) for part in parts] == [whole]
        assert sum(part.unknown for part in parts) == one.unknown
        assert {part.action for part in parts} == {one.action}


@given(states())
def test_lower_gives_on_every_night_and_the_other_parts_on_none(state: Any) -> None:
    desired, observed, applied = state
    for op in operations(changes(desired, observed), applied):
        if op.address.kind != "availability":
            assert op.label in (Label.NONE, Label.HORIZON)
            continue
        before, after = naive(calendar_of(op.change.before)), naive(calendar_of(op.change.after))
        for at_night, there in after.items():
            was = before.get(at_night)
            held, on_sale = (0, False) if was is None else (was.allotment, not was.closed)
            fewer = there.allotment < held or (there.allotment == held and on_sale and there.closed)
            assert fewer == (op.label is Label.LOWER)


def test_a_part_whose_nights_are_all_unknown_says_so() -> None:
    whole = change(
        "booking.com/rates/double/BAR",
        price("80.00", 0, 4),
        price("90.00"),
        provenance=Provenance.ACKNOWLEDGED,
        unknown=6,
    )
    part = within(whole, over(True, 5, 8))
    assert (part.unknown, part.provenance, part.before) == (3, Provenance.UNKNOWN, None)
    known = within(whole, over(True, 2, 5))
    assert (known.unknown, known.provenance, known.before) == (1, Provenance.ACKNOWLEDGED, price("80.00", 2, 4))
    assert touched(whole) == over(True)
    assert within(whole, touched(whole)) == whole
