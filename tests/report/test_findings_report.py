"""Findings of files: every one, in order, with the line and a caret, and never a secret."""

from __future__ import annotations

import json as standard_json

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.report import findings, json, terminal


def _text(source: str, *found: Diagnostic) -> list[str]:
    excerpts = findings.excerpts(found, lambda _: source)
    return terminal.render(findings.build(found, excerpts=excerpts)).splitlines()


def _at(line: int, column: int, code: str = "unknown-key", message: str = "no such key") -> Diagnostic:
    return Diagnostic(code, message, hint="leave it out", file="p.yaml", line=line, column=column)


def test_a_finding_shows_its_place_its_line_a_caret_and_a_hint() -> None:
    assert _text("kind: Property\n  nam: x\n", _at(2, 3))[:4] == [
        "p.yaml:2:3: error[unknown-key]: no such key",
        "    2 |   nam: x",
        "      |   ^",
        "    hint: leave it out",
    ]


def test_the_caret_stands_under_its_character_after_wide_ones() -> None:
    assert _text("名前: x", _at(1, 5))[1:3] == ["    1 | 名前: x", "      |       ^"]


def test_a_long_line_is_cut_around_the_caret() -> None:
    excerpt, caret = _text("a: [" + "1, " * 3000 + "oops]", _at(1, 9005))[1:3]
    assert len(excerpt) < 140
    assert excerpt[caret.index("^") :] == "oops]"


def test_a_line_past_the_end_has_no_excerpt() -> None:
    assert _text("one\n", _at(9, 1))[1] == "    hint: leave it out"


def test_findings_stand_in_the_order_of_their_places() -> None:
    lines = _text("a\nb\n", _at(2, 1), _at(1, 1))
    assert [line.split()[0] for line in lines if line.startswith("p.yaml")] == ["p.yaml:1:1:", "p.yaml:2:1:"]


def test_a_line_that_may_hold_a_secret_is_never_shown() -> None:
    for line in (
        "  api_key: canary-4711",
        "  production: {api_secret: 'canary-4711'}",
        '  "webhook_token": "canary-4711"',
        "  api_kye: canary-4711",
        "  password : canary-4711",
    ):
        assert "canary" not in "\n".join(_text(line, _at(1, 3)))


def test_a_reference_to_a_secret_is_shown() -> None:
    assert _text("  api_key: env:EXPEDIA_KEY", _at(1, 3))[1] == "    1 |   api_key: env:EXPEDIA_KEY"


def test_the_verdict_counts_by_severity() -> None:
    found = (_at(1, 1), _at(2, 1), Diagnostic("w", "hm", Severity.WARNING, file="p.yaml", line=1, column=1))
    assert findings.build(found, checked=3).verdict == "2 errors, 1 warning, 3 files checked."
    assert findings.build((), checked=1).verdict == "No findings, 1 file checked."


def test_json_leaves_out_what_does_not_apply_and_counts() -> None:
    data = standard_json.loads(json.render(findings.build([Diagnostic("rate-step", "too far", address="a/b/c/d")])))
    assert data["findings"] == [{"code": "rate-step", "severity": "error", "message": "too far", "address": "a/b/c/d"}]
    assert data["summary"] == {"errors": 1, "warnings": 0, "info": 0, "files": 0}
