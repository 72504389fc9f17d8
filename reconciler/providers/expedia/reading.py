"""What Expedia has of one hotel, as a `Remote`: for observing it and for `import`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from reconciler.errors import UnexpectedReplyError
from reconciler.model.calendar import Calendar, from_nights
from reconciler.model.secret import Secret
from reconciler.model.state import Availability, Counts, Price, Restrictions, Window
from reconciler.providers.contract import Http
from reconciler.providers.expedia import traits
from reconciler.providers.expedia.capabilities import HORIZON, MAX_LOS, THROUGH
from reconciler.providers.expedia.codec_parr import Answer, PlanNight, RoomNight
from reconciler.providers.expedia.codec_product import Hotel, PlanFacts
from reconciler.providers.expedia.session import Session
from reconciler.providers.remote import Remote, RemoteRoom

V = TypeVar("V")
N = TypeVar("N", RoomNight, PlanNight)
Pair = tuple[str, str]
USUAL_GUESTS = 2
"""For how many guests a price is, where nobody says."""
DATED = frozenset({"availability", "rates", "restrictions"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read. `rooms` and `plans`, by id, None for all active ones; `base_guests` by room id: for how many guests the price is."""

    window: Window
    kinds: frozenset[str] = DATED
    rooms: Collection[str] | None = None
    plans: Collection[Pair] | None = None
    length_of_stay: str = "arrival"
    base_guests: Mapping[str, int] = field(default_factory=dict)


def discover(hotel_id: str, http: Http, credential: Mapping[str, Secret], wanted: Wanted) -> Remote:
    """Everything about one hotel. Raises a ProviderError rather than return half of it, or another hotel's."""
    return read(Session(hotel_id, http, credential), wanted)


def read(session: Session, wanted: Wanted) -> Remote:
    """The hotel, its rooms and plans, and what is loaded for those that are wanted."""
    hotel, rooms = session.hotel(), session.rooms()
    plans = tuple(plan for room in rooms for plan in session.plans(room.id))
    products = _products(rooms, plans, wanted)
    nights = _Nights()
    kinds = wanted.kinds & DATED
    window = Window(wanted.window.start, min(wanted.window.until, wanted.window.start + timedelta(days=HORIZON)))
    if kinds and products:
        for answer in session.calendars(products, window, kinds, hotel.currency):
            nights.add(answer)
        if "availability" in kinds:
            _require_counts(products, nights, window)
    return _remote(hotel, rooms, plans, nights, wanted)


def _products(
    rooms: tuple[RemoteRoom, ...], plans: tuple[PlanFacts, ...], wanted: Wanted
) -> dict[str, tuple[str, ...]]:
    """The rooms to ask about with their plans; only what exists, because one unknown id refuses the whole question."""
    asked = {room.id for room in rooms if (room.active if wanted.rooms is None else room.id in wanted.rooms)}
    by_room: dict[str, list[str]] = {room: [] for room in sorted(asked)}
    by_plan = bool(wanted.kinds & {"rates", "restrictions"})
    for plan in (facts.plan for facts in plans):
        pair = (plan.room_id, plan.id)
        if by_plan and plan.room_id in asked and (plan.active if wanted.plans is None else pair in wanted.plans):
            by_room[plan.room_id].append(plan.id)
    return {room: tuple(ids) for room, ids in by_room.items() if ids or "availability" in wanted.kinds}


def _require_counts(products: Collection[str], nights: _Nights, window: Window) -> None:
    """Every room that was asked about is told of on every night: what is sold there is needed before a count is sent."""
    days = (window.until - window.start).days
    for room in sorted(products):
        told = len(nights.rooms.get(room, {}))
        if told < days:
            raise UnexpectedReplyError(f"{days - told} of {days} nights of room {room} are not in the replies")


@dataclass(slots=True)
class _Nights:
    """What the replies said, gathered."""

    rooms: dict[str, dict[date, RoomNight]] = field(default_factory=lambda: defaultdict(dict))
    plans: dict[Pair, dict[date, PlanNight]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, answer: Answer) -> None:
        for (room, night), seen in answer.rooms.items():
            self.rooms[room][night] = seen
        for (room, plan, night), told in answer.plans.items():
            self.plans[(room, plan)][night] = told


