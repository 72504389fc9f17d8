"""The snapshot as canonical JSON, and back. Values are spelled as in a plan file, and its digest is made as there.

A reader accepts unknown properties of a known format version and refuses an unknown version. The file comes from elsewhere: size and shape
are checked before anything is believed. A digest that fits proves nothing about who made it; all that can come of a forged snapshot
is a wrong plan, and a plan made offline is never applied.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NoReturn, TypeVar

from reconciler import __version__
from reconciler.engine import plan_file
from reconciler.engine.plan_file import canonical, digest_of, instant, read_instant, read_text, read_texts, read_whole
from reconciler.errors import ReconcilerError
from reconciler.kinds import KINDS
from reconciler.kinds.contract import read_night
from reconciler.model.address import Address, parse
from reconciler.model.calendar import YEARS, Calendar, Run, from_runs
from reconciler.model.journal import Applied, JournalEntry
from reconciler.model.moves import Moves
from reconciler.model.plan import MAX_WINDOW
from reconciler.model.property import Closure
from reconciler.model.snapshot import Kept, Remembered, Seen, Snapshot
from reconciler.model.state import Coverage, Json, Observation, Observed, Value, Window

V = TypeVar("V")
FORMAT_VERSION = 1
MAX_BYTES = 512 * 1024 * 1024
_MADE_AGAIN = "make it again with `reconciler snapshot --out FILE`"
_NO_RUN = ""
"""In place of a run's id, which no plan reads."""


def dumps(snapshot: Snapshot) -> str:
    """The text of a snapshot's file."""
    return canonical(to_json(snapshot)) + "\n"


def to_json(snapshot: Snapshot) -> dict[str, Json]:
    """The snapshot as JSON, digest included."""
    data: dict[str, Json] = {
        "format_version": FORMAT_VERSION,
        "tool_version": __version__,
        "file": "snapshot",
        "environment": snapshot.environment,
        "as_of": instant(snapshot.as_of),
        "commit": snapshot.commit,
        "properties": {slug: _kept(kept) for slug, kept in snapshot.properties.items()},
        "workspace": None if snapshot.workspace is None else _seen(snapshot.workspace),
    }
    data["digest"] = digest_of(data)
    return data


def _kept(kept: Kept) -> Json:
    return {
        "id": kept.id,
        "targets": {name: _seen(seen) for name, seen in kept.seen.items()},
        "remembered": _remembered(kept.remembered),
    }


def _seen(seen: Seen) -> Json:
    observation = seen.observation
    return {
        "kinds": list[Json](sorted(seen.kinds)),
        "from": seen.window.start.isoformat(),
        "until": seen.window.until.isoformat(),
        "went_by": [{"part": list(part), "said": said} for part, said in sorted(seen.went_by.items())],
        "entries": [_entry(address, observation.entries[address]) for address in sorted(observation.entries)],
        "nothing_at": [str(address) for address in sorted(seen.nothing_at)],
        "findings": [dict(finding.to_json()) for finding in observation.findings],
        "coverage": None
        if observation.coverage is None
        else plan_file.coverage_to_json({("", ""): observation.coverage})[0],
        "traits": dict(observation.traits),
        "assigned": _pairs(observation.assigned),
    }


def _entry(address: Address, observed: Observed) -> Json:
    data: dict[str, Json] = {"address": str(address), "value": KINDS[address.kind].to_json(observed.value)}
    return {**data, "counts": plan_file.counts_to_json(observed.counts)} if observed.counts else data


def _pairs(ids: Mapping[tuple[str, str], str]) -> list[Json]:
    return [{"room": room, "plan": plan, "id": id_} for (room, plan), id_ in sorted(ids.items())]


