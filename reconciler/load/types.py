"""The types that documents are made of: each value with its validator and its part of the JSON Schemas.

Both take patterns, ranges and words from one place, so that what a schema refuses loading refuses too, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from reconciler.load import spellings, times, values
from reconciler.load.countries import COUNTRIES
from reconciler.load.values import WEEKEND, Change, Nights, Range, choice
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.money import CURRENCIES
from reconciler.model.share import Share

Schema: TypeAlias = dict[str, Any]
MONEY = "perCurrency"
"""Marks what may be written per currency in defaults; it does not appear in a schema's file."""


class OneOf:
    """As a remark on a type: one of some words, with what each means where that needs saying."""

    def __init__(self, *allowed: str, **means: str) -> None:
        self.allowed = (*allowed, *means)
        self.means: Mapping[str, str] = means

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(choice(*self.allowed))

    def __get_pydantic_json_schema__(self, _core: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return words(*self.allowed, **self.means)


def words(*allowed: str | bool, **means: str) -> Schema:
    """The schema of one of some words, with what each means where that needs saying."""
    allowed = allowed or tuple(means)
    texts = all(isinstance(word, str) for word in allowed)
    schema: Schema = {**({"type": "string"} if texts else {}), "enum": list(allowed), "examples": [allowed[0]]}
    return {**schema, "enumDescriptions": [means[str(word).lower()] for word in allowed]} if means else schema


def _described(kind: object, description: str, *examples: object, **more: object) -> WithJsonSchema:
    schema: Schema = {"type": kind, "description": description, **more}
    if examples:
        schema["examples"] = list(examples)
    return WithJsonSchema(schema)


def spelled_as(pattern: str, description: str, *examples: str, **more: object) -> WithJsonSchema:
    """The schema of a text with this spelling."""
    said = f"{description} For instance {', '.join(examples)}."
    return _described(
        "string", description, *examples, pattern=spellings.whole(pattern), patternErrorMessage=said, **more
    )


def _whole(allowed: Range, description: str, *examples: int) -> WithJsonSchema:
    return _described("integer", description, *examples, minimum=allowed.least, maximum=allowed.most)


def _schema(remark: WithJsonSchema) -> Schema:
    return remark.json_schema or {}


_PERCENTAGE = _schema(spelled_as(spellings.PERCENTAGE, "A percentage from 0% to 100%.", "18%"))
_CHANGE: Schema = {
    **_schema(
        spelled_as(
            spellings.PERCENT_CHANGE,
            "A change of a price: a percentage (more than -100%) or an amount.",
            "-15%",
            "+30.00",
        )
    ),
    "type": ["number", "string"],
    "examples": ["-15%", 30],
    "exclusiveMinimum": -values.AMOUNT_BELOW,
    "exclusiveMaximum": values.AMOUNT_BELOW,
    MONEY: True,
}
_PERIOD = _schema(
    spelled_as(spellings.NIGHTS, "A night, or from one night to another.", "2027-06-15..2027-09-10", "2027-06-15")
)
_DAY_NAME: Schema = {
    **words(*WEEKDAYS, WEEKEND),
    "description": "A day of the week; `weekend` stands for the days under `weekend:`.",
    "examples": ["fri", WEEKEND],
}

Text: TypeAlias = Annotated[
    str,
    PlainValidator(values.text),
    spelled_as(spellings.TEXT, "A line of text.", "Harbour House", maxLength=values.LONGEST_TEXT),
]
ExternalId: TypeAlias = Annotated[
    str,
    PlainValidator(values.external_id),
    spelled_as(spellings.ID, "An id at the provider, in quotes.", "16636843", maxLength=values.LONGEST_ID),
]
Key: TypeAlias = Annotated[
    str,
    PlainValidator(values.key),
    _described(
        ["string", "integer"],
        "A key: letters, digits, - and _, beginning with a letter or digit.",
        "double",
        pattern=spellings.whole(spellings.KEY),
        patternErrorMessage="A key: letters, digits, - and _, beginning with a letter or digit.",
        minimum=0,
    ),
]
Id: TypeAlias = Annotated[
    str,
    PlainValidator(values.uuid),
    spelled_as(spellings.UUID, "An id in the hotel's database, a UUID.", "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11"),
]
Country: TypeAlias = Annotated[
    str,
    PlainValidator(values.country),
    _described("string", "A country, ISO 3166-1: two letters.", "PT", enum=sorted(COUNTRIES)),
]
Currency: TypeAlias = Annotated[
    str,
    PlainValidator(values.currency),
    _described("string", "A currency, ISO 4217: three letters.", "EUR", enum=sorted(CURRENCIES)),
]
Timezone: TypeAlias = Annotated[
    str,
    PlainValidator(times.timezone),
    _described("string", "A time zone by its name.", "Europe/Lisbon", enum=list(times.timezones())),
]
Price: TypeAlias = Annotated[
    Decimal,
    PlainValidator(values.price),
    _described(
        "number",
        "A price in the property's currency, above zero.",
        120,
        exclusiveMinimum=0,
        exclusiveMaximum=values.AMOUNT_BELOW,
        **{MONEY: True},
    ),
]
Count: TypeAlias = Annotated[int, PlainValidator(values.count), _whole(values.COUNTS, "A whole number, 0 or more.", 20)]
Stay: TypeAlias = Annotated[int, PlainValidator(values.stay), _whole(values.STAYS, "A number of nights, 1 or more.", 3)]
DaysAhead: TypeAlias = Annotated[
    int, PlainValidator(values.days_ahead), _whole(values.DAYS_AHEAD, "Days before arrival.", 14)
]
Percent: TypeAlias = Annotated[
    int, PlainValidator(values.percent), _whole(values.PERCENTS, "A number of percent, without the %.", 100)
]
Horizon: TypeAlias = Annotated[int, PlainValidator(values.horizon), _whole(values.HORIZONS, "A number of nights.", 500)]
Flag: TypeAlias = Annotated[bool, PlainValidator(values.flag), _described("boolean", "true or false.", True)]
Percentage: TypeAlias = Annotated[Decimal, PlainValidator(values.percentage), WithJsonSchema(_PERCENTAGE)]
ChangeOf: TypeAlias = Annotated[Change, PlainValidator(values.change), WithJsonSchema(_CHANGE)]
Changes: TypeAlias = Annotated[
    tuple[Change, ...],
    PlainValidator(values.changes),
    WithJsonSchema(
        {
            **_CHANGE,
            "type": ["number", "string", "array"],
            "items": _CHANGE,
            "description": "A change of a price, or several in order.",
            "examples": ["-15%", 30, ["-10%", 5]],
        }
    ),
]
AllocationKey: TypeAlias = Annotated[
    str,
    PlainValidator(values.allocation_key),
    _described(
        ["string", "integer"],
        'The key of a room, or "*" for every room.',
        "*",
        "double",
        pattern=spellings.whole(rf"\*|{spellings.KEY}"),
        patternErrorMessage='The key of a room, or "*" for every room.',
        minimum=0,
    ),
]
ShareOf: TypeAlias = Annotated[
    Share,
    PlainValidator(values.share),
    WithJsonSchema(
        {
            **_PERCENTAGE,
            "type": ["integer", "string"],
            "minimum": values.COUNTS.least,
            "maximum": values.COUNTS.most,
            "description": "A number of units, or a share of the night's units.",
            "examples": [8, "35%"],
        }
    ),
]
NightsOf: TypeAlias = Annotated[
    tuple[Nights, ...],
    PlainValidator(times.nights),
    WithJsonSchema(
        {
            **_PERIOD,
            "type": ["string", "array"],
            "items": _PERIOD,
            "minItems": 1,
            "description": "Nights, or several periods of them; both ends are nights, both included.",
            "examples": ["2027-06-15..2027-09-10", ["2027-06-15..2027-09-10", "2028-06-15..2028-09-10"]],
        }
    ),
]
DayNames: TypeAlias = Annotated[
    tuple[str, ...],
    PlainValidator(times.day_names),
    _described("array", "Days of the week.", ["fri", "sat"], items=_DAY_NAME, minItems=1),
]
DayName: TypeAlias = Annotated[str, PlainValidator(times.day_name), WithJsonSchema(_DAY_NAME)]
Guests: TypeAlias = Annotated[
    int, PlainValidator(values.guests), spelled_as(spellings.GUESTS, "A number of guests, 1 to 99.", "1", "3")
]
LatePenalty: TypeAlias = Annotated[
    str,
    PlainValidator(values.late_penalty),
    WithJsonSchema(
        {
            "anyOf": [
                words(**values.LATE_PENALTIES),
                {**_PERCENTAGE, "description": "A share of the price.", "examples": ["50%"]},
            ],
            "description": "first_night, two_nights, full or a percentage.",
            "examples": ["first_night", "50%"],
        }
    ),
]
Bound: TypeAlias = Annotated[
    str,
    PlainValidator(values.bound),
    spelled_as(spellings.BOUND, "At least and at most so many units.", "4..12", "3.."),
]
Duration: TypeAlias = Annotated[
    timedelta,
    PlainValidator(times.duration),
    spelled_as(spellings.DURATION, "A time.", "500ms", "30s", "5m", "1h", "90d"),
]
LocalTime: TypeAlias = Annotated[
    datetime,
    PlainValidator(times.local_time),
    spelled_as(spellings.LOCAL_TIME, "A date, or a date and time, by the clock on the spot.", "2027-03-01T12:00"),
]
