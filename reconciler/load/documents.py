"""A property as it is written: one file, with everything that defaults gave it already merged in.

Shapes only. What names refer to, what nights hold and what prices come out is for those who resolve it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from reconciler.load.document import (
    NOTHING,
    AllotmentFields,
    CalendarDoc,
    CancellationDoc,
    Doc,
    RestrictionFields,
    Short,
)
from reconciler.load.link_documents import LinksDoc, ManageDoc, MappingsDoc, SuspendDoc
from reconciler.load.plan_types import meaning
from reconciler.load.types import (
    AllocationKey,
    Bound,
    ChangeOf,
    Changes,
    Count,
    Country,
    Currency,
    DayNames,
    Flag,
    Guests,
    Horizon,
    Id,
    Key,
    NightsOf,
    OneOf,
    Price,
    Text,
    Timezone,
)
from reconciler.model.property import PlanType

CREATE = "create"
BY_NAME, WRITTEN = "(name)", "(written)"


def _form(value: object) -> str:
    return WRITTEN if isinstance(value, dict) else BY_NAME


PolicyOrName = Annotated[
    Annotated[Key, Tag(BY_NAME)] | Annotated[CancellationDoc, Tag(WRITTEN)],
    Discriminator(_form),
    Field(description="A policy, or the name of one under `cancellation_policies`. Default: what the type implies."),
]
PriceCalendar = CalendarDoc[Price]
RestrictionCalendar = CalendarDoc[RestrictionFields]


class SeasonDoc(Short):
    """Named nights: the nights, or a mapping with a priority."""

    nights: NightsOf = Field(description="Its nights.")
    priority: Count = Field(
        default=0, description="Where two seasons hold, the higher one wins. Default: 0.", examples=[2]
    )


class OccupancyDoc(Doc):
    """How many guests a room takes."""

    base: Count = Field(default=2, description="The number of guests that the price is for. Default: 2.", examples=[2])
    max: Count = Field(default=2, description="The most guests. Default: 2.", examples=[3])


class MovedDoc(Doc):
    """The key that this entry had before."""

    from_: Key = Field(alias="from", description="The key that it had before.", examples=["dbl"])


class RoomDoc(Doc):
    """A room type."""

    id: Id = Field(description="room_types.id in the hotel's database.")
    name: Text | None = Field(default=None, description="What it is called. Default: its key.", examples=["Double"])
    units: CalendarDoc[Count] | None = Field(default=None, description="How many there are, by night.", examples=[20])
    closed: CalendarDoc[Flag] = Field(
        default=CalendarDoc[Flag](), description="Nights on which it is not sold at all. Default: none."
    )
    occupancy: OccupancyDoc = Field(default=OccupancyDoc(), description="How many guests it takes.")
    retired: Flag = Field(default=False, description="Close and deactivate it by a plan. Default: false.")
    moved: MovedDoc | None = Field(default=None, description="The key that it had before, where it was renamed.")


Channel = Annotated[str, OneOf(**{"direct": "The hotel itself.", "expedia": "Expedia.", "booking.com": "Booking.com."})]


class AllocationDoc(CalendarDoc[AllotmentFields]):
    """Who may sell how many units of a room, by night."""

    mode: Annotated[
        str, OneOf(static="git's numbers hold", dynamic="the numbers move with demand, inside `bounds`")
    ] = Field(default="static", description="Whether numbers move with demand. Default: static.")
    bounds: dict[Channel, Bound] = Field(
        default=NOTHING, description="Between what `dynamic` moves, by channel.", examples=[{"expedia": "4..12"}]
    )


class RoundDoc(Doc):
    """Where a derived price goes."""

    to: Price | None = Field(
        default=None, description="A multiple of this. Default: the currency's smallest unit.", examples=[1]
    )
    mode: Annotated[str, OneOf(nearest="half goes up", up="to the higher one", down="to the lower one")] = Field(
        default="nearest", description="Which of the two neighbours. Default: nearest."
    )


class DeriveDoc(Doc):
    """A price made from another: change, then round, then floor and ceiling."""

    from_: Key = Field(
        alias="from", description="The plan, or in `rates.<room>` the room, that it starts from.", examples=["BAR"]
    )
    change: Changes = Field(
        default=(), description="A percentage, an amount, or a list applied in order. Left out: the same price."
    )
    round: RoundDoc = Field(default=RoundDoc(), description="Where the changed price goes.", examples=[{"to": 1}])
    floor: Price | None = Field(default=None, description="Never below. Left out: no limit.", examples=[89])
    ceiling: Price | None = Field(default=None, description="Never above. Left out: no limit.", examples=[450])


class DerivePlanDoc(DeriveDoc):
    """A plan made from another."""

    restrictions: Flag = Field(
        default=True, description="Whether it takes the other plan's restrictions too. Default: true."
    )


class RatesDoc(CalendarDoc[Price]):
    """The prices of one room, by night; or how they are made from another room's."""

    derive: DeriveDoc | None = Field(
        default=None,
        description="Made from another room's price in this plan.",
        examples=[{"from": "double", "change": 90}],
    )


