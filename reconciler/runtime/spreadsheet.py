"""Prices as a spreadsheet has them: rows of a CSV file, read and written. Knows no hotel; what rows mean is for who edits by them.

Takes what spreadsheets write: a byte order mark, `;` between cells where the decimal sign is a comma, dates with or without time behind.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reconciler.model.calendar import EVERY_DAY, WEEKDAYS
from reconciler.model.diagnostics import Diagnostic, did_you_mean

COLUMNS = ("property", "room", "rate_plan", "from", "through", "days", "price")
NEEDED = frozenset(COLUMNS) - {"days"}
MAX_BYTES, MAX_ROWS, MAX_NIGHTS = 20_000_000, 200_000, 1_100
_DAY = timedelta(days=1)
_PRICE = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.\d{1,3})?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00)?)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a price for the nights from `start` up to and not including `until` that fall on `days` (0 is Monday)."""

    line: int
    property: str
    room: str
    rate_plan: str
    start: date
    until: date
    days: frozenset[int]
    price: Decimal


class _OddError(Exception):
    """A cell that cannot be read: its column, what is wrong, and what to do."""

    def __init__(self, column: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.column, self.hint = column, hint


def read(content: bytes, name: str) -> tuple[list[Row], list[Diagnostic]]:
    """The rows of a file, and everything that is wrong with it: each with its line, and column."""
    if len(content) > MAX_BYTES:
        return [], [Diagnostic("bad-csv", f"larger than {MAX_BYTES:,} bytes", hint="split it", file=name)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Diagnostic("not-utf-8", "not UTF-8 text", hint="save it as CSV UTF-8", file=name)]
    first = text.partition("\n")[0]
    comma = ";" if first.count(";") > first.count(",") else ","
    lines = text.splitlines()
    reader = csv.reader(io.StringIO(text), delimiter=comma)
    try:
        table = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        return [], [Diagnostic("bad-csv", f"cannot be read: {error}", file=name, line=reader.line_num, column=1)]
    header = [cell.strip().lower() for cell in table[0][1]] if table else []
    problems = list(_header(header, name))
    if problems or len(table) > MAX_ROWS:
        return [], problems or [Diagnostic("bad-csv", f"more than {MAX_ROWS:,} rows", hint="split it", file=name)]
    rows = []
    for line, cells in table[1:]:
        if any(cell.strip() for cell in cells):
            try:
                rows.append(_row(line, header, cells, decimal_comma=comma == ";"))
            except _OddError as odd:
                column = _place(lines[line - 1], comma, header.index(odd.column))
                problems.append(
                    Diagnostic("bad-csv", f"{odd.column}: {odd}", hint=odd.hint, file=name, line=line, column=column)
                )
    return rows, problems


def _place(line: str, comma: str, cell: int) -> int:
    """The column at which a cell begins, from 1; the line's first where quotes make that hard to say."""
    cells = line.split(comma)
    return 1 if '"' in line or cell >= len(cells) else 1 + sum(len(before) + 1 for before in cells[:cell])


def _header(header: Sequence[str], name: str) -> Iterable[Diagnostic]:
    for number, column in enumerate(header, 1):
        if column not in COLUMNS:
            hint = did_you_mean(column, COLUMNS)
            yield Diagnostic(
                "bad-csv", f"there is no column `{column[:40]}`", hint=hint, file=name, line=1, column=number
            )
        elif column in header[: number - 1]:
            yield Diagnostic("bad-csv", f"two columns are called `{column}`", file=name, line=1, column=number)
    missing = sorted(NEEDED - set(header))
    if missing:
        hint = f"the first row names the columns: {', '.join(COLUMNS)}"
        yield Diagnostic(
            "bad-csv", f"no column {', '.join(f'`{m}`' for m in missing)}", hint=hint, file=name, line=1, column=1
        )


def _row(line: int, header: Sequence[str], cells: Sequence[str], *, decimal_comma: bool) -> Row:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise _OddError(header[-1], "there are more cells than columns", "is a comma missing its quotes?")
    values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    for column in sorted(NEEDED):
        if not values.get(column):
            raise _OddError(column, "nothing is written here")
    start, last = _night(values, "from"), _night(values, "through")
    if last < start:
        raise _OddError("through", f"{last} is before {start}", "both ends are nights, both belong to it")
    if (last - start).days >= MAX_NIGHTS:
        raise _OddError("through", f"more than {MAX_NIGHTS:,} nights")
    days = _days(values.get("days", ""))
    return Row(
        line,
        values["property"],
        values["room"],
        values["rate_plan"],
        start,
        last + _DAY,
        days,
        _price(values["price"], decimal_comma),
    )


def _night(values: dict[str, str], column: str) -> date:
    found = _DATE.fullmatch(values[column])
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise _OddError(
            column, f"`{values[column][:40]}` is not a night", "write it as 2027-06-15: format the cells as text before"
        ) from None


def _days(text: str) -> frozenset[int]:
    names = text.lower().replace(",", " ").split()
    for name in names:
        if name not in WEEKDAYS:
            raise _OddError("days", f"`{name[:20]}` is not a day", f"known: {' '.join(WEEKDAYS)}; empty is every day")
    return frozenset(WEEKDAYS.index(name) for name in names) or EVERY_DAY


def _price(text: str, decimal_comma: bool) -> Decimal:
    spelled = text.replace(",", ".") if decimal_comma and text.count(",") == 1 and "." not in text else text
    if not _PRICE.fullmatch(spelled) or not Decimal(spelled):
        hint = "digits with a point before the decimals, such as 185.00, and nothing between thousands"
        raise _OddError("price", f"`{text[:40]}` is not a price", hint)
    return Decimal(spelled)


def written(rows: Iterable[Row]) -> str:
    """Rows as a CSV file: commas, points, one line each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        days = "" if row.days == EVERY_DAY else " ".join(WEEKDAYS[day] for day in sorted(row.days))
        through = row.until - _DAY
        writer.writerow((row.property, row.room, row.rate_plan, row.start, through, days, f"{row.price:f}"))
    return out.getvalue()
