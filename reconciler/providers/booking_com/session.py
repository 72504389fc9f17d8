"""Talking to Booking.com about one hotel: credentials put in, replies judged, secrets kept out of what is told.

Every method is one or few requests. Decides nothing about what should be true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from reconciler.errors import (
    AuthenticationFailedError,
    RequestRefusedError,
    TemporaryError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.booking import Version
from reconciler.model.state import Window
from reconciler.providers.booking_com import codec_bxml, codec_ota, codec_reservations
from reconciler.providers.booking_com.auth import Login
from reconciler.providers.booking_com.capabilities import MAX_DAYS_READ
from reconciler.providers.booking_com.codec_bxml import Answer, Item, Question, Rate, Room, Told
from reconciler.providers.booking_com.codec_ota import Done, Notif, PlanNotif, Product
from reconciler.providers.booking_com.codec_reservations import Message
from reconciler.providers.contract import Handover, Http, Reply, Request
from reconciler.providers.replies import blotted, discreet, reading, writing

T = TypeVar("T")
_HEADERS = {"content-type": "application/xml", "accept": "application/xml", "accept-version": codec_bxml.VERSION}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message of availability: its id for support, what was told, and whether all of it was refused."""

    message_id: str
    told: tuple[Told, ...]
    nothing_done: bool


