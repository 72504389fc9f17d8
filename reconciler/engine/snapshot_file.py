"""A snapshot as canonical JSON, and back. Its parts are spelled as in a plan file.

A digest says that it is whole, not who made it. A reader accepts unknown properties of a known format version and refuses an unknown one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date
from typing import Any, TypeVar

from reconciler import __version__
from reconciler.engine import plan_file
from reconciler.engine.plan_file import canonical, digest_of, read_instant, read_text
from reconciler.errors import ReconcilerError
from reconciler.kinds import KINDS
from reconciler.kinds.contract import read_night
from reconciler.model.address import Address, parse
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.journal import Applied
from reconciler.model.moves import Moves
from reconciler.model.property import Closure
from reconciler.model.snapshot import Seen, Snapshot
from reconciler.model.state import Coverage, Json, Observation, Observed, Provenance, Value

FORMAT_VERSION = 1
MAX_BYTES = 1024 * 1024 * 1024
V = TypeVar("V", bool, int)


def dumps(snapshot: Snapshot) -> str:
    """The text of the file."""
    data: dict[str, Json] = {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "report": "snapshot",
        "environment": snapshot.environment,
        "commit": snapshot.commit,
        "as_of": snapshot.as_of.astimezone(UTC).isoformat(),
        "properties": {slug: _seen(seen) for slug, seen in sorted(snapshot.seen.items())},
    }
    data["digest"] = digest_of(data)
    return canonical(data) + "\n"


def _seen(seen: Seen) -> Json:
    return {
        "observed": {target: _observation(there) for target, there in sorted(seen.observed.items())},
        "ids": {target: dict(sorted(ids.items())) for target, ids in sorted(seen.ids.items())},
        "applied": [_applied(address, last) for address, last in sorted(seen.applied.items())],
        "bindings": {provider: _pairs(pairs) for provider, pairs in sorted(seen.bindings.items())},
        "rotated": {provider: at.isoformat() for provider, at in sorted(seen.rotated.items())},
        "moving": [[room, provider, _nights(nights)] for (room, provider), nights in sorted(seen.moving.items())],
        "sold_direct": [[room, _nights(nights)] for room, nights in sorted(seen.sold_direct.items())],
        "closures": [_closure(closure) for closure in seen.closures],
        "moves": {"rooms": dict(seen.moves.rooms), "plans": dict(seen.moves.plans)},
    }


def _observation(there: Observation) -> Json:
    coverage = None if there.coverage is None else plan_file.coverage_to_json({("", ""): there.coverage})[0]
    return {
        "entries": [_observed(address, entry) for address, entry in sorted(there.entries.items())],
        "findings": [dict(finding.to_json()) for finding in there.findings],
        "coverage": coverage,
        "traits": dict(sorted(there.traits.items())),
        "assigned": _pairs(there.assigned),
    }


def _observed(address: Address, entry: Observed) -> Json:
    data: dict[str, Json] = {"address": str(address), "value": KINDS[address.kind].to_json(entry.value)}
    if entry.provenance is not Provenance.READ_BACK:
        data["provenance"] = entry.provenance.value
    if entry.counts:
        data["counts"] = plan_file.counts_to_json(entry.counts)
    if entry.ours:
        data["ours"] = _nights(entry.ours)
    if entry.at is not None:
        data["at"] = entry.at.isoformat()
    return data


def _applied(address: Address, last: Applied) -> Json:
    at = None if last.at is None else last.at.isoformat()
    return {"address": str(address), "value": KINDS[address.kind].to_json(last.value), "at": at}


def _pairs(pairs: Mapping[tuple[str, str], str]) -> list[Json]:
    return [[room, plan, id_] for (room, plan), id_ in sorted(pairs.items())]


def _nights(nights: Calendar[V]) -> list[Json]:
    return [[run.start.isoformat(), run.until.isoformat(), run.value] for run in nights]


def _closure(closure: Closure) -> Json:
    until = None if closure.until is None else closure.until.isoformat()
    return [closure.room, closure.start.isoformat(), until, closure.reason, closure.by, closure.since.isoformat()]


def loads(text: str) -> Snapshot:
    """The snapshot in a file. Raises ReconcilerError for anything else."""
    hint = "make one with `reconciler snapshot --out FILE`"
    if len(text) > MAX_BYTES:
        raise ReconcilerError("the file is too large to be a snapshot")
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("report") != "snapshot":
            raise ReconcilerError("not a snapshot", hint=hint)
        if type(data.get("format_version")) is not int or data["format_version"] != FORMAT_VERSION:
            raise ReconcilerError(
                f"snapshot format {str(data.get('format_version'))[:20]} is not known to this version", hint=hint
            )
        if data.get("digest") != digest_of(data):
            raise ReconcilerError("the snapshot was changed after it was made: its digest does not fit", hint=hint)
        return _snapshot(data)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ReconcilerError("the snapshot cannot be read", hint=hint) from error


def _snapshot(data: dict[str, Any]) -> Snapshot:
    return Snapshot(
        environment=read_text(data["environment"]),
        as_of=read_instant(data["as_of"]),
        seen={read_text(slug): _read_seen(seen) for slug, seen in data["properties"].items()},
        commit=None if data["commit"] is None else read_text(data["commit"]),
    )


def _read_seen(data: dict[str, Any]) -> Seen:
    return Seen(
        observed={target: _read_observation(there) for target, there in data["observed"].items()},
        ids={target: _texts(ids) for target, ids in data["ids"].items()},
        applied=dict(_read_applied(item) for item in data["applied"]),
        bindings={provider: _read_pairs(pairs) for provider, pairs in data["bindings"].items()},
        rotated={provider: read_instant(at) for provider, at in data["rotated"].items()},
        moving={(read_text(room), read_text(to)): _read_nights(runs, bool) for room, to, runs in data["moving"]},
        sold_direct={read_text(room): _read_nights(runs, int) for room, runs in data["sold_direct"]},
        closures=tuple(_read_closure(*item) for item in data["closures"]),
        moves=Moves(_texts(data["moves"]["rooms"]), _texts(data["moves"]["plans"])),
    )


def _read_observation(data: dict[str, Any]) -> Observation:
    coverage: Coverage | None = None
    if data["coverage"] is not None:
        coverage = plan_file.coverage_from_json([data["coverage"]])["", ""]
    return Observation(
        entries=dict(_read_observed(item) for item in data["entries"]),
        findings=tuple(plan_file.finding_from_json(item) for item in data["findings"]),
        coverage=coverage,
        traits=_texts(data["traits"]),
        assigned=_read_pairs(data["assigned"]),
    )


def _read_observed(item: dict[str, Any]) -> tuple[Address, Observed]:
    address, value = _valued(item)
    return address, Observed(
        value,
        Provenance(item.get("provenance", Provenance.READ_BACK.value)),
        plan_file.counts_from_json(item.get("counts", [])),
        _read_nights(item.get("ours", []), bool),
        read_instant(item["at"]) if "at" in item else None,
    )


def _read_applied(item: dict[str, Any]) -> tuple[Address, Applied]:
    address, value = _valued(item)
    return address, Applied(value, at=None if item["at"] is None else read_instant(item["at"]))


def _valued(item: dict[str, Any]) -> tuple[Address, Value]:
    address = parse(item["address"])
    value = KINDS[address.kind].from_json(item["value"])
    if value is None:
        raise ValueError("what was seen has a value")
    return address, value


def _texts(data: dict[str, Any]) -> dict[str, str]:
    return {read_text(key): read_text(value) for key, value in data.items()}


def _read_pairs(items: Iterable[Any]) -> dict[tuple[str, str], str]:
    return {(read_text(room), read_text(plan)): read_text(id_) for room, plan, id_ in items}


def _read_nights(runs: Iterable[Any], kind: Callable[[Any], V]) -> Calendar[V]:
    found = []
    for start, until, value in runs:
        if type(value) is not kind:
            raise TypeError(f"a night has a {kind}")
        found.append(Run(read_night(start), read_night(until), value))
    return from_runs(found)


def _read_closure(room: str, start: str, until: str | None, reason: str, by: str, since: str) -> Closure:
    last: date | None = None if until is None else read_night(until)
    return Closure(read_text(room), read_night(start), last, read_text(reason), read_text(by), read_instant(since))
