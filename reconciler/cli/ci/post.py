"""Telling people: the one comment of each kind on a change, the check of its commit, the log.

The log of a pipeline is read by the host for commands, so what is printed is fenced: no text of a file or provider becomes one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import click

from reconciler.errors import ReconcilerError
from reconciler.hosts.contract import Change, State
from reconciler.report import markdown, terminal
from reconciler.report.clean import clean
from reconciler.report.contract import Report
from reconciler.wiring.pipelines import Pipeline

_STATES = {0: State.SUCCESS, 2: State.SUCCESS}


@contextmanager
def fenced(environ: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, nothing that is printed is a command to the host."""
    word = secrets.token_hex(16)
    fence = bool(environ.get("GITHUB_ACTIONS"))
    if fence:
        click.echo(f"::stop-commands::{word}")
    try:
        yield
    finally:
        if fence:
            click.echo(f"::{word}::")


def failed(subject: str, environment: str, error: ReconcilerError) -> Report:
    """That something could not be done, as a report."""
    what = {"plan": "No plan could be made", "apply": "Nothing was applied"}[subject]
    return Report(
        subject=subject,
        title="",
        verdict=f"{what}: {error.message}",
        data=lambda: {"error": error.message, "hint": error.hint},
        environment=environment,
        warnings=(error.hint[:1].upper() + error.hint[1:],) if error.hint else (),
    )


@dataclass(frozen=True, slots=True)
class Poster:
    """Tells what became of a change. `environment`: the one that the pipeline works in."""

    here: Pipeline
    change: Change
    environment: str

    def tell(self, report: Report, code: int, *, subject: str, commit: str, only_edit: bool = False) -> str:
        """Comment, check and log; returns the comment. `subject`: which of our comments on the change it is."""
        report = replace(report, subject=subject, environment=self.environment)
        link = f"[Report with calendars, plan, log]({self.here.run_url})"
        text = markdown.render(report, limit=self.here.host.limit, whole="the report of this run", link=link)
        click.echo(terminal.render(report), nl=False)
        self.here.write_summary(text)
        self.comment(text, only_edit=only_edit)
        self.check(commit, subject, _STATES.get(code, State.FAILURE), report.verdict)
        return text

    def comment(self, text: str, *, only_edit: bool = False) -> None:
        """Our comment whose first line is that of the text is edited in place; where there is none, it is made."""
        first = text.partition("\n")[0]
        ours = [one for one in self.here.host.comments(self.change.number) if one.ours and one.text.startswith(first)]
        if ours and ours[0].text != text:
            self.here.host.edit(self.change.number, ours[0].id, text)
        elif not ours and not only_edit:
            self.here.host.add(self.change.number, text)

    def check(self, commit: str, subject: str, state: State, said: str) -> None:
        """The check `reconciler/ENVIRONMENT` (of a merged commit: `reconciler/ENVIRONMENT/apply`)."""
        name = f"reconciler/{self.environment}" + ("" if subject == "plan" else f"/{subject}")
        self.here.host.check(commit, name, state, clean(said), self.here.run_url)
