"""Colour where a terminal is, plain text everywhere else, and nothing heavy loaded before it is needed."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest

from reconciler.report import plan, terminal
from reconciler.report.contract import Report, Section, Table

from . import samples


class _Terminal(io.StringIO):
    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def isatty(self) -> bool:
        return True


def _report() -> Report:
    return plan.build(samples.plan(), digest=samples.DIGEST)


def test_off_a_terminal_nothing_is_coloured() -> None:
    stream = io.StringIO()
    terminal.write(_report(), stream)
    assert stream.getvalue() == terminal.render(_report())
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_gets_colours_and_the_same_words() -> None:
    stream = _Terminal()
    terminal.write(_report(), stream)
    assert "\x1b[" in stream.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()) == terminal.render(_report())


def test_a_terminal_without_colour_gets_plain_text() -> None:
    stream = _Terminal()
    terminal.write(_report(), stream, colour=False)
    assert stream.getvalue() == terminal.render(_report())


def test_a_table_is_folded_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_columns", lambda _: 60)
    stream = io.StringIO()
    cells = ("rates", "read back", "AR and PARR Rate, priced per day or per occupancy as the hotel is set up")
    table = Table(("kind", "access", "rests on"), (cells,))
    terminal.write(
        Report(subject="providers", title="", verdict="", data=dict, sections=(Section("", table=table),)), stream
    )
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    assert " ".join(" ".join(lines[1:]).split()) == " ".join(cells)


def test_a_stream_without_our_characters_gets_plain_ones() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    terminal.write(_report(), stream)
    stream.flush()
    assert b"18 Jun - 10 Sep, Fri Sat   25 nights   165.00 -> 185.00   (+12.1%)" in raw.getvalue()


def test_reports_load_nothing_heavy_until_they_draw_in_colour() -> None:
    program = (
        "import sys; from reconciler.report import plan, drift, findings, run, status, providers, lookup, terminal, markdown, html, json;"
        "print(sorted({'rich', 'pydantic', 'httpx', 'psycopg', 'ruamel', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
