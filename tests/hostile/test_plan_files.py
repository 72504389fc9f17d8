"""Whatever a plan file holds: `apply` and `show` say what is wrong with it, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import output
from reconciler.engine import plan_file
from tests.hostile.place import DONE, Place, identifiers
from tests.hostile.plan_cases import CONTENTS, DRIFTED, FITTING, ODDITIES, Bad, Drifted, Odd


@pytest.fixture(scope="session")
def good(place: Place) -> str:
    """The text of a plan that could be applied."""
    file = place.beside / "good.json"
    place.run("plan", "--out", str(file), "--as-of", place.world.now.isoformat()).told(DONE, "to create")
    text = file.read_text(encoding="utf-8")
    file.unlink()
    return text


@pytest.fixture
def file(place: Place) -> Iterator[Path]:
    """Where the plan of a case is; gone afterwards."""
    path = place.beside / "plan.json"
    yield path
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def test_there_are_a_hundred_cases_and_more() -> None:
    assert len(identifiers([*CONTENTS, *ODDITIES, *FITTING])) >= 100


@pytest.mark.parametrize("case", [*CONTENTS, *FITTING], ids=identifiers([*CONTENTS, *FITTING]))
def test_a_bad_plan_is_refused_and_nothing_is_changed(place: Place, good: str, file: Path, case: Bad) -> None:
    file.write_bytes(case.make(good))
    with place.unchanged():
        applied = place.run("apply", str(file))
        shown = place.run("show", str(file))
    code, says = case.shown or (case.code, case.says)
    shown.told(code, says)
    applied.told(case.code, case.says)


@pytest.fixture(scope="session")
def drifted(place: Place) -> dict[str, Any]:
    """A drift report that could be shown."""
    line = ("drift", "--format", "json", "--as-of", place.world.now.isoformat())
    report: dict[str, Any] = json.loads(place.run(*line).out)
    return report


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("case", DRIFTED, ids=identifiers(DRIFTED))
def test_a_bad_drift_report_is_told_in_every_format(
    place: Place, drifted: dict[str, Any], file: Path, case: Drifted, form: str
) -> None:
    file.write_text(json.dumps({**drifted, **case.fields}), encoding="utf-8")
    with place.unchanged():
        place.run("show", str(file), "--format", form).told(case.code, case.says)


@pytest.mark.parametrize("case", ODDITIES, ids=identifiers(ODDITIES))
def test_what_is_no_file_with_a_plan_is_told_at_once(
    place: Place, good: str, file: Path, case: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (output, plan_file):  # only not to fill the memory of who runs the tests
        monkeypatch.setattr(module, "MAX_BYTES", 10_000_000)
    case.make(file, good)
    with place.unchanged():
        for command in (("apply",), ("show",), ("plan", "--reviewed")):
            place.run(*command, str(file)).told(case.code, case.says)
