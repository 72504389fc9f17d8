"""A property as it is written: one file, with everything that defaults gave it already merged in.

Shapes only. What names refer to, what nights hold and what prices come out is for those who resolve it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from reconciler.load import numbers
from reconciler.load.document import AllotmentFields, CalendarDoc, CancellationDoc, Doc, RestrictionFields, Short
from reconciler.load.types import (
    AllocationKey,
    ChangeOf,
    Changes,
    Count,
    Country,
    Currency,
    DayNames,
    ExternalId,
    Flag,
    Id,
    Key,
    LocalTime,
    NightsOf,
    OneOf,
    Percentage,
    Price,
    Text,
    Timezone,
)
from reconciler.load.values import choice, fault, shown, truth_hint
from reconciler.model.property import PlanType

CREATE = "create"
BY_NAME, WRITTEN = "(name)", "(written)"


def _cancellation(policy: CancellationDoc) -> CancellationDoc:
    choice("flexible", "partial", "non_refundable")(policy.type)
    if policy.penalty_percentage > 100:
        raise fault("out-of-range", f"a penalty is at most 100 percent, found {policy.penalty_percentage}")
    late = policy.late_penalty
    if late is not None and late not in ("first_night", "two_nights", "full") and numbers.percent(late) is None:
        raise fault("unknown-value", f"{shown(late)} is not one of first_night, two_nights, full or a percentage")
    return policy


def _form(value: object) -> str:
    return BY_NAME if isinstance(value, str) else WRITTEN


def _manage(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == "create_only":
        return value
    raise fault("unknown-value", f"{shown(value)} is not one of true, false, create_only", truth_hint(value))


def _guests(value: object) -> int:
    if isinstance(value, str) and value.isdecimal() and 1 <= len(value) <= 2 and int(value) > 0:
        return int(value)
    raise fault("bad-guests", f"{shown(value)} is not a number of guests", "a whole number, 1 or more")


def _horizon(value: int) -> int:
    if not 1 <= value <= 1100:
        raise fault("out-of-range", f"a horizon is from 1 to 1,100 nights, found {value}")
    return value


Policy = Annotated[CancellationDoc, AfterValidator(_cancellation)]
PolicyOrName = Annotated[
    Annotated[Key, Tag(BY_NAME)] | Annotated[Policy, Tag(WRITTEN)],
    Discriminator(_form),
    Field(description="A policy, or the name of one."),
]
Manages = Annotated[str, PlainValidator(_manage), WithJsonSchema({"enum": [True, False, "create_only"]})]
Guests = Annotated[int, PlainValidator(_guests), WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]?$"})]
PriceCalendar = CalendarDoc[Price]
RestrictionCalendar = CalendarDoc[RestrictionFields]


class SeasonDoc(Short):
    """Named nights."""

    nights: NightsOf = Field(description="Its nights.")
    priority: Count = Field(default=0, description="Which season wins where two hold.")


class ManageDoc(Doc):
    """What git owns: true, false or create_only, per kind."""

    integration: Manages | None = None
    mapping: Manages | None = None
    rate_plan: Manages | None = None
    allocation: Manages | None = None
    availability: Manages | None = None
    rates: Manages | None = None
    restrictions: Manages | None = None


class SuspendDoc(Doc):
    """Break-glass: nothing is changed until then."""

    reason: Text
    until: LocalTime = Field(description="Local time of the property.")


class CodesDoc(Doc):
    """Our names to the provider's codes."""

    cancellation: dict[Key, ExternalId] = Field(default={}, description="Cancellation policies, by name or type.")
    meals: dict[Key, ExternalId] = Field(default={}, description="Meal plans.")


class LinkDoc(Doc):
    """What the property's connection to any provider has."""

    credentials: Key | None = Field(default=None, description="A name from reconciler.yaml.")
    integration_name: Text | None = Field(default=None, description="Default: the provider and the property's name.")
    webhook_url: Text | None = Field(default=None, description="Where the provider reports bookings to.")
    commission: Percentage | None = Field(default=None, description="The provider's commission.")
    codes: CodesDoc = CodesDoc()
    manage: ManageDoc = ManageDoc()
    suspend: SuspendDoc | None = None
    retired: Flag = Field(default=False, description="Close and deactivate it by a plan.")


