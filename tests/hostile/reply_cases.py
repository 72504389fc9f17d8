"""Answers that no provider should give: each with the request that gets it, and a part of what is said."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.hostile.liar import KEY, PARTNER, SECRET, Answer, Lie
from tests.hostile.place import DONE, FAILED

ESCAPE = "\x1b[2J\x1b]0;owned\x07"
BIG = 17 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """The request, the answer, and what the program says of it."""

    name: str
    call: str
    lie: Lie
    says: str
    code: int = FAILED


def body(content: str | bytes, status: int = 200, **headers: str) -> Lie:
    """Always this, whatever is true."""
    content = content.encode() if isinstance(content, str) else content
    return lambda _true: Answer(content, status, {name.replace("_", "-"): value for name, value in headers.items()})


def raw(content: bytes) -> Lie:
    """These bytes, and the connection is closed."""
    return lambda _true: Answer(raw=content)


def made(change: Callable[[bytes], bytes], **headers: str) -> Lie:
    """Something made of the true answer."""
    return lambda true: Answer(change(true), headers={name.replace("_", "-"): value for name, value in headers.items()})


def put(old: str, new: str | bytes, count: int = 1) -> Lie:
    """The true answer with a part of it replaced."""

    def change(true: bytes) -> bytes:
        assert old.encode() in true, true[:2000]
        return true.replace(old.encode(), new.encode("utf-8", "surrogatepass") if isinstance(new, str) else new, count)

    return made(change)


def entity(change: Callable[[Any], Any]) -> Lie:
    """The true answer of the Product API with another entity."""

    def lie(true: bytes) -> bytes:
        wrapper = json.loads(true)
        found = change(wrapper["entity"])
        return json.dumps({**wrapper, "entity": wrapper["entity"] if found is None else found}).encode()

    return made(lie)


def field(**fields: Any) -> Lie:
    """The first (or only) resource with other fields."""
    return entity(lambda found: (found[0] if isinstance(found, list) else found).update(fields))


# --- what any message can be

_DTD = '<!DOCTYPE r [<!ENTITY a "b">]>'
_LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
_ANY_XML: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("nothing at all", lambda true: b""),
    ("white space", lambda true: b" \r\n\t"),
    ("half of it", lambda true: true[: len(true) // 2]),
    ("all but its last letter", lambda true: true.rstrip()[:-1] if not true.rstrip().endswith(b"-->") else true[:200]),
    ("it twice", lambda true: true + true),
    ("JSON", lambda true: b'{"ok": true}'),
    ("a page to log in", lambda true: b"<!DOCTYPE html><html><body><form action='/login'><br></form></body></html>"),
    ("a page that is XML", lambda true: b"<html xmlns='http://www.w3.org/1999/xhtml'><body>please log in</body></html>"),
    ("another message", lambda true: b"<surprise/>"),
    ("a document type", lambda true: f"<?xml version='1.0'?>{_DTD}<r>&a;</r>".encode()),
    ("a billion laughs", lambda true: f"<?xml version='1.0'?>{_LAUGHS}<r>&j;</r>".encode()),
    ("a file of this machine", lambda true: b"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>"),
    ("a place in the network", lambda true: b"<!DOCTYPE r SYSTEM 'http://127.0.0.1:9/evil.dtd'><r/>"),
    ("a parameter entity", lambda true: b"<!DOCTYPE r [<!ENTITY % a SYSTEM 'http://127.0.0.1:9/x'> %a;]><r/>"),
    ("an entity of nobody", lambda true: b"<r>&nobody;</r>"),
    ("a tree too deep", lambda true: b"<a>" * 100 + b"</a>" * 100),
    ("a NUL", lambda true: true[:20] + b"\x00" + true[20:]),
    ("a control character", lambda true: b"<r>\x1b[2J</r>"),
    ("a control character by number", lambda true: b"<r>&#27;[2J</r>"),
    ("bytes that are no UTF-8", lambda true: b"<?xml version='1.0' encoding='UTF-8'?><r>\xff\xfe</r>"),
    ("an encoding of nobody", lambda true: b"<?xml version='1.0' encoding='klingon'?><r/>"),
    ("an encoding that is not true", lambda true: b"<?xml version='1.0' encoding='UTF-16'?><r/>"),
    ("an attribute twice", lambda true: b"<r a='1' a='2'/>"),
    ("a prefix of nobody", lambda true: b"<x:r/>"),
]  # fmt: skip
_SOME = (
    "nothing at all",
    "half of it",
    "a page to log in",
    "another message",
    "a billion laughs",
    "a file of this machine",
    "a control character",
)
_XML = [
    Told(f"{call}: {name}", call, made(change), "the reply")
    for call in ("calendar", "nights", "roomrates", "bookings", "reservations") for name, change in _ANY_XML
    if call == "calendar" or name in _SOME or (call == "nights" and name != "an attribute twice")
]  # fmt: skip

_ANY_JSON: list[tuple[str, str | bytes]] = [
    ("nothing at all", ""), ("half of it", '{"entity": {"resou'), ("null", "null"), ("a list", "[]"), ("a number", "5"), ("a text", '"ok"'), ("no entity", '{"ok": true}'),
    ("XML", "<?xml version='1.0'?><entity/>"), ("a page to log in", "<!DOCTYPE html><html><form action='/login'></form></html>"),
    ("an entity that is null", '{"entity": null}'), ("an entity that is a text", '{"entity": "x"}'), ("an entity that is a number", '{"entity": 1e5}'),
    ("lists without end", '{"entity": ' + "[" * 200_000), ("objects without end", '{"entity": ' + '{"a":' * 200_000),
    ("what is not a number", '{"entity": NaN}'), ("an endless number", '{"entity": -Infinity}'), ("a number that would fill the memory", '{"entity": 1e999999999}'),
    ("a number beyond all numbers", '{"entity": 1e99999999999999999999}'), ("a number of a million digits", '{"entity": ' + "9" * 1_000_000 + "}"),
    ("bytes that are no UTF-8", b'{"entity": "\xff\xfe"}'), ("two answers", '{"entity": {}} {"entity": {}}'),
]  # fmt: skip
_SAYS = {
    **dict.fromkeys(("null", "a list", "a number", "a text", "no entity"), "the reply has no entity"),
    **dict.fromkeys(
        ("an entity that is null", "an entity that is a text", "an entity that is a number"),
        "lisbon-baixa/expedia: error[target-failed]: a",
    ),
}
_JSON = [
    Told(f"{call}: {name}", call, body(content), _SAYS.get(name, "the reply is not JSON")) for call in ("hotel", "rooms", "plans") for name, content in _ANY_JSON
    if call == "hotel" or name in _SOME or name.startswith("an entity")
]  # fmt: skip

# --- what any server can do

_ANY_HTTP: list[tuple[str, Lie, str]] = [
    ("a redirect", body("", 302, Location="http://127.0.0.1:9/"), "redirect"),
    ("a redirect for good", body("", 301, Location="https://evil.example/"), "redirect"),
    ("a redirect to a file", body("", 307, Location="file:///etc/passwd"), "redirect"),
    ("not modified", body("", 304), "redirect"),
    ("not found", body("<html>not found</html>", 404), "404"),
    ("a teapot", body(ESCAPE, 418), "418"),
    ("a failure of its own", body("oops", 500), "500"),
    ("a bad gateway", body(f"<html>{ESCAPE}</html>", 502), "502"),
    ("a request to wait", body("", 503), "503"),
    ("a request to wait for years", body("", 429, Retry_After="999999999"), "429"),
    ("a request to wait in odd words", body("", 429, Retry_After=f"soon{'9' * 500}"), "429"),
    ("a request to wait until the year one", body("", 503, Retry_After="Mon, 01 Jan 0001 00:00:00 +2359"), "503"),
    ("a status out of range", raw(b"HTTP/1.1 9999 Odd\r\n\r\n"), "broke before the answer"),
    ("a status that is a word", raw(b"HTTP/1.1 fine OK\r\n\r\n"), "broke before the answer"),
    ("another protocol", raw(b"220 mail.example ESMTP ready\r\n"), "broke before the answer"),
    ("a hang-up", raw(b""), "broke before the answer"),
    ("a header without end", raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000), "broke before the answer"),
    ("a hundred thousand headers", raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"), "broke before the answer"),
    ("a header with a control character", raw(b"HTTP/1.1 200 OK\r\nX-\x1b[2J: y\r\nContent-Length: 0\r\n\r\n"), "broke before the answer"),
    ("a length below zero", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"), "broke before the answer"),
    ("a length that is a word", raw(b"HTTP/1.1 200 OK\r\nContent-Length: much\r\n\r\nhello"), "broke before the answer"),
    ("two lengths", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 2\r\n\r\nhello"), "broke before the answer"),
    ("less than it promised", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello"), "broke before the answer"),
    ("chunks that are none", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), "broke before the answer"),
    ("a chunk of too much", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello"), "broke before the answer"),
    ("chunks that never end", raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), "broke before the answer"),
    ("what is packed badly", body(b"not packed", Content_Encoding="gzip"), "cannot be unpacked"),
    ("what is packed and cut", made(lambda true: gzip.compress(true + b" " * 2000)[:-200], Content_Encoding="gzip"), "the reply"),
    ("what is packed otherwise", made(zlib.compress, Content_Encoding="deflate"), "was not asked for"),
    ("what is packed in a way of nobody", body(b"", Content_Encoding="klingon"), "was not asked for"),
    ("what is packed twice", made(lambda true: gzip.compress(gzip.compress(true)), Content_Encoding="gzip"), "the reply"),
    ("what unpacks to a mountain", body(gzip.compress(b" " * BIG), Content_Encoding="gzip"), "larger than"),
    ("a mountain", body(b" " * BIG), "larger than"),
]  # fmt: skip
_HTTP = [
    Told(f"{call}: {name}", call, lie, says) for call in ("hotel", "nights") for number, (name, lie, says) in enumerate(_ANY_HTTP)
    if call == "hotel" or number % 2
]  # fmt: skip

# --- what only this message can say

_EXPEDIA = [
    Told("hotel: another hotel", "hotel", field(resourceId=99), "the reply is about another"),
    Told("hotel: no hotel", "hotel", field(resourceId=None), "a resource has no id"),
    Told("hotel: an id that is a list", "hotel", field(resourceId=[1]), "a resource has no id"),
    Told("hotel: models that are no list", "hotel", field(distributionModels="all"), "`distributionModels` is not a list"),
    Told("hotel: another currency", "hotel", field(currency="XXX"), "XXX"),
    Told("hotel: a currency that moves the cursor", "hotel", field(currency=ESCAPE), "currency"),
    Told("rooms: none", "rooms", entity(lambda _rooms: []), "has no room at all"),
    Told("rooms: one that is a number", "rooms", entity(lambda _rooms: [5]), "is not an object"),
    Told("rooms: one without an id", "rooms", field(resourceId=""), "a resource has no id"),
    Told("rooms: one object", "rooms", entity(lambda rooms: rooms[0]), "a list of room types was expected"),
    Told("plans: one object", "plans", entity(lambda plans: plans[0]), "a list of rate plans was expected"),
    Told("plans: one that is a text", "plans", entity(lambda _plans: ["BAR"]), "a rate plan is not an object"),
    Told("plans: rules that are no list", "plans", field(distributionRules={"a": 1}), "`distributionRules` is not a list"),
    Told("plans: a rule that is a text", "plans", field(distributionRules=["x"]), "a distribution rule is not an object"),
    Told("plans: inclusions that are no list", "plans", field(valueAddInclusions="Free Breakfast"), "`valueAddInclusions` is not a list"),
    Told("plans: penalties that are no list", "plans", field(cancelPolicy={"defaultPenalties": 5}), "`defaultPenalties` is not a list"),
    Told("plans: a penalty that is a text", "plans", field(cancelPolicy={"defaultPenalties": ["all"]}), "a penalty is not an object"),
    Told("plans: a penalty with a deadline of words", "plans", field(cancelPolicy={"defaultPenalties": [{"deadline": "soon", "perStayFee": {}}]}), "messages to send. Nothing has been changed", DONE),
    Told("plans: a name that moves the cursor", "plans", field(name=f"Best{ESCAPE}"), "messages to send. Nothing has been changed", DONE),
    Told("plans: a name of half a character", "plans", field(name="Best\ud800"), "the reply is not JSON"),
    Told("plans: a name with a NUL", "plans", field(name="Best\x00"), "messages to send. Nothing has been changed", DONE),
    Told("plans: a name without end", "plans", field(name="x" * 1_000_000), "messages to send. Nothing has been changed", DONE),
    Told("plans: a name that is a list", "plans", field(name=["Best", {"a": 1}]), "messages to send. Nothing has been changed", DONE),
    Told("plans: days below zero", "plans", field(minAdvBookDays=-5, maxAdvBookDays=-9), "messages to send. Nothing has been changed", DONE),
    Told("plans: days without end", "plans", field(minAdvBookDays=10**300, maxAdvBookDays=10**300), "messages to send. Nothing has been changed", DONE),
    Told("calendar: another hotel", "calendar", put('id="16636843"', 'id="99"'), "the reply is about another"),
    Told("calendar: a date that is none", "calendar", put('date="2031-01-13"', 'date="2031-02-30"'), "a night in the reply is not a date"),
    Told("calendar: a date that is a word", "calendar", put('date="2031-01-13"', 'date="today"'), "a night in the reply is not a date"),
    Told("calendar: a date of long ago", "calendar", put('date="2031-01-13"', 'date="0001-01-01"'), "the reply has none of them"),
    Told("calendar: a date at the end of days", "calendar", put('date="2031-01-13"', 'date="9999-12-31"'), "the reply has none of them"),
    Told("calendar: counts below zero", "calendar", put('totalInventoryAvailable="', 'totalInventoryAvailable="-'), "is not a whole number"),
    Told("calendar: half a unit", "calendar", put('totalInventorySold="', 'totalInventorySold="0.5'), "is not a whole number"),
    Told("calendar: a count of a hundred digits", "calendar", put('totalInventoryAvailable="', f'totalInventoryAvailable="{"9" * 100}'), "is not a whole number"),
    Told("calendar: a count in Arabic digits", "calendar", put('totalInventorySold="', 'totalInventorySold="\u0665'), "is not a whole number"),
    Told("calendar: closed perhaps", "calendar", put(' closed="', ' closed="perhaps'), "is neither true nor false"),
    Told("calendar: a room without an id", "calendar", put('<RoomType id="30011"', '<RoomType id=""'), "has no id"),
    Told("calendar: two words about a night", "calendar", made(lambda true: _twice(true)), "two things about one night"),
    *(Told(f"calendar: a price that is {name}", "calendar", _price, says) for name, _price, says in (
        ("a word", put('rate="', 'rate="cheap'), "is not a number"),
        ("not a number", made(lambda true: _priced(true, "NaN")), "is not a price"),
        ("a signal", made(lambda true: _priced(true, "sNaN")), "is not a"),
        ("endless", made(lambda true: _priced(true, "Infinity")), "is not a"),
        ("below zero", made(lambda true: _priced(true, "-120.00")), "is not a price"),
        ("out of all range", made(lambda true: _priced(true, "1e999999")), "is not a"),
        ("beyond all numbers", made(lambda true: _priced(true, "1e99999999999999999999")), "is not a number"),
        ("of a thousand digits", made(lambda true: _priced(true, "9" * 1000)), "is not a"),
        ("in another currency", put('currency="EUR"', 'currency="USD"'), "has another currency"),
    )),
    *(Told(f"calendar: an error {name}", "calendar", body(f'<ProductAvailRateRetrievalRS xmlns="http://www.expediaconnect.com/EQC/PAR/2013/07">{errors}</ProductAvailRateRetrievalRS>'), says) for name, errors, says in (
        ("about credentials", '<Error code="1001">bad user</Error>', "Expedia refuses the credentials: 1001 bad user"),
        ("that moves the cursor", '<Error code="3201">&#x202e;evil&#x9b;31m&#x85;</Error>', "3201"),
        ("without a code", "<Error>why not</Error>", "0 why not"),
        ("with a code below zero", '<Error code="-1">x</Error>', "0 x"),
        ("with a code without end", f'<Error code="{"9" * 5000}">x</Error>', "0 x"),
        ("without end", f'<Error code="3201">{"x" * 100_000}</Error>', "3201 xxx"),
        ("a thousand times", '<Error code="3201">a</Error>' + "".join(f'<Error code="{n}">b{n}</Error>' for n in range(3300, 4200)), "more)"),
        ("with our secrets", f'<Error code="3201">user {KEY} password {SECRET}</Error>', "user *** password ***"),
        ("with mark-up", '<Error code="3201">[link](https://evil.example) &lt;script&gt;</Error>', "3201 [link]"),
    )),
    Told("calendar: no hotel", "calendar", body('<ProductAvailRateRetrievalRS><AvailRateList/></ProductAvailRateRetrievalRS>'), "no availability"),
    Told("calendar: no nights", "calendar", body('<ProductAvailRateRetrievalRS><AvailRateList><Hotel id="16636843"/></AvailRateList></ProductAvailRateRetrievalRS>'), "the reply has none of them"),
    *(Told(f"hotel: a refusal {name}", "hotel", body(content, 400), says) for name, content, says in (
        ("that moves the cursor", json.dumps({"errors": [{"code": f"1{ESCAPE}", "message": f"bad{ESCAPE}"}]}), "Expedia refused: 1"),
        ("with our secrets", json.dumps({"errors": [{"code": 1, "message": f"{KEY}:{SECRET}"}]}), "***:***"),
        ("of half a character", json.dumps({"errors": [{"code": 1, "message": "bad\ud800"}]}), "Expedia refused: 1 bad"),
        ("of another shape", '{"errors": {"code": 5}}', "HTTP 400"),
        ("of lists without end", "[" * 100_000, "HTTP 400"),
        ("of numbers", '{"errors": [5]}', "HTTP 400"),
        ("without end", json.dumps({"errors": [{"code": 1, "message": "x" * 1_000_000}]}), "Expedia refused: 1 xxx"),
    )),
    Told("hotel: credentials refused", "hotel", body(json.dumps({"errors": [{"code": 1, "message": KEY}]}), 401), "refuses the credentials: 1 ***"),
]  # fmt: skip


def _priced(true: bytes, price: str) -> bytes:
    head, found, tail = true.partition(b' rate="')
    assert found
    return head + found + price.encode() + tail[tail.index(b'"') :]


def _twice(true: bytes) -> bytes:
    start, end = true.index(b"<AvailRate "), true.index(b"</AvailRate>") + len(b"</AvailRate>")
    entry = true[start:end]
    assert b'totalInventoryAvailable="' in entry
    other = entry.replace(b'totalInventoryAvailable="', b'totalInventoryAvailable="1', 1)
    return true[:end] + other + true[end:]


_RESULT = "<result>{}</result>"
_BOOKING = [
    *(Told(f"token: {name}", "token", body(content, status), says) for name, content, status, says in (
        ("nothing", "", 200, "holds no token"), ("a page", "<html>", 200, "holds no token"), ("null", "null", 200, "holds no token"), ("a list", '["jwt"]', 200, "holds no token"),
        ("an empty one", '{"jwt": ""}', 200, "holds no token"), ("a number", '{"jwt": 5}', 200, "holds no token"), ("one with a line break", json.dumps({"jwt": "a\r\nHost: evil"}), 200, "holds no token"),
        ("one with a space", '{"jwt": "a b"}', 200, "holds no token"), ("one of bytes", json.dumps({"jwt": "\ud800"}), 200, "holds no token"), ("one that is not ASCII", '{"jwt": "\u00e9"}', 200, "holds no token"),
        ("lists without end", "[" * 200_000, 200, "holds no token"), ("a number without end", '{"jwt": ' + "9" * 10_000 + "}", 200, "holds no token"),
        ("a refusal", json.dumps({"error": f"{PARTNER} {KEY}"}), 401, "gives no token"), ("a redirect", "", 302, "redirect"), ("a failure", ESCAPE, 500, "HTTP 500"),
        ("one without end", json.dumps({"jwt": "a" * 1_000_000}), 200, "HTTP 431"),
    )),
    Told("roomrates: another hotel", "roomrates", put('hotel_id="8011855"', 'hotel_id="99"', -1), "the reply is about another"),
    Told("roomrates: two hotels", "roomrates", put('hotel_id="8011855"', 'hotel_id="99"'), "the reply is about another"),
    Told("roomrates: no hotel", "roomrates", put('hotel_id="8011855"', 'hotel_id=""', -1), "the reply is about another"),
    Told("roomrates: no rooms", "roomrates", body("<rooms/>"), "room"),
    Told("roomrates: a room without an id", "roomrates", put('<room id="', '<room xid="'), "has no `id`"),
    Told("roomrates: a rate without an id", "roomrates", put('<rate id="', '<rate xid="'), "has no `id`"),
    Told("roomrates: guests below zero", "roomrates", put('max_persons="', 'max_persons="-'), "is not a count"),
    Told("roomrates: guests of a hundred digits", "roomrates", put('max_persons="', f'max_persons="{"9" * 100}'), "is not a count"),
    Told("roomrates: a name that moves the cursor", "roomrates", put('room_name="', 'room_name="&#x9b;31m&#x202e;'), "messages to send. Nothing has been changed", DONE),
    Told("nights: counts below zero", "nights", put('booked="', 'booked="-'), "`booked` in the reply is not a count"),
    Told("nights: counts of a hundred digits", "nights", put('rooms_to_sell="', f'rooms_to_sell="{"9" * 100}'), "`rooms_to_sell` in the reply is not a count"),
    Told("nights: half a room", "nights", put('rooms_to_sell="', 'rooms_to_sell="0.5'), "is not a count"),
    Told("nights: counts in Arabic digits", "nights", put('booked="', 'booked="\u0665'), "is not a count"),
    Told("nights: closed perhaps", "nights", put(' closed="', ' closed="7'), "is neither 0 nor 1"),
    Told("nights: a date that is none", "nights", put('value="2031-01-1', 'value="2031-02-3'), "is not a date"),
    Told("nights: a date that is a word", "nights", put('value="2031-01-1', 'value="today'), "is not a date"),
    Told("nights: a date in another spelling", "nights", put('value="2031-01-13"', 'value="20310113"'), "is not a date"),
    Told("nights: no date", "nights", put(' value="', ' xvalue="'), "has no `value`"),
    Told("nights: no rooms", "nights", body("<result/>"), "are not in the replies"),
    Told("nights: a room that nobody asked for", "nights", put('room_id="90100101"', 'room_id="666"', -1), "was not asked for"),
    Told("nights: a room without an id", "nights", put('room_id="90100101"', 'room_id=""'), "has no `room_id`"),
    Told("nights: no count", "nights", put(' rooms_to_sell="', ' other="', -1), "is not told"),
    *(Told(f"nights: an error {name}", "nights", body(content), says) for name, content, says in (
        ("of the system", "<errors><error code='448' string='try later'/></errors>", "448 try later"),
        ("with our secrets", f"<errors><error code='1'><message>{KEY} and {PARTNER}</message></error></errors>", "*** and ***"),
        ("that moves the cursor", "<errors><error code='&#x9b;1' string='&#x202e;evil&#x85;'/></errors>", "Booking.com refused"),
        ("without end", f"<errors><error code='1'><message>{'x' * 100_000}</message></error></errors>", "1 xxx"),
        ("without words", "<errors><error/></errors>", "Booking.com refused"),
        ("of an older form", "<fault code='5' string='no access'/>", "5 no access"),
    )),
]  # fmt: skip

_SOLD = [
    Told("bookings: an error that moves the cursor", "bookings", body('<BookingRetrievalRS xmlns="http://www.expediaconnect.com/EQC/BR/2014/01"><Error code="2001">&#x9b;31m</Error></BookingRetrievalRS>'), "2001"),
    Told("bookings: of another hotel", "bookings", body('<BookingRetrievalRS><Bookings><Booking id="1" type="Book"><Hotel id="99"/></Booking></Bookings></BookingRetrievalRS>'), "another hotel's"),
    Told("bookings: no list", "bookings", body("<BookingRetrievalRS/>"), "no list of bookings"),
    Told("bookings: nothing of a booking", "bookings", body("<BookingRetrievalRS><Bookings><Booking/></Bookings></BookingRetrievalRS>"), "a booking without an id of hotel 16636843"),
    Told("bookings: an id that moves the cursor", "bookings", body('<BookingRetrievalRS><Bookings><Booking id="&#x9b;2J" type="Book"><Hotel id="16636843"/></Booking></Bookings></BookingRetrievalRS>'), "a booking without an id of hotel 16636843"),
    *(Told(f"bookings: {name}", "bookings", body(
        '<BookingRetrievalRS><Bookings><Booking id="4711" type="Book" createDateTime="2031-01-10T10:00:00Z"><Hotel id="16636843"/>'
        f'{stay}</Booking></Bookings></BookingRetrievalRS>'), says) for name, stay, says in (
        ("no room", "", "it is not for one room"),
        ("two rooms", '<RoomStay roomTypeID="30011"/><RoomStay roomTypeID="30011"/>', "it is not for one room"),
        ("no dates", '<RoomStay roomTypeID="30011"/>', "it has no dates"),
        ("dates backwards", '<RoomStay roomTypeID="30011"><StayDate arrival="2031-02-02" departure="2031-02-01"/></RoomStay>', "its stay has not 1 to 366 nights"),
        ("dates that are none", '<RoomStay roomTypeID="30011"><StayDate arrival="2031-02-30" departure="2031-03-01"/></RoomStay>', "missing or is no date"),
        ("a stay until the end of days", '<RoomStay roomTypeID="30011"><StayDate arrival="2031-02-01" departure="9999-12-31"/></RoomStay>', "missing or is no date"),
        ("a stay from the first day there is", '<RoomStay roomTypeID="30011"><StayDate arrival="0001-01-01" departure="2031-02-01"/></RoomStay>', "its stay has not 1 to 366 nights"),
        ("a room that moves the cursor", '<RoomStay roomTypeID="&#x9b;2J"><StayDate arrival="2031-02-01" departure="2031-02-02"/></RoomStay>', "its room is missing or is no id"),
    )),
    Told("reservations: of another hotel", "reservations", body('<OTA_HotelResNotifRQ><HotelReservations><HotelReservation><RoomStays><RoomStay><BasicPropertyInfo HotelCode="99"/></RoomStay></RoomStays></HotelReservation></HotelReservations></OTA_HotelResNotifRQ>'), "another hotel's"),
    Told("reservations: no list", "reservations", body("<OTA_HotelResNotifRQ><Odd/></OTA_HotelResNotifRQ>"), "no list of bookings"),
    Told("reservations: nothing of one", "reservations", body("<OTA_HotelResNotifRQ><HotelReservations><HotelReservation/></HotelReservations></OTA_HotelResNotifRQ>"), "a booking without an id of hotel 8011855"),
    Told("reservations: an error with our secrets", "reservations", body(f'<OTA_HotelResNotifRQ><Errors><Error Code="1" ShortText="{KEY}"/></Errors></OTA_HotelResNotifRQ>'), "***"),
]  # fmt: skip

READS = [*_XML, *_JSON, *_HTTP, *_EXPEDIA, *_BOOKING, *_SOLD]

# --- what is said to a change, which is not carried out

_DONE = "AvailRateUpdateRS"
WRITES = [
    *(Told(f"update: {name}", "update", lie, says) for name, lie, says in (
        ("nothing at all", body(""), "sent, but the reply"), ("a page to log in", body("<!DOCTYPE html><html></html>"), "sent, but the reply"),
        ("another message", body("<surprise/>"), f"the reply is not a {_DONE}"), ("neither yes nor no", body(f"<{_DONE}/>"), "neither success nor error"),
        ("a warning", body(f"<{_DONE}><Success><Warning code='7016'>not taken</Warning></Success></{_DONE}>"), "not taken"),
        ("a warning that moves the cursor", body(f"<{_DONE}><Success><Warning code='7016'>&#x9b;31mno&#x202e;</Warning></Success></{_DONE}>"), "no"),
        ("a warning with our secrets", body(f"<{_DONE}><Success><Warning code='7016'>{KEY} {SECRET}</Warning></Success></{_DONE}>"), "*** ***"),
        ("an error with our secrets", body(f"<{_DONE}><Error code='3001'>{KEY} {SECRET}</Error></{_DONE}>"), "*** ***"),
        ("yes, and it is not so", body(f"<{_DONE}><Success/></{_DONE}>"), "reading it back shows another value"),
        ("a bomb", body(f"<?xml version='1.0'?>{_LAUGHS}<r>&j;</r>"), "sent, but the reply"), ("a redirect", body("", 302), "redirect"),
        ("a hang-up", raw(b""), "broke before the answer"), ("what is packed badly", body(b"x", Content_Encoding="gzip"), "sent, but the reply"),
    )),
    *(Told(f"availability: {name}", "availability", lie, says) for name, lie, says in (
        ("nothing at all", body(""), "sent, but the reply"), ("a page to log in", body("<!DOCTYPE html><html></html>"), "sent, but the reply"),
        ("another message", body("<surprise/>"), "neither success nor error"), ("a bomb", body(f"<?xml version='1.0'?>{_LAUGHS}<r>&j;</r>"), "sent, but the reply"),
        ("a refusal without a reason", body("", 400), "refused without a reason"), ("a refusal with our secrets", body(f"<errors><error code='1' string='{KEY}'/></errors>", 400), "1 ***"),
        ("a warning with our secrets", body(f"<ok><warning code='{KEY}' string='{KEY}'/></ok>"), "*** ***"),
        ("a refusal that moves the cursor", body("<errors><error code='1' string='&#x9b;31mno'/></errors>", 400), "1"), ("a hang-up", raw(b""), "broke before the answer"),
    )),
]  # fmt: skip
