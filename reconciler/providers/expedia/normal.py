"""Normal forms: a desired value as Expedia stores it, and what of it Expedia cannot express. Pure; applied twice it changes nothing.

A plan that Expedia derives from another (linked) is sent nothing: what is normal for it is empty, but for prices where git knows that
it is linked. Those are compared with Expedia's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from reconciler.kinds.pairs import provider_pairs
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import CREATE, EXPEDIA, PlanType, Property
from reconciler.model.state import Availability, Document, Json, Price, Restrictions, Value
from reconciler.providers.expedia import cancellation, traits
from reconciler.providers.expedia.capabilities import MAX_ADVANCE_DAYS, MAX_LOS, MAX_UNITS, THROUGH
from reconciler.providers.expedia.codec_product import MEALS
from reconciler.providers.remote import Ids

MAX_NAME = 40
PARTNER_CODE = re.compile(r"[A-Za-z0-9._-]{1,10}")
_SUPPORTED = (traits.PER_DAY, traits.PER_OCCUPANCY)

Findings = Iterator[Diagnostic]


@dataclass(frozen=True, slots=True)
class About:
    """One address with what its normal form depends on."""

    hotel: Property
    ids: Ids
    address: Address
    traits: Mapping[str, str]

    @property
    def room_id(self) -> str:
        """Expedia's id of the room, or nothing."""
        return self.ids.rooms.get(self.address.key[0], "")

    @property
    def plan_id(self) -> str:
        """Expedia's id of the plan, or nothing where it is still to be made."""
        return self.ids.plans.get((self.address.key[0], self.address.key[-1]), "")

    @property
    def linked(self) -> bool:
        """Whether Expedia derives the plan."""
        return traits.linked(self.plan_id) in self.traits

    @property
    def differently_meant(self) -> tuple[str, ...]:
        """Basis and tax of the plan's prices at Expedia, where git's are others: no price of git's can be sent. Else nothing."""
        there = traits.rates_are(self.traits, self.plan_id)
        return () if there == (self.hotel.rates_basis, self.hotel.rates_tax) else there

    @property
    def said_linked(self) -> bool:
        """Whether git says so too."""
        plan = self.hotel.rate_plans.get(self.address.key[-1])
        return plan is not None and EXPEDIA in plan.linked

    @property
    def max_guests(self) -> int:
        """The most guests in the room: Expedia's word, else ours."""
        room = self.hotel.rooms.get(self.address.key[0])
        return int(self.traits.get(traits.max_guests(self.room_id), room.max_occupancy if room else 1))

    @property
    def base_guests(self) -> int:
        """For how many guests our prices are."""
        room = self.hotel.rooms.get(self.address.key[0])
        return min(room.base_occupancy if room else 1, self.max_guests)

    def finding(self, code: str, message: str, *, severity: Severity | None = None, hint: str = "") -> Diagnostic:
        """A finding at this address: an error, unless the plan skips what is not supported."""
        plan = self.hotel.rate_plans.get(self.address.key[-1])
        skips = plan is not None and plan.skip_unsupported
        level = severity or (Severity.WARNING if skips else Severity.ERROR)
        return Diagnostic(code, message, level, hint, self.hotel.file, address=str(self.address))


def normal(about: About, value: Value) -> tuple[Value, tuple[Diagnostic, ...]]:
    """The value in Expedia's normal form, with what could not be expressed."""
    form, findings = _FORMS[about.address.kind]
    return form(about, value), tuple(findings(about, value))


def _rates(about: About, value: Value) -> Value:
    prices = cast(Calendar[Price], value)
    model = traits.pricing_model(about.traits, about.plan_id)
    if (about.linked and not about.said_linked) or about.differently_meant or model not in (*_SUPPORTED, ""):
        return Calendar()
    if model == traits.PER_DAY:
        return prices.map(lambda price: Price(price.amount))
    return prices.map(lambda price: _by_guests(about, price)) if model == traits.PER_OCCUPANCY else prices


def _by_guests(about: About, price: Price) -> Price:
    """A price for each number of guests up to the room's most; one that git does not say is the price itself."""
    said = dict(price.guests)
    others = (guests for guests in range(1, about.max_guests + 1) if guests != about.base_guests)
    return Price(price.amount, tuple((guests, said.get(guests, price.amount)) for guests in others))


