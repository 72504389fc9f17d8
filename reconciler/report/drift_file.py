"""A drift report as canonical JSON, and back: what `drift` writes and `show` reads. Its parts are spelled as in a plan file.

A reader accepts unknown properties of a known format version and refuses an unknown version.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from reconciler import __version__
from reconciler.engine import plan_file
from reconciler.errors import ReconcilerError
from reconciler.kinds import KINDS
from reconciler.model.address import parse
from reconciler.model.drift import Difference, DriftReport, Mover
from reconciler.model.state import Json, Provenance
from reconciler.report.contract import FORMAT_VERSION

MAX_BYTES = 512 * 1024 * 1024


def to_json(drift: DriftReport) -> dict[str, Json]:
    """The report as JSON. Values are spelled as in plans; nothing that differs is left out."""
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "report": "drift",
        "environment": drift.environment,
        "commit": drift.commit,
        "as_of": drift.as_of.isoformat(),
        "partial": drift.partial,
        "properties": list(drift.properties),
        "differences": [_difference(difference) for difference in drift.differences],
        "never_sent": [str(address) for address in drift.never_sent],
        "findings": [dict(finding.to_json()) for finding in drift.findings],
        "coverage": plan_file.coverage_to_json(drift.coverage),
        "summary": _summary(drift),
    }


def _summary(drift: DriftReport) -> dict[str, Json]:
    targets = Counter(d.address.target for d in drift.differences)
    movers = Counter(d.mover.value for d in drift.differences)
    return {
        "differences": len(drift.differences),
        "never_sent": len(drift.never_sent),
        "by_target": {target: targets[target] for target in sorted(targets)},
        "by_mover": {mover: movers[mover] for mover in sorted(movers)},
    }


def _difference(difference: Difference) -> dict[str, Json]:
    kind = KINDS[difference.address.kind]
    data: dict[str, Json] = {
        "address": str(difference.address),
        "mover": difference.mover.value,
        "provenance": difference.provenance.value,
        "desired": kind.to_json(difference.desired),
        "applied": kind.to_json(difference.applied),
        "observed": kind.to_json(difference.observed),
    }
    if difference.source:
        data["source"] = difference.source
    if difference.counts:
        data["counts"] = plan_file.counts_to_json(difference.counts)
    return data


def loads(text: str) -> DriftReport:
    """The drift report in a file. Raises ReconcilerError for anything else."""
    if len(text) > MAX_BYTES:
        raise ReconcilerError("the file is too large to be a drift report")
    try:
        data = json.loads(text)
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:  # also for what only looks like JSON: NaN, half of a surrogate pair
        raise ReconcilerError("not a drift report: it is not JSON") from error
    return from_json(data)


def from_json(data: Json) -> DriftReport:
    """The report that `to_json` wrote. Raises ReconcilerError for anything else."""
    if not isinstance(data, dict) or data.get("report") != "drift":
        raise ReconcilerError("not a drift report")
    if data.get("format_version") != FORMAT_VERSION:
        version = str(data.get("format_version"))[:20]
        raise ReconcilerError(f"drift format {version} is not known to this version")
    try:
        return _read(data)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ReconcilerError(f"the drift report cannot be read: {error}") from error


def _read(data: dict[str, Any]) -> DriftReport:
    return DriftReport(
        environment=plan_file.read_text(data["environment"]),
        as_of=plan_file.read_instant(data["as_of"]),
        differences=tuple(_read_difference(item) for item in data["differences"]),
        never_sent=tuple(parse(item) for item in data["never_sent"]),
        findings=tuple(plan_file.finding_from_json(item) for item in data["findings"]),
        properties=plan_file.read_texts(data["properties"]),
        coverage=plan_file.coverage_from_json(data["coverage"]),
        commit=None if data["commit"] is None else plan_file.read_text(data["commit"]),
        partial=bool(data["partial"]),
    )


def _read_difference(item: dict[str, Any]) -> Difference:
    address = parse(item["address"])
    kind = KINDS[address.kind]
    return Difference(
        address,
        Mover(item["mover"]),
        kind.from_json(item["desired"]),
        kind.from_json(item["applied"]),
        kind.from_json(item["observed"]),
        Provenance(item["provenance"]),
        plan_file.counts_from_json(item.get("counts", [])),
        plan_file.read_text(item.get("source", "")),
    )
