"""How numbers are spelled: `-?digits[.digits]`, `+` before a change, `%` behind a share; at most 15 significant digits.

YAML knows more spellings (exponents, hexadecimal, underscores, leading zeros, infinity), and a fast parser hands out floats. With one
spelling and 15 digits a float's shortest text is exactly what was written. This module finds every text that might be another spelling;
it decides nothing about where in a file that text stands.
"""

from __future__ import annotations

import re
from decimal import Decimal

SIGNIFICANT = 15

_PLAIN = r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_NUMBER = re.compile(_PLAIN)
_PERCENT = re.compile(rf"({_PLAIN})%")
# Possessive throughout, so that a long text costs its length and no more.
_DECIMAL_LIKE = r"(?=[._]*+[0-9])[0-9_]*+\.?+[0-9_]*+(?:[eE][+-]?+[0-9_]++)?+"
_ODD = rf"[+-]?+(?:0[xXoObB][0-9a-fA-F_]++|\.[A-Za-z]++|{_DECIMAL_LIKE})"
_ODD_ALONE = re.compile(_ODD)
_BEFORE = r"(?<![^\s\[\]{},:])"
_BEHIND = r"(?![^\s,\]}:])"
_SHORT = rf"(?:[+-]?(?:[0-9]\.?){{1,{SIGNIFICANT}}}{_BEHIND})"

ODD_ANYWHERE = rf"{_BEFORE}(?!(?={_SHORT}){_PLAIN}{_BEHIND}){_ODD}{_BEHIND}"
"""A pattern that finds, in a whole file, every text that a parser might read as an oddly spelled number. It also finds harmless ones
(in comments, in quotes): who needs to know, looks closer."""


def is_number(text: str) -> bool:
    """Whether the text is a number in the one spelling, of at most 15 significant digits."""
    return _NUMBER.fullmatch(text) is not None and _significant(text) <= SIGNIFICANT


def is_odd(text: str) -> bool:
    """Whether some YAML parser reads the text as a number although it is not in the one spelling."""
    return not is_number(text) and _ODD_ALONE.fullmatch(text) is not None


def exact(text: str) -> int | Decimal:
    """The number that the text spells; only for one in the one spelling."""
    return Decimal(text) if "." in text else int(text)


def percent(text: str) -> Decimal | None:
    """What stands before the `%`, or None where the text is no percentage in the one spelling."""
    found = _PERCENT.fullmatch(text)
    return Decimal(found[1]) if found and is_number(found[1]) else None


def guess(text: str) -> int:
    """A number in the place of an oddly spelled one: only good enough to go on looking for further problems."""
    digits = re.match(r"[+-]?0*([1-9][0-9]{0,5})", text)
    return int(digits[1]) if digits else 1


def _significant(text: str) -> int:
    return len(text.lstrip("+-0.").replace(".", ""))
