"""The benchmark works, at a small size. How long anything takes is for `make bench` to say, not for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import validate
from benchmarks.group import AREAS, group, write
from reconciler.load import workspace
from tests.load.writing import NOW


def test_a_generated_group_has_three_levels_of_defaults_several_currencies_and_no_finding(tmp_path: Path) -> None:
    files = group(20)
    loaded = workspace(write(tmp_path, files), now=NOW)
    assert loaded.diagnostics == ()
    assert len({hotel.currency for hotel in loaded.properties}) == len(AREAS)
    assert all(len(layers) == 4 for layers in loaded.layers.values())
    hotels = [text for name, text in files.items() if name.startswith("properties/") and "_defaults" not in name]
    assert all(60 <= len(text.splitlines()) <= 156 for text in hotels)
    assert all(any(plan.prices.values()) for hotel in loaded.properties for plan in hotel.rate_plans.values())


def test_the_same_size_and_seed_give_the_same_files() -> None:
    assert group(7, seed=3) == group(7, seed=3) != group(7, seed=4)


def test_everything_is_measured_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code = validate.main(["--hotels", "3", "--repeat", "1"])
    lines = capsys.readouterr().out.splitlines()
    assert code in (0, 1)
    assert lines[0].startswith("3 hotels, ")
    assert [line[:44].rstrip() for line in lines[2:]] == list(validate.WHAT.values())


def test_a_ratio_above_its_limit_fails() -> None:
    times = {"floor": 0.1, "read": 1.0, "alone": 9.0, "cold": 2.0, "warm": 0.3}
    assert validate.within(times)
    assert not validate.within({**times, "cold": 2.1})
    assert not validate.within({**times, "warm": 0.4})
