"""`ci drift`: what was changed out there, on a schedule: alerts, a report, and on request a pull request that adopts it."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.ci.post import fenced
from reconciler.cli.options import common
from reconciler.cli.output import save
from reconciler.hosts.notifying import notify
from reconciler.model.alert import Edge
from reconciler.report import drift as drift_report
from reconciler.report import html, markdown, terminal
from reconciler.report import json as as_json
from reconciler.runtime import alerting
from reconciler.runtime.adopting import adopt, moved_there
from reconciler.runtime.applying import claim
from reconciler.runtime.drafting import draft
from reconciler.runtime.drifting import find_drift
from reconciler.runtime.planning import failures
from reconciler.runtime.proposing import committed, pushed
from reconciler.runtime.site import Site
from reconciler.wiring import Options, capabilities, site
from reconciler.wiring.pipelines import Pipeline, pipeline


@click.command(short_help="Look for drift: alerts, a report, on request a pull request that adopts it.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("drift"),
    show_default=True,
    help="The folder for the report.",
)
@click.option("--propose", is_flag=True, help="Open a pull request that adopts what was changed out there.")
@common(work=True)
def drift(options: Options, out: Path, propose: bool) -> int:
    """Look for drift, record alerts, write drift.json and report.html, and tell people of what is new.

    It is alerts that call for somebody, not a red pipeline: exit 0 whatever differs, and 1 where something could not be looked at.

    \b
    Examples:
      reconciler ci drift
      reconciler ci drift --propose
    """
    here = pipeline(options.environ)
    with fenced(options.environ):
        with site(options, changes=True) as there:
            found = find_drift(there)
            claim(there)
            told = alerting.record(there, found)
            proposed = _propose(options, here, there) if propose else ""
        report = drift_report.build(found, told)
        out.mkdir(parents=True, exist_ok=True)
        save(as_json.render(report), out / "drift.json")
        save(html.render(report), out / "report.html")
        here.write_summary(markdown.render(report, whole=f"[the report of this run]({here.run_url})"))
        click.echo(terminal.render(report), nl=False)
        news = [one for one in told if one.edge in (Edge.NEW, Edge.CHANGED, Edge.CLEARED)]
        if news or proposed:
            text = "\n".join([*(f"{one.edge.value}: {one.alert.message}" for one in news[:20]), proposed, here.run_url])
            notify(options.environ, f"{found.environment}: {report.verdict}", text, good=not news)
    return 1 if failures(found.findings) else 0


def _propose(options: Options, here: Pipeline, there: Site) -> str:
    """The address of a pull request that adopts what was changed out there; empty where nothing is to be adopted."""
    report = find_drift(there)
    files = draft(options.workspace, there.now, capabilities)
    found = adopt(files, list(moved_there(report.differences)), there.now.date())
    if not files.changed:
        return ""
    environment = there.environment.name
    title = f"Adopt what was changed out there in {environment}"
    commit = committed(options.workspace, files.changed, title)
    branch = f"reconciler/adopt-{environment}"
    pushed(options.workspace, commit, branch, here.authorization)
    left = [f"- left alone: {address}: {why}" for address, why in found.left]
    told = [f"- {address}" for address in found.addresses]
    text = "\n".join(markdown.escape(line, 300) for line in [*told, *left][:200])
    return here.host.propose(branch, here.branch, title, text)
