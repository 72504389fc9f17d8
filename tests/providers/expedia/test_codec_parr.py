"""Availability and rates, read back: what is asked, and what replies say in every spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import AuthenticationFailedError, TemporaryError, UnexpectedReplyError
from reconciler.model.secret import Secret
from reconciler.model.state import Availability, Counts, Price, Restrictions, Window
from reconciler.providers.contract import Reply, Request
from reconciler.providers.expedia import codec_parr
from reconciler.providers.expedia.codec_parr import PlanNight, Question, RoomNight
from reconciler.providers.expedia.envelope import Login
from reconciler.providers.expedia.reading import availability_of, counts_of, price_of, restrictions_of
from reconciler.providers.expedia.session import Session

ALL = frozenset({"availability", "rates", "restrictions"})
LOGIN = Login("someone", "canary-secret")
START = date(2026, 6, 1)
DAY = timedelta(days=1)
SPACE = "http://www.expediaconnect.com/EQC/PAR/2013/07"


def reply(inside: str, hotel: str = "42") -> bytes:
    listed = f'<AvailRateList><Hotel id="{hotel}"/>{inside}</AvailRateList>'
    return f'<ProductAvailRateRetrievalRS xmlns="{SPACE}">{listed}</ProductAvailRateRetrievalRS>'.encode()


def night(inside: str, room: str = 'closed="false"', on: str = "2026-06-01") -> str:
    return f'<AvailRate date="{on}"><RoomType id="1" {room}>{inside}</RoomType></AvailRate>'


def plan(inside: str, attributes: str = 'closed="false"') -> PlanNight:
    answer = codec_parr.decode(reply(night(f'<RatePlan id="11A" {attributes}>{inside}</RatePlan>')), "42", "EUR")
    return answer.plans[("1", "11A", START)]


def test_a_question_fits_the_schema_and_names_rooms_plans_and_kinds(valid: Callable[[str, bytes], None]) -> None:
    question = Question((("1", ("11A", "12")), ("2", ())))
    body = codec_parr.encode(LOGIN, "42", question, START, START + DAY * 31, frozenset({"rates"}))
    valid("ProductAvailRateRetrievalRQ", body)


def test_a_question_ends_with_the_last_night_and_filters_what_is_not_asked() -> None:
    body = codec_parr.encode(
        LOGIN, "42", Question((("1", ()),)), START, START + DAY, frozenset({"availability"})
    ).decode()
    assert 'from="2026-06-01" to="2026-06-01"' in body
    assert 'inventory="true" roomAvailStatus="true" rateAvailStatus="false" restrictions="false" rates="false"' in body


@pytest.mark.parametrize(
    ("products", "nights", "requests"),
    [
        ({"1": ["11"]}, 365, 1),
        ({"1": ["11"]}, 366, 2),
        ({"1": ["11", "12"]}, 31, 1),
        ({"1": ["11", "12"]}, 32, 2),
        ({"1": ["11", "12"], "2": ["21"]}, 500, 6),
        ({"1": ["11", "12"], "2": []}, 500, 17),
        ({str(room): [f"{room}{n}" for n in range(4)] for room in range(5)}, 500, 17),
        ({str(room): [str(room)] for room in range(41)}, 31, 3),
        ({"1": [str(n) for n in range(41)]}, 31, 3),
    ],
)
def test_few_questions_cover_everything_within_the_limits(
    products: Mapping[str, list[str]], nights: int, requests: int
) -> None:
    asked = codec_parr.questions(products, nights)
    assert sum(-(-nights // question.most_nights) for question in asked) == requests
    assert all(len(question.products) <= 20 for question in asked)
    assert all(len(plans) <= 20 for question in asked for _, plans in question.products)
    named = [(room, plan) for question in asked for room, plans in question.products for plan in plans]
    assert sorted(named) == sorted((room, plan) for room, plans in products.items() for plan in plans)


@pytest.mark.parametrize(
    ("spelled", "amount"),
    [("140", "140.00"), ("140.5", "140.50"), ("100.000", "100.00"), ("99.99", "99.99"), ("99.995", "99.995")],
)
def test_prices_in_any_spelling_get_the_currencys_decimals_where_that_is_exact(spelled: str, amount: str) -> None:
    found = plan(f'<Rate currency="EUR"><PerDay rate="{spelled}"/></Rate>').per_day
    assert str(found) == amount


def test_prices_by_guests_are_read() -> None:
    amounts = '<PerOccupancy rate="120" occupancy="2"/><PerOccupancy rate="100" occupancy="1"/>'
    found = plan(f'<Rate currency="EUR">{amounts}</Rate>')
    assert price_of(found, 2) == Price(Decimal("120.00"), ((1, Decimal("100.00")),))
    assert price_of(found, 3) == Price(Decimal("120.00"), ((1, Decimal("100.00")),))


def test_without_a_price_for_the_base_number_of_guests_a_night_has_none() -> None:
    found = plan(
        '<Rate currency="EUR"><PerOccupancy rate="100" occupancy="1"/><PerOccupancy rate="9" occupancy="3"/></Rate>'
    )
    assert price_of(found, 2) is None
    assert price_of(plan(""), 2) is None


def test_prices_of_other_models_are_not_taken_for_prices() -> None:
    by_length = '<Rate currency="EUR" lengthOfStay="1"><PerDay rate="100"/></Rate>'
    several = '<Rate currency="EUR"><PerDay rate="100"/><PerDay rate="90"/></Rate>'
    person = '<Rate currency="EUR"><PerPerson rate="50"/></Rate>'
    assert [price_of(plan(rate), 2) for rate in (by_length, several, person)] == [None, None, None]


LIMITS = '<Restrictions minLOS="{}" maxLOS="{}" closedToArrival="false" closedToDeparture="true"/>'


def test_restrictions_are_read_and_the_longest_stay_of_28_is_none() -> None:
    found = plan(LIMITS.format(2, 28), 'closed="true"')
    free = restrictions_of(found, 28, through=False)
    assert free == Restrictions(min_stay=2, closed=True, closed_to_departure=True)
    assert restrictions_of(plan(LIMITS.format(1, 7)), 7, through=False) == Restrictions(closed_to_departure=True)
    assert restrictions_of(plan(LIMITS.format(1, 7)), 28, through=True) == Restrictions(
        max_stay_through=7, closed_to_departure=True
    )


@pytest.mark.parametrize("partial", [plan(""), plan(LIMITS.format(1, 28), "")])
def test_a_night_that_is_loaded_in_part_has_no_restrictions_so_that_all_are_sent(partial: PlanNight) -> None:
    assert restrictions_of(partial, 28, through=False) is None


def test_an_allotment_is_what_is_left_and_what_is_sold() -> None:
    counts = '<Inventory baseAllocation="2" flexibleAllocation="7" totalInventoryAvailable="9" totalInventorySold="3"/>'
    room = codec_parr.decode(reply(night(counts, 'closed="true"')), "42", "EUR").rooms[("1", START)]
    assert room == RoomNight(9, 3, 2, closed=True)
    assert availability_of(room) == Availability(12, closed=True)
    assert counts_of(room) == Counts(9, 3)
    assert availability_of(RoomNight(closed=False)) is None


def test_names_are_found_in_whatever_namespace() -> None:
    body = reply(night("")).replace(SPACE.encode(), b"urn:another")
    assert codec_parr.decode(body, "42", "EUR").nights == {START}


@pytest.mark.parametrize(
    "body",
    [
        reply(night(""), hotel="43"),
        reply(night('<RatePlan id="11"><Rate currency="USD"><PerDay rate="1"/></Rate></RatePlan>')),
        reply(night('<RatePlan id="11"><Rate currency="EUR"><PerDay rate="NaN"/></Rate></RatePlan>')),
        reply(night('<RatePlan id="11"><Rate currency="EUR"><PerDay rate="-1"/></Rate></RatePlan>')),
        reply(night('<RatePlan id="11"><Rate currency="EUR"><PerDay rate="1,5"/></Rate></RatePlan>')),
        reply(night('<RatePlan id="11"><Restrictions minLOS="two"/></RatePlan>')),
        reply(night('<Inventory totalInventoryAvailable="-1" totalInventorySold="0"/>')),
        reply(night("", on="2026-02-30")),
        reply(night("", 'closed="perhaps"')),
        reply(night('<RatePlan closed="true"/>')),
        reply(night('<RatePlan id="11" closed="true"/><RatePlan id="11" closed="false"/>')),
        f'<ProductAvailRateRetrievalRS xmlns="{SPACE}"/>'.encode(),
        b"<AvailRateUpdateRS/>",
        b"nothing",
    ],
)
def test_a_reply_that_is_odd_or_about_something_else_is_refused(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_parr.decode(body, "42", "EUR")


def test_errors_are_told() -> None:
    with pytest.raises(AuthenticationFailedError):
        codec_parr.decode(
            b'<ProductAvailRateRetrievalRS><Error code="1001">no</Error></ProductAvailRateRetrievalRS>', "42", "EUR"
        )


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_no_reply_whatsoever_raises_anything_but_a_provider_error(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        codec_parr.decode(body, "42", "EUR")


class Scripted:
    """A network that answers from a list; what was asked is kept."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies = list(bodies)
        self.asked: list[bytes] = []

    def send(self, request: Request, *, repeatable: bool) -> Reply:
        assert repeatable
        self.asked.append(request.body)
        return Reply(200, {}, self.bodies.pop(0))


