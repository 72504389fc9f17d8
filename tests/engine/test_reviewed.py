"""What the main branch wants by now decides whether what was merged earlier may still be applied."""

from __future__ import annotations

from dataclasses import replace

from reconciler.engine.reviewed import compare, overtaken
from reconciler.model.plan import Operation
from reconciler.model.state import Json
from tests.report import samples
from tests.report.samples import nights, operation, price

NIGHTS = ("2027-05-01", "2027-05-05")


def rates(low: str, high: str, until: str = "2027-05-05") -> Operation:
    return operation(
        "expedia/rates/double/BAR", nights("2027-05-01", until, price(low)), nights("2027-05-01", until, price(high))
    )


def row(**after: int) -> Operation:
    return operation(
        "database/rate_plan/expedia/double/BAR",
        {"base_rate": 120, "min_stay": 1},
        {"base_rate": 120, "min_stay": 1} | after,
    )


def gone(mine: Operation, *newest: Operation) -> bool:
    plan = replace(samples.plan(), operations=(mine,))
    return bool(overtaken(plan, replace(plan, operations=newest)))


def test_the_same_and_more_beside_it_is_no_other_word() -> None:
    assert not gone(rates("120.00", "125.00"), rates("120.00", "125.00"))
    assert not gone(rates("120.00", "125.00"), rates("120.00", "125.00", "2027-05-09"))
    assert not gone(row(base_rate=125), row(base_rate=125, min_stay=2))


def test_another_value_fewer_nights_or_nothing_at_all_is() -> None:
    assert gone(rates("120.00", "125.00"), rates("120.00", "126.00"))
    assert gone(rates("120.00", "125.00"), rates("120.00", "125.00", "2027-05-03"))
    assert gone(rates("120.00", "125.00"))
    assert gone(row(base_rate=125), row(base_rate=126, min_stay=2))
    assert gone(row(base_rate=125), row(min_stay=2))
    assert gone(row(base_rate=125))


def test_a_field_that_another_change_brought_in_the_meantime_is_no_part_of_this_one() -> None:
    plan = replace(samples.plan(), operations=(row(min_stay=2),))
    there: dict[str, Json] = {"base_rate": 125, "min_stay": 1}
    now = operation("database/rate_plan/expedia/double/BAR", there, {**there, "min_stay": 2})
    assert compare(plan, replace(plan, operations=(now,))).others == ()
    others: tuple[dict[str, Json], ...] = (
        {**there, "min_stay": 3},
        {"base_rate": 130, "min_stay": 2},
        {**there, "min_stay": 2, "name": "x"},
    )
    for after in others:
        other = operation("database/rate_plan/expedia/double/BAR", there, after)
        assert compare(plan, replace(plan, operations=(other,))).others == (other.address,)
    moved = operation("database/rate_plan/expedia/double/BAR", {**there, "min_stay": 5}, {**there, "min_stay": 2})
    assert compare(plan, replace(plan, operations=(moved,))).others == (moved.address,)
    made = operation("database/rate_plan/expedia/double/BAR", None, {**there, "min_stay": 2})
    assert compare(plan, replace(plan, operations=(made,))).others == (made.address,)
