"""Inheritance: outer defaults, inner ones, the property.

Mappings merge key by key, scalars and lists replace, null removes what was inherited. A bare value is its calendar's `default` before
anything is merged, so that both spellings inherit alike; and null stays where it is a value: a field of a night that is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from pydantic_core import PydanticCustomError

from reconciler.load import values
from reconciler.load.nodes import Data
from reconciler.load.problems import Keys, Problem
from reconciler.model.money import CURRENCIES

_PARTS = frozenset({"default", "days", "seasons", "overrides", "mode", "bounds"})
_SEASON_PARTS = frozenset({"default", "days"})
_PRICE_CALENDARS: tuple[Keys, ...] = (
    ("rooms", "*", "units"),
    ("rooms", "*", "closed"),
    ("rate_plans", "*", "rates", "*"),
)
_FIELD_CALENDARS: tuple[Keys, ...] = (
    ("allocation", "*"),
    ("rate_plans", "*", "restrictions"),
    ("rate_plans", "*", "room_restrictions", "*"),
)
AMOUNTS_IN = "rate_plans"
"""The one section that has amounts of money."""
_MONEY_OF_A_PLAN = frozenset({"rates", "derive", "occupancy", "providers"})
_OF_DERIVATIONS: tuple[Keys, ...] = (("change",), ("floor",), ("ceiling",), ("round", "to"))
_OF_PROVIDERS: tuple[Keys, ...] = (("change",), ("round", "to"))

Mapping = dict[str, Data]


def normal(data: Mapping) -> Mapping:
    """The document with every short form written out."""
    written: Data = data
    for pattern in _PRICE_CALENDARS:
        written = _at(written, pattern, _value_calendar)
    for pattern in _FIELD_CALENDARS:
        written = _at(written, pattern, _field_calendar)
    written = _at(written, ("seasons", "*"), _season)
    assert isinstance(written, dict)
    return written


def merged(documents: Iterable[Mapping]) -> Mapping:
    """Normal documents, the outermost first, as one."""
    result: Mapping = {}
    for document in documents:
        result = over(result, document)
    return result


def over(under: Mapping, document: Mapping) -> Mapping:
    """A normal document over one that is merged already. What it leaves as it is, is the same object in both."""
    return _merge(under, document, ()) if _has_nulls(document) else _laid(under, document)


def is_value_calendar(keys: Keys) -> bool:
    """Whether these keys lead to a calendar of plain values, or to what such a calendar says of one season."""
    own = any(_leads(pattern, keys) for pattern in _PRICE_CALENDARS)
    return own or (len(keys) > 2 and keys[-2] == "seasons" and any(_leads(p, keys[:-2]) for p in _PRICE_CALENDARS))


def is_field_calendar(keys: Keys) -> bool:
    """Whether these keys lead to a calendar whose values have fields."""
    return any(_leads(pattern, keys) for pattern in _FIELD_CALENDARS)


def is_short(keys: Iterable[str]) -> bool:
    """Whether a calendar with these keys is the bare value of its default."""
    return not _PARTS & set(keys)


def _leads(pattern: Keys, keys: Keys) -> bool:
    return len(keys) == len(pattern) and all(part in ("*", key) for part, key in zip(pattern, keys, strict=True))


def in_currency(data: Mapping, currency: str) -> tuple[Mapping, list[Problem]]:
    """The document with each amount that is written per currency replaced by its own; and what is wrong with those amounts.

    Where there is none for the currency, any of them holds. The amounts of other currencies are checked here, for nobody else sees them.
    """
    problems: list[Problem] = []

    def convert(value: Data, keys: Keys) -> Data:
        if _without_money(keys):
            return value
        if isinstance(value, list):
            return [convert(item, (*keys, place)) for place, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if not _per_currency(value, keys):
            return {key: convert(item, (*keys, key)) for key, item in value.items()}
        chosen = currency if currency in value else next(iter(value))
        if currency != chosen:
            message = f"no amount in {currency} is written here"
            problems.append(Problem("amount-not-in-currency", message, keys, f"add `{currency}: ...`"))
        problems.extend(_wrong_amounts({key: value[key] for key in value if key != chosen}, keys))
        return value[chosen]

    converted = convert(data, ())
    assert isinstance(converted, dict)
    return converted, problems


def _wrong_amounts(amounts_: Mapping, keys: Keys) -> Iterator[Problem]:
    check = values.change if keys[2] == "occupancy" or "change" in keys else values.price
    for currency, amount in amounts_.items():
        try:
            check(amount)
        except PydanticCustomError as error:
            yield Problem(error.type, error.message(), (*keys, currency), str((error.context or {}).get("hint", "")))


def bare_amounts(data: Mapping) -> Iterator[Keys]:
    """Where a normal document writes an amount of money without its currency."""
    return (keys for keys, _ in _amounts(data, (), []))


def amounts(data: Mapping) -> Iterator[tuple[Keys, Decimal]]:
    """Every amount of money in a merged document, with where it stands."""
    return ((keys, Decimal(amount)) for keys, amount in _amounts(data, (), []))


def _amounts(value: Data, keys: Keys, found: list[tuple[Keys, int | Decimal]]) -> list[tuple[Keys, int | Decimal]]:
    if _without_money(keys):
        return found
    if isinstance(value, dict):
        if not _per_currency(value, keys):
            for key, item in value.items():
                _amounts(item, (*keys, key), found)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _amounts(item, (*keys, number), found)
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool) and _is_money(keys):
        found.append((keys, value))
    return found


def _without_money(keys: Keys) -> bool:
    """Whether no amount of money can stand below these keys. For speed alone: most of a document is like that."""
    return (len(keys) == 3 and keys[2] not in _MONEY_OF_A_PLAN) or (len(keys) == 1 and keys[0] != AMOUNTS_IN)


def removed_amounts(data: Data, keys: Keys = ()) -> Iterator[Keys]:
    """Where a document writes null among amounts per currency. `keys`: what leads to it."""
    if isinstance(data, dict):
        among = _is_money(keys)
        for key, item in data.items():
            if among and item is None:
                yield (*keys, key)
            yield from removed_amounts(item, (*keys, key))


def _is_money(keys: Keys) -> bool:
    """Whether an amount of money stands here: a night's price, or a part of a price's making."""
    match keys:
        case ("rate_plans", _, "rates", _, "derive", *part) | ("rate_plans", _, "derive", *part):
            return tuple(part) in _OF_DERIVATIONS or (part[:1] == ["change"] and len(part) == 2)
        case ("rate_plans", _, "rates", _, *inner):
            return _value_depth(tuple(inner)) == len(inner)
        case ("rate_plans", _, "occupancy", _):
            return True
        case ("rate_plans", _, "providers", _, *part):
            return tuple(part) in _OF_PROVIDERS
        case _:
            return False


def _per_currency(value: Mapping, keys: Keys) -> bool:
    return next(iter(value), None) in CURRENCIES and _is_money(keys) and _by_currency(value)


def _by_currency(value: Mapping) -> bool:
    plain = not any(isinstance(item, (dict, list)) for item in value.values())
    return bool(value) and plain and all(key in CURRENCIES for key in value)


def _at(data: Data, pattern: Keys, change: Callable[[Data], Data]) -> Data:
    if not pattern:
        return change(data)
    if not isinstance(data, dict):
        return data
    head, rest = pattern[0], pattern[1:]
    if head != "*" and head not in data:
        return data
    return {key: _at(value, rest, change) if head in ("*", key) else value for key, value in data.items()}


def _value_calendar(value: Data) -> Data:
    if value is None:
        return None
    if isinstance(value, dict) and not _by_currency(value):
        return _seasons(value, _value_season)
    return {"default": value}


def _value_season(value: Data) -> Data:
    whole = value is None or (isinstance(value, dict) and not _by_currency(value))
    return value if whole else {"default": value}


def _field_calendar(value: Data) -> Data:
    if value is None:
        return None
    if isinstance(value, dict) and (not value or _PARTS & value.keys()):
        return _seasons(value, _field_season)
    return {"default": value}


def _field_season(value: Data) -> Data:
    whole = value is None or (isinstance(value, dict) and (not value or _SEASON_PARTS & value.keys()))
    return value if whole else {"default": value}


def _seasons(calendar: Mapping, season: Callable[[Data], Data]) -> Mapping:
    seasons = calendar.get("seasons")
    if not isinstance(seasons, dict):
        return calendar
    return {**calendar, "seasons": {name: season(value) for name, value in seasons.items()}}


def _season(value: Data) -> Data:
    return value if value is None or isinstance(value, dict) else {"nights": value}


def nulls(data: Mapping) -> Mapping:
    """The document with nothing but its nulls and the keys that lead there."""
    found: Mapping = {}
    for key, value in data.items():
        if value is None:
            found[key] = None
        elif isinstance(value, dict) and (inner := nulls(value)):
            found[key] = inner
    return found


def _has_nulls(data: Mapping) -> bool:
    return any(value is None or (isinstance(value, dict) and _has_nulls(value)) for value in data.values())


def _laid(under: Mapping, over: Mapping) -> Mapping:
    """What `_merge` comes to where nothing is removed."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        result[key] = _laid(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def _merge(under: Mapping, over: Mapping, keys: Keys) -> Mapping:
    result = dict(under)
    for key, value in over.items():
        here = (*keys, key)
        below = result.get(key)
        if value is None and not (_is_field(here) or _is_of_a_room(here)):
            result.pop(key, None)
        elif isinstance(value, dict):
            result[key] = _merge(below if isinstance(below, dict) else {}, value, here)
        else:
            result[key] = value
    return result


