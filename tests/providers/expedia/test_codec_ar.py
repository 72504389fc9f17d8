"""Availability and rates, written: messages against a reader of our own and the official schema; answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.errors import (
    AuthenticationFailedError,
    ProviderError,
    RequestRefusedError,
    TemporaryError,
    UnexpectedReplyError,
)
from reconciler.model.calendar import EVERY_DAY, Calendar, Pattern, on_days
from reconciler.providers.expedia import codec_ar
from reconciler.providers.expedia.codec_ar import RateSetting, RoomSetting, StaySetting, Update
from reconciler.providers.expedia.envelope import Login

from .ar_request import read

LOGIN = Login("someone", "canary-secret")
JUNE = Pattern[object](date(2026, 6, 1), date(2026, 7, 1), EVERY_DAY, None)
WEEKENDS = Pattern[object](date(2026, 6, 1), date(2026, 7, 1), frozenset({4, 5}), None)
REPLY = '<AvailRateUpdateRS xmlns="http://www.expediaconnect.com/EQC/AR/2007/02">{}</AvailRateUpdateRS>'


def whole(pattern: Pattern[object], value: str) -> Calendar[str]:
    return on_days(pattern.start, pattern.until, pattern.days, value)


def test_a_message_says_what_it_was_made_from(valid: Callable[[str, bytes], None]) -> None:
    body = codec_ar.encode(LOGIN, "42", UPDATES)
    valid("AvailRateUpdateRQ", body)


UPDATES = (
    Update("1", "", RoomSetting(7, closed=False), (JUNE,)),
    Update("2", "", RoomSetting(closed=True), (WEEKENDS,)),
    Update("1", "11A", RateSetting("EUR", Decimal("99.90")), (WEEKENDS,)),
    Update("2", "21", RateSetting("EUR", None, ((1, Decimal("80.00")), (2, Decimal("100.00")))), (JUNE,)),
    Update("1", "11A", StaySetting(False, 2, 28, closed_to_arrival=True, closed_to_departure=False), (JUNE,)),
)


def test_what_is_written_is_read_as_it_was_meant() -> None:
    assert read(codec_ar.encode(LOGIN, "42", UPDATES)) == {
        ("1", "", "closed"): whole(JUNE, "false"),
        ("1", "", "totalInventoryAvailable"): whole(JUNE, "7"),
        ("2", "", "closed"): whole(WEEKENDS, "true"),
        ("1", "11A", "PerDay"): whole(WEEKENDS, "EUR 99.90"),
        ("2", "21", "PerOccupancy for 1"): whole(JUNE, "EUR 80.00"),
        ("2", "21", "PerOccupancy for 2"): whole(JUNE, "EUR 100.00"),
        ("1", "11A", "closed"): whole(JUNE, "false"),
        ("1", "11A", "minLOS"): whole(JUNE, "2"),
        ("1", "11A", "maxLOS"): whole(JUNE, "28"),
        ("1", "11A", "closedToArrival"): whole(JUNE, "true"),
        ("1", "11A", "closedToDeparture"): whole(JUNE, "false"),
    }


def test_an_update_is_counted_as_expedia_counts_it() -> None:
    assert [update.count for update in UPDATES] == [60, 8, 8, 60, 150]


@pytest.mark.parametrize(
    ("start", "until", "last"),
    [
        (date(2026, 6, 1), date(2026, 6, 2), "2026-06-01"),
        (date(2028, 2, 28), date(2028, 3, 1), "2028-02-29"),
        (date(2026, 12, 1), date(2027, 1, 1), "2026-12-31"),
    ],
)
def test_the_last_night_is_named_and_all_seven_days_are(start: date, until: date, last: str) -> None:
    update = Update("1", "", RoomSetting(1), (Pattern[object](start, until, EVERY_DAY, None),))
    body = codec_ar.encode(LOGIN, "42", [update]).decode()
    assert f'to="{last}"' in body
    assert all(f'{day}="true"' in body for day in ("sun", "mon", "tue", "wed", "thu", "fri", "sat"))


def test_a_password_with_odd_characters_is_carried() -> None:
    body = codec_ar.encode(Login("a&b<c", "\"quoted\" & 'odd'"), "42", UPDATES[:1])
    assert b"a&amp;b&lt;c" in body
    assert "odd" not in repr(Login("a&b<c", "\"quoted\" & 'odd'"))


def test_a_success_without_warnings_is_just_that() -> None:
    assert codec_ar.decode(REPLY.format("<Success/>").encode()) == ()


def test_warnings_tell_product_and_night_in_both_spellings() -> None:
    texts = (
        '<Warning code="7021">[Room Type ID 1; Rate Plan ID 2A; Stay Date 2026-06-01] Out of threshold.</Warning>',
        '<Warning code="7013">Warning 20 out of 120 for this cause. Remaining 100 warnings will not be returned, please '
        "resubmit. Inventory date 2026-06-02; Room Type ID 3; Total Inventory Available cannot be less.</Warning>",
        '<Warning code="7022">[Rate Plan ID 2A] Inactive Rate Plan Updated.</Warning>',
        '<Warning code="7000">[Room Type ID 3] Inactive Room Type Updated.</Warning>',
        '<Warning code="7999">Something new.</Warning>',
    )
    first, second, third, fourth, fifth = codec_ar.decode(REPLY.format(f"<Success>{''.join(texts)}</Success>").encode())
    assert (first.room, first.plan, first.night, first.harmless, first.more) == (
        "1",
        "2A",
        date(2026, 6, 1),
        False,
        False,
    )
    assert (second.room, second.plan, second.night, second.more) == ("3", "", date(2026, 6, 2), True)
    assert third.harmless
    assert fourth.harmless
    assert (fifth.code, fifth.harmless, fifth.night) == (7999, False, None)


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        ((1000,), AuthenticationFailedError),
        ((1001,), AuthenticationFailedError),
        ((1003,), AuthenticationFailedError),
        ((2002,), RequestRefusedError),
        ((3010,), RequestRefusedError),
        ((3107,), RequestRefusedError),
        ((3203, 3204), RequestRefusedError),
        ((3210,), TemporaryError),
        ((4000,), TemporaryError),
        ((4099,), TemporaryError),
        ((4100,), RequestRefusedError),
        ((4101,), RequestRefusedError),
        ((4206,), TemporaryError),
        ((5000,), TemporaryError),
        ((4000, 3010), RequestRefusedError),
        ((3010, 1001), AuthenticationFailedError),
    ],
)
def test_errors_are_told_by_what_can_be_done_about_them(codes: tuple[int, ...], error: type[ProviderError]) -> None:
    told = "".join(f'<Error code="{code}">Text of {code}</Error>' for code in codes)
    with pytest.raises(error) as raised:
        codec_ar.decode(REPLY.format(told).encode())
    assert type(raised.value) is error
    assert all(f"Text of {code}" in raised.value.message for code in codes)


@pytest.mark.parametrize("body", [b"<html/>", b"not XML", REPLY.format("").encode(), b"<AvailRateUpdateRQ/>"])
def test_anything_else_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_ar.decode(body)


def test_foreign_text_in_an_error_is_cut_and_made_printable() -> None:
    text = "bad\n\t\u202e " + "x" * 5000
    with pytest.raises(RequestRefusedError) as raised:
        codec_ar.decode(REPLY.format(f'<Error code="3010">{text}</Error>').encode())
    assert raised.value.message.isprintable()
    assert len(raised.value.message) < 400


AUGUST = (date(2012, 8, 1), date(2012, 9, 1))
WEEKEND = frozenset({4, 5, 6})
OBP = {"1": "60.00", "2": "100.00", "3": "135.00", "4": "160.00"}


def span(start: str, last: str, value: str, days: frozenset[int] = EVERY_DAY) -> Calendar[str]:
    first, end = date.fromisoformat(start), date.fromisoformat(last)
    return on_days(first, date.fromordinal(end.toordinal() + 1), days, value)


def joined(*parts: Calendar[str]) -> Calendar[str]:
    whole: Calendar[str] = Calendar()
    for part in parts:
        whole = whole.overlay(part)
    return whole


def obp(nights: Callable[[str], Calendar[str]]) -> dict[tuple[str, str, str], Calendar[str]]:
    return {("558025", "556895", f"PerOccupancy for {n}"): nights(f"EUR {rate}") for n, rate in OBP.items()}


def august(value: str, days: frozenset[int] = EVERY_DAY) -> Calendar[str]:
    return span("2012-08-01", "2012-08-31", value, days)


def day(night: str, value: str) -> Calendar[str]:
    return span(night, night, value)


def five_nights(value: str) -> Calendar[str]:
    return joined(*(day(f"2012-08-{n}", value) for n in ("01", "03", "12", "18", "22")))


TOTAL, FLEXIBLE = "totalInventoryAvailable", "flexibleAllocation"
EXAMPLES: dict[str, dict[tuple[str, str, str], Calendar[str]]] = {
    "ar-01": {("558945", "", FLEXIBLE): august("10")},
    "ar-02": {
        ("558945", "", FLEXIBLE): joined(span("2012-08-01", "2012-08-15", "10"), span("2012-08-16", "2012-08-31", "20"))
    },
    "ar-03": {("16818", "", TOTAL): day("2012-09-26", "3")},
    "ar-04": {("16818", "", TOTAL): joined(day("2012-09-26", "3"), day("2012-09-27", "2"), day("2012-09-28", "1"))},
    "ar-05": {
        ("16818", "", TOTAL): day("2012-09-26", "3"),
        ("43223", "", TOTAL): day("2012-09-26", "4"),
        ("65223", "", TOTAL): day("2012-09-26", "2"),
    },
    "ar-06": {("558025", "556895", "closed"): august("false"), **obp(august)},
    "ar-07": {("558025", "556895", "closed"): five_nights("false"), **obp(five_nights)},
    "ar-08": {
        ("558945", "556887", "closed"): august("false"),
        ("558945", "556887", "minLOS"): august("2"),
        ("558945", "556887", "maxLOS"): august("14"),
    },
    "ar-09": {
        (room, plan, "closedToDeparture"): day("2012-12-31", "true")
        for room, plan in (("9989", "556895"), ("9989", "434534"), ("87655", "543334"), ("87655", "224454"))
    },
    "ar-10": {("558945", "556895", "closedToArrival"): joined(day("2012-12-25", "true"), day("2012-12-26", "false"))},
    "ar-11": {
        ("9989", "", "closed"): august("false", WEEKEND),
        ("9989", "", TOTAL): august("10", WEEKEND),
        ("9989", "556895", "closed"): august("false", WEEKEND),
        ("9989", "556895", "minLOS"): august("2", WEEKEND),
        ("9989", "556895", "maxLOS"): august("14", WEEKEND),
        ("9989", "556895", "closedToArrival"): august("false", WEEKEND),
        ("9989", "556895", "closedToDeparture"): august("true", WEEKEND),
        **{("9989", "556895", f"PerOccupancy for {n}"): august(f"EUR {rate}", WEEKEND) for n, rate in OBP.items()},
    },
    "ar-14": {("558875", "556895", "closed"): august("true")},
    "ar-15": {("558875", "", "closed"): august("true")},
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_official_requests_say_what_their_text_says(official: Path, name: str) -> None:
    (path,) = (official / "messages").glob(f"{name}-*.xml")
    assert read(path.read_bytes()) == EXAMPLES[name]


def test_the_official_success_and_errors_are_understood(official: Path) -> None:
    messages = official / "messages"
    (success,) = messages.glob("ar-19-*.xml")
    assert codec_ar.decode(success.read_bytes()) == ()
    (warned,) = messages.glob("ar-21-*.xml")
    warnings = codec_ar.decode(warned.read_bytes())
    assert [(w.code, w.room, w.plan) for w in warnings] == [
        (7013, "32241", p) for p in ("23123", "52333") for _ in range(5)
    ]
    assert [w.night for w in warnings] == [date(2012, 8, n) for n in range(1, 6)] * 2
    (refused,) = messages.glob("ar-22-*.xml")
    with pytest.raises(RequestRefusedError, match=r"432432.*234543") as raised:
        codec_ar.decode(refused.read_bytes())
    assert raised.value.code == "3203"
