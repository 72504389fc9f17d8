"""Text of a file to data: fast where that is certain to be right, careful where it might not be.

The fast parser turns 199.00 into a float and takes spellings, tags and aliases that are not taken here. So it is trusted only with a
text that holds nothing of the kind anywhere, not even in a comment; every other text, and every text that it refuses, is read by the
careful one, which has the same results and knows places.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from reconciler.load import numbers
from reconciler.load.nodes import MAX_DEPTH, MAX_NODES, Data, Node, read
from reconciler.model.diagnostics import Diagnostic

_fast: Any
try:
    import yaml_rs as _fast
except ImportError:  # no wheel for this machine: the careful reader has the same results
    _fast = None

MAX_BYTES = 1024 * 1024

# Tags, anchors, merge keys, directives, odd numbers; and nesting by indentation, which the fast parser does not bound. An alias without
# an anchor is refused by both.
_AWKWARD = re.compile(
    rf"(?<![^\s\[\]{{}},:])(?:!|&\S)|<<|^%|^ {{100}}|(?:[-?:] +){{{MAX_DEPTH}}}|{numbers.ODD_ANYWHERE}", re.MULTILINE
)
FORBIDDEN = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class _AwkwardError(Exception):
    """The fast parser's result is not to be trusted."""


def decode(content: bytes) -> tuple[str, list[Diagnostic]]:
    """The text of a file's bytes, with line feeds only, and what forbids reading it."""
    if len(content) > MAX_BYTES:
        return "", [Diagnostic("too-large", f"larger than {MAX_BYTES // 1024} KiB", hint="split it", line=1, column=1)]
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        return "", [Diagnostic("not-utf-8", "not UTF-8 text", hint="save it as UTF-8", line=line, column=column)]
    return text, [_forbidden(text, found.start()) for found in [FORBIDDEN.search(text)] if found]


def parse(text: str) -> tuple[Data, list[Diagnostic]]:
    """The data of a decoded text and what is wrong with it (line and column, no file). Data is None for an unreadable text."""
    if _fast is not None and not _AWKWARD.search(text):
        try:
            return _exact(_fast.loads(text, parse_datetime=False)), []
        except (_AwkwardError, ValueError, TypeError, RecursionError):
            pass  # the careful reader says what is wrong, and where
    reading = read(text)
    return (reading.node.data() if reading.node else None), reading.problems


def positions(text: str) -> Node | None:
    """The places of everything in a decoded text; None for an unreadable one. Slow: for files that have a diagnostic."""
    return read(text).node


def _forbidden(text: str, at: int) -> Diagnostic:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    if text[at] == "\t":
        return Diagnostic("tab", "tabs are not taken", hint="indent with spaces", line=line, column=column)
    message = f"the invisible character U+{ord(text[at]):04X} is not taken"
    return Diagnostic("control-character", message, hint="remove it", line=line, column=column)


def _exact(loaded: object) -> Data:
    """The fast parser's result with exact numbers and text keys."""
    if not isinstance(loaded, dict):
        raise _AwkwardError
    count = [0]
    return _convert(loaded, 0, count)


def _convert(value: object, depth: int, count: list[int]) -> Data:
    count[0] += 1
    if depth > MAX_DEPTH or count[0] > MAX_NODES:
        raise _AwkwardError
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        converted = {_key(key): _convert(item, depth + 1, count) for key, item in value.items()}
        if len(converted) != len(value):
            raise _AwkwardError
        return converted
    if isinstance(value, list):
        return [_convert(item, depth + 1, count) for item in value]
    if value is None or isinstance(value, (str, int)):
        return value
    raise _AwkwardError


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    if type(key) is int:
        return str(key)
    raise _AwkwardError
