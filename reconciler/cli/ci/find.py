"""`ci find`: which earlier run left what a later one needs. The host's own step then brings it."""

from __future__ import annotations

import click

from reconciler.cli.ci.plan import artefact_name
from reconciler.cli.ci.post import fenced
from reconciler.cli.options import common
from reconciler.errors import StalePlanError, UsageError
from reconciler.hosts.contract import Artefact
from reconciler.runtime.revision import git_state, is_ancestor
from reconciler.wiring import Options, environment_of
from reconciler.wiring.pipelines import Pipeline, merged_change, pipeline

_REVIEWS = ("pull_request_target", "issue_comment")
"""What starts a pipeline that plans: with the workflow of the default branch, whatever a change makes of it."""
_SNAPSHOTS = ("schedule", "workflow_dispatch")


@click.command(short_help="Find what an earlier run left: the plan that was reviewed, or a snapshot.")
@click.argument("what", type=click.Choice(["plan", "snapshot"]))
@click.option(
    "--change",
    "number",
    type=click.IntRange(1),
    metavar="N",
    help="The merged change; else the one that this commit came from.",
)
@common()
def find(options: Options, what: str, number: int | None) -> int:
    """Find the plan that was reviewed before the merge, or the newest snapshot, and hand its run and name to the steps that follow.

    Nothing is said where there is nothing to find for this commit; exit 4 where a change was merged whose plan is gone.

    \b
    Examples:
      reconciler ci find plan
      reconciler ci find plan --change 12
      reconciler ci find snapshot
    """
    here, environment = pipeline(options.environ), environment_of(options)
    with fenced(options.environ):
        found = _snapshot(here, environment) if what == "snapshot" else _plan(options, here, environment, number)
        here.write_output("run", found.run if found else "")
        here.write_output("artefact", found.name if found else "")
        click.echo(f"Found {found.name} of run {found.run}." if found else "Nothing to find.")
    return 0


def _snapshot(here: Pipeline, environment: str) -> Artefact | None:
    left = here.host.artefacts(f"reconciler-snapshot-{environment}")
    return next((one for one in left if one.event in _SNAPSHOTS and one.branch == here.branch), None)


def _plan(options: Options, here: Pipeline, environment: str, number: int | None) -> Artefact | None:
    change = merged_change(here, number)
    if change is None:
        return None
    head, _ = git_state(options.workspace)
    if head is None or not is_ancestor(options.workspace, change.merged, head):
        raise UsageError(
            f"{here.host.mark}{change.number} is not part of what is checked out", hint="check out the main branch"
        )
    name = artefact_name(environment, change.head)
    found = next((one for one in here.host.artefacts(name) if one.event in _REVIEWS), None)
    if found is None:
        raise StalePlanError(
            f"no reviewed plan of {here.host.mark}{change.number} is there any more",
            hint="open a pull request that changes the same files again, or apply by hand with `reconciler apply`",
        )
    return found
