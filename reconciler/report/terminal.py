"""Text for people at a terminal or in a log. Colour only where the stream is a terminal; rich is imported only then.

Whatever came from outside is cleaned before it gets here: nothing can move the cursor or hide. Where a stream cannot show a
character of ours, a plain one stands for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TextIO

from reconciler.report.contract import Report, Tone
from reconciler.report.layout import Row, rows

_STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.QUIET: "dim",
    Tone.ADDED: "green",
    Tone.CHANGED: "yellow",
    Tone.REMOVED: "red",
    Tone.GOOD: "green",
    Tone.WARNING: "yellow",
    Tone.ERROR: "bold red",
}
_PLAIN = str.maketrans({"→": "->", "–": "-", "·": "|", "…": "..."})


def render(report: Report) -> str:
    """The report as plain text; nothing is folded."""
    return _plain(rows(report))


def write(report: Report, stream: TextIO, *, colour: bool = True) -> None:
    """Writes the report; tables folded to the terminal, and coloured if wanted, where the stream is one."""
    drawn = rows(report, _columns(stream))
    if colour and stream.isatty():
        _draw(drawn, stream)
    else:
        stream.write(fitting(_plain(drawn), stream.encoding))


def _columns(stream: TextIO) -> int | None:
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except OSError:
        return None


def fitting(text: str, encoding: str | None) -> str:
    """The text in characters that the encoding has."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding or "ascii", "replace").decode(encoding or "ascii")
    return text


def _plain(drawn: Iterable[Row]) -> str:
    return "".join(f"{_text(row)}\n" for row in drawn)


def _text(row: Row) -> str:
    return "".join(span.text for span in row).rstrip()


def _draw(drawn: Iterable[Row], stream: TextIO) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for row in drawn:
        console.print(Text.assemble(*((fitting(span.text, stream.encoding), _STYLES[span.tone]) for span in row)))
