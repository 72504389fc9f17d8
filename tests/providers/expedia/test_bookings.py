"""Bookings at Expedia's desk: handed over one version after the other until confirmed, and nothing of guests or cards kept."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import (
    AuthenticationFailedError,
    ProviderError,
    TemporaryError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.secret import Secret
from reconciler.providers.expedia import codec_bookings as codec
from reconciler.providers.expedia.desk import ExpediaDesk
from reconciler.providers.expedia.envelope import Login

from .hotels import CREDENTIAL, HOTEL, NOW, PASSWORD, USER, Extranet

DOUBLE, SUITE = "30011", "30012"
BAR = {DOUBLE: "880011A", SUITE: "880012A"}
NIGHT = date(2026, 7, 10)
DAY = timedelta(days=1)
CANARIES = ("Canary-Given", "Canary-Surname", "4111111111111111", "canary@example.com", "Canary wish")


def desk(extranet: Extranet) -> ExpediaDesk:
    return ExpediaDesk(HOTEL, extranet.http(), CREDENTIAL, lambda: NOW)


def book(extranet: Extranet, room: str = DOUBLE, arrival: date = NIGHT, nights: int = 2, **more: Any) -> str:
    dates = {"arrival": f"{arrival}", "departure": f"{arrival + nights * DAY}"}
    return extranet.admin.book("expedia", HOTEL, room=room, rate_plan=BAR[room], force=True, **dates, **more)


def modify(extranet: Extranet, booking: str, **changes: Any) -> None:
    extranet.admin.modify("expedia", HOTEL, booking, force=True, **changes)


def cancel(extranet: Extranet, booking: str) -> None:
    extranet.admin.cancel("expedia", HOTEL, booking)


def later(extranet: Extranet, minutes: int) -> None:
    extranet.admin.clock((NOW + timedelta(minutes=minutes)).isoformat())


def all_of_it(counter: ExpediaDesk) -> list[Version]:
    """What a caller does: ask and acknowledge until nothing comes."""
    found: list[Version] = []
    while some := counter.retrieve().versions:
        assert counter.acknowledge(some) == {}
        found += some
    return found


def told(versions: list[Version] | tuple[Version, ...]) -> list[tuple[str, Change, tuple[Stay, ...]]]:
    return [(version.booking, version.change, version.stays) for version in versions]


def test_a_new_booking_is_its_room_and_nights(extranet: Extranet) -> None:
    booking = book(extranet)
    (found,) = desk(extranet).retrieve().versions
    assert (found.channel, found.hotel, found.booking, found.change) == ("expedia", HOTEL, booking, Change.BOOKED)
    assert found.at == NOW
    assert found.stays == (Stay(DOUBLE, NIGHT, NIGHT + 2 * DAY, 1),)


def test_a_hotel_without_bookings_hands_over_nothing(extranet: Extranet) -> None:
    found = desk(extranet).retrieve()
    assert (found.versions, found.findings) == ((), ())


def test_a_booking_is_handed_over_until_it_is_acknowledged(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    first, again, by_another = counter.retrieve(), counter.retrieve(), desk(extranet).retrieve()
    assert first.versions == again.versions == by_another.versions
    assert counter.acknowledge(first.versions) == {}
    assert counter.retrieve().versions == ()


def test_versions_come_one_after_the_other(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    first = counter.retrieve().versions
    later(extranet, 10)
    modify(extranet, booking, room=SUITE, rate_plan=BAR[SUITE], departure=f"{NIGHT + 5 * DAY}")
    later(extranet, 20)
    cancel(extranet, booking)
    assert counter.retrieve().versions == first
    counter.acknowledge(first)
    found = all_of_it(counter)
    assert told(found) == [
        (booking, Change.MODIFIED, (Stay(SUITE, NIGHT, NIGHT + 5 * DAY),)),
        (booking, Change.CANCELLED, ()),
    ]
    assert [version.at for version in (*first, *found)] == [NOW + timedelta(minutes=n) for n in (0, 10, 20)]
    assert len({version.version for version in (*first, *found)}) == 3


def test_two_changes_within_a_second_are_two_versions(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    counter.acknowledge(counter.retrieve().versions)
    modify(extranet, booking, departure=f"{NIGHT + 3 * DAY}")
    (first,) = counter.retrieve().versions
    modify(extranet, booking, departure=f"{NIGHT + 4 * DAY}")
    counter.acknowledge([first])
    (second,) = counter.retrieve().versions
    assert first.at == second.at
    assert first.version != second.version


def test_units_are_as_many_bookings(extranet: Extranet) -> None:
    book(extranet, units=3)
    found = all_of_it(desk(extranet))
    assert [version.stays for version in found] == [(Stay(DOUBLE, NIGHT, NIGHT + 2 * DAY),)] * 3
    assert len({version.booking for version in found}) == 3


def test_no_more_than_ten_are_acknowledged_in_a_message(extranet: Extranet) -> None:
    book(extranet, units=23)
    counter = desk(extranet)
    found = counter.retrieve().versions
    assert counter.acknowledge(found) == {}
    assert [entry["body"].count("<BookingConfirmNumber ") for entry in extranet.sent("bc")] == [10, 10, 3]
    assert counter.retrieve().versions == ()


def test_another_hotels_bookings_are_not_asked_for(extranet: Extranet) -> None:
    extranet.admin.load_hotel(
        "expedia", {"id": "77", "name": "Other", "currency": "EUR", "rooms": [], "rate_plans": []}
    )
    mine = book(extranet)
    assert [version.booking for version in desk(extranet).retrieve().versions] == [mine]
    assert f'<Hotel id="{HOTEL}"' in extranet.sent("br")[-1]["body"]


# Acknowledging again, and what the provider does not take


def test_acknowledging_again_says_the_same_and_does_no_harm(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    assert counter.acknowledge(found) == {}
    assert desk(extranet).acknowledge(found) == {}
    numbers = [re.findall('confirmNumber="([^"]*)"', entry["body"]) for entry in extranet.sent("bc")]
    assert numbers[0] == numbers[1] != []


def test_what_was_confirmed_too_often_is_told_with_its_reason(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    (version,) = counter.retrieve().versions
    for _ in range(3):
        assert counter.acknowledge([version]) == {}
    assert counter.acknowledge([version]) == {version: "it was confirmed before, three times (10103)"}


def test_what_is_confirmed_too_late_is_told_with_its_reason_and_the_others_are_taken(extranet: Extranet) -> None:
    old, new = book(extranet, arrival=date(2026, 6, 2)), book(extranet, arrival=date(2026, 9, 2))
    extranet.admin.switch(expedia_booking_expiry=False)
    counter = desk(extranet)
    versions = {version.booking: version for version in counter.retrieve().versions}
    later(extranet, 60 * 24 * 20)
    refused = counter.acknowledge(list(versions.values()))
    assert list(refused) == [versions[old]]
    assert "too late" in refused[versions[old]]
    assert [one["versions"][0]["status"] for one in extranet.admin.bookings() if one["id"] == new] == ["confirmed"]


def test_an_old_version_does_not_confirm_a_newer_one_that_nobody_has_seen(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    counter.acknowledge(counter.retrieve().versions)
    modify(extranet, booking, departure=f"{NIGHT + 3 * DAY}")
    first = counter.retrieve().versions
    counter.acknowledge(first)
    modify(extranet, booking, departure=f"{NIGHT + 4 * DAY}")
    newer = desk(extranet).retrieve().versions  # handed over, and lost in a crash
    assert desk(extranet).acknowledge(first) == {}
    assert desk(extranet).retrieve().versions == newer


def test_a_lost_reply_of_a_retrieval_is_asked_for_again(extranet: Extranet) -> None:
    booking = book(extranet)
    extranet.admin.fault("drop_after", {"operation": "br"})
    assert [version.booking for version in desk(extranet).retrieve().versions] == [booking]


def test_a_retrieval_that_stays_lost_leaves_everything_to_be_asked_for_again(extranet: Extranet) -> None:
    booking = book(extranet)
    extranet.admin.fault("drop_after", {"operation": "br", "times": 3})
    counter = desk(extranet)
    with pytest.raises(TemporaryError):
        counter.retrieve()
    assert [version.booking for version in counter.retrieve().versions] == [booking]


def test_a_lost_reply_of_a_confirmation_is_sent_again(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    extranet.admin.fault("drop_after", {"operation": "bc"})
    assert counter.acknowledge(found) == {}
    assert len(extranet.sent("bc")) == 2
    assert counter.retrieve().versions == ()


def test_a_confirmation_that_stays_lost_is_no_claim(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    extranet.admin.fault("drop_before", {"operation": "bc", "times": 3})
    with pytest.raises(UncertainError):
        counter.acknowledge(found)
    assert counter.retrieve().versions == found
    assert counter.acknowledge(found) == {}


def test_where_a_later_message_is_lost_what_was_taken_before_is_certain(extranet: Extranet) -> None:
    book(extranet, units=12)
    counter = desk(extranet)
    found = counter.retrieve().versions
    extranet.admin.fault("drop_before", {"operation": "bc", "nth": 2, "times": 3})
    refused = counter.acknowledge(found)
    assert list(refused) == list(found[10:])
    assert all("not told" in reason for reason in refused.values())
    assert counter.retrieve().versions == found[10:]


def test_a_cut_reply_of_a_confirmation_leaves_it_open(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    extranet.admin.fault("truncate", {"operation": "bc", "times": 0})
    with pytest.raises(UncertainError):
        counter.acknowledge(found)


def test_wrong_credentials_are_told_and_not_shown(extranet: Extranet) -> None:
    counter = ExpediaDesk(HOTEL, extranet.http(), {**CREDENTIAL, "api_secret": Secret("wrong-canary")}, lambda: NOW)
    with pytest.raises(AuthenticationFailedError) as caught:
        counter.retrieve()
    assert "wrong-canary" not in str(caught.value)


def test_a_warning_that_names_no_booking_concerns_all_of_its_message(extranet: Extranet) -> None:
    book(extranet, units=2)
    counter = desk(extranet)
    found = counter.retrieve().versions
    body = "<BookingConfirmRS><Success><Warning code='10105'>try again</Warning></Success></BookingConfirmRS>"
    extranet.admin.fault("status", {"operation": "bc"}, status=200, body=body)
    assert counter.acknowledge(found) == dict.fromkeys(found, "Expedia cannot do it now (10105)")


# What cannot be understood, and what is hostile

GOOD = (
    '<Booking id="8" type="Book" createDateTime="2026-06-01T10:00:00Z" source="Expedia" status="pending">'
    f'<Hotel id="{HOTEL}"/><RoomStay roomTypeID="30011" ratePlanID="880011A">'
    '<StayDate arrival="2026-07-10" departure="2026-07-12"/>'
    '<PaymentCard cardNumber="4111111111111111"><CardHolder name="Canary-Given"/></PaymentCard></RoomStay>'
    '<PrimaryGuest><Name givenName="Canary-Given" surname="Canary-Surname"/><Email>canary@example.com</Email>'
    '</PrimaryGuest><SpecialRequest code="4">Canary wish</SpecialRequest></Booking>'
)


def reply(*listed: str) -> bytes:
    space = "http://www.expediaconnect.com/EQC/BR/2014/01"
    return f'<BookingRetrievalRS xmlns="{space}"><Bookings>{"".join(listed)}</Bookings></BookingRetrievalRS>'.encode()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('type="Book"', 'type="Canary-Given"', "neither new nor modified nor cancelled"),
        ('type="Book"', "", "neither new nor modified nor cancelled"),
        ('arrival="2026-07-10"', 'arrival="2026-07-12"', "nights"),
        ('arrival="2026-07-10"', 'arrival="2026-07-13"', "nights"),
        ('departure="2026-07-12"', 'departure="2096-07-12"', "nights"),
        ('departure="2026-07-12"', 'departure="2026-02-30"', "no date"),
        ('departure="2026-07-12"', 'departure="Canary-Given"', "no date"),
        ('departure="2026-07-12"', "", "no date"),
        ('roomTypeID="30011"', 'roomTypeID="0"', "no room"),
        ('roomTypeID="30011"', 'roomTypeID="Canary-Given &lt;x&gt;"', "its room"),
        ('roomTypeID="30011"', "", "its room"),
        ("<StayDate", "<Canary-Given", "no dates"),
        ("<RoomStay", "<RoomStay><StayDate/></RoomStay><RoomStay", "one room"),
        (f'<Hotel id="{HOTEL}"/>', "", "which hotel"),
        ('createDateTime="2026-06-01T10:00:00Z"', 'createDateTime="Canary-Given"', "when it was made"),
        ('createDateTime="2026-06-01T10:00:00Z"', 'createDateTime="2026-06-31T10:00:00Z"', "when it was made"),
        ('createDateTime="2026-06-01T10:00:00Z"', 'createDateTime="0001-01-01T00:00:00+12:00"', "when it was made"),
        ('id="8"', 'id="Canary-Given"', "no number"),
        ('id="8"', 'id=""', "its id"),
        ('id="8"', f'id="{"8" * 5000}"', "its id"),
        ("<Booking ", "<Surprise ", "neither new nor modified nor cancelled"),
    ],
)
def test_what_cannot_be_understood_is_a_finding_and_the_others_go_on(old: str, new: str, reason: str) -> None:
    assert old in GOOD
    bad = GOOD.replace(old, new).replace("</Booking>", "</Surprise>" if "Surprise" in new else "</Booking>")
    bad = bad.replace("<Canary-Given arrival", "<StayDates arrival")
    other = GOOD.replace('id="8"', 'id="9"')
    found = codec.handed_over(reply(bad, other), HOTEL)
    assert [version.booking for version in found.versions] == ["9"]
    (finding,) = found.findings
    assert finding.code == "booking-not-understood"
    assert reason in finding.message
    assert HOTEL in finding.message
    assert not any(canary in repr(found) for canary in CANARIES)


def test_what_was_not_understood_is_never_acknowledged(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    bad = GOOD.replace('departure="2026-07-12"', 'departure="2026-07-01"').replace('id="8"', 'id="4705950001"')
    extranet.admin.fault("status", {"operation": "br"}, status=200, body=reply(bad).decode(), after=True)
    found = counter.retrieve()
    assert (found.versions, len(found.findings)) == ((), 1)
    assert "4705950001" in found.findings[0].message
    assert counter.acknowledge(found.versions) == {}
    assert extranet.sent("bc") == []
    assert len(counter.retrieve().versions) == 1


def test_a_booking_that_comes_twice_in_a_reply_is_one() -> None:
    assert len(codec.handed_over(reply(GOOD, GOOD), HOTEL).versions) == 1


def test_another_hotels_booking_is_an_error_for_the_whole_reply(extranet: Extranet) -> None:
    foreign = GOOD.replace(f'<Hotel id="{HOTEL}"/>', '<Hotel id="77"/>').replace('id="8"', 'id="9"')
    extranet.admin.fault("status", {"operation": "br"}, status=200, body=reply(GOOD, foreign).decode())
    with pytest.raises(UnexpectedReplyError, match="another hotel"):
        desk(extranet).retrieve()


HOSTILE = {
    "garbage": b"\x00\xff not xml",
    "empty": b"",
    "another message": b"<BookingConfirmRS><Success/></BookingConfirmRS>",
    "no list": b"<BookingRetrievalRS/>",
    "half a list": reply(GOOD, GOOD)[: len(reply(GOOD, GOOD)) // 2],
    "deep": reply("<a>" * 5000 + "</a>" * 5000),
    "too many": reply("<a/>" * 1_100_000),
    "too large": b"<BookingRetrievalRS><Bookings>" + b" " * (17 * 1024 * 1024) + b"</Bookings></BookingRetrievalRS>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><BookingRetrievalRS>&b;</BookingRetrievalRS>',
    "a file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><BookingRetrievalRS>&a;</BookingRetrievalRS>',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_replies_are_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec.handed_over(body, HOTEL)


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_replies_to_a_confirmation_tell_nothing(body: bytes) -> None:
    if body != HOSTILE["another message"]:
        with pytest.raises(UnexpectedReplyError):
            codec.refusals(body)


def test_nothing_of_guests_and_cards_is_kept_or_told(extranet: Extranet, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    guest = {"given": "Canary-Given", "surname": "Canary-Surname"}
    booking = book(extranet, guest=guest)
    counter = desk(extranet)
    shown = [repr(counter.retrieve())]
    cut = GOOD + GOOD.replace('id="8"', 'id="9"').replace('type="Book"', 'type="Canary wish"')
    for body in (reply(cut), reply(cut)[:-30], reply(GOOD.replace(HOTEL, "77"))):
        extranet.admin.fault("status", {"operation": "br"}, status=200, body=body.decode())
        try:
            shown.append(repr(counter.retrieve()))
        except ProviderError as error:
            shown += ["".join(traceback.format_exception(error)), repr(vars(error))]
    assert booking in shown[0]
    assert len(shown) == 6
    for canary in (*CANARIES, PASSWORD):
        assert not any(canary in text for text in (*shown, caplog.text))


# Against what is official, and against generated bookings


def official_replies(official: Path) -> list[Path]:
    return [
        path for path in sorted(official.glob("messages/brbc-*.xml")) if b"<BookingRetrievalRS" in path.read_bytes()
    ]


def test_every_official_reply_is_understood(official: Path) -> None:
    replies = official_replies(official)
    assert len(replies) == 9
    for path in replies:
        body = path.read_bytes()
        for hotel in set(re.findall(rb'<Hotel id="(\d+)"', body)):
            alone = re.sub(rb'<Hotel id="\d+"', b'<Hotel id="' + hotel + b'"', body)
            found = codec.handed_over(alone, hotel.decode())
            assert found.findings == ()
            assert len(found.versions) == body.count(b"<Booking ")
            assert all(version.stays or version.change is Change.CANCELLED for version in found.versions)


def test_the_official_reply_to_a_confirmation_is_understood(official: Path) -> None:
    (path,) = official.glob("messages/brbc-15-*.xml")
    assert codec.refusals(path.read_bytes()) == {"9123": "it belongs to another hotel (10081)"}


VERSIONS = st.builds(
    lambda number, kind, at, stay: Version("expedia", HOTEL, f"{number}", f"{kind} {at}", kind, at, (stay,)),
    st.integers(1, 10**14 - 1),
    st.sampled_from(Change),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.just(Stay(DOUBLE, NIGHT, NIGHT + DAY)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=st.lists(VERSIONS, min_size=1, max_size=10))
def test_every_request_fits_the_official_schema(valid: Callable[[str, bytes], None], versions: list[Version]) -> None:
    login = Login(USER, PASSWORD)
    valid("BookingRetrievalRQ", codec.retrieval(login, HOTEL))
    valid("BookingConfirmRQ", codec.confirmation(login, HOTEL, versions, NOW))


@given(VERSIONS)
def test_the_hotels_number_is_the_same_each_time_and_short(version: Version) -> None:
    assert codec.confirm_number(version) == codec.confirm_number(version)
    assert 1 <= len(codec.confirm_number(version)) <= 50


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("book", "modify", "cancel", "collect")),
        st.integers(0, 3),
        st.sampled_from((DOUBLE, SUITE)),
        st.integers(0, 40),
        st.integers(1, 9),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_guests_do_the_last_version_of_each_booking_is_what_is_there(extranet: Extranet, steps: Any) -> None:
    extranet.load()
    counter, made, found = desk(extranet), [], list[Version]()
    for minute, (step, which, room, start, nights) in enumerate(steps):
        later(extranet, minute)
        arrival = NIGHT + start * DAY
        if step == "book":
            made.append(book(extranet, room, arrival, nights))
        elif step == "collect":
            found += all_of_it(counter)
        elif (
            made
            and not next(one for one in extranet.admin.bookings() if one["id"] == made[which % len(made)])["cancelled"]
        ):
            booking = made[which % len(made)]
            dates = {"arrival": f"{arrival}", "departure": f"{arrival + nights * DAY}"}
            if step == "modify":
                modify(extranet, booking, room=room, rate_plan=BAR[room], **dates)
            else:
                cancel(extranet, booking)
    found += all_of_it(counter)
    last = {version.booking: version for version in found}
    assert len({(version.booking, version.version) for version in found}) == len(found)
    there = {
        one["id"]: ()
        if one["cancelled"]
        else (Stay(one["room"], date.fromisoformat(one["arrival"]), date.fromisoformat(one["departure"])),)
        for one in extranet.admin.bookings()
    }
    assert {booking: version.stays for booking, version in last.items()} == there
