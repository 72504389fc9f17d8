"""Plan files that nobody should have made: each with how `apply` and `show` end over it, and a part of what they say."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.engine.plan_file import canonical, digest_of
from tests.hostile.place import DONE, FAILED, STALE, USAGE

Make = Callable[[str], bytes]
"""From the text of a good plan to the bytes of a bad one."""

NOT_JSON = "not a plan file: it is not JSON"
NO_PLAN = "not a plan file"
TAMPERED = "its digest does not fit"
UNREADABLE = "the plan file cannot be read"
UNKNOWN = "is not known to this version"
ESCAPE = "\x1b[2J\x1b]0;owned\x07"


@dataclass(frozen=True, slots=True)
class Bad:
    """A file's content. `shown`: how `show` ends where that is another way: some of what `apply` refuses may be looked at."""

    name: str
    make: Make
    says: str
    code: int = STALE
    shown: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Odd:
    """Something else than a file with a text in it, made at the path that is given."""

    name: str
    make: Callable[[Path, str], object]
    says: str
    code: int = USAGE


@dataclass(frozen=True, slots=True)
class Drifted:
    """Fields of a drift report, and how `show` ends over them."""

    name: str
    fields: dict[str, Any]
    says: str
    code: int = FAILED


def text(content: str | bytes) -> Make:
    """Always this."""
    return lambda _good: content if isinstance(content, bytes) else content.encode()


def edited(old: str, new: str) -> Make:
    """A change in the text, as an editor makes it; the digest stays."""

    def make(good: str) -> bytes:
        assert old in good, old
        return good.replace(old, new, 1).encode("utf-8", "surrogatepass")

    return make


def forged(*keys: str | int, to: Any) -> Make:
    """A value put at a place, and a digest that fits."""
    return changed(lambda plan: _put(plan, keys, to))


def without(*keys: str | int) -> Make:
    """A part taken away, and a digest that fits."""

    def take(plan: dict[str, Any]) -> None:
        inner: Any = plan
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]

    return changed(take)


def changed(change: Callable[[dict[str, Any]], object]) -> Make:
    """Whatever was changed, with a digest that fits."""

    def make(good: str) -> bytes:
        plan = json.loads(good)
        change(plan)
        plan["digest"] = digest_of(plan)
        return f"{canonical(plan)}\n".encode()

    return make


def _put(inner: Any, keys: tuple[str | int, ...], value: Any) -> None:
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value


def _operation(kind: str, **fields: Any) -> Make:
    """The first operation of a kind with other fields, in a plan with a digest that fits."""

    def change(plan: dict[str, Any]) -> None:
        found = next(op for op in plan["operations"] if op["address"].split("/")[2] == kind)
        found.update(fields)

    return changed(change)


def _finding(**fields: Any) -> Make:
    finding = {"code": "a", "message": "b", "severity": "warning"}
    return forged("findings", to=[{**finding, **fields}])


def _coverage(**fields: Any) -> Make:
    counts = {"rooms": 1, "rooms_mapped": 1, "rates": 1, "rates_mapped": 1}
    one = {"property": "lisbon-baixa", "provider": "expedia", **counts, "unmapped_rooms": [], "unmapped_rates": []}
    return forged("coverage", to=[{**one, **fields}])


def _rates(value: Any, since: str = "2031-02-01", until: str = "2031-02-02") -> Make:
    return _operation("rates", after=[{"from": since, "until": until, "value": value}])


def _counts(left: Any, sold: Any) -> Make:
    run = {"from": "2031-02-01", "until": "2031-02-02", "left": left, "sold": sold}
    return _operation("availability", counts=[run])


def _deep(opened: str, closed: str, depth: int) -> str:
    return opened * depth + "1" + closed * depth