def _remembered(known: Remembered) -> Json:
    return {
        "applied": [_applied(address, known.applied[address]) for address in sorted(known.applied)],
        "bindings": {provider: _pairs(ids) for provider, ids in known.bindings.items()},
        "cut_off": [_attempt(entry) for entry in known.cut_off],
        "said": _moves(known.said),
        "moved": _moves(known.moved),
        "closures": [_closure(closure) for closure in known.closures],
        "rotated": {provider: instant(at) for provider, at in known.rotated.items()},
        "moving": [
            {"room": room, "provider": provider, "nights": _nights(nights)}
            for (room, provider), nights in sorted(known.moving.items())
        ],
        "sold_direct": {room: _nights(nights) for room, nights in known.sold_direct.items()},
    }


def _applied(address: Address, last: Applied) -> Json:
    data: dict[str, Json] = {"address": str(address), "value": KINDS[address.kind].to_json(last.value)}
    return data if last.at is None else {**data, "at": instant(last.at)}


def _attempt(entry: JournalEntry) -> Json:
    kind = KINDS[entry.address.kind]
    return {
        "address": str(entry.address),
        "before": kind.to_json(entry.before),
        "after": kind.to_json(entry.after),
    }


def _moves(moves: Moves) -> Json:
    return {"rooms": dict(moves.rooms), "plans": dict(moves.plans)}


def _closure(closure: Closure) -> Json:
    return {
        "room": closure.room,
        "from": closure.start.isoformat(),
        "until": None if closure.until is None else closure.until.isoformat(),
        "reason": closure.reason,
        "by": closure.by,
        "since": instant(closure.since),
    }


def _nights(calendar: Calendar[Any]) -> list[Json]:
    """Nights with a number or a yes each."""
    return [{"from": r.start.isoformat(), "until": r.until.isoformat(), "value": r.value} for r in calendar]


# --- reading


def loads(text: str) -> tuple[Snapshot, str]:
    """The snapshot in a file, and its digest. Raises ReconcilerError for anything that is not exactly a snapshot."""
    if len(text) > MAX_BYTES:
        raise ReconcilerError("the file is too large to be a snapshot")
    try:
        data = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise ReconcilerError("not a snapshot: it is not JSON", hint=_MADE_AGAIN) from error
    if not isinstance(data, dict) or data.get("file") != "snapshot":
        raise ReconcilerError("not a snapshot", hint=_MADE_AGAIN)
    version = data.get("format_version")
    if version is True or version != FORMAT_VERSION:
        raise ReconcilerError(f"snapshot format {str(version)[:20]} is not known to this version", hint=_MADE_AGAIN)
    if not plan_file.is_intact(data, text):
        raise ReconcilerError("the snapshot was changed after it was made: its digest does not fit", hint=_MADE_AGAIN)
    try:
        return _snapshot(data), str(data["digest"])
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ReconcilerError(f"the snapshot cannot be read: {str(error)[:200]}", hint=_MADE_AGAIN) from error


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"{text[:20]}: numbers here are whole")


def _snapshot(data: dict[str, Any]) -> Snapshot:
    return Snapshot(
        environment=read_text(data["environment"]),
        as_of=read_instant(data["as_of"]),
        commit=None if data["commit"] is None else read_text(data["commit"]),
        properties={slug: _read_kept(item) for slug, item in data["properties"].items()},
        workspace=None if data["workspace"] is None else _read_seen(data["workspace"]),
    )


def _read_kept(item: dict[str, Any]) -> Kept:
    seen = {name: _read_seen(told) for name, told in item["targets"].items()}
    return Kept(read_text(item["id"]), seen, _read_remembered(item["remembered"]))


def _read_seen(item: dict[str, Any]) -> Seen:
    observation = Observation(
        entries=_by_address(item["entries"], _read_observed),
        findings=tuple(plan_file.finding_from_json(one) for one in item["findings"]),
        coverage=_read_coverage(item["coverage"]),
        traits={name: read_text(said) for name, said in item["traits"].items()},
        assigned=_read_pairs(item["assigned"]),
    )
    went_by = {read_texts(one["part"]): read_text(one["said"]) for one in item["went_by"]}
    nothing_at = frozenset(_address(text) for text in item["nothing_at"])
    return Seen(frozenset(read_texts(item["kinds"])), _read_window(item), went_by, observation, nothing_at)


