"""What an editor gets from the schemas: every key and alternative explained with examples, words to choose from, mistakes marked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from reconciler.load import schemas
from reconciler.load.plan_types import meaning
from reconciler.model.property import PlanType

SCHEMAS = schemas.schemas()
Schema = Mapping[str, Any]
_SCALARS = {"string", "number", "integer", "boolean"}


def parts(schema: Schema, where: str = "") -> Iterator[tuple[str, Schema]]:
    """Every schema inside a schema with the way to it."""
    yield where, schema
    for key in ("properties", "patternProperties", "$defs"):
        for name, inner in schema.get(key, {}).items():
            yield from parts(inner, f"{where}/{name}")
    for key in ("anyOf", "oneOf"):
        for number, inner in enumerate(schema.get(key, ())):
            yield from parts(inner, f"{where}|{number}")
    if isinstance(schema.get("items"), dict):
        yield from parts(schema["items"], f"{where}[]")


def resolved(root: Schema, schema: Schema) -> Schema:
    """The schema with what it refers to under its own words."""
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].removeprefix("#/$defs/")
    return {**resolved(root, root["$defs"][name]), **{key: value for key, value in schema.items() if key != "$ref"}}


def alternatives(root: Schema, schema: Schema) -> Iterator[Schema]:
    """What may stand there, null aside."""
    found = resolved(root, schema)
    options = found.get("anyOf") or found.get("oneOf")
    if not options:
        yield found
        return
    for option in options:
        if option != {"type": "null"}:
            yield from alternatives(root, option)


def at(name: str, *keys: str) -> tuple[Schema, list[Schema]]:
    """The key that these keys lead to in a schema, as an editor finds it: what it says itself, and what may stand there."""
    root = SCHEMAS[name]
    here: list[Schema] = [root]
    schema: Schema = root
    for key in keys:
        inner = [found for one in here for found in [_inside(one, key)] if found is not None]
        assert inner, f"{key} of {'.'.join(keys)}"
        schema, here = inner[0], [option for one in inner for option in alternatives(root, one)]
    return schema, here


def _inside(schema: Schema, key: str) -> Schema | None:
    found = schema.get("properties", {}).get(key) or next(iter(schema.get("patternProperties", {}).values()), None)
    return found if isinstance(found, dict) else None


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_key_says_what_it_means(name: str) -> None:
    silent = [
        f"{where}/{key}"
        for where, schema in parts(SCHEMAS[name])
        for key, inner in schema.get("properties", {}).items()
        if not str(inner.get("description", "")).endswith((".", "!"))
    ]
    assert silent == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_value_and_every_alternative_of_it_has_a_description_and_an_example_that_fits(name: str) -> None:
    root = SCHEMAS[name]
    validators: dict[str, Any] = {}
    for where, schema in parts(root):
        kinds = schema.get("type")
        kinds = {kinds} if isinstance(kinds, str) else set(kinds or ())
        if "enum" in schema or kinds & _SCALARS:
            outside = where.endswith("|0") and "enum" in schema  # what is said of it stands beside `anyOf`
            assert outside or schema.get("description") or "enumDescriptions" in schema, where
            assert outside or schema.get("examples") or where == "/Currency", where
        for example in schema.get("examples", ()):
            text = json.dumps({"$defs": root.get("$defs", {}), **schema}, sort_keys=True)
            validator = validators.setdefault(text, jsonschema_rs.validator_for(json.loads(text)))
            assert validator.is_valid(example), (where, example)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_words_that_are_explained_are_explained_one_by_one(name: str) -> None:
    for where, schema in parts(SCHEMAS[name]):
        if "enumDescriptions" in schema:
            assert len(schema["enumDescriptions"]) == len(schema["enum"]), where
            assert all(schema["enumDescriptions"]), where


def test_a_key_far_inside_is_explained_with_its_words() -> None:
    key, (mode,) = at("property.json", "rate_plans", "NREF", "derive", "round", "mode")
    assert key["description"] == "Which of the two neighbours. Default: nearest."
    assert key["examples"] == ["nearest"]
    assert mode["enum"] == ["nearest", "up", "down"]
    assert mode["enumDescriptions"] == ["half goes up", "to the higher one", "to the lower one"]


def test_the_types_of_rate_plans_say_what_each_implies() -> None:
    _, (kind,) = at("property.json", "rate_plans", "BAR", "type")
    told = dict(zip(kind["enum"], kind["enumDescriptions"], strict=True))
    assert told == {one.value: meaning(one) for one in PlanType}
    assert told["early_bird"] == "implies min_advance_days: 14"


def test_a_calendar_is_offered_as_a_value_and_as_a_mapping_with_its_days() -> None:
    key, (bare, calendar) = at("property.json", "rate_plans", "BAR", "rates", "double")
    assert bare["exclusiveMinimum"] == 0
    assert list(calendar["properties"]) == ["default", "days", "seasons", "overrides", "derive"]
    _, (days,) = at("property.json", "rate_plans", "BAR", "rates", "double", "days")
    assert list(days["properties"]) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekend"]
    assert key


def test_countries_currencies_and_time_zones_are_offered_by_name() -> None:
    for name, word in (("country", "PT"), ("currency", "EUR"), ("timezone", "Europe/Lisbon")):
        _, (value,) = at("property.json", name)
        assert word in value["enum"]


def test_credentials_offer_the_keys_of_their_provider() -> None:
    _, found = at("workspace.json", "credentials", "group", "production")
    assert [list(one["properties"]) for one in found] == [["api_key", "api_secret"], ["api_key", "partner_id"]]


def test_a_wrong_text_is_told_in_a_sentence_and_not_by_its_pattern() -> None:
    for name, root in SCHEMAS.items():
        for where, schema in parts(root):
            if "pattern" in schema and schema["pattern"] != r"\S":
                assert schema["patternErrorMessage"].endswith("."), (name, where)