def _remote(
    hotel: Hotel, rooms: tuple[RemoteRoom, ...], plans: tuple[PlanFacts, ...], nights: _Nights, wanted: Wanted
) -> Remote:
    return Remote(
        hotel_id=hotel.id,
        name=hotel.name,
        currency=hotel.currency,
        timezone=hotel.timezone,
        rates_are=hotel.rates_are,
        traits=dict(_traits(hotel, rooms, plans)),
        rooms=rooms,
        plans=tuple(facts.plan for facts in plans),
        availability=_by_room(nights, availability_of) if "availability" in wanted.kinds else {},
        counts=_by_room(nights, counts_of) if "availability" in wanted.kinds else {},
        rates=_rates(nights, wanted) if "rates" in wanted.kinds else {},
        restrictions=_restrictions(nights, plans, wanted) if "restrictions" in wanted.kinds else {},
    )


def _by_room(nights: _Nights, value: Callable[[RoomNight], V | None]) -> dict[str, Calendar[V]]:
    return {room: _calendar(seen, value) for room, seen in nights.rooms.items()}


def _rates(nights: _Nights, wanted: Wanted) -> dict[Pair, Calendar[Price]]:
    return {
        pair: _calendar(seen, partial(price_of, base_guests=wanted.base_guests.get(pair[0], USUAL_GUESTS)))
        for pair, seen in nights.plans.items()
    }


def _restrictions(nights: _Nights, plans: tuple[PlanFacts, ...], wanted: Wanted) -> dict[Pair, Calendar[Restrictions]]:
    longest = {(facts.plan.room_id, facts.plan.id): facts.max_stay or MAX_LOS for facts in plans}
    through = wanted.length_of_stay == THROUGH
    return {
        pair: _calendar(seen, partial(restrictions_of, longest=longest.get(pair, MAX_LOS), through=through))
        for pair, seen in nights.plans.items()
    }


def _calendar(seen: Mapping[date, N], value: Callable[[N], V | None]) -> Calendar[V]:
    return from_nights({night: found for night, told in seen.items() if (found := value(told)) is not None})


def availability_of(night: RoomNight) -> Availability | None:
    """The allotment is what is left and what is sold together."""
    if night.left is None or night.sold is None:
        return None
    return Availability(night.left + night.sold, night.closed is True)


def counts_of(night: RoomNight) -> Counts | None:
    """What is left and what is sold."""
    return None if night.left is None or night.sold is None else Counts(night.left, night.sold)


def price_of(night: PlanNight, base_guests: int) -> Price | None:
    """The price for the base number of guests, with all others that are there; without it the night has no price."""
    if night.per_day is not None:
        return Price(night.per_day)
    by_guests = dict(night.guests)
    base = min(base_guests, max(by_guests, default=0))
    if base not in by_guests:
        return None
    return Price(by_guests.pop(base), tuple(sorted(by_guests.items())))


def restrictions_of(night: PlanNight, longest: int, *, through: bool) -> Restrictions | None:
    """The restrictions; none where the night is loaded in part, so that all of them are sent.

    A longest stay of 28, or the plan's own, is no restriction: it is what holds where none is set.
    """
    if not night.restricted:
        return None
    least, most = night.min_los or 1, night.max_los if night.max_los not in (MAX_LOS, longest) else None
    flags = {
        "closed": night.closed is True,
        "closed_to_arrival": night.closed_to_arrival is True,
        "closed_to_departure": night.closed_to_departure is True,
    }
    if through:
        return Restrictions(min_stay_through=least, max_stay_through=most, **flags)
    return Restrictions(min_stay=least, max_stay=most, **flags)


def _traits(hotel: Hotel, rooms: tuple[RemoteRoom, ...], plans: tuple[PlanFacts, ...]) -> Iterator[tuple[str, str]]:
    yield traits.PRICING_MODEL, hotel.pricing_model
    yield traits.DISTRIBUTION_MODELS, " ".join(hotel.distribution_models)
    if hotel.rates_are:
        yield traits.RATES_ARE, hotel.rates_are
    if hotel.base_allocation:
        yield traits.BASE_ALLOCATION, "true"
    for room in rooms:
        if room.max_occupancy is not None:
            yield traits.max_guests(room.id), str(room.max_occupancy)
    for facts in plans:
        yield from _plan_traits(hotel, facts)


def _plan_traits(hotel: Hotel, facts: PlanFacts) -> Iterator[tuple[str, str]]:
    id_ = facts.plan.id
    if facts.plan.linked:
        yield traits.linked(id_), "true"
    if facts.pricing_model not in ("", hotel.pricing_model):
        yield traits.plan_model(id_), facts.pricing_model
    if facts.rates_are not in ("", hotel.rates_are):
        yield traits.plan_rates_are(id_), facts.rates_are
    if facts.base_guests is not None:
        yield traits.base_guests(id_), str(facts.base_guests)
    if facts.max_stay is not None and facts.max_stay < MAX_LOS:
        yield traits.max_stay(id_), str(facts.max_stay)