class ExpediaDoc(LinkDoc):
    """The property at Expedia."""

    property_id: ExternalId = Field(description="The hotel's id at Expedia.")
    ean_id: ExternalId | None = Field(default=None, description="The hotel's id at Expedia Affiliate Network.")
    length_of_stay: Annotated[str, OneOf("arrival", "through")] = Field(
        default="arrival", description="The switch in Partner Central, which no API shows."
    )


class BookingDoc(LinkDoc):
    """The property at Booking.com."""

    hotel_id: ExternalId = Field(description="The hotel's id at Booking.com.")


class LinksDoc(Doc):
    """The property at the providers."""

    expedia: ExpediaDoc | None = None
    booking: BookingDoc | None = Field(default=None, alias="booking.com")


class OccupancyDoc(Doc):
    """How many guests a room takes."""

    base: Count = Field(default=2, description="The number of guests that the price is for.")
    max: Count = Field(default=2, description="The most guests.")


class MovedDoc(Doc):
    """The key that this entry had before."""

    from_: Key = Field(alias="from")


class RoomDoc(Doc):
    """A room type."""

    id: Id = Field(description="room_types.id in the hotel's database.")
    name: Text | None = Field(default=None, description="Default: its key.")
    units: CalendarDoc[Count] | None = Field(default=None, description="How many there are, by night.")
    closed: CalendarDoc[Flag] = Field(default=CalendarDoc[Flag](), description="Nights on which it is not sold at all.")
    occupancy: OccupancyDoc = OccupancyDoc()
    retired: Flag = False
    moved: MovedDoc | None = None


class ExpediaMapping(Doc):
    """Rooms and plans at Expedia: there a plan belongs to one room."""

    rooms: dict[Key, ExternalId] = Field(default={}, description="Room to id.")
    rate_plans: dict[Key, dict[Key, ExternalId]] = Field(
        default={}, description="Plan to room to id; `create` makes it there."
    )


class BookingMapping(Doc):
    """Rooms and plans at Booking.com: there a plan serves all rooms."""

    rooms: dict[Key, ExternalId] = Field(default={}, description="Room to id.")
    rate_plans: dict[Key, ExternalId] = Field(default={}, description="Plan to id; `create` makes it there.")


class MappingsDoc(Doc):
    """Which room and plan is which at a provider."""

    expedia: ExpediaMapping | None = None
    booking: BookingMapping | None = Field(default=None, alias="booking.com")


Bound = Annotated[
    str,
    PlainValidator(lambda value: value if isinstance(value, str) else str(value)),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]*\.\.[0-9]*$"}),
]


class AllocationDoc(CalendarDoc[AllotmentFields]):
    """Who may sell how many units of a room, by night."""

    mode: Annotated[str, OneOf("static", "dynamic")] = Field(
        default="static", description="static holds git's numbers."
    )
    bounds: dict[Key, Bound] = Field(default={}, description="Between what `dynamic` moves.")


class RoundDoc(Doc):
    """Where a derived price goes."""

    to: Price | None = Field(default=None, description="A multiple of this; default: the currency's smallest unit.")
    mode: Annotated[str, OneOf("nearest", "up", "down")] = Field(
        default="nearest", description="Which of two neighbours."
    )


class DeriveDoc(Doc):
    """A price made from another: change, then round, then floor and ceiling."""

    from_: Key = Field(alias="from", description="The plan, or in `rates.<room>` the room, that it starts from.")
    change: Changes = Field(default=(), description="A percentage, an amount, or a list applied in order.")
    round: RoundDoc = RoundDoc()
    floor: Price | None = Field(default=None, description="Never below.")
    ceiling: Price | None = Field(default=None, description="Never above.")


class DerivePlanDoc(DeriveDoc):
    """A plan made from another."""

    restrictions: Flag = Field(default=True, description="Whether it takes the other plan's restrictions too.")