def _rates_findings(about: About, value: Value) -> Findings:
    prices = cast(Calendar[Price], value)
    model = traits.pricing_model(about.traits, about.plan_id)
    if about.linked:
        if not about.said_linked:
            yield about.finding(
                "linked-at-provider",
                "Expedia derives this rate plan from another and takes no prices for it",
                severity=Severity.ERROR,
                hint="say `linked: true` for the plan at expedia",
            )
    elif model not in (*_SUPPORTED, ""):
        yield about.finding(
            "pricing-model-unsupported",
            f"rates are not managed for the pricing model {model}",
            severity=Severity.ERROR,
            hint="leave rates at expedia unmanaged (`manage: {rates: false}`)",
        )
    elif about.differently_meant:
        yield _differently_meant(about, *about.differently_meant)
    else:
        yield from _guest_findings(about, prices, model)


def _differently_meant(about: About, basis: str, tax: str) -> Diagnostic:
    ours = f"{about.hotel.rates_basis} prices, tax {about.hotel.rates_tax}"
    return about.finding(
        "rates-mean-something-else",
        f"git has {ours}, the plan takes {basis} prices, tax {tax}, at Expedia: no price is sent",
        severity=Severity.ERROR,
        hint=f"write the prices so and say `rates_are: {{basis: {basis}, tax: {tax}}}`, or have Expedia change it",
    )


def _guest_findings(about: About, prices: Calendar[Price], model: str) -> Findings:
    if model == traits.PER_DAY:
        if any(run.value.guests for run in prices):
            yield about.finding(
                "guest-prices-unsupported",
                "the hotel is priced per day at Expedia, which takes no prices by number of guests",
                hint="have Expedia switch to occupancy based pricing, or say `on_unsupported: skip`",
            )
        there = about.traits.get(traits.base_guests(about.plan_id), str(about.base_guests))
        if there != str(about.base_guests):
            message = f"prices here are for {about.base_guests} guests, at Expedia the plan's price is for {there}"
            yield about.finding("base-occupancy-differs", message, severity=Severity.WARNING)
    if model == traits.PER_OCCUPANCY:
        most = max((guests for run in prices for guests, _ in run.value.guests), default=0)
        if most > about.max_guests:
            message = f"a price for {most} guests, but the room takes {about.max_guests} at Expedia"
            yield about.finding("guests-above-maximum", message, severity=Severity.WARNING)


def _availability(_about: About, value: Value) -> Value:
    units = cast(Calendar[Availability], value)
    return units.map(lambda night: replace(night, allotment=min(night.allotment, MAX_UNITS)))


def _availability_findings(about: About, value: Value) -> Findings:
    if any(run.value.allotment > MAX_UNITS for run in cast(Calendar[Availability], value)):
        yield about.finding("allotment-out-of-range", f"Expedia takes at most {MAX_UNITS} units of a room")


def _restrictions(about: About, value: Value) -> Value:
    if about.linked:
        return Calendar()
    longest = int(about.traits.get(traits.max_stay(about.plan_id), MAX_LOS))

    def stored(night: Restrictions) -> Restrictions:
        least, most = _stays(about, night)
        free = most is None or most >= MAX_LOS or most == longest
        return stays(about.hotel, min(least, MAX_LOS), None if free else most, night)

    return cast(Calendar[Restrictions], value).map(stored)


def stays(hotel: Property, least: int, most: int | None, flags: Restrictions) -> Restrictions:
    """Lengths of stay in the fields that the hotel's switch means, with the flags of `flags` and nothing else of it."""
    closed = Restrictions(
        closed=flags.closed,
        closed_to_arrival=flags.closed_to_arrival,
        closed_to_departure=flags.closed_to_departure,
    )
    if counts_through(hotel):
        return replace(closed, min_stay_through=least, max_stay_through=most)
    return replace(closed, min_stay=least, max_stay=most)


def counts_through(hotel: Property) -> bool:
    """Whether lengths of stay hold throughout, and not on arrival."""
    link = hotel.providers.get(EXPEDIA)
    return link is not None and link.length_of_stay == THROUGH


def _stays(about: About, night: Restrictions) -> tuple[int, int | None]:
    if counts_through(about.hotel):
        return night.min_stay_through, night.max_stay_through
    return night.min_stay, night.max_stay


