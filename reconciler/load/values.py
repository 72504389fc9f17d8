"""The values that documents are made of: how each is written, and what is said when it is not.

Every function here takes what a file holds and gives the value, or says what is wrong with a code and a hint of ours. Nothing is
coerced: a number is no text, text is no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from reconciler.load import numbers, spellings
from reconciler.load.countries import COUNTRIES
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.money import CURRENCIES
from reconciler.model.share import Share

WEEKEND = "weekend"


class Range(NamedTuple):
    """From `least` to `most`, both included."""

    least: int
    most: int


AMOUNT_BELOW = 100_000_000
"""Amounts are smaller than this, whatever their sign."""
COUNTS = Range(0, 1_000_000)
STAYS = Range(1, 999)
DAYS_AHEAD = Range(0, 9999)
PERCENTS = Range(0, 100)
HORIZONS = Range(1, 1100)
LATE_PENALTIES = {
    "first_night": "the price of the first night",
    "two_nights": "the price of the first two nights",
    "full": "the whole price",
}
"""What each word means; a percentage is taken too."""
LONGEST_TEXT = 255
LONGEST_ID = 100


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


def wrong(wanted: str, value: object, hint: str = "") -> PydanticCustomError:
    return fault("wrong-type", f"expected {wanted}, found {shown(value)}", hint)


def _number(value: object, wanted: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise wrong(wanted, value, _number_hint(value))
    number = Decimal(value)
    if abs(number) >= AMOUNT_BELOW:
        raise fault("out-of-range", f"{shown(value)} is too large")
    return number


def _number_hint(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if numbers.is_number(value):
        return "remove the quotes"
    pointed = value.replace(",", ".")
    return f"decimals stand after a point: {pointed}" if numbers.is_number(pointed) else ""


def _integral(value: object) -> int | None:
    """The whole number that a value is. 40.0 is one too, as it is for JSON; true is none."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else None
    return value if type(value) is int else None


def _whole(value: object, wanted: str, allowed: Range) -> int:
    number = _integral(value)
    if number is None:
        raise wrong(wanted, value, _number_hint(value))
    if not allowed.least <= number <= allowed.most:
        raise fault("out-of-range", f"expected {wanted} from {allowed.least} to {allowed.most:,}, found {number}")
    return number


def count(value: object) -> int:
    """A whole number, 0 or more."""
    return _whole(value, "a whole number", COUNTS)


def stay(value: object) -> int:
    """A number of nights, 1 or more."""
    number = _integral(value)
    if number is not None and number < STAYS.least:
        raise fault("stay-below-one", f"a stay is 1 night or more, found {number}", "leave it out for no restriction")
    return _whole(value, "a number of nights", STAYS)


def days_ahead(value: object) -> int:
    """A number of days before arrival."""
    return _whole(value, "a number of days", DAYS_AHEAD)


def percent(value: object) -> int:
    """A whole number of percent, written without the %."""
    return _whole(value, "a number of percent", PERCENTS)


def horizon(value: object) -> int:
    """How many nights from today on."""
    return _whole(value, "a number of nights", HORIZONS)


def flag(value: object) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise wrong("true or false", value, truth_hint(value))


def truth_hint(value: object) -> str:
    """For a word that older YAML took for true or false; empty for any other."""
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(str(value).lower())
    return f"write {meant}" if meant else ""


@cache
def _pattern(spelling: str) -> re.Pattern[str]:
    return re.compile(spelling)


def spelled(spelling: str, value: object) -> str | None:
    """The text where it is one and spelled like this, as a whole."""
    return value if isinstance(value, str) and _pattern(spelling).fullmatch(value) else None


def text(value: object) -> str:
    """A line of text."""
    if not isinstance(value, str):
        raise wrong("text", value, "put quotes around it" if isinstance(value, (int, Decimal)) else "")
    if spelled(spellings.TEXT, value) is None:
        hint = "remove line breaks and characters that nobody sees" if value.strip() else ""
        raise fault("bad-text", "expected a line of text" if value.strip() else "the text is empty", hint)
    if len(value) > LONGEST_TEXT:
        raise fault("bad-text", f"at most {LONGEST_TEXT} characters, found {len(value)}")
    return value


