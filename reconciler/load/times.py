"""The values of documents that speak of time: nights, days of the week, durations, local times, time zones."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files

from reconciler.load import spellings
from reconciler.load.values import WEEKEND, Nights, fault, shown, spelled, wrong
from reconciler.model.calendar import WEEKDAYS, YEARS
from reconciler.model.diagnostics import did_you_mean

_DAY = timedelta(days=1)
_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


@cache
def timezones() -> tuple[str, ...]:
    """The names of the time zone database that comes with the program, sorted: the same on every machine."""
    return tuple(sorted((files("tzdata") / "zones").read_text("utf-8").split()))


@cache
def _zones() -> frozenset[str]:
    return frozenset(timezones())


def timezone(value: object) -> str:
    """A name of the time zone database."""
    if isinstance(value, str) and value in _zones():
        return value
    hint = did_you_mean(str(value)[:64], timezones())
    raise fault(
        "unknown-timezone", f"{shown(value)} is not a time zone", hint if "mean" in hint else "such as Europe/Lisbon"
    )


def nights(value: object) -> tuple[Nights, ...]:
    """One period or several; both ends are nights, both included."""
    if not isinstance(value, list):
        return (_period(value),)
    if not value:
        raise wrong("at least one period", value)
    return tuple(_period(item) for item in value)


def _period(value: object) -> Nights:
    if not isinstance(value, str):
        raise wrong("nights such as 2027-06-15..2027-09-10", value)
    first, dots, last = value.partition("..")
    start = _night(first.removesuffix(" "))
    end = _night(last.removeprefix(" ")) if dots else start
    if end < start:
        raise fault("nights-backwards", f"{value} ends before it begins")
    return Nights(start, end + _DAY)


def _night(written: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
        hint = "a night is written 2027-06-15, a period 2027-06-15..2027-09-10"
        raise fault("bad-nights", f"{shown(written)} is not a night", hint)
    found = _date(written)
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise fault("out-of-range", f"{written} is not within {YEARS[0]} to {YEARS[1]}")
    return found


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise fault("no-such-night", f"there is no {written}") from None


def day_names(value: object) -> tuple[str, ...]:
    """A list of weekdays; `weekend` among them."""
    if not isinstance(value, list) or not value:
        raise wrong("a list of days such as [fri, sat]", value)
    return tuple(day_name(item) for item in value)


def day_name(value: object) -> str:
    """A weekday, or `weekend`."""
    if isinstance(value, str) and value in (*WEEKDAYS, WEEKEND):
        return str(value)
    raise fault("unknown-day", f"{shown(value)} is not a day", did_you_mean(str(value), (*WEEKDAYS, WEEKEND)))


def duration(value: object) -> timedelta:
    """A time such as 500ms, 30s, 5m, 1h, 90d."""
    if found := spelled(spellings.DURATION, value):
        number = found.rstrip("msdh")
        return timedelta(milliseconds=int(Decimal(number) * _MILLISECONDS[found.removeprefix(number)]))
    if isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?(ms|s|m|h|d)", value):
        raise fault("out-of-range", f"{shown(value)} is too long, or has more than 3 decimals")
    raise wrong("a time such as 30s, 5m, 1h or 90d", value)


def local_time(value: object) -> datetime:
    """A date, or a date and time, of a clock on the spot: without an offset."""
    written = spelled(spellings.LOCAL_TIME, value)
    if written is None:
        raise fault("bad-time", f"{shown(value)} is not a local time", "write 2027-03-01T12:00, without an offset")
    _date(written[:10])
    return datetime.fromisoformat(written)
