"""Two judges of one document: its JSON Schema, and loading."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import jsonschema_rs

from reconciler.load import overlay, schemas, workspace_file
from reconciler.load.merging import Inherited, defaults_problems, property_document
from reconciler.load.problems import Problem, Problems
from reconciler.load.translate import validate
from reconciler.load.workspace_documents import WorkspaceDoc

Document = dict[str, Any]

BEYOND_STRUCTURE = frozenset(
    {
        "no-such-night",
        "nights-backwards",
        "window-backwards",
        "bad-cron",
        "bad-expression",
        "amount-not-in-currency",
        "too-many-decimals",
        "floor-above-ceiling",
    }
)
"""What takes a calendar, a grammar or more than one value. `bad-cron` is here for ranges of a schedule that run backwards."""


def as_json(value: Any) -> Any:
    """The value as any other reader of YAML has it: numbers with a fraction are floats."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def _property(document: Document) -> list[Problem]:
    problems = Problems()
    property_document(Inherited([]), _layer(document), document.get("kind"), problems)
    return problems.found


def _defaults(document: Document) -> list[Problem]:
    return list(defaults_problems(_layer(document), document.get("kind")))


def _layer(document: Document) -> Document:
    return overlay.normal({key: value for key, value in document.items() if key != "kind"})


ABOVE: Document = {"country": "PT", "currency": "EUR", "timezone": "Europe/Lisbon"}
_OWN = ("`kind` is missing", "`id` is missing", "`name` is missing")


def _inheriting(document: Document) -> list[Problem]:
    """Below defaults that say what a property needs. What else is missing, inheritance left out, which no schema of one file knows."""
    problems = Problems()
    property_document(Inherited([ABOVE]), _layer(document), document.get("kind"), problems)
    return [one for one in problems.found if one.code != "missing-key" or (one.keys == () and one.message in _OWN)]


def _workspace(document: Document) -> list[Problem]:
    doc, found = validate(WorkspaceDoc, document)
    problems = Problems()
    if doc is not None:
        workspace_file.resolve(doc, problems)
    return [*found, *problems.found]


LOADING: Mapping[str, Callable[[Document], list[Problem]]] = {
    "defaults.json": _defaults,
    "inheriting.json": _inheriting,
    "property.json": _property,
    "workspace.json": _workspace,
}
SCHEMAS = {name: jsonschema_rs.validator_for(schema) for name, schema in schemas.schemas().items()}


def assert_agreed(schema: str, document: Document) -> None:
    """Fails with what schema and loading say differently of the document, and with the document."""
    said = _disagreement(schema, document)
    assert not said, f"{said}\n{json.dumps(as_json(document), ensure_ascii=False)}"


def _disagreement(schema: str, document: Document) -> str:
    found = LOADING[schema](document)
    structural = [problem for problem in found if problem.code not in BEYOND_STRUCTURE]
    if SCHEMAS[schema].is_valid(as_json(document)):
        return f"only loading refuses: {structural[0].code} at {structural[0].keys}" if structural else ""
    if found:
        return ""
    error = next(SCHEMAS[schema].iter_errors(as_json(document)))
    return f"only the schema refuses, at {error.instance_path}: {error.message}"
