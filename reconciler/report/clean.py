"""Cleaning text that came from outside, before any format draws it.

Takes away what can move a cursor, change a colour, turn the direction of reading or hide: terminal escapes, control characters, bidi
controls, zero-width and private characters. Escaping for a format is the format's own.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 400
"""Characters of one piece of text that are shown."""

# A whole escape sequence goes, so that its letters do not stay behind: CSI, OSC and other strings up to their end, two-character ones.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)


def clean(text: str, longest: int = LONGEST) -> str:
    """The text on one line, printable characters only, cut after `longest` characters."""
    if len(text) > 4 * longest:
        text = text[: 4 * longest]
    if not text.isprintable():
        text = "".join(_printable(char) for char in _ESCAPES.sub("", text))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    return " " if char in "\t\n\r\v\f" or unicodedata.category(char) in ("Zs", "Zl", "Zp") else ""


def width(text: str) -> int:
    """How many columns a terminal needs for clean text."""
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
