"""Checking says what loading says, with results kept or not, by one process or several; and what is kept is not believed blindly."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.group import group
from reconciler.load import Checked, Kept, Origins, check, workspace
from reconciler.load import run as runs
from reconciler.load.files import File, parsed
from reconciler.load.results import FOLDER
from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.model.property import Property
from reconciler.model.workspace import Workspace
from tests.load.writing import NOW, write

HOTELS = 12
KEPT = FOLDER / "results.json"
PASSWORD = "hunter2-is-a-password"


def remark(hotel: Property, _settings: Workspace, origins: Origins) -> Iterable[Diagnostic]:
    (place, *_) = origins(("horizon",))
    yield Diagnostic("remark", hotel.name, Severity.WARNING, "", place.file, place.line, place.column)


def checked(root: Path, *, version: str = "1", secret: bytes = b"secret", days: int = 0) -> Checked:
    """A check with what is kept below the workspace."""
    kept = Kept(root, version, secret)
    kept.load()
    return check(root, now=NOW + timedelta(days=days), examine=remark, kept=kept)


def fresh(root: Path) -> Checked:
    """A check that neither has nor keeps anything."""
    return check(root, now=NOW, examine=remark)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "group", group(HOTELS))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are parsed from now on."""
    names: list[str] = []

    def noted(name: str, content: bytes | Diagnostic) -> File:
        names.append(name)
        return parsed(name, content)

    monkeypatch.setattr(runs, "parsed", noted)
    return names


def hotels(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name.startswith("properties/"))


def break_some(root: Path) -> None:
    """An error of each sort: in a hotel, in defaults, between hotels, in a file that is no YAML."""
    first, second, third, *_ = sorted(root.glob("properties/*/*/*-0*.yaml"))
    first.write_text(first.read_text().replace("default: ", "default: -", 1))
    second.write_text("kind: [")
    number = third.read_text().partition('hotel_id: "')[2][:7]
    last = max(root.glob("properties/*/*/*-0*.yaml"))
    last.write_text(last.read_text().replace('hotel_id: "', f'hotel_id: "{number}" # "', 1))
    defaults = root / "properties/europe/_defaults.yaml"
    defaults.write_text(defaults.read_text() + "horizn: 5\nallocation: {single: {default: {expedia: 90%}}}\n")


@pytest.mark.parametrize("broken", [False, True])
def test_a_check_says_what_loading_says_whatever_is_kept(root: Path, broken: bool) -> None:
    if broken:
        break_some(root)
    loaded = workspace(root, now=NOW)
    plain = fresh(root)
    remarks = [one for one in plain.diagnostics if one.code == "remark"]
    assert len(remarks) == len(loaded.properties)
    assert in_order(set(plain.diagnostics) - set(remarks)) == loaded.diagnostics
    assert bool(loaded.diagnostics) is broken
    assert checked(root) == plain
    assert checked(root) == plain
    shutil.rmtree(root / ".reconciler")
    assert checked(root) == plain


def test_what_is_kept_spares_parsing_merging_and_resolving(root: Path, read: list[str]) -> None:
    plain = checked(root)
    assert len(hotels(read)) == HOTELS + 1 + 3 + 10
    read.clear()
    assert checked(root) == plain
    assert read == ["reconciler.yaml"]


def test_only_what_a_change_reaches_is_worked_out_again(root: Path, read: list[str]) -> None:
    checked(root)
    one = root / "properties/europe/iberia/iberia-0000.yaml"
    one.write_text(one.read_text() + "horizon: 300\n")
    read.clear()
    found = checked(root)
    assert [name for name in hotels(read) if "_defaults" not in name] == ["properties/europe/iberia/iberia-0000.yaml"]
    area = root / "properties/asia/japan/_defaults.yaml"
    area.write_text(area.read_text() + "horizon: 200\n")
    read.clear()
    assert checked(root) != found
    assert [name for name in hotels(read) if "_defaults" not in name] == ["properties/asia/japan/japan-0007.yaml"]
    assert checked(root) == fresh(root)


@pytest.mark.parametrize("other", [{"version": "2"}, {"secret": b"another"}, {"days": 1}])
def test_another_version_another_user_and_another_day_start_anew(
    root: Path, read: list[str], other: dict[str, str]
) -> None:
    checked(root)
    read.clear()
    checked(root, **other)  # type: ignore[arg-type]
    assert len(hotels(read)) > HOTELS


def test_the_settings_of_the_workspace_count(root: Path, read: list[str]) -> None:
    checked(root)
    settings = root / "reconciler.yaml"
    settings.write_text(settings.read_text().replace("  expedia-group:", "  expedia-grp:"))
    read.clear()
    found = checked(root)
    assert len(hotels(read)) > HOTELS
    assert {one.code for one in found.diagnostics} >= {"unknown-credentials"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:],
        lambda content: b"\0" * len(content),
        lambda content: content.partition(b"\n")[2],
        lambda content: b"[]\n{}",
    ],
)
def test_what_is_damaged_is_as_good_as_not_there(root: Path, damage: object) -> None:
    assert callable(damage)
    plain = checked(root)
    (root / KEPT).write_bytes(damage((root / KEPT).read_bytes()))
    assert checked(root) == plain
    assert checked(root) == plain


