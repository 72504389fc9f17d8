"""The canonical layout and edits: meaning and comments survive, whatever was written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import UsageError
from reconciler.load import editing, layout
from reconciler.load.parse import parse
from reconciler.load.render import render
from tests.load.commented import comments, documents

NAME = "properties/iberia/lisbon.yaml"


def formatted(text: str) -> str:
    return render(layout.read(text), NAME)


def data(text: str) -> Any:
    found, problems = parse(text)
    assert problems == [], (text, problems)
    return found


@settings(max_examples=250, deadline=None)
@given(documents())
def test_the_layout_keeps_meaning_and_comments_and_is_its_own_layout(text: str) -> None:
    once = formatted(text)
    assert formatted(once) == once
    assert data(once) == data(text)
    assert comments(once) == comments(text)


PATHS = st.lists(
    st.sampled_from(["rooms", "rate_plans", "BAR", "double", "default", "overrides", "new"]), min_size=1, max_size=4
)
VALUES = st.sampled_from(
    [Decimal("99.00"), 3, True, "30011", "Sea View", "a: b", "#", "yes", {"min_stay": 2}, ["fri"], {}, "-15%"]
)


@settings(max_examples=250, deadline=None)
@given(documents(), PATHS, VALUES)
def test_an_edit_changes_its_own_place_and_keeps_every_other_comment(text: str, path: list[str], value: Any) -> None:
    edited = layout.read(text)
    was = editing.get(edited, path)
    hidden = comments("\n".join(_told(was))) if was is not None else []
    try:
        editing.put(edited, path, value)
    except UsageError:
        return
    after = render(edited, NAME)
    assert formatted(after) == after
    assert set(comments(text)) - set(comments(after)) <= set(hidden)
    expected = data(text)
    assert _at(data(after), path) == value
    assert {k: v for k, v in data(after).items() if k != path[0]} == {k: v for k, v in expected.items() if k != path[0]}


@settings(max_examples=150, deadline=None)
@given(documents(), PATHS)
def test_what_is_taken_away_is_gone_and_the_comments_above_it_stay(text: str, path: list[str]) -> None:
    edited = layout.read(text)
    was = editing.get(edited, path)
    taken = editing.take(edited, path)
    assert taken == (was is not None)
    after = render(edited, NAME)
    assert editing.get(layout.read(after), path) is None
    beside = comments(text)
    inside = comments("\n".join(_told(was))) if was is not None else []
    lost = set(beside) - set(comments(after)) - set(inside)
    assert len(lost) <= 1  # what stood beside it on its own line


def _told(part: layout.Part) -> list[str]:
    """Every comment inside a value."""
    if isinstance(part, layout.Leaf):
        return []
    inner = [line for entry in part.entries for line in (*entry.above, entry.beside, *_told(entry.value))]
    return [*inner, *part.tail]


def _at(found: Any, path: list[str]) -> Any:
    for key in path:
        found = found[key]
    return found


@given(
    st.text(max_size=30)
    | st.integers(-999, 999)
    | st.booleans()
    | st.none()
    | st.decimals("-999.99", "999.99", places=2)
)
def test_a_value_is_spelled_so_that_it_is_read_as_itself(value: Any) -> None:
    found, problems = parse(f"kind: {editing.spelled(value)}\n")
    if not problems:
        assert found == {"kind": value}
    assert not problems or any(0xD800 <= ord(character) <= 0xDFFF for character in str(value))


@pytest.mark.parametrize(
    ("before", "keys", "value", "after"),
    [
        (
            "rate_plans: {BAR: {rates: {double: 120.00}}}",
            ["rate_plans", "BAR", "rates", "double", "overrides", "fair"],
            {"nights": "2027-05-10..2027-05-13", "set": Decimal("189.00")},
            {
                "default": Decimal("120.00"),
                "overrides": {"fair": {"nights": "2027-05-10..2027-05-13", "set": Decimal("189.00")}},
            },
        ),
        (
            "rate_plans: {BAR: {restrictions: {min_stay: 2}}}",
            ["rate_plans", "BAR", "restrictions", "overrides", "eve"],
            {"nights": "2027-12-31", "set": {"closed": True}},
            {"default": {"min_stay": 2}, "overrides": {"eve": {"nights": "2027-12-31", "set": {"closed": True}}}},
        ),
        (
            "rate_plans: {BAR: {restrictions: {min_stay: 2}}}",
            ["rate_plans", "BAR", "restrictions", "max_stay"],
            9,
            {"min_stay": 2, "max_stay": 9},
        ),
        ("rooms:\n  double:\n    units: 20 # all\n", ["rooms", "double", "units", "default"], 19, {"default": 19}),
    ],
)
def test_a_short_form_is_written_out_where_more_is_to_be_said(
    before: str, keys: list[str], value: Any, after: Any
) -> None:
    edited = layout.read(before)
    editing.put(edited, keys, value)
    depth = 4 if "rates" in keys else 3
    assert _at(data(render(edited, NAME)), keys[:depth]) == after


def test_nothing_is_put_below_a_value() -> None:
    with pytest.raises(UsageError, match="name"):
        editing.put(layout.read("name: Lisbon"), ["name", "first"], "x")


def test_the_layout_as_people_see_it() -> None:
    text = """# Our best house.

kind: Property
rate_plans:
    BAR: {type: bar,   rates: {double: 120.00}, # the price of all prices
    }
    # Only for long stays.
    LONG: {type: 'long_stay', derive: {from: BAR}}
name:   'Lisbon Baixa'     # as guests know it
rooms: {double: {id: "x", units: 20}}
# The end.
"""
    assert (
        formatted(text)
        == """# yaml-language-server: $schema=../../schemas/property.json
# Our best house.

kind: Property
name: "Lisbon Baixa"  # as guests know it
rooms: {double: {id: "x", units: 20}}

rate_plans:
  BAR:
    type: bar
    rates: {double: 120.00}  # the price of all prices
  # Only for long stays.
  LONG: {type: "long_stay", derive: {from: BAR}}
# The end.
"""
    )


def test_a_property_below_defaults_goes_on_pointing_at_the_schema_for_that() -> None:
    line = "# yaml-language-server: $schema=../schemas/inheriting.json\n"
    assert formatted(line + "kind: Property\nname: Lisbon\n").startswith(
        "# yaml-language-server: $schema=../../schemas/inheriting.json\n"
    )
    assert formatted(line + "kind: Defaults\n").startswith(
        "# yaml-language-server: $schema=../../schemas/defaults.json\n"
    )


@settings(max_examples=200, deadline=None)
@given(documents())
def test_an_override_that_is_added_as_adopt_does_it_keeps_every_comment(text: str) -> None:
    edited = layout.read(text)
    keys = ["rate_plans", "BAR", "rates", "double", "overrides", "adopted-2031-01-13"]
    try:
        editing.put(edited, keys, {"nights": "2031-01-23..2031-01-24", "set": Decimal("131.00")})
    except UsageError:
        return
    after = render(edited, NAME)
    assert comments(after) == comments(text)
    assert _at(data(after), keys)["set"] == Decimal("131.00")