def _is_field(keys: Keys) -> bool:
    """Whether this is a field of a night's value, in a calendar whose values have fields."""
    depth = next((len(pattern) for pattern in _FIELD_CALENDARS if _fits(pattern, keys)), 0)
    inner = keys[depth:]
    if not depth or len(inner) < 2:
        return False
    return _value_depth(inner) == len(inner) - 1


def _is_of_a_room(keys: Keys) -> bool:
    """Whether this is within a room's own allocation: there null also takes away what `*` says, which comes under it last."""
    return len(keys) > 2 and keys[0] == "allocation" and keys[1] != "*"


def _value_depth(inner: Keys) -> int:
    """How many keys lead from a calendar to the value of a night."""
    match inner:
        case ("default", *_):
            return 1
        case ("days", *_):
            return 2
        case ("seasons", _, "default", *_):
            return 3
        case ("seasons", _, "days", *_):
            return 4
        case ("overrides", _, "set", *_):
            return 3
        case _:
            return -1


def _fits(pattern: Keys, keys: Keys) -> bool:
    return len(keys) > len(pattern) and all(part in ("*", key) for part, key in zip(pattern, keys, strict=False))


def every_room(data: Mapping) -> Mapping:
    """A merged document in which each room's allocation has what `*` says for every room under its own."""
    rooms, allocation = data.get("rooms"), data.get("allocation")
    if not isinstance(allocation, dict):
        return data
    shared = allocation.get("*")
    expanded = dict(allocation)
    if isinstance(rooms, dict) and isinstance(shared, dict):
        expanded |= {room: shared for room in rooms if allocation.get(room) is None}
    for room, own in allocation.items():
        if room != "*" and isinstance(own, dict):
            keys = ("allocation", room)
            under = shared if isinstance(shared, dict) and isinstance(rooms, dict) and room in rooms else {}
            expanded[room] = _without_removed(_merge(under, own, keys) if under else own, keys)
    return {**data, "allocation": expanded}


def _without_removed(data: Mapping, keys: Keys) -> Mapping:
    """Without what null took away; the same object where that is nothing."""
    found: Mapping = {}
    for key, value in data.items():
        here = (*keys, key)
        if value is not None or _is_field(here):
            found[key] = _without_removed(value, here) if isinstance(value, dict) else value
    return data if len(found) == len(data) and all(found[key] is value for key, value in data.items()) else found
