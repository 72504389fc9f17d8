"""The page says what the report says, runs nothing but its own script, loads nothing, and stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from reconciler.model.calendar import Calendar
from reconciler.model.drift import Difference
from reconciler.model.state import Price, Provenance
from reconciler.report import drift, html, lanes, plan
from reconciler.report.contract import Report, Section
from tests.browser.plans import group, large

from . import samples
from .pages import Page
from .test_golden import REPORTS
from .test_hostile_text import NASTY, reports, texts

_TAGS = set(
    "html head meta title style body a header main footer section details summary form label input select option button "
    "div span p h1 h2 h3 ul li dl dt dd code pre table thead tbody tr th td script".split()
)
_ATTRIBUTES = set(
    "lang charset http-equiv content name class href id tabindex data-before data-after data-f data-section data-flagged role hidden "
    "aria-label aria-labelledby for type autocomplete spellcheck value open scope".split()
)
BREAKS_OUT = (
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "]]><!--",
    "\u2028alert(1)\u2029",
)


def _plan(plan_: object = None) -> Report:
    return plan.build(samples.plan(), digest=samples.DIGEST)


def _reports() -> dict[str, Callable[[], Report]]:
    return REPORTS | {"group": lambda: plan.build(group(), digest=samples.DIGEST)}


@pytest.mark.parametrize("name", _reports())
def test_every_report_has_a_page_with_its_verdict_sections_and_findings(name: str) -> None:
    report = _reports()[name]()
    page = Page(html.render(report))
    assert [text for _, text in page.all("h1")] == [report.verdict]
    assert [text for _, text in page.all("h2")][1 if report.findings else 0 :] == [
        section.heading for section in report.sections if section.heading
    ]
    for section in report.sections:
        for text in (section.summary, *section.warnings, *section.notices):
            assert text in page.words
        for cell in (cell for row in (section.table.rows if section.table else ()) for cell in row):
            assert cell in page.words
    for finding in report.findings:
        assert finding.message in page.words
        assert finding.hint in page.words
    for _, value in report.facts:
        assert value in page.words


@pytest.mark.parametrize("name", _reports())
def test_a_page_is_whole_in_itself_and_the_same_for_the_same_report(name: str) -> None:
    text = html.render(_reports()[name]())
    assert text == html.render(_reports()[name]())
    page = Page(text)
    assert page.path == []
    assert {attributes["href"] for attributes, _ in page.all("a")} == {"#main"}
    for tag, attributes, _ in page.elements:
        assert tag in _TAGS
        assert set(attributes) <= _ATTRIBUTES, tag
    for loading in (r"url\(", r"@import", r"\bimport\(", r"\bfetch\(", r"XMLHttpRequest", r"innerHTML", r"eval\("):
        assert not re.search(loading, text), loading


def test_the_policy_lets_exactly_the_pages_own_style_and_script_run() -> None:
    page = Page(html.render(_plan()))
    policy = next(a["content"] for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    (style,) = [text for _, text in page.all("style")]
    (script,) = [text for attributes, text in page.all("script") if "type" not in attributes]
    assert policy.split("; ")[:3] == [
        "default-src 'none'",
        f"style-src {_digest(style)}",
        f"script-src {_digest(script)}",
    ]
    assert "unsafe" not in policy


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@settings(max_examples=25, deadline=None)
@given(texts)
def test_whatever_a_text_says_it_is_text(text: str) -> None:
    for report in reports(text):
        _check(report)


@pytest.mark.parametrize("text", (*NASTY, *BREAKS_OUT), ids=ascii)
def test_no_known_trick_gets_out_of_its_place(text: str) -> None:
    for report in reports(text):
        _check(report)
    _check(_with_nights(text))


def _with_nights(text: str) -> Report:
    """A drift whose calendars stand at a property, a room and a plan of this name."""
    week = samples.nights("2027-06-07", "2027-06-14", Price(samples.price("1.00").amount))
    at = samples.address("expedia/rates/double/BAR")._replace(property=text or "x", key=(text, text))
    there = Difference(at, next(iter(samples.drift().differences)).mover, week, week, Calendar(), Provenance.READ_BACK)
    return drift.build(replace(samples.drift(), differences=(there,), environment=text))


def _check(report: Report) -> None:
    text = html.render(report)
    for char in set(text) - {"\n"}:
        assert char.isprintable(), ascii(char)
    page = Page(text)
    assert page.path == []
    for tag, attributes, _ in page.elements:
        assert tag in _TAGS
        assert set(attributes) <= _ATTRIBUTES, tag
    assert len(page.all("style")) == 1
    scripts = page.all("script")
    assert [text for attributes, text in scripts if "type" not in attributes] == [html._packaged("page.js")]
    for attributes, data in scripts:
        if "type" in attributes:
            assert not set(data) & set("<>&\u2028\u2029")
            json.loads(data)


def test_calendars_say_every_night_of_the_plan() -> None:
    report = _plan()
    page = Page(html.render(report))
    number = next(i for i, section in enumerate(report.sections) if section.heading == samples.HOTEL)
    nights = page.nights(number)
    by_place = {key[:4]: value for key, value in nights.items()}
    weekend = by_place[("double", "booking.com", "BAR", "rates")]
    assert weekend[date(2027, 6, 18)] == ("165.00", "185.00")
    assert len(weekend) == 25
    assert {night.weekday() for night in weekend} == {4, 5}
    units = by_place[("double", "expedia", "", "availability")]
    assert units[date(2027, 11, 8)] == ("allotment 14", "allotment 10 (left 12 → 8, sold 2)")
    assert len(units) == 4
    shares = by_place[("double", "", "", "allocation")]
    assert shares[date(2027, 11, 11)] == ("direct 10, expedia 14", "direct 14, expedia 10")
    first = by_place[("suite", "booking.com", "BAR", "rates")]
    assert first[date(2027, 5, 1)] == ("?", "289.00 (first send)")
    assert len(first) == 500
    horizon = by_place[("", "", "horizon: new nights at 2 addresses", "")]
    assert horizon == {
        date(2028, 9, 10): ("beyond the horizon", "new night"),
        date(2028, 9, 11): ("beyond the horizon", "new night"),
    }


def test_entries_brought_together_keep_their_own_calendars_and_sources() -> None:
    report = _plan()
    (alike,) = [entry for section in report.sections for entry in section.entries if entry.alike]
    assert alike.name == "database/rates/booking.com/double/BAR"
    assert alike.calendar is not None
    assert sum((stretch.until - stretch.start).days for stretch in alike.calendar()) == 25
    section = report.sections[1]
    entries = tuple(replace(entry, source=f"files.yaml:{i}") for i, entry in enumerate(section.entries))
    page = Page(html.render(replace(report, sections=(replace(section, entries=entries),))))
    assert [text for _, text in page.all("span", "source")] == [f"files.yaml:{i}" for i in range(len(entries))]


def test_one_address_and_its_row_in_the_database_share_a_calendar() -> None:
    data = Page(html.render(_plan())).data
    (lane,) = [lane for lane in data["sections"][1] if len(lane[5]) == 2]
    assert [data["words"][word] for word in lane[6]] == ["booking.com", "database"]


def test_drift_shows_git_beside_what_is_out_there() -> None:
    page = Page(html.render(drift.build(samples.drift())))
    (main,) = page.all("main")
    assert (main[0]["data-before"], main[0]["data-after"]) == ("git", "out there")
    by_place = {key[:4]: value for key, value in page.nights(0).items()}
    assert by_place[("double", "expedia", "BAR", "rates")][date(2027, 6, 7)] == (
        "git 185.00, last applied 185.00",
        "out there 170.00",
    )
    assert by_place[("double", "expedia", "", "availability")][date(2027, 6, 13)] == (
        "git allotment 10, last applied allotment 12",
        "out there allotment 14, closed (left 12, sold 2)",
    )
    assert {attributes["data-f"] for attributes, _ in page.all("div", "at")} == {
        "booking.com|restrictions|differs",
        "database|mapping|differs",
        "database|mapping|not there",
        "expedia|availability|differs",
        "expedia|rates|differs",
    }


def test_properties_with_findings_or_warnings_are_marked() -> None:
    page = Page(html.render(_plan()))
    marked = [("data-flagged" in attributes) for attributes, _ in page.all("details", "property")]
    assert marked == [True, True]
    assert [text for _, text in page.all("span", "error")][-1] != ""
    assert ("1 error, 1 warning") in [text for _, text in page.all("span", "badge")]


def test_a_report_without_entries_has_no_filters_and_no_calendars() -> None:
    for name in ("status", "providers", "findings", "plan_without_changes"):
        page = Page(html.render(REPORTS[name]()))
        assert page.all("form") == []
        assert [attributes for attributes, _ in page.all("script") if "type" in attributes] == []


def test_two_hundred_properties_of_five_hundred_nights_stay_below_ten_megabytes() -> None:
    """A fifth of them, below a fifth of it."""
    text = html.render(plan.build(large(40), digest=samples.DIGEST))
    assert len(text.encode()) < 2_000_000


def test_calendars_that_would_be_too_large_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LARGEST", 20_000)
    report = plan.build(large(10, nights=50), digest=samples.DIGEST)
    page = Page(html.render(report))
    drawn = sum(1 for section in page.data["sections"] if section)
    assert 0 < drawn < 10
    left_out = 10 - drawn
    said = f"The calendars of {left_out} {'property' if left_out == 1 else 'properties'} are left out here"
    assert said in page.words
    assert len(page.all("div", "calendars")) == drawn


def test_a_calendar_over_centuries_is_left_out() -> None:
    ages = samples.nights("2000-01-01", "2199-01-01", Price(samples.price("1.00").amount))
    report = plan.build(samples.plan((samples.operation("expedia/rates/double/BAR", None, ages),)))
    page = Page(html.render(report))
    assert "The calendars of 1 property are left out here" in page.words
    assert page.all("div", "calendars") == []


def test_weeks_that_are_equal_are_written_once() -> None:
    nights = samples.weekend("100.00", "120.00")
    operation = samples.operation("expedia/rates/double/BAR", None, nights)
    data = Page(html.render(plan.build(samples.plan((operation,)), digest=samples.DIGEST))).data
    (calendar,) = data["calendars"]
    assert len(calendar) == 1 + 2 * 3
    assert len(data["weeks"]) == 3


def test_a_section_that_ends_before_a_week_does_is_filled_up() -> None:
    calendars = lanes.Calendars()
    night = samples.nights("2027-05-05", "2027-05-06", Price(samples.price("1.00").amount))
    report = plan.build(samples.plan((samples.operation("expedia/rates/double/BAR", None, night),)))
    assert calendars.add(report.sections[0])
    assert not calendars.add(Section("empty"))
    data = json.loads(calendars.json())
    assert data["weeks"] == [[0, 0, 1, 0, 0, 0, 0]]
    assert date(1970, 1, 5) + timedelta(weeks=data["calendars"][0][0]) == date(2027, 5, 3)
    assert data["sections"][1] == []
