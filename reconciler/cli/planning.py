"""`plan` and `show`."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.asked import check_rules
from reconciler.cli.options import common
from reconciler.cli.output import FORMATS, save, saved_text
from reconciler.cli.output import show as draw
from reconciler.engine import plan_file, snapshot_file
from reconciler.engine.reviewed import compare
from reconciler.errors import StalePlanError, UsageError
from reconciler.model.plan import Plan, Scope
from reconciler.policy import refused
from reconciler.report import drift as drift_report
from reconciler.report import drift_file
from reconciler.report import plan as plan_report
from reconciler.report.contract import count
from reconciler.runtime.applying import refuse_offline, refuse_old
from reconciler.runtime.planning import failures, make_plan
from reconciler.runtime.site import Site
from reconciler.wiring import Options, clock, site
from reconciler.wiring.offline import offline_site

_DRIFT = re.compile(r'"report"\s*:\s*"drift"')
"""In a drift report and not in a plan: inside a text of either its quotes would be escaped."""


def exit_code(plan: Plan, *, detailed: bool) -> int:
    """The exit code that a plan stands for: refused 3, something failed 1, something differs 2 (detailed), else 0."""
    if refused(plan.findings):
        return 3
    if failures(plan.findings):
        return 1
    return 2 if detailed and plan.operations else 0


@click.command(short_help="Show what would change; change nothing.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Save the plan for review and apply."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something differs.")
@click.option(
    "--consent",
    "consents",
    multiple=True,
    metavar="RULE",
    help="Consent to what this rule refuses: a check, or custom/NAME (repeatable).",
)
@click.option(
    "--prune", is_flag=True, help="Also retire rate plans that vanished from the files, where `allow_prune` lets it."
)
@click.option(
    "--reviewed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Plan again what this plan was about, and exit 4 unless it is the same, or less because some is already so.",
)
@click.option(
    "--base",
    metavar="REV",
    help="Judge by this revision's credentials, endpoints and policies, not by those of the files (or RECONCILER_BASE).",
)
@click.option(
    "--offline",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="SNAPSHOT",
    help="Plan against this snapshot and touch nothing; such a plan cannot be applied.",
)
@common(scope=True, work=True, form=True, found=True)
def plan(
    options: Options,
    base: str | None,
    out: Path | None,
    reviewed: Path | None,
    offline: Path | None,
    detailed_exitcode: bool,
    consents: tuple[str, ...],
    prune: bool,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """Show what would change, in the hotel's database and at each provider. Nothing is changed.

    \b
    Examples:
      reconciler plan
      reconciler plan --property lisbon-baixa --out plan.json
      reconciler plan --target '*/database/**' --format markdown
      reconciler plan --detailed-exitcode --env production
      reconciler plan --prune --env staging --out plan.json
      reconciler plan --reviewed reviewed.json --out plan.json
      reconciler plan --base origin/main --changed-since origin/main
      reconciler plan --offline snapshot.json --changed-since origin/main
    """
    if offline is not None and reviewed is not None:
        raise UsageError(
            "--offline and --reviewed cannot be given together", hint="what is applied looks at the targets"
        )
    base = base or options.environ.get("RECONCILER_BASE") or None
    options = replace(options, base=base, scope=replace(options.scope, prune=prune))
    before = as_reviewed(reviewed, options, consents) if reviewed is not None else None
    if before is not None:
        options, consents = planned_as(before, options), before.consents
    with site(options) if offline is None else nullcontext(offline_of(options, offline)) as here:
        here.properties()
        check_rules(consents, here.loaded.workspace.policies)
        if before is not None:
            refuse_old(here, before)
        made = make_plan(here, consents)
    review = compare(before, made) if before is not None else None
    if out is not None and not (review and review.others):
        save(plan_file.dumps(made), out)
    draw(plan_report.build(made, review=review), form, json_into=json_into, quiet=quiet, root=options.workspace)
    if review is not None and review.others:
        raise StalePlanError(
            f"{count(len(review.others), 'change')} here {'was' if len(review.others) == 1 else 'were'} not reviewed; nothing was saved",
            moved=[str(address) for address in review.others],
            hint="have this plan reviewed",
        )
    return exit_code(made, detailed=detailed_exitcode)


def offline_of(options: Options, file: Path) -> Site:
    """The site over the snapshot in a file."""

    snapshot, digest = snapshot_file.loads(saved_text(file))
    return offline_site(options, snapshot, digest)


def as_reviewed(file: Path, options: Options, consents: tuple[str, ...]) -> Plan:
    """The plan in a file. Raises UsageError where flags ask for anything else than it says, StalePlanError where it was made offline."""
    if options.scope != Scope() or options.distrust or consents:
        raise UsageError(
            "a saved plan takes no planning options", hint="its scope is what was reviewed; plan again for another"
        )
    saved = plan_file.loads(saved_text(file))[0]
    refuse_offline(saved)
    return saved


def planned_as(saved: Plan, options: Options) -> Options:
    """The options under which a saved plan is looked at again.

    Nights are past as of now; a plan that was made for a later moment is not judged by an earlier one.
    """
    environment = options.environment or saved.environment
    return replace(
        options, scope=saved.scope, environment=environment, as_of=options.as_of or max(clock(), saved.as_of)
    )


@click.command(short_help="Render a saved plan or drift report.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def show(file: Path, form: str) -> int:
    """Render a saved plan or drift report; also one that no longer fits.

    \b
    Examples:
      reconciler show plan.json
      reconciler show plan.json --format markdown
    """
    text = saved_text(file)
    if _DRIFT.search(text):
        draw(drift_report.build(drift_file.loads(text)), form)
    else:
        saved, digest = plan_file.loads(text)
        draw(plan_report.build(saved, digest=digest), form)
    return 0
