"""JSON Schemas of the files, generated from the documents: for editors, and for anyone who checks YAML without this program.

A schema and loading agree on structure: what one refuses for its keys (unknown, missing, misspelled), its types, words, patterns or the
range of one value, the other refuses too. The patterns are ECMA's, where `$` is the very end of a text. Only loading knows what takes
more than one value, or the calendar:

- dates that do not exist (2027-02-30), periods and ranges of a schedule that run backwards, expressions that are none;
- what names refer to, what inheritance leaves, what nights hold, and what prices come out;
- amounts per currency that lack the property's, and decimals that its currency does not have.

`property.json` is a property on its own: what it needs is in its file. `inheriting.json` is one below a `_defaults.yaml`, which may give it
any part. `defaults.json` is any part of a property. In all three, null is no longer inherited, and amounts may be written per currency.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel

from reconciler.load.documents import PropertyDoc
from reconciler.load.types import MONEY, Schema
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.model.money import CURRENCIES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NULL: Schema = {"type": "null"}
_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf")
_OFFERED = range(1, 20)
"""How many keys a mapping may have for each to be written out; of more, such as countries, only the names are."""
_SINGLE = ("items", "additionalProperties", "propertyNames")


def schemas() -> Mapping[str, Schema]:
    """Every schema by file name."""
    whole = _whole(PropertyDoc)
    whole["$defs"]["Currency"] = {"enum": sorted(CURRENCIES), "description": "A currency, ISO 4217."}
    settings = _unmarked(_whole(WorkspaceDoc))
    return {
        "defaults.json": _headed(
            _part(whole, "Defaults"), "Defaults", "Any part of a property, for every property below this folder."
        ),
        "inheriting.json": _headed(
            _part(whole, "Property", "id", "name"),
            "Property below defaults",
            "A hotel: what should be true of it, everywhere. What a `_defaults.yaml` above it says need not be said again.",
        ),
        "property.json": _headed(_removable(whole), "Property", "A hotel: what should be true of it, everywhere."),
        "workspace.json": _headed(settings, "Workspace", "What is the same for all properties."),
    }


def rendered() -> Mapping[str, str]:
    """The text of every schema's file, by file name: ASCII only."""
    return {name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas().items()}


def write(folder: Path) -> list[str]:
    """Writes the schemas into the folder; the names of those that were not up to date."""
    stale = check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts = rendered()
    for name in stale:
        (folder / name).write_text(texts[name], encoding="utf-8")
    return stale


def check(folder: Path) -> list[str]:
    """The names of the files in the folder that are missing or not up to date."""
    return [name for name, text in sorted(rendered().items()) if _text(folder / name) != text]


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _whole(model: type[BaseModel]) -> Schema:
    schema = _tidy(_named(model.model_json_schema()))
    return _explained(schema, schema["$defs"])


def _headed(schema: Schema, title: str, description: str) -> Schema:
    return {"$schema": _DIALECT, **schema, "title": title, "description": description}


def _part(whole: Schema, kind: str, *required: str) -> Schema:
    """The schema of a document of this kind that holds any part of a property, and these keys."""
    loose = {**_without_required(whole), "required": ["kind", *required]}
    loose["properties"] = {
        **loose["properties"],
        "kind": {"const": kind, "description": "What this file is.", "examples": [kind]},
    }
    return _removable(loose)


def _named(schema: Schema) -> Schema:
    """With short names for the definitions of generic documents: `CalendarDoc_bool`, not all that is wrapped around `bool`."""
    text = re.sub(r"_Annotated_(\w+?)__PlainValidator__WithJsonSchema__", r"_\1", json.dumps(schema))
    named = json.loads(re.sub(r"(?<=[a-z]_)(\w+?)Fields_(?=\")", r"\1", text))
    assert isinstance(named, dict)
    return named


