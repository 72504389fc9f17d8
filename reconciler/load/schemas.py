"""JSON Schemas of the files, generated from the documents, for editors and for anyone who checks YAML without this program.

They describe shapes: what names refer to, what nights hold and what prices come out only loading knows. Defaults are a property with
nothing required, null for what is no longer inherited, and amounts per currency.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.load.documents import PropertyDoc
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.model.money import CURRENCIES

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MONEY = "per_currency"

Schema = dict[str, Any]


def schemas() -> Mapping[str, Schema]:
    """Every schema by file name."""
    return {
        "defaults.json": _defaults(),
        "property.json": _headed(
            PropertyDoc.model_json_schema(), "Property", "A hotel: what should be true of it, everywhere."
        ),
        "workspace.json": _headed(
            WorkspaceDoc.model_json_schema(), "Workspace", "What is the same for all properties."
        ),
    }


def rendered() -> Mapping[str, str]:
    """The text of every schema's file, by file name."""
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas().items()}


def write(folder: Path) -> list[str]:
    """Writes the schemas into the folder; the names of those that were not up to date."""
    stale = check(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (folder / name).write_text(rendered()[name], encoding="utf-8")
    return stale


def check(folder: Path) -> list[str]:
    """The names of the files in the folder that are missing or not up to date."""
    return [name for name, text in sorted(rendered().items()) if _text(folder / name) != text]


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _headed(schema: Schema, title: str, description: str) -> Schema:
    return {"$schema": _DIALECT, **_plain(_named(schema)), "title": title, "description": description}


def _named(schema: Schema) -> Schema:
    """With short names for the definitions of generic documents: `CalendarDoc_bool`, not all that is wrapped around `bool`."""
    text = re.sub(r"_Annotated_(\w+?)__PlainValidator__WithJsonSchema__", r"_\1", json.dumps(schema))
    named = json.loads(re.sub(r"(?<=[a-z]_)(\w+?)Fields_(?=\")", r"\1", text))
    assert isinstance(named, dict)
    return named


def _plain(schema: Any) -> Any:
    """Without the titles that are only the key once more, and without defaults that repeat whole documents."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not _is_noise(key, value)}
    return {key: _plain(value) for key, value in kept.items()}


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value in ({}, [], None))


def _defaults() -> Schema:
    loosened = _loosened(_plain(_named(PropertyDoc.model_json_schema())))
    assert isinstance(loosened, dict)
    loosened["properties"]["kind"] = {"const": "Defaults"}
    loosened["required"] = ["kind"]
    loosened["$defs"][_MONEY] = {
        "type": "object",
        "propertyNames": {"enum": sorted(CURRENCIES)},
        "additionalProperties": {"type": "number"},
        "minProperties": 1,
        "description": "An amount per currency, above hotels of several.",
    }
    description = "Any part of a property, for every property below this folder."
    return {"$schema": _DIALECT, **loosened, "title": "Defaults", "description": description}


def _loosened(schema: Any) -> Any:
    """Nothing required, null anywhere below a mapping, amounts per currency where a number with a fraction may stand."""
    if isinstance(schema, list):
        return [_loosened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        return {"anyOf": [schema, {"$ref": f"#/$defs/{_MONEY}"}]}
    loose = {key: _loosened(value) for key, value in schema.items() if key not in ("required", "default")}
    if isinstance(schema.get("properties"), dict):
        loose["properties"] = {key: _or_null(_loosened(value)) for key, value in schema["properties"].items()}
    if isinstance(schema.get("patternProperties"), dict):
        loose["patternProperties"] = {
            key: _or_null(_loosened(value)) for key, value in schema["patternProperties"].items()
        }
    if isinstance(schema.get("additionalProperties"), dict):
        loose["additionalProperties"] = _or_null(_loosened(schema["additionalProperties"]))
    return loose


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}
