"""Who asks: a token that is exchanged and kept for most of its hour, or a machine account's name and password.

The keys of a credential are `partner_id` and `api_key`: client id and secret of the token exchange, or user and password of a machine
account. Which of the two it is, the workspace says. Tokens are kept in memory alone.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import (
    AuthenticationFailedError,
    CredentialError,
    TemporaryError,
)
from reconciler.model.secret import Secret
from reconciler.providers.contract import Http, Reply, Request
from reconciler.providers.replies import reading

EXCHANGE = "/token-based-authentication/exchange"
TOKEN_LIFE = 50 * 60.0
"""Seconds a token is used for; it is valid for an hour."""
TOKENS_PER_HOUR = 30
_HOUR = 3600.0
_FIELDS = ("jwt", "token", "access_token")
"""Names of the field with the token: the first is what public clients read, no document at hand says."""


@dataclass(slots=True)
class _Client:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: Secret | None = None
    since: float = 0.0
    asked: deque[float] = field(default_factory=deque)


class TokenCache:
    """Tokens by client id, for all hotels of an account. Thread-safe. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._clients: dict[str, _Client] = {}

    def token(self, client_id: str, exchange: Callable[[], Secret]) -> Secret:
        """The client's token; `exchange` is called where there is none that is young enough, by one thread at a time.

        Raises TemporaryError where the client has asked for thirty within an hour.
        """
        client = self._client(client_id)
        with client.lock:
            now = self._clock()
            if client.token is None or now - client.since >= TOKEN_LIFE:
                self._admit(client, now)
                client.token, client.since = exchange(), now
            return client.token

    def drop(self, client_id: str, token: Secret) -> None:
        """Forgets this token, which was not accepted; a newer one stays."""
        client = self._client(client_id)
        with client.lock:
            if client.token is token:
                client.token = None

    def _client(self, client_id: str) -> _Client:
        with self._lock:
            return self._clients.setdefault(client_id, _Client())

    @staticmethod
    def _admit(client: _Client, now: float) -> None:
        while client.asked and now - client.asked[0] >= _HOUR:
            client.asked.popleft()
        if len(client.asked) >= TOKENS_PER_HOUR:
            wait = client.asked[0] + _HOUR - now
            raise TemporaryError(
                f"{TOKENS_PER_HOUR} tokens were asked for within an hour, which is all that Booking.com gives",
                hint="run again later",
                retry_after=wait,
            )
        client.asked.append(now)


class Login:
    """The credential of one account. `auth`: `token` or `basic`. Raises CredentialError where a part is missing."""

    def __init__(
        self, credential: Mapping[str, Secret], tokens: TokenCache, http: Http, *, auth: str = "token"
    ) -> None:
        missing = [name for name in ("partner_id", "api_key") if name not in credential]
        if missing:
            raise CredentialError(f"the credential for Booking.com has no {' and no '.join(missing)}")
        self._basic = auth == "basic"
        self._user, self._password = credential["partner_id"], credential["api_key"]
        self._tokens, self._http = tokens, http
        self._token: Secret | None = None

    def send(self, request: Callable[[Mapping[str, str]], Reply]) -> Reply:
        """Sends with the header that says who asks. A token that is not accepted is exchanged for a new one, once."""
        if self._basic:
            return request({"authorization": f"Basic {self._pair()}"})
        user = self._user.reveal()
        self._token = self._tokens.token(user, self._exchange)
        reply = request({"authorization": f"Bearer {self._token.reveal()}"})
        if reply.status != 401:
            return reply
        self._tokens.drop(user, self._token)
        self._token = self._tokens.token(user, self._exchange)
        return request({"authorization": f"Bearer {self._token.reveal()}"})

    def secrets(self) -> set[str]:
        """What may be shown nowhere, in every form in which it is sent."""
        token = set() if self._token is None else {self._token.reveal()}
        return {self._user.reveal(), self._password.reveal(), self._pair(), *token}

    def _pair(self) -> str:
        return base64.b64encode(f"{self._user.reveal()}:{self._password.reveal()}".encode()).decode()

    def _exchange(self) -> Secret:
        body = json.dumps({"client_id": self._user.reveal(), "client_secret": self._password.reveal()}).encode()
        headers = {"content-type": "application/json", "accept": "application/json"}
        with reading():  # a token that never arrived changes nothing
            reply = self._http.send(Request("POST", EXCHANGE, headers, body, host="auth"), repeatable=True)
        if reply.status != 200:
            raise AuthenticationFailedError(
                f"Booking.com gives no token for the credentials (HTTP {reply.status})",
                code=str(reply.status),
                hint="check partner_id and api_key; a machine account needs `auth: basic` under providers, booking.com",
            )
        return _token_in(reply.body)


def _token_in(body: bytes) -> Secret:
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    found = next((given[name] for name in _FIELDS if given.get(name)), None) if isinstance(given, dict) else None
    if not isinstance(found, str) or not found.isascii() or not found.isprintable() or " " in found:
        raise AuthenticationFailedError("the reply to the exchange of credentials holds no token")
    return Secret(found)