def _each(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """The schema with every schema right inside it changed; what is no schema, such as an example, stays as it is."""
    changed: Schema = {}
    for key, value in schema.items():
        if key in _MAPS:
            changed[key] = {name: change(inner) for name, inner in value.items()}
        elif key in _LISTS:
            changed[key] = [change(inner) for inner in value]
        else:
            changed[key] = change(value) if key in _SINGLE and isinstance(value, dict) else value
    return changed


def _tidy(schema: Schema) -> Schema:
    """Without titles that are only the key once more, without defaults that are documents; mappings with keys of their own closed."""
    kept = {key: value for key, value in schema.items() if not _is_noise(key, value)}
    return _nullable(_closed(_each(kept, _tidy)))


def _explained(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """What refers to a definition says itself what it is, for editors that look no further."""
    found = _each(schema, lambda inner: _explained(inner, definitions))
    if "$ref" not in found or "description" in found:
        return found
    return {"description": definitions[found["$ref"].removeprefix("#/$defs/")]["description"], **found}


def _is_noise(key: str, value: object) -> bool:
    return key == "title" or (key == "default" and (value is None or isinstance(value, dict) or value == []))


def _closed(schema: Schema) -> Schema:
    """Keys that are one of some words are spelled out, so that an editor offers them; of those with a pattern no other is let in."""
    names, values = schema.get("propertyNames"), schema.get("additionalProperties")
    if isinstance(names, dict) and isinstance(values, dict) and len(names.get("enum", ())) in _OFFERED:
        rest = {key: value for key, value in schema.items() if key not in ("propertyNames", "additionalProperties")}
        told = dict(zip(names["enum"], names.get("enumDescriptions", ()), strict=False))
        offered = {name: {**values, "description": told[name]} if name in told else values for name in names["enum"]}
        return {**rest, "properties": offered, "additionalProperties": False}
    if "patternProperties" in schema:
        rest = {key: value for key, value in schema.items() if key != "propertyNames"}
        return {**rest, "additionalProperties": False}
    return schema


def _without_required(schema: Schema) -> Schema:
    """Nothing required, and no default: it may be inherited."""
    return _each({key: value for key, value in schema.items() if key not in ("required", "default")}, _without_required)


def _removable(schema: Schema) -> Schema:
    """Null for every key that is not required, and amounts per currency."""
    if MONEY in schema:
        return _per_currency({key: value for key, value in schema.items() if key != MONEY})
    loose = _each(schema, _removable)
    for keyword in ("properties", "patternProperties"):
        if keyword in loose:
            loose[keyword] = {
                name: inner if name in loose.get("required", ()) else _or_null(inner)
                for name, inner in loose[keyword].items()
            }
    return loose


def _per_currency(amount: Schema) -> Schema:
    """The amount, or a mapping from currencies to amounts."""
    single = {key: value for key, value in amount.items() if key not in ("description", "examples", "items")}
    kinds = _kinds(amount)
    return {
        **_each(amount, _removable),
        "type": [*kinds, "object"],
        "propertyNames": {"$ref": "#/$defs/Currency"},
        "additionalProperties": {**single, "type": [kind for kind in kinds if kind not in ("array", "null")]},
        "minProperties": 1,
    }


def _kinds(schema: Schema) -> list[str]:
    kinds = schema["type"]
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _nullable(schema: Schema) -> Schema:
    """A schema that says "this or null" in the form of `_or_null`."""
    match schema.get("anyOf"):
        case [inner, other] if other == _NULL:
            return {**_or_null(inner), **{key: value for key, value in schema.items() if key != "anyOf"}}
    return schema


def _or_null(schema: Schema) -> Schema:
    """Null too: as one more type where the schema says types, else as an alternative."""
    if _NULL in schema.get("anyOf", ()) or "null" in schema.get("type", ()):
        return schema
    if "type" in schema and "enum" not in schema:
        return {**schema, "type": [*_kinds(schema), "null"]}
    outside = {key: value for key, value in schema.items() if key in ("description", "examples", "default")}
    inside = {key: value for key, value in schema.items() if key not in outside}
    return {**outside, "anyOf": [inside, _NULL]}


def _unmarked(schema: Schema) -> Schema:
    """Without the marks that only the schemas of properties need."""
    return _each({key: value for key, value in schema.items() if key != MONEY}, _unmarked)
