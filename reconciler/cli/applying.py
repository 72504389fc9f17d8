"""`apply`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.asked import check_rules
from reconciler.cli.options import common
from reconciler.cli.output import show as draw
from reconciler.cli.planning import as_reviewed, exit_code, planned_as
from reconciler.cli.running import run_of, stoppable
from reconciler.errors import StalePlanError, UsageError
from reconciler.model.plan import Plan
from reconciler.report import applied as applied_report
from reconciler.report import plan as plan_report
from reconciler.runtime.applying import Applied, apply_plan, settle_leftovers
from reconciler.runtime.planning import make_plan
from reconciler.runtime.site import Site
from reconciler.wiring import Options, site


@click.command(short_help="Apply a saved plan exactly, or plan, ask and apply.")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--auto-approve", is_flag=True, help="Do not ask (for CI).")
@click.option("--no-input", is_flag=True, help="Fail where a question would be asked.")
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
@common(scope=True, work=True, form=True)
def apply(
    options: Options,
    file: Path | None,
    auto_approve: bool,
    no_input: bool,
    consents: tuple[str, ...],
    prune: bool,
    form: str,
    json_into: Path | None,
    quiet: bool,
) -> int:
    """Apply a saved plan exactly as it was reviewed; or, without FILE, plan, ask and apply.

    \b
    Examples:
      reconciler apply plan.json
      reconciler apply --property lisbon-baixa
      reconciler apply --auto-approve --env staging
    """
    options = replace(options, scope=replace(options.scope, prune=prune))
    if file and options.as_of:
        raise UsageError("a saved plan takes no --as-of", hint="it is applied as of now")
    saved = as_reviewed(file, options, consents) if file else None
    if saved is not None:
        options = planned_as(saved, options)
    with site(options, changes=True) as here:
        code = 0
        if saved is not None:
            plan = _fitting(here, saved)
        else:
            here.properties()
            check_rules(consents, here.loaded.workspace.policies)
            plan = make_plan(here, consents)
            code = exit_code(plan, detailed=False)
            if code == 3 or not plan.operations:
                settle_leftovers(here, run_of(here, plan))
                draw(plan_report.build(plan), form, json_into=json_into, quiet=quiet)
                return code
            draw(plan_report.build(plan), quiet=quiet or form != "text")
            _ask(plan, auto_approve=auto_approve, no_input=no_input)
        with stoppable() as stop:
            result = apply_plan(here, plan, run_of(here, plan), stop)
    draw(applied_report.build(result.plan, result.run, result.outcomes), form, json_into=json_into, quiet=quiet)
    return exit_code_of(result) or code


def _fitting(here: Site, saved: Plan) -> Plan:
    """The saved plan, unless the files are not those that it was made from."""
    if here.loaded.digest != saved.workspace_digest:
        raise StalePlanError(
            "the files are not those that the plan was made from; nothing was changed",
            hint="plan again and have it reviewed, or check out the commit of the plan"
            + (f" ({saved.commit[:12]})" if saved.commit else ""),
        )
    here.properties()
    return saved


def _ask(plan: Plan, *, auto_approve: bool, no_input: bool) -> None:
    if auto_approve:
        return
    if no_input or not sys.stdin.isatty():
        raise UsageError("apply would ask, and nobody can answer", hint="give --auto-approve, or apply a saved plan")
    click.confirm(f"Apply these {len(plan.operations)} operations to {plan.environment}?", abort=True, err=True)


def exit_code_of(result: Applied) -> int:
    """The exit code that the outcome of an apply stands for."""
    if result.interrupted:
        return 130
    return 1 if result.failed else 0
