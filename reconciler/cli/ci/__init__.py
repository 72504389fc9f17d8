"""`ci`: what a pipeline calls, a line each: plan a proposed change, apply it after the merge, look for drift.

Everything that knows a code host is behind `hosts.contract`; a workflow file only names when, with which permissions and secrets.
"""

from __future__ import annotations

import click

from reconciler.cli.ci.apply import apply
from reconciler.cli.ci.drift import drift
from reconciler.cli.ci.find import find
from reconciler.cli.ci.plan import plan


@click.group(short_help="What a pipeline calls: plan a change, apply it after the merge, look for drift.")
def ci() -> None:
    """Review in CI: what a pipeline calls, a line each. docs/ci.md has the whole of it, and `reconciler init` lays out the workflows.

    \b
    Examples:
      reconciler ci plan
      reconciler ci find plan
      reconciler ci apply --reviewed review
      reconciler ci drift
    """


for command in (plan, find, apply, drift):
    ci.add_command(command)
