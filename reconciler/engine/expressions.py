"""Rules of a workspace's own, written in CEL: read, checked against the variables that there are, and asked.

CEL has no side effects, and here neither loops nor patterns: they are left out, so that an answer costs what the expression is long.
The library bounds its depth; the length is bounded here. The library is loaded when the first expression is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from reconciler.engine.variables import VARIABLES, Facts, samples
from reconciler.model.diagnostics import did_you_mean

LONGEST = 1000
"""Characters that an expression may have."""

_TOLD = re.compile(r"<input>:(?P<line>-?\d+):(?P<column>-?\d+): (?P<said>[^\n]*)")
_OPERATOR = re.compile(r"'?_([^\w\s]+)_'?")
_STATUS = re.compile(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_LONGEST_TOLD = 200
_LOOPS = ("all", "exists", "exists_one", "filter", "map")
_PATTERN = "matches"
_LEFT_OUT = re.compile(rf"\b({'|'.join((*_LOOPS, _PATTERN))})\s*\(")
_LANGUAGE = f"""
stdlib:
  exclude_macros: [{", ".join(_LOOPS)}]
  exclude_functions:
  - name: {_PATTERN}
"""
_INSTEAD = 'ask with in, startsWith, endsWith or contains: "fri" in weekdays'
_GUARD = 'ask first whether it is there: kind == "rates" && has(before.price) && before.price > 80'


class Mistake(NamedTuple):
    """What is wrong with an expression, and what to do."""

    message: str
    hint: str = ""


class _FailedError(ValueError):
    """An expression that cannot be read, or that gives no answer."""


def mistake(text: str) -> Mistake | None:
    """What is wrong with an expression, as far as it can be known before any plan: unknown names, types, questions without an answer."""
    if len(text) > LONGEST:
        return Mistake(f"an expression has at most {LONGEST:,} characters, found {len(text):,}")
    try:
        _compiled(text)
    except _FailedError as error:
        return _explained(str(error), text)
    for name, facts in samples():
        answer = holds(text, facts)
        if isinstance(answer, Mistake):
            guard = _GUARD if "Key not" in answer.message else ""
            return Mistake(f"the expression has no answer for {name}: {answer.message}", guard)
    return None


def holds(text: str, facts: Facts) -> bool | Mistake:
    """Whether the expression is true of a change; a mistake where it cannot be read or gives no answer."""
    try:
        answer = _compiled(text).eval(data={name: _plain(value) for name, value in facts.items()})
        kind, value = answer.type().name(), answer.value()
    except (RuntimeError, ValueError, TypeError) as error:
        return Mistake(_said(str(error)))
    if isinstance(value, bool):
        return value
    return Mistake(_said(str(value)) if kind == "ERROR" else f"it gives {kind.lower()}, neither true nor false")


@lru_cache(maxsize=256)
def _compiled(text: str) -> Any:
    try:
        made = _environment().compile(text)
    except (RuntimeError, ValueError) as error:
        raise _FailedError(str(error)) from None
    if made.return_type().name() not in ("BOOL", "DYN"):
        raise _FailedError(f"it gives {made.return_type().name().lower()}, neither true nor false")
    return made


@lru_cache(maxsize=1)
def _environment() -> Any:
    try:
        from cel_expr_python import cel
    except ImportError:
        raise _FailedError("rules need the package cel-expr-python, which is not installed") from None
    types = {
        "string": cel.Type.STRING,
        "int": cel.Type.INT,
        "dyn": cel.Type.DYN,
        "list(string)": cel.Type.List(cel.Type.STRING),
        "map(string, dyn)": cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
    }
    language = cel.NewEnvConfigFromYaml(_LANGUAGE)
    return cel.NewEnv(config=language, variables={name: types[type_] for name, (type_, _) in VARIABLES.items()})


def _plain(value: Any) -> Any:
    """A value as CEL has it. It knows no decimals: of at most 15 digits, two that are equal give the same double."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _explained(error: str, text: str) -> Mistake:
    found = _TOLD.search(error)
    if found is None or int(found["column"]) < 1:
        return Mistake(f"the expression cannot be read: {_said(found['said'] if found else error)}")
    line = f"line {found['line']}, " if "\n" in text.strip() else ""
    where = f"{line}column {found['column']} of the expression"
    left_out, unknown = _LEFT_OUT.search(text), _UNKNOWN.search(found["said"])
    if left_out and unknown:
        return Mistake(f"rules have neither loops nor patterns, and so no `{left_out[1]}`", _INSTEAD)
    if unknown:
        return Mistake(f"there is no `{unknown[1]}` ({where})", did_you_mean(unknown[1], VARIABLES))
    hint = "write whole numbers with a point where prices are reckoned with: 80.0" if "double" in error else ""
    return Mistake(f"{_said(found['said'])} ({where})", hint)


def _said(error: str) -> str:
    """The library's words, without its codes; the first line, and no more than can be read."""
    first = _STATUS.sub("", _STATUS.sub("", error.strip().split("\n")[0]))
    return _OPERATOR.sub(r"`\1`", first[:_LONGEST_TOLD]).removeprefix("Syntax error: ").strip()