def _restrictions_findings(about: About, value: Value) -> Findings:
    nights = [run.value for run in cast(Calendar[Restrictions], value)]
    if about.linked:
        return
    unsaid = ("min_stay", "max_stay") if counts_through(about.hotel) else ("min_stay_through", "max_stay_through")
    free = Restrictions()
    for name in unsaid:
        if any(getattr(night, name) != getattr(free, name) for night in nights):
            yield about.finding(
                "restriction-unsupported",
                f"`{name}` cannot be said at Expedia for this hotel",
                hint="lengths of stay count as the hotel's `length_of_stay` says: arrival or through",
            )
    pairs = [_stays(about, night) for night in nights]
    if any(least > MAX_LOS for least, _ in pairs):
        yield about.finding("stay-out-of-range", f"Expedia takes stays of 1 to {MAX_LOS} nights")
    if any(most is not None and least > most for least, most in pairs):
        yield about.finding("stays-contradict", "the shortest stay is longer than the longest", severity=Severity.ERROR)
    if len({(night.min_advance_days, night.max_advance_days) for night in nights}) > 1:
        message = "advance windows differ by night; at Expedia the plan has one for all nights, the plan's default"
        yield about.finding("advance-window-by-night", message, severity=Severity.WARNING)


def _rate_plan(about: About, value: Value) -> Value:
    wanted = cast(Document, value)
    if about.linked:
        return {}
    document: dict[str, Json] = {
        "name": str(wanted["name"])[:MAX_NAME].strip(),
        "active": wanted["active"],
        "category": wanted["category"],
        "meal_plan": wanted.get("meal_plan"),
        "min_advance_days": wanted.get("min_advance_days") or 0,
        "max_advance_days": _max_advance(wanted),
    }
    policy = wanted.get("cancellation")
    stored = cancellation.normal(policy).policy if isinstance(policy, dict) else None
    return document if stored is None else {**document, "cancellation": dict(stored)}


def _max_advance(wanted: Document) -> Json:
    days = wanted.get("max_advance_days")
    return None if isinstance(days, int) and days >= MAX_ADVANCE_DAYS else days


def _rate_plan_findings(about: About, value: Value) -> Findings:
    wanted = cast(Document, value)
    if about.linked or not wanted:
        return
    said = wanted.get("cancellation")
    policy = cancellation.normal(said) if isinstance(said, dict) else None
    if policy is not None and policy.problem:
        yield about.finding("cancellation-unsupported", f"Expedia has no words for {policy.problem}")
    if policy is not None and policy.remark:
        yield about.finding("cancellation-completed", policy.remark, severity=Severity.INFO)
    if len(str(wanted["name"])) > MAX_NAME:
        yield about.finding("name-shortened", f"a name has at most {MAX_NAME} letters", severity=Severity.WARNING)
    if wanted.get("meal_plan") not in (None, *MEALS):
        yield about.finding("meal-plan-unsupported", f"Expedia has no words for the meals `{wanted['meal_plan']}`")
    least = wanted.get("min_advance_days") or 0
    if isinstance(least, int) and least > MAX_ADVANCE_DAYS:
        yield about.finding("advance-window-out-of-range", f"Expedia takes windows up to {MAX_ADVANCE_DAYS} days")
    yield from _qualified_findings(about)
    yield from _create_findings(about)


def _qualified_findings(about: About) -> Findings:
    room, key = about.address.key
    plan = about.hotel.rate_plans.get(key)
    if plan is None or not plan.qualified or plan.type is PlanType.CORPORATE:
        return
    if room == next(r for r, p in provider_pairs(about.hotel, EXPEDIA) if p.key == key):
        message = (
            f"at Expedia `{key}` is a corporate plan, the only kind there that is not public: nobody is asked for proof"
        )
        yield about.finding("sold-as-corporate", message, severity=Severity.INFO)


def _create_findings(about: About) -> Findings:
    key = (about.address.key[0], about.address.key[-1])
    asked = about.hotel.mappings[EXPEDIA].plans.get(key) if EXPEDIA in about.hotel.mappings else None
    if asked == CREATE and not PARTNER_CODE.fullmatch(key[1]):
        yield about.finding(
            "partner-code-impossible",
            f"`{key[1]}` cannot be the code of a rate plan made at Expedia",
            severity=Severity.ERROR,
            hint="1 to 10 letters, digits, dots, underscores and hyphens",
        )


_FORMS: Mapping[str, tuple[Callable[[About, Value], Value], Callable[[About, Value], Findings]]] = {
    "rates": (_rates, _rates_findings),
    "availability": (_availability, _availability_findings),
    "restrictions": (_restrictions, _restrictions_findings),
    "rate_plan": (_rate_plan, _rate_plan_findings),
}