def _read_window(item: dict[str, Any]) -> Window:
    start, until = _night(item["from"]), _night(item["until"])
    if not start <= until <= start + timedelta(days=MAX_WINDOW):
        raise ValueError(f"a window has at most {MAX_WINDOW} nights")
    return Window(start, until)


def _night(text: Json) -> date:
    night = read_night(text)
    if not YEARS[0] <= night.year <= YEARS[1]:
        raise ValueError(f"a night is in a year from {YEARS[0]} to {YEARS[1]}")
    return night


def _address(text: Json) -> Address:
    address = parse(read_text(text))
    if address.kind not in KINDS:
        raise ValueError(f"no kind: {address.kind[:40]}")
    return address


def _by_address(items: list[dict[str, Any]], read: Callable[[Address, dict[str, Any]], V]) -> dict[Address, V]:
    found = {address: read(address, item) for item in items for address in (_address(item["address"]),)}
    if len(found) < len(items):
        raise ValueError("an address is there once")
    return found


def _value(address: Address, data: Json) -> Value:
    value = KINDS[address.kind].from_json(data)
    if value is None:
        raise TypeError(f"{address} has no value")
    return value


def _read_observed(address: Address, item: dict[str, Any]) -> Observed:
    return Observed(_value(address, item["value"]), counts=plan_file.counts_from_json(item.get("counts", [])))


def _read_applied(address: Address, item: dict[str, Any]) -> Applied:
    return Applied(_value(address, item["value"]), at=read_instant(item["at"]) if "at" in item else None)


def _read_attempt(item: dict[str, Any]) -> JournalEntry:
    address = _address(item["address"])
    before, after = (KINDS[address.kind].from_json(item[side]) for side in ("before", "after"))
    return JournalEntry(_NO_RUN, 0, address, "", before, after, None)


def _read_coverage(item: dict[str, Any] | None) -> Coverage | None:
    return None if item is None else next(iter(plan_file.coverage_from_json([item]).values()))


def _read_pairs(items: Iterable[dict[str, Any]]) -> dict[tuple[str, str], str]:
    return {(read_text(one["room"]), read_text(one["plan"])): read_text(one["id"]) for one in items}


def _read_remembered(item: dict[str, Any]) -> Remembered:
    return Remembered(
        applied=_by_address(item["applied"], _read_applied),
        bindings={provider: _read_pairs(ids) for provider, ids in item["bindings"].items()},
        cut_off=tuple(_read_attempt(one) for one in item["cut_off"]),
        said=_read_moves(item["said"]),
        moved=_read_moves(item["moved"]),
        closures=tuple(_read_closure(one) for one in item["closures"]),
        rotated={provider: read_instant(at) for provider, at in item["rotated"].items()},
        moving={
            (read_text(one["room"]), read_text(one["provider"])): _read_nights(one["nights"], _yes)
            for one in item["moving"]
        },
        sold_direct={room: _read_nights(nights, read_whole) for room, nights in item["sold_direct"].items()},
    )


def _read_moves(item: dict[str, Any]) -> Moves:
    rooms, plans = ({old: read_text(new) for old, new in item[what].items()} for what in ("rooms", "plans"))
    return Moves(rooms, plans)


def _read_closure(item: dict[str, Any]) -> Closure:
    until = None if item["until"] is None else _night(item["until"])
    reason, by = read_text(item["reason"]), read_text(item["by"])
    return Closure(read_text(item["room"]), _night(item["from"]), until, reason, by, read_instant(item["since"]))


def _read_nights(items: Iterable[dict[str, Any]], read: Callable[[object], V]) -> Calendar[V]:
    return from_runs(Run(_night(one["from"]), _night(one["until"]), read(one["value"])) for one in items)


def _yes(value: object) -> bool:
    if value is not True:
        raise TypeError("these nights are there or not")
    return True
