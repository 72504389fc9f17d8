"""The formats: what is written and what is understood, held against the official examples where they are at hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import RequestRefusedError, UnexpectedReplyError
from reconciler.model.calendar import constant
from reconciler.model.journal import Outcome
from reconciler.model.state import Availability, Counts, Observed, Restrictions
from reconciler.providers.booking_com import codec_bxml, codec_ota, outcome
from reconciler.providers.booking_com.batching import Updates, batches
from reconciler.providers.booking_com.capabilities import MAX_DATES_SENT
from reconciler.providers.booking_com.codec_bxml import Fields, Item, Night, Question, Told
from reconciler.providers.booking_com.codec_ota import Done, Notif, PlanNotif, Product
from reconciler.providers.contract import Part

from .hotels import DAY, DOUBLE, STANDARD, TODAY, address, hotel, pending, price

Cells = dict[tuple[str, str, date, str], str]


def cells(root: Element) -> Cells:
    """Everything that a message of availability sets, one field of one night at a time; the end of a range is not in it."""
    found: Cells = {}
    for room in root.iter("room"):
        for day in room:
            first = date.fromisoformat(day.get("value") or day.attrib["from"])
            until = first + DAY if day.get("value") else date.fromisoformat(day.attrib["to"])
            rate = next((one.attrib["id"] for one in day if one.tag == "rate"), "")
            for field in (one for one in day if one.tag != "rate"):
                for i in range((until - first).days):
                    key = (room.attrib["id"], rate, first + DAY * i, field.tag)
                    assert key not in found, "said twice"
                    found[key] = field.text or ""
    return found


def shape(element: Element) -> object:
    """An element as it counts: name, attributes, text, children in order."""
    return element.tag, dict(element.attrib), (element.text or "").strip(), [shape(child) for child in element]


def same(ours: bytes, theirs: Path) -> bool:
    return shape(fromstring(ours)) == shape(fromstring(theirs.read_bytes()))


# --- official examples


def test_the_official_tutorial_sets_what_we_set_for_the_same_values(official: Path) -> None:
    fields: Fields = (("roomstosell", "25"), ("price", "150.00"))
    item = Item(DOUBLE, STANDARD, tuple((date(2026, 6, 1) + DAY * i, fields) for i in range(30)))
    theirs = fromstring((official / "bxml_availability_rq_tutorial.xml").read_bytes())
    assert cells(fromstring(codec_bxml.encode([item]))) == cells(theirs)


def test_the_official_question_for_nights_is_ours(official: Path) -> None:
    question = Question(date(2018, 9, 19), 2, True, ("12302",))
    assert same(codec_bxml.nights_request("367456", question, "1.0"), official / "bxml_roomrateavailability_rq.xml")


def test_the_known_question_for_rooms_is_ours(official: Path) -> None:
    assert same(codec_bxml.roomrates_request("464167"), official / "bxml_roomrates_rq.xml")


def test_the_official_message_that_makes_a_plan_is_ours(official: Path) -> None:
    notif = PlanNotif(Notif.NEW, reference="123457", name="Standard Rate")
    ours = codec_ota.rate_plans_request("367456", [notif], at=datetime(2015, 6, 9, 11, 53, 48))
    assert same(ours, official / "ota_rateplannotif_rq_new.xml")


def test_removing_activating_and_renaming_are_as_documented(official: Path) -> None:
    notifs = [
        PlanNotif(Notif.REMOVE, "5710484"),
        PlanNotif(Notif.ACTIVATE, "5710485"),
        PlanNotif(Notif.OVERLAY, "5710486", name="Renamed rate"),
    ]
    ours = codec_ota.rate_plans_request("367456", notifs, at=datetime(2015, 6, 9, 11, 53, 48))
    assert same(ours, official / "ota_rateplannotif_rq_remove_activate.xml")


def test_rooms_and_rates_of_a_recorded_reply_are_understood(official: Path) -> None:
    double, studio = codec_bxml.rooms_of((official / "bxml_roomrates_rs.xml").read_bytes())
    assert (double.id, double.hotel_id, double.hotel_name) == ("46416701", "464167", "Steve's Sunny hotel")
    assert [(rate.id, rate.child, rate.readonly, rate.max_persons) for rate in double.rates] == [
        ("1590909", True, True, 2),
        ("1592191", True, False, 2),
        ("1578444", False, False, 2),
    ]
    assert [rate.policy for rate in studio.rates] == ["Non Refundable", "General"]


def test_recorded_replies_of_availability_are_understood(official: Path) -> None:
    assert codec_bxml.decode((official / "bxml_availability_rs_ok.xml").read_bytes()) == ()
    (error,) = codec_bxml.decode((official / "bxml_availability_rs_error_v10.xml").read_bytes())
    assert "hasn't been enabled for hotel '405762'" in error.text
    partial, warning = codec_bxml.decode((official / "bxml_availability_rs_partial_v11.xml").read_bytes())
    assert partial.code == "RATE_NOT_ACTIVE_FOR_ROOM"
    assert (set(partial.rooms), set(partial.rates)) == ({DOUBLE}, {STANDARD})
    assert partial.nights == {date(2026, 6, 5)}
    assert warning.code == "WARN_DUPLICATE_DATES"


@pytest.mark.parametrize("name", ["bxml_availability_rs_ok", "bxml_roomrates_rs", "ota_rs_success"])
def test_the_id_for_support_is_kept(official: Path, name: str) -> None:
    assert codec_bxml.message_id((official / f"{name}.xml").read_bytes()).endswith("==")


def test_the_documented_night_of_a_room_is_understood(official: Path) -> None:
    answer = codec_bxml.nights_of((official / "bxml_roomrateavailability_rs_room_level_fragment.xml").read_bytes())
    assert answer.rooms == {"12302": {date(2018, 9, 19): Night(0, 0, 25, False)}}


def test_replies_about_rate_plans_are_understood(official: Path) -> None:
    assert codec_ota.decode((official / "ota_rateplannotif_rs.xml").read_bytes()).ids == {"123457": "5710483"}
    assert codec_ota.decode((official / "ota_rs_success.xml").read_bytes()) == Done({})
    with pytest.raises(RequestRefusedError, match="'Still Other Rate' already exists") as raised:
        codec_ota.decode((official / "ota_rateplannotif_rs_duplicate_name_http400.xml").read_bytes())
    assert raised.value.code == codec_ota.DUPLICATE_NAME
    with pytest.raises(RequestRefusedError, match="not active for InvTypeCode '1516503'"):
        codec_ota.decode((official / "ota_rs_error_rate_not_active.xml").read_bytes())
    with pytest.raises(RequestRefusedError, match="Single Use Rate"):
        codec_ota.decode((official / "ota_rs_error_single_use_not_allowed.xml").read_bytes())


# --- replies that nobody promised


@pytest.mark.parametrize(
    "text",
    [
        '<result><room room_id="1"><rate rate_id="2"><date value="2026-06-01" closed="1"/></rate></room></result>',
        '<result><room room_id="1"><rate id="2"><date value="2026-06-01" closed="1"/></rate></room></result>',
        '<result><room room_id="1" rate_id="2"><date value="2026-06-01" closed="1"/></room></result>',
    ],
)
def test_rows_of_rates_are_understood_in_every_shape(text: str) -> None:
    assert codec_bxml.nights_of(text.encode()).rates == {("1", "2"): {date(2026, 6, 1): Night(closed=True)}}


@pytest.mark.parametrize(
    "row",
    ['value="2026-6-1"', 'value="2026-02-30"', "", 'value="2026-06-01" booked="-1"', 'value="2026-06-01" closed="x"'],
)
def test_rows_that_make_no_sense_are_errors(row: str) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_bxml.nights_of(f'<result><room room_id="1"><date {row}/></room></result>'.encode())


@pytest.mark.parametrize(
    "text", ["<fault code='403' string='Access denied'/>", "<error code='403'>Access denied</error>"]
)
def test_a_refusal_in_place_of_an_answer_is_told(text: str) -> None:
    with pytest.raises(RequestRefusedError, match="Access denied"):
        codec_bxml.rooms_of(text.encode())
    assert codec_bxml.decode(text.encode())[0].text == "Access denied"


@pytest.mark.parametrize("text", ["<html/>", "", "<availability/>", "<!DOCTYPE x><ok/>", "<ok>"])
def test_a_reply_that_is_neither_success_nor_error_is_no_success(text: str) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_bxml.decode(text.encode())
    with pytest.raises(UnexpectedReplyError):
        codec_ota.decode(text.encode())


def test_an_error_may_name_several_of_each() -> None:
    named = "<room_ids>1,2</room_ids><rate_ids>3 4</rate_ids><dates>2026-06-01, 2026-06-03</dates>"
    body = f"<r><error code='X'><message>m</message>{named}</error></r>".encode()
    (told,) = codec_bxml.decode(body)
    assert (set(told.rooms), set(told.rates)) == ({"1", "2"}, {"3", "4"})
    assert told.nights == {date(2026, 6, 1), date(2026, 6, 3)}


@pytest.mark.parametrize(("named", "nights"), [(MAX_DATES_SENT, MAX_DATES_SENT), (MAX_DATES_SENT + 1, 0)])
def test_every_night_that_an_error_names_counts_and_too_many_mean_all_of_the_message(named: int, nights: int) -> None:
    dates = ",".join(f"{TODAY + DAY * i}" for i in range(named))
    (told,) = codec_bxml.decode(f"<r><error code='X'><dates>{dates}</dates></error></r>".encode())
    assert len(told.nights) == nights


def test_an_error_that_names_nothing_fails_every_part_and_no_night_for_certain() -> None:
    night = constant(TODAY, TODAY + DAY, True)
    parts = [Part("a", address("rates", "double", "BAR"), night), Part("b", address("rates", "single", "BAR"), night)]
    found = outcome.results(parts, [("1", "9"), ("2", "9")], [Told("W", "strange")], nothing_done=False)
    assert [(one.outcome, one.refused) for one in found] == [(Outcome.FAILED, None)] * 2


def test_an_error_about_one_night_of_one_room_fails_that_alone() -> None:
    nights = constant(TODAY, TODAY + DAY * 3, True)
    parts = [Part("a", address("rates", "double", "BAR"), nights), Part("b", address("rates", "single", "BAR"), nights)]
    told = [Told("X", "no", frozenset({"1"}), frozenset({"9"}), frozenset({TODAY + DAY}))]
    first, second = outcome.results(parts, [("1", "9"), ("2", "9")], told, nothing_done=False)
    assert first.refused == constant(TODAY + DAY, TODAY + DAY * 2, True)
    assert second.outcome is Outcome.APPLIED


# --- conditions


def test_conditions_are_written_as_documented() -> None:
    product = Product("1", "2", "152", "7", min_advance_days=3, max_advance_days=90, max_occupancy=2)
    root = fromstring(codec_ota.products_request("367456", Notif.OVERLAY, [product], test=True))
    found = {element.tag.rpartition("}")[2]: element.attrib for element in root.iter()}
    assert root.get("Target") == "Test"
    assert found["HotelProduct"] == {"ProductNotifType": "Overlay"}
    assert found["RoomType"] == {"RoomTypeCode": "1", "MaxOccupancy": "2"}
    assert found["BookingRule"] == {"MinAdvancedBookingOffset": "P3D", "MaxAdvancedBookingOffset": "P90D"}
    assert found["CancelPenalty"] == {"PolicyCode": "152"}
    assert found["MealsIncluded"] == {"MealPlanCodes": "7"}


def test_conditions_without_windows_and_meals_leave_them_out() -> None:
    root = fromstring(codec_ota.products_request("1", Notif.NEW, [Product("1", "2", "152", min_advance_days=0)]))
    assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"BookingRule", "MealsIncluded"})


# --- messages


def sent(*todo: object) -> list[Cells]:
    found = []
    for batch in batches(hotel(), {}, todo):  # type: ignore[arg-type]
        assert isinstance(batch.payload, Updates)
        found.append(cells(fromstring(codec_bxml.encode(batch.payload.items))))
    return found


def test_messages_end_with_months_leap_day_included() -> None:
    nights = constant(date(2028, 1, 31), date(2028, 3, 2), price("9.00"))
    months = sent(pending(address("rates", "double", "BAR"), nights))
    assert [{(key[2].year, key[2].month) for key in month} for month in months] == [
        {(2028, 1)},
        {(2028, 2)},
        {(2028, 3)},
    ]
    assert [len({key[2] for key in month}) for month in months] == [1, 29, 1]


def test_what_is_left_is_what_is_not_sold_and_never_below_nothing() -> None:
    where = address("availability", "double")
    nights = constant(TODAY, TODAY + DAY * 2, Availability(5))
    counts = constant(TODAY, TODAY + DAY, Counts(1, 9)).overlay(constant(TODAY + DAY, TODAY + DAY * 2, Counts(1, 2)))
    (month,) = sent(pending(where, nights, Observed(nights, counts=counts)))
    assert [month[("double", "", TODAY + DAY * i, "roomstosell")] for i in range(2)] == ["0", "3"]
    assert month[("double", "", TODAY, "closed")] == "0"


def test_a_count_that_is_right_already_is_not_sent_and_what_only_takes_away_may_be_repeated() -> None:
    where = address("availability", "double")
    night = constant(TODAY, TODAY + DAY, Availability(5, closed=True))
    counts = constant(TODAY, TODAY + DAY, Counts(3, 2))
    (batch,) = batches(hotel(), {}, [pending(where, night, Observed(night, counts=counts))])
    assert batch.repeatable
    (month,) = sent(pending(where, night, Observed(night, counts=counts)))
    assert ("double", "", TODAY, "roomstosell") not in month
    (batch,) = batches(
        hotel(), {}, [pending(where, night.map(lambda _: Availability(5)), Observed(night, counts=counts))]
    )
    assert not batch.repeatable


def test_more_units_than_the_format_takes_are_refused_before_sending() -> None:
    counts = constant(TODAY, TODAY + DAY, Counts(0, 0))
    nights = constant(TODAY, TODAY + DAY, Availability(255))
    with pytest.raises(RequestRefusedError, match="254"):
        sent(pending(address("availability", "double"), nights, Observed(nights, counts=counts)))


def test_all_restrictions_are_sent_each_time_so_that_none_stays_behind() -> None:
    (month,) = sent(pending(address("restrictions", "double", "BAR"), constant(TODAY, TODAY + DAY, Restrictions())))
    assert {key[3]: text for key, text in month.items()} == {
        "minimumstay": "1",
        "minimumstay_arrival": "1",
        "maximumstay": "0",
        "maximumstay_arrival": "0",
        "closedonarrival": "0",
        "closedondeparture": "0",
        "closed": "0",
    }


def test_very_many_rooms_are_spread_over_messages() -> None:
    month = constant(TODAY, TODAY + DAY * 30, price("9.00"))
    todo = [pending(address("rates", f"room{i}", "BAR"), month) for i in range(100)]
    assert [len({key[:3] for key in found}) for found in sent(*todo)] == [1980, 1020]


NIGHTS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
PRICES = st.decimals(Decimal("0.01"), Decimal(99999), places=2)


@settings(max_examples=60, deadline=None)
@given(first=NIGHTS, length=st.integers(1, 400), amount=PRICES)
def test_every_night_is_said_once_with_its_exact_price(first: date, length: int, amount: Decimal) -> None:
    until = first + timedelta(days=length)
    months = sent(pending(address("rates", "double", "BAR"), constant(first, until, price(f"{amount:f}"))))
    said = [(key[2], text) for month in months for key, text in month.items() if key[3] == "price"]
    assert said == [(first + DAY * i, f"{amount:f}") for i in range(length)]
    assert all(len({(key[2].year, key[2].month) for key in month}) == 1 for month in months)


ROWS = st.builds(Night, *[st.none() | st.integers(0, 300)] * 3, st.none() | st.booleans())


@settings(max_examples=60, deadline=None)
@given(rows=st.dictionaries(NIGHTS, ROWS, max_size=8), flat=st.booleans())
def test_nights_are_read_as_they_were_written(rows: dict[date, Night], flat: bool) -> None:
    names = ("booked", "cancelled", "rooms_to_sell", "closed")
    lines = []
    for night, row in rows.items():
        values = (row.booked, row.cancelled, row.left, row.closed)
        said = " ".join(f'{name}="{int(v)}"' for name, v in zip(names, values, strict=True) if v is not None)
        lines.append(f'<date value="{night}" {said}/>')
    inside = "".join(lines)
    nested = f'<room room_id="1"><rate rate_id="2">{inside}</rate></room>'
    body = (
        f"<result>{f'<room room_id=&quot;1&quot; rate_id=&quot;2&quot;>{inside}</room>' if flat else nested}</result>"
    )
    answer = codec_bxml.nights_of(body.replace("&quot;", '"').encode())
    assert answer.rates == {("1", "2"): rows}
