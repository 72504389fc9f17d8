"""Talking to Expedia about one hotel: credentials put in, replies judged, secrets kept out of what is told.

Every method is one or few requests. Decides nothing about what should be true.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from reconciler.errors import (
    AuthenticationFailedError,
    CredentialError,
    RequestRefusedError,
    TemporaryError,
    UnexpectedReplyError,
)
from reconciler.model.booking import Version
from reconciler.model.secret import Secret
from reconciler.model.state import Window
from reconciler.providers.contract import Handover, Http, Reply, Request
from reconciler.providers.expedia import codec_ar, codec_bookings, codec_parr, codec_product
from reconciler.providers.expedia.codec_parr import Answer, Question
from reconciler.providers.expedia.codec_product import V2, V3, PlanFacts
from reconciler.providers.expedia.envelope import Login
from reconciler.providers.remote import RemoteRoom
from reconciler.providers.replies import blotted, discreet, in_words, plain, reading, writing

T = TypeVar("T")
_DAY = timedelta(days=1)
_XML = {"content-type": "text/xml; charset=utf-8", "accept": "text/xml"}


class Session:
    """One hotel, one account. `credential`: `api_key` is the user, `api_secret` the password."""

    def __init__(self, hotel_id: str, http: Http, credential: Mapping[str, Secret]) -> None:
        missing = [name for name in ("api_key", "api_secret") if name not in credential]
        if missing:
            raise CredentialError(f"the credential for Expedia has no {' and no '.join(missing)}")
        self.hotel_id = hotel_id
        self._http = http
        self._login = Login(credential["api_key"].reveal(), credential["api_secret"].reveal())

    def hotel(self) -> codec_product.Hotel:
        """The hotel itself; it must be the one that was asked for."""
        found = self._read(lambda: codec_product.hotel_of(self._get(f"/products/properties/{_safe(self.hotel_id)}")))
        if found.id != self.hotel_id:
            raise UnexpectedReplyError(f"asked about hotel {self.hotel_id}, the reply is about another")
        return found

    def rooms(self) -> tuple[RemoteRoom, ...]:
        """All its rooms, active or not; a hotel without any is an error."""
        found = self._read(lambda: codec_product.rooms_of(self._get(f"{self._base}/roomTypes", V3, status="all")))
        if not found:
            raise UnexpectedReplyError(f"hotel {self.hotel_id} has no room at all, which cannot be right")
        return found

    def plans(self, room_id: str) -> tuple[PlanFacts, ...]:
        """All rate plans of a room, active or not."""
        path = f"{self._base}/roomTypes/{_safe(room_id)}/ratePlans"
        return self._read(lambda: codec_product.plans_of(self._get(path, V2, status="all"), room_id))

    def plan(self, room_id: str, resource_id: str) -> Mapping[str, Any]:
        """A rate plan's whole resource."""
        entity: Mapping[str, Any] = self._read(lambda: self._get(self._plan_path(room_id, resource_id)))
        codec_product.plan_of(entity, room_id)
        return entity

    def create_plan(self, room_id: str, body: Mapping[str, Any]) -> PlanFacts:
        """Makes a rate plan. Never sent twice: after a lost reply it is found by its code."""
        path = f"{self._base}/roomTypes/{_safe(room_id)}/ratePlans"
        return self._written(lambda: codec_product.plan_of(self._json("POST", path, body, repeatable=False), room_id))

    def change_plan(self, room_id: str, resource_id: str, patch: Mapping[str, Any]) -> Mapping[str, Any]:
        """Changes some fields of a rate plan; the resource as it is then."""
        path = self._plan_path(room_id, resource_id)
        entity: Mapping[str, Any] = self._written(lambda: self._json("PATCH", path, patch, repeatable=True))
        codec_product.plan_of(entity, room_id)
        return entity

    def calendars(
        self, products: Mapping[str, Sequence[str]], window: Window, kinds: frozenset[str], currency: str
    ) -> Iterator[Answer]:
        """What is loaded for these rooms and plans on every night of the window."""
        for question in codec_parr.questions(products, (window.until - window.start).days):
            yield from self._all_nights(question, window, kinds, currency)

    def update(self, updates: Iterable[codec_ar.Update], *, repeatable: bool) -> tuple[codec_ar.Warned, ...]:
        """Sends one message; the warnings in its answer."""
        body = codec_ar.encode(self._login, self.hotel_id, updates)
        request = Request("POST", codec_ar.PATH, _XML, body)
        told = self._written(lambda: codec_ar.decode(self._xml(request, repeatable=repeatable)))
        return tuple(replace(one, text=blotted(one.text, self._secrets())) for one in told)

    def bookings(self) -> Handover:
        """The bookings that are not confirmed, as many as one reply holds."""
        request = Request("POST", codec_bookings.RETRIEVAL, _XML, codec_bookings.retrieval(self._login, self.hotel_id))
        return self._read(lambda: codec_bookings.handed_over(self._xml(request, repeatable=True), self.hotel_id))

    def confirm(self, versions: Sequence[Version], now: datetime) -> Mapping[Version, str]:
        """Confirms these in one message; those that were not taken, with the reason. Numbers stay the same, so repeating is harmless."""
        body = codec_bookings.confirmation(self._login, self.hotel_id, versions, now)
        request = Request("POST", codec_bookings.CONFIRMATION, _XML, body)
        told = self._written(lambda: codec_bookings.refusals(self._xml(request, repeatable=True)))
        why = {version: told.get(version.booking, told.get("", "")) for version in versions}
        return {version: reason for version, reason in why.items() if reason}

    def _all_nights(self, question: Question, window: Window, kinds: frozenset[str], currency: str) -> Iterator[Answer]:
        """Asks until every night has come: what a reply leaves out without a word is asked for again."""
        missing = [window.start + _DAY * i for i in range((window.until - window.start).days)]
        while missing:
            start = missing[0]
            until = min(missing[-1] + _DAY, start + _DAY * question.most_nights)
            answer = self._ask(question, start, until, kinds, currency)
            left = [night for night in missing if night not in answer.nights]
            if len(left) == len(missing):
                raise UnexpectedReplyError(f"asked about the nights from {start}, the reply has none of them")
            missing = left
            yield answer

    def _ask(self, question: Question, start: date, until: date, kinds: frozenset[str], currency: str) -> Answer:
        body = codec_parr.encode(self._login, self.hotel_id, question, start, until, kinds)
        request = Request("POST", codec_parr.PATH, _XML, body)

        def once() -> Answer:
            return codec_parr.decode(self._xml(request, repeatable=True), self.hotel_id, currency)

        try:
            return self._read(once)
        except TemporaryError as error:
            if (
                not error.code
            ):  # the transport has tried enough already; Expedia's own codes deserve one more try at once
                raise
            return self._read(once)

    @property
    def _base(self) -> str:
        return f"/properties/{_safe(self.hotel_id)}"

    def _plan_path(self, room_id: str, resource_id: str) -> str:
        return f"{self._base}/roomTypes/{_safe(room_id)}/ratePlans/{_safe(resource_id)}"

    def _get(self, path: str, media: str = V2, **query: str) -> Any:
        request = Request("GET", path, {**self._basic(), "accept": media}, query=query)
        return codec_product.decode(self._judged(self._http.send(request, repeatable=True)).body)

    def _json(self, method: str, path: str, body: Mapping[str, Any], *, repeatable: bool) -> Any:
        headers = {**self._basic(), "accept": V2, "content-type": V2}
        request = Request(method, path, headers, codec_product.encode(body))
        return codec_product.decode(self._judged(self._http.send(request, repeatable=repeatable)).body)

    def _xml(self, request: Request, *, repeatable: bool) -> bytes:
        return self._judged(self._http.send(request, repeatable=repeatable)).body

    def _basic(self) -> dict[str, str]:
        pair = f"{self._login.user}:{self._login.password}".encode()
        return {"authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def _judged(self, reply: Reply) -> Reply:
        """The reply, where its status says that the request was carried out."""
        if reply.status in (200, 201):
            return reply
        errors = codec_product.decode_errors(reply.body)
        told = in_words(plain(f"{code} {message}") for code, message in errors) or f"HTTP {reply.status}"
        code = errors[0][0] if errors else str(reply.status)
        if reply.status in (401, 403):
            raise AuthenticationFailedError(
                f"Expedia refuses the credentials: {told}", code=code, hint="check api_key, api_secret and the hotel id"
            )
        if reply.status == 408:
            raise TemporaryError("Expedia gave up waiting for the request (HTTP 408)", code=code)
        raise RequestRefusedError(f"Expedia refused: {told}", code=code)

    def _read(self, ask: Callable[[], T]) -> T:
        with discreet(self._secrets), reading():
            return ask()

    def _written(self, send: Callable[[], T]) -> T:
        with discreet(self._secrets), writing():
            return send()

    def _secrets(self) -> set[str]:
        return {self._login.user, self._login.password}


def _safe(identifier: str) -> str:
    return quote(identifier, safe="")
