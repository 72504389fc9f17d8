"""Whatever a snapshot holds: `plan --offline` says what is wrong with it, or plans by what it says; nothing is changed."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine import snapshot_file
from reconciler.engine.plan_file import canonical, digest_of
from reconciler.sandbox.booking_com import tokens
from tests.hostile.place import DONE, FAILED, REFUSED, USAGE, Ended, Place, identifiers
from tests.hostile.plan_cases import ESCAPE, ODDITIES, Bad, Odd, edited, forged, text, without

Path_ = tuple[str | int, ...]
NO_SNAPSHOT, NO_JSON = "not a snapshot", "not a snapshot: it is not JSON"
TAMPERED, UNREADABLE = "its digest does not fit", "the snapshot cannot be read"
UNKNOWN = "is not known to this version"
OURS: Path_ = ("properties", "lisbon-baixa")
DATABASE: Path_ = (*OURS, "targets", "database")
NONSENSE: tuple[Any, ...] = (None, -5, 10**12, "x", "", [], {}, [1], {"a": 1}, True, "2031-02-01", ESCAPE)


@pytest.fixture(scope="module")
def good(place: Place) -> str:
    """The text of a snapshot that can be planned against. It is made before what each case patches: see `conftest`."""
    file = place.beside / "good.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "MAX_PER_HOUR", 10_000)
        place.run("snapshot", "--out", str(file), "--as-of", place.world.now.isoformat()).told(DONE, "1 property")
    written = file.read_text(encoding="utf-8")
    file.unlink()
    return written


@pytest.fixture
def file(place: Place) -> Iterator[Path]:
    """Where the snapshot of a case is; gone afterwards."""
    path = place.beside / "snapshot.json"
    yield path
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def planned(place: Place, file: Path, *arguments: str) -> Ended:
    return place.run("plan", "--offline", str(file), "--as-of", place.world.now.isoformat(), *arguments)


CASES = [
    Bad("an empty file", text(""), NO_JSON),
    Bad("half a snapshot", lambda good: good[: len(good) // 2].encode(), NO_JSON),
    Bad("a list", text("[]"), NO_SNAPSHOT),
    Bad("a plan", text('{"format_version":1,"operations":[]}'), NO_SNAPSHOT),
    Bad("lists without end", text("[" * 1_000_000), NO_JSON),
    Bad("deep objects in a snapshot", text('{"file":"snapshot","x":' + '{"a":' * 100_000), NO_JSON),
    Bad("a number with decimals", edited('"format_version":1', '"format_version":1.0'), NO_JSON),
    Bad("what is no number", edited('"format_version":1', '"format_version":NaN'), NO_JSON),
    Bad("a version of tomorrow", forged("format_version", to=2), UNKNOWN),
    Bad("a version that is true", forged("format_version", to=True), UNKNOWN),
    Bad("a version that moves the cursor", forged("format_version", to=ESCAPE), UNKNOWN),
    Bad("another price", edited('"102.00"', '"1.00"'), TAMPERED),
    Bad("half a character", edited('"development"', r'"\ud800"'), TAMPERED),
    Bad("white space", lambda good: json.dumps(json.loads(good), indent=1).encode(), TAMPERED),
    *(Bad(f"no {key}", without(key), UNREADABLE) for key in ("environment", "as_of", "commit", "properties", "workspace")),
    Bad("a property without an id", without(*OURS, "id"), UNREADABLE),
    Bad("a target without nights", without(*DATABASE, "until"), UNREADABLE),
    Bad("nights without end", forged(*DATABASE, "until", to="2199-01-01"), UNREADABLE),
    Bad("nights of no calendar", forged(*DATABASE, "from", to="0001-01-01"), UNREADABLE),
    Bad("a kind that is none", forged(*DATABASE, "nothing_at", to=["a/b/nothing/d"]), UNREADABLE),
    Bad("an entry twice", forged(*DATABASE, "entries", to=[{"address": "a/database/mapping/x/y", "value": {}}] * 2), UNREADABLE),
    Bad("made tomorrow", forged("as_of", to="2031-01-14T09:00:00+00:00"), "is for an earlier moment", USAGE),
    Bad("made before the calendar began", forged("as_of", to="0001-01-01T00:00:00+14:00"), UNREADABLE),
    Bad("of an environment that is not there", forged("environment", to="mars"), "there is no environment `mars`", USAGE),
    Bad("of an environment that moves the cursor", forged("environment", to=f"dev{ESCAPE}"), "there is no", USAGE),
    Bad("of no property", forged("properties", to={}), "lisbon-baixa is not in the snapshot", DONE),
    Bad("of another hotel", forged(*OURS, "id", to=ESCAPE), "has another id than in the snapshot", DONE),
    Bad("of a target that moves the cursor", forged(*OURS, "targets", to={}), "the snapshot has nothing of", DONE),
    Bad("with a finding that moves the cursor", forged(*DATABASE, "findings", to=[{"code": "a", "message": f"b{ESCAPE}", "severity": "warning"}]), "warning[a]: b", DONE),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=identifiers(CASES))
def test_a_bad_snapshot_is_told_and_nothing_is_changed(place: Place, good: str, file: Path, case: Bad) -> None:
    file.write_bytes(case.make(good))
    code = FAILED if case.says in (NO_JSON, NO_SNAPSHOT, UNKNOWN, TAMPERED, UNREADABLE) else case.code
    with place.unchanged():
        planned(place, file).told(code, case.says)


NO_FILES = [case for case in ODDITIES if case.code == USAGE]


@pytest.mark.parametrize("case", NO_FILES, ids=identifiers(NO_FILES))
def test_what_is_no_plain_file_is_told_at_once(place: Place, good: str, file: Path, case: Odd) -> None:
    case.make(file, good)
    with place.unchanged():
        planned(place, file).told(case.code, case.says)


def test_a_file_that_is_too_large_is_not_read(good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_file, "MAX_BYTES", 100)
    with pytest.raises(Exception, match="too large to be a snapshot"):
        snapshot_file.loads(good)


def places(data: Any, path: Path_ = ()) -> Iterator[Path_]:
    """One path for each shape of place in a snapshot."""
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*path, key))
    elif isinstance(data, list) and data:
        yield from places(data[0], (*path, 0))


def test_nonsense_at_any_place_with_a_digest_that_fits_is_told_or_planned_by(
    place: Place, good: str, file: Path
) -> None:
    chance = random.Random(1)
    paths = [path for path in places(json.loads(good)) if path and path != ("digest",)]
    assert len(paths) > 100
    with place.unchanged():
        for path in paths:
            value = chance.choice(NONSENSE)
            file.write_bytes(forged(*path, to=value)(good))
            flags = chance.choice(((), ("--distrust", "**"), ("--target", "*/database/**")))
            ended = planned(place, file, *flags)
            assert ended.code in (DONE, FAILED, REFUSED, USAGE), (path, value, ended.said)
            ended.told(ended.code, "")
            file.unlink()


def test_every_snapshot_is_read_as_it_was_written(good: str) -> None:
    snapshot, digest = snapshot_file.loads(good)
    assert snapshot_file.dumps(snapshot) == good
    data = json.loads(good)
    assert digest == digest_of(data) == data["digest"]
    more = {**data, "of_tomorrow": [1]}
    more["digest"] = digest_of(more)
    assert snapshot_file.loads(canonical(more))[0] == snapshot