_TEXTS = [
    Bad("an empty file", text(""), NOT_JSON),
    Bad("white space alone", text(" \n\t\n"), NOT_JSON),
    Bad("a line of zeros", text(b"\x00" * 64), NOT_JSON),
    Bad("a plan that was cut in half", lambda good: good[: len(good) // 2].encode(), NOT_JSON),
    Bad("a plan without its last brace", lambda good: good.rstrip()[:-1].encode(), NOT_JSON),
    Bad("a plan without its first brace", lambda good: good[1:].encode(), NOT_JSON),
    Bad("two plans in one file", lambda good: (good + good).encode(), NOT_JSON),
    Bad("a plan and a word", lambda good: f"{good}yes".encode(), NOT_JSON),
    Bad("a plan in brackets", lambda good: f"[{good}]".encode(), NO_PLAN),
    Bad("a plan in quotes", lambda good: json.dumps(good).encode(), NO_PLAN),
    Bad("a number", text("42"), NO_PLAN),
    Bad("null", text("null"), NO_PLAN),
    Bad("true", text("true"), NO_PLAN),
    Bad("an empty object", text("{}"), NO_PLAN),
    Bad("an empty list", text("[]"), NO_PLAN),
    Bad("YAML", text("format_version: 1\n"), NOT_JSON),
    Bad("XML", text("<?xml version='1.0'?><plan/>"), NOT_JSON),
    Bad("Python", text("__import__('os').system('true')"), NOT_JSON),
    Bad("a pickle", text(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94."), NOT_JSON),
    Bad("a zip file", text(b"PK\x03\x04" + bytes(60)), NOT_JSON),
    Bad("UTF-16", lambda good: good.encode("utf-16"), NOT_JSON),
    Bad("UTF-32", lambda good: good.encode("utf-32"), NOT_JSON),
    Bad("a byte order mark", lambda good: good.encode("utf-8-sig"), NOT_JSON),
    Bad("bytes that are no UTF-8", text(b'{"format_version": "\xff\xfe\xc0"}'), UNKNOWN),
    Bad("half a character", edited('"development"', '"develop\ud800"'), TAMPERED),
    Bad("single quotes", lambda good: good.replace('"', "'").encode(), NOT_JSON),
    Bad("a comment", lambda good: f"// reviewed\n{good}".encode(), NOT_JSON),
    Bad("a comma too many", lambda good: f"{good.rstrip()[:-1]},}}".encode(), NOT_JSON),
    Bad("a raw line break inside a text", edited('"development"', '"develop\nment"'), NOT_JSON),
    Bad("a raw escape inside a text", edited('"development"', f'"{ESCAPE}"'), NOT_JSON),
    Bad("lists without end", text("[" * 1_000_000), NOT_JSON),
    Bad("objects without end", text('{"a":' * 300_000), NOT_JSON),
    Bad("deep lists in a plan", text('{"format_version":1,"x":' + _deep("[", "]", 100_000) + "}"), NOT_JSON),
    Bad("deep lists in an operation", edited('"before":null', f'"before":{_deep("[", "]", 900)}'), TAMPERED),
    Bad("a number of a million digits", text('{"format_version":' + "9" * 1_000_000 + "}"), NOT_JSON),
    Bad("a number of four thousand digits", text('{"format_version":' + "9" * 4000 + "}"), UNKNOWN),
    Bad("a version that is no number", text('{"format_version":NaN}'), UNKNOWN),
    Bad("an endless version", text('{"format_version":1e999}'), UNKNOWN),
    Bad("a version of tomorrow", forged("format_version", to=2), UNKNOWN),
    Bad("version zero", forged("format_version", to=0), UNKNOWN),
    Bad("a version below zero", forged("format_version", to=-1), UNKNOWN),
    Bad("a version as a text", forged("format_version", to="1"), UNKNOWN),
    Bad("a version that is true", forged("format_version", to=True), UNKNOWN),
    Bad("a version that is null", forged("format_version", to=None), UNKNOWN),
    Bad("a version that is a list", forged("format_version", to=[1]), UNKNOWN),
    Bad("a version that moves the cursor", forged("format_version", to=ESCAPE), UNKNOWN),
    Bad("a version with decimals", lambda good: forged("format_version", to=1.5)(good), UNKNOWN),
    Bad("a drift report of tomorrow", text('{"report":"drift","format_version":99}'), UNKNOWN, shown=(FAILED, UNKNOWN)),
    Bad("a drift report without anything", text('{"report":"drift","format_version":1}'), TAMPERED, shown=(FAILED, "the drift report cannot be read")),
    Bad("a drift report that is a list", text('["report", {"report": "drift"}]'), NO_PLAN, shown=(FAILED, "not a drift report")),
    Bad("a drift report that is no JSON", text('"report":"drift"'), NOT_JSON, shown=(FAILED, "not a drift report: it is not JSON")),
    Bad("a drift report as deep as a well", text('{"report":"drift","a":' + "[" * 200_000), NOT_JSON, shown=(FAILED, "it is not JSON")),
]  # fmt: skip

_TAMPERED = [
    Bad("another price", lambda good: re.sub(r'"120\.00"', '"1.00"', good, count=1).encode(), TAMPERED),
    Bad("another environment", edited('"environment":"development"', '"environment":"elsewhere"'), TAMPERED),
    Bad("another night", edited("2031-02-05", "2031-02-06"), TAMPERED),
    Bad("a digest of zeros", lambda good: re.sub(r'"digest":"\w+"', f'"digest":"{"0" * 64}"', good).encode(), TAMPERED),
    Bad("an empty digest", lambda good: re.sub(r'"digest":"\w+"', '"digest":""', good).encode(), TAMPERED),
    Bad("no digest", lambda good: re.sub(r',"digest":"\w+"', "", good).encode(), TAMPERED),
    Bad("a digest that is null", lambda good: re.sub(r'"digest":"\w+"', '"digest":null', good).encode(), TAMPERED),
    Bad("a digest that is a list", lambda good: re.sub(r'"digest":"(\w+)"', r'"digest":["\1"]', good).encode(), TAMPERED),
    Bad("a digest in capitals", lambda good: re.sub(r'"digest":"(\w+)"', lambda m: m[0].upper().replace("DIGEST", "digest"), good).encode(), TAMPERED),
    Bad("the same key twice", edited('{"as_of"', '{"as_of":"2031-01-13T09:00:00+00:00","as_of"'), TAMPERED),
    Bad("the digest twice", edited('"digest":', '"digest":"0","digest":'), TAMPERED),
    Bad("keys in another order", lambda good: json.dumps(dict(reversed(json.loads(good).items())), separators=(",", ":")).encode(), TAMPERED),
    Bad("white space between", lambda good: json.dumps(json.loads(good), indent=1).encode(), TAMPERED),
    Bad("letters spelled by number", edited('"development"', r'"\u0064evelopment"'), TAMPERED),
    Bad("a number spelled otherwise", lambda good: re.sub(r'"messages":(\d+)', r'"messages":\1.0', good).encode(), TAMPERED),
    Bad("a text that is not a number", edited('"partial":false', '"partial":NaN'), TAMPERED),
    Bad("an endless number", edited('"partial":false', '"partial":Infinity'), TAMPERED),
    Bad("a lone surrogate", edited('"commit":null', r'"commit":"\ud800"'), TAMPERED),
    Bad("a field of somebody else's", edited('"partial":false', '"partial":false,"trusted":true'), TAMPERED),
]  # fmt: skip

_FIELDS: list[tuple[tuple[str | int, ...], list[Any]]] = [
    (("environment",), [None, 1, ["development"], {}]),
    (("as_of",), [None, 7, "soon", "2031-01-13", "2031-01-13T09:00:00", "2031-99-99T00:00:00+00:00", ESCAPE]),
    (("workspace_digest",), [None, 0, []]),
    (("commit",), [5, ["c0ffee"]]),
    (("properties",), [None, "lisbon-baixa", [None], {"lisbon-baixa": 1}]),
    (("consents",), [None, "blast_radius", [1]]),
    (("messages",), [None, "1", 1.5, True]),
    (("scope",), [None, [], "x", {}]),
    (("scope", "window"), ["30", 1.5, True, [30]]),
    (("scope", "targets"), [None, "**", [1]]),
    (("scope", "properties"), [None, "*", [[]]]),
    (("operations",), [None, 5, {"a": 1}, [None], ["x"], [[]], [{}]]),
    (("operations", 0, "address"), [None, 5, "", "x", "/", "a/b/c", "a//c/d", "a/b/nothing/d", ESCAPE]),
    (("operations", 0, "action"), [None, "destroy", 3, ""]),
    (("operations", 0, "provenance"), [None, "trust me", 1]),
    (("operations", 0, "label"), [None, "sideways", 5]),
    (("operations", 0, "waits_for"), [None, "x", [1], ["nobody/at/rates/all"]]),
    (("operations", 0, "unknown_nights"), ["1", 0.5, None]),
    (("operations", 0, "before"), [5, "x", [1], True]),
    (("operations", 0, "after"), [5, "x", [1], True]),
    (("findings",), [None, "x", [1], [None], {"code": 1}]),
    (("coverage",), [None, "x", [1], [None]]),
    (("offline",), [None, True, "x", {"as_of": "soon", "snapshot": ""}, {"as_of": "2031-01-13T09:00:00+00:00"}]),
]


def _wrong_types() -> Iterator[Bad]:
    for keys, values in _FIELDS:
        for value in values:
            name = f"{'.'.join(map(str, keys))} is {value!a}"
            yield Bad(name, forged(*keys, to=value), UNREADABLE)


_SHAPES = [
    *(Bad(f"no {key}", without(key), UNREADABLE) for key in (
        "environment", "as_of", "workspace_digest", "scope", "properties", "operations", "findings", "coverage", "messages",
        "commit", "consents",
    )),
    *(Bad(f"an operation without {key}", without("operations", 0, key), UNREADABLE) for key in (
        "address", "action", "before", "after", "provenance", "waits_for",
    )),
    Bad("no window in the scope", without("scope", "window"), UNREADABLE),
    Bad("an operation twice", changed(lambda plan: plan["operations"].append(plan["operations"][0])), UNREADABLE),
    Bad("a finding of no severity", _finding(severity="apocalyptic"), UNREADABLE),
    Bad("a finding without words", _finding(message=None), UNREADABLE),
    Bad("a finding on half a line", _finding(line=1.5), UNREADABLE),
    Bad("coverage of half a room", _coverage(rooms=0.5), UNREADABLE),
    Bad("coverage of a list", _coverage(unmapped_rooms="Suite"), UNREADABLE),
    Bad("coverage of nobody", _coverage(property=None), UNREADABLE),
    Bad("rates as an object", _operation("rates", after={"from": 1}), UNREADABLE),
    Bad("a run that is a text", _operation("rates", after=["x"]), UNREADABLE),
    Bad("a run without a value", _operation("rates", after=[{"from": "2031-02-01", "until": "2031-02-02"}]), UNREADABLE),
    Bad("a run that ends before it begins", _rates({"amount": "1.00"}, "2031-02-02", "2031-02-01"), UNREADABLE),
    Bad("a run of no nights", _rates({"amount": "1.00"}, "2031-02-01", "2031-02-01"), UNREADABLE),
    Bad("a night that is not there", _rates({"amount": "1.00"}, "2031-02-30", "2031-03-02"), UNREADABLE),
    Bad("a night in another spelling", _rates({"amount": "1.00"}, "20310201", "2031-02-02"), UNREADABLE),
    Bad("a night as a number", _rates({"amount": "1.00"}, 20310201, "2031-02-02"), UNREADABLE),  # type: ignore[arg-type]
    Bad("a price that is no number", _rates({"amount": "NaN", "currency": "EUR"}), UNREADABLE),
    Bad("a price without end", _rates({"amount": "Infinity", "currency": "EUR"}), UNREADABLE),
    Bad("a price that is a float", _rates({"amount": 120.5, "currency": "EUR"}), UNREADABLE),
    Bad("a price that is a word", _rates({"amount": "cheap", "currency": "EUR"}), UNREADABLE),
    Bad("a price that is a list", _rates(["120.00"]), UNREADABLE),
    Bad("a price of nothing", _rates({}), UNREADABLE),
    Bad("half a unit left", _counts(0.5, 1), UNREADABLE),
    Bad("units as a text", _counts("5", 1), UNREADABLE),
    Bad("units sold that are true", _counts(5, True), UNREADABLE),
    Bad("runs that overlap", _operation("restrictions", after=[
        {"from": "2031-02-01", "until": "2031-02-05", "value": {}}, {"from": "2031-02-03", "until": "2031-02-06", "value": {}},
    ]), UNREADABLE),
    Bad("a document for a kind with calendars", _operation("availability", after={"name": "x"}), UNREADABLE),
    Bad("a calendar for a kind with documents", _operation("rate_plan", after=[{"from": "2031-02-01"}]), UNREADABLE),
]  # fmt: skip

CONTENTS = [*_TEXTS, *_TAMPERED, *_wrong_types(), *_SHAPES]


def _endless(path: Path, _good: str) -> None:
    """A file with a hole, larger than any plan."""
    with path.open("wb") as stream:
        stream.truncate(600 * 1024 * 1024)


def _socket(path: Path, _good: str) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


ODDITIES = [
    Odd("nothing", lambda _path, _good: None, "does not exist"),
    Odd("a folder", lambda path, _good: path.mkdir(), "is a directory"),
    Odd("a pipe", lambda path, _good: os.mkfifo(path), "is not a file"),
    Odd("a socket", _socket, "is not a file"),
    Odd("a device without end", lambda path, _good: path.symlink_to("/dev/zero"), "is not a file"),
    Odd("a device without anything", lambda path, _good: path.symlink_to("/dev/null"), "is not a file"),
    Odd("a device with anything", lambda path, _good: path.symlink_to("/dev/urandom"), "is not a file"),
    Odd("a link to nowhere", lambda path, _good: path.symlink_to("nowhere"), "does not exist"),
    Odd("a link to itself", lambda path, _good: path.symlink_to(path.name), "does not exist"),
    Odd("a link to a folder", lambda path, _good: path.symlink_to(path.parent), "is a directory"),
    Odd("a file without end", _endless, "too large", STALE),
]


FITTING: list[Bad] = [
    Bad("of another environment", forged("environment", to="elsewhere"), "belongs to environment `development`", FAILED, (DONE, "Plan for elsewhere")),
    Bad("of an environment that is not there", forged("environment", to="mars"), "there is no environment `mars`", USAGE, (DONE, "mars")),
    Bad("of an environment that moves the cursor", forged("environment", to=f"dev{ESCAPE}"), "there is no environment `dev`", USAGE, (DONE, "Plan")),
    Bad("of no environment", forged("environment", to=""), "the plan is for environment ``", STALE, (DONE, "Plan")),
    Bad("of other files", forged("workspace_digest", to="0" * 64), "the files are not those", shown=(DONE, "Plan")),
    Bad("of other files, with a commit that moves the cursor", changed(lambda p: p.update(workspace_digest="", commit=ESCAPE)), "the files are not those", shown=(DONE, "Plan")),
    Bad("made offline", forged("offline", to={"as_of": "2031-01-13T09:00:00+00:00", "snapshot": ESCAPE}), "made offline", shown=(DONE, "cannot be applied")),
    Bad("made long ago", forged("as_of", to="2020-01-01T00:00:00+00:00"), "days old", shown=(DONE, "Plan")),
    Bad("made when the calendar began", forged("as_of", to="0001-01-01T00:00:00+00:00"), "from 2000 to 2200"),
    Bad("made before the calendar began", forged("as_of", to="0001-01-01T00:00:00+14:00"), "from 2000 to 2200"),
    Bad("made when the calendar ends", forged("as_of", to="9999-12-31T23:59:59+00:00"), "from 2000 to 2200"),
    Bad("made after the calendar ends", forged("as_of", to="9999-12-31T23:59:59-14:00"), "from 2000 to 2200"),
    Bad("with a window without end", forged("scope", "window", to=10**12), "from 1 to 2000 nights"),
    Bad("with a window of a million days", forged("scope", "window", to=10**6), "from 1 to 2000 nights"),
    Bad("with a window below zero", forged("scope", "window", to=-5), "from 1 to 2000 nights"),
    Bad("with no window at all", forged("scope", "window", to=0), "from 1 to 2000 nights"),
    Bad("that prunes where that is not allowed", forged("scope", "prune", to=True), "--prune is not allowed", USAGE, (DONE, "Plan")),
    Bad("of a scope in which nothing is", forged("scope", "properties", to=["../../etc/*"]), "the files are not those", shown=(DONE, "../../etc/*")),
    Bad("with a glob as long as a book", forged("scope", "properties", to=["*a" * 5000 + "b"]), "the files are not those", shown=(DONE, "partial")),
    Bad("about a property that is not there", _operation("rates", address="nowhere/expedia/rates/double/BAR"), "no file in scope", shown=(DONE, "nowhere")),
    Bad("about a path", _operation("rates", address="../expedia/rates/double/BAR"), "about `..`, which no file", shown=(DONE, "Plan")),
    Bad("about a target that is not there", _operation("rates", address="lisbon-baixa/airbnb/rates/double/BAR"), "no longer fit what is there", STALE, (DONE, "airbnb")),
    Bad("about a plan that git does not have", _operation("rates", address="lisbon-baixa/expedia/rates/double/GHOST"), "no longer fit what is there", STALE, (DONE, "GHOST")),
    Bad("about a room that git does not have", _operation("mapping", address="lisbon-baixa/database/mapping/expedia/ghost"), "no longer fit what is there", STALE, (DONE, "ghost")),
    Bad("about a schedule of somebody else's", _operation("schedule", address="_workspace/database/schedule/theirs"), "no longer fit what is there", STALE, (DONE, "theirs")),
]  # fmt: skip
"""Plans that can be read: with a digest that fits, and something in them that `apply` must not carry out."""

DRIFTED = [
    Drifted("an environment that moves the cursor", {"environment": f"dev{ESCAPE}"}, "dev", DONE),
    Drifted("half a character", {"environment": "dev\ud800"}, "it is not JSON"),
    Drifted("half a character in a value", {"differences": [{"desired": {"name": "\udfff"}}]}, "it is not JSON"),
    Drifted("what is no number", {"differences": [float("nan")]}, "it is not JSON"),
    Drifted("an endless number", {"never_sent": float("inf")}, "it is not JSON"),
    Drifted("a version of tomorrow", {"format_version": 99}, UNKNOWN),
    Drifted("differences that are none", {"differences": [5]}, "cannot be read"),
    Drifted("no environment", {"environment": None}, "cannot be read"),
    Drifted("an instant out of range", {"as_of": "9999-12-31T23:59:59+00:00"}, "from 2000 to 2200"),
    Drifted("an address of nothing", {"never_sent": ["x"]}, "cannot be read"),
]
"""Drift reports: they carry no digest, and are only ever shown."""
