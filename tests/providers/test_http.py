"""The door to the network, against a real server on this machine: tries, waits, limits, and what is known after a fault."""

from __future__ import annotations

import gzip
import logging
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import (
    RefusedError,
    RequestRefusedError,
    TemporaryError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.workspace import Transport
from reconciler.providers import http
from reconciler.providers.account import Account
from reconciler.providers.contract import Reply, Request
from reconciler.providers.http import HttpClient

CANARY = "canary-7f3a"
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server(ThreadingHTTPServer):
    """Answers each request with the next of `answers`, the last one for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = [plain(200, b"ok")]
        self.seen: list[tuple[str, str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        assert isinstance(self.server, Server)
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        self.server.seen.append((self.command, self.path, body))
        answers = self.server.answers
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


def plain(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        to.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)

    return answer


def hang_up(to: BaseHTTPRequestHandler) -> None:
    """The reply is lost."""
    to.close_connection = True
    to.connection.shutdown(socket.SHUT_RDWR)


def trickle(released: threading.Event) -> Answer:
    """Headers that come a byte at a time and never end."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not released.wait(0.02):
            to.wfile.write(b"a")
            to.wfile.flush()
        to.close_connection = True

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


class Waits(list[float]):
    """A sleep that only writes down how long it was to be."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


def client(server: Server, waits: Waits, **settings: Any) -> HttpClient:
    transport = settings.pop("transport", Transport(timeout=5, attempts=4, delay=1, max_delay=60))
    account = settings.pop("account", Account(6000, sleep=waits))
    settings.setdefault("chance", lambda: 0.5)
    return HttpClient({"main": server.url}, transport, account, sleep=waits, **settings)


def get(http_client: HttpClient, *, repeatable: bool = True, **fields: Any) -> Reply:
    return http_client.send(Request("GET", "/things", **fields), repeatable=repeatable)


def test_a_reply_comes_back_whole_with_lower_case_headers(server: Server, waits: Waits) -> None:
    server.answers = [plain(404, b"none", X_Thing="1")]
    reply = client(server, waits).send(Request("POST", "/a/b", body=b"hello", query={"q": "1 2"}), repeatable=False)
    assert (reply.status, reply.headers["x-thing"], reply.body) == (404, "1", b"none")
    assert server.seen == [("POST", "/a/b?q=1+2", b"hello")]


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 409])
def test_what_the_codec_must_judge_is_returned_and_never_tried_again(server: Server, waits: Waits, status: int) -> None:
    server.answers = [plain(status)]
    assert get(client(server, waits)).status == status
    assert len(server.seen) == 1


def test_a_repeatable_request_is_tried_again_with_growing_jittered_waits(server: Server, waits: Waits) -> None:
    server.answers = [plain(503), plain(500), hang_up, plain(200, b"at last")]
    assert get(client(server, waits)).body == b"at last"
    assert waits == [0.5, 1.0, 2.0]


def test_the_number_of_tries_is_bounded(server: Server, waits: Waits) -> None:
    server.answers = [plain(503)]
    with pytest.raises(TemporaryError):
        get(client(server, waits))
    assert len(server.seen) == 4


@pytest.mark.parametrize(("fault", "error"), [(plain(503), TemporaryError), (hang_up, UncertainError)])
def test_what_may_not_be_repeated_is_sent_once(
    server: Server, waits: Waits, fault: Answer, error: type[Exception]
) -> None:
    server.answers = [fault]
    with pytest.raises(error):
        get(client(server, waits), repeatable=False)
    assert len(server.seen) == 1
    assert waits == []


def test_retry_after_in_seconds_is_obeyed(server: Server, waits: Waits) -> None:
    server.answers = [plain(429, Retry_After="7"), plain(200)]
    get(client(server, waits))
    assert waits == [7.0]


def test_retry_after_as_a_date_is_measured_against_the_clock(server: Server, waits: Waits) -> None:
    server.answers = [plain(503, Retry_After="Fri, 01 Jan 2027 00:00:30 GMT", Date="Fri, 01 Jan 2027 00:00:00 GMT")]
    server.answers.append(plain(200))
    # The server's own Date header comes first, and is the real clock's: a wait in the past of the given date is long.
    http_client = client(server, waits, now=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    assert http._retry_after("Fri, 01 Jan 2027 00:00:30 GMT", None, lambda: datetime(2027, 1, 1, tzinfo=UTC)) == 30.0
    assert http._retry_after("Fri, 01 Jan 2027 00:00:30 GMT", "Fri, 01 Jan 2027 00:00:20 GMT", http_client._now) == 10.0
    assert http._retry_after("soon", None, http_client._now) is None
    assert http._retry_after("Thu, 31 Dec 2026 23:59:00 GMT", None, http_client._now) == 0.0


def test_a_wait_longer_than_allowed_ends_the_tries_and_is_passed_on(server: Server, waits: Waits) -> None:
    server.answers = [plain(429, Retry_After="3600")]
    with pytest.raises(TemporaryError) as raised:
        get(client(server, waits))
    assert raised.value.retry_after == 3600
    assert len(server.seen) == 1


def test_a_refused_connection_is_temporary_because_nothing_was_sent(waits: Waits) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    nowhere = HttpClient({"main": f"http://127.0.0.1:{port}"}, Transport(attempts=2), Account(600), sleep=waits)
    with pytest.raises(TemporaryError, match="cannot be reached"):
        get(nowhere)


def test_after_a_lost_reply_the_doubt_remains_even_when_later_tries_are_refused(server: Server, waits: Waits) -> None:
    server.answers = [hang_up, plain(503)]
    with pytest.raises(UncertainError):
        get(client(server, waits))


def test_a_reply_that_trickles_is_cut_at_the_deadline(server: Server, waits: Waits) -> None:
    released = threading.Event()
    server.answers = [trickle(released)]
    try:
        with pytest.raises(UncertainError):
            get(client(server, waits, transport=Transport(timeout=0.3, attempts=1)))
    finally:
        released.set()


def test_a_body_that_takes_too_long_is_cut(server: Server, waits: Waits) -> None:
    ticks = iter(range(0, 1000, 20))
    with pytest.raises(UncertainError, match="too long"):
        get(client(server, waits, clock=lambda: float(next(ticks)), transport=Transport(timeout=5, attempts=1)))


def test_redirects_are_not_followed(server: Server, waits: Waits) -> None:
    server.answers = [plain(302, Location="http://example.com/")]
    with pytest.raises(UnexpectedReplyError, match="redirect"):
        get(client(server, waits))
    assert len(server.seen) == 1


def test_a_packed_reply_is_unpacked(server: Server, waits: Waits) -> None:
    server.answers = [plain(200, gzip.compress(b"<a/>" * 1000), Content_Encoding="gzip")]
    assert get(client(server, waits)).body == b"<a/>" * 1000


def test_a_bomb_is_not_unpacked(server: Server, waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_REPLY", 1000)
    server.answers = [plain(200, gzip.compress(b"0" * 10_000_000), Content_Encoding="gzip")]
    with pytest.raises(UnexpectedReplyError, match="larger"):
        get(client(server, waits))


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_reply_that_cannot_be_unpacked_is_unexpected(server: Server, waits: Waits, encoding: str) -> None:
    server.answers = [plain(200, b"not packed at all", Content_Encoding=encoding)]
    with pytest.raises(UnexpectedReplyError):
        get(client(server, waits))


@pytest.mark.parametrize(
    "url",
    [
        "http://services.example.com",
        "https://elsewhere.example.com",
        "https://user:pass@services.example.com",
        "https://services.example.com/?token=1",
        "ftp://127.0.0.1",
        "https://127.0.0.1.example.com",
        "",
    ],
)
def test_only_known_hosts_by_https_or_this_machine_are_spoken_to(url: str) -> None:
    with pytest.raises(RefusedError):
        HttpClient({"main": url}, Transport(), Account(60), allowed=frozenset({"services.example.com"}))


def test_a_known_host_by_https_is_accepted() -> None:
    HttpClient(
        {"main": "https://services.example.com"}, Transport(), Account(60), allowed=frozenset({"services.example.com"})
    ).close()


@pytest.mark.parametrize("path", ["/a/../b", "//example.com/", "/a b", "a", "/a\r\nHost: x", "/a?b", "/.."])
def test_a_path_that_leads_elsewhere_is_refused(server: Server, waits: Waits, path: str) -> None:
    with pytest.raises(RequestRefusedError):
        client(server, waits).send(Request("GET", path), repeatable=True)
    assert server.seen == []


def test_an_unknown_logical_host_is_refused(server: Server, waits: Waits) -> None:
    with pytest.raises(RefusedError, match="secure"):
        get(client(server, waits), host="secure")


def test_no_fault_and_no_log_shows_queries_headers_or_bodies(
    server: Server, waits: Waits, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for fault in (hang_up, plain(503, CANARY.encode()), plain(302, Location=f"http://example.com/{CANARY}")):
        server.answers = [fault]
        with pytest.raises(Exception) as raised:
            get(client(server, waits), query={"token": CANARY}, headers={"authorization": CANARY}, body=CANARY.encode())
        assert CANARY not in f"{raised.value!r} {raised.value.__cause__!r}"
    get_well = client(server, waits)
    server.answers = [plain(200, CANARY.encode(), Set_Cookie=CANARY)]
    reply = get(get_well, query={"token": CANARY}, headers={"authorization": CANARY})
    assert CANARY not in caplog.text
    assert CANARY not in repr(Reply(200, {}, reply.body))


def test_an_account_never_lets_more_through_than_a_minute_allows() -> None:
    now = 0.0
    sent: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    account = Account(60, clock=lambda: now, sleep=sleep)
    for _ in range(300):
        account.admit()
        sent.append(now)
    for start in sent:
        assert sum(start <= at < start + 60 for at in sent) <= 60
    assert now < 7 * 60


def test_an_account_is_shared_by_threads_without_letting_more_through() -> None:
    waited = Waits()
    account = Account(600, clock=lambda: 0.0, sleep=waited)

    def fifty() -> None:
        for _ in range(50):
            account.admit()

    threads = [threading.Thread(target=fifty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(waited) == 200 - 60
    assert len({round(wait, 6) for wait in waited}) == 140


def test_after_a_row_of_failures_nothing_is_sent_until_one_try_succeeds(server: Server, waits: Waits) -> None:
    now = 0.0
    account = Account(6000, clock=lambda: now, sleep=waits, trip_after=3, cool_down=60)
    server.answers = [plain(503), plain(503), plain(503), plain(200)]
    http_client = client(server, waits, account=account, transport=Transport(attempts=1))
    for _ in range(3):
        with pytest.raises(TemporaryError):
            get(http_client)
    with pytest.raises(TemporaryError, match="in a row") as raised:
        get(http_client)
    assert raised.value.retry_after == 60
    assert len(server.seen) == 3
    now = 61.0
    assert get(http_client).status == 200
    assert get(http_client).status == 200


def test_while_an_account_rests_nobody_waits_for_it(server: Server, waits: Waits) -> None:
    account = Account(6000, clock=lambda: 0.0, sleep=waits, trip_after=1, cool_down=10)
    server.answers = [plain(503)]
    http_client = client(server, waits, account=account, transport=Transport(attempts=1))
    with pytest.raises(TemporaryError):
        get(http_client)
    patient = client(server, waits, account=account, transport=Transport(attempts=5, max_delay=60.0))
    waits.clear()
    with pytest.raises(TemporaryError, match="in a row"):
        get(patient)
    assert len(server.seen) == 1
    assert waits == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate of this test")
def test_a_certificate_that_nobody_signed_is_not_accepted(waits: Waits, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    subprocess.run([*make.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening = Server()
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    url = listening.url.replace("http:", "https:")
    try:
        with pytest.raises(UnexpectedReplyError, match="certificate"):
            get(HttpClient({"main": url}, Transport(attempts=1), Account(60), sleep=waits))
        trusting = ssl.create_default_context(cafile=str(certificate))
        trusting.check_hostname = False
        assert get(HttpClient({"main": url}, Transport(), Account(60), sleep=waits, verify=trusting)).status == 200
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
