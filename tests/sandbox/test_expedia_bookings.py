import pytest

from .desk import Desk, codes, expedia_desk, named
from .hotels import PASSWORD, USER

WHO = f'<Authentication username="{USER}" password="{PASSWORD}"/>'
STAY = {"room": "1", "rate_plan": "11", "arrival": "2026-06-01", "departure": "2026-06-03"}


@pytest.fixture
def desk() -> Desk:
    return expedia_desk()


def retrieve(desk: Desk, inside: str = "") -> list[dict[str, str]]:
    body = (
        f'<BookingRetrievalRQ xmlns="http://www.expediaconnect.com/EQC/BR/2014/01">{WHO}{inside}</BookingRetrievalRQ>'
    )
    return [found.attrib for found in named(desk.eqc("br", body), "Booking")]


def confirm(desk: Desk, booking: str, kind: str = "Book", number: str = "H1") -> list[str]:
    line = f'bookingID="{booking}" bookingType="{kind}" confirmNumber="{number}" confirmTime="2026-03-10T12:00:00Z"'
    body = (
        f'<BookingConfirmRQ xmlns="http://www.expediaconnect.com/EQC/BC/2007/09">{WHO}<Hotel id="42"/>'
        f"<BookingConfirmNumbers><BookingConfirmNumber {line}/></BookingConfirmNumbers></BookingConfirmRQ>"
    )
    return codes(desk.eqc("bc", body))


def book(desk: Desk) -> str:
    return str(desk.admin("POST", "/hotels/expedia/42/book", STAY)["id"])


def test_a_new_booking_is_pending_until_retrieved_and_confirmed(desk: Desk) -> None:
    booking = book(desk)
    assert [(found["id"], found["type"], found["status"]) for found in retrieve(desk)] == [(booking, "Book", "pending")]
    assert retrieve(desk) == []
    again = '<ParamSet><Status value="retrieved"/></ParamSet>'
    assert [found["status"] for found in retrieve(desk, again)] == ["retrieved"]
    assert confirm(desk, booking) == []
    assert retrieve(desk, again) == []
    confirmed = retrieve(desk, '<Hotel id="42"/><ParamSet><Status value="confirmed"/></ParamSet>')
    assert [found["confirmNumber"] for found in confirmed] == ["H1"]


def test_the_next_version_appears_only_after_the_one_before_was_confirmed(desk: Desk) -> None:
    booking = book(desk)
    retrieve(desk)
    desk.admin("POST", "/hotels/expedia/42/modify", {"booking": booking, "departure": "2026-06-04"})
    desk.admin("POST", "/hotels/expedia/42/cancel", {"booking": booking})
    assert retrieve(desk) == []
    confirm(desk, booking)
    assert [found["type"] for found in retrieve(desk)] == ["Modify"]
    confirm(desk, booking, "Modify")
    assert [found["type"] for found in retrieve(desk)] == ["Cancel"]


def test_what_changes_before_the_first_delivery_is_still_a_new_booking(desk: Desk) -> None:
    booking = book(desk)
    desk.admin("POST", "/hotels/expedia/42/modify", {"booking": booking, "departure": "2026-06-04"})
    assert [found["type"] for found in retrieve(desk)] == ["Book"]


def test_a_booking_can_be_asked_for_by_its_id(desk: Desk) -> None:
    booking = book(desk)
    assert [found["id"] for found in retrieve(desk, f'<ParamSet><Booking id="{booking}"/></ParamSet>')] == [booking]
    body = f'<BookingRetrievalRQ xmlns="http://www.expediaconnect.com/EQC/BR/2014/01">{WHO}'
    strange = desk.eqc("br", body + '<ParamSet><Booking id="1"/></ParamSet></BookingRetrievalRQ>')
    assert codes(strange) == ["3080"]


@pytest.mark.parametrize(
    ("arrival", "departure", "minutes"),
    [("2026-03-10", "2026-03-11", 30), ("2026-03-11", "2026-03-12", 60), ("2026-06-01", "2026-06-02", 24 * 60)],
)
def test_a_booking_not_confirmed_in_time_is_gone(desk: Desk, arrival: str, departure: str, minutes: int) -> None:
    desk.admin("POST", "/hotels/expedia/42/book", STAY | {"arrival": arrival, "departure": departure})
    asked = '<ParamSet><Status value="pending"/><Status value="retrieved"/></ParamSet>'
    desk.admin("PUT", "/clock", {"offset_seconds": minutes * 60})
    assert len(retrieve(desk, asked)) == 1
    desk.admin("PUT", "/clock", {"offset_seconds": minutes * 60 + 1})
    assert retrieve(desk, asked) == []
    desk.admin("PUT", "/switches", {"expedia_booking_expiry": False})
    assert len(retrieve(desk, asked)) == 1


def test_confirmations_that_do_not_fit_are_warned_about(desk: Desk) -> None:
    booking = book(desk)
    assert confirm(desk, "123") == ["10080"]
    assert confirm(desk, booking, "Cancel") == ["10100"]
    retrieve(desk)
    assert [confirm(desk, booking, number=f"H{n}") for n in range(4)] == [[], [], [], ["10103"]]


def test_at_most_ten_confirmations_fit_into_a_message(desk: Desk) -> None:
    number = (
        '<BookingConfirmNumber bookingID="1" bookingType="Book" confirmNumber="H" confirmTime="2026-03-10T12:00:00Z"/>'
    )
    body = (
        f'<BookingConfirmRQ xmlns="http://www.expediaconnect.com/EQC/BC/2007/09">{WHO}<Hotel id="42"/>'
        f"<BookingConfirmNumbers>{number * 11}</BookingConfirmNumbers></BookingConfirmRQ>"
    )
    assert codes(desk.eqc("bc", body)) == ["3301"]
