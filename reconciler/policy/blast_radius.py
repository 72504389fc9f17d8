"""Blast radius: how much one plan may change at all, so that a slip of the pen stays one.

Absolute numbers, because a percentage lets small sets through; and absolute rules, because one change can be too much. First sends of
a whole horizon count as one operation per address, nights that enter the horizon do not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Label
from reconciler.model.policies import BlastRadius
from reconciler.policy.absolute import broken
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.taking import closed, switches_off


def _judge(case: Case, parameters: BlastRadius) -> Iterator[Violation]:
    counted = [op for op in case.operations if op.label is not Label.HORIZON]
    found = {
        "operations": (len({op.address for op in counted}), parameters.operations),
        "properties": (len({op.address.property for op in counted}), parameters.properties),
        "deletions": (sum(switches_off(op) for op in counted), parameters.deletions),
        "nights_closed": (sum(closed(op).nights for op in counted), parameters.nights_closed),
    }
    for key, (count, limit) in found.items():
        if count > limit:
            yield Violation(
                f"the plan has {count} {key.replace('_', ' ')}, more than policies.blast_radius.{key} = {limit} allows",
                "narrow it with --property or --target, raise the limit in reconciler.yaml",
            )
    yield from broken(case, counted, parameters.allow)


BLAST_RADIUS = Check("blast_radius", _judge, BlastRadius())
