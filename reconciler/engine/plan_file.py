"""The plan as canonical JSON, and back: the same plan gives the same bytes, and a changed byte is found.

`digest` is the SHA-256 over the canonical JSON of everything but itself, and the file is that JSON in its one spelling. A reader
accepts unknown properties of a known format version and refuses an unknown version. A digest that fits proves nothing about who made
it, so size and shape are checked before anything is believed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler import __version__
from reconciler.errors import StalePlanError
from reconciler.kinds import KINDS
from reconciler.kinds.contract import read_night
from reconciler.model.address import parse
from reconciler.model.calendar import YEARS, Calendar, Run, from_runs
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import MAX_WINDOW, Action, Change, Label, Offline, Operation, Plan, Scope
from reconciler.model.state import Counts, Coverage, Json, Provenance

FORMAT_VERSION = 1
MAX_BYTES = 512 * 1024 * 1024


def canonical(data: Json) -> str:
    """The one spelling of a JSON value: sorted keys, no white space, nothing escaped that need not be."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(data: dict[str, Json]) -> str:
    """SHA-256 over the canonical JSON without its `digest`."""
    rest = {key: value for key, value in data.items() if key != "digest"}
    return hashlib.sha256(canonical(rest).encode()).hexdigest()


def digest(plan: Plan) -> str:
    """The digest that the plan's file carries."""
    return str(to_json(plan)["digest"])


def dumps(plan: Plan) -> str:
    """The text of a plan file."""
    return canonical(to_json(plan)) + "\n"


def to_json(plan: Plan) -> dict[str, Json]:
    """The plan as JSON, digest included."""
    data: dict[str, Json] = {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "environment": plan.environment,
        "commit": plan.commit,
        "workspace_digest": plan.workspace_digest,
        "as_of": instant(plan.as_of),
        "scope": _scope(plan.scope),
        "partial": plan.scope.partial,
        "properties": list(plan.properties),
        "operations": [_operation(op) for op in plan.operations],
        "findings": [dict(finding.to_json()) for finding in plan.findings],
        "coverage": coverage_to_json(plan.coverage),
        "messages": plan.messages,
        "consents": list(plan.consents),
    }
    if plan.offline is not None:
        data["offline"] = {"as_of": instant(plan.offline.as_of), "snapshot": plan.offline.snapshot}
    data["digest"] = digest_of(data)
    return data


def instant(at: datetime) -> str:
    """An instant in its one spelling."""
    return at.astimezone(UTC).isoformat()


def _scope(scope: Scope) -> Json:
    data: dict[str, Json] = {
        "properties": list(scope.properties),
        "targets": list(scope.targets),
        "window": scope.window,
    }
    return {**data, "prune": True} if scope.prune else data


def _operation(op: Operation) -> Json:
    change, kind = op.change, KINDS[op.address.kind]
    data: dict[str, Json] = {
        "address": str(op.address),
        "action": change.action.value,
        "before": kind.to_json(change.before),
        "after": kind.to_json(change.after),
        "provenance": change.provenance.value,
        "waits_for": list(op.waits_for),
    }
    if op.label:
        data["label"] = op.label.value
    if op.source:
        data["source"] = op.source
    if change.unknown:
        data["unknown_nights"] = change.unknown
    if change.counts:
        data["counts"] = counts_to_json(change.counts)
    return data


def counts_to_json(counts: Calendar[Counts]) -> list[Json]:
    """What is left and sold by run of nights."""
    return [
        {"from": run.start.isoformat(), "until": run.until.isoformat(), "left": run.value.left, "sold": run.value.sold}
        for run in counts
    ]


def coverage_to_json(coverage: Mapping[tuple[str, str], Coverage]) -> list[Json]:
    """Coverage by (property, provider), as a sorted list."""
    return [_coverage(key, value) for key, value in sorted(coverage.items())]


def coverage_from_json(items: list[dict[str, Any]]) -> dict[tuple[str, str], Coverage]:
    """What `coverage_to_json` wrote. Raises KeyError or TypeError for anything else."""
    return {(read_text(item["property"]), read_text(item["provider"])): _read_coverage(item) for item in items}


def _coverage(key: tuple[str, str], value: Coverage) -> Json:
    return {
        "property": key[0],
        "provider": key[1],
        "rooms": value.rooms,
        "rooms_mapped": value.rooms_mapped,
        "rates": value.rates,
        "rates_mapped": value.rates_mapped,
        "unmapped_rooms": list(value.unmapped_rooms),
        "unmapped_rates": list(value.unmapped_rates),
    }