def external_id(value: object) -> str:
    """An id at a provider."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        raise fault("unquoted-id", f"an id is text, found the number {value}", f'put quotes around it: "{value}"')
    found = text(value)
    if spelled(spellings.ID, found) is None or len(found) > LONGEST_ID:
        raise fault("bad-id", f"an id has no spaces and at most {LONGEST_ID} characters")
    return found


def key(value: object) -> str:
    """The key of a room, a plan, a season."""
    if isinstance(value, str) and _is_key(value):
        return value
    number = _integral(value)
    if number is not None and number >= 0:
        return str(number)
    raise fault("bad-key", f"{shown(value)} is not a key", "letters, digits, - and _, beginning with a letter or digit")


@lru_cache(maxsize=4096)
def _is_key(text_: str) -> bool:
    """Remembered: a group's hotels have the same few keys, many times each."""
    return spelled(spellings.KEY, text_) is not None


def allocation_key(value: object) -> str:
    """The key of a room, or `*` for every room."""
    return "*" if value == "*" else key(value)


def uuid(value: object) -> str:
    """An id in the hotel's database, in small letters."""
    if found := spelled(spellings.UUID, text(value)):
        return found.lower()
    raise fault("bad-uuid", f"{shown(value)} is not a UUID", "for instance 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11")


def guests(value: object) -> int:
    """A number of guests, as the key of a mapping."""
    if found := spelled(spellings.GUESTS, value):
        return int(found)
    raise fault("bad-guests", f"{shown(value)} is not a number of guests", "a whole number, 1 or more")


def bound(value: object) -> str:
    """From how many to how many units, one of them may be left out."""
    if found := spelled(spellings.BOUND, value):
        return found
    raise wrong("bounds such as 4..12 or 3..", value)


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


def money(value: object) -> Decimal:
    """An amount, of either sign."""
    if isinstance(value, str) and value.endswith("%"):
        raise wrong("an amount", value)
    return _number(value, "an amount")


def price(value: object) -> Decimal:
    """A price: an amount above zero."""
    amount = _number(value, "a price")
    if amount <= 0:
        raise fault("price-not-positive", f"a price is above zero, found {amount}")
    return amount


def change(value: object) -> Change:
    """A percentage or an amount, to be applied to a price."""
    if not isinstance(value, str):
        return Change(_number(value, "a change such as -15% or +30.00"), percent=False)
    percent_ = numbers.percent(value)
    if percent_ is None:
        raise wrong("a change such as -15% or +30.00", value)
    if percent_ <= -100:
        raise fault("price-not-positive", f"{value} leaves nothing of a price")
    return Change(_in_range(spellings.PERCENT_CHANGE, value, percent_), percent=True)


def changes(value: object) -> tuple[Change, ...]:
    """One change or several, in order."""
    return tuple(change(item) for item in value) if isinstance(value, list) else (change(value),)


def share(value: object) -> Share:
    """A number of units or a percentage of them."""
    if not isinstance(value, str):
        return Share(Decimal(_whole(value, "a number of units or a share such as 35%", COUNTS)), percent=False)
    return Share(percentage(value), percent=True)


def percentage(value: object) -> Decimal:
    """A percentage from 0% to 100%: what stands before the %."""
    found = numbers.percent(value) if isinstance(value, str) else None
    if found is None:
        raise wrong("a percentage such as 18%", value)
    return _in_range(spellings.PERCENTAGE, value, found)


def late_penalty(value: object) -> str:
    """What a late cancellation costs: a word or a percentage."""
    if isinstance(value, str) and numbers.percent(value) is not None:
        percentage(value)
        return value
    return choice(*LATE_PENALTIES)(value)


def _in_range(spelling: str, value: object, number: Decimal) -> Decimal:
    """The number that a percentage is, where its spelling says that it is in range."""
    if spelled(spelling, value) is None:
        least = "0%" if spelling == spellings.PERCENTAGE else "more than -100%"
        most = "100%" if spelling == spellings.PERCENTAGE else "less than 100000000%"
        raise fault("out-of-range", f"expected {least} to {most} with at most 6 decimals, found {shown(value)}")
    return number


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
