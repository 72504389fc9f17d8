"""From what the user calls a database to a connection; pooler ports refused, passwords never shown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from reconciler.errors import DatabaseError, UsageError
from reconciler.store.connect import backend_pid, connect, is_transaction_pooled, open_database

CANARY = "canary-5521"


def test_a_connection_has_a_name_limits_and_utc(database: str) -> None:
    with connect(database) as connection:
        shown = {
            name: str((connection.execute(f"SHOW {name}".encode()).fetchone() or ("",))[0])
            for name in ("application_name", "statement_timeout", "lock_timeout", "timezone", "search_path")
        }
    assert shown == {
        "application_name": "reconciler",
        "statement_timeout": "1min",
        "lock_timeout": "15s",
        "timezone": "UTC",
        "search_path": "public",
    }


def test_a_connection_is_transactional_unless_asked_otherwise(database: str) -> None:
    with connect(database) as connection, connect(database, autocommit=True) as other:
        connection.execute("SELECT 1")
        other.execute("SELECT 1")
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        assert other.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_the_word_embedded_means_a_server_below_the_workspace(tmp_path: Path) -> None:
    with open_database("embedded", tmp_path) as url, connect(url) as connection:
        connection.execute("SELECT 1")
        assert (tmp_path / ".reconciler" / "postgres" / "data").is_dir()


def test_an_embedded_database_can_be_put_elsewhere(tmp_path: Path) -> None:
    with open_database("embedded:data/here", tmp_path / "ws") as url, connect(url) as connection:
        connection.execute("SELECT 1")
    assert (tmp_path / "ws" / "data" / "here" / "data").is_dir()


def test_a_repository_cannot_choose_where_the_database_is_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".reconciler").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatabaseError, match="symbolic link"), open_database("embedded", tmp_path):
        pass


def test_a_url_is_used_as_it_is(database: str, tmp_path: Path) -> None:
    parts = conninfo_to_dict(database)
    url = f"postgresql://{parts['user']}@/{parts['dbname']}?host={quote(str(parts['host']), safe='')}"
    with open_database(url, tmp_path) as given, connect(given) as connection:
        assert given == url
        assert connection.info.dbname == parts["dbname"]


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://postgres:{CANARY}@db.abc.supabase.co:6543/postgres",
        f"postgres://postgres.abc:{CANARY}@aws-0-eu-west-1.pooler.supabase.com:6543/postgres?sslmode=require",
        f"host=localhost port=6543 password={CANARY}",
    ],
)
def test_the_port_of_a_transaction_pooler_is_refused_naming_the_one_that_works(url: str, tmp_path: Path) -> None:
    for attempt in (lambda: open_database(url, tmp_path).__enter__(), lambda: connect(url)):
        with pytest.raises(DatabaseError, match="6543") as caught:
            attempt()
        assert "5432" in caught.value.hint
        assert CANARY not in f"{caught.value} {caught.value.hint} {caught.value.__cause__}"


@pytest.mark.parametrize(
    "database_name", ["", "embedde", "mysql://u:canary-5521@h/x", "sqlite:///canary-5521", "embedded:"]
)
def test_what_is_no_database_is_wrong_usage(database_name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught, open_database(database_name, tmp_path):
        pass
    assert CANARY not in f"{caught.value} {caught.value.hint}"


PASSWORDS = (
    CANARY,
    *(f"{CANARY}{sign}x" for sign in "@/"),
    *(f"x{sign}{CANARY}" for sign in "@/:#"),
    f"%zz{CANARY}",
    f"[{CANARY}",
    f"a?b={CANARY}",
)


@pytest.mark.parametrize("password", PASSWORDS)
def test_no_error_shows_any_piece_of_the_password(password: str, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"postgresql://me:{password}@127.0.0.1:{unused.getsockname()[1]}/hotel?connect_timeout=2"
        with pytest.raises((DatabaseError, UsageError)) as caught, open_database(url, tmp_path) as opened:
            connect(opened)
    told: BaseException | None = caught.value
    while told is not None:
        assert CANARY not in f"{told} {getattr(told, 'hint', '')}"
        told = told.__cause__


def test_a_server_that_is_not_there_is_named_with_its_reason() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(DatabaseError, match="refused"):
            connect(f"postgresql://me@127.0.0.1:{unused.getsockname()[1]}/hotel")


@contextmanager
def a_pooler_in_transaction_mode(database: str) -> Iterator[str]:
    """A pooler with one server connection: clients take turns on it, a statement at a time; it announces a process of its own."""
    lock = threading.Lock()
    with psycopg.connect(database, autocommit=True) as server, socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(client: socket.socket) -> None:
            with client:
                _PooledClient(client, server, lock).talk()

        def accept() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"postgresql://me@127.0.0.1:{listener.getsockname()[1]}/x?sslmode=disable&gssencmode=disable"
        listener.shutdown(socket.SHUT_RDWR)


class _PooledClient:
    """Just enough of the wire protocol: the start, simple and extended queries that return at most one row."""

    def __init__(
        self, client: socket.socket, server: psycopg.Connection[tuple[object, ...]], lock: threading.Lock
    ) -> None:
        self._client, self._server, self._lock = client, server, lock
        self._file = client.makefile("rb")
        self._query, self._values = b"", [b""]

    def talk(self) -> None:
        self._file.read(int.from_bytes(self._file.read(4), "big") - 4)
        self._send(b"R", (0).to_bytes(4, "big"))
        self._send(b"S", b"client_encoding\0UTF8\0")
        self._send(b"S", b"server_version\x0018.0\0")
        self._send(b"K", (1).to_bytes(4, "big") + bytes(4))
        self._send(b"Z", b"I")
        while (kind := self._file.read(1)) not in (b"", b"X"):
            body = self._file.read(int.from_bytes(self._file.read(4), "big") - 4)
            self._answer(kind, body)

    def _send(self, kind: bytes, body: bytes = b"") -> None:
        self._client.sendall(kind + (len(body) + 4).to_bytes(4, "big") + body)

    def _answer(self, kind: bytes, body: bytes) -> None:
        if kind == b"P":
            self._query = body.split(b"\0")[1]
            self._send(b"1")
        elif kind == b"B":
            self._send(b"2")
        elif kind == b"E":
            self._run(self._query)
        elif kind == b"S":
            self._send(b"Z", b"I")
        elif kind == b"Q":
            self._run(body.rstrip(b"\0"))
            self._send(b"Z", b"I")

    def _run(self, query: bytes) -> None:
        with self._lock:
            row = self._server.execute("SELECT pg_backend_pid()::text").fetchone() if b"backend_pid" in query else ("",)
        value = str((row or ("",))[0]).encode()
        self._send(
            b"T",
            (1).to_bytes(2, "big") + b"x\0" + bytes(6) + (25).to_bytes(4, "big") + b"\xff\xff" + b"\xff" * 4 + bytes(2),
        )
        self._send(b"D", (1).to_bytes(2, "big") + len(value).to_bytes(4, "big") + value)
        self._send(b"C", b"SELECT 1\0")


def test_a_transaction_pooler_at_another_port_is_recognised(database: str) -> None:
    with (
        a_pooler_in_transaction_mode(database) as url,
        pytest.raises(DatabaseError, match="transaction pooler"),
    ):
        connect(url)


def test_a_database_itself_is_not_taken_for_a_pooler(database: str) -> None:
    with connect(database) as connection:
        assert not is_transaction_pooled(connection, database)
        assert backend_pid(connection) == connection.info.backend_pid


@pytest.mark.parametrize("said", ["sorry, too many clients already", "the database system is starting up"])
def test_a_server_that_has_no_connection_left_is_waited_for(
    database: str, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    real, tries = psycopg.connect, []

    def full(*args: object, **kwargs: object) -> object:
        tries.append(args)
        if len(tries) < 3:
            raise psycopg.OperationalError(f"connection failed: FATAL:  {said}")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(psycopg, "connect", full)
    monkeypatch.setattr("time.sleep", lambda _: None)
    connect(database).close()
    assert len(tries) == 3
    tries.clear()
    monkeypatch.setattr("reconciler.store.connect._PATIENCE", -1.0)
    with pytest.raises(DatabaseError, match=said):
        connect(database)
    assert len(tries) == 1