class AtProvider(Doc):
    """What is different at one provider."""

    change: ChangeOf | None = Field(
        default=None, description="A change after everything else; not inherited by derived plans."
    )
    round: RoundDoc | None = Field(default=None, description="Where the price goes. Default: as the plan rounds.")
    linked: Flag = Field(
        default=False, description="The provider derives this plan itself; nothing is sent. Default: false."
    )


class AtProviders(Doc):
    """What is different at a provider."""

    expedia: AtProvider = Field(default=AtProvider(), description="What is different at Expedia.")
    booking: AtProvider = Field(
        default=AtProvider(), alias="booking.com", description="What is different at Booking.com."
    )


class RatePlanDoc(Doc):
    """A rate plan: a price with its conditions."""

    name: Text | None = Field(
        default=None, description="What it is called. Default: its key.", examples=["Best Available Rate"]
    )
    type: Annotated[str, OneOf(**{kind.value: meaning(kind) for kind in PlanType})] = Field(
        description="The commercial type. What it implies holds where the plan does not say otherwise."
    )
    base: Flag = Field(default=False, description="The plan whose id stands in the room's mapping row. Default: false.")
    public: Flag | None = Field(default=None, description="Whether anyone may book it. Default: as its type implies.")
    cancellation: PolicyOrName | None = None
    meal_plan: Key | None = Field(
        default=None,
        description="breakfast, half_board, full_board, all_inclusive, or one of yours. Default: as its type implies.",
        examples=["breakfast"],
    )
    rooms: list[Key] | None = Field(
        default=None,
        description="Only these rooms. Default: those with prices, or the parent's.",
        examples=[["double"]],
    )
    derive: DerivePlanDoc | None = Field(
        default=None,
        description="Its prices are made from another plan's.",
        examples=[{"from": "BAR", "change": "-15%"}],
    )
    occupancy: dict[Guests, ChangeOf] | None = Field(
        default=None,
        description="Prices for other numbers of guests, as changes. A derived plan has its parent's.",
        examples=[{"1": "-10%", "3": 25}],
    )
    rates: dict[Key, RatesDoc] = Field(default=NOTHING, description="Prices, by room.", examples=[{"double": 120}])
    restrictions: RestrictionCalendar = Field(
        default=RestrictionCalendar(),
        description="What limits a stay, for all of its rooms.",
        examples=[{"min_stay": 2}],
    )
    room_restrictions: dict[Key, RestrictionCalendar] = Field(
        default=NOTHING, description="On top of `restrictions`, by room.", examples=[{"suite": {"min_stay": 3}}]
    )
    providers: AtProviders = Field(default=AtProviders(), description="What is different at a provider.")
    on_unsupported: Annotated[str, OneOf(error="an error names it", skip="it is left out there, with a warning")] = (
        Field(
            default="error",
            description="What becomes of a restriction that a provider cannot express. Default: error.",
        )
    )
    retired: Flag = Field(default=False, description="Close and deactivate it by a plan. Default: false.")
    moved: MovedDoc | None = Field(default=None, description="The key that it had before, where it was renamed.")


