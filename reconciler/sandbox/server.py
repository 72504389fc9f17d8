"""The extranets on a loopback port: sockets and the system clock around the pure core, nothing else.

`serve` blocks, `running` serves from a thread for the length of a with statement. Both providers and the admin face share
one base URL. Ordered faults really hold back, cut off or drop the connection.
"""

import asyncio
import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.sandbox import admin_face, wire
from reconciler.sandbox.admin import Admin
from reconciler.sandbox.core import Delivery, Sandbox, Visit
from reconciler.sandbox.state import World
from reconciler.sandbox.statefile import StateFile

LOOPBACK = ("127.0.0.1", "::1", "localhost")
GZIP_FROM = 1000


Ends = tuple[tuple[str, int] | None, tuple[str, int] | None]


class Connections(H11Protocol):
    """uvicorn's protocol, keeping the open transports by their two ends so that a fault can close one."""

    transports: ClassVar[dict[Ends, asyncio.Transport]] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transports[self.client, _end(self.server)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transports.pop((self.client, _end(self.server)), None)
        super().connection_lost(exc)


def _end(address: tuple[str, int | None] | None) -> tuple[str, int] | None:
    return (address[0], address[1]) if address and address[1] is not None else None


class App:
    """The ASGI application; raw at the outside, so that it can leave a request without a reply."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        http = Request(scope, receive)
        try:
            body = await _body(http)
        except ClientDisconnect:
            return
        if body is None:
            await Response("too large", 413)(scope, receive, send)
            return
        request = _request(http, body)
        if request.path == "/admin" or request.path.startswith("/admin/"):
            await self._admin(http, request)(scope, receive, send)
            return
        visit = self._sandbox.begin(request)
        if visit is None:
            await Response("no such path", 404)(scope, receive, send)
            return
        try:
            await self._visit(visit, scope, receive, send)
        finally:
            self._sandbox.end(visit)

    def _admin(self, http: Request, request: wire.Request) -> Response:
        """Only for this machine, and not for a web page that found out the port."""
        if http.url.hostname not in LOOPBACK or "origin" in http.headers:
            return Response("forbidden", 403)
        status, body = admin_face.handle(self._sandbox, request)
        return Response(body, status, media_type="application/json")

    async def _visit(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        delivery = self._sandbox.carry_out(visit)
        if visit.seconds:
            await _hold_back(visit.seconds, receive)
        if delivery.drop:
            await _close(scope, receive)
        elif delivery.send is not None:
            await _send_part(delivery, send)
            await _close(scope, receive)
        else:
            await _response(visit, delivery.reply)(scope, receive, send)


async def _hold_back(seconds: float, receive: Receive) -> None:
    """Waits, but not for a client that is gone: its connection is free again at once."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(gone(), seconds)


async def _body(http: Request) -> bytes | None:
    """The body, or None when it is larger than anything sensible."""
    chunks, size = [], 0
    async for chunk in http.stream():
        size += len(chunk)
        if size > wire.MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _request(http: Request, body: bytes) -> wire.Request:
    headers = {key.lower(): value for key, value in http.headers.items()}
    base = f"{http.url.scheme}://{http.url.netloc}"
    return wire.Request(http.method, http.url.path, dict(http.query_params), headers, body, base_url=base)


def _response(visit: Visit, reply: wire.Reply) -> Response:
    body, headers = reply.body, dict(reply.headers)
    accepts = "gzip" in visit.request.headers.get("accept-encoding", "")
    if visit.operation.name == "parr" and accepts and len(body) > GZIP_FROM:
        body = gzip.compress(body, 5)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Type"] = reply.media_type
    return Response(body, reply.status, headers)


async def _send_part(delivery: Delivery, send: Send) -> None:
    """Promises the whole body and sends the beginning of it."""
    reply = delivery.reply
    headers = [(b"content-type", reply.media_type.encode()), (b"content-length", str(len(reply.body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body[: delivery.send], "more_body": True})


async def _close(scope: Scope, receive: Receive) -> None:
    """Closes the client's connection and waits until it is gone."""
    transport = Connections.transports.get((tuple(scope["client"]), tuple(scope["server"])))
    if transport is not None:
        transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


class Server(uvicorn.Server):
    """uvicorn's server that says when it is ready, and where."""

    def __init__(self, sandbox: Sandbox, ready: Callable[[str], None], host: str) -> None:
        config = uvicorn.Config(
            App(sandbox),
            http=Connections,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        super().__init__(config)
        self._ready = ready
        self._host = f"[{host}]" if ":" in host else host

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        self._ready(f"http://{self._host}:{port}")


def _sandbox(state_file: Path | None) -> Sandbox:
    def system_clock() -> datetime:
        return datetime.now(UTC)

    if state_file is None:
        return Sandbox(World(), system_clock)
    file = StateFile(state_file)
    return Sandbox(file.load(), system_clock, file.save)


def _listen(host: str, port: int) -> socket.socket:
    if host not in LOOPBACK:
        raise ValueError(f"the sandbox listens on loopback only, not on {host}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Naming the protocol is what makes asyncio send small writes at once; each reply would otherwise take 40 ms longer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    state_file: Path | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serves until interrupted, then returns; `ready` is called with the base URL. Raises ValueError for a host beyond loopback.

    OSError when the port is taken; ValueError or KeyError when the state file is of another format.
    """
    sandbox = _sandbox(state_file)
    with _listen(host, port) as listener, suppress(KeyboardInterrupt):
        Server(sandbox, ready or (lambda _url: None), host).run(sockets=[listener])


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox in a thread: `url` is the base of everything, `admin` a client of its admin face."""

    url: str
    admin: Admin
    sandbox: Sandbox


@contextmanager
def running(port: int = 0, state_file: Path | None = None, host: str = "127.0.0.1") -> Iterator[Running]:
    """Serves from a thread for the length of a with statement; port 0 takes a free one."""
    started: list[str] = []
    up = threading.Event()

    def ready(url: str) -> None:
        started.append(url)
        up.set()

    sandbox = _sandbox(state_file)
    with _listen(host, port) as listener:
        server = Server(sandbox, ready, host)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            if not up.wait(30):
                raise TimeoutError("the sandbox did not start")
            yield Running(started[0], Admin(started[0]), sandbox)
        finally:
            server.should_exit = True
            thread.join(30)
