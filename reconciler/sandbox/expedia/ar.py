"""Availability and rates: what a message of updates is refused for. What is applied, and with which warnings, is in
`ar_apply`.

An error refuses the message as a whole. Codes and limits: FAQ & Guides and API Definition of the Avail & Rates API.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import SubElement

from reconciler.sandbox.expedia.ar_apply import Application
from reconciler.sandbox.expedia.ar_request import AR, PlanUpdate, Rate, RoomUpdate, Update, updates_of
from reconciler.sandbox.expedia.common import RefusedError, answer, authenticate, hotel_of, read, refusal, response_root
from reconciler.sandbox.expedia.linkage import find
from reconciler.sandbox.nights import ONE_DAY
from reconciler.sandbox.state import Hotel, Plan, World
from reconciler.sandbox.wire import Reply, Request

MAX_BYTES = 100_000
MAX_UPDATES = 5000
Faults = Iterator[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Message:
    """What is judged: the hotel as it is, the updates asked for, the instant."""

    hotel: Hotel
    updates: list[Update]
    now: datetime


def two_years_on(today: date) -> date:
    leap = (today.month, today.day) == (2, 29)
    return today.replace(year=today.year + 2, day=28 if leap else today.day)


def _dates(message: Message) -> Faults:
    today = message.hotel.today(message.now)
    for chosen in (found for update in message.updates for found in update.ranges):
        if chosen.first < today - ONE_DAY:
            yield 3020, "Validation error: start date must not be before yesterday."
        if chosen.last < chosen.first:
            yield 3021, "Validation error: end date must not be before start date."
        if chosen.last > two_years_on(today) + timedelta(days=1):
            yield 3022, "Validation error: end date must be within 2 years range."


def _products(message: Message) -> Faults:
    rooms = [room for update in message.updates for room in update.rooms]
    strange = sorted({room.id for room in rooms if room.id not in message.hotel.rooms})
    if strange:
        yield 3203, f"The following RoomTypeIDs do not belong to the given hotel: {', '.join(strange)}."
    plans = {plan.id for room in rooms for plan in room.plans if not _plan_of(message.hotel, room, plan)}
    if plans:
        yield 3204, f"The following RatePlanIDs do not belong to the given hotel: {', '.join(sorted(plans))}."


def _plan_of(hotel: Hotel, room: RoomUpdate, update: PlanUpdate) -> tuple[Plan, dict[str, Any]] | None:
    found = find(hotel, update.id)
    return found if found and found[0].room == room.id else None


def _size(message: Message) -> Faults:
    total = 0
    for update in message.updates:
        per_night = sum(room.count() for room in update.rooms)
        for chosen in update.ranges:
            total += per_night * sum(1 for _ in chosen.nights())
            if total > MAX_UPDATES:
                yield 3107, "Update exceeds allowable size - Maximum allowable size is 5000 updates"
                return
    if not total:
        yield 3015, "Business validation error: No updates provided in ICPRUpdateMessage"


def _pairs(message: Message) -> Iterator[tuple[PlanUpdate, Plan, dict[str, Any]]]:
    for update in message.updates:
        for room in update.rooms:
            for plan_update in room.plans:
                found = _plan_of(message.hotel, room, plan_update)
                if found:
                    yield plan_update, *found


def _inventory(message: Message) -> Faults:
    for room in (found for update in message.updates for found in update.rooms):
        if room.total is not None and room.flexible is not None:
            yield 3026, f"Flexible and total allocation cannot be sent together for roomType {room.id}."


def _stays(message: Message) -> Faults:
    most = int(message.hotel.facts.get("max_min_los", 28))
    for update, _, _ in _pairs(message):
        low, high = update.min_los, update.max_los
        if low is not None and high is not None and low > high:
            text = f"Business validation error: MaxLOS value ({high}) smaller than the MinLOS value ({low})"
            yield 3015, text
        if low is not None and low > most:
            text = f"MinLOS value ({low}) exceeds Extranet auto-approval threshold ({most}) for length of stay"
            yield 3135, text


def _rates(message: Message) -> Faults:
    for update, plan, rule in _pairs(message):
        if not rule.get("manageable"):
            text = f"Rate plan does not match the property acquisition type - Rate plan {update.id}"
            yield 3142, f"{text} does not match acquisition type"
        lengths = [rate.length_of_stay for rate in update.rates]
        if len(lengths) != len(set(lengths)):
            yield 3108, f"Duplicate Updates in the same message - rates of rate plan {update.id}"
        for rate in update.rates:
            yield from _rate(message.hotel, plan, rate)


def _rate(hotel: Hotel, plan: Plan, rate: Rate) -> Faults:
    model = str(plan.facts.get("pricingModel", hotel.pricing_model))
    wanted = "PerOccupancy" if model.startswith("Occupancy") else "PerDay"
    if rate.kind and rate.kind != wanted:
        text = f"Pricing models mismatch: you tried to update a {rate.kind} price for {plan.id}"
        yield 3090, f"{text}, but your property is configured to use {model}."
    if rate.kind and rate.currency != hotel.currency:
        yield 3103, "Currency code mismatch."
    by_length = model.endswith("ByLengthOfStay")
    if by_length and rate.kind and rate.length_of_stay is None:
        yield 3123, "Length of stay has to be provided for the Rate Plans with LOS enabled"
    if not by_length and rate.length_of_stay is not None:
        yield 3124, "Length of stay attribute can only be set on Rate Plans with LOS enabled"
    if rate.change_indicator is not None and not model.endswith("ByDayOfArrival"):
        yield 3125, "Field not accessible for edit for this hotel and source - Rate change edit not allowed"


def _cells(room: RoomUpdate) -> Iterator[tuple[tuple[str, str, str], object]]:
    for name, value in (("closed", room.closed), ("left", room.total), ("left", room.flexible)):
        if value is not None:
            yield (room.id, "", name), value
    for plan in room.plans:
        single = (("closed", plan.closed), ("min_los", plan.min_los), ("max_los", plan.max_los), *plan.flags)
        yield from (((room.id, plan.id, name), value) for name, value in single if value is not None)
        for rate in plan.rates:
            for guests, amount in rate.amounts:
                yield (room.id, plan.id, f"rate {rate.length_of_stay} {guests}"), amount


def _conflicts(message: Message) -> Faults:
    """The same product, night and element twice with different values; the same value twice is no conflict."""
    seen: dict[tuple[tuple[str, str, str], date], object] = {}
    for update in message.updates:
        nights = update.nights()
        for key, value in (cell for room in update.rooms for cell in _cells(room)):
            for night in nights:
                if seen.setdefault((key, night), value) != value:
                    text = f"Room Type ID {key[0]}; Rate Plan ID {key[1] or '-'}; Stay Date {night}; {key[2]}"
                    yield 3108, f"Duplicate Updates in the same message - {text}"
                    return


_STEPS: tuple[Callable[[Message], Faults], ...] = (
    _dates,
    _products,
    _size,
    _inventory,
    _stays,
    _rates,
    _conflicts,
)


def check(message: Message) -> None:
    """Raises RefusedError with the errors of the first step that finds any."""
    for step in _STEPS:
        faults = list(dict.fromkeys(step(message)))
        if faults:
            raise RefusedError(*faults[:20])


def handle(world: World, request: Request, now: datetime) -> Reply:
    """One AvailRateUpdateRQ: everything applied, applied but for what warnings name, or nothing."""
    hotel_id = ""
    try:
        if len(request.body) > MAX_BYTES:
            raise RefusedError((3405, "Message size limit exceeded."))
        root = read(AR, request)
        hotel = hotel_of(world, authenticate(world, root, request, writes=True), root)
        hotel_id = hotel.id
        updates = updates_of(root)
        check(Message(hotel, updates, now))
    except RefusedError as refused:
        return refusal(AR, refused, hotel_id)
    application = Application(hotel, world.switches)
    application.run(updates, request.refuse)
    response = response_root(AR)
    success = SubElement(response, "Success")
    for code, message in application.warnings():
        SubElement(success, "Warning", code=str(code)).text = message
    reply = answer(response, hotel.id)
    reply.codes = sorted({str(code) for code, _ in application.warned})
    reply.applied, reply.updates = application.record.lines(), application.record.count
    reply.changed = True
    return reply
