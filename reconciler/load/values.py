"""The values that documents are made of: how each is written, and what is said when it is not.

Every function here takes what a file holds and gives the value, or says what is wrong with a code and a hint of ours. Nothing is
coerced: a number is no text, text is no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic_core import PydanticCustomError

from reconciler.load import numbers
from reconciler.load.countries import COUNTRIES
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.money import CURRENCIES
from reconciler.model.share import Share

WEEKEND = "weekend"
_LARGEST = Decimal(100_000_000)
KEY = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
_DAY = timedelta(days=1)
_SECONDS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a price: so many percent (15 is 15%), or an amount added."""

    number: Decimal
    percent: bool

    def apply(self, amount: Decimal) -> Decimal:
        """The changed amount, not rounded."""
        return amount * (100 + self.number) / 100 if self.percent else amount + self.number


@dataclass(frozen=True, slots=True)
class Nights:
    """Nights from `start` up to and not including `until`."""

    start: date
    until: date


def fault(code: str, message: str, hint: str = "") -> PydanticCustomError:
    """The error that a validator raises: our code, our words."""
    return PydanticCustomError(code, "{message}", {"message": message, "hint": hint})


def shown(value: object) -> str:
    """A value as a message names it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"


def _wrong(wanted: str, value: object, hint: str = "") -> PydanticCustomError:
    return fault("wrong-type", f"expected {wanted}, found {shown(value)}", hint)


def _number(value: object, wanted: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise _wrong(wanted, value, _number_hint(value))
    number = Decimal(value)
    if abs(number) >= _LARGEST:
        raise fault("out-of-range", f"{shown(value)} is too large")
    return number


def _number_hint(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if numbers.is_number(value):
        return "remove the quotes"
    pointed = value.replace(",", ".")
    return f"decimals stand after a point: {pointed}" if numbers.is_number(pointed) else ""


def _whole(value: object, wanted: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(wanted, value)
    if not least <= value <= most:
        raise fault("out-of-range", f"expected {wanted} from {least} to {most:,}, found {value}")
    return value


def count(value: object) -> int:
    """A whole number, 0 or more."""
    return _whole(value, "a whole number", 0, 1_000_000)


def stay(value: object) -> int:
    """A number of nights, 1 or more."""
    if type(value) is int and value < 1:
        raise fault("stay-below-one", f"a stay is 1 night or more, found {value}", "leave it out for no restriction")
    return _whole(value, "a number of nights", 1, 999)


def days_ahead(value: object) -> int:
    """A number of days before arrival."""
    return _whole(value, "a number of days", 0, 9999)


def flag(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise _wrong("true or false", value, truth_hint(value))


def truth_hint(value: object) -> str:
    """For a word that older YAML took for true or false; empty for any other."""
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower())
    return f"write {meant}" if meant else ""


def text(value: object) -> str:
    """A line of text."""
    if not isinstance(value, str):
        raise _wrong("text", value, "put quotes around it" if isinstance(value, (int, Decimal)) else "")
    if not value.strip() or not value.isprintable():
        raise fault("bad-text", "expected a line of text" if value.strip() else "the text is empty")
    if len(value) > 255:
        raise fault("bad-text", f"at most 255 characters, found {len(value)}")
    return value


def external_id(value: object) -> str:
    """An id at a provider."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        raise fault("unquoted-id", f"an id is text, found the number {value}", f'put quotes around it: "{value}"')
    found = text(value)
    if re.search(r"\s", found) or len(found) > 100:
        raise fault("bad-id", "an id has no spaces and at most 100 characters")
    return found


def key(value: object) -> str:
    """The key of a room, a plan, a season."""
    if isinstance(value, str) and re.fullmatch(KEY, value):
        return value
    if type(value) is int and value >= 0:
        return str(value)
    raise fault("bad-key", f"{shown(value)} is not a key", "letters, digits, - and _, beginning with a letter or digit")


def allocation_key(value: object) -> str:
    """The key of a room, or `*` for every room."""
    return "*" if value == "*" else key(value)


def uuid(value: object) -> str:
    """An id in the hotel's database, in its usual spelling."""
    try:
        return str(UUID(text(value)))
    except ValueError:
        raise fault(
            "bad-uuid", f"{shown(value)} is not a UUID", "for instance 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11"
        ) from None


def country(value: object) -> str:
    """An ISO 3166-1 code of two letters."""
    if isinstance(value, str) and value in COUNTRIES:
        return str(value)
    near = str(value).upper()
    hint = f"did you mean `{near}`?" if near in COUNTRIES else "two letters of ISO 3166-1"
    raise fault("unknown-country", f"{shown(value)} is not a country", hint)


def currency(value: object) -> str:
    """An ISO 4217 code."""
    if isinstance(value, str) and value in CURRENCIES:
        return str(value)
    near = str(value).upper()
    hint = f"did you mean `{near}`?" if near in CURRENCIES else "three letters of ISO 4217"
    raise fault("unknown-currency", f"{shown(value)} is not a currency", hint)


