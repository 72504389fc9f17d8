"""The only door to the network: requests to providers, bounded in time, size, rate and number of tries.

Follows no redirect, trusts no unknown host, verifies certificates, retries only what may be repeated, and tells apart what was surely
not carried out from what may have been. Logs nothing: not bodies, not headers, not queries. Knows no provider's formats.
"""

from __future__ import annotations

import functools
import ipaddress
import logging
import random
import re
import socket
import ssl
import threading
import time
import weakref
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler import __version__
from reconciler.errors import (
    ProviderError,
    RefusedError,
    RequestRefusedError,
    TemporaryError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.workspace import Transport
from reconciler.providers.account import Account
from reconciler.providers.contract import Reply, Request

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

MAX_REPLY = 16 * 1024 * 1024
_LONGEST_PATH = 2000
_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Who is trusted. Reading all certificates takes longer than many a request, so it is done once for all hotels."""
    import httpx

    try:
        return httpx.create_ssl_context()
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise RefusedError(
            f"the certificates that are trusted cannot be read ({told})", hint="see SSL_CERT_FILE and SSL_CERT_DIR"
        ) from None


class HttpClient:
    """Sends the requests of one property to one provider, one at a time (Expedia takes one connection per hotel).

    `hosts`: base URL by logical host. `allowed`: the host names that may be spoken to beside this machine itself. `account`: shared by
    all clients of the account. `chance` yields numbers from 0 up to 1 for the jitter.
    """

    def __init__(
        self,
        hosts: Mapping[str, str],
        transport: Transport,
        account: Account,
        *,
        allowed: frozenset[str] = frozenset(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
        verify: Any = True,
    ) -> None:
        import httpx

        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log URLs with queries, and headers
        self._hosts = {name: _checked(url, allowed) for name, url in hosts.items()}
        self._transport, self._account = transport, account
        self._clock, self._sleep, self._now, self._chance = clock, sleep, now, chance
        self._lock = threading.Lock()
        self._watchdog = _Watchdog()
        try:
            self._client = httpx.Client(
                verify=_trusted() if verify is True else verify,
                follow_redirects=False,
                timeout=transport.timeout,
                trust_env=not all(is_loopback(host_of(url)) for url in self._hosts.values()),
                headers={"User-Agent": f"reconciler/{__version__}", "Accept-Encoding": "gzip"},
                limits=httpx.Limits(max_connections=1),
            )
        except (ValueError, ImportError, httpx.InvalidURL):  # its words may quote a password
            hint = "see HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment"
            raise RefusedError("the proxy to go through is not one that can be used", hint=hint) from None

    def close(self) -> None:
        """Closes the connection."""
        self._client.close()

    def send(self, request: Request, *, repeatable: bool) -> Reply:
        """See `contract.Http.send`."""
        with self._lock:
            return self._persist(request, self._transport.attempts if repeatable else 1)

    def _persist(self, request: Request, attempts: int) -> Reply:
        from tenacity import Retrying, retry_if_exception, stop_after_attempt

        doubts: list[UncertainError] = []

        def attempt() -> Reply:
            try:
                return self._attempt(request)
            except UncertainError as doubt:
                doubts.append(doubt)
                raise

        tries = Retrying(
            stop=stop_after_attempt(max(1, attempts)),
            wait=self._delay,
            retry=retry_if_exception(self._worth_trying),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return tries(attempt)
        except TemporaryError as refused:
            if doubts:  # an earlier attempt may have been carried out
                raise doubts[-1] from refused
            raise

    def _worth_trying(self, error: BaseException) -> bool:
        if isinstance(error, TemporaryError):
            soon = error.retry_after is None or error.retry_after <= self._transport.max_delay
            return error.retryable and soon
        return isinstance(error, UncertainError)

    def _delay(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TemporaryError) and error.retry_after is not None:
            return error.retry_after
        longest = self._transport.delay * 2.0 ** min(state.attempt_number - 1, 30)
        return float(self._chance() * min(longest, self._transport.max_delay))

    def _attempt(self, request: Request) -> Reply:
        self._account.admit()
        try:
            reply = self._exchange(request)
        except (TemporaryError, UncertainError):
            self._account.failed()
            raise
        self._account.succeeded()
        return reply

    def _exchange(self, request: Request) -> Reply:
        import httpx

        base = self._hosts.get(request.host)
        if base is None:
            raise RefusedError(f"no address is known for the provider's host `{request.host}`")
        if len(request.path) > _LONGEST_PATH or not _PATH.fullmatch(request.path) or "/../" in f"{request.path}/":
            raise RequestRefusedError("an id in the path of a request has characters that no id has, or too many")
        where = urlsplit(base).hostname
        deadline = self._clock() + self._transport.timeout
        try:
            with (
                self._watchdog.guard(self._transport.timeout),
                self._client.stream(
                    request.method,
                    base + request.path,
                    params=dict(request.query) or None,
                    headers=dict(request.headers),
                    content=request.body or None,
                    extensions={"trace": self._watchdog.trace},
                ) as response,
            ):
                self._account.ahead = _ahead(response.headers.get("date"), self._now)
                self._check_status(response)
                return Reply(response.status_code, _headers(response), self._body(response, deadline))
        except httpx.HTTPError as error:
            raise _named(error, str(where)) from None

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in (429, 503):
            wait = _retry_after(response.headers.get("retry-after"), response.headers.get("date"), self._now)
            raise TemporaryError(f"the provider asks to come back later (HTTP {status})", retry_after=wait)
        if status >= 500:
            raise UncertainError(f"the provider failed while answering (HTTP {status})", code=str(status))
        if 300 <= status < 400:
            raise UnexpectedReplyError(f"the provider answered with a redirect (HTTP {status}), which is not followed")

    def _body(self, response: httpx.Response, deadline: float) -> bytes:
        unpack = _unpacker(response.headers.get("content-encoding", "identity").strip().lower())
        body = bytearray()
        for chunk in response.iter_raw():
            body += unpack(chunk, MAX_REPLY + 1 - len(body))
            if len(body) > MAX_REPLY:
                raise UnexpectedReplyError(f"the reply is larger than {MAX_REPLY} bytes")
            if self._clock() > deadline:
                raise UncertainError("the reply took too long")
        return bytes(body)


class _Watchdog:
    """Cuts a client's connections when a request takes too long in all; the transport's own time-outs bound single steps only."""

    def __init__(self) -> None:
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Called by the transport at each of its steps."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            opened = info["return_value"].get_extra_info("socket")
            if isinstance(opened, socket.socket):
                self._sockets.add(opened)

    @contextmanager
    def guard(self, seconds: float) -> Iterator[None]:
        """For the time of one request."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        for opened in tuple(self._sockets):
            try:
                # The plain socket's method: that of a TLS socket pulls the session from under the thread that reads.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)
            except OSError:
                continue


def _checked(url: str, allowed: frozenset[str]) -> str:
    host = host_of(url)
    if not host:
        raise RefusedError("the address of a provider is not one", hint="such as http://127.0.0.1:8790")
    parts = urlsplit(url)
    local = is_loopback(host)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise RefusedError("the address of a provider may have neither user nor query")
    if not local and parts.scheme != "https":
        raise RefusedError(f"{host} may only be spoken to by https")
    if parts.scheme not in ("https", "http") or not (local or host in allowed):
        raise RefusedError(f"`{host}` is not a host that may be spoken to", hint="see RECONCILER_ALLOWED_HOSTS")
    return url.rstrip("/")


def host_of(url: str) -> str:
    """The host in an address; empty where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    plain = url.isascii() and url.isprintable() and len(url) <= _LONGEST_PATH and port != 0
    return parts.hostname or "" if plain else ""


def is_loopback(host: str | None) -> bool:
    """Whether the name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _named(error: httpx.HTTPError, host: str) -> ProviderError:
    """The fault as one of ours, told by whether the request can have reached the provider."""
    import httpx

    kind = type(error).__name__
    if isinstance(error, httpx.ConnectError) and "CERTIFICATE" in str(error).upper():
        return UnexpectedReplyError(f"{host} shows a certificate that is not accepted", hint="is something in between?")
    if isinstance(
        error,
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError | httpx.UnsupportedProtocol,
    ):
        hint = (
            "the extranets of this machine are served by `reconciler sandbox --hotels DIR`" if is_loopback(host) else ""
        )
        return TemporaryError(f"{host} cannot be reached ({kind})", hint=hint)
    return UncertainError(f"the connection to {host} broke before the answer was there ({kind})")


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Bytes in, at most so many bytes out: a small reply cannot grow without bound."""
    if encoding in ("", "identity"):
        return lambda chunk, _most: chunk
    if encoding not in ("gzip", "x-gzip"):
        raise UnexpectedReplyError("the reply is packed in a way that was not asked for")
    stream = zlib.decompressobj(wbits=31)

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return stream.decompress(chunk, max(1, most))
        except zlib.error:
            raise UnexpectedReplyError("the reply cannot be unpacked") from None

    return unpack


def _retry_after(value: str | None, date: str | None, now: Callable[[], datetime]) -> float | None:
    """Seconds to wait: given as such, or as a date, which is measured against the reply's own clock where it shows one."""
    if value is None:
        return None
    if value.strip().isdecimal() and value.isascii():
        return float(value.strip()[:9])
    until, since = _instant(value), _instant(date or "") or now()
    return None if until is None else max(0.0, (until - since).total_seconds())


def _ahead(date: str | None, now: Callable[[], datetime]) -> float | None:
    """Seconds by which our clock is ahead of the one that a reply shows."""
    theirs = _instant(date or "")
    return None if theirs is None else (now() - theirs).total_seconds()


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
