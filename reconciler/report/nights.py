"""Nights and moments as people write them: runs with weekdays, `15 Jun – 10 Sep, Fri Sat`, never hundreds of lines."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from reconciler.model.calendar import EVERY_DAY, Calendar, Pattern, patterns
from reconciler.report.contract import Line, count

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()

MOST_LINES = 8
"""Lines of one entry; the rest is counted."""


def lines(cells: Calendar[Line], year: int, most: int = MOST_LINES) -> tuple[Line, ...]:
    """A line per run of nights: when, how many, and the cells. `year` is the one that need not be written."""
    runs = sorted(patterns(cells), key=lambda run: (run.start, run.until, sorted(run.days)))
    shown = tuple((when(run, year), count(run.nights, "night"), *run.value) for run in runs[:most])
    rest = runs[most:]
    if len(rest) == 1:
        return (*shown, (when(rest[0], year), count(rest[0].nights, "night"), *rest[0].value))
    if rest:
        nights = count(sum(run.nights for run in rest), "night")
        return (*shown, (f"… and {count(len(rest), 'more run', 'more runs')}", nights))
    return shown


def when(run: Pattern[Line], year: int) -> str:
    """The nights of one run, first and last included."""
    last = run.until - timedelta(days=1)
    period = _period(run.start, last, year)
    if run.nights == (run.until - run.start).days or run.days >= EVERY_DAY:
        return period
    return f"{period}, {' '.join(_DAYS[day] for day in sorted(run.days))}"


def moment(at: datetime | None) -> str:
    """A moment to the second, with its offset; empty for none."""
    return at.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC") if at else ""


def _period(first: date, last: date, year: int) -> str:
    if first.year != last.year:
        return f"{_spell(first)} {first.year} – {_spell(last)} {last.year}"
    after = "" if last.year == year else f" {last.year}"
    if first == last:
        return _spell(last) + after
    start = str(first.day) if first.month == last.month else _spell(first)
    return f"{start}{'–' if first.month == last.month else ' – '}{_spell(last)}{after}"


def _spell(night: date) -> str:
    return f"{night.day} {_MONTHS[night.month - 1]}"
