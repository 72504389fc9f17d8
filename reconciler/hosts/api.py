"""Talking to a host's API: JSON over the one door to the network, bounded like everything else that comes from outside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from reconciler.errors import RequestRefusedError, UnexpectedReplyError
from reconciler.providers.contract import Http, Request

T = TypeVar("T")
MISSING = "404"
"""The code of the error for what is not there."""
_PAGE, _MOST_PAGES = 100, 50


class Api:
    """One host's API with one token. `name`: what the host is called in errors."""

    def __init__(self, name: str, http: Http, headers: Mapping[str, str]) -> None:
        self._name, self._http = name, http
        self._headers = {"Accept": "application/json", **headers}

    def get(self, path: str, **query: str) -> Any:
        """What is at a path. Raises ProviderError; with code 404 where nothing is."""
        return self._send(Request("GET", path, self._headers, query=query), repeatable=True)

    def pages(self, path: str, key: str = "", **query: str) -> list[Any]:
        """All items of a list, page by page; of the list below `key` where there is one."""
        found: list[Any] = []
        for page in range(1, _MOST_PAGES + 1):
            reply = self.get(path, **query, per_page=str(_PAGE), page=str(page))
            items = items_of(reply.get(key) if key and isinstance(reply, dict) else reply, self._name)
            found += items
            if len(items) < _PAGE:
                break
        return found

    def write(self, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool = False) -> Any:
        """Sends something. Only what may be done twice is `repeatable`."""
        headers = {**self._headers, "Content-Type": "application/json"}
        request = Request(method, path, headers, json.dumps(body, ensure_ascii=False).encode())
        return self._send(request, repeatable=repeatable)

    def _send(self, request: Request, *, repeatable: bool) -> Any:
        reply = self._http.send(request, repeatable=repeatable)
        if reply.status == 404:
            said = f"{self._name} has nothing at {request.path}, or shows it to others only"
            raise RequestRefusedError(said, code=MISSING)
        if reply.status >= 400:
            hint = "has the token the permissions that docs/ci.md names?" if reply.status in (401, 403) else ""
            raise RequestRefusedError(
                f"{self._name} refuses {request.method} {request.path} (HTTP {reply.status})",
                code=str(reply.status),
                hint=hint,
            )
        try:
            return json.loads(reply.body) if reply.body else None
        except (ValueError, RecursionError) as error:
            raise UnexpectedReplyError(f"{self._name} answers with something that is no JSON") from error


def field(data: Any, kind: type[T], *keys: str) -> T:
    """A value inside a reply. Raises UnexpectedReplyError where it is not there, or of another kind."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise UnexpectedReplyError(f"an answer of the code host has no {'.'.join(keys)}")
    return data


def items_of(data: Any, name: str) -> Sequence[Any]:
    """A list in a reply."""
    if not isinstance(data, list):
        raise UnexpectedReplyError(f"{name} answers with something that is no list")
    return data
