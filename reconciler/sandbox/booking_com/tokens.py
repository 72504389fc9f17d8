"""Exchange of client id and secret for a token: valid for an hour, at most thirty an hour.

The shape of the body and the name of the field in the reply are known from public clients only; the field has a switch.
The token looks like a JWT but is only ever compared, never read.
"""

import base64
import hashlib
import json
from datetime import datetime

from reconciler.sandbox.booking_com.common import TOKEN_LIFE
from reconciler.sandbox.state import BOOKING, Token, World
from reconciler.sandbox.wire import MalformedError, Reply, Request, read_json, write_json

MAX_PER_HOUR = 30


def _part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _jwt(number: int, username: str, now: datetime) -> str:
    issued = int(now.timestamp())
    claims = {
        "sub": username,
        "aud": "supply",
        "iss": "urn://connectivity-modern-auth/v1",
        "iat": issued,
        "exp": issued + int(TOKEN_LIFE.total_seconds()),
        "jti": number,
    }
    head, body = _part(b'{"alg":"HS256","typ":"JWT"}'), _part(json.dumps(claims).encode())
    signature = hashlib.sha256(f"sandbox {head}.{body}".encode()).digest()
    return f"{head}.{body}.{_part(signature)}"


def exchange(world: World, request: Request, now: datetime) -> Reply:
    """`{"client_id", "client_secret"}` -> a token; 401 for a wrong secret, 429 for too many."""
    try:
        given = read_json(request.body)
    except MalformedError as error:
        return _failed(400, f"The request is {error}")
    if not isinstance(given, dict):
        return _failed(400, "client_id and client_secret are required")
    account = world.account(BOOKING, str(given.get("client_id", "")))
    if account is None or account.password != given.get("client_secret"):
        return _failed(401, "invalid client")
    world.tokens = [token for token in world.tokens if now < token.issued + TOKEN_LIFE]
    if sum(token.username == account.username for token in world.tokens) >= MAX_PER_HOUR:
        reply = _failed(429, "too many tokens")
        reply.headers["Retry-After"] = "3600"
        return reply
    number = world.next_id("token")
    token = Token(_jwt(number, account.username, now), account.username, now)
    world.tokens.append(token)
    body = {world.switches.booking_token_field: token.value, "ruid": f"token-{number}"}
    return Reply(200, write_json(body).encode(), "application/json", changed=True)


def _failed(status: int, message: str) -> Reply:
    body = {"errors": [{"message": message}]}
    return Reply(status, write_json(body).encode(), "application/json", codes=[str(status)])
