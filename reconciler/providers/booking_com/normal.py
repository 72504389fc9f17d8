"""Normal forms: a desired value as Booking.com stores it, and what of it cannot be expressed. Pure; applied twice it changes nothing.

A rate that follows another, or is marked read-only, has no desired values here at all: nothing is compared, nothing sent. Where it is
not answered whether a room is closed, a closed room is said by closing all its rates that are mapped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from reconciler.kinds.pairs import priced_pairs
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import BOOKING, CREATE, Manage, Property, RatePlan
from reconciler.model.state import Availability, Document, Json, Price, Restrictions, Value
from reconciler.providers.booking_com import traits
from reconciler.providers.booking_com.capabilities import MAX_UNITS
from reconciler.providers.remote import Ids

Findings = Iterator[Diagnostic]
CONDITIONS = ("cancellation_code", "meal_code", "min_advance_days", "max_advance_days")
"""Fields of a rate plan that are conditions of its products; the others belong to the plan itself."""


@dataclass(frozen=True, slots=True)
class About:
    """One address with what its normal form depends on."""

    hotel: Property
    ids: Ids
    address: Address
    traits: Mapping[str, str]

    @property
    def plan(self) -> RatePlan | None:
        """Our plan, where git has it."""
        return self.hotel.rate_plans.get(self.address.key[-1])

    @property
    def read_only(self) -> str:
        """Why nothing can be sent for the plan; empty where it can."""
        plan_id = self.ids.plans.get((self.address.key[0], self.address.key[-1]), "")
        return self.traits.get(traits.read_only(plan_id), "")

    @property
    def unsupported_pricing(self) -> str:
        """The pricing model of the rate, where its prices are not managed; empty where they are."""
        room, plan = self.address.key[0], self.address.key[-1]
        return traits.unsupported_pricing(
            self.traits, self.ids.rooms.get(room, ""), self.ids.plans.get((room, plan), "")
        )

    @property
    def to_be_made(self) -> bool:
        """Whether the plan is to be made for this room and is not there yet."""
        pair = (self.address.key[0], self.address.key[-1])
        return self.hotel.mappings[BOOKING].plans.get(pair) == CREATE and pair not in self.ids.plans

    @property
    def switched_off(self) -> bool:
        """Whether git wants the plan off and it is: nothing can be sent for it."""
        return traits.switched_off(self.address.key[0], self.address.key[-1]) in self.traits

    @property
    def sold_elsewhere(self) -> str:
        """Rooms, by id, that sell the plan and are not mapped for it."""
        plan_id = self.ids.plans.get((self.address.key[0], self.address.key[-1]), "")
        return self.traits.get(traits.sold_elsewhere(plan_id), "")

    @property
    def never_sold(self) -> bool:
        """Whether no rate sells the room, and no plan that is mapped and can be is going to."""
        room = self.address.key[0]
        if traits.unsold(self.ids.rooms.get(room, "")) not in self.traits:
            return False
        return self.hotel.retired_at(BOOKING) or not any(
            r == room and self._sellable(r, p) for r, p in self.hotel.mappings[BOOKING].plans
        )

    @property
    def cannot_be_made(self) -> bool:
        """Whether the plan is to be made and the codes for its conditions are not known."""
        if not self.to_be_made or self.plan is None:
            return False
        meals = self.plan.meal_plan
        return self.policy_code is None or (meals is not None and self.code("meals", meals) is None)

    @property
    def must_not_be_shown(self) -> bool:
        """Whether git wants the plan sold here and not public, which Booking.com cannot do."""
        ours = self.plan
        if ours is None or not ours.qualified or ours.skip_unsupported or ours.retired:
            return False
        return not self.hotel.retired_at(BOOKING) and self.hotel.manages(BOOKING, "rate_plan") is not Manage.NO

    def _sellable(self, room: str, plan: str) -> bool:
        ours = self.hotel.rate_plans.get(plan)
        there = replace(self, address=self.address._replace(kind="rate_plan", key=(room, plan)))
        return ours is not None and not ours.retired and not there.cannot_be_made

    def max_guests(self, room: str) -> int:
        """The most guests in one of our rooms: Booking.com's word, else ours."""
        ours = self.hotel.rooms[room].max_occupancy if room in self.hotel.rooms else 1
        return int(self.traits.get(traits.max_guests(self.ids.rooms.get(room, "")), ours))

    def first_of_plan(self, concerned: Callable[[str], bool] = lambda _: True) -> bool:
        """Whether this is the first of the plan's rooms that is concerned: what is true of a plan is told once."""
        room, plan = self.address.key[0], self.address.key[-1]
        rooms = sorted(r for r, p in self.hotel.mappings[BOOKING].plans if p == plan)
        return next((other for other in rooms if concerned(other)), room) == room

    def code(self, topic: str, name: str | None) -> str | None:
        """Booking.com's code for a name of ours, where the property's codes have it."""
        return self.hotel.providers[BOOKING].codes.get(topic, {}).get(name or "")

    @property
    def policy_code(self) -> str | None:
        """The code of the plan's cancellation policy: by its name, else by its type, which also one without a name has."""
        policy = self.plan.cancellation if self.plan is not None else None
        if policy is None:
            return None
        return self.code("cancellation", policy.name) or self.code("cancellation", policy.type)

    def finding(self, code: str, message: str, *, severity: Severity | None = None, hint: str = "") -> Diagnostic:
        """A finding at this address: an error, unless the plan skips what is not supported."""
        skips = self.plan is not None and self.plan.skip_unsupported
        level = severity or (Severity.WARNING if skips else Severity.ERROR)
        return Diagnostic(code, message, level, hint, self.hotel.file, address=str(self.address))


