"""The contract of a check: judge the operations of a plan with the parameters from `policies:`.

A check must be pure, name rule, numbers, configuration key and how consent is given, and carry the code `policy/<name>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Operation
from reconciler.model.state import Json

PREFIX = "policy/"

Judge = Callable[[tuple[Operation, ...], Mapping[str, Json]], Iterator[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `parameters`: the keys it knows, with their defaults."""

    name: str
    judge: Judge
    parameters: Mapping[str, Json]
