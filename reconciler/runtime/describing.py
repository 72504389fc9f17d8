"""From what runs at the providers to a property document: the pure half of `import`.

Rooms and plans of several providers are one where their names are one. A calendar becomes its commonest value and overrides for the
nights that differ. What cannot be said exactly in YAML is left to the caller, who compares and leaves it unmanaged.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from reconciler.kinds.restrictions import set_fields
from reconciler.load.editing import Signed
from reconciler.model.calendar import EVERY_DAY, WEEKDAYS, Calendar, Run, constant, from_runs, merge, patterns
from reconciler.model.money import Rounding, in_currency, round_to
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, PROVIDERS
from reconciler.model.state import Availability, Document, Price, Restrictions, Window
from reconciler.providers.remote import Remote, RemotePlan

V = TypeVar("V")
Yaml = dict[str, Any]
_MEALS = {
    "breakfast": "bed_and_breakfast",
    "half_board": "half_board",
    "full_board": "full_board",
    "all_inclusive": "all_inclusive",
}


@dataclass(slots=True)
class _Plan:
    """One plan of ours while it is put together: its ids by (provider, room), and what is known of it."""

    key: str
    name: str
    document: Document
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    rates: dict[str, Calendar[Price]] = field(default_factory=dict)
    restrictions: dict[str, Calendar[Restrictions]] = field(default_factory=dict)


def describe(
    slug: str,
    property_id: str,
    remotes: Mapping[str, Remote],
    credentials: Mapping[str, str],
    window: Window,
    currency: str,
) -> Yaml:
    """The property document. `remotes` by provider, as read over `window`; `credentials`: the name to use by provider."""
    first = next(remote for provider in PROVIDERS if (remote := remotes.get(provider)))
    rooms = _rooms(remotes)
    plans = _plans(remotes, rooms)
    document: Yaml = {
        "kind": "Property",
        "id": property_id,
        "name": first.name or slug.replace("-", " ").title(),
        "country": "",
        "currency": currency,
        "timezone": next((r.timezone for r in remotes.values() if r.timezone), "UTC"),
        **_rates_are(remotes.values()),
        "providers": {provider: _link(provider, remotes[provider], credentials) for provider in sorted(remotes)},
        "rooms": {key: _room(slug, key, remotes, ids) for key, ids in rooms.items()},
        "mappings": {provider: _mapping(provider, rooms, plans) for provider in sorted(remotes)},
        "allocation": {key: _allocation(remotes, ids) for key, ids in rooms.items()},
        "rate_plans": {plan.key: _plan_document(plan, window, currency) for plan in plans},
    }
    return document


def _rates_are(remotes: Iterable[Remote]) -> Yaml:
    told = next((remote.rates_are for remote in remotes if remote.rates_are), "")
    return {"rates_are": dict(zip(("basis", "tax"), told.split(), strict=True))} if told else {}


def slugged(name: str, otherwise: str = "room") -> str:
    """A name as a key: lower-case words joined by hyphens, without accents. `otherwise`: where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].rstrip("-") or otherwise


def room_id(slug: str, key: str) -> str:
    """An id for a room that no hotel system has given one: the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"reconciler/{slug}/{key}"))


def _link(provider: str, remote: Remote, credentials: Mapping[str, str]) -> Yaml:
    link: Yaml = {"property_id" if provider == EXPEDIA else "hotel_id": remote.hotel_id}
    if provider in credentials:
        link["credentials"] = credentials[provider]
    return link


def _rooms(remotes: Mapping[str, Remote]) -> dict[str, dict[str, str]]:
    """Our room keys with the provider's id at each provider: rooms of one name are one room, once per provider."""
    rooms: dict[str, dict[str, str]] = {}
    for provider in sorted(remotes, key=lambda name: (name != EXPEDIA, name)):
        for room in sorted(remotes[provider].rooms, key=lambda room: room.id):
            taken = frozenset(key for key, ids in rooms.items() if provider in ids)
            key = free_name(slugged(room.name), taken.__contains__)
            rooms.setdefault(key, {})[provider] = room.id
    return rooms


def free_name(key: str, taken: Callable[[str], bool]) -> str:
    """The key, or where it is taken the first of `key-2`, `key-3`, ... that is not."""
    number, free = 2, key
    while taken(free):
        free, number = f"{key}-{number}", number + 1
    return free


def _room(slug: str, key: str, remotes: Mapping[str, Remote], ids: Mapping[str, str]) -> Yaml:
    found = [room for provider, id_ in ids.items() for room in remotes[provider].rooms if room.id == id_]
    most = max((room.max_occupancy or 2 for room in found), default=2)
    document: Yaml = {
        "id": room_id(slug, key),
        "name": found[0].name,
        "units": max([sum(found.values()) for _, found in _together(remotes, ids)], default=0),
        "occupancy": {"base": min(2, most), "max": most},
    }
    closed = [remotes[p].availability[id_].map(_closed) for p, id_ in ids.items() if id_ in remotes[p].availability]
    if closed and all(calendar == closed[0] for calendar in closed) and any(run.value for run in closed[0]):
        document["closed"] = to_yaml(closed[0], bool)
    return document