def normal(about: About, value: Value) -> tuple[Value, tuple[Diagnostic, ...]]:
    """The value in Booking.com's normal form, with what could not be expressed."""
    if about.address.kind != "availability" and about.read_only:
        return (Calendar() if isinstance(value, Calendar) else {}), tuple(_read_only(about))
    if about.address.kind in ("rates", "restrictions") and (
        about.switched_off or about.cannot_be_made or about.must_not_be_shown
    ):
        return Calendar(), ()  # the plan's own address tells why
    form, findings = _FORMS[about.address.kind]
    return form(about, value), tuple(findings(about, value))


def _read_only(about: About) -> Findings:
    if about.plan is not None and BOOKING in about.plan.linked:
        return
    why = "follows another rate" if about.read_only == "child" else "is marked read-only"
    yield about.finding(
        "read-only-at-provider",
        f"this rate {why} at Booking.com: nothing is sent for it, its name included",
        severity=Severity.ERROR if about.address.kind == "rates" else Severity.WARNING,
        hint="say `linked: true` for the plan at booking.com",
    )


# --- calendars


def _rates(about: About, value: Value) -> Value:
    if about.unsupported_pricing:
        return Calendar()
    single = about.max_guests(about.address.key[0]) > 1
    return cast(Calendar[Price], value).map(lambda price: Price(price.amount, _for_one(price, single=single)))


def _for_one(price: Price, *, single: bool) -> tuple[tuple[int, Decimal], ...]:
    return tuple(pair for pair in price.guests if pair[0] == 1 and single)


def _rates_findings(about: About, value: Value) -> Findings:
    if about.unsupported_pricing:
        yield about.finding(
            "pricing-model-unsupported",
            f"rates are not managed for the pricing model {about.unsupported_pricing}",
            severity=Severity.ERROR,
            hint="leave rates at booking.com unmanaged (`manage: {rates: false}`)",
        )
    else:
        yield from _net(about)
        yield from _guests_left_out(about, value)


def _net(about: About) -> Findings:
    """Told once in a hotel: nothing that Booking.com answers says which prices were agreed."""
    first = next(((room, plan.key) for room, plan in priced_pairs(about.hotel, BOOKING)), ())
    if about.hotel.rates_basis == "net" and about.address.key == first:
        yield about.finding(
            "net-prices-not-told",
            "git has net prices, and Booking.com does not tell whether it takes them so: else guests pay them as they are",
            severity=Severity.WARNING,
            hint="see that net rates are agreed with Booking.com, or raise its prices: `providers: {booking.com: {change: +18%}}`",
        )


def _guests_left_out(about: About, value: Value) -> Findings:
    def dropped(room: str) -> bool:
        ours = room == about.address.key[0]
        prices = value if ours or about.plan is None else about.plan.prices.get((room, BOOKING), Calendar())
        single = about.max_guests(room) > 1
        calendar = cast(Calendar[Price], prices)
        return any(run.value.guests != _for_one(run.value, single=single) for run in calendar)

    if dropped(about.address.key[0]) and about.first_of_plan(dropped):
        yield about.finding(
            "guest-prices-unsupported",
            "Booking.com takes a price for the room and one for a single guest; other numbers of guests are left out",
            severity=Severity.WARNING,
        )


def _availability(about: About, value: Value) -> Value:
    if about.never_sold:
        return Calendar()
    told = traits.ROOM_CLOSED_UNREADABLE not in about.traits
    units = cast(Calendar[Availability], value)
    return units.map(lambda night: Availability(min(night.allotment, MAX_UNITS), night.closed and told))


def _availability_findings(about: About, value: Value) -> Findings:
    units = cast(Calendar[Availability], value)
    if any(run.value.allotment > MAX_UNITS for run in units):
        yield about.finding("allotment-out-of-range", f"Booking.com takes at most {MAX_UNITS} units of a room")
    if traits.ROOM_CLOSED_UNREADABLE in about.traits and any(run.value.closed for run in units):
        yield about.finding(
            "room-closed-by-its-rates",
            "Booking.com does not answer whether the room is closed: its mapped rates are closed instead",
            severity=Severity.WARNING,
        )