def loads(text: str) -> tuple[Plan, str]:
    """The plan in a file, and its digest. Raises StalePlanError for anything that is not exactly a plan file."""
    if len(text) > MAX_BYTES:
        raise StalePlanError("the plan file is too large to be one")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StalePlanError("not a plan file: it is not JSON", hint="make it again with `plan --out`") from error
    if not isinstance(data, dict) or "format_version" not in data:
        raise StalePlanError("not a plan file", hint="make it again with `reconciler plan --out FILE`")
    if data["format_version"] is True or data["format_version"] != FORMAT_VERSION:
        version = str(data["format_version"])[:20]
        raise StalePlanError(f"plan format {version} is not known to this version", hint="plan again with this version")
    if not is_intact(data, text):
        raise StalePlanError("the plan file was changed after it was made: its digest does not fit", hint="plan again")
    try:
        return _plan(data), str(data["digest"])
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise StalePlanError(f"the plan file cannot be read: {error}", hint="plan again with this version") from error


def is_intact(data: dict[str, Json], text: str) -> bool:
    """Whether the digest is its own, and the text the one spelling of what it says."""
    try:
        return data.get("digest") == digest_of(data) and canonical(data) == text.rstrip("\r\n")
    except (ValueError, RecursionError):
        return False


def _plan(data: dict[str, Any]) -> Plan:
    operations = tuple(_read_operation(item) for item in data["operations"])
    ids = {op.id for op in operations}
    if len(ids) < len(operations) or not ids.issuperset(id_ for op in operations for id_ in op.waits_for):
        raise ValueError("operations have ids of their own and wait for each other only")
    return Plan(
        environment=read_text(data["environment"]),
        as_of=read_instant(data["as_of"]),
        workspace_digest=read_text(data["workspace_digest"]),
        scope=_read_scope(data["scope"]),
        operations=operations,
        findings=tuple(finding_from_json(item) for item in data["findings"]),
        properties=read_texts(data["properties"]),
        coverage=coverage_from_json(data["coverage"]),
        messages=read_whole(data["messages"]),
        commit=None if data["commit"] is None else read_text(data["commit"]),
        consents=read_texts(data["consents"]),
        offline=_read_offline(data["offline"]) if "offline" in data else None,
    )


def _read_offline(item: dict[str, Any]) -> Offline:
    return Offline(read_instant(item["as_of"]), read_text(item["snapshot"]))


def read_text(value: object) -> str:
    """A text. Raises TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"text is expected, not {type(value).__name__}")
    return value


def read_texts(value: object) -> tuple[str, ...]:
    """A list of texts. Raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"a list of texts is expected, not {type(value).__name__}")
    return tuple(read_text(item) for item in value)


def read_whole(value: object) -> int:
    """A whole number. Raises TypeError for anything else."""
    if type(value) is not int:
        raise TypeError(f"a whole number is expected, not {type(value).__name__}")
    return value


def read_instant(value: object) -> datetime:
    """An instant with its offset. Raises TypeError or ValueError for anything else."""
    at = datetime.fromisoformat(read_text(value))
    if at.tzinfo is None:
        raise ValueError("an instant has a time zone")
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise ValueError(f"an instant is in a year from {YEARS[0]} to {YEARS[1]}")
    return at


def _read_scope(scope: dict[str, Any]) -> Scope:
    window = None if scope["window"] is None else read_whole(scope["window"])
    if window is not None and not 1 <= window <= MAX_WINDOW:
        raise ValueError(f"a window is from 1 to {MAX_WINDOW} nights")
    return Scope(read_texts(scope["properties"]), read_texts(scope["targets"]), window, scope.get("prune") is True)


def _read_operation(item: dict[str, Any]) -> Operation:
    address = parse(item["address"])
    kind, label = KINDS[address.kind], Label(item.get("label", ""))
    change = Change(
        address,
        Action(item["action"]),
        kind.from_json(item["before"]),
        kind.from_json(item["after"]),
        Provenance(item["provenance"]),
        read_whole(item.get("unknown_nights", 0)),
        counts_from_json(item.get("counts", [])),
    )
    return Operation(
        f"{address}#{label.value}" if label else str(address),
        change,
        label,
        read_texts(item["waits_for"]),
        read_text(item.get("source", "")),
    )


def counts_from_json(items: list[dict[str, Any]]) -> Calendar[Counts]:
    """What `counts_to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return from_runs(
        Run(
            read_night(item["from"]),
            read_night(item["until"]),
            Counts(read_whole(item["left"]), read_whole(item["sold"])),
        )
        for item in items
    )


def finding_from_json(item: dict[str, Any]) -> Diagnostic:
    """What `Diagnostic.to_json` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    hint, file, address = (read_text(item.get(key, "")) for key in ("hint", "file", "address"))
    line, column = (read_whole(item.get(key, 0)) for key in ("line", "column"))
    severity = Severity(item["severity"])
    return Diagnostic(read_text(item["code"]), read_text(item["message"]), severity, hint, file, line, column, address)


def _read_coverage(item: dict[str, Any]) -> Coverage:
    return Coverage(
        read_whole(item["rooms"]),
        read_whole(item["rooms_mapped"]),
        read_whole(item["rates"]),
        read_whole(item["rates_mapped"]),
        read_texts(item["unmapped_rooms"]),
        read_texts(item["unmapped_rates"]),
    )
