"""What two states of the files mean, as a report: drawn like a plan, for it is what plans would come to."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds import KINDS
from reconciler.model.comparison import Comparison
from reconciler.model.plan import Action, Operation, Plan, Scope
from reconciler.model.state import Json
from reconciler.report import findings, plan
from reconciler.report.contract import FORMAT_VERSION, Report
from reconciler.report.nights import moment


def build(found: Comparison) -> Report:
    """The report of a comparison."""
    steps = tuple(Operation(f"{number}", change) for number, change in enumerate(found.changes, 1))
    drawn = plan.build(
        Plan(
            environment=found.environment,
            as_of=found.as_of,
            workspace_digest="",
            scope=Scope(),
            operations=steps,
            findings=found.findings,
            properties=found.properties,
        ),
        digest="-",
    )
    return replace(
        drawn,
        subject="diff",
        title=f"From {found.before} to {found.after}",
        verdict=_verdict(found),
        data=lambda: to_json(found),
        facts=plan.facts(moment(found.as_of), None),
    )


def _verdict(found: Comparison) -> str:
    if not found.changes:
        return "Nothing differs in what the files want."
    counts = {action: sum(change.action is action for change in found.changes) for action in Action}
    said = f"{counts[Action.CREATE]:,} new, {counts[Action.UPDATE]:,} changed"
    return f"Diff: {said}. Only the files were looked at; `reconciler plan` shows what would happen."


def to_json(found: Comparison) -> dict[str, Json]:
    """The machine's form: every change with both values, calendars as runs of nights."""
    changes: list[Json] = [
        {
            "address": str(change.address),
            "action": change.action.value,
            "before": KINDS[change.address.kind].to_json(change.before),
            "after": KINDS[change.address.kind].to_json(change.after),
        }
        for change in found.changes
    ]
    return {
        "before": found.before,
        "after": found.after,
        "environment": found.environment,
        "as_of": found.as_of.isoformat(),
        "changes": changes,
        **findings.to_json(found.findings),
        "format_version": FORMAT_VERSION,
    }
