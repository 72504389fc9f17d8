"""Desired against observed: only what git names, night by night and field by field."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.diff import compare, project
from reconciler.model.calendar import Calendar
from reconciler.model.plan import Action
from reconciler.model.property import Manage
from reconciler.model.state import Availability, Counts, Provenance
from tests.engine.world import acked, at, changes, price, read, states, units, unknown
from tests.kinds.hotels import over
from tests.model.strategies import assert_normal, calendars, naive

ROW = at("database/rate_plan/expedia/double/BAR")
RATES = at("expedia/rates/double/BAR")


# --- documents


def test_a_document_is_compared_on_the_keys_that_git_names_at_every_depth() -> None:
    wanted: Any = {"name": "BAR", "configuration": {"plan_type": "bar"}}
    there: Any = {"name": "BAR", "status": "ok", "configuration": {"plan_type": "bar", "theirs": {"deep": 1}}}
    assert compare(ROW, wanted, read(there), exact=False) is None
    there["configuration"] = {"plan_type": "old", "theirs": 1}
    found = compare(ROW, wanted, read(there), exact=False)
    assert found is not None
    assert found.before == {"name": "BAR", "configuration": {"plan_type": "old"}}
    assert (found.after, found.action) == (wanted, Action.UPDATE)


def test_what_is_not_there_is_made() -> None:
    found = compare(ROW, {"name": "BAR"}, None, exact=False)
    assert found is not None
    assert (found.action, found.before) == (Action.CREATE, None)


def test_a_field_that_is_not_there_differs_from_one_that_is_empty() -> None:
    found = compare(ROW, {"meal_plan": None}, read({}), exact=False)
    assert found is not None
    assert found.before == {}


@pytest.mark.parametrize("there", [{"name": "A"}, {"name": {"x": 1}}, {"name": None}, {"name": ["A"]}])
def test_a_field_of_another_shape_differs(there: Any) -> None:
    wanted: Any = {"name": {"text": "A"}}
    found = compare(ROW, wanted, read(there), exact=False)
    assert found is not None
    assert found.after == wanted


_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
_objects = st.dictionaries(st.sampled_from("abc"), _json, max_size=3)


@given(_objects, _objects)
def test_a_projection_has_no_key_that_git_lacks_and_projecting_again_changes_nothing(there: Any, wanted: Any) -> None:
    kept = project(there, wanted)
    assert set(kept) == set(there) & set(wanted)
    assert project(kept, wanted) == kept
    assert project(wanted, wanted) == wanted


# --- calendars


@given(calendars(st.integers(0, 2).map(Availability)), calendars(st.integers(0, 2).map(Availability)), st.booleans())
def test_exactly_the_nights_that_differ_are_in_a_change(
    wanted: Calendar[Any], there: Calendar[Any], exact: bool
) -> None:
    found = compare(RATES, wanted, read(there), exact=exact)
    w, t = naive(wanted), naive(there)
    touched = {night for night in {*w, *t} if w.get(night) != t.get(night) and (exact or night in w)}
    before = naive(found.before) if found is not None and isinstance(found.before, Calendar) else {}
    after = naive(found.after) if found is not None and isinstance(found.after, Calendar) else {}
    assert (found is None) == (not touched)
    assert before == {night: t[night] for night in touched if night in t}
    assert after == {night: w[night] for night in touched if night in w}
    for side in (found.before, found.after) if found else ():
        if isinstance(side, Calendar):
            assert_normal(side)


def test_nights_that_git_has_no_price_for_are_emptied_only_where_nothing_else_may_be() -> None:
    assert compare(RATES, price("90.00", 0, 5), read(price("90.00")), exact=False) is None
    found = compare(RATES, price("90.00", 0, 5), read(price("90.00")), exact=True)
    assert found is not None
    assert (found.before, found.after, found.action) == (price("90.00", 5, 10), None, Action.UPDATE)


def test_nothing_wanted_and_nothing_there_is_no_change() -> None:
    assert compare(RATES, Calendar(), None, exact=True) is None
    assert compare(RATES, Calendar(), unknown(), exact=True) is None


# --- how it is known


def test_read_back_and_empty_is_to_be_made() -> None:
    found = compare(RATES, price("90.00"), read(Calendar()), exact=False)
    assert found is not None
    assert (found.action, found.provenance, found.unknown) == (Action.CREATE, Provenance.READ_BACK, 0)


def test_acknowledged_values_stand_and_what_they_lack_is_unknown() -> None:
    found = compare(RATES, price("90.00"), acked(price("80.00", 0, 4)), exact=False)
    assert found is not None
    assert (found.provenance, found.unknown, found.before) == (Provenance.ACKNOWLEDGED, 6, price("80.00", 0, 4))
    assert compare(RATES, price("90.00"), acked(price("90.00")), exact=False) is None


def test_a_first_send_is_unknown_on_every_night_and_creates_nothing() -> None:
    for seen in (unknown(), acked(price("90.00", 0, 4))):
        found = compare(RATES, price("90.00"), seen, exact=False)
        assert found is not None
        assert (found.action, found.provenance, found.before) == (Action.UPDATE, Provenance.UNKNOWN, None)
        assert found.unknown == (10 if seen == unknown() else 6)


def test_counts_of_the_nights_that_change_come_along() -> None:
    found = compare(
        at("expedia/availability/double"), units(5), read(units(5, 0, 7).overlay(units(9, 7)), over(Counts(3, 2))),
        exact=False,
    )  # fmt: skip
    assert found is not None
    assert found.counts == over(Counts(3, 2), 7, 10)


# --- ownership


def test_what_git_does_not_own_is_not_touched() -> None:
    assert not changes({RATES: price("90.00"), ROW: {"name": "A"}}, {}, Manage.NO)


def test_create_only_makes_what_is_missing_and_leaves_the_rest() -> None:
    desired: Any = {RATES: price("90.00"), ROW: {"name": "A"}}
    assert len(changes(desired, {}, Manage.CREATE_ONLY)) == 2
    assert len(changes(desired, {RATES: read(Calendar()), ROW: read({})}, Manage.CREATE_ONLY)) == 2
    assert not changes(desired, {RATES: read(price("1.00", 0, 1)), ROW: read({"name": "B"})}, Manage.CREATE_ONLY)


def test_what_exists_and_is_not_in_git_is_left_alone() -> None:
    assert not changes({}, {RATES: read(price("90.00")), ROW: read({"name": "A"})}, exact=True)


@given(states(), st.randoms(use_true_random=False))
def test_the_changes_do_not_depend_on_any_order(state: Any, luck: random.Random) -> None:
    desired, observed, _ = state
    mixed = list(desired.items())
    luck.shuffle(mixed)
    found = changes(dict(mixed), dict(reversed(list(observed.items()))))
    assert found == changes(desired, observed)
    assert [one.address for one in found] == sorted(one.address for one in found)


@given(states(), st.booleans())
def test_what_is_as_wanted_gives_an_empty_comparison(state: Any, exact: bool) -> None:
    desired, _, _ = state
    assert not changes(desired, {address: read(value) for address, value in desired.items()}, exact=exact)
