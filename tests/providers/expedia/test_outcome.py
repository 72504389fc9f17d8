"""What warnings mean for the parts of a message."""

from __future__ import annotations

from datetime import date, timedelta

from reconciler.model.calendar import constant
from reconciler.model.journal import Outcome
from reconciler.providers.contract import Part
from reconciler.providers.expedia.codec_ar import Warned
from reconciler.providers.expedia.outcome import results

from .hotels import TODAY, address

DAY = timedelta(days=1)
WEEK = constant(TODAY, TODAY + DAY * 7, True)
NEXT = constant(TODAY + DAY * 7, TODAY + DAY * 14, True)
BAR = address("rates", "double", "BAR")
PARTS = (Part("a", BAR, WEEK), Part("b", BAR, NEXT), Part("c", address("rates", "suite", "BAR"), WEEK))
PRODUCTS = (("30011", "880011A"), ("30011", "880011A"), ("30012", "880012A"))
FAILED, APPLIED, UNKNOWN = Outcome.FAILED, Outcome.APPLIED, Outcome.UNKNOWN


def warned(room: str = "", plan: str = "", night: date | None = None, **more: bool) -> Warned:
    return Warned(7021, "Out of threshold.", room, plan, night, **more)


def outcomes(*warnings: Warned) -> list[Outcome]:
    return [result.outcome for result in results(PARTS, PRODUCTS, warnings)]


def test_without_warnings_everything_was_carried_out() -> None:
    assert outcomes() == [APPLIED, APPLIED, APPLIED]


def test_a_warning_fails_the_part_with_its_product_and_night_and_no_other() -> None:
    found = results(PARTS, PRODUCTS, [warned("30011", "880011A", TODAY + DAY * 8)])
    assert [result.outcome for result in found] == [APPLIED, FAILED, APPLIED]
    assert found[1].refused == constant(TODAY + DAY * 8, TODAY + DAY * 9, True)


def test_a_warning_about_a_product_without_a_night_fails_all_its_parts_as_a_whole() -> None:
    found = results(PARTS, PRODUCTS, [warned(plan="880011A")])
    assert [result.outcome for result in found] == [FAILED, FAILED, APPLIED]
    assert found[0].refused is None


def test_a_warning_that_names_nothing_known_fails_everything() -> None:
    assert outcomes(warned()) == [FAILED, FAILED, FAILED]
    assert outcomes(warned(night=TODAY)) == [FAILED, FAILED, FAILED]
    assert outcomes(warned("99", "98", TODAY)) == [FAILED, FAILED, FAILED]


def test_what_only_informs_fails_nothing() -> None:
    assert outcomes(warned("30011", harmless=True)) == [APPLIED, APPLIED, APPLIED]


def test_held_back_warnings_make_the_unnamed_unknown_and_the_named_fail_as_a_whole() -> None:
    found = results(PARTS, PRODUCTS, [warned("30011", "880011A", TODAY, more=True)])
    assert [result.outcome for result in found] == [FAILED, UNKNOWN, UNKNOWN]
    assert found[0].refused is None


def test_many_warnings_are_summed_up_in_a_few_words() -> None:
    many = [Warned(7000 + n, f"Text {n}.", "30011", "880011A", TODAY) for n in range(9)]
    detail = results(PARTS, PRODUCTS, many)[0].detail
    assert detail == "7000 Text 0.; 7001 Text 1.; 7002 Text 2. (and 6 more)"
