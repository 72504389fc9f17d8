"""What drift says, and that its file keeps all of it."""

from __future__ import annotations

import json as standard_json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ReconcilerError
from reconciler.model.drift import Difference, DriftReport, Mover
from reconciler.model.state import Counts, Coverage, Provenance
from reconciler.report import drift, drift_file, json, terminal

from . import samples
from .samples import address, nights, price


def test_the_verdict_stands_on_the_first_line_and_says_where() -> None:
    two = tuple(d for d in samples.drift().differences if d.mover is Mover.THERE)
    found = drift.build(replace(samples.drift(), differences=two, never_sent=()))
    assert found.verdict == "1 difference at Expedia, 1 in the database: all changed out there."
    assert terminal.render(found).splitlines()[0] == f"Drift in production: {found.verdict}"


def test_without_a_difference_there_is_no_drift() -> None:
    found = drift.build(replace(samples.drift(), differences=()))
    assert found.verdict.startswith("No drift. 1 address never sent")


def test_a_difference_shows_all_three_values_and_who_moved() -> None:
    text = terminal.render(drift.build(samples.drift()))
    assert "~ expedia/rates/double/BAR      changed out there" in text
    assert "7–13 Jun   7 nights   git 185.00   last applied 185.00   out there 170.00" in text
    assert "is_active   git true   last applied true   out there false" in text


def test_an_acknowledged_value_is_not_said_to_be_out_there() -> None:
    text = terminal.render(drift.build(samples.drift()))
    assert "git min stay 3   last applied no restriction   acknowledged no restriction" in text


def test_what_was_never_applied_says_so() -> None:
    text = terminal.render(drift.build(samples.drift()))
    assert "- database/mapping/expedia/suite      never applied\n        not there; git wants" in text


def test_the_file_holds_the_whole_report() -> None:
    assert drift_file.loads(json.render(drift.build(samples.drift()))) == samples.drift()


_names = st.text(max_size=8)
_prices = st.decimals(1, 9999, places=2).map(lambda amount: price(str(amount)))
_calendars = st.none() | _prices.map(lambda value: nights("2027-06-07", "2027-06-14", value))
_differences = st.builds(
    Difference,
    st.just(address("expedia/rates/double/BAR")),
    st.sampled_from(Mover),
    _calendars,
    _calendars,
    _calendars,
    st.sampled_from(Provenance),
    st.just(nights("2027-06-07", "2027-06-09", Counts(3, 1))),
)
_coverages = st.builds(Coverage, *[st.integers(0, 99)] * 4, st.tuples(_names), st.tuples())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_differences, max_size=3).map(tuple),
    st.dictionaries(st.tuples(_names, _names), _coverages, max_size=2),
)
def test_any_report_survives_its_file(
    differences: tuple[Difference, ...], coverage: dict[tuple[str, str], Coverage]
) -> None:
    report = replace(samples.drift(), differences=differences, coverage=coverage)
    assert drift_file.loads(json.render(drift.build(report))) == report


def _broken(**changes: object) -> str:
    return standard_json.dumps({**drift_file.to_json(samples.drift()), **changes})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "[" * 100_000,
        _broken(format_version=2),
        _broken(as_of="soon"),
        _broken(as_of="2026-11-24T09:00:00"),
        _broken(differences=[{"address": "a"}]),
        _broken(findings=[{"code": ["a"], "severity": "error", "message": "b"}]),
        _broken(properties="abc"),
    ],
    ids=["empty", "list", "nothing", "deep", "version", "moment", "no zone", "difference", "finding", "properties"],
)
def test_anything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ReconcilerError):
        drift_file.loads(text)


def test_unknown_properties_of_a_known_version_are_ignored() -> None:
    finding = {"code": "a", "severity": "info", "message": "b", "later": "more"}
    assert isinstance(drift_file.loads(_broken(later="more", findings=[finding])), DriftReport)
