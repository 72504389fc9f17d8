"""Addresses spell themselves, and globs cover what they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.address import Address, matches, parse

segments = st.text(
    st.characters(codec="ascii", categories=("L", "N"), include_characters="._-"), min_size=1, max_size=8
)
addresses = st.builds(Address, segments, segments, segments, st.lists(segments, min_size=1, max_size=3).map(tuple))


@given(addresses)
def test_what_an_address_writes_is_read_again(address: Address) -> None:
    assert parse(str(address)) == address
    assert str(address) == f"{address.property}/{address.within_property()}"


@pytest.mark.parametrize("text", ["", "a", "a/b/c", "a/b/c/", "/b/c/d", "a//c/d", "a/b/c/d/", "////"])
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        parse(text)


@given(addresses)
def test_an_address_is_covered_by_itself_and_by_everything(address: Address) -> None:
    assert matches(str(address), str(address))
    assert matches("**", str(address))
    assert matches(f"{address.property}/**", str(address))
    assert matches(f"**/{address.key[-1]}", str(address))
    assert not matches("*", str(address))


@pytest.mark.parametrize(
    ("glob", "text", "covered"),
    [
        ("*/database/**", "lisbon/database/rates/expedia/double/BAR", True),
        ("*/database/**", "lisbon/expedia/rates/double/BAR", False),
        ("*/*/rates/**", "lisbon/expedia/rates/double/BAR", True),
        ("lisbon/*", "lisbon/expedia/rates/double/BAR", False),
        ("**/rates/**", "lisbon/booking.com/rates/double/BAR", True),
        ("**/double/*", "lisbon/booking.com/rates/double/BAR", True),
        ("lisbon-*/**", "lisbon-baixa/expedia/rates/double/BAR", True),
        ("lisbon-*/**", "porto/expedia/rates/double/BAR", False),
        ("lisb?n/**", "lisbon/expedia/rates/d/B", True),
        ("lisb?n/**", "lisb/n/expedia/rates/d/B", False),
        ("*/booking.com/**", "lisbon/bookingxcom/rates/d/B", False),
        ("*/[ab]/**", "x/a/rates/d", False),
        ("_test/**", "_test/lonely", True),
        ("**", "lisbon", True),
    ],
)
def test_a_star_stays_within_a_segment_and_two_cross_them(glob: str, text: str, covered: bool) -> None:
    assert matches(glob, text) is covered


@given(segments, st.text(max_size=12))
def test_a_glob_of_anything_never_fails(text: str, glob: str) -> None:
    assert matches(glob, text) in (True, False)


def test_addresses_sort_by_their_parts() -> None:
    texts = ["b/a/a/a", "a/b/a/a", "a/a/b/a", "a/a/a/b", "a/a/a/a/z"]
    assert [str(address) for address in sorted(map(parse, texts))] == [
        "a/a/a/a/z", "a/a/a/b", "a/a/b/a", "a/b/a/a", "b/a/a/a"
    ]  # fmt: skip
