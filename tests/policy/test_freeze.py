"""Windows in which nothing changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from reconciler.model.diagnostics import Severity
from reconciler.model.policies import Freeze, Window
from tests.policy.cases import case, costs, op, said

START, UNTIL = datetime(2026, 12, 23), datetime(2026, 12, 27)
RATE = op("expedia/rates/double/BAR", None, costs("1.00"))
ROWS = op("/_workspace/database/schedule/rate_sync", {}, {})


def window(**changes: Any) -> Window:
    return Window(**{"start": START, "until": UNTIL, **changes})


def found(now: str, *operations: Any, **windows: Window) -> list[str]:
    at = {"lisbon-baixa": datetime.fromisoformat(now)}
    judged = case(*(operations or (RATE,)), local=at)
    return [one.message for one in said(judged, "freeze", Freeze(windows=windows))]


@pytest.mark.parametrize(
    ("now", "refused"),
    [("2026-12-22T23:59", 0), ("2026-12-23T00:00", 1), ("2026-12-26T23:59", 1), ("2026-12-27T00:00", 0)],
)
def test_a_window_holds_from_its_beginning_up_to_its_end(now: str, refused: int) -> None:
    assert len(found(now, christmas=window())) == refused


def test_the_message_names_the_window_the_number_and_until_when() -> None:
    (told,) = found("2026-12-24T12:00", RATE, RATE, christmas=window())
    assert told == "2 operations while policies.freeze.christmas lets nothing change until 2026-12-27 00:00, local time"


def test_a_window_can_be_about_some_hotels_and_kinds() -> None:
    at = "2026-12-24T12:00"
    assert found(at, christmas=window(kinds=("rates",), properties=("lisbon-*",)))
    assert not found(at, christmas=window(kinds=("restrictions",)))
    assert not found(at, christmas=window(properties=("porto-*",)))


def test_outside_of_what_is_allowed_nothing_changes() -> None:
    assert not found("2026-12-24T12:00", hours=window(allow=True))
    (told,) = found("2026-12-28T12:00", hours=window(allow=True))
    assert told.startswith("1 operation outside of policies.freeze.hours, which allows changes from 2026-12-23 00:00")
    assert not found("2026-12-28T12:00", hours=window(allow=True, kinds=("restrictions",)))
    assert not found(
        "2026-12-24T12:00", early=window(allow=True, until=datetime(2026, 12, 24)), late=window(allow=True)
    )


def test_what_denies_wins_over_what_allows() -> None:
    both = {"hours": window(allow=True), "party": window(start=datetime(2026, 12, 24), until=datetime(2026, 12, 25))}
    assert not found("2026-12-23T12:00", **both)
    (told,) = found("2026-12-24T12:00", **both)
    assert "policies.freeze.party" in told


def test_what_belongs_to_no_hotel_goes_by_utc() -> None:
    now: dict[str, Any] = {
        "now": datetime.fromisoformat("2026-12-26T23:30:00+00:00"),
        "local": {"lisbon-baixa": datetime(2026, 12, 27, 1)},
    }
    (told,) = said(case(RATE, ROWS, **now), "freeze", Freeze(windows={"christmas": window()}))
    assert told.address == "_workspace"


def test_each_window_has_its_own_severity() -> None:
    windows = {"a": window(severity=Severity.WARNING, kinds=("rates",)), "b": window(kinds=("schedule",))}
    told = said(
        case(RATE, ROWS, now=datetime.fromisoformat("2026-12-24T00:00:00+00:00")), "freeze", Freeze(windows=windows)
    )
    assert [one.severity for one in told] == [Severity.WARNING, Severity.ERROR]
