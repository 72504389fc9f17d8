"""A small schema language, enough to be as strict about requests as the providers' own schemas are.

A shape names attributes with their tests and gives the children as a regular expression over names. It checks form only;
what the values mean is judged elsewhere. Not a general validator.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from reconciler.sandbox.wire import local, namespace

Test = Callable[[str], bool]
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def is_bool(value: str) -> bool:
    return value in ("true", "false", "1", "0")


def truth(value: str) -> bool:
    return value in ("true", "1")


def is_date(value: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def is_instant(value: str) -> bool:
    try:
        return "T" in value and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def text(low: int, high: int) -> Test:
    return lambda value: low <= len(value) <= high


def whole(low: int, high: int) -> Test:
    return lambda value: bool(re.fullmatch(r"[+-]?\d{1,15}", value)) and low <= int(value) <= high


def one_of(*values: str) -> Test:
    return lambda value: value in values


def money(value: str) -> bool:
    """At least zero, at most three decimals and sixteen digits."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return False
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", value) or number < 0:
        return False
    digits = number.normalize().as_tuple()
    exponent = digits.exponent if isinstance(digits.exponent, int) else 0
    return exponent >= -3 and max(len(digits.digits), -exponent) <= 16


@dataclass(frozen=True, slots=True)
class Shape:
    """`required` and `optional` map attributes to tests; `content` is a pattern of names, each followed by a space."""

    required: Mapping[str, Test] = field(default_factory=dict)
    optional: Mapping[str, Test] = field(default_factory=dict)
    content: str = ""
    inside: "Mapping[str, Shape]" = field(default_factory=dict)
    value: Test | None = None


def _attribute_faults(element: Element, shape: Shape) -> list[str]:
    name = local(element)
    given = {key: value for key, value in element.attrib.items() if not key.startswith(f"{{{XSI}}}")}
    faults = [f"{name}: attribute {key} is required" for key in shape.required if key not in given]
    for key, value in given.items():
        test = shape.required.get(key) or shape.optional.get(key)
        if test is None:
            faults.append(f"{name}: attribute {key} is not allowed")
        elif not test(value.strip()):
            faults.append(f"{name}: attribute {key} has an invalid value")
    return faults


def faults_of(element: Element, shape: Shape, space: str) -> list[str]:
    """What is wrong with an element and everything in it, in reading order."""
    faults = _attribute_faults(element, shape)
    names = "".join(f"{local(inner)} " for inner in element)
    if any(namespace(inner) != space for inner in element):
        faults.append(f"{local(element)}: an element of another namespace")
    if not re.fullmatch(shape.content, names):
        faults.append(f"{local(element)}: unexpected, missing or misplaced elements: {names.strip()[:80] or 'none'}")
    content = (element.text or "").strip()
    if (shape.value is None and content) or (shape.value is not None and not shape.value(content)):
        faults.append(f"{local(element)}: invalid text")
    for inner in element:
        known = shape.inside.get(local(inner))
        if known is not None:
            faults.extend(faults_of(inner, known, space))
    return faults
