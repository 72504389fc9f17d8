"""Blast radius: how much one plan may change at all, so that a slip of the pen stays one.

Absolute numbers, because a percentage lets small sets through. First sends of a whole horizon count as one operation per address,
nights that enter the horizon do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Action, Label, Operation
from reconciler.model.state import Json, Value
from reconciler.policy.contract import PREFIX, Check

_DEFAULTS: Mapping[str, Json] = {"operations": 2000, "properties": 100, "deletions": 5}

_FLAGS = ("active", "is_active", "is_enabled")


def _judge(operations: tuple[Operation, ...], parameters: Mapping[str, Json]) -> Iterator[Diagnostic]:
    counted = [op for op in operations if op.label is not Label.HORIZON]
    found = {
        "operations": len({op.address for op in counted}),
        "properties": len({op.address.property for op in counted}),
        "deletions": sum(_takes_away(op) for op in counted),
    }
    for key, count in found.items():
        limit = parameters.get(key, _DEFAULTS[key])
        if type(limit) is not int:
            yield Diagnostic(
                f"{PREFIX}blast_radius",
                f"policies.blast_radius.{key} is {limit!r}: a limit is a whole number",
                hint="write a number, or leave the key out for the default",
            )
        elif count > limit:
            yield Diagnostic(
                f"{PREFIX}blast_radius",
                f"the plan has {count} {key}, more than policies.blast_radius.{key} = {limit} allows",
                hint="narrow it with --property or --target, raise the limit in reconciler.yaml, "
                "or consent to this plan with --consent blast_radius",
            )


def _takes_away(op: Operation) -> bool:
    """Whether something is deleted, or switched off that was not off already."""
    was, wanted = op.change.before, op.change.after
    off = isinstance(wanted, Mapping) and any(wanted.get(flag) is False and not _is_off(was, flag) for flag in _FLAGS)
    return op.change.action is Action.DELETE or (op.change.action is Action.UPDATE and off)


def _is_off(value: Value | None, flag: str) -> bool:
    return isinstance(value, Mapping) and value.get(flag) is False


BLAST_RADIUS = Check("blast_radius", _judge, _DEFAULTS)
