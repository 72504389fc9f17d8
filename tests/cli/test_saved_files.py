"""Files that commands read and write: what cannot be read or written is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.output import save, saved_text
from reconciler.engine import plan_file
from reconciler.errors import StalePlanError, UsageError
from reconciler.report import drift as drift_report
from reconciler.report import json as as_json
from tests.cli.test_init_and_demo import run
from tests.report import samples


def test_a_file_in_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        save("text", tmp_path / "nowhere" / "plan.json")


def test_a_report_that_cannot_be_written_ends_with_wrong_usage(tmp_path: Path) -> None:
    code, _, err = run("providers", "--json-into", str(tmp_path / "nowhere" / "report.json"))
    assert (code, "cannot be written" in err) == (64, True)


@pytest.mark.parametrize("command", [("init", "{file}/hotels"), ("schema", "--workspace", "{file}")])
def test_a_folder_that_cannot_be_made_is_told_without_a_traceback(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    code, _, err = run(*(part.format(file=file) for part in command))
    assert (code, err.startswith(f"error: {file}")) == (1, True)


def test_no_more_is_read_than_a_plan_can_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.cli.output.MAX_BYTES", 10)
    monkeypatch.setattr(plan_file, "MAX_BYTES", 10)
    (tmp_path / "plan.json").write_bytes(b" " * 100)
    text = saved_text(tmp_path / "plan.json")
    assert len(text) == 11
    with pytest.raises(StalePlanError, match="too large"):
        plan_file.loads(text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "not a plan file"),
        (b'{"report": "drift", "format_version": 99}', "drift format 99"),
        (b'{"coverage": ["' + b"a" * 300_000 + b'"], "report": "drift"}', "drift format None"),
        (b'{"message": "\\"report\\":\\"drift\\""}', "not a plan file"),
    ],
    ids=["no text", "spaced drift", "drift behind much", "only quoted"],
)
def test_show_tells_plans_from_drift_reports(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "saved.json"
    file.write_bytes(content)
    code, _, err = run("show", str(file))
    assert code != 0
    assert said in err


def test_show_draws_a_saved_plan_and_a_saved_drift_report_as_pages(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plan_file.dumps(samples.plan()), encoding="utf-8")
    (tmp_path / "drift.json").write_text(as_json.render(drift_report.build(samples.drift())), encoding="utf-8")
    for name, title in (("plan.json", "Plan for production"), ("drift.json", "Drift in production")):
        code, out, _ = run("show", str(tmp_path / name), "--format", "html")
        assert code == 0
        assert out.startswith("<!DOCTYPE html>")
        assert f"<title>{title}: " in out
