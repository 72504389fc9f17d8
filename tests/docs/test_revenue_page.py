"""docs/revenue-managers.md: every example loads, every table beneath one is what comes out, and no word is for programmers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from reconciler.kinds.restrictions import set_fields
from reconciler.model.property import BOOKING, Property
from tests.docs.hotels import limits, one
from tests.docs.pages import page

PAGE = page("docs/revenue-managers.md")
_EXAMPLE = re.compile(
    r"^### (?P<heading>[^\n]+)\n(?:(?!^#).)*?^```yaml property\n(?P<yaml>.*?)^```\n\s*<!-- (?P<what>\w+) -->\n(?P<table>(?:\|[^\n]*\n)+)",
    re.MULTILINE | re.DOTALL,
)
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Example:
    """A part of a hotel's file, and the table of what comes out of it."""

    heading: str
    yaml: str
    what: str
    rows: list[Row]


def examples() -> Iterator[Example]:
    for found in _EXAMPLE.finditer(PAGE):
        head, _, *body = ([cell.strip() for cell in line.strip("|").split("|")] for line in found["table"].splitlines())
        yield Example(found["heading"], found["yaml"], found["what"], [dict(zip(head, r, strict=True)) for r in body])


def price(hotel: Property, row: Row) -> Row:
    found = hotel.rate_plans[row["plan"]].prices[row["room"], row.get("at", BOOKING)].at(_night(row))
    assert found is not None
    guests = {hotel.rooms[row["room"]].base_occupancy: found.amount, **dict(found.guests)}
    return {"price": str(guests[int(row["guests"])] if "guests" in row else found.amount)}


def restriction(hotel: Property, row: Row) -> Row:
    fields = set_fields(limits(hotel, row["plan"], row["room"], _night(row)))
    told = [name if value is True else f"{name} {value}" for name, value in sorted(fields.items())]
    return {"restriction": ", ".join(told) or "none"}


def units(hotel: Property, row: Row) -> Row:
    found = hotel.allocation[row["room"]].at(_night(row))
    assert found is not None
    return {channel: str(count) for channel, count in found.channels}


def closed(hotel: Property, row: Row) -> Row:
    return {"closed": "yes" if hotel.rooms[row["room"]].closed.at(_night(row)) else "no"}


SHOWN: dict[str, Callable[[Property, Row], Row]] = {
    "prices": price,
    "restrictions": restriction,
    "units": units,
    "closed": closed,
}


def _night(row: Row) -> date:
    return date.fromisoformat(row["night"])


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: example.heading)
def test_an_example_gives_what_its_table_says(example: Example, tmp_path: Path) -> None:
    hotel = one(tmp_path, example.yaml)
    assert example.rows
    for row in example.rows:
        assert {**row, **SHOWN[example.what](hotel, row)} == row


def test_every_example_has_its_table() -> None:
    assert len(list(examples())) == PAGE.count("```yaml property") >= 14


def test_the_page_never_mentions_what_only_programmers_know() -> None:
    assert not re.search(r"python|\bpip\b|virtualenv|traceback|\bjson\b", PAGE, re.IGNORECASE)
