"""A server between the program and the sandbox: it hands everything on, but for what a case wants answered otherwise."""

from __future__ import annotations

import base64
import http.client
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

CALLS = {
    "hotel": r"GET /products/properties/\d+",
    "rooms": r"GET /properties/\d+/roomTypes",
    "plans": r"GET /properties/\d+/roomTypes/\d+/ratePlans",
    "plan": r"GET /properties/\d+/roomTypes/\d+/ratePlans/\d+",
    "changed plan": r"PATCH /properties/\d+/roomTypes/\d+/ratePlans/\d+",
    "calendar": r"POST /eqc/parr",
    "update": r"POST /eqc/ar",
    "bookings": r"POST /eqc/br",
    "token": r"POST /token-based-authentication/exchange",
    "roomrates": r"POST /hotels/xml/roomrates",
    "nights": r"POST /hotels/xml/roomrateavailability",
    "availability": r"POST /hotels/xml/availability",
    "reservations": r"GET /hotels/ota/OTA_HotelResNotif",
    "products": r"POST /hotels/ota/OTA_HotelProductNotif",
}
"""The requests by a short name."""
CANARIES = KEY, SECRET, PARTNER = "canary-key-7f3a", "canary-secret-9b1c", "canary-partner-2d4e"
"""Secrets that must show nowhere; the sandbox gets the ones that it knows instead."""
WRITES = frozenset({"changed plan", "update", "availability", "products"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes over the wire: a status, a body and headers, or just bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None


Lie = Callable[[bytes], Answer]
"""From the body of the true answer (nothing, for what changes something: that is not handed on) to the one that is given."""


class Liar(ThreadingHTTPServer):
    """Answers `call` with `lie`, and everything else as the sandbox does."""

    daemon_threads = True

    def __init__(self, sandbox: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sandbox = urlsplit(sandbox).netloc
        self.call = ""
        self.lie: Lie = Answer
        self.told = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def telling(self, call: str, lie: Lie) -> Iterator[None]:
        """For the time of one command; asserts that the lie was told."""
        self.call, self.lie, self.told = call, lie, 0
        yield
        self.call = ""
        assert self.told, f"nobody asked for {call}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Broken connections are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _answer(self) -> None:
        liar = self.server
        assert isinstance(liar, Liar)
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        asked = liar.call and re.fullmatch(CALLS[liar.call], f"{self.command} {urlsplit(self.path).path}")
        true = Answer() if asked and liar.call in WRITES else self._true(liar.sandbox, body)
        if asked:
            liar.told += 1
        self._send(liar.lie(true.body) if asked else true)

    def _true(self, sandbox: str, body: bytes) -> Answer:
        connection = http.client.HTTPConnection(sandbox, timeout=30)
        dropped = ("host", "accept-encoding", "connection", "content-length")
        given = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        if given.get("authorization", "").startswith("Basic "):
            given["authorization"] = f"Basic {base64.b64encode(b'local-sandbox:local-sandbox').decode()}"
        for secret in CANARIES:
            body = body.replace(secret.encode(), b"local-sandbox")
        connection.request(self.command, self.path, body, given)
        reply = connection.getresponse()
        found = Answer(reply.read(), reply.status, {"Content-Type": reply.headers.get("content-type", "")})
        connection.close()
        return found

    def _send(self, answer: Answer) -> None:
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


@contextmanager
def lying(sandbox: str) -> Iterator[Liar]:
    """A liar for as long as the block runs."""
    liar = Liar(sandbox)
    thread = threading.Thread(target=liar.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        liar.shutdown()
        liar.server_close()
        thread.join()
