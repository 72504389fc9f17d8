"""Tokens: kept for most of their hour, asked for at most thirty times in one, by one thread at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from reconciler.errors import AuthenticationFailedError, RequestRefusedError, TemporaryError, UncertainError
from reconciler.model.secret import Secret
from reconciler.providers.booking_com.auth import TOKEN_LIFE, TOKENS_PER_HOUR, Login, TokenCache
from reconciler.providers.contract import Reply, Request
from reconciler.providers.replies import discreet


@dataclass(slots=True)
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(slots=True)
class Desk:
    """Gives numbered tokens; `answer` replaces what it says."""

    given: int = 0
    answer: Callable[[], Reply] | None = None
    requests: list[Request] = field(default_factory=list)

    def exchange(self) -> Secret:
        self.given += 1
        return Secret(f"token-{self.given}")

    def send(self, request: Request, *, repeatable: bool) -> Reply:
        self.requests.append(request)
        if self.answer is not None:
            return self.answer()
        return Reply(200, {}, b'{"jwt": "%s"}' % self.exchange().reveal().encode())


CREDENTIAL = {"partner_id": Secret("someone"), "api_key": Secret("canary-secret")}


def test_a_token_is_used_for_fifty_minutes() -> None:
    clock, desk = Clock(), Desk()
    tokens = TokenCache(clock)
    first = tokens.token("a", desk.exchange)
    clock.now += TOKEN_LIFE - 1
    assert tokens.token("a", desk.exchange) is first
    clock.now += 1
    assert tokens.token("a", desk.exchange).reveal() == "token-2"


def test_clients_have_tokens_of_their_own() -> None:
    tokens, desk = TokenCache(Clock()), Desk()
    assert tokens.token("a", desk.exchange) is not tokens.token("b", desk.exchange)


def test_no_more_than_thirty_are_asked_for_in_an_hour() -> None:
    clock, desk = Clock(), Desk()
    tokens = TokenCache(clock)
    for _ in range(TOKENS_PER_HOUR):
        tokens.drop("a", tokens.token("a", desk.exchange))
    clock.now += 600
    with pytest.raises(TemporaryError) as raised:
        tokens.token("a", desk.exchange)
    assert raised.value.retry_after == 3000
    assert desk.given == TOKENS_PER_HOUR
    clock.now += 3000
    tokens.token("a", desk.exchange)


def test_a_newer_token_is_not_dropped_for_an_older_one() -> None:
    tokens, desk = TokenCache(Clock()), Desk()
    old = tokens.token("a", desk.exchange)
    tokens.drop("a", old)
    new = tokens.token("a", desk.exchange)
    tokens.drop("a", old)
    assert tokens.token("a", desk.exchange) is new


def test_threads_that_come_at_once_share_one_exchange() -> None:
    tokens, desk, found = TokenCache(Clock()), Desk(), []
    gate = threading.Barrier(8)

    def ask() -> None:
        gate.wait()
        found.append(tokens.token("a", desk.exchange))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.given == 1
    assert len({id(token) for token in found}) == 1


def test_a_token_refused_once_is_renewed_and_refused_twice_is_told() -> None:
    desk = Desk()
    login = Login(CREDENTIAL, TokenCache(Clock()), desk)
    shown: list[str] = []

    def refuse(headers: object) -> Reply:
        shown.append(str(headers))
        return Reply(401, {}, b"")

    assert login.send(refuse).status == 401
    assert len(set(shown)) == 2
    assert desk.given == 2


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"jwt": ""}', b'{"jwt": 5}', b'{"jwt": "a b"}', b'{"jwt": "a\\n"}']
)
def test_a_reply_without_a_usable_token_is_an_error_without_secrets(body: bytes) -> None:
    login = Login(CREDENTIAL, TokenCache(Clock()), Desk(answer=lambda: Reply(200, {}, body)))
    with pytest.raises(AuthenticationFailedError) as raised:
        login.send(lambda _: Reply(200, {}, b""))
    assert "canary" not in repr(raised.value)


def test_a_lost_reply_of_the_exchange_leaves_no_doubt_about_a_change() -> None:
    def lose() -> Reply:
        raise UncertainError("gone")

    login = Login(CREDENTIAL, TokenCache(Clock()), Desk(answer=lose))
    with pytest.raises(TemporaryError):
        login.send(lambda _: Reply(200, {}, b""))


def test_the_exchange_goes_to_its_own_host_and_hides_in_reprs() -> None:
    desk = Desk()
    login = Login(CREDENTIAL, TokenCache(Clock()), desk)
    login.send(lambda _: Reply(200, {}, b""))
    (request,) = desk.requests
    assert request.host == "auth"
    assert "canary" not in repr(request)
    with pytest.raises(RequestRefusedError) as raised, discreet(login.secrets):
        raise RequestRefusedError("someone said canary-secret and token-1")
    assert (raised.value.message, str(raised.value)) == ("*** said *** and ***",) * 2
