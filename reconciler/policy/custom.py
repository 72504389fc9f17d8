"""Custom: rules of the workspace's own, asked about every change. A rule that gives no answer counts as broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.engine import expressions
from reconciler.engine.expressions import Mistake
from reconciler.engine.variables import Seen, seen
from reconciler.model.calendar import Pattern
from reconciler.model.plan import Operation
from reconciler.model.policies import Custom, Rule
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.wording import so_many


def _judge(case: Case, parameters: Custom) -> Iterator[Violation]:
    for op in case.operations if parameters.rules else ():
        changes = list(seen(op, case.hotels.get(op.address.property), case.environment))
        for name, rule in parameters.rules.items():
            yield from _asked(name, rule, op, changes)


def _asked(name: str, rule: Rule, op: Operation, changes: Sequence[Seen]) -> Iterator[Violation]:
    broken: list[Seen] = []
    for change in changes:
        answer = expressions.holds(rule.when, change.facts)
        if isinstance(answer, Mistake):
            yield _violation(name, rule, op, f"policies.custom.{name} gives no answer: {answer.message}")
            return
        if answer:
            broken.append(change)
    if broken:
        when = _when([change.nights for change in broken if change.nights is not None])
        yield _violation(name, rule, op, f"{rule.message}{when}; policies.custom.{name}")


def _when(lines: Sequence[Pattern[Any]]) -> str:
    return f" ({so_many(sum(line.nights for line in lines), min(line.start for line in lines))})" if lines else ""


def _violation(name: str, rule: Rule, op: Operation, message: str) -> Violation:
    return Violation(
        message,
        "change what the rule is about, or the rule",
        str(op.address),
        op.address.property,
        rule=f"custom/{name}",
        severity=rule.severity,
    )


CUSTOM = Check("custom", _judge)
