"""What a property has at the providers, as it is written: its connections, its mappings, and what git owns there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from reconciler.load.document import NOTHING, Doc
from reconciler.load.types import ExternalId, Flag, Key, LocalTime, OneOf, Percentage, Text, words
from reconciler.load.values import fault, shown, truth_hint


def _manage(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value == "create_only":
        return value
    raise fault("unknown-value", f"{shown(value)} is not one of true, false, create_only", truth_hint(value))


Manages = Annotated[
    str,
    PlainValidator(_manage),
    WithJsonSchema(
        words(
            True,
            False,
            "create_only",
            true="git owns it",
            false="git leaves it alone",
            create_only="git makes it where it is missing, and leaves it alone then",
        )
    ),
]


class ManageDoc(Doc):
    """What git owns, by kind: true (the default), false or create_only. The narrowest place that says it wins."""

    integration: Manages | None = Field(default=None, description="The row that connects the hotel to a provider.")
    mapping: Manages | None = Field(default=None, description="Which room and plan is which at a provider.")
    rate_plan: Manages | None = Field(default=None, description="Rate plans and their conditions.")
    allocation: Manages | None = Field(default=None, description="Who may sell how many, in the hotel's database.")
    availability: Manages | None = Field(default=None, description="What is on sale at a provider.")
    rates: Manages | None = Field(default=None, description="Prices.")
    restrictions: Manages | None = Field(default=None, description="What limits a stay.")


class SuspendDoc(Doc):
    """Break-glass: nothing is changed until then."""

    reason: Text = Field(description="Why; plans and reports repeat it.", examples=["burst pipe"])
    until: LocalTime = Field(description="Until when, in the property's local time.")


class CodesDoc(Doc):
    """Our names to the provider's codes."""

    cancellation: dict[Key, ExternalId] = Field(
        default=NOTHING, description="Cancellation policies, by name or type.", examples=[{"flexible-24h": "152"}]
    )
    meals: dict[Key, ExternalId] = Field(default=NOTHING, description="Meal plans.", examples=[{"breakfast": "1"}])


class LinkDoc(Doc):
    """What the property's connection to any provider has."""

    credentials: Key | None = Field(
        default=None, description="A name under `credentials` in reconciler.yaml.", examples=["expedia-group"]
    )
    integration_name: Text | None = Field(
        default=None,
        description="What the connection is called. Default: the provider and the property's name.",
        examples=["Expedia - Harbour House"],
    )
    webhook_url: Text | None = Field(
        default=None,
        description="Where the provider reports bookings to.",
        examples=["https://hms.example.com/hooks/expedia"],
    )
    commission: Percentage | None = Field(default=None, description="The provider's commission.")
    codes: CodesDoc = Field(default=CodesDoc(), description="Our names to the provider's codes.")
    manage: ManageDoc = Field(default=ManageDoc(), description="What git owns at this provider, by kind.")
    suspend: SuspendDoc | None = Field(default=None, description="Break-glass: nothing is changed here until then.")
    retired: Flag = Field(default=False, description="Close and deactivate it by a plan. Default: false.")


class ExpediaDoc(LinkDoc):
    """The property at Expedia."""

    property_id: ExternalId = Field(description="The hotel's id at Expedia.")
    ean_id: ExternalId | None = Field(
        default=None, description="The hotel's id at Expedia Affiliate Network.", examples=["402918"]
    )
    length_of_stay: Annotated[
        str,
        OneOf(
            arrival="counted for arrival on the night",
            through="counted for any stay over the night",
        ),
    ] = Field(
        default="arrival",
        description="How Expedia counts stays: the switch in Partner Central, which no API shows. Default: arrival.",
    )


class BookingDoc(LinkDoc):
    """The property at Booking.com."""

    hotel_id: ExternalId = Field(description="The hotel's id at Booking.com.", examples=["8011855"])


class LinksDoc(Doc):
    """The property at the providers."""

    expedia: ExpediaDoc | None = Field(default=None, description="The property at Expedia.")
    booking: BookingDoc | None = Field(default=None, alias="booking.com", description="The property at Booking.com.")


class ExpediaMapping(Doc):
    """Rooms and plans at Expedia: there a plan belongs to one room."""

    rooms: dict[Key, ExternalId] = Field(default=NOTHING, description="Room to id.", examples=[{"double": "30011"}])
    rate_plans: dict[Key, dict[Key, ExternalId]] = Field(
        default=NOTHING,
        description="Plan to room to id; `create` makes it there.",
        examples=[{"BAR": {"double": "880011A"}}],
    )


class BookingMapping(Doc):
    """Rooms and plans at Booking.com: there a plan serves all rooms."""

    rooms: dict[Key, ExternalId] = Field(default=NOTHING, description="Room to id.", examples=[{"double": "90100101"}])
    rate_plans: dict[Key, ExternalId] = Field(
        default=NOTHING,
        description="Plan to id; `create` makes it there.",
        examples=[{"BAR": "77001", "LONG": "create"}],
    )


class MappingsDoc(Doc):
    """Which room and plan is which at a provider."""

    expedia: ExpediaMapping | None = Field(
        default=None, description="Rooms and plans at Expedia: there a plan belongs to one room."
    )
    booking: BookingMapping | None = Field(
        default=None, alias="booking.com", description="Rooms and plans at Booking.com: there a plan serves all rooms."
    )
