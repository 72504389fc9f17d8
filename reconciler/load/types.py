"""The types that documents are made of: each value with its validator and its part of the JSON Schemas."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from reconciler.load import values
from reconciler.load.values import KEY, WEEKEND, Change, Nights, choice
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.share import Share


class OneOf:
    """As a remark on a type: one of some words."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = allowed

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(choice(*self.allowed))

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"enum": list(self.allowed)}


def _described(kind: object, description: str, *examples: object, **more: object) -> WithJsonSchema:
    schema: dict[str, Any] = {"type": kind, "description": description, **more}
    if examples:
        schema["examples"] = list(examples)
    return WithJsonSchema(schema)


_PERCENT_TEXT: dict[str, Any] = {"type": "string", "pattern": r"^[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?%$"}
_CHANGE: dict[str, Any] = {"anyOf": [{"type": "number"}, _PERCENT_TEXT]}
_NIGHT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_PERIOD: dict[str, Any] = {"type": "string", "pattern": rf"^{_NIGHT}(\.\.{_NIGHT})?$"}
_DAY_NAME: dict[str, Any] = {"enum": [*WEEKDAYS, WEEKEND]}

Text: TypeAlias = Annotated[
    str, PlainValidator(values.text), _described("string", "A line of text.", minLength=1, maxLength=255)
]
ExternalId: TypeAlias = Annotated[
    str,
    PlainValidator(values.external_id),
    _described("string", "An id at the provider, in quotes.", "16636843", maxLength=100),
]
Key: TypeAlias = Annotated[
    str, PlainValidator(values.key), _described(["string", "integer"], "A key.", pattern=f"^{KEY}$")
]
Id: TypeAlias = Annotated[
    str, PlainValidator(values.uuid), _described("string", "An id in the hotel's database.", format="uuid")
]
Country: TypeAlias = Annotated[
    str, PlainValidator(values.country), _described("string", "The country, ISO 3166-1.", "PT", pattern="^[A-Z]{2}$")
]
Currency: TypeAlias = Annotated[
    str, PlainValidator(values.currency), _described("string", "The currency, ISO 4217.", "EUR", pattern="^[A-Z]{3}$")
]
Timezone: TypeAlias = Annotated[
    str, PlainValidator(values.timezone), _described("string", "A time zone by name.", "Europe/Lisbon")
]
Price: TypeAlias = Annotated[
    Decimal, PlainValidator(values.price), _described("number", "A price, above zero.", 120.00, exclusiveMinimum=0)
]
Count: TypeAlias = Annotated[int, PlainValidator(values.count), _described("integer", "A whole number.", minimum=0)]
Stay: TypeAlias = Annotated[
    int, PlainValidator(values.stay), _described("integer", "A number of nights, 1 or more.", minimum=1, maximum=999)
]
DaysAhead: TypeAlias = Annotated[
    int, PlainValidator(values.days_ahead), _described("integer", "Days before arrival.", minimum=0, maximum=9999)
]
Flag: TypeAlias = Annotated[bool, PlainValidator(values.flag), WithJsonSchema({"type": "boolean"})]
Percentage: TypeAlias = Annotated[
    Decimal,
    PlainValidator(values.percentage),
    WithJsonSchema({**_PERCENT_TEXT, "description": "A percentage.", "examples": ["18%"]}),
]
ChangeOf: TypeAlias = Annotated[
    Change,
    PlainValidator(values.change),
    WithJsonSchema({**_CHANGE, "description": "A change of a price: -15% or +30.00."}),
]
Changes: TypeAlias = Annotated[
    tuple[Change, ...],
    PlainValidator(values.changes),
    WithJsonSchema({"anyOf": [*_CHANGE["anyOf"], {"type": "array", "items": _CHANGE}], "examples": ["-15%"]}),
]
AllocationKey: TypeAlias = Annotated[
    str, PlainValidator(values.allocation_key), WithJsonSchema({"type": "string", "pattern": rf"^(\*|{KEY})$"})
]
ShareOf: TypeAlias = Annotated[
    Share,
    PlainValidator(values.share),
    WithJsonSchema(
        {
            "anyOf": [{"type": "integer", "minimum": 0}, _PERCENT_TEXT],
            "description": "Units, or a share of the night's units.",
        }
    ),
]
NightsOf: TypeAlias = Annotated[
    tuple[Nights, ...],
    PlainValidator(values.nights),
    WithJsonSchema(
        {
            "anyOf": [_PERIOD, {"type": "array", "items": _PERIOD}],
            "description": "Nights; both ends are nights, both included.",
            "examples": ["2027-06-15..2027-09-10"],
        }
    ),
]
DayNames: TypeAlias = Annotated[
    tuple[str, ...],
    PlainValidator(values.day_names),
    WithJsonSchema({"type": "array", "items": _DAY_NAME, "minItems": 1, "description": "Days of the week."}),
]
DayName: TypeAlias = Annotated[str, PlainValidator(values.day_name), WithJsonSchema(_DAY_NAME)]
Duration: TypeAlias = Annotated[
    timedelta,
    PlainValidator(values.duration),
    _described("string", "A time.", "30s", "5m", "90d", pattern=r"^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$"),
]
LocalTime: TypeAlias = Annotated[
    datetime, PlainValidator(values.local_time), _described("string", "A local date and time.", "2027-03-01T12:00")
]
