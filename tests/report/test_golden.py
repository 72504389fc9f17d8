"""Every report in every format is what its golden file says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.report import drift, findings, json, lookup, markdown, plan, providers, run, status, terminal
from reconciler.report.contract import Report
from reconciler.report.lookup import Match
from reconciler.report.status import PropertyStatus

from . import samples

_SOURCE = "kind: Property\nname: Lisbon Baixa\nprovidrs:\n  expedia: {}\n"
_FOUND = (
    Diagnostic(
        "unknown-key", "`providrs` is not known here", hint="did you mean `providers`?", file="p.yaml", line=3, column=1
    ),
    Diagnostic("empty", "`expedia` says nothing", Severity.WARNING, file="p.yaml", line=4, column=12),
    Diagnostic("unused-credential", "no property uses `spare`", Severity.INFO, file="reconciler.yaml"),
)


def _status() -> Report:
    coverage = {"booking.com": samples.COVERAGE[(samples.HOTEL, "booking.com")]}
    known = PropertyStatus(samples.HOTEL, samples.RUN, samples.NOW, 42, coverage)
    return status.build("production", [known, PropertyStatus("sintra-vila", note="suspended: new in town")])


def _lookup() -> Report:
    room = Match(samples.HOTEL, "expedia", "double", "30011", source="database")
    return lookup.build("room double", [room, Match(samples.HOTEL, "expedia", "double", "30011", "BAR", "880011A")])


REPORTS: dict[str, Callable[[], Report]] = {
    "plan": lambda: plan.build(samples.plan(), digest=samples.DIGEST),
    "plan_without_changes": lambda: plan.build(samples.plan(()), digest=samples.DIGEST),
    "drift": lambda: drift.build(samples.drift()),
    "run": lambda: run.build(samples.RUN, samples.entries()),
    "runs": lambda: run.build_list([samples.RUN]),
    "status": _status,
    "providers": lambda: providers.build(samples.CAPABILITIES),
    "lookup": _lookup,
    "findings": lambda: findings.build(_FOUND, excerpts=findings.excerpts(_FOUND, lambda _: _SOURCE), checked=2),
}
FORMATS = {"txt": terminal.render, "md": markdown.render, "json": json.render}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_drawn_as_its_golden_file_says(name: str, form: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.{form}", FORMATS[form](REPORTS[name]()))