def _closed(value: Availability) -> bool:
    return value.closed


def _together(remotes: Mapping[str, Remote], ids: Mapping[str, str]) -> Iterator[tuple[Run[Any], dict[str, int]]]:
    """The runs of nights with the allotment of each provider."""
    joint: Calendar[tuple[tuple[str, int], ...]] = Calendar()
    for provider, id_ in sorted(ids.items()):
        there = remotes[provider].availability.get(id_, Calendar())
        allotted = there.map(partial(_allotted, provider))
        joint = merge(joint, allotted, lambda known, now: (*(known or ()), *(now or ())))
    for run in joint:
        yield run, dict(run.value)


def _allotted(provider: str, value: Availability) -> tuple[tuple[str, int], ...]:
    return ((provider, value.allotment),)


def _allocation(remotes: Mapping[str, Remote], ids: Mapping[str, str]) -> Yaml:
    def shares(found: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
        return ((DIRECT, 0), *((provider, found.get(provider, 0)) for provider in sorted(ids)), ("overbooking", 0))

    calendar = from_runs(Run(run.start, run.until, shares(found)) for run, found in _together(remotes, ids))
    if not calendar:
        return {"default": dict(shares({}))}
    value = to_yaml(calendar, dict)
    return value if "default" in value else {"default": value}


def _plans(remotes: Mapping[str, Remote], rooms: Mapping[str, Mapping[str, str]]) -> list[_Plan]:
    keys = {(provider, id_): key for key, ids in rooms.items() for provider, id_ in ids.items()}
    plans: dict[str, _Plan] = {}
    for provider in sorted(remotes, key=lambda name: (name != EXPEDIA, name)):
        remote = remotes[provider]
        for plan in sorted(remote.plans, key=lambda plan: (plan.room_id, plan.id)):
            room = keys.get((provider, plan.room_id))
            if room is not None and plan.active:
                _add(plans, provider, room, remote, plan)
    return list(plans.values())


def _add(plans: dict[str, _Plan], provider: str, room: str, remote: Remote, plan: RemotePlan) -> None:
    ours = _same(plans, provider, room, plan)
    if ours is None:
        key = free_name(_plan_key(plan), lambda key: key in plans)
        ours = plans[key] = _Plan(key, plan.name or key, plan.document)
    ours.ids[(provider, room)] = plan.id
    if plan.linked:
        ours.linked.add(provider)
    pair = (plan.room_id, plan.id)
    if pair in remote.rates and provider == EXPEDIA:
        ours.rates[room] = remote.rates[pair]
        ours.restrictions[room] = remote.restrictions.get(pair, Calendar())


def _same(plans: Mapping[str, _Plan], provider: str, room: str, plan: RemotePlan) -> _Plan | None:
    """The plan that this one belongs to: at Booking.com by its id over all rooms, else by name and conditions."""
    for ours in plans.values():
        if (provider, room) in ours.ids:
            continue
        there = {id_ for (at, _), id_ in ours.ids.items() if at == provider}
        if provider == BOOKING and there:
            if plan.id in there:
                return ours
            continue
        same_terms = not there or ours.document == plan.document
        if same_terms and ours.name.casefold() == (plan.name or "").casefold():
            return ours
    return None


def _plan_key(plan: RemotePlan) -> str:
    code = re.sub(r"[^A-Za-z0-9_-]+", "-", plan.code or plan.name).strip("-")
    return code[:40] or "PLAN"


def _mapping(provider: str, rooms: Mapping[str, Mapping[str, str]], plans: Iterable[_Plan]) -> Yaml:
    mapped: Yaml = {"rooms": {key: ids[provider] for key, ids in rooms.items() if provider in ids}, "rate_plans": {}}
    for plan in plans:
        ids = {room: id_ for (at, room), id_ in plan.ids.items() if at == provider}
        if ids:
            mapped["rate_plans"][plan.key] = ids if provider == EXPEDIA else next(iter(ids.values()))
    return mapped


def _plan_document(plan: _Plan, window: Window, currency: str) -> Yaml:
    terms = plan.document
    document: Yaml = {"name": plan.name, "type": _type(terms)}
    cancellation = terms.get("cancellation")
    if isinstance(cancellation, dict) and cancellation.get("type") != "other":
        document["cancellation"] = cancellation
    if document["type"] == "corporate" and BOOKING in {provider for provider, _ in plan.ids}:
        document["on_unsupported"] = "skip"  # it is sold there already, to everybody: a warning says so from now on
    document["rooms"] = sorted({room for _, room in plan.ids})
    base: Yaml = {key: terms[key] for key in ("min_advance_days", "max_advance_days") if terms.get(key)}
    if plan.linked:
        document["providers"] = {provider: {"linked": True} for provider in sorted(plan.linked)}
    guests = _guests(plan.rates.values(), currency)
    if guests:
        document["occupancy"] = guests
    if plan.rates:
        rates = {room: nights.clip(window.start, window.until) for room, nights in sorted(plan.rates.items())}
        document["rates"] = {room: to_yaml(nights, _amount, window) for room, nights in rates.items() if nights}
    restrictions = {room: _restrictions(plan, room, base, window) for room in sorted(plan.restrictions)}
    if len({str(value) for value in restrictions.values()}) == 1:
        document["restrictions"] = next(iter(restrictions.values()))
    elif restrictions:
        document["room_restrictions"] = restrictions
    elif base:
        document["restrictions"] = base
    return {key: value for key, value in document.items() if value not in ({}, None)}


def _type(terms: Document) -> str:
    cancellation, meal = terms.get("cancellation"), terms.get("meal_plan")
    if terms.get("category") == "corporate":
        return "corporate"
    if isinstance(meal, str) and meal in _MEALS:
        return _MEALS[meal]
    if isinstance(cancellation, dict) and cancellation.get("type") == "non_refundable":
        return "non_refundable"
    return "bar"


def _amount(price: Price) -> Decimal:
    return price.amount


def _guests(calendars: Iterable[Calendar[Price]], currency: str) -> Yaml:
    """Changes of the price by number of guests, where one amount or one percentage gives every price of all nights and rooms."""
    prices = {run.value for calendar in calendars for run in calendar}
    numbers = {tuple(guests for guests, _ in price.guests) for price in prices}
    if len(numbers) != 1:
        return {}
    changes = {str(n): _one_change(prices, n, currency) for n in next(iter(numbers))}
    return {n: change for n, change in changes.items() if change is not None and change != 0}


def _one_change(prices: Iterable[Price], guests: int, currency: str) -> Signed | str | None:
    pairs = sorted((price.amount, dict(price.guests)[guests]) for price in prices)
    if len({there - amount for amount, there in pairs}) == 1:
        return Signed(pairs[0][1] - pairs[0][0])
    amount, there = pairs[-1]  # the largest price tells the percentage best
    for decimals in range(3):
        percent = round_to((there / amount - 1) * 100, Decimal(1).scaleb(-decimals), Rounding.NEAREST)
        if all(in_currency(a * (1 + percent / 100), currency) == b for a, b in pairs):
            return f"{percent.normalize():+f}%"
    return None


def _restrictions(plan: _Plan, room: str, base: Yaml, window: Window) -> Yaml:
    """Without the closing of nights that have no price: that follows from there being none."""
    priced = plan.rates.get(room, Calendar())

    def written(value: Restrictions | None, price: Price | None) -> tuple[tuple[str, Any], ...] | None:
        if value is None:
            return None
        fields = {**base, **set_fields(value)}
        if price is None:
            fields.pop("closed", None)
        return tuple(sorted(fields.items()))

    told = constant(window.start, window.until, Restrictions()).overlay(plan.restrictions[room])
    value = to_yaml(merge(told.clip(window.start, window.until), priced, written), dict)
    if "default" not in value and "overrides" not in value:
        return {"default": value} if value else {}
    return {key: part for key, part in value.items() if part}


def to_yaml(calendar: Calendar[V], spell: Callable[[V], Any], window: Window | None = None) -> Any:
    """A calendar as the YAML says it: the commonest value as default, the other nights as overrides with their weekdays.

    A calendar with gaps, or one that does not fill the window, has no default, so that the nights without a value stay without.
    """
    if not calendar:
        return {}
    start, until = (window.start, window.until) if window else (calendar.start, calendar.until)
    if (until - start).days != calendar.nights:
        return {"overrides": _overrides(calendar, spell)}
    counts: Counter[Any] = Counter()
    for run in calendar:
        counts[run.value] += run.nights
    common = max(counts, key=lambda value: (counts[value], str(value)))
    others = calendar.map(lambda value: None if value == common else value)
    if not others:
        return spell(common)
    return {"default": spell(common), "overrides": _overrides(others, spell, spell(common))}


def _overrides(calendar: Calendar[V], spell: Callable[[V], Any], under: Any = None) -> Yaml:
    overrides: Yaml = {}
    for pattern in sorted(patterns(calendar), key=lambda p: (p.start, p.until, sorted(p.days))):
        last = pattern.until - timedelta(days=1)
        entry: Yaml = {"nights": f"{pattern.start.isoformat()}..{last.isoformat()}"}
        if pattern.days != EVERY_DAY and (pattern.until - pattern.start).days > len(pattern.days):
            entry["days"] = [WEEKDAYS[day] for day in sorted(pattern.days)]
        entry["set"] = _over(spell(pattern.value), under)
        overrides[free_name(f"from-{pattern.start.isoformat()}", lambda name: name in overrides)] = entry
    return overrides


def _over(value: Any, under: Any) -> Any:
    """Fields that the default sets and this value lacks are taken away by name."""
    if isinstance(value, dict) and isinstance(under, dict):
        return {**dict.fromkeys(sorted(under.keys() - value.keys())), **value}
    return value
