"""What a plan says, in the words that people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from reconciler.engine import plan_file
from reconciler.model.calendar import from_nights
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Label, Operation, Scope
from reconciler.model.state import Availability, Counts, Json, Provenance, Restrictions
from reconciler.report import plan, terminal
from reconciler.report.values import percent

from . import samples
from .samples import nights, operation, price


def _text(*operations: Operation) -> str:
    return terminal.render(plan.build(samples.plan(operations), digest=samples.DIGEST))


def _lines(*operations: Operation) -> list[str]:
    return [line.strip() for line in _text(*operations).splitlines()]


def test_a_plan_with_nothing_to_do_closes_with_no_changes() -> None:
    assert _lines()[-1] == "No changes."


def test_the_closing_line_counts_addresses_and_messages() -> None:
    expected = "Plan: 3 to create, 7 to update, 1 to delete; 1 to send for the first time; 5 messages to send."
    assert terminal.render(plan.build(samples.plan())).splitlines()[-1] == f"{expected} Nothing has been changed."


def test_the_first_lines_name_environment_and_digest() -> None:
    whole = samples.plan()
    first, second, *_ = terminal.render(plan.build(whole)).splitlines()
    assert first == "Plan for production"
    assert second.endswith(f"digest {plan_file.digest(whole)}")


def test_a_partial_plan_says_so_before_anything_else() -> None:
    scope = Scope(properties=("lisbon-*",), window=30)
    lines = terminal.render(plan.build(samples.plan((), scope))).splitlines()
    assert lines[2] == "This plan is partial. It looks at: properties lisbon-*; the next 30 nights."


def test_a_suspended_property_stands_first() -> None:
    sections = plan.build(samples.plan(), digest=samples.DIGEST).sections
    assert [section.heading for section in sections] == ["porto-ribeira", "lisbon-baixa"]
    assert "extranet under repair" in sections[0].warnings[0]


def test_findings_stand_errors_first() -> None:
    found = plan.build(samples.plan(), digest=samples.DIGEST).findings
    assert [finding.severity.value for finding in found] == ["error", "warning"]


def test_a_summer_of_weekends_is_one_line_with_weekdays() -> None:
    change = operation(
        "expedia/rates/double/BAR", samples.weekend("165.00", "165.00"), samples.weekend("165.00", "185.00")
    )
    assert "18 Jun – 10 Sep, Fri Sat   25 nights   165.00 → 185.00   (+12.1%)" in _lines(change)


def test_years_are_shown_where_they_are_not_this_one() -> None:
    after = nights("2028-02-03", "2028-02-05", price("90.00"))
    assert "3–4 Feb 2028   2 nights   none → 90.00" in _lines(operation("expedia/rates/double/BAR", None, after))


def test_entries_with_the_same_nights_and_values_are_said_once() -> None:
    before, after = (
        nights("2027-06-01", "2027-06-03", price("90.00")),
        nights("2027-06-01", "2027-06-03", price("95.00")),
    )
    text = _text(
        operation("expedia/rates/double/BAR", before, after),
        operation("database/rates/expedia/double/BAR", before, after),
    )
    assert text.count("90.00 → 95.00") == 1
    assert "expedia/rates/double/BAR      the same nights" in text


def test_an_allotment_tells_what_is_left_and_sold() -> None:
    week = ("2027-11-08", "2027-11-12")
    change = operation(
        "expedia/availability/double",
        nights(*week, Availability(14)),
        nights(*week, Availability(1, closed=True)),
        counts=nights(*week, Counts(12, 2)),
    )
    assert "8–11 Nov   4 nights   allotment 14 → 1, open → closed   (left 12 → 0, sold 2)" in _lines(change)


def test_an_unknown_value_is_a_question_mark_and_counted_apart() -> None:
    after = nights("2027-06-01", "2027-06-02", price("289.00"))
    lines = _lines(operation("booking.com/rates/suite/BAR", None, after, provenance=Provenance.UNKNOWN))
    assert "1 Jun   1 night   ? → 289.00 (first send)" in lines
    assert lines[-1].startswith("Plan: 0 to create, 0 to update, 0 to delete; 1 to send for the first time; 5 messages")


def test_an_acknowledged_value_is_never_called_verified() -> None:
    text = terminal.render(plan.build(samples.plan(), digest=samples.DIGEST))
    assert "~ booking.com/rates/double/BAR      acknowledged" in text
    assert "verified" not in text


def test_restrictions_are_told_in_words() -> None:
    before = nights("2027-06-01", "2027-06-02", Restrictions(closed_to_departure=True))
    after = nights("2027-06-01", "2027-06-02", Restrictions(min_stay=3, closed_to_arrival=True))
    said = "1 Jun   1 night   min stay 1 → 3, closed to arrival, no longer closed to departure"
    assert said in _lines(operation("expedia/restrictions/double/BAR", before, after))


def test_a_field_inside_a_document_is_named_with_dots() -> None:
    before: dict[str, Json] = {"cancellation": {"deadline_hours": 24}}
    after: dict[str, Json] = {"cancellation": {"deadline_hours": 48}}
    assert "cancellation.deadline_hours   24 → 48" in _lines(operation("expedia/rate_plan/double/BAR", before, after))


def test_a_text_that_looks_like_nothing_is_quoted() -> None:
    assert 'name   "none" → none' in _lines(operation("expedia/rate_plan/double/BAR", {"name": "none"}, {"name": None}))


def test_horizon_operations_are_one_line_however_many() -> None:
    entering = nights("2028-09-10", "2028-09-12", price("120.00"))
    moves = [operation(f"expedia/rates/room{i}/BAR", None, entering, label=Label.HORIZON) for i in range(40)]
    entry = plan.build(samples.plan(tuple(moves)), digest=samples.DIGEST).sections[0].entries
    assert [(line.name, line.lines) for line in entry] == [
        ("horizon: new nights at 40 addresses", (("10–11 Sep 2028", "2 nights"),))
    ]


def test_the_halves_of_a_change_of_units_are_one_entry() -> None:
    june, july = ("2027-06-01", "2027-06-02"), ("2027-07-01", "2027-07-02")
    lower = operation(
        "expedia/availability/double", nights(*june, Availability(4)), nights(*june, Availability(2)), label=Label.LOWER
    )
    give = operation(
        "expedia/availability/double", nights(*july, Availability(4)), nights(*july, Availability(6)), label=Label.RAISE
    )
    lines = _lines(lower, give)
    assert "1 Jun   1 night   allotment 4 → 2" in lines
    assert "1 Jul   1 night   allotment 4 → 6" in lines
    assert lines[-1].startswith("Plan: 0 to create, 1 to update, 0 to delete;")


def test_many_runs_are_cut_and_counted() -> None:
    prices = {date(2027, 6, 1) + timedelta(days=i): price(f"{100 + i}.00") for i in range(200)}
    lines = _lines(operation("expedia/rates/double/BAR", None, from_nights(prices)))
    assert "… and 192 more runs   192 nights" in lines
    assert len(lines) < 20


def test_unmapped_and_unmanaged_are_named_and_counted() -> None:
    text = terminal.render(plan.build(samples.plan(), digest=samples.DIGEST))
    assert "mapped 4 of 4 rooms, 11 of 12 rates" in text
    assert "not mapped at booking.com: rates Weekend Special" in text
    assert "left alone, not in git: 1 rate plan at Booking.com; 2 in ota_rate_plans (a, b)" in text
    assert "left alone, not git's: restrictions at Booking.com" in text


def test_many_warnings_of_one_kind_are_cut_and_counted_but_errors_never() -> None:
    warning, error = samples.FINDINGS[0], samples.FINDINGS[1]
    many = [replace(finding, message=f"{finding.message} {i}") for finding in (warning, error) for i in range(50)]
    found = plan.build(replace(samples.plan(), findings=tuple(many)), digest=samples.DIGEST).findings
    assert [finding.code for finding in found].count("rate-step") == 50
    assert found[-1].message == "and 30 more of this kind"


def test_percents_are_exact_and_signed() -> None:
    assert percent(Decimal("165.00"), Decimal("185.00")) == "+12.1%"
    assert percent(Decimal("200.00"), Decimal("199.90")) == "-0.1%"
    assert percent(Decimal(0), Decimal("10.00")) == ""


def test_the_order_of_operations_does_not_change_the_text() -> None:
    there, back = samples.operations(), samples.operations()[::-1]
    assert _text(*there) == _text(*back)


def test_a_plan_read_from_its_file_gives_the_same_text() -> None:
    whole = samples.plan()
    again, digest = plan_file.loads(plan_file.dumps(whole))
    assert terminal.render(plan.build(again, digest=digest)) == terminal.render(plan.build(whole))


def test_a_plan_that_is_refused_says_so_first_and_how_to_consent() -> None:
    found = tuple(Diagnostic(f"policy/{rule}", "m") for rule in ("rate_step", "custom/suites", "rate_step"))
    report = plan.build(replace(samples.plan(), findings=found))
    assert report.warnings[0] == (
        "Refused by custom/suites, rate_step. To consent, plan again with --consent custom/suites --consent rate_step."
    )
