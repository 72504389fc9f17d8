"""`ci plan`: what a proposed change would do, told where it is reviewed.

The change is data: its commits are fetched as objects and merged in memory; nothing of it is checked out or run. The program, the
credentials, the endpoints and the policies are those of the branch that is checked out, which no change can alter before it is merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import click

from reconciler.cli.ci.post import Poster, failed, fenced
from reconciler.cli.options import common
from reconciler.cli.output import in_repository, save
from reconciler.cli.planning import exit_code, offline_of
from reconciler.engine import plan_file
from reconciler.engine.consents import consents, line
from reconciler.engine.review_file import sealed
from reconciler.errors import FilesError, ReconcilerError, RefusedError, UsageError
from reconciler.hosts.contract import Change, State
from reconciler.load import text_of
from reconciler.model.diagnostics import has_errors
from reconciler.model.plan import Plan, Scope
from reconciler.model.review import Consent, Record
from reconciler.policy import rules
from reconciler.report import findings, html, sarif
from reconciler.report import plan as plan_report
from reconciler.report.contract import Report
from reconciler.runtime.planning import make_plan
from reconciler.runtime.proposing import kept
from reconciler.runtime.reviewing import reaches
from reconciler.runtime.revision import fetched, file_at, git_state, merged
from reconciler.runtime.validating import validate_files
from reconciler.wiring import Options, capabilities, clock, environment_of, proposed_in, site
from reconciler.wiring.pipelines import Pipeline, pipeline, review_key

NO_PLAN, UNCONCERNED = "no plan", "no hotel is concerned"
"""What stands in a record in the place of a plan's digest."""
PLAN, RECORD, REPORT, COMMENT, SARIF = "plan.json", "review.json", "report.html", "comment.md", "findings.sarif"


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of looking at a change. `plan` is None where none could be made."""

    report: Report
    code: int
    plan: Plan | None = None
    given: tuple[Consent, ...] = ()
    nothing: str = NO_PLAN


@click.command("plan", short_help="Plan a proposed change, and tell what it would do where it is reviewed.")
@click.option(
    "--change",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="The change's number, where the event does not say it.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("review"),
    show_default=True,
    help="The folder for plan, record, report, comment and findings.",
)
@click.option(
    "--offline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="For a change from a fork: look at nothing but this snapshot; without one, only the files are checked.",
)
@common(work=True)
def plan(options: Options, number: int | None, out: Path, offline: Path | None) -> int:
    """Plan what a pull request would change, by the rules of the branch that is checked out, and tell it there in one comment.

    Writes plan.json, review.json (what ties the plan to the change, sealed with RECONCILER_REVIEW_KEY), report.html, comment.md and
    findings.sarif. Exit codes are those of `plan`.

    \b
    Examples:
      reconciler ci plan
      reconciler ci plan --change 12 --out review
    """
    here, key = pipeline(options.environ), None if offline else review_key(options.environ)
    asked = number or here.change
    if asked is None:
        raise UsageError("which change?", hint="the event names none; give --change N")
    with fenced(options.environ):
        change = here.host.change(asked)
        if why := _not_ours(change, here, offline=key is None):
            click.echo(why)
            return 0
        poster = Poster(here, change, environment_of(options))
        poster.check(change.head, "plan", State.PENDING, "looking at what it would change")
        made = _made(options, here, change, offline)
        out.mkdir(parents=True, exist_ok=True)
        comment = poster.tell(
            made.report, made.code, subject="plan", commit=change.head, only_edit=made.nothing == UNCONCERNED
        )
        _write(out, made, comment, options)
        if key is not None:
            save(sealed(_record(here, change, made, poster.environment), key), out / RECORD)
        if key is not None and not here.keeps:
            kept(options.workspace, artefact_name(poster.environment, change.head), out, here.authorization)
        here.write_output("artefact", artefact_name(poster.environment, change.head))
        here.write_output("head", change.head)
        here.write_output("ref", here.host.head_of(change.number))
    return made.code


def _not_ours(change: Change, here: Pipeline, *, offline: bool) -> str:
    """Why a change is not planned here; empty where it is."""
    if change.fork and not offline:
        return "A change from a fork gets no secrets: it is planned offline, by a job of its own."
    if not change.open:  # what was reviewed stays as it was
        return f"{here.host.mark}{change.number} is decided on: its plan stays as it was reviewed."
    if change.onto != here.branch:
        return f"{here.host.mark}{change.number} is for another branch than {here.branch}: what it says is not what hotels sell."
    return ""


def artefact_name(environment: str, head: str) -> str:
    """What the files of a review are called at the host."""
    return f"reconciler-plan-{environment}-{head}"


def _made(options: Options, here: Pipeline, change: Change, offline: Path | None) -> _Made:
    """The plan of a change; or what stands in the way of one."""
    environment = environment_of(options)
    try:
        return _planned(options, here, change, offline)
    except FilesError as error:
        texts = error.texts
        excerpts = findings.excerpts(error.diagnostics, lambda file: texts.get(file, ""))
        return _Made(findings.build(error.diagnostics, excerpts=excerpts), error.exit_code)
    except ReconcilerError as error:
        return _Made(failed("plan", environment, error), error.exit_code)


def _planned(options: Options, here: Pipeline, change: Change, offline: Path | None) -> _Made:
    root, (base, _) = options.workspace, git_state(options.workspace)
    if base is None:
        raise UsageError("the workspace is not in a git repository", hint="check out the branch that the change is for")
    if fetched(root, here.host.head_of(change.number), here.authorization) != change.head:
        raise RefusedError("the change has a newer commit by now", hint="the pipeline of that commit plans it")
    with merged(root, base, change.head) as (files, names):
        asked = replace(options, files=files, base=base, commit=change.head)
        slugs = reaches(files, names, file_at(root, base, "reconciler.yaml"))
        if slugs is not None:
            asked = replace(asked, scope=Scope(properties=proposed_in(asked, slugs)))
            if not asked.scope.properties:
                return _Made(_unconcerned(environment_of(options)), 0, nothing=UNCONCERNED)
        if offline and not offline.exists():
            return _checked(files)
        with site(asked) if offline is None else nullcontext(offline_of(asked, offline)) as there:
            there.properties()
            given = consents(
                here.host.comments(change.number), change.head, _authors(here, change), here.host.may_write
            )
            known = rules(there.loaded.workspace.policies)
            counted = sorted({one.rule for one in given if not one.void and one.rule in known})
            made = make_plan(there, counted)
    proposed = plan_report.Proposed(lambda rule: line(rule, change.head), _said(given, known))
    report = plan_report.build(made, proposed=proposed)
    return _Made(report, exit_code(made, detailed=False), made, given)


def _checked(files: Path) -> _Made:
    """The files alone, where nothing is known of what is out there."""
    found = validate_files(files, clock(), capabilities).diagnostics
    report = findings.build(found, excerpts=findings.excerpts(found, lambda file: text_of(files, file)))
    notice = "There is no snapshot to plan against, so only the files were checked."
    return _Made(replace(report, notices=(notice,)), 1 if has_errors(found) else 0)


def _authors(here: Pipeline, change: Change) -> set[str]:
    return {change.author, *here.host.authors(change.number)}


def _unconcerned(environment: str) -> Report:
    return Report(
        subject="plan",
        title="Plan",
        verdict="No changes: no hotel is concerned.",
        data=lambda: {"operations": []},
        environment=environment,
    )


def _said(given: Sequence[Consent], known: Sequence[str]) -> tuple[str, ...]:
    """What people said to consent, and what of it counts."""
    said = []
    for one in given:
        why = one.void or ("" if one.rule in known else "there is no such rule")
        said.append(f"{one.by} consents to {one.rule}" + (f", which does not count: {why}." if why else "."))
    return tuple(said)


def _write(out: Path, made: _Made, comment: str, options: Options) -> None:
    save(comment, out / COMMENT)
    save(html.render(made.report), out / REPORT)
    save(sarif.render(in_repository(made.report, options.workspace)), out / SARIF)
    if made.plan is not None:
        save(plan_file.dumps(made.plan), out / PLAN)


def _record(here: Pipeline, change: Change, made: _Made, environment: str) -> Record:
    plan = made.plan
    return Record(
        repository=here.repository,
        change=change.number,
        base=here.commit,
        head=change.head,
        environment=environment,
        digest=plan_file.digest(plan) if plan else made.nothing,
        made_at=(plan.as_of if plan else clock()).isoformat(),
        consents=tuple((one.rule, one.by) for one in made.given if plan and not one.void and one.rule in plan.consents),
    )
