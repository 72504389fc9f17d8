"""The verb `adopt`: what somebody changed out there becomes git's word, in the property's own file, comments kept.

The values of a file are written into a draft together, loaded, and compared with what is out there. What does not come out as that, or
would bring an error, is left alone and named. What git changed itself is not touched: that is for a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from reconciler.engine.planner import calendar_of
from reconciler.errors import FilesError, UsageError
from reconciler.load import Loaded, editing
from reconciler.load.layout import Layout
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar, merge, patterns
from reconciler.model.drift import Difference, Mover
from reconciler.model.property import DIRECT, PROVIDERS, Property
from reconciler.model.state import Allotments, Availability, Price, Restrictions
from reconciler.runtime.drafting import Draft
from reconciler.runtime.repricing import free_name, override

_FREE = Restrictions()


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became git's word, and what was left alone with the reason."""

    addresses: tuple[Address, ...]
    left: tuple[tuple[Address, str], ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """What is written for one difference: values at keys, and values by night in the overrides of a calendar."""

    values: tuple[tuple[tuple[str, ...], Any], ...] = ()
    nights: tuple[tuple[tuple[str, ...], Calendar[Any]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values or self.nights)


_MOVES = "it moves by demand: its numbers stand in the database, and a plan brings them about"


@dataclass(frozen=True, slots=True)
class _Wish:
    """A difference that is to be adopted, by its place among all, and what is written for it."""

    number: int
    difference: Difference
    edit: _Edit


def adopt(draft: Draft, differences: Sequence[Difference], today: date) -> Adopted:
    """Edits the draft. Each difference is one address with the nights that somebody moved."""
    why = {number: _refusal(difference) for number, difference in enumerate(differences)}
    for slug in sorted({differences[number].address.property for number, told in why.items() if not told}):
        before = draft.load((slug,))
        moving = _hotel(before.properties, slug).bounds
        why.update(
            {n: _MOVES for n, one in enumerate(differences) if one.address.property == slug and _moves(one, moving)}
        )
        wishes = [
            _Wish(number, one, _edit(one))
            for number, one in enumerate(differences)
            if one.address.property == slug and not why[number]
        ]
        why.update(_Trial(draft, before, slug, f"adopted-{today}").adopt(wishes))
    return Adopted(
        tuple(differences[number].address for number, told in sorted(why.items()) if not told),
        tuple((differences[number].address, told) for number, told in sorted(why.items()) if told),
    )


def _moves(difference: Difference, rooms: Container[str]) -> bool:
    """Whether it is about numbers that move by demand: git only says between what."""
    return difference.address.kind in ("allocation", "availability") and difference.address.key[0] in rooms


def _refusal(difference: Difference) -> str:
    """Why a difference is not even tried; empty where it is."""
    if difference.mover is Mover.BOTH:
        return "git changed it too: decide which holds"
    if difference.mover is not Mover.THERE:
        return "nobody changed it out there: a plan brings git's word about"
    return "" if _edit(difference) else "the YAML has no word for it"


@dataclass(frozen=True, slots=True)
class _Trial:
    """Adopting into one file: all wishes are written and loaded together, and parted in halves only where that brings an error."""

    draft: Draft
    before: Loaded
    slug: str
    name: str

    def adopt(self, wishes: Sequence[_Wish]) -> dict[int, str]:
        """What became of each, by its number: why it was left alone, nothing where it was adopted."""
        if not wishes:
            return {}
        kept = dict(self.draft.changed)
        try:
            self.draft.edit(self.slug, lambda layout: _write(layout, wishes, self.name))
            hotel = _hotel(self.draft.judge(self.before, (self.slug,)).properties, self.slug)
        except (FilesError, UsageError) as error:
            self.draft.changed = kept
            half = len(wishes) // 2
            if half:
                return {**self.adopt(wishes[:half]), **self.adopt(wishes[half:])}
            return {wishes[0].number: f"it would bring an error: {_first(error)}"}
        so = [wish for wish in wishes if _is_so(wish.difference, hotel)]
        if len(so) == len(wishes):
            return {wish.number: "" for wish in wishes}
        self.draft.changed = kept
        return {**{wish.number: "what is there cannot be said exactly" for wish in wishes}, **self.adopt(so)}


def _first(error: FilesError | UsageError) -> str:
    return error.diagnostics[0].message if isinstance(error, FilesError) and error.diagnostics else error.message


def _hotel(hotels: Sequence[Property], slug: str) -> Property:
    return next(hotel for hotel in hotels if hotel.slug == slug)


def _write(layout: Layout, wishes: Sequence[_Wish], name: str) -> None:
    for keys, value in (pair for wish in wishes for pair in wish.edit.values):
        editing.put(layout, keys, value)
    for keys, nights in (pair for wish in wishes for pair in wish.edit.nights):
        for one in sorted(patterns(nights), key=lambda one: (one.start, sorted(one.days))):
            here = (*keys, "overrides", free_name(layout, (*keys, "overrides"), name))
            editing.put(layout, here, override(one.start, one.until, one.days, _plain(one.value)))


def _plain(value: Any) -> Any:
    """Fields of a night as the YAML has them; they are kept as pairs, for calendars compare their values."""
    return dict(value) if isinstance(value, tuple) else value


# --- what is to be written


def _edit(difference: Difference) -> _Edit:
    build = _BY_KIND.get(difference.address.kind)
    return build(difference) if build else _Edit()


def _place(address: Address) -> tuple[str, ...]:
    """Room and plan; in the database a provider stands before them."""
    return address.key[1:] if address.target == DATABASE and address.kind != "allocation" else address.key


def _rates(difference: Difference) -> _Edit:
    room, plan = _place(difference.address)
    amounts = calendar_of(difference.observed).map(lambda price: price.amount)
    return _Edit(nights=((("rate_plans", plan, "rates", room), amounts),)) if amounts else _Edit()


def _restrictions(difference: Difference) -> _Edit:
    room, plan = _place(difference.address)
    names = [field.name for field in fields(Restrictions)]

    def moved(wanted: Restrictions | None, there: Restrictions | None) -> tuple[tuple[str, Any], ...] | None:
        was, now = wanted or _FREE, there or _FREE
        differing = [name for name in names if getattr(was, name) != getattr(now, name)]
        return tuple((name, _said(now, name)) for name in differing) or None

    nights = merge(calendar_of(difference.desired), calendar_of(difference.observed), moved)
    return _Edit(nights=((("rate_plans", plan, "room_restrictions", room), nights),)) if nights else _Edit()


def _said(value: Restrictions, name: str) -> Any:
    """A field as the YAML has it: nothing where it is no restriction."""
    said = getattr(value, name)
    return None if said == getattr(_FREE, name) and not isinstance(said, bool) else said


def _availability(difference: Difference) -> _Edit:
    (room,), provider = difference.address.key, difference.address.target
    wanted, there = calendar_of(difference.desired), calendar_of(difference.observed)

    def units(was: Availability | None, now: Availability | None) -> tuple[tuple[str, int], ...] | None:
        return ((provider, now.allotment),) if was and now and was.allotment != now.allotment else None

    def shut(was: Availability | None, now: Availability | None) -> bool | None:
        return now.closed if was and now and was.closed is not now.closed else None

    found = (
        (("allocation", room), merge(wanted, there, units)),
        (("rooms", room, "closed"), merge(wanted, there, shut)),
    )
    return _Edit(nights=tuple((keys, nights) for keys, nights in found if nights))


def _allocation(difference: Difference) -> _Edit:
    (room,) = difference.address.key

    def shared(value: Allotments) -> tuple[tuple[str, int], ...]:
        return (*((channel, value.of(channel)) for channel in (DIRECT, *PROVIDERS)), ("overbooking", value.overbooking))

    there = calendar_of(difference.observed)
    found = (
        (("rooms", room, "units"), there.map(lambda value: value.units)),
        (("allocation", room), there.map(shared)),
    )
    return _Edit(nights=tuple((keys, nights) for keys, nights in found if nights))


_FIELDS: Mapping[tuple[str, str], Callable[[Address], tuple[str, ...]]] = {
    ("rate_plan", "name"): lambda address: ("rate_plans", address.key[-1], "name"),
    ("rate_plan", "rate_plan_name"): lambda address: ("rate_plans", address.key[-1], "name"),
    ("rate_plan", "meal_plan"): lambda address: ("rate_plans", address.key[-1], "meal_plan"),
    ("rate_plan", "cancellation"): lambda address: ("rate_plans", address.key[-1], "cancellation"),
    ("rate_plan", "cancellation_policy"): lambda address: ("rate_plans", address.key[-1], "cancellation"),
    ("integration", "integration_name"): lambda address: ("providers", address.key[0], "integration_name"),
    ("integration", "webhook_url"): lambda address: ("providers", address.key[0], "webhook_url"),
    ("mapping", "external_room_id"): lambda address: ("mappings", address.key[0], "rooms", address.key[1]),
}
"""Where the YAML says a field of a document."""


def _document(difference: Difference) -> _Edit:
    wanted, there = _fields(difference.desired), _fields(difference.observed)
    differing = [name for name in sorted(wanted) if wanted[name] != there.get(name)]
    places = [_FIELDS.get((difference.address.kind, name)) for name in differing]
    if not differing or None in places or any(there.get(name) is None for name in differing):
        return _Edit()
    return _Edit(
        values=tuple(
            (place(difference.address), there[name]) for name, place in zip(differing, places, strict=True) if place
        )
    )


def _fields(value: Any) -> dict[str, Any]:
    return {} if value is None or isinstance(value, Calendar) else dict(value)


_BY_KIND: Mapping[str, Callable[[Difference], _Edit]] = {
    "rates": _rates,
    "restrictions": _restrictions,
    "availability": _availability,
    "allocation": _allocation,
    "rate_plan": _document,
    "integration": _document,
    "mapping": _document,
}


# --- whether it came out so


def _is_so(difference: Difference, hotel: Property) -> bool:
    """Whether the files now say, on the nights that somebody moved, what is there. Documents are written field by field."""
    address, there = difference.address, calendar_of(difference.observed)
    if address.kind == "rates":
        return _all(merge(there, _prices(hotel, address), _same_price))
    if address.kind == "restrictions":
        room, plan = _place(address)
        now = hotel.rate_plans[plan].restrictions.get(room, Calendar())
        return _all(
            merge(
                there,
                now,
                lambda seen, said: None if seen is None else (said or _FREE) == _comparable(seen, said or _FREE),
            )
        )
    if address.kind == "allocation":
        return _all(
            merge(there, hotel.allocation[address.key[0]], lambda seen, said: None if seen is None else seen == said)
        )
    if address.kind == "availability":
        return _all(merge(there, _sellable(hotel, address), lambda seen, said: None if seen is None else seen == said))
    return True


def _comparable(seen: Restrictions, said: Restrictions) -> Restrictions:
    """What was seen with git's advance windows, which are not said by night everywhere."""
    return replace(seen, min_advance_days=said.min_advance_days, max_advance_days=said.max_advance_days)


def _prices(hotel: Property, address: Address) -> Calendar[Price]:
    room, plan = _place(address)
    channel = address.key[0] if address.target == DATABASE else address.target
    return hotel.rate_plans[plan].prices.get((room, channel), Calendar())


def _same_price(seen: Price | None, said: Price | None) -> bool | None:
    if seen is None:
        return None
    return (
        said is not None
        and seen.amount == said.amount
        and (not seen.guests or dict(seen.guests).items() <= dict(said.guests).items())
    )


def _sellable(hotel: Property, address: Address) -> Calendar[Availability]:
    (room,), provider = address.key, address.target

    def both(units: Allotments | None, shut: bool | None) -> Availability | None:
        return None if units is None else Availability(units.of(provider), bool(shut))

    return merge(hotel.allocation[room], hotel.rooms[room].closed, both)


def _all(found: Calendar[bool]) -> bool:
    return all(run.value for run in found)


def moved_there(differences: Sequence[Difference]) -> Iterator[Difference]:
    """The differences in the order in which they are tried: what is read at providers before the hotel's own rows."""
    yield from sorted(differences, key=lambda one: (one.address.target == DATABASE, one.address))