def session(network: Scripted) -> Session:
    return Session("42", network, {"api_key": Secret("someone"), "api_secret": Secret("canary-secret")})


def nights_of(network: Scripted, nights: int) -> int:
    window = Window(START, START + DAY * nights)
    return sum(len(answer.nights) for answer in session(network).calendars({"1": ["11"]}, window, ALL, "EUR"))


def days(*numbers: int) -> bytes:
    return reply("".join(night("", on=f"2026-06-{n:02}") for n in numbers))


def test_nights_that_a_reply_leaves_out_without_a_word_are_asked_for_again() -> None:
    network = Scripted(days(1, 2, 4), days(3), days(5, 6))
    assert nights_of(network, 6) == 6
    assert [re.findall(rb'from="([^"]+)"', body) for body in network.asked] == [
        [b"2026-06-01"],
        [b"2026-06-03"],
        [b"2026-06-05"],
    ]


@pytest.mark.parametrize("last", [days(), days(1)])
def test_a_reply_without_any_of_the_missing_nights_is_an_error_and_not_an_endless_loop(last: bytes) -> None:
    with pytest.raises(UnexpectedReplyError, match="none of them"):
        nights_of(Scripted(days(1), last), 3)


def test_an_error_that_passes_gets_one_more_try_at_once() -> None:
    busy = (
        b'<ProductAvailRateRetrievalRS><Error code="4004">Internal system error</Error></ProductAvailRateRetrievalRS>'
    )
    assert nights_of(Scripted(busy, days(1)), 1) == 1
    with pytest.raises(TemporaryError, match="4004"):
        nights_of(Scripted(busy, busy), 1)


def test_the_official_replies_are_understood(official: Path) -> None:
    (path,) = (official / "messages").glob("parr-15-*.xml")
    body = re.sub(rb"\[ hiding[^]]*\]", b"", path.read_bytes())
    if b"</ProductAvailRateRetrievalRS>" not in body:
        pytest.skip("the official example is cut off")
    answer = codec_parr.decode(body, "2333447", "CAD")
    assert answer.nights == {date(2012, 8, 1), date(2012, 8, 31)}
    room = answer.rooms[("352546", date(2012, 8, 1))]
    assert (room.base, room.left, room.sold, room.closed) == (12, 55, 0, False)
    found = answer.plans[("352546", "1110018", date(2012, 8, 1))]
    assert price_of(found, 2) == Price(
        Decimal("134.99"), ((1, Decimal("134.99")), (3, Decimal("154.99")), (4, Decimal("174.99")))
    )
    assert restrictions_of(found, 28, through=False) == Restrictions()
