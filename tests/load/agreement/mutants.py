"""Documents that are nearly those given: every value exchanged for each of many, keys removed, renamed, added, nested wrongly."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

Path = tuple[str | int, ...]

VALUES: tuple[Any, ...] = (
    # nothing, truth
    None, True, False, "true", "no",
    # numbers, around every bound
    -100_000_000, -1, 0, 1, 2, 99, 100, 101, 999, 1000, 1100, 1101, 9999, 10_000, 1_000_000, 1_000_001, 99_999_999, 100_000_000,
    *map(Decimal, ("-0.01", "0.00", "0.01", "5.00", "5.50", "99999999.99", "100000000.00")),
    # texts
    "close", "", " ", "x", " x ", "x y", "a\tb", "a\nb", "a\n", "\u00a0", "a\u200bb", "é", "🏨", "a\U000e0041", "12", "5.00", "-1", "_x",
    *("x" * length for length in (63, 64, 100, 101, 255, 256)),
    # percentages
    "0%", "+3%", "-15%", "100%", "100.5%", "101%", "-100%", "-99.99%", "-0%", "99999999%", "100000000%", "0.1234567%",
    "15 %", "1e3%", "%", "05%",
    # nights and times
    "2027-06-15", "2027-06-15..2027-06-20", "2027-06-15 .. 2027-06-20", "2027-06-20..2027-06-15", "2027-06-15..",
    "2027-02-30", "2027-13-01", "1999-12-31", "2200-12-31", "2201-01-01", "15.06.2027", "2027-06-15T12:00",
    "2027-06-15 12:00:30", "2027-06-15T24:00", "2027-06-15T12:00+01:00", "20270615",
    "500ms", "30s", "0.5h", "0.1234s", "90d", "99999d", "1234567890ms", "5 m", "5min",
    # words
    "fri", "Fri", "weekend", "create_only", "create", "EUR", "eur", "PT", "XX", "Europe/Lisbon", "europe/lisbon", "UTC",
    "bar", "BAR", "flexible", "first_night", "arrival", "local", "token", "static", "expedia", "booking.com", "critical",
    "rate_sync", "rates", "wide", "error", "booked_nights", "Property", "Defaults", "Workspace", "*", "4..12", "3..", "..", "..5", "4...12",
    # references, URLs, schedules, ids
    "env:NAME", "env:1X", "env:", "file:/run/key", "file: ", "s3cret", "embedded", "embedded:dir", "embedded:a dir",
    "https://x.example", "https://user:pw@x.example", "ftp://x.example", "http://127.0.0.1:8790/", "http://x:65536",
    "http://[::1]:80/a", "https://", "*/15 * * * *", "60 * * * *", "* * * *", "5-1 * * * *", "0 0 1 JAN MON",
    "0 24 * * *", "* * * * * *", "@daily", "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "0B9F6A5E-5D0E-4A53-8F8E-2F6D1D0C7A11",
    "0b9f6a5e5d0e4a538f8e2f6d1d0c7a11", "{0b9f6a5e}",
    # lists and mappings
    [], ["fri", "sat"], ["x"], [5], [None], [[]], ["-10%", 5], ["2027-06-15", "2027-13-01"], ["expedia"],
    [{"EUR": 5, "USD": "5%"}], {}, {"x": 1}, {"x": None}, {"default": 5}, {"default": None}, {"default": {}}, {"EUR": 5},
    {"EUR": "5%"}, {"EUR": None}, {"EUR": 5, "XXX": 5}, {"EUR": 5, "USD": "x"}, {"EUR": 5, "USD": -5}, {"EUR": 5, "USD": None},
    {"from": "x"}, {"min_stay": 2}, {"direct": 2}, {"set": 5}, {"nights": "2027-06-15"},
)  # fmt: skip

KEYS = (
    "x", "X_1-", "101", "_x", "a b", "", "é", "x" * 63, "x" * 64, "x\n", "*", "fri", "1", "0", "100", "01", "EUR", "default",
    "days", "nights", "kind", "booking.com",
)  # fmt: skip


def nodes(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with the way to it, the outermost first."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from nodes(item, (*path, key))


def replaced(document: Any, path: Path, value: Any) -> Any:
    """The document with another value there."""
    if not path:
        return value
    if isinstance(document, list):
        return [replaced(item, path[1:], value) if place == path[0] else item for place, item in enumerate(document)]
    return {key: replaced(item, path[1:], value) if key == path[0] else item for key, item in document.items()}


def with_other_values(document: dict[str, Any], every: int) -> Iterator[dict[str, Any]]:
    """Every value but the outermost exchanged for one in `every` of `VALUES`, for others each time."""
    for number, (path, _) in enumerate(nodes(document)):
        if path:
            for value in VALUES[number % every :: every]:
                yield replaced(document, path, value)


def with_other_keys(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every key removed, or renamed to each of `KEYS`; each of them added to every mapping, with null and with what is beside it."""
    for path, value in nodes(document):
        if not isinstance(value, dict):
            continue
        for key, item in value.items():
            rest = {other: inner for other, inner in value.items() if other != key}
            yield replaced(document, path, rest)
            yield from (replaced(document, path, {**rest, name: item}) for name in KEYS if name not in rest)
            yield replaced(document, path, {**rest, key: {key: item}})
            yield replaced(document, path, {**rest, key: [item]})
        yield from (replaced(document, path, {**value, name: None}) for name in KEYS if name not in value)
        yield from (replaced(document, path, {**value, name: {"y": None}}) for name in KEYS if name not in value)


def with_several_faults(documents: Sequence[dict[str, Any]], count: int) -> Iterator[dict[str, Any]]:
    """So many documents, each made of three of those given, with some values exchanged and keys renamed; the same ones every time."""
    dice = random.Random(20261126)
    for _ in range(count):
        document: dict[str, Any] = {}
        for part in dice.sample(documents, 3):
            document = {**document, **part}
        for _ in range(dice.randrange(3)):
            paths = [path for path, _ in nodes(document) if path]
            document = replaced(document, dice.choice(paths), dice.choice(VALUES))
        if dice.randrange(2):
            path, mapping = dice.choice([(p, m) for p, m in nodes(document) if isinstance(m, dict) and m])
            key = dice.choice(list(mapping))
            document = replaced(document, path, {dice.choice(KEYS) if k == key else k: v for k, v in mapping.items()})
        yield document
