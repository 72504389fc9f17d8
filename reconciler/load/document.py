"""The base of every document: strict, closed, frozen; and the two forms that recur, calendars and policies."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.config import JsonDict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from reconciler.load.types import Count, DayName, DayNames, DaysAhead, Flag, Key, NightsOf, ShareOf, Stay, Text
from reconciler.load.values import WEEKEND
from reconciler.model.calendar import WEEKDAYS

V = TypeVar("V")
_DAY_KEYS: JsonDict = {"propertyNames": {"enum": [*WEEKDAYS, WEEKEND]}}


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


class Short(Doc):
    """A mapping that may be written as the bare value of its first key."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The mapping, or the bare value."""
        schema = handler(core)
        whole = handler.resolve_ref_schema(schema)
        first = next(iter(whole["properties"].values()))
        bare = [option for option in first.get("anyOf", [first]) if option.get("type") != "null"]
        full = dict(whole)
        whole.clear()
        whole.update({"anyOf": [*({k: v for k, v in b.items() if k != "title"} for b in bare), full]})
        return schema


class SeasonValues(Short, Generic[V]):
    """What a season sets."""

    default: V | None = Field(default=None, description="The value of all of its nights.")
    days: dict[DayName, V] = Field(default={}, description="By weekday.", json_schema_extra=_DAY_KEYS)


class Override(Doc, Generic[V]):
    """Named nights with a value of their own."""

    nights: NightsOf | None = Field(default=None, description="Which nights; or `season`.")
    season: Key | None = Field(default=None, description="The nights of a season.")
    days: DayNames | None = Field(default=None, description="Only these weekdays.")
    set: V = Field(description="The value.")


class CalendarDoc(Short, Generic[V]):
    """Anything that varies by night: default, then days, then seasons, then overrides in their order."""

    default: V | None = Field(default=None, description="The value of every night.")
    days: dict[DayName, V] = Field(default={}, description="By weekday.", json_schema_extra=_DAY_KEYS)
    seasons: dict[Key, SeasonValues[V]] = Field(default={}, description="By season, as named under `seasons`.")
    overrides: dict[Key, Override[V]] = Field(default={}, description="Named exceptions; the last one wins.")


class RestrictionFields(Fields):
    """What limits a stay. Left out is no restriction."""

    min_stay: Stay | None = Field(default=None, description="Nights at least, for arrival on this night.")
    max_stay: Stay | None = Field(default=None, description="Nights at most, for arrival on this night.")
    min_stay_through: Stay | None = Field(default=None, description="Nights at least, for any stay over this night.")
    max_stay_through: Stay | None = Field(default=None, description="Nights at most, for any stay over this night.")
    closed: Flag | None = Field(default=None, description="Not sold.")
    closed_to_arrival: Flag | None = Field(default=None, description="No arrivals.")
    closed_to_departure: Flag | None = Field(default=None, description="No departures.")
    min_advance_days: DaysAhead | None = Field(default=None, description="Booked at least so many days ahead.")
    max_advance_days: DaysAhead | None = Field(default=None, description="Booked at most so many days ahead.")


class AllotmentFields(Fields):
    """Who may sell how many units of a night, as numbers or as shares of its units."""

    model_config = ConfigDict(populate_by_name=True)

    direct: ShareOf | None = Field(default=None, description="The hotel itself; left out: what the others leave.")
    expedia: ShareOf | None = Field(default=None, description="Expedia.")
    booking_com: ShareOf | None = Field(default=None, alias="booking.com", description="Booking.com.")
    overbooking: ShareOf | None = Field(default=None, description="How many more than there are units.")


class CancellationDoc(Doc):
    """What a cancellation costs."""

    type: Text = Field(description="flexible, partial or non_refundable.")
    deadline_hours: Count = Field(description="Hours before arrival.")
    penalty_percentage: Count = Field(description="Up to the deadline, in percent.")
    late_penalty: Text | None = Field(
        default=None, description="After the deadline: first_night, two_nights, N% or full."
    )
