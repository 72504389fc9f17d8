"""The same inputs give the same bytes, and the program starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.scenarios.world import HOTEL, World

SECOND = (
    HOTEL.replace("Lisbon Baixa", "Lisbon Alfama")
    .replace("0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "1b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a12")
    .replace("7d3b1f0c", "8d3b1f0c")
    .replace("11e2ab0d", "21e2ab0d")
    .replace("16636843", "16636844")
    .replace("8011855", "8011856")
    .replace("3001", "3101")
    .replace("8800", "8900")
    .replace("901001", "911001")
    .replace("7700", "7800")
)


POLICIES = """policies:
  rate_parity: {basis: net, scope: wide}
  rate_bounds: {severity: warning, floor: {EUR: 130.00}, overrides: {dear: {rooms: [suite], ceiling: {EUR: 200.00}}}}
  inventory: {severity: warning, direct: 30%, overbooking: 1}
  coverage: {}
  freeze: {now: {severity: warning, from: 2031-01-01T00:00, until: 2031-02-01T00:00}}
  custom: {far: {severity: warning, when: days_ahead > 20, message: far away}}
"""


@pytest.mark.parametrize(
    "environ",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"},
        {"PYTHONHASHSEED": "3", "LANG": "tr_TR.UTF-8", "TZ": "America/Los_Angeles"},
    ],
)
def test_a_plan_is_byte_identical_for_other_hash_seeds_locales_and_time_zones(
    world: World, environ: dict[str, str]
) -> None:
    world.hotel(SECOND, "lisbon-alfama")
    world.settings(POLICIES)
    world.set_up_extranets()
    world.seed()
    found = {one["code"] for one in world.plan("--out", "here.json")["findings"]}
    assert {
        "policy/rate_parity",
        "policy/rate_bounds",
        "policy/inventory",
        "policy/freeze",
        "policy/custom/far",
    } <= found
    assert world.command("plan", "--out", "there.json", **environ).code == 0
    assert (world.folder / "here.json").read_bytes() == (world.folder / "there.json").read_bytes()


def test_a_plan_is_byte_identical_for_shuffled_files_and_any_parallelism(world: World) -> None:
    world.hotel(SECOND, "lisbon-alfama")
    world.set_up_extranets()
    world.seed()
    world.run("plan", "--out", "one.json")
    folder = world.folder / "properties"
    texts = {file.name: file.read_text("utf-8") for file in folder.iterdir()}
    for file in sorted(folder.iterdir(), reverse=True):
        file.unlink()
    for name in sorted(texts, reverse=True):
        (folder / name).write_text(texts[name], "utf-8")
    world.run("plan", "--out", "two.json", "--parallelism", "1")
    assert (world.folder / "one.json").read_bytes() == (world.folder / "two.json").read_bytes()


def _duration(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ))
    return time.perf_counter() - started


def test_help_starts_in_at_most_two_and_a_half_times_what_its_library_takes() -> None:
    program, floor = Path(sys.executable).with_name("reconciler"), [sys.executable, "-c", "import click"]
    pairs = [
        (_duration(floor), _duration([str(program), "--help"])) for _ in range(15)
    ]  # side by side, whatever else runs
    assert min(ours for _, ours in pairs) <= 2.5 * min(theirs for theirs, _ in pairs)
