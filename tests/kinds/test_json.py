"""Every kind's values are written and read again exactly, and nothing else is taken for one."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.model.state import Allotments, Availability, Json, Price, Restrictions
from tests.model.strategies import calendars

counts = st.integers(0, 500)
money = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)
prices = st.builds(
    Price,
    money,
    st.dictionaries(st.integers(1, 12), money, max_size=3).map(lambda found: tuple(sorted(found.items()))),
)
allotments = st.builds(
    Allotments,
    counts,
    st.tuples(counts, counts, counts).map(lambda n: tuple(zip(("direct", "booking.com", "expedia"), n, strict=True))),
    counts,
)
stays, days = st.none() | st.integers(1, 60), st.none() | st.integers(0, 500)
restrictions = st.builds(
    Restrictions,
    st.integers(1, 30), stays, st.integers(1, 30), stays, st.booleans(), st.booleans(), st.booleans(), days, days,
)  # fmt: skip
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "rates": prices,
    "allocation": allotments,
    "availability": st.builds(Availability, counts, st.booleans()),
    "restrictions": restrictions,
}
leaves = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4) | st.floats(allow_nan=True)
anything: st.SearchStrategy[Any] = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
documents = st.dictionaries(st.text(max_size=6), st.none() | st.booleans() | st.integers() | st.text(max_size=5))


@pytest.mark.parametrize("name", VALUES)
@given(data=st.data())
def test_a_calendar_is_read_as_it_was_written(name: str, data: st.DataObject) -> None:
    calendar = data.draw(calendars(VALUES[name]))
    written = KINDS[name].to_json(calendar)
    assert KINDS[name].from_json(json.loads(json.dumps(written))) == calendar
    assert KINDS[name].to_json(KINDS[name].from_json(written)) == written


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.dated])
@given(document=documents)
def test_a_document_is_read_as_it_was_written(name: str, document: dict[str, Json]) -> None:
    assert KINDS[name].from_json(json.loads(json.dumps(KINDS[name].to_json(document)))) == document


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_nothing_is_written_and_read_as_nothing(kind: Any) -> None:
    assert kind.to_json(None) is None
    assert kind.from_json(None) is None


def _run(value: Json, start: Json = "2027-01-01", until: Json = "2027-01-05") -> Json:
    return {"from": start, "until": until, "value": value}


GOOD: dict[str, Any] = {
    "rates": {"price": "120.00"},
    "allocation": {"units": 5, "direct": 5, "overbooking": 0},
    "availability": {"allotment": 5, "closed": False},
    "restrictions": {"min_stay": 2},
}


@pytest.mark.parametrize("name", VALUES)
@given(data=st.data())
def test_hostile_json_is_refused_as_such(name: str, data: st.DataObject) -> None:
    keys = [*GOOD[name], "guests", "max_stay", "closed"]
    near = st.dictionaries(st.sampled_from(keys), anything | st.sampled_from(["NaN", "1e9", "x", "1_0", "-1"]))
    hostile = data.draw(anything | near | near.map(_run) | st.lists(near.map(_run), max_size=2))
    for shape in (hostile, [hostile], [_run(hostile)], [_run(GOOD[name], start=hostile)]):
        try:
            read = KINDS[name].from_json(shape)
        except (ValueError, TypeError, KeyError):
            continue
        assert KINDS[name].from_json(KINDS[name].to_json(read)) == read


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize(
    "shape",
    [
        {},
        "runs",
        7,
        ["run"],
        [_run(None)],
        [_run("text")],
        [_run(["price"])],
        [_run(7)],
        [_run(True)],
        [{"from": "2027-01-01", "until": "2027-01-05"}],
    ],
    ids=str,
)
def test_what_is_not_a_list_of_runs_with_values_is_refused(name: str, shape: Json) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        KINDS[name].from_json(shape)


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2027-01-05", "2027-01-05"),
        ("2027-01-05", "2027-01-01"),
        ("2027-02-29", "2027-03-05"),
        ("20270101", "20270105"),
        ("2027-W01-1", "2027-W02-1"),
        (20270101, "2027-01-05"),
        ("2027-01-01T00:00", "2027-01-05"),
    ],
)
def test_a_run_has_nights_spelled_one_way(name: str, start: Json, until: Json) -> None:
    with pytest.raises((ValueError, TypeError)):
        KINDS[name].from_json([_run(GOOD[name], start, until)])


@pytest.mark.parametrize("name", VALUES)
def test_two_runs_on_one_night_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="claim"):
        KINDS[name].from_json([_run(GOOD[name]), _run(GOOD[name], "2027-01-04", "2027-01-09")])


@pytest.mark.parametrize(
    "price",
    [120, 120.5, None, True, "", "NaN", "sNaN", "Infinity", "-Infinity", "1e5", "1E+2", "1_000", " 1", "x", "٣", "1."],
)
def test_a_price_is_digits_and_decimals_and_nothing_else(price: Json) -> None:
    values: list[Json] = [{"price": price}, {"price": "1.00", "guests": {"1": price}}]
    for value in values:
        with pytest.raises((ValueError, TypeError)):
            KINDS["rates"].from_json([_run(value)])


@pytest.mark.parametrize(
    "guests", [["1"], "1", {"x": "1.00"}, {" 1": "1.00"}, {"01": "1.00", "1": "2.00"}, {"1_0": "1"}]
)
def test_numbers_of_guests_are_plain_numbers(guests: Json) -> None:
    with pytest.raises((ValueError, TypeError)):
        KINDS["rates"].from_json([_run({"price": "1.00", "guests": guests})])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allocation", {"units": 5.0, "direct": 5, "overbooking": 0}),
        ("allocation", {"units": True, "direct": 5, "overbooking": 0}),
        ("allocation", {"units": "5", "direct": 5, "overbooking": 0}),
        ("allocation", {"direct": 5, "overbooking": 0}),
        ("availability", {"allotment": 5.0, "closed": False}),
        ("availability", {"allotment": True, "closed": False}),
        ("availability", {"allotment": 5, "closed": 0}),
        ("availability", {"allotment": 5}),
        ("restrictions", {"min_stay": True}),
        ("restrictions", {"min_stay": "2"}),
        ("restrictions", {"closed": 1}),
        ("restrictions", {"min_nights": 2}),
        ("restrictions", {"max_stay": 2.0}),
    ],
)
def test_counts_are_whole_numbers_and_flags_are_flags(name: str, value: Any) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        KINDS[name].from_json([_run(value)])


def test_a_price_is_written_with_its_decimals_and_never_with_an_exponent() -> None:
    from tests.kinds.hotels import over

    written = KINDS["rates"].to_json(over(Price(Decimal("1E+2"), ((1, Decimal("90.00")),)), 0, 1))
    assert written == [
        {"from": "2027-03-01", "until": "2027-03-02", "value": {"price": "100", "guests": {"1": "90.00"}}}
    ]


def test_restrictions_write_what_is_set_and_no_defaults() -> None:
    from tests.kinds.hotels import over

    written: Any = KINDS["restrictions"].to_json(over(Restrictions(min_stay=3, closed_to_arrival=True)))
    assert written[0]["value"] == {"min_stay": 3, "closed_to_arrival": True}
