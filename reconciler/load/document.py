"""The base of every document: strict, closed, frozen; and the two forms that recur, calendars and policies."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from reconciler.load.types import (
    Count,
    DayName,
    DayNames,
    DaysAhead,
    Flag,
    Key,
    LatePenalty,
    NightsOf,
    OneOf,
    Percent,
    ShareOf,
    Stay,
)

V = TypeVar("V")


class _Nothing(dict[Any, Any]):
    """An empty mapping that says it can be hashed. As a default it is taken as it is, where another is copied for every document."""

    __hash__ = object.__hash__  # type: ignore[assignment]


NOTHING: Any = _Nothing()


class Doc(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Itself: it never changes. A default value is not copied for every document that it stands in."""
        return self


class Fields(Doc):
    """The value of a night that has several fields; null takes a field away."""

    def given(self) -> dict[str, Any]:
        """The fields that are written, with None for those taken away."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _doc(model: type[Doc]) -> str:
    """What a document is; a generic one with its values filled in has that from the one without."""
    return next(kind.__doc__ for kind in model.__mro__ if kind.__doc__)


class Short(Doc):
    """A mapping that may be written as the bare value of its first key."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The mapping, or the bare value."""
        schema = handler(core)
        whole = handler.resolve_ref_schema(schema)
        whole["description"] = _doc(cls)
        first = next(iter(whole["properties"].values()))
        bare = [option for option in first.get("anyOf", [first]) if option.get("type") != "null"]
        full = dict(whole)
        whole.clear()
        whole.update(
            {
                "description": full["description"],
                "anyOf": [*({k: v for k, v in b.items() if k != "title"} for b in bare), full],
            }
        )
        return schema


class SeasonValues(Short, Generic[V]):
    """What a season sets: a value, or values by weekday."""

    default: V | None = Field(default=None, description="The value of all of its nights.")
    days: dict[DayName, V] = Field(default=NOTHING, description="By weekday, over its default.")


class Override(Doc, Generic[V]):
    """Named nights with a value of their own."""

    model_config = ConfigDict(json_schema_extra={"description": "Named nights with a value of their own."})

    nights: NightsOf | None = Field(default=None, description="Which nights; or `season`.")
    season: Key | None = Field(default=None, description="The nights of a season; or `nights`.", examples=["summer"])
    days: DayNames | None = Field(default=None, description="Only these weekdays. Left out: every day.")
    set: V = Field(description="The value of these nights.")


class CalendarDoc(Short, Generic[V]):
    """Anything that varies by night: default, then days, then seasons, then overrides in their order."""

    default: V | None = Field(default=None, description="The value of every night.")
    days: dict[DayName, V] = Field(default=NOTHING, description="By weekday, over the default.")
    seasons: dict[Key, SeasonValues[V]] = Field(
        default=NOTHING, description="By season, over days; seasons are named under `seasons`."
    )
    overrides: dict[Key, Override[V]] = Field(
        default=NOTHING, description="Named exceptions, over all; the last one wins."
    )


class RestrictionFields(Fields):
    """What limits a stay. Left out is no restriction; null takes away what a wider value set."""

    min_stay: Stay | None = Field(default=None, description="Nights at least, for arrival on this night.")
    max_stay: Stay | None = Field(default=None, description="Nights at most, for arrival on this night.")
    min_stay_through: Stay | None = Field(default=None, description="Nights at least, for any stay over this night.")
    max_stay_through: Stay | None = Field(default=None, description="Nights at most, for any stay over this night.")
    closed: Flag | None = Field(default=None, description="Not sold on this night.")
    closed_to_arrival: Flag | None = Field(default=None, description="No arrivals on this day.")
    closed_to_departure: Flag | None = Field(default=None, description="No departures on this day.")
    min_advance_days: DaysAhead | None = Field(default=None, description="Booked at least so many days ahead.")
    max_advance_days: DaysAhead | None = Field(default=None, description="Booked at most so many days ahead.")


class AllotmentFields(Fields):
    """Who may sell how many units of a night, as numbers or as shares of its units."""

    model_config = ConfigDict(populate_by_name=True)

    direct: ShareOf | None = Field(default=None, description="The hotel itself; left out: what the others leave.")
    expedia: ShareOf | None = Field(default=None, description="At Expedia; left out: none.")
    booking_com: ShareOf | None = Field(
        default=None, alias="booking.com", description="At Booking.com; left out: none."
    )
    overbooking: ShareOf | None = Field(
        default=None, description="How many more may be sold than there are units; left out: none."
    )


class CancellationDoc(Doc):
    """What a cancellation costs."""

    type: Annotated[
        str,
        OneOf(
            flexible="free up to the deadline, as a rule",
            partial="a part of the price is kept",
            non_refundable="the price is kept, whenever the guest cancels",
        ),
    ] = Field(description="What kind of policy it is.")
    deadline_hours: Count = Field(description="So many hours before arrival.", examples=[24])
    penalty_percentage: Percent = Field(description="What it costs up to the deadline, in percent of the price.")
    late_penalty: LatePenalty | None = Field(
        default=None, description="What it costs after the deadline. Left out: nothing is said of it."
    )
