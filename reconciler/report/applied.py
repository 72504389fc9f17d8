"""What became of a plan, as a report: the counts, and by name what is not as the plan wanted it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from reconciler.model.journal import Outcome, Run
from reconciler.model.plan import Operation, Plan
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Entry, Report, Section
from reconciler.report.plan import SIGNS
from reconciler.report.run import OUTCOMES

Outcomes = Mapping[str, tuple[Outcome, str]]


def build(plan: Plan, run: Run | None, outcomes: Outcomes) -> Report:
    """The result of an apply. Without a run the plan had been completed before, and nothing was changed."""
    counts = Counter(outcome for outcome, _ in outcomes.values())
    told = ", ".join(
        f"{counts[outcome]} {word}" for outcome, (word, _) in OUTCOMES.items() if outcome and counts[outcome]
    )
    verdict = f"{told[:1].upper()}{told[1:]}." if run else "Already applied: this plan was completed before."
    return Report(
        subject="apply",
        title=f"Apply to {plan.environment}",
        verdict=verdict if told or run is None else "Nothing to apply.",
        data=lambda: _to_json(plan, run, outcomes),
        environment=plan.environment,
        facts=(("run", run.id),) if run else (),
        sections=tuple(_sections(plan, outcomes)),
        remainder=("Run `reconciler plan` to see what is left.",) if set(counts) - {Outcome.APPLIED} else (),
    )


def _sections(plan: Plan, outcomes: Outcomes) -> Iterator[Section]:
    off = [op for op in plan.operations if outcomes.get(op.id, (Outcome.APPLIED, ""))[0] is not Outcome.APPLIED]
    for slug in sorted({op.address.property for op in off}):
        entries = tuple(_entry(op, outcomes) for op in off if op.address.property == slug)
        yield Section(slug, plan.environment, entries=entries)


def _entry(op: Operation, outcomes: Outcomes) -> Entry:
    outcome, detail = outcomes[op.id]
    word, tone = OUTCOMES[outcome]
    return Entry(
        SIGNS[op.change.action],
        op.address.within_property(),
        word,
        ((detail,),) if detail else (),
        tone,
        address=op.address,
    )


def _to_json(plan: Plan, run: Run | None, outcomes: Outcomes) -> dict[str, Json]:
    return {
        "format_version": FORMAT_VERSION,
        "environment": plan.environment,
        "run": run.id if run else None,
        "status": run.status.value if run else "already_applied",
        "outcomes": [
            {"operation": op.id, "outcome": outcomes[op.id][0].value, "detail": outcomes[op.id][1]}
            for op in plan.operations
            if op.id in outcomes
        ],
    }
