"""A snapshot that was made, as a report: of what, and what could not be read. What it holds is for plans to show."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.diagnostics import Diagnostic
from reconciler.model.snapshot import Snapshot
from reconciler.model.state import Json
from reconciler.report import findings
from reconciler.report.contract import FORMAT_VERSION, Report, count
from reconciler.report.nights import moment
from reconciler.report.plan import facts


def build(snapshot: Snapshot, found: Sequence[Diagnostic], digest: str) -> Report:
    """The report. `digest` is that of the snapshot's file."""
    left_out = "; what could not be read is left out" if found else ""
    return Report(
        subject="snapshot",
        title=f"Snapshot of {snapshot.environment}",
        verdict=f"{count(len(snapshot.properties), 'property', 'properties')} in the snapshot{left_out}.",
        data=lambda: _to_json(snapshot, found, digest),
        environment=snapshot.environment,
        facts=facts(moment(snapshot.as_of), snapshot.commit, digest),
        findings=tuple(found),
        tally=findings.tally(found),
    )


def _to_json(snapshot: Snapshot, found: Sequence[Diagnostic], digest: str) -> dict[str, Json]:
    targets: dict[str, Json] = {slug: list[Json](sorted(kept.seen)) for slug, kept in snapshot.properties.items()}
    return {
        "format_version": FORMAT_VERSION,
        "environment": snapshot.environment,
        "as_of": snapshot.as_of.isoformat(),
        "commit": snapshot.commit,
        "digest": digest,
        "properties": targets,
        "findings": [dict(finding.to_json()) for finding in found],
    }
