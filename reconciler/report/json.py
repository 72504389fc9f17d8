"""The machine's form: the data behind a report, in canonical JSON. A plan's is its plan file."""

from __future__ import annotations

from reconciler.engine.plan_file import canonical
from reconciler.report.contract import Report


def render(report: Report) -> str:
    """One line of JSON, the same bytes for the same data."""
    return canonical(dict(report.data())) + "\n"
