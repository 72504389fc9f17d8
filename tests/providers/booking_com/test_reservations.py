"""Bookings at Booking.com's desk: new, modified and cancelled, until acknowledged; of several rooms; nothing of guests or cards kept."""

from __future__ import annotations

import logging
import re
import traceback
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from reconciler.errors import (
    AuthenticationFailedError,
    ProviderError,
    RequestRefusedError,
    TemporaryError,
    UncertainError,
    UnexpectedReplyError,
)
from reconciler.model.booking import Change, Stay, Version
from reconciler.model.secret import Secret
from reconciler.providers.booking_com import codec_reservations as codec
from reconciler.providers.booking_com.codec_reservations import NOT_WAITING, Message
from reconciler.providers.booking_com.desk import BookingComDesk
from reconciler.providers.booking_com.pace import Pace

from .hotels import CREDENTIAL, DOUBLE, HOTEL, NOW, PASSWORD, SINGLE, STANDARD, Extranet

NIGHT = date(2026, 7, 10)
DAY = timedelta(days=1)
CANARIES = ("Canary-Given", "Canary-Surname", "4111111111111111", "canary@example.com", "Canary wish", "Canary room")


def no_pace() -> Pace:
    return Pace(lambda: 0.0, lambda _: None, between=0.0, after=0.0)


def desk(extranet: Extranet, **more: Any) -> BookingComDesk:
    return BookingComDesk(HOTEL, extranet.http(), extranet.login(), lambda: NOW, more.pop("pace", no_pace()), **more)


def dates(arrival: date, nights: int) -> dict[str, str]:
    return {"arrival": f"{arrival}", "departure": f"{arrival + nights * DAY}"}


def book(extranet: Extranet, room: str = DOUBLE, arrival: date = NIGHT, nights: int = 2, **more: Any) -> str:
    stay = {"room": room, "rate_plan": STANDARD, **dates(arrival, nights)}
    return extranet.admin.book("booking.com", HOTEL, force=True, **stay, **more)


def modify(extranet: Extranet, booking: str, **changes: Any) -> None:
    extranet.admin.modify("booking.com", HOTEL, booking, force=True, **changes)


def later(extranet: Extranet, minutes: int) -> None:
    extranet.admin.clock((NOW + timedelta(minutes=minutes)).isoformat())


def all_of_it(counter: BookingComDesk) -> list[Version]:
    """What a caller does: ask and acknowledge until nothing comes."""
    found: list[Version] = []
    while some := counter.retrieve().versions:
        assert counter.acknowledge(some) == {}
        found += some
    return found


def told(versions: Any) -> list[tuple[str, Change, tuple[Stay, ...]]]:
    return [(version.booking, version.change, version.stays) for version in versions]


def sent(extranet: Extranet, message: Message, method: str) -> list[dict[str, Any]]:
    return [
        entry
        for entry in extranet.admin.log(provider="booking.com")
        if (entry["path"], entry["method"]) == (message.path, method)
    ]


def test_a_new_booking_is_its_rooms_and_nights(extranet: Extranet) -> None:
    booking = book(extranet)
    (found,) = desk(extranet).retrieve().versions
    assert (found.channel, found.hotel, found.booking, found.change) == ("booking.com", HOTEL, booking, Change.BOOKED)
    assert found.at == NOW
    assert found.stays == (Stay(DOUBLE, NIGHT, NIGHT + 2 * DAY, 1),)


def test_several_rooms_with_dates_of_their_own_are_one_booking(extranet: Extranet) -> None:
    rooms = [{"room": SINGLE}, {"room": SINGLE}, {"room": DOUBLE, "units": 2, **dates(NIGHT + DAY, 1)}]
    booking = book(extranet, units=2, rooms=rooms)
    stays = (
        Stay(DOUBLE, NIGHT, NIGHT + 2 * DAY, 2),
        Stay(SINGLE, NIGHT, NIGHT + 2 * DAY, 2),
        Stay(DOUBLE, NIGHT + DAY, NIGHT + 2 * DAY, 2),
    )
    assert told(all_of_it(desk(extranet))) == [(booking, Change.BOOKED, stays)]