class RatesAre(Doc):
    """What the prices are, as agreed with the providers."""

    basis: Annotated[str, OneOf(sell="what guests pay", net="what the hotel gets")] = Field(
        default="sell", description="Whose side the prices are seen from. Default: sell."
    )
    tax: Annotated[str, OneOf(inclusive="taxes are in them", exclusive="taxes come on top")] = Field(
        default="inclusive", description="Whether taxes are in them. Default: inclusive."
    )


class DatabaseTarget(Doc):
    """The hotel's database."""

    manage: ManageDoc = Field(default=ManageDoc(), description="What git owns in the database, by kind.")


class TargetsDoc(Doc):
    """Where state lives, beside the providers."""

    database: DatabaseTarget = Field(default=DatabaseTarget(), description="The hotel's database.")


class PropertyDoc(Doc):
    """A hotel: what should be true of it, everywhere."""

    kind: Literal["Property"] = Field(description="What this file is.", examples=["Property"])
    id: Id = Field(description="properties.id in the hotel's database.")
    name: Text = Field(description="What the hotel is called.")
    country: Country = Field(description="The country, ISO 3166-1: the market.")
    currency: Currency = Field(description="The currency of all prices, ISO 4217; it decides the decimals.")
    timezone: Timezone = Field(description='The time zone by its name; "today" is local to it.')
    rates_are: RatesAre = Field(default=RatesAre(), description="What the prices are, as agreed with the providers.")
    weekend: DayNames = Field(
        default=("fri", "sat"), description="What `weekend` stands for wherever days are. Default: [fri, sat]."
    )
    horizon: Horizon = Field(
        default=500, description="So many nights from today on; capped by what each provider takes. Default: 500."
    )
    seasons: dict[Key, SeasonDoc] = Field(
        default=NOTHING,
        description="Named nights, to be used in every calendar.",
        examples=[{"summer": "2027-06-15..2027-09-10"}],
    )
    cancellation_policies: dict[Key, CancellationDoc] = Field(
        default=NOTHING,
        description="Named cancellation policies, to be used by name in rate plans.",
        examples=[{"flexible-24h": {"type": "flexible", "deadline_hours": 24, "penalty_percentage": 0}}],
    )
    providers: LinksDoc = Field(default=LinksDoc(), description="The property at the providers.")
    rooms: dict[Key, RoomDoc] = Field(
        default=NOTHING,
        description="Room types, by key.",
        examples=[{"double": {"id": "7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201", "units": 20}}],
    )
    mappings: MappingsDoc = Field(default=MappingsDoc(), description="Which room and plan is which at a provider.")
    allocation: dict[AllocationKey, AllocationDoc] = Field(
        default=NOTHING,
        description='Who may sell how many, by room; "*" is every room, and a room\'s own goes over it.',
        examples=[{"*": {"direct": "25%", "expedia": "35%", "booking.com": "40%"}}],
    )
    rate_plans: dict[Key, RatePlanDoc] = Field(
        default=NOTHING,
        description="Rate plans, by key.",
        examples=[{"BAR": {"type": "bar", "rates": {"double": 120}}}],
    )
    manage: ManageDoc = Field(default=ManageDoc(), description="What git owns, by kind.", examples=[{"rates": False}])
    targets: TargetsDoc = Field(default=TargetsDoc(), description="Where state lives, beside the providers.")
    suspend: SuspendDoc | None = Field(default=None, description="Break-glass: nothing is changed until then.")
    retired: Flag = Field(default=False, description="Close and deactivate the hotel by a plan. Default: false.")
