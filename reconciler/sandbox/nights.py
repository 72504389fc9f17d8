"""Values per night: how the sandbox stores a calendar, and how JSON describes one.

A calendar in memory is a plain mapping from night to value. In JSON it is a list of runs
`{"from": "2026-06-01", "until": "2026-06-08", "value": 5}`, `until` exclusive; on input a run may also carry
`"days": ["fri", "sat"]` to take only those weekdays. Nothing here knows what a value means.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

Nights = dict[date, Any]
Calendars = dict[str, Nights]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)
MAX_RUN = 3660


def span(first: date, until: date) -> Iterator[date]:
    """The nights from `first` to `until`, `until` not included."""
    for offset in range((until - first).days):
        yield first + timedelta(days=offset)


def stay(arrival: date, departure: date) -> list[date]:
    """The nights of a stay; the day of departure is none of them."""
    return list(span(arrival, departure))


def to_runs(nights: Nights) -> list[dict[str, Any]]:
    """Runs of equal neighbours, sorted."""
    runs: list[dict[str, Any]] = []
    expected: date | None = None
    for night in sorted(nights):
        if runs and night == expected and runs[-1]["value"] == nights[night]:
            runs[-1]["until"] = (night + ONE_DAY).isoformat()
        else:
            runs.append(
                {"from": night.isoformat(), "until": (night + ONE_DAY).isoformat(), "value": nights[night]},
            )
        expected = night + ONE_DAY
    return runs


def nights_of(run: dict[str, Any]) -> list[date]:
    """The nights that a described run covers; raises ValueError where it is malformed or longer than ten years."""
    first, until = date.fromisoformat(str(run["from"])), date.fromisoformat(str(run["until"]))
    if not 0 < (until - first).days <= MAX_RUN:
        raise ValueError(f"a run from {first} until {until} has no nights or too many")
    days = run.get("days")
    if days is None:
        return list(span(first, until))
    wanted = {WEEKDAYS.index(day) for day in days}
    return [night for night in span(first, until) if night.weekday() in wanted]


def from_runs(runs: Iterable[dict[str, Any]]) -> Nights:
    """The calendar that a list of runs describes; where runs overlap the later one wins."""
    nights: Nights = {}
    for run in runs:
        nights.update(dict.fromkeys(nights_of(run), run["value"]))
    return nights