def test_a_booking_is_handed_over_until_it_is_acknowledged(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    first, again, by_another = counter.retrieve(), counter.retrieve(), desk(extranet).retrieve()
    assert first.versions == again.versions == by_another.versions
    assert counter.acknowledge(again.versions) == {}
    assert counter.retrieve().versions == ()


def test_changes_come_after_the_booking_and_end_with_the_cancellation(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    assert counter.acknowledge(counter.retrieve().versions) == {}
    later(extranet, 10)
    modify(extranet, booking, room=SINGLE, departure=f"{NIGHT + 5 * DAY}", units=3)
    changed = all_of_it(counter)
    later(extranet, 20)
    modify(extranet, booking, rooms=[{"room": DOUBLE}])
    again = all_of_it(counter)
    extranet.admin.cancel("booking.com", HOTEL, booking)
    last = all_of_it(counter)
    single = Stay(SINGLE, NIGHT, NIGHT + 5 * DAY, 3)
    assert told(changed + again + last) == [
        (booking, Change.MODIFIED, (single,)),
        (booking, Change.MODIFIED, (Stay(DOUBLE, NIGHT, NIGHT + 5 * DAY), single)),
        (booking, Change.CANCELLED, ()),
    ]
    assert len({version.version for version in changed + again + last}) == 3


def test_a_new_booking_that_changed_before_it_was_acknowledged_is_another_version(extranet: Extranet) -> None:
    head, tail = GOOD.split("<RoomRates>")
    nights = tail.partition("</RoomRates>")
    longer = f'{head}<RoomRates><RoomRate EffectiveDate="2026-07-09"/>{"".join(nights)}'
    first, second = (
        codec.handed_over(Message.NEW, reply(Message.NEW, one), HOTEL).versions[0] for one in (GOOD, longer)
    )
    assert (first.booking, first.at, first.change) == (second.booking, second.at, second.change)
    assert first.version != second.version


def test_only_this_hotels_bookings_are_asked_for_and_no_more_than_the_limit(extranet: Extranet) -> None:
    for _ in range(12):
        book(extranet)
    counter = desk(extranet, limit=10)
    assert [len(some.versions) for some in [counter.retrieve()]] == [10]
    assert len(all_of_it(counter)) == 12
    queries = {tuple(sorted(entry["query"].items())) for entry in sent(extranet, Message.NEW, "GET")}
    assert queries == {(("hotel_ids", HOTEL), ("limit", "10"))}


def test_acknowledgements_go_where_the_booking_came_from(extranet: Extranet) -> None:
    old = book(extranet)
    counter = desk(extranet, test=True)
    counter.acknowledge(counter.retrieve().versions)
    modify(extranet, old, departure=f"{NIGHT + 4 * DAY}")
    new = book(extranet)
    found = counter.retrieve().versions
    assert [version.booking for version in found] == [new, old]
    extranet.admin.clear_log()
    assert counter.acknowledge(found) == {}
    for message, booking in ((Message.NEW, new), (Message.CHANGED, old)):
        (entry,) = sent(extranet, message, "POST")
        root = etree.fromstring(entry["body"].encode())
        assert etree.QName(root).localname == f"{message.value}RS"
        assert root.get("Target") == "Test"
        assert re.findall('ResID_Value="([^"]*)"', entry["body"]) == [booking]


def test_what_several_rooms_took_is_given_back_when_the_booking_is_cancelled(extranet: Extranet) -> None:
    for room in (DOUBLE, SINGLE):
        extranet.admin.change(
            "booking.com", HOTEL, {"room": room, "from": f"{NIGHT}", "until": f"{NIGHT + DAY}", "set": {"left": 5}}
        )

    def left() -> list[int]:
        nights = {room["id"]: room["left"] for room in extranet.there()["rooms"]}
        return [next(run["value"] for run in nights[room] if run["from"] == f"{NIGHT}") for room in (DOUBLE, SINGLE)]

    booking = book(extranet, nights=1, rooms=[{"room": SINGLE, "units": 2}])
    assert left() == [4, 3]
    modify(extranet, booking, rooms=[{"room": SINGLE}])
    assert left() == [4, 4]
    extranet.admin.cancel("booking.com", HOTEL, booking)
    assert left() == [5, 5]


# Acknowledging again, and what the provider does not take


def test_acknowledging_again_is_refused_with_a_reason_and_sends_nothing(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    assert counter.acknowledge(found) == {}
    assert counter.acknowledge(found) == dict.fromkeys(found, NOT_WAITING)
    assert desk(extranet).acknowledge(found) == dict.fromkeys(found, NOT_WAITING)
    assert len(sent(extranet, Message.NEW, "POST")) == 1


def test_another_desk_acknowledges_what_still_waits(extranet: Extranet) -> None:
    book(extranet)
    found = desk(extranet).retrieve().versions
    assert desk(extranet).acknowledge(found) == {}
    assert desk(extranet).retrieve().versions == ()


def test_an_old_change_does_not_acknowledge_a_newer_one(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    counter.acknowledge(counter.retrieve().versions)
    modify(extranet, booking, departure=f"{NIGHT + 3 * DAY}")
    first = counter.retrieve().versions
    counter.acknowledge(first)
    modify(extranet, booking, departure=f"{NIGHT + 4 * DAY}")
    assert counter.acknowledge(first) == dict.fromkeys(first, NOT_WAITING)
    assert told(counter.retrieve().versions) == [(booking, Change.MODIFIED, (Stay(DOUBLE, NIGHT, NIGHT + 4 * DAY),))]


def test_what_somebody_else_acknowledged_is_refused_and_the_others_are_taken(extranet: Extranet) -> None:
    taken, mine = book(extranet), book(extranet)
    counter = desk(extranet)
    found = {version.booking: version for version in counter.retrieve().versions}
    desk(extranet).acknowledge([found[taken]])
    assert counter.acknowledge(list(found.values())) == {found[taken]: f"{NOT_WAITING} (193)"}
    assert counter.retrieve().versions == ()
    assert {one["id"]: one["versions"][0]["status"] for one in extranet.admin.bookings()} == {
        taken: "confirmed",
        mine: "confirmed",
    }


@pytest.mark.parametrize(("status", "messages"), [(200, 1), (400, 3)])
def test_an_error_that_names_nobody_concerns_all_or_is_looked_for_one_by_one(
    extranet: Extranet, status: int, messages: int
) -> None:
    book(extranet)
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    body = "<OTA_HotelResNotifRS><Errors><Error Code='367' ShortText='Canary wish'/></Errors></OTA_HotelResNotifRS>"
    post = {"path": Message.NEW.path}
    extranet.admin.fault("status", post, status=status, body=body)
    refused = counter.acknowledge(found)
    assert len(sent(extranet, Message.NEW, "POST")) == messages
    assert refused == (
        dict.fromkeys(found, "Booking.com did not take the acknowledgement (367)") if status == 200 else {}
    )


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("448", 200, TemporaryError),
        ("450", 400, TemporaryError),
        ("497", 400, RequestRefusedError),
        ("1", 403, RequestRefusedError),
    ],
)
def test_faults_of_the_system_and_missing_rights_are_no_answer(
    extranet: Extranet, code: str, status: int, kind: type[ProviderError]
) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    body = f"<OTA_HotelResNotifRS><Errors><Error Code='{code}'/></Errors></OTA_HotelResNotifRS>"
    extranet.admin.fault("status", {"path": Message.NEW.path}, status=status, body=body)
    with pytest.raises(kind):
        counter.acknowledge(found)
    assert counter.acknowledge(found) == {}


def test_a_lost_reply_of_a_retrieval_is_asked_for_again(extranet: Extranet) -> None:
    booking = book(extranet)
    extranet.admin.fault("drop_after", {"path": Message.NEW.path})
    assert [version.booking for version in desk(extranet).retrieve().versions] == [booking]


def test_a_retrieval_that_stays_lost_leaves_everything_to_be_asked_for_again(extranet: Extranet) -> None:
    booking = book(extranet)
    extranet.admin.fault("drop_after", {"path": Message.CHANGED.path, "times": 3})
    counter = desk(extranet)
    with pytest.raises(TemporaryError):
        counter.retrieve()
    assert [version.booking for version in counter.retrieve().versions] == [booking]


@pytest.mark.parametrize(("fault", "left"), [("drop_before", 1), ("drop_after", 0)])
def test_an_acknowledgement_whose_reply_is_lost_is_not_repeated_blindly(
    extranet: Extranet, fault: str, left: int
) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    extranet.admin.fault(fault, {"path": Message.NEW.path})
    with pytest.raises(UncertainError):
        counter.acknowledge(found)
    assert len(counter.retrieve().versions) == left
    assert counter.acknowledge(found) == ({} if left else dict.fromkeys(found, NOT_WAITING))
    assert counter.retrieve().versions == ()


def test_a_lost_acknowledgement_is_never_taken_for_a_change_that_came_in_between(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    counter.acknowledge(counter.retrieve().versions)
    modify(extranet, booking, departure=f"{NIGHT + 3 * DAY}")
    found = counter.retrieve().versions
    extranet.admin.fault("drop_after", {"path": Message.CHANGED.path})
    with pytest.raises(UncertainError):
        counter.acknowledge(found)
    modify(extranet, booking, departure=f"{NIGHT + 4 * DAY}")
    assert counter.acknowledge(found) == dict.fromkeys(found, NOT_WAITING)
    assert [version.stays for version in counter.retrieve().versions] == [(Stay(DOUBLE, NIGHT, NIGHT + 4 * DAY),)]


def test_where_one_of_two_messages_is_lost_the_other_is_certain(extranet: Extranet) -> None:
    old = book(extranet)
    counter = desk(extranet)
    counter.acknowledge(counter.retrieve().versions)
    extranet.admin.cancel("booking.com", HOTEL, old)
    book(extranet)
    new, cancelled = counter.retrieve().versions
    extranet.admin.fault("drop_before", {"path": Message.NEW.path})
    refused = counter.acknowledge([new, cancelled])
    assert list(refused) == [new]
    assert "not told" in refused[new]
    assert counter.retrieve().versions == (new,)


def test_a_cut_reply_of_an_acknowledgement_leaves_it_open(extranet: Extranet) -> None:
    book(extranet)
    counter = desk(extranet)
    found = counter.retrieve().versions
    extranet.admin.fault("truncate", {"path": Message.NEW.path})
    with pytest.raises(UncertainError):
        counter.acknowledge(found)


def test_wrong_credentials_are_told_and_not_shown(extranet: Extranet) -> None:
    login = extranet.login({**CREDENTIAL, "api_key": Secret("wrong-canary")}, "basic")
    counter = BookingComDesk(HOTEL, extranet.http(), login, lambda: NOW, no_pace())
    with pytest.raises(AuthenticationFailedError) as caught:
        counter.retrieve()
    assert "wrong-canary" not in str(caught.value)


# The pace


def test_each_message_is_asked_for_once_in_twenty_seconds_and_five_after_an_acknowledgement() -> None:
    now, waits = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace = Pace(lambda: now[0], sleep)
    for message in Message:
        pace.before_asking(message)
    assert waits == []
    now[0] += 3
    pace.before_asking(Message.NEW)
    assert waits == [17.0]
    now[0] += 19
    pace.acknowledged(Message.NEW)
    pace.before_asking(Message.NEW)
    assert waits == [17.0, 5.0]
    pace.before_asking(Message.CHANGED)
    assert waits == [17.0, 5.0]


def test_the_desk_keeps_to_the_pace(extranet: Extranet) -> None:
    book(extranet)
    waits: list[float] = []
    counter = desk(extranet, pace=Pace(lambda: 0.0, waits.append))
    counter.acknowledge(counter.retrieve().versions)
    counter.retrieve()
    assert waits == [20.0, 20.0]
    waits.clear()
    quick = desk(extranet, pace=Pace(lambda: 0.0, waits.append, between=0.0))
    book(extranet)
    quick.acknowledge(quick.retrieve().versions)
    quick.retrieve()
    assert waits == [5.0]


# What cannot be understood, and what is hostile

GOOD = (
    '<HotelReservation><RoomStays><RoomStay IndexNumber="1"><RoomTypes><RoomType RoomTypeCode="36745601">'
    '<RoomDescription Name="Canary room"/></RoomType></RoomTypes><RoomRates><RoomRate EffectiveDate="2026-07-10"/>'
    '<RoomRate EffectiveDate="2026-07-11"/></RoomRates><BasicPropertyInfo HotelCode="367456"/>'
    "<Comments><Comment><Text>Canary wish</Text></Comment></Comments></RoomStay></RoomStays>"
    "<ResGuests><ResGuest><Surname>Canary-Surname</Surname></ResGuest></ResGuests><ResGlobalInfo>"
    '<Guarantee><PaymentCard CardNumber="4111111111111111"/></Guarantee>'
    '<HotelReservationIDs><HotelReservationID ResID_Value="8" ResID_Date="2026-06-01T10:00:00"/></HotelReservationIDs>'
    "<Profiles><Email>canary@example.com</Email><GivenName>Canary-Given</GivenName></Profiles></ResGlobalInfo>"
    "</HotelReservation>"
)
CHANGED = GOOD.replace("HotelReservation>", "HotelResModify>")


def reply(message: Message, *listed: str) -> bytes:
    inside = f"<{message.elements[0]}>{''.join(listed)}</{message.elements[0]}>"
    return f'<{message.value}RQ xmlns="http://www.opentravel.org/OTA/2003/05">{inside}</{message.value}RQ>'.encode()


def stays_of(entry: str) -> tuple[Stay, ...]:
    found = codec.handed_over(Message.NEW, reply(Message.NEW, entry), HOTEL)
    assert found.findings == ()
    return found.versions[0].stays


TWO_NIGHTS = (Stay("36745601", NIGHT, NIGHT + 2 * DAY),)
RATES = '<RoomRates><RoomRate EffectiveDate="2026-07-10"/><RoomRate EffectiveDate="2026-07-11"/></RoomRates>'


@pytest.mark.parametrize(
    ("rates", "stays"),
    [
        (RATES, TWO_NIGHTS),
        ('<TimeSpan Start="2026-07-10" End="2026-07-12"/>', TWO_NIGHTS),
        ('<RoomRates/><TimeSpan Start="2026-07-10T14:00:00" End="2026-07-12T11:00:00"/>', TWO_NIGHTS),
        (RATES.replace("/>", ' ExpireDate="2026-07-11"/>', 1), TWO_NIGHTS),
        ('<RoomRates><RoomRate EffectiveDate="2026-07-11"/><RoomRate EffectiveDate="2026-07-10"/></RoomRates>', TWO_NIGHTS),
        ('<RoomRates><RoomRate EffectiveDate="2028-02-29"/></RoomRates>', (Stay("36745601", date(2028, 2, 29), date(2028, 3, 1)),)),
        ('<RoomRates><RoomRate EffectiveDate="2026-12-31"/></RoomRates>', (Stay("36745601", date(2026, 12, 31), date(2027, 1, 1)),)),
    ],
)  # fmt: skip
def test_nights_are_told_by_prices_or_by_a_span(rates: str, stays: tuple[Stay, ...]) -> None:
    assert stays_of(GOOD.replace(RATES, rates)) == stays


def test_a_number_of_units_is_counted() -> None:
    (stay,) = stays_of(GOOD.replace("<RoomType ", '<RoomType NumberOfUnits="3" '))
    assert stay.units == 3


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<RoomStays>", "<RoomStays/><Others>", "no room"),
        ('RoomTypeCode="36745601"', "", "its room"),
        ('RoomTypeCode="36745601"', 'RoomTypeCode="Canary-Given &lt;"', "its room"),
        ("<RoomTypes>", '<RoomTypes><RoomType RoomTypeCode="1"/>', "one type"),
        ("<RoomTypes>", "<RoomTypes/><Others>", "one type"),
        ("<RoomType ", '<RoomType NumberOfUnits="0" ', "units"),
        ("<RoomType ", '<RoomType NumberOfUnits="99999999" ', "units"),
        (RATES, "", "no nights"),
        (RATES, '<TimeSpan Start="2026-07-12" End="2026-07-10"/>', "nights"),
        (RATES, '<TimeSpan Start="2026-07-12" End="2126-07-10"/>', "nights"),
        ('EffectiveDate="2026-07-11"', 'EffectiveDate="2026-07-12"', "gaps"),
        ('EffectiveDate="2026-07-11"', 'EffectiveDate="2026-07-11" ExpireDate="2026-07-15"', "several nights"),
        ('EffectiveDate="2026-07-11"', 'EffectiveDate="Canary-Given"', "no date"),
        (RATES, '<RoomRates><RoomRate EffectiveDate="9999-12-31"/></RoomRates>', "no date"),
        ('EffectiveDate="2026-07-11"', "", "no date"),
        (' HotelCode="367456"', "", "which hotel"),
        ('ResID_Value="8"', 'ResID_Value="Canary-Given x"', "its id"),
        ('ResID_Value="8"', f'ResID_Value="{"8" * 5000}"', "its id"),
        ('ResID_Value="8"', "", "its id"),
        ('ResID_Date="2026-06-01T10:00:00"', 'ResID_Date="Canary-Given"', "when it was made"),
        ('ResID_Date="2026-06-01T10:00:00"', "", "when it was made"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_a_finding_and_the_others_go_on(old: str, new: str, reason: str) -> None:
    assert old in GOOD
    bad = GOOD.replace(old, new, 1)
    for name in ("RoomStays", "RoomTypes"):
        bad = bad.replace(f"</{name}>", "</Others>", 1) if new == f"<{name}/><Others>" else bad
    other = GOOD.replace('ResID_Value="8"', 'ResID_Value="9"')
    found = codec.handed_over(Message.NEW, reply(Message.NEW, bad, other), HOTEL)
    assert [version.booking for version in found.versions] == ["9"]
    (finding,) = found.findings
    assert finding.code == "booking-not-understood"
    assert reason in finding.message
    assert not any(canary in repr(found) for canary in CANARIES)


@pytest.mark.parametrize(
    ("status", "rooms", "change"),
    [
        ("Cancelled", True, Change.CANCELLED),
        ("cancel", False, Change.CANCELLED),
        ("Modified", True, Change.MODIFIED),
        ("Modify", True, Change.MODIFIED),
        ("", True, Change.MODIFIED),
        ("", False, Change.CANCELLED),
        ("Modified", False, None),
        ("Canary wish", True, None),
    ],
)
def test_a_change_is_told_by_its_status_or_by_its_rooms(status: str, rooms: bool, change: Change | None) -> None:
    entry = CHANGED.replace(
        "<HotelResModify>", f'<HotelResModify ResStatus="{status}">' if status else "<HotelResModify>"
    )
    entry = entry if rooms else re.sub("<RoomStays>.*</RoomStays>", "<RoomStays/>", entry)
    found = codec.handed_over(Message.CHANGED, reply(Message.CHANGED, entry), HOTEL)
    assert [version.change for version in found.versions] == [change for _ in [0] if change]
    assert len(found.findings) == (0 if change else 1)


def test_without_a_status_and_without_a_list_of_rooms_nothing_is_given_back() -> None:
    entry = re.sub("<RoomStays>.*</RoomStays>", "", CHANGED)
    found = codec.handed_over(Message.CHANGED, reply(Message.CHANGED, entry), HOTEL)
    assert (found.versions, len(found.findings)) == ((), 1)


def test_what_was_not_understood_is_never_acknowledged(extranet: Extranet) -> None:
    booking = book(extranet)
    counter = desk(extranet)
    bad = GOOD.replace('ResID_Value="8"', f'ResID_Value="{booking}"').replace(RATES, "")
    extranet.admin.fault(
        "status", {"path": Message.NEW.path}, status=200, body=reply(Message.NEW, bad).decode(), after=True
    )
    found = counter.retrieve()
    assert (found.versions, len(found.findings)) == ((), 1)
    assert booking in found.findings[0].message
    assert counter.acknowledge(found.versions) == {}
    assert sent(extranet, Message.NEW, "POST") == []
    assert len(counter.retrieve().versions) == 1


@pytest.mark.parametrize("message", Message)
def test_another_hotels_booking_is_an_error_for_the_whole_reply(extranet: Extranet, message: Message) -> None:
    good = GOOD if message is Message.NEW else CHANGED
    body = reply(message, good, good.replace('HotelCode="367456"', 'HotelCode="77"'))
    extranet.admin.fault("status", {"path": message.path}, status=200, body=body.decode())
    with pytest.raises(UnexpectedReplyError, match="another hotel"):
        desk(extranet).retrieve()


def test_a_message_of_the_other_kind_is_refused() -> None:
    with pytest.raises(UnexpectedReplyError):
        codec.handed_over(Message.CHANGED, reply(Message.NEW, GOOD), HOTEL)


def test_the_errors_of_a_retrieval_are_told() -> None:
    body = b"<OTA_HotelResNotifRQ><Errors><Error Code='448'/></Errors></OTA_HotelResNotifRQ>"
    with pytest.raises(TemporaryError):
        codec.handed_over(Message.NEW, body, HOTEL)


def test_a_message_without_anything_hands_over_nothing() -> None:
    assert codec.handed_over(Message.NEW, b"<OTA_HotelResNotifRQ/>", HOTEL).versions == ()


def test_a_token_that_a_booking_came_with_goes_back_with_the_acknowledgement() -> None:
    token = '<HotelReservationID ResID_Source="BOOKING.COM" ResID_Type="18" ResID_Value="tok-9001"/>'
    entry = GOOD.replace("</HotelReservationIDs>", f"{token}</HotelReservationIDs>")
    (version,) = codec.handed_over(Message.NEW, reply(Message.NEW, entry), HOTEL).versions
    assert version.booking == "8"
    assert "tok-9001" not in repr(version)
    body = codec.acknowledgement(Message.NEW, [version], NOW).decode()
    assert re.findall('ResID_Value="([^"]*)"', body) == ["8", "tok-9001"]


HOSTILE = {
    "garbage": b"\x00\xff not xml",
    "empty": b"",
    "another message": b"<OTA_HotelAvailNotifRS/>",
    "no list": b"<OTA_HotelResNotifRQ><Surprise/></OTA_HotelResNotifRQ>",
    "half a list": reply(Message.NEW, GOOD, GOOD)[: len(reply(Message.NEW, GOOD, GOOD)) // 2],
    "deep": reply(Message.NEW, "<a>" * 5000 + "</a>" * 5000),
    "too large": b"<OTA_HotelResNotifRQ>" + b" " * (17 * 1024 * 1024) + b"</OTA_HotelResNotifRQ>",
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><OTA_HotelResNotifRQ>&b;</OTA_HotelResNotifRQ>',
    "a file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><OTA_HotelResNotifRQ>&a;</OTA_HotelResNotifRQ>',
}  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_replies_are_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec.handed_over(Message.NEW, body, HOTEL)
    with pytest.raises(UnexpectedReplyError):
        codec.refusals(body)


def test_nothing_of_guests_and_cards_is_kept_or_told(extranet: Extranet, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    booking = book(extranet, guest={"given": "Canary-Given", "surname": "Canary-Surname"})
    counter = desk(extranet)
    shown = [repr(counter.retrieve())]
    bad = GOOD.replace('EffectiveDate="2026-07-11"', 'EffectiveDate="Canary wish"')
    bodies = (
        reply(Message.NEW, GOOD, bad),
        reply(Message.NEW, GOOD)[:-30],
        reply(Message.NEW, GOOD.replace(HOTEL, "77")),
    )
    for body in bodies:
        extranet.admin.fault("status", {"path": Message.NEW.path}, status=200, body=body.decode())
        try:
            shown.append(repr(counter.retrieve()))
        except ProviderError as error:
            shown += ["".join(traceback.format_exception(error)), repr(vars(error))]
    assert booking in shown[0]
    assert len(shown) == 6
    for canary in (*CANARIES, PASSWORD):
        assert not any(canary in text for text in (*shown, caplog.text))


# Against the examples, and against generated bookings


def test_the_example_of_a_new_booking_is_understood(official: Path) -> None:
    found = codec.handed_over(Message.NEW, (official / "resnotif_rq_new_min.xml").read_bytes(), "8011855")
    assert found.findings == ()
    assert told(found.versions) == [
        ("4705950059", Change.BOOKED, (Stay("1296364403", date(2025, 3, 29), date(2025, 3, 30)),))
    ]


@pytest.mark.parametrize(("name", "message"), [("resnotif", Message.NEW), ("resmodifynotif", Message.CHANGED)])
def test_acknowledgements_have_the_form_of_the_examples(official: Path, name: str, message: Message) -> None:
    version = Version("booking.com", HOTEL, "4705950059", "v", Change.BOOKED, NOW, receipt=message.value)

    def form(body: bytes) -> list[tuple[str, str | None]]:
        return [
            (etree.QName(one).text, one.get("ResID_Value")) for one in etree.fromstring(body).iter(tag=etree.Element)
        ]

    example = (official / f"{name}_rs_ack_ok.xml").read_bytes()
    assert form(codec.acknowledgement(message, [version], NOW)) == form(example)


def test_the_examples_of_replies_to_an_acknowledgement_are_understood(official: Path) -> None:
    assert codec.refusals((official / "resnotif_rs_ack_reply.xml").read_bytes()) == {}
    failed = codec.refusals((official / "resnotif_rs_ack_failed.xml").read_bytes())
    assert failed == {"4705950059": f"{NOT_WAITING} (193)"}


MORE = st.lists(
    st.tuples(st.sampled_from((DOUBLE, SINGLE)), st.integers(0, 9), st.integers(1, 4), st.integers(1, 3)), max_size=3
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("book", "modify", "cancel", "collect")), st.integers(0, 3), st.integers(0, 40), st.integers(1, 9), MORE
    ),
    max_size=10,
)  # fmt: skip


def stays_in(booking: dict[str, Any]) -> tuple[Stay, ...]:
    """What the extranet has of a booking, unit by unit, counted here."""
    units: dict[tuple[str, str, str], int] = {}
    for one in [] if booking["cancelled"] else [booking, *booking["more"]]:
        key = (one["arrival"], one["departure"], one["room"])
        units[key] = units.get(key, 0) + one["units"]
    listed = (
        (room, date.fromisoformat(arrival), date.fromisoformat(departure), n)
        for (arrival, departure, room), n in sorted(units.items())
    )
    return tuple(Stay(*one) for one in listed)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_guests_do_the_last_version_of_each_booking_is_what_is_there(extranet: Extranet, steps: Any) -> None:
    extranet.load()
    counter, made, found = desk(extranet), list[str](), list[Version]()
    for minute, (step, which, start, nights, more) in enumerate(steps):
        later(extranet, minute)
        arrival = NIGHT + start * DAY
        rooms = [{"room": room, **dates(arrival + first * DAY, n), "units": units} for room, first, n, units in more]
        gone = {one["id"] for one in extranet.admin.bookings() if one["cancelled"]}
        if step == "book":
            made.append(book(extranet, DOUBLE, arrival, nights, rooms=rooms))
        elif step == "collect":
            found += all_of_it(counter)
        elif made and made[which % len(made)] not in gone and step == "modify":
            modify(extranet, made[which % len(made)], **dates(arrival, nights), rooms=rooms, units=which + 1)
        elif made and made[which % len(made)] not in gone:
            extranet.admin.cancel("booking.com", HOTEL, made[which % len(made)])
    found += all_of_it(counter)
    last = {version.booking: version.stays for version in found}
    assert last == {one["id"]: stays_in(one) for one in extranet.admin.bookings()}