@cache
def _zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def timezone(value: object) -> str:
    """A name of the time zone database."""
    if isinstance(value, str) and len(value) < 64 and _zone(value):
        return value
    hint = did_you_mean(str(value)[:64], available_timezones())
    raise fault(
        "unknown-timezone", f"{shown(value)} is not a time zone", hint if "mean" in hint else "such as Europe/Lisbon"
    )


def money(value: object) -> Decimal:
    """An amount, of either sign."""
    if isinstance(value, str) and value.endswith("%"):
        raise _wrong("an amount", value)
    return _number(value, "an amount")


def price(value: object) -> Decimal:
    """A price: an amount above zero."""
    amount = _number(value, "a price")
    if amount <= 0:
        raise fault("price-not-positive", f"a price is above zero, found {amount}")
    return amount


def change(value: object) -> Change:
    """A percentage or an amount, to be applied to a price."""
    if isinstance(value, str):
        percent_ = numbers.percent(value)
        if percent_ is None:
            raise _wrong("a change such as -15% or +30.00", value)
        if percent_ <= -100:
            raise fault("price-not-positive", f"{value} leaves nothing of a price")
        return Change(_number(percent_, "a percentage"), percent=True)
    return Change(_number(value, "a change such as -15% or +30.00"), percent=False)


def changes(value: object) -> tuple[Change, ...]:
    """One change or several, in order."""
    return tuple(change(item) for item in value) if isinstance(value, list) else (change(value),)


def share(value: object) -> Share:
    """A number of units or a percentage of them."""
    if isinstance(value, str):
        percent_ = numbers.percent(value)
        if percent_ is None:
            raise _wrong("a number of units or a share such as 35%", value)
        if not 0 <= percent_ <= 100:
            raise fault("out-of-range", f"a share is from 0% to 100%, found {value}")
        return Share(percent_, percent=True)
    return Share(Decimal(count(value)), percent=False)


def percentage(value: object) -> Decimal:
    """A percentage: what stands before the %."""
    found = numbers.percent(value) if isinstance(value, str) else None
    if found is None or not 0 <= found <= 100:
        raise _wrong("a percentage such as 18%", value)
    return found


def nights(value: object) -> tuple[Nights, ...]:
    """One period or several; both ends are nights, both included."""
    if isinstance(value, list):
        return tuple(_period(item) for item in value)
    return (_period(value),)


def _period(value: object) -> Nights:
    if not isinstance(value, str):
        raise _wrong("nights such as 2027-06-15..2027-09-10", value)
    first, dots, last = value.partition("..")
    start = _night(first.strip())
    end = _night(last.strip()) if dots else start
    if end < start:
        raise fault("nights-backwards", f"{value} ends before it begins")
    return Nights(start, end + _DAY)


def _night(spelled: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", spelled):
        raise fault(
            "bad-nights",
            f"{shown(spelled)} is not a night",
            "a night is written 2027-06-15, a period 2027-06-15..2027-09-10",
        )
    try:
        found = date.fromisoformat(spelled)
    except ValueError:
        raise fault("no-such-night", f"there is no {spelled}") from None
    if not 2000 <= found.year <= 2200:
        raise fault("out-of-range", f"{spelled} is not within 2000 to 2200")
    return found


def day_names(value: object) -> tuple[str, ...]:
    """A list of weekdays; `weekend` among them."""
    if not isinstance(value, list) or not value:
        raise _wrong("a list of days such as [fri, sat]", value)
    return tuple(day_name(item) for item in value)


def day_name(value: object) -> str:
    """A weekday, or `weekend`."""
    if isinstance(value, str) and value in (*WEEKDAYS, WEEKEND):
        return str(value)
    raise fault("unknown-day", f"{shown(value)} is not a day", did_you_mean(str(value), (*WEEKDAYS, WEEKEND)))


def duration(value: object) -> timedelta:
    """A time such as 500ms, 30s, 5m, 1h, 90d."""
    found = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)", value) if isinstance(value, str) else None
    if found is None:
        raise _wrong("a time such as 30s, 5m, 1h or 90d", value)
    seconds = Decimal(found[1]) * _SECONDS[found[2]]
    if seconds > 86400 * 3650:
        raise fault("out-of-range", f"{value} is more than ten years")
    return timedelta(milliseconds=int(seconds * 1000))


def local_time(value: object) -> datetime:
    """A date, or a date and time, of a clock on the spot: without an offset."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise fault("bad-time", f"{shown(value)} is not a local time", "write 2027-03-01T12:00, without an offset")
    return found


def choice(*allowed: str) -> Callable[[object], str]:
    """One of some words."""

    def chosen(value: object) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        raise fault("unknown-value", f"{shown(value)} is not one of {', '.join(allowed)}", _nearest(value, allowed))

    return chosen


def _nearest(value: object, allowed: Sequence[str]) -> str:
    hint = did_you_mean(str(value)[:64], allowed)
    return hint if "mean" in hint else ""
