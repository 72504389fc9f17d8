"""`ci apply`: after the merge, exactly what was reviewed.

The plan is made again from what was merged and held against the reviewed one: the same, or less because some of it is already so. Else
nothing starts, and the difference is told where the change was reviewed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from reconciler.cli.applying import exit_code_of
from reconciler.cli.ci.plan import NO_PLAN, PLAN, RECORD, UNCONCERNED, artefact_name
from reconciler.cli.ci.post import Poster, failed, fenced
from reconciler.cli.options import common
from reconciler.cli.output import saved_text
from reconciler.cli.planning import exit_code, planned_as
from reconciler.cli.running import run_of, stoppable
from reconciler.engine import plan_file
from reconciler.engine.review_file import misfits, opened
from reconciler.engine.reviewed import Review, compare, overtaken
from reconciler.errors import PolicyRefusedError, ReconcilerError, StalePlanError, UsageError
from reconciler.hosts.contract import Change
from reconciler.hosts.notifying import notify
from reconciler.model.plan import Plan
from reconciler.model.review import Record
from reconciler.model.state import Json
from reconciler.policy import refused
from reconciler.report import applied as applied_report
from reconciler.report import plan as plan_report
from reconciler.report.contract import Report, count
from reconciler.runtime.applying import apply_plan, refuse_old, settle_leftovers
from reconciler.runtime.planning import make_plan
from reconciler.runtime.proposing import brought
from reconciler.runtime.revision import exported, fetched, git_state, is_ancestor
from reconciler.runtime.site import Site
from reconciler.wiring import Options, environment_of, site
from reconciler.wiring.pipelines import Pipeline, merged_change, pipeline, review_key


@click.command(short_help="After the merge: apply exactly what was reviewed, and tell what became of it.")
@click.option(
    "--reviewed",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("review"),
    show_default=True,
    help="The folder with the plan that was reviewed and its record.",
)
@click.option(
    "--change",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="Again for this merged change; else the one that this commit came from.",
)
@common(work=True)
def apply(options: Options, reviewed: Path, number: int | None) -> int:
    """Apply what was reviewed, after the merge, and tell on the pull request what became of it.

    Plans again and compares: the same as was reviewed, or less because some is already so, is applied; anything else ends with exit 4, the
    difference on the pull request, and nothing changed. May be given again: what is done already is left alone.

    \b
    Examples:
      reconciler ci apply --reviewed review
      reconciler ci apply --reviewed review --change 12
    """
    here = pipeline(options.environ)
    with fenced(options.environ):
        change = merged_change(here, number)
        if change is None:
            click.echo("This commit came from no pull request: nothing was reviewed, so nothing is applied.")
            return 0
        environment = environment_of(options)
        report, code = _outcome(options, here, change, reviewed, environment)
        poster = Poster(here, change, environment)
        poster.tell(report, code, subject="apply", commit=change.merged, only_edit=report.data() == {"outcomes": []})
        notify(options.environ, f"{environment}: {report.verdict}", f"{change.url}\n{here.run_url}", good=code == 0)
    return code


def _outcome(options: Options, here: Pipeline, change: Change, reviewed: Path, environment: str) -> tuple[Report, int]:
    try:
        return _applied(options, here, change, reviewed)
    except ReconcilerError as error:
        return failed("apply", environment, error), error.exit_code


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """What was reviewed, once it is certain that it was."""

    plan: Plan
    record: Record


def _applied(options: Options, here: Pipeline, change: Change, folder: Path) -> tuple[Report, int]:
    before = _reviewed(options, here, change, folder)
    if before is None:
        return _unconcerned(), 0
    consents = sorted({rule for rule, _ in before.record.consents})
    asked = planned_as(before.plan, options)
    newest = _newest(asked, here, consents)
    with site(asked, changes=True) as there:
        there.properties()
        refuse_old(there, before.plan)
        made = make_plan(there, consents)
        if newest is not None and (others := overtaken(made, newest)):
            raise StalePlanError(
                f"{here.branch} says otherwise by now at {count(len(others), 'address', 'addresses')}, such as {others[0]}",
                hint="what was merged later is applied by its own run",
            )
        review = compare(before.plan, made)
        if review.others:
            return _moved(made, review), StalePlanError.exit_code
        if (code := exit_code(made, detailed=False)) == 3:
            return plan_report.build(made, review=review), code
        return _carried_out(there, made, code, review, _about(here, change, before.record))


def _newest(options: Options, here: Pipeline, consents: Sequence[str]) -> Plan | None:
    """What the main branch wants now, where it has moved on since the commit that is checked out; None where it has not.

    A run that is made again later must not bring back what was merged, and changed again since.
    """
    head, _ = git_state(options.workspace)
    tip = fetched(options.workspace, f"refs/heads/{here.branch}", here.authorization)
    if tip == head:
        return None
    with (
        exported(options.workspace, tip) as files,
        site(replace(options, files=files, commit=tip)) as there,
    ):
        there.properties()
        return make_plan(there, consents)


def _unconcerned() -> Report:
    said = "Nothing to apply: no hotel is concerned."
    return Report(subject="apply", title="Apply", verdict=said, data=lambda: {"outcomes": []}, closing=False)


def _reviewed(options: Options, here: Pipeline, change: Change, folder: Path) -> _Reviewed | None:
    """The plan and its record, both checked: sealed by us, for this change, commit and environment, and one about the other.

    None where there was nothing to plan.
    """
    head, _ = git_state(options.workspace)
    if head is None or not is_ancestor(options.workspace, change.merged, head):
        raise UsageError("what is checked out does not have the merged change in it", hint="check out the main branch")
    if not here.keeps:
        name = artefact_name(environment_of(options), change.head)
        brought(options.workspace, name, folder, (RECORD, PLAN), here.authorization)
    record = opened(saved_text(folder / RECORD), review_key(options.environ))
    concerned = record.digest != UNCONCERNED
    if record.digest == NO_PLAN:
        raise StalePlanError(
            "no plan could be made of the change, so none was reviewed", hint="plan again on a pull request"
        )
    saved, digest = plan_file.loads(saved_text(folder / PLAN)) if concerned else (None, UNCONCERNED)
    wanted = replace(
        record,
        repository=here.repository,
        change=change.number,
        head=change.head,
        environment=environment_of(options),
        digest=digest,
    )
    if wrong := list(misfits(record, wanted)):
        raise StalePlanError(
            f"this is not the plan that was reviewed: {'; '.join(wrong)}", hint="plan again on a pull request"
        )
    if saved is not None and (
        names := refused(saved.findings)
    ):  # by the rules that held then, whatever was merged since
        raise PolicyRefusedError(
            f"what was reviewed was refused by {', '.join(names)}, and nobody consented before it was merged",
            hint="open a pull request again, and have somebody consent",
        )
    return _Reviewed(saved, record) if saved is not None else None


def _about(here: Pipeline, change: Change, record: Record) -> dict[str, Json]:
    """What the journal keeps of the review."""
    return {
        "change": f"{here.repository}{here.host.mark}{change.number}",
        "reviewed": record.digest,
        "consented": dict(record.consents),
    }


def _moved(made: Plan, review: Review) -> Report:
    """What is to be told where the world moved: only what was not reviewed."""
    others = set(review.others)
    left = replace(made, operations=tuple(op for op in made.operations if op.address in others))
    report = plan_report.build(left, review=review)
    return replace(
        report,
        title="Nothing was applied: what would change is not what was reviewed",
        verdict=f"Nothing was applied: {len(others):,} of the changes that would be made now were not reviewed.",
        notices=(
            "Open a pull request, or apply by hand, to have them reviewed; what was reviewed stays to be applied.",
        ),
    )


def _carried_out(there: Site, made: Plan, code: int, review: Review, about: Mapping[str, Json]) -> tuple[Report, int]:
    run = replace(run_of(there, made), summary=dict(about))
    if not made.operations:
        settle_leftovers(there, run)
        done = f"Nothing is left to apply: {count(len(review.done), 'address', 'addresses')} as reviewed already."
        return replace(plan_report.build(made, review=review), verdict=done), code
    with stoppable() as stop:
        result = apply_plan(there, made, run, stop)
    return applied_report.build(result.plan, result.run, result.outcomes), exit_code_of(result) or code
