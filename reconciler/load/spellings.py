"""How values of one line are spelled: patterns that a validator matches whole and that the JSON Schemas show.

Written in what Python's patterns and ECMA's have in common, so that both say the same. A pattern says what can be said of one value
alone; whether a date exists is not among it.
"""

from __future__ import annotations

from reconciler.model.workspace import REFERENCE_SCHEMES

# Control characters, blanks that are no space, marks without a shape of their own, private characters, tags.
_HIDDEN = (
    r"\x00-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ue000-\uf8ff\ufeff\ufff0-\uffff"
    + f"{chr(0xE0000)}-{chr(0x10FFFF)}"
)
TEXT = rf" *[^ {_HIDDEN}][^{_HIDDEN}]*"
ID = rf"[^ {_HIDDEN}]+"
KEY = r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}"
UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
GUESTS = r"[1-9][0-9]?"
BOUND = r"[0-9]{1,7}\.\.[0-9]{0,7}|\.\.[0-9]{1,7}"

_DECIMALS = r"(?:\.[0-9]{1,6})?"
_UNDER_100 = rf"(?:0|[1-9][0-9]?){_DECIMALS}"
PERCENTAGE = rf"\+?(?:100(?:\.0{{1,6}})?|{_UNDER_100})%"
"""From 0% to 100%."""
PERCENT_CHANGE = rf"(?:-{_UNDER_100}|\+?(?:0|[1-9][0-9]{{0,7}}){_DECIMALS})%"
"""Above -100%, which would leave nothing of a price."""

_DAY = r"(?:20[0-9]{2}|21[0-9]{2}|2200)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
NIGHTS = rf"{_DAY}(?: ?\.\. ?{_DAY})?"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
LOCAL_TIME = rf"{_DAY}(?:[T ]{_CLOCK})?"

_PARTS = r"(?:\.[0-9]{1,3})?"
DURATION = (
    rf"[0-9]{{1,9}}{_PARTS}ms|[0-9]{{1,8}}{_PARTS}s|[0-9]{{1,6}}{_PARTS}m|[0-9]{{1,5}}{_PARTS}h|[0-9]{{1,4}}{_PARTS}d"
)

_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,127}"
_ELSEWHERE = "|".join(sorted(REFERENCE_SCHEMES - {"env"}))
REFERENCE = rf"env:{_VARIABLE}|(?:{_ELSEWHERE}):{TEXT}"
DATABASE = rf"embedded(?::{ID})?|{REFERENCE}"

_PORT = r"6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}"
URL = rf"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::(?:{_PORT}))?(?:/[!-~]*)?"


def _cron_field(number: str) -> str:
    """One field: a list of numbers, ranges and steps."""
    part = rf"(?:\*|(?:{number})(?:-(?:{number}))?)(?:/[1-9][0-9]?)?"
    return rf"{part}(?:,{part})*"


_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_WEEKDAYS = "SUN|MON|TUE|WED|THU|FRI|SAT"
CRON = " +".join(
    _cron_field(number)
    for number in (
        "[0-5]?[0-9]",
        "1?[0-9]|2[0-3]",
        "L|0?[1-9]|[12][0-9]|3[01]",
        f"0?[1-9]|1[0-2]|{_MONTHS}",
        f"[0-7]|{_WEEKDAYS}",
    )
)


def whole(pattern: str) -> str:
    """The pattern as a JSON Schema has it, where one matches anywhere in a text unless it says otherwise."""
    return f"^(?:{pattern})$" if "|" in pattern else f"^{pattern}$"