def _restrictions(about: About, value: Value) -> Value:
    nights = cast(Calendar[Restrictions], value)
    room = about.hotel.rooms.get(about.address.key[0])
    if room is not None and traits.ROOM_CLOSED_UNREADABLE in about.traits:
        nights = merge(nights, room.closed, _closed_with_room)
    return nights.map(lambda night: replace(night, min_advance_days=None, max_advance_days=None))


def _closed_with_room(night: Restrictions | None, closed: bool | None) -> Restrictions | None:
    return replace(night, closed=True) if night is not None and closed else night


def _restrictions_findings(about: About, value: Value) -> Findings:
    nights = [run.value for run in cast(Calendar[Restrictions], value)]
    contradicts = any(
        (night.max_stay is not None and night.min_stay > night.max_stay)
        or (night.max_stay_through is not None and night.min_stay_through > night.max_stay_through)
        for night in nights
    )
    if contradicts:
        yield about.finding("stays-contradict", "the shortest stay is longer than the longest", severity=Severity.ERROR)
    if len({(night.min_advance_days, night.max_advance_days) for night in nights}) > 1:
        message = "advance windows differ by night; at Booking.com the plan has one for all nights, the plan's default"
        yield about.finding("advance-window-by-night", message, severity=Severity.WARNING)


# --- rate plans


def _rate_plan(about: About, value: Value) -> Value:
    wanted = cast(Document, value)
    if not wanted.get("active"):
        return {"active": False}  # a plan that is switched off is not listed, and its name cannot be told
    document: dict[str, Json] = {"name": str(wanted["name"]).strip(), "active": True}
    cancellation, meals = _codes(about, wanted)
    if cancellation is None or not _meals_known(wanted, meals):
        return document
    document["cancellation_code"] = cancellation
    if meals is not None:
        document["meal_code"] = meals
    document["min_advance_days"] = wanted.get("min_advance_days") or 0
    document["max_advance_days"] = wanted.get("max_advance_days")
    return document


def _codes(about: About, wanted: Document) -> tuple[str | None, str | None]:
    """Codes of policy and meals; a document that is in normal form already has them in it."""
    cancellation = wanted.get("cancellation_code") or about.policy_code
    meals = wanted.get("meal_code") or about.code("meals", str(wanted.get("meal_plan") or ""))
    return cast("str | None", cancellation), cast("str | None", meals)


def _meals_known(wanted: Document, code: str | None) -> bool:
    """Whether the meals can be said: with conditions that leave them out they would be taken away."""
    return code is not None or wanted.get("meal_plan") is None


def _rate_plan_findings(about: About, value: Value) -> Findings:
    wanted = cast(Document, value)
    if not wanted.get("active") and about.sold_elsewhere:
        yield about.finding(
            "unmanaged",
            f"the plan cannot be switched off: rooms sell it that are not mapped for it ({about.sold_elsewhere})",
            severity=Severity.ERROR,
            hint="map those rooms, or take the plan from them at Booking.com",
        )
    if not wanted.get("active") or "cancellation" not in wanted:
        return
    if about.plan is not None and about.plan.qualified and about.first_of_plan():
        yield about.finding(
            "qualification-unsupported",
            "the plan is not public, and Booking.com shows every plan to everybody",
            hint="take it out of the mappings of booking.com, or say `on_unsupported: skip` where your contract there hides it",
        )
    cancellation, meals = _codes(about, wanted)
    lacks = ["cancellation"] if cancellation is None and _needs_policy(about, wanted) else []
    lacks += [] if _meals_known(wanted, meals) else ["meals"]
    if lacks and about.to_be_made:
        yield about.finding(
            "create-needs-code",
            f"a rate plan is made at Booking.com with its conditions, and the code for {' and '.join(lacks)} is not known",
            severity=Severity.ERROR,
            hint=f"name it under `codes: {{{lacks[0]}: {{...}}}}` of booking.com in the property",
        )
    elif about.first_of_plan():
        yield from (_left_alone(about, wanted, topic) for topic in lacks)


def _needs_policy(about: About, wanted: Document) -> bool:
    """Whether anything is wanted that is sent together with the policy's code."""
    conditions = (wanted.get("cancellation"), wanted.get("meal_plan"), wanted.get("min_advance_days") or None)
    return about.to_be_made or any(said is not None for said in (*conditions, wanted.get("max_advance_days")))


def _left_alone(about: About, wanted: Document, topic: str) -> Diagnostic:
    windows = bool(wanted.get("min_advance_days")) or wanted.get("max_advance_days") is not None
    also = ", and with it the advance window," if windows else ""
    return about.finding(
        f"no-code-for-{topic}",
        f"Booking.com's code for the plan's {topic} is not known: what it has there{also} is left alone",
        severity=Severity.WARNING,
        hint=f"name it under `codes: {{{topic}: {{...}}}}` of booking.com in the property",
    )


_FORMS: Mapping[str, tuple[Callable[[About, Value], Value], Callable[[About, Value], Findings]]] = {
    "rates": (_rates, _rates_findings),
    "availability": (_availability, _availability_findings),
    "restrictions": (_restrictions, _restrictions_findings),
    "rate_plan": (_rate_plan, _rate_plan_findings),
}
