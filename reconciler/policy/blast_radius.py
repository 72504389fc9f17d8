"""Blast radius: how much one plan may change at all, so that a slip of the pen stays one.

Absolute numbers, because a percentage lets small sets through. First sends of a whole horizon count as one operation per address,
nights that enter the horizon do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Action, Label, Operation
from reconciler.model.state import Json
from reconciler.policy.contract import PREFIX, Check

_DEFAULTS: Mapping[str, Json] = {"operations": 2000, "properties": 100, "deletions": 5}


def _judge(operations: tuple[Operation, ...], parameters: Mapping[str, Json]) -> Iterator[Diagnostic]:
    counted = [op for op in operations if op.label is not Label.HORIZON]
    found = {
        "operations": len({op.address for op in counted}),
        "properties": len({op.address.property for op in counted}),
        "deletions": sum(_takes_away(op) for op in counted),
    }
    for key, count in found.items():
        limit = parameters.get(key, _DEFAULTS[key])
        if isinstance(limit, int) and count > limit:
            yield Diagnostic(
                f"{PREFIX}blast_radius",
                f"the plan has {count} {key}, more than policies.blast_radius.{key} = {limit} allows",
                hint="narrow it with --property or --target, raise the limit in reconciler.yaml, "
                "or consent to this plan with --consent blast_radius",
            )


def _takes_away(op: Operation) -> bool:
    after = op.change.after
    deactivated = isinstance(after, Mapping) and (after.get("active") is False or after.get("is_active") is False)
    return op.change.action is Action.DELETE or (op.change.action is Action.UPDATE and deactivated)


BLAST_RADIUS = Check("blast_radius", _judge, _DEFAULTS)
