"""Values in words: what a night or a document is, and what becomes of it.

Speaks of values alone; nights are `report.nights`', addresses the builders'.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from decimal import ROUND_HALF_UP, Decimal

from reconciler.kinds.restrictions import set_fields
from reconciler.model.state import (
    Allotments,
    Availability,
    Counts,
    Document,
    Json,
    NightValue,
    Price,
    Restrictions,
)
from reconciler.report.contract import Line, count

NOTHING = "none"
NOT_SET = "not set"
UNKNOWN = "?"
_DEEPEST = 8
_MOST_UNITS = 10**9
"""For shades: what a hotel cannot have, and a float can hold."""
_LINE = 100


def night(value: NightValue | dict[str, int] | None, absent: str = NOTHING) -> str:
    """The value of one night; `absent` is what stands for none."""
    match value:
        case Price():
            return _price(value)
        case Restrictions():
            return ", ".join(_restrictions(value)) or "no restriction"
        case Availability():
            return f"allotment {value.allotment}{', closed' if value.closed else ''}"
        case Allotments():
            return night(_shares(value))
        case dict():
            return ", ".join(f"{name} {units}" for name, units in value.items())
    return absent


def night_change(before: NightValue | None, after: NightValue | None, counts: Counts | None, absent: str) -> Line:
    """What a night was and is to be, as cells: the change, and what to know of it."""
    if before is None and after is not None and absent == UNKNOWN:
        return (f"{UNKNOWN} → {night(after)} (first send)",)
    match before, after:
        case Price(), Price():
            return _prices(before, after)
        case Restrictions(), Restrictions():
            return (", ".join(_restriction_changes(before, after)),)
        case Availability(), Availability():
            return _availability(before, after, counts)
        case Allotments(), Allotments():
            return (", ".join(_share_changes(_shares(before), _shares(after))),)
    sold = left_of(None, after, counts) if isinstance(after, Availability) else ()
    return (f"{night(before, absent)} → {night(after)}", *sold)


def percent(before: Decimal, after: Decimal) -> str:
    """The change of a price, for instance `+12.1%`; empty where there is nothing to compare with."""
    if before <= 0:
        return ""
    change = ((after - before) * 100 / before).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{change:+f}%"


def _price(value: Price) -> str:
    guests = ", ".join(f"{count(number, 'guest')} {amount:f}" for number, amount in value.guests)
    return f"{value.amount:f}{f' ({guests})' if guests else ''}"


def _prices(before: Price, after: Price) -> Line:
    guests = list(_guest_changes(dict(before.guests), dict(after.guests)))
    if before.amount == after.amount:
        return (", ".join([f"{after.amount:f}", *guests]),)
    change = percent(before.amount, after.amount)
    cells = [f"{before.amount:f} → {after.amount:f}"]
    if change or guests:
        cells.append(f"({change})" if change else "")
    return (*cells, *([", ".join(guests)] if guests else []))


def _guest_changes(before: dict[int, Decimal], after: dict[int, Decimal]) -> Iterator[str]:
    for number in sorted({*before, *after}):
        old, new = before.get(number), after.get(number)
        if old != new:
            yield f"{count(number, 'guest')} {_amount(old)} → {_amount(new)}"


def _amount(amount: Decimal | None) -> str:
    return NOTHING if amount is None else f"{amount:f}"


def _availability(before: Availability, after: Availability, counts: Counts | None) -> Line:
    words = []
    if before.allotment != after.allotment:
        words.append(f"allotment {before.allotment} → {after.allotment}")
    if before.closed != after.closed:
        words.append("open → closed" if after.closed else "closed → open")
    return (", ".join(words), *left_of(before, after, counts))


def amount(value: NightValue | None) -> float | None:
    """How much it is, for a shade: a price, units on sale (0 where closed), how many restrictions; None where there is nothing."""
    match value:
        case Price():
            return float(value.amount)
        case Restrictions():
            return float(len(set_fields(value)))
        case Availability():
            return 0.0 if value.closed else float(min(value.allotment, _MOST_UNITS))
        case Allotments():
            return float(min(value.units, _MOST_UNITS))
    return None


def left_of(before: Availability | None, after: Availability, counts: Counts | None) -> Line:
    """What is left and sold before and after, as a cell; none where it is not known."""
    if counts is None:
        return ()
    if before is not None and before.allotment == after.allotment:
        return (f"(left {counts.left}, sold {counts.sold})",)
    return (f"(left {counts.left} → {max(0, after.allotment - counts.sold)}, sold {counts.sold})",)


def _shares(value: Allotments) -> dict[str, int]:
    return {"units": value.units, **dict(value.channels), "overbooking": value.overbooking}


def telling(values: Sequence[NightValue | None]) -> tuple[NightValue | dict[str, int] | None, ...]:
    """The values of one night as seen from several sides, without the shares of an allocation in which all sides agree."""
    shares = [_shares(value) for value in values if isinstance(value, Allotments)]
    same = {name for name in (shares[0] if shares else ()) if all(s.get(name) == shares[0][name] for s in shares)}
    return tuple(
        {name: units for name, units in _shares(value).items() if name not in same}
        if isinstance(value, Allotments) and len(shares) > 1
        else value
        for value in values
    )


def _share_changes(before: dict[str, int], after: dict[str, int]) -> Iterator[str]:
    for name in {**after, **before}:
        if before.get(name) != after.get(name):
            yield f"{name} {before.get(name, NOTHING)} → {after.get(name, NOTHING)}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _restrictions(value: Restrictions) -> Iterator[str]:
    for name, set_to in set_fields(value).items():
        yield _words(name) if set_to is True else f"{_words(name)} {set_to}"


def _restriction_changes(before: Restrictions, after: Restrictions) -> Iterator[str]:
    for field in fields(Restrictions):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        if not isinstance(new, bool):
            yield f"{_words(field.name)} {NOTHING if old is None else old} → {NOTHING if new is None else new}"
        elif field.name == "closed":
            yield "open → closed" if new else "closed → open"
        else:
            yield _words(field.name) if new else f"no longer {_words(field.name)}"


def document_change(before: Document | None, after: Document | None, absent: str) -> tuple[Line, ...]:
    """A document field by field, nested ones dotted: all fields of one that comes or goes, else those that differ."""
    if before is None and absent == UNKNOWN:
        return capped((name, f"{UNKNOWN} → {value} (first send)") for name, value in flat(after or {}).items())
    if before is None or after is None:
        return packed(after if after is not None else before or {})
    old, new = flat(before), flat(after)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return capped((name, f"{old.get(name, NOT_SET)} → {new.get(name, NOT_SET)}") for name in changed)


def capped(lines: Iterable[Line], most: int = 20) -> tuple[Line, ...]:
    """The first lines of a document; the rest is counted."""
    every = tuple(lines)
    rest = len(every) - most
    return every if rest <= 1 else (*every[:most], (f"… and {count(rest, 'more field')}",))


def packed(document: Document) -> tuple[Line, ...]:
    """All fields of a document in few lines."""
    rows: list[str] = []
    for name, value in flat(document).items():
        item = f"{name}: {value}"
        if rows and len(rows[-1]) + len(item) < _LINE:
            rows[-1] += f" · {item}"
        else:
            rows.append(item)
    return capped((row,) for row in rows)


def flat(document: Document) -> dict[str, str]:
    """Every leaf of a document in words, by its dotted name, sorted."""
    leaves: dict[str, str] = {}
    _flatten(dict(document), "", leaves.__setitem__, _DEEPEST)
    return leaves


def _flatten(value: Json, name: str, put: Callable[[str, str], None], depth: int) -> None:
    if isinstance(value, dict) and value and depth:
        for key in sorted(value):
            _flatten(value[key], f"{name}.{key}" if name else key, put, depth - 1)
    else:
        put(name or ".", _leaf(value))


def _leaf(value: Json) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, str) and value and value == value.strip() and value not in _READ_OTHERWISE:
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


_READ_OTHERWISE = frozenset({"none", "true", "false", NOT_SET, UNKNOWN})
