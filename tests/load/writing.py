"""Workspaces for tests: write files, load them, read what came of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from reconciler import load
from reconciler.load import Loaded
from reconciler.model.property import Property

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TODAY = date(2026, 12, 1)
FILE = "properties/lisbon.yaml"
WORKSPACE = "kind: Workspace\n"

HEAD = """\
kind: Property
id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11
name: Lisbon Baixa
country: PT
currency: EUR
timezone: Europe/Lisbon
"""
ROOMS = """\
rooms:
  double: {id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201, units: 40, occupancy: {base: 2, max: 3}}
  suite: {id: 11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202, units: 6}
"""
SEASONS = """\
seasons:
  summer: 2027-06-15..2027-09-10
  carnival: {nights: 2027-02-05..2027-02-09, priority: 2}
"""
BAR = """\
rate_plans:
  BAR:
    type: bar
    rates: {double: 100.00, suite: 200.00}
"""
HOTEL = HEAD + ROOMS + SEASONS


def write(root: Path, files: dict[str, str]) -> Path:
    """The files below the folder, with an empty workspace where none is given."""
    for name, text in {"reconciler.yaml": WORKSPACE, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


def loaded(root: Path, files: dict[str, str], environment: str | None = None) -> Loaded:
    """What these files say."""
    return load.workspace(write(root, files), now=NOW, environment=environment)


def hotel(root: Path, text: str, **files: str) -> Property:
    """The one property of these files, which must be without an error."""
    found = loaded(root, {FILE: text, **files})
    assert not [one for one in found.diagnostics if one.severity == "error"], found.diagnostics
    return found.properties[0]


def errors(root: Path, text: str, **files: str) -> list[str]:
    """The codes of what is wrong with one property."""
    return [one.code for one in loaded(root, {FILE: text, **files}).diagnostics if one.severity == "error"]