class Session:
    """One hotel, one account. `test`: a test hotel, which OTA messages have to say."""

    def __init__(self, hotel_id: str, http: Http, login: Login, *, test: bool = False) -> None:
        self.hotel_id = hotel_id
        self.message_id = ""
        self._http, self._login, self._test = http, login, test

    def rooms(self) -> tuple[Room, ...]:
        """The hotel's active rooms with their active rates. A hotel without any, or another hotel, is an error."""
        body = codec_bxml.roomrates_request(self.hotel_id)
        rooms = self._read(lambda: codec_bxml.rooms_of(self._post(codec_bxml.ROOMRATES, body).body))
        if not rooms:
            raise UnexpectedReplyError(f"hotel {self.hotel_id} has no room at all, which cannot be right")
        if any(room.hotel_id != self.hotel_id for room in rooms):
            raise UnexpectedReplyError(f"asked about hotel {self.hotel_id}, the reply is about another")
        return rooms

    def rates(self) -> tuple[Rate, ...]:
        """The hotel's rate plans, also those that no room sells. No document promises this list; none where it is not given."""
        body = codec_bxml.roomrates_request(self.hotel_id)
        try:
            return self._read(lambda: codec_bxml.rates_of(self._post(codec_bxml.RATES, body).body))
        except (RequestRefusedError, UnexpectedReplyError):
            return ()

    def nights(self, window: Window, *, by_room: bool, rooms: Sequence[str]) -> Iterator[Answer]:
        """What is told of every night of the window."""
        start = window.start
        while start < window.until:
            days = min(MAX_DAYS_READ, (window.until - start).days)
            yield self._read(partial(self._ask, Question(start, days, by_room, tuple(rooms))))
            start += timedelta(days=days)

    def _ask(self, question: Question) -> Answer:
        body = codec_bxml.nights_request(self.hotel_id, question)
        return codec_bxml.nights_of(self._post(codec_bxml.ROOMRATEAVAILABILITY, body).body)

    def update(self, items: Iterable[Item], *, repeatable: bool) -> Sent:
        """Sends one message of availability, prices or restrictions."""
        body = codec_bxml.encode(items)
        with discreet(self._login.secrets), writing():
            reply = self._asked(codec_bxml.AVAILABILITY, body, repeatable=repeatable)
            if reply.status == 400:
                told = codec_bxml.errors_in(reply.body) or (Told("400", "the message was refused without a reason"),)
                return Sent(self._kept(reply), self._discreet(told), nothing_done=True)
            told = codec_bxml.decode(self._judged(reply).body)
            return Sent(self._kept(reply), self._discreet(told), nothing_done=False)

    def rate_plan(self, notif: PlanNotif) -> tuple[str, str]:
        """Makes, renames, switches off or on a rate plan; its id, and what was warned of.

        Raises RequestRefusedError where it was refused, TemporaryError where it may pass later.
        """
        body = codec_ota.rate_plans_request(self.hotel_id, [notif], test=self._test)
        done = self._ota(codec_ota.RATE_PLANS, body, repeatable=notif.kind is not Notif.NEW)
        if notif.kind is not Notif.NEW:
            return notif.code, done.warned
        given = done.ids
        id_ = given.get(notif.reference) or (next(iter(given.values())) if len(given) == 1 else "")
        if not id_:
            raise UncertainError("the rate plan was made, but the reply does not tell its id")
        return id_, done.warned

    def products(self, kind: Notif, products: Sequence[Product]) -> str:
        """Pairs rooms with a plan, or replaces the conditions of pairs; what was warned of. Raises as `rate_plan` does."""
        body = codec_ota.products_request(self.hotel_id, kind, products, test=self._test)
        return self._ota(codec_ota.PRODUCTS, body, repeatable=kind is not Notif.NEW).warned

    def reservations(self, message: Message, limit: int) -> Handover:
        """The bookings of one kind that are not acknowledged, at most so many."""
        query = {"hotel_ids": self.hotel_id, "limit": f"{limit}"}

        def request(who: Mapping[str, str]) -> Reply:
            asked = Request("GET", message.path, {**_HEADERS, **who}, host="secure", query=query)
            return self._http.send(asked, repeatable=True)

        def ask() -> Handover:
            reply = self._judged(self._login.send(request))
            self._kept(reply)
            return codec_reservations.handed_over(message, reply.body, self.hotel_id)

        return self._read(ask)

    def acknowledge(self, message: Message, versions: Sequence[Version], now: datetime) -> Mapping[Version, str]:
        """Acknowledges these, which came by this message; those that were not taken, with the reason.

        Never sent twice by itself: after a lost reply the same words might acknowledge a change that nobody has seen. A message that is
        refused as a whole did nothing; then the rest is sent again without those that it names, or each alone where it names none.
        """
        body = codec_reservations.acknowledgement(message, versions, now, test=self._test)
        with discreet(self._login.secrets), writing():
            reply = self._asked(message.path, body, repeatable=False, host="secure")
            whole = reply.status == 400
            told = codec_reservations.refusals(reply.body if whole else self._judged(reply).body)
        rest = [version for version in versions if version.booking not in told]
        refused = {version: told[version.booking] for version in versions if version.booking in told}
        if not whole or len(versions) == 1:
            return refused | (dict.fromkeys(rest, told[""]) if "" in told else {})
        for some in [rest] if refused else [[version] for version in rest]:
            refused |= self.acknowledge(message, some, now) if some else {}
        return refused

    def _ota(self, path: str, body: bytes, *, repeatable: bool) -> Done:
        with discreet(self._login.secrets), writing():
            done = codec_ota.decode(self._post(path, body, repeatable=repeatable).body)
            return replace(done, warned=blotted(done.warned, self._login.secrets()))

    def _discreet(self, told: Iterable[Told]) -> tuple[Told, ...]:
        secrets = self._login.secrets()
        return tuple(replace(one, code=blotted(one.code, secrets), text=blotted(one.text, secrets)) for one in told)

    def _post(self, path: str, body: bytes, *, repeatable: bool = True) -> Reply:
        reply = self._judged(self._asked(path, body, repeatable=repeatable))
        self._kept(reply)
        return reply

    def _asked(self, path: str, body: bytes, *, repeatable: bool, host: str = "main") -> Reply:
        def request(who: Mapping[str, str]) -> Reply:
            return self._http.send(Request("POST", path, {**_HEADERS, **who}, body, host), repeatable=repeatable)

        return self._login.send(request)

    def _kept(self, reply: Reply) -> str:
        self.message_id = codec_bxml.message_id(reply.body)
        return self.message_id

    def _judged(self, reply: Reply) -> Reply:
        """The reply, where its status says that the request was carried out or answered."""
        if reply.status == 200:
            return reply
        refused = codec_ota.refusal(reply.body)
        words = refused.message if refused else f"Booking.com refused (HTTP {reply.status})"
        code = refused.code if refused and refused.code else str(reply.status)
        if reply.status == 401:
            raise AuthenticationFailedError(words, code=code, hint="check partner_id and api_key")
        if reply.status == 403:
            hint = f"is hotel {self.hotel_id} connected to this account, with these rights?"
            raise RequestRefusedError(words, code=code, hint=hint)
        if reply.status == 408:
            raise TemporaryError("Booking.com gave up waiting for the request (HTTP 408)", code=code)
        raise refused or RequestRefusedError(words, code=code)

    def _read(self, ask: Callable[[], T]) -> T:
        with discreet(self._login.secrets), reading():
            return ask()
