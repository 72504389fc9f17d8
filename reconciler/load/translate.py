"""What pydantic found wrong, in our words: codes that stay, the nearest known key, and the keys that lead there."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reconciler.load.document import CalendarDoc, Fields
from reconciler.load.nodes import Data
from reconciler.load.problems import Keys, Problem
from reconciler.load.values import shown
from reconciler.model.diagnostics import did_you_mean

M = TypeVar("M", bound=BaseModel)

_WANTED = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "string_type": "text",
}


def validate(model: type[M], data: Mapping[str, Data]) -> tuple[M | None, list[Problem]]:
    """The document, or what is wrong with it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_problem(model, details) for details in error.errors(include_url=False)]


def salvage(
    model: type[M], data: Mapping[str, Data], problems: list[Problem], stand_ins: Mapping[str, Data]
) -> M | None:
    """The document without what is wrong, to look for further problems in the rest; None where too little is left.

    `stand_ins` take the place of outermost keys that are needed and not there, or wrong.
    """
    pruned: Any = data
    for problem in problems:
        pruned = _without(pruned, _spoilt(problem.keys)) if problem.keys else pruned
    return validate(model, {**stand_ins, **pruned})[0]


def _spoilt(keys: Keys) -> Keys:
    """What makes no sense without the value at `keys`: an override whose nights are wrong goes as a whole, so does a rule or window."""
    if keys[0] == "policies":
        return keys[:3]
    for place, key in enumerate(keys[:-2]):
        if key == "overrides" and keys[place + 2] in ("nights", "season"):
            return keys[: place + 2]
    return keys


def _without(data: Any, keys: Keys) -> Any:
    if not keys or not isinstance(data, dict) or keys[0] not in data:
        return data
    if len(keys) == 1:
        return {key: value for key, value in data.items() if key != keys[0]}
    return {key: _without(value, keys[1:]) if key == keys[0] else value for key, value in data.items()}


def _problem(model: type[BaseModel], details: ErrorDetails) -> Problem:
    at_key = details["loc"][-1:] == ("[key]",)
    keys = tuple(part for part in details["loc"] if not str(part).startswith(("(", "[")))
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing":
        return Problem("missing-key", f"`{keys[-1]}` is missing", keys[:-1], at_key=True)
    if kind == "extra_forbidden":
        known = known_keys(model, keys[:-1])
        return Problem(
            "unknown-key", f"unknown key `{keys[-1]}`", keys, did_you_mean(str(keys[-1]), known), at_key=True
        )
    if kind == "literal_error":
        return Problem("unknown-value", f"expected {context['expected']}, found {shown(details['input'])}", keys)
    if kind in _WANTED:
        return Problem("wrong-type", f"expected {_WANTED[kind]}, found {shown(details['input'])}", keys)
    return Problem(kind, details["msg"], keys, str(context.get("hint", "")), at_key)


def known_keys(model: type[BaseModel], keys: Keys) -> list[str]:
    """The keys that the mapping at `keys` may have; empty where any may be."""
    found: Any = model
    for key in keys:
        found = _inner(found, key)
    models = [kind for kind in _options(found) if isinstance(kind, type) and issubclass(kind, BaseModel)]
    names = [field.alias or name for kind in models for name, field in kind.model_fields.items()]
    # A calendar that is written short is its fields: its parts are what else may be meant.
    return names + [name for kind in models if issubclass(kind, Fields) for name in CalendarDoc.model_fields]


def _inner(annotation: Any, key: str | int) -> Any:
    for kind in _options(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                if key == (field.alias or name):
                    return field.annotation
        if get_origin(kind) in (dict, list, tuple):
            return get_args(kind)[1 if get_origin(kind) is dict else 0]
    return None


def _options(annotation: Any) -> Iterator[Any]:
    """The types that an annotation allows, without what is wrapped around them."""
    if get_origin(annotation) is Annotated:
        yield from _options(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _options(option)
    else:
        yield annotation
