"""What tests of every folder may ask for: a real, empty, migrated database of their own."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from reconciler.store.embedded import running
from reconciler.store.migrate import migrate

_numbers = count(1)


@pytest.fixture(scope="session", autouse=True)
def _own_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The key of the user who runs the tests is left alone, by programs that tests start too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """One embedded server per test process, with a migrated template; the URL of its superuser."""
    with TemporaryDirectory(dir=_quick_folder()) as folder, running(Path(folder) / "postgres", durable=False) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_migrated")
        with psycopg.connect(make_conninfo(url, dbname="template_migrated")) as connection:
            migrate(connection)
        yield url


def _quick_folder() -> str | None:
    """Memory where there is enough of it: a database from the template is then made in a twentieth of the time."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2_000_000_000
    return str(memory) if roomy else None


def _fresh(server: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield make_conninfo(server, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def database(database_server: str) -> Iterator[str]:
    """A fresh, empty, migrated database; what to connect with."""
    yield from _fresh(database_server, "template_migrated")


@pytest.fixture
def bare_database(database_server: str) -> Iterator[str]:
    """A fresh database in which nothing was migrated; what to connect with."""
    yield from _fresh(database_server, "template0")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the simulator tried, and how long each rule that was switched off survived; how many tests drove a browser."""
    _say_how_many_browser_tests_ran(terminalreporter)
    tried: Counter[str] = Counter()
    survived: dict[str, list[int]] = {}
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()) if report.when == "call" else ():
            if name == "simulated":
                tried.update(value)
            elif name == "survives":
                survived[value[0]] = sorted(value[1])
    if tried:
        terminalreporter.write_line(
            "simulated: " + ", ".join(f"{count} {what}" for what, count in sorted(tried.items()))
        )
    for rule, steps in sorted(survived.items()):
        middle = steps[len(steps) // 2]
        terminalreporter.write_line(
            f"switched off: {rule}: found after {steps[0]} to {steps[-1]} steps, {middle} in the middle"
        )


def _say_how_many_browser_tests_ran(terminalreporter: Any) -> None:
    """How many tests drove a real browser: where none is installed they are skipped, and that should not go unseen."""
    stats = terminalreporter.stats
    counts = {
        what: sum(report.nodeid.startswith("tests/browser/") for report in stats.get(what, ()))
        for what in ("passed", "failed", "skipped")
    }
    if any(counts.values()):
        ran = counts["passed"] + counts["failed"]
        terminalreporter.write_line(f"Browser tests: {ran} ran, {counts['skipped']} skipped.")
