"""What `validate` costs beside reading and parsing the same files: with nothing kept, and with everything kept.

    python -m benchmarks.validate [--hotels N] [--repeat N] [--seed N]

Every figure is the shortest of several, each measured in a process of its own that has imported everything before it looks at the
clock, all in turn, so that what else the machine does falls on all alike. Exit code 1 when a ratio is above its limit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.group import group, write

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LIMITS = {"cold": 2.0, "warm": 1 / 3}
"""At most so many times as long as reading and parsing the files."""
WHAT = {
    "floor": "the YAML parser alone, over texts in memory",
    "read": "reading and parsing the files",
    "alone": "validate, nothing kept, one process",
    "cold": "validate, nothing kept",
    "warm": "validate, everything kept",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints a table, and says whether the ratios are within their limits."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--hotels", type=int, default=300)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        files = group(asked.hotels, asked.seed)
        root = write(Path(folder) / "workspace", files)
        print(f"{asked.hotels} hotels, {len(files)} files, {sum(map(len, files.values())) // 1024} KiB")
        times = measured(root, Path(folder) / "home", asked.repeat)
    for line in table(times):
        print(line)
    return 0 if within(times) else 1


def measured(root: Path, home: Path, repeat: int) -> dict[str, float]:
    """The shortest time of each thing, in seconds."""
    times: dict[str, list[float]] = {what: [] for what in WHAT}
    for _ in range(repeat):
        for what in WHAT:
            if what == "cold":
                shutil.rmtree(root / ".reconciler", ignore_errors=True)
            times[what].append(_in_a_process(what, root, home))
    return {what: min(found) for what, found in times.items()}


def _in_a_process(what: str, root: Path, home: Path) -> float:
    environ = {**os.environ, "XDG_CACHE_HOME": str(home)}
    command = [sys.executable, "-c", f"from benchmarks.validate import once; once({what!r}, {str(root)!r})"]
    done = subprocess.run(
        command, env=environ, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def once(what: str, root: str) -> None:
    """Does one thing and prints how long it took, in seconds."""
    work = _prepared(what, Path(root))
    start = perf_counter()
    work()
    print(perf_counter() - start)


def _prepared(what: str, root: Path) -> Callable[[], object]:
    """The work, with everything imported that it needs."""
    import yaml_rs

    from reconciler.load import processors
    from reconciler.load.files import WORKSPACE_FILE, read, tree
    from reconciler.runtime.validating import validate_files
    from reconciler.wiring import Options, capabilities
    from reconciler.wiring.keeping import kept_results

    def names() -> list[str]:
        found = tree(root)
        return [WORKSPACE_FILE, *found.defaults.values(), *found.properties.values()]

    texts = [(root / name).read_text(encoding="utf-8") for name in names()] if what == "floor" else []
    options = Options(root)

    def validate() -> object:
        return validate_files(root, NOW, capabilities, kept=kept_results(options), processes=processors())

    works: dict[str, Callable[[], object]] = {
        "floor": lambda: [yaml_rs.loads(text, parse_datetime=False) for text in texts],
        "read": lambda: [read(root, name) for name in names()],
        "alone": lambda: validate_files(root, NOW, capabilities),
        "cold": validate,
        "warm": validate,
    }
    return works[what]


def table(times: dict[str, float]) -> list[str]:
    """The times and their ratios to reading and parsing, as lines."""
    lines = [f"{'':46}{'ms':>8}{'ratio':>8}{'limit':>8}"]
    for what, said in WHAT.items():
        limit = f"{LIMITS[what]:8.2f}" if what in LIMITS else ""
        lines.append(f"{said:46}{times[what] * 1000:8.1f}{times[what] / times['read']:8.2f}{limit}")
    return lines


def within(times: dict[str, float]) -> bool:
    """Whether every ratio is within its limit."""
    return all(times[what] <= limit * times["read"] for what, limit in LIMITS.items())


if __name__ == "__main__":
    sys.exit(main())