class RatesDoc(CalendarDoc[Price]):
    """The prices of one room."""

    derive: DeriveDoc | None = Field(default=None, description="Made from another room's price in this plan.")


class AtProvider(Doc):
    """What is different at one provider."""

    change: ChangeOf | None = Field(default=None, description="After everything else; not inherited by derived plans.")
    round: RoundDoc | None = Field(default=None, description="Default: as the plan rounds.")
    linked: Flag = Field(default=False, description="The provider derives this plan itself; nothing is sent.")


class AtProviders(Doc):
    """What is different at a provider."""

    expedia: AtProvider = AtProvider()
    booking: AtProvider = Field(default=AtProvider(), alias="booking.com")


class RatePlanDoc(Doc):
    """A rate plan."""

    name: Text | None = Field(default=None, description="Default: its key.")
    type: Annotated[str, OneOf(*(kind.value for kind in PlanType))] = Field(
        description="The commercial type; each implies defaults."
    )
    base: Flag = Field(default=False, description="The plan whose id stands in the room's mapping row.")
    public: Flag | None = Field(default=None, description="Whether anyone may book it; the type decides if left out.")
    rooms: list[Key] | None = Field(default=None, description="Only these rooms.")
    derive: DerivePlanDoc | None = None
    cancellation: PolicyOrName | None = None
    meal_plan: Key | None = Field(
        default=None, description="breakfast, half_board, full_board, all_inclusive, or one of yours."
    )
    occupancy: dict[Guests, ChangeOf] | None = Field(default=None, description="Prices for other numbers of guests.")
    rates: dict[Key, RatesDoc] = Field(default={}, description="Prices, by room.")
    restrictions: RestrictionCalendar = Field(default=RestrictionCalendar(), description="For all of its rooms.")
    room_restrictions: dict[Key, RestrictionCalendar] = Field(default={}, description="On top, by room.")
    providers: AtProviders = AtProviders()
    on_unsupported: Annotated[str, OneOf("error", "skip")] = Field(
        default="error", description="Where a provider cannot express a restriction."
    )
    retired: Flag = False
    moved: MovedDoc | None = None


class RatesAre(Doc):
    """What the prices are, as agreed with the providers."""

    basis: Annotated[str, OneOf("sell", "net")] = Field(
        default="sell", description="What guests pay, or what the hotel gets."
    )
    tax: Annotated[str, OneOf("inclusive", "exclusive")] = Field(
        default="inclusive", description="Whether taxes are in them."
    )


class DatabaseTarget(Doc):
    """The hotel's database."""

    manage: ManageDoc = ManageDoc()


class TargetsDoc(Doc):
    """Where state lives, beside the providers."""

    database: DatabaseTarget = DatabaseTarget()


class PropertyDoc(Doc):
    """A hotel: what should be true of it, everywhere."""

    kind: Literal["Property"]
    id: Id = Field(description="properties.id in the hotel's database.")
    name: Text
    country: Country
    currency: Currency
    timezone: Timezone = Field(description='"Today" is local to it.')
    rates_are: RatesAre = RatesAre()
    weekend: DayNames = Field(default=("fri", "sat"), description="What `weekend` stands for.")
    horizon: Annotated[Count, AfterValidator(_horizon)] = Field(default=500, description="Nights from today on.")
    seasons: dict[Key, SeasonDoc] = Field(default={}, description="Named nights.")
    cancellation_policies: dict[Key, Policy] = Field(default={}, description="Named cancellation policies.")
    providers: LinksDoc = LinksDoc()
    rooms: dict[Key, RoomDoc] = Field(default={})
    mappings: MappingsDoc = MappingsDoc()
    allocation: dict[AllocationKey, AllocationDoc] = Field(default={}, description='By room; "*" is every room.')
    rate_plans: dict[Key, RatePlanDoc] = Field(default={})
    manage: ManageDoc = ManageDoc()
    targets: TargetsDoc = TargetsDoc()
    suspend: SuspendDoc | None = None
    retired: Flag = False