def sealed(root: Path, results: object) -> None:
    """Writes results as the program would, whatever they are."""
    content = json.dumps(results).encode()
    seal = Kept(root, "1", b"secret")._seal(content)
    (root / KEPT).write_bytes(seal + b"\n" + content)


def test_results_of_another_shape_are_not_used(tmp_path: Path) -> None:
    root = write(tmp_path, group(1))
    plain = checked(root)
    known = json.loads((root / KEPT).read_bytes().partition(b"\n")[2])
    place: list[object] = ["code", "message", "", "", "", 1, 1, ""]
    facts: list[object] = ["slug", "file", "id", [], {}]
    odd: list[object] = [None, 1, [], "x", {"a": 1}, [[], None, 1, "UTC", "2026-12-01"], [[place], None, "", "", ""]]
    for shape in (*odd, [[], facts, "", "UTC", "2026-12-01"]):
        sealed(root, dict.fromkeys(known, shape))
        assert checked(root) == plain, shape
    for whole in odd:
        sealed(root, whole)
        assert checked(root) == plain, whole


def test_results_that_somebody_else_sealed_cannot_hide_an_error(root: Path) -> None:
    good = checked(root, secret=b"the attacker's")
    break_some(root)
    results = json.loads((root / KEPT).read_bytes().partition(b"\n")[2])
    checked(root, secret=b"the attacker's")
    forged = json.loads((root / KEPT).read_bytes().partition(b"\n")[2])
    assert set(results) != set(forged)
    assert checked(root) == fresh(root) != good


def test_nothing_is_kept_of_what_has_an_error(root: Path) -> None:
    one = root / "properties/europe/iberia/iberia-0000.yaml"
    one.write_text(one.read_text().replace("kind: Property", f"kind: Property\nweekend: {PASSWORD}"))
    assert any(PASSWORD in found.message for found in checked(root).diagnostics)
    assert PASSWORD.encode() not in (root / KEPT).read_bytes()


def test_what_cannot_be_written_is_not_kept_and_not_told(root: Path) -> None:
    plain = fresh(root)
    (root / ".reconciler").write_text("in the way")
    assert checked(root) == plain
    assert (root / ".reconciler").read_text() == "in the way"


def test_a_folder_that_only_points_elsewhere_is_left_alone(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / ".reconciler").symlink_to(elsewhere)
    assert checked(root) == fresh(root)
    assert list(elsewhere.iterdir()) == []


def test_git_does_not_see_what_is_kept_and_it_does_not_grow(root: Path) -> None:
    checked(root)
    once = len(json.loads((root / KEPT).read_bytes().partition(b"\n")[2]))
    one = root / "properties/_defaults.yaml"
    for number in range(5):
        one.write_text(one.read_text() + f"# {number}\n")
        checked(root)
    assert len(json.loads((root / KEPT).read_bytes().partition(b"\n")[2])) <= 2 * once
    assert sorted(path.name for path in (root / FOLDER).iterdir()) == [".gitignore", "results.json"]
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    status = subprocess.run(["git", "status", "--porcelain"], cwd=root, check=True, capture_output=True, text=True)
    assert ".reconciler" not in status.stdout


HELPERS = """\
import os, sys
from datetime import datetime, UTC
from pathlib import Path
from reconciler.load import check, workers
from reconciler.load.workers import shared

first = os.getpid()
squares = shared(lambda n: [n * n, os.getpid()], range(100), 3)
assert [square for square, _ in squares] == [n * n for n in range(100)]
assert len({process for _, process in squares}) == 3

def dies(n):
    if os.getpid() != first:
        os._exit(0 if n % 2 else 9)
    return n
assert shared(dies, range(100), 2) == list(range(100))
assert shared(lambda n: {}[n] if os.getpid() != first else n, range(100), 4) == list(range(100))

workers.LEAST = 2
root = Path(sys.argv[1])
def nothing(*_):
    return ()
now = datetime(2026, 12, 1, 12, tzinfo=UTC)
alone = check(root, now=now, examine=nothing)
assert alone.diagnostics
assert check(root, now=now, examine=nothing, processes=3) == alone
"""


def test_helpers_give_the_same_in_the_same_order_and_their_work_is_done_where_they_fail(root: Path) -> None:
    break_some(root)
    done = subprocess.run([sys.executable, "-c", HELPERS, str(root)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_two_runs_at_once_say_the_same_and_leave_something_sound(root: Path) -> None:
    break_some(root)
    command = [sys.executable, "-m", "reconciler", "validate", "--format", "json", "--workspace", str(root)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) for _ in range(2)]
    first, second = (process.communicate()[0] for process in both)
    third = subprocess.run(command, capture_output=True, check=False)
    assert first == second == third.stdout
    assert third.returncode == 1
