"""Findings as SARIF 2.1.0, for code scanning. The same findings as in every other format, each with its rule, place and fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.codes import CODES
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.report.clean import clean
from reconciler.report.contract import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "WORKSPACE"
_LONGEST = 4000

Json = dict[str, Any]


def render(report: Report) -> str:
    """One log with one run. Files are relative to the workspace."""
    codes = sorted({finding.code for finding in report.findings})
    run: Json = {
        "tool": {"driver": {"name": "reconciler", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder of reconciler.yaml."}}},
        "results": [_result(finding, codes, report.excerpts) for finding in report.findings],
    }
    log: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str) -> Json:
    rule = CODES.get(code, code)
    return {
        "id": code,
        "shortDescription": {"text": rule},
        "help": {"text": f"{rule} docs/codes.md has the cause and the remedy, under {code}."},
        "defaultConfiguration": {"level": "error"},
    }


def _result(finding: Diagnostic, codes: list[str], lines: Mapping[tuple[str, int], str]) -> Json:
    said = clean(finding.message, _LONGEST)
    hint = f" Hint: {clean(finding.hint, _LONGEST)}" if finding.hint else ""
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{said}.{hint}" if hint and not said.endswith(".") else f"{said}{hint}"},
        "partialFingerprints": {"finding/v1": _fingerprint(finding, lines)},
    }
    if location := _location(finding):
        result["locations"] = [location]
    return result


def _location(finding: Diagnostic) -> Json:
    location: Json = {}
    if finding.file:
        artifact = {"uri": quote(finding.file), "uriBaseId": _ROOT}
        location["physicalLocation"] = {"artifactLocation": artifact}
        if finding.line:
            region = {"startLine": finding.line, **({"startColumn": finding.column} if finding.column else {})}
            location["physicalLocation"]["region"] = region
    if finding.address:
        location["logicalLocations"] = [{"fullyQualifiedName": clean(finding.address, _LONGEST), "kind": "resource"}]
    return location


def _fingerprint(finding: Diagnostic, lines: Mapping[tuple[str, int], str]) -> str:
    """The same while the finding is the same, wherever its line moves to."""
    line = lines.get((finding.file, finding.line), "").strip()
    parts = (finding.code, finding.file, finding.address, finding.message, line)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
