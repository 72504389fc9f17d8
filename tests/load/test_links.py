"""The property at the providers: connections, mappings, ownership, suspension; and its window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler import load
from reconciler.model.property import CREATE, Manage, Suspension
from tests.load.writing import BAR, FILE, HEAD, HOTEL, errors, hotel, write

LINKS = """
providers:
  expedia: {property_id: "1", ean_id: "9", commission: 18%, length_of_stay: through}
  booking.com: {hotel_id: "2", codes: {cancellation: {flex: "152"}, meals: {breakfast: "1"}}}
"""


def test_connections_have_names_by_default(tmp_path: Path) -> None:
    links = hotel(tmp_path, HOTEL + LINKS).providers
    assert list(links) == ["booking.com", "expedia"]
    assert [links[provider].integration_name for provider in links] == [
        "Booking.com - Lisbon Baixa",
        "Expedia - Lisbon Baixa",
    ]
    expedia, booking = links["expedia"], links["booking.com"]
    assert (expedia.external_id, expedia.ean_id, expedia.commission, expedia.length_of_stay) == (
        "1",
        "9",
        Decimal(18),
        "through",
    )
    assert booking.codes == {"cancellation": {"flex": "152"}, "meals": {"breakfast": "1"}}


def test_a_plan_serves_all_its_mapped_rooms_at_bookingcom_and_one_each_at_expedia(tmp_path: Path) -> None:
    text = """
mappings:
  expedia: {rooms: {double: "11", suite: "12"}, rate_plans: {BAR: {double: "1A", suite: create}}}
  booking.com: {rooms: {double: "21"}, rate_plans: {BAR: create}}
"""
    mappings = hotel(tmp_path, HOTEL + LINKS + BAR + text).mappings
    assert mappings["expedia"].plans == {("double", "BAR"): "1A", ("suite", "BAR"): CREATE}
    assert mappings["booking.com"].rooms == {"double": "21"}
    assert mappings["booking.com"].plans == {("double", "BAR"): CREATE}


SHARED = (
    'mappings: {expedia: {rooms: {double: "1", suite: "2"}, rate_plans: {BAR: {double: EXP_BAR, suite: EXP_BAR}}}}\n'
)


def test_two_rooms_share_a_plan_of_expedia_only_where_nothing_is_managed_there(tmp_path: Path) -> None:
    text = HOTEL + LINKS + BAR + SHARED
    assert errors(tmp_path, text) == ["expedia-rate-plan-shared"]
    off = "length_of_stay: through, manage: {rate_plan: false, rates: false, restrictions: false, availability: false}"
    assert errors(tmp_path, text.replace("length_of_stay: through", off)) == []


def test_the_narrowest_word_on_ownership_wins(tmp_path: Path) -> None:
    text = """
manage: {rates: false, mapping: create_only}
targets: {database: {manage: {rates: true}}}
providers: {expedia: {property_id: "1", manage: {rates: create_only, restrictions: false}}}
"""
    here = hotel(tmp_path, HOTEL + text)
    assert [here.manages(target, "rates") for target in ("database", "expedia", "booking.com")] == [
        Manage.YES,
        Manage.CREATE_ONLY,
        Manage.NO,
    ]
    assert [here.manages(target, "restrictions") for target in ("database", "expedia")] == [Manage.YES, Manage.NO]
    assert here.manages("database", "mapping") is Manage.CREATE_ONLY


def test_a_suspension_ends_on_the_propertys_clock(tmp_path: Path) -> None:
    text = """
suspend: {reason: fire, until: 2027-07-01T12:00}
providers: {expedia: {property_id: "1", suspend: {reason: audit, until: 2027-01-01}}}
"""
    suspended = hotel(tmp_path, HOTEL + text).suspended
    assert suspended[""] == Suspension("fire", datetime(2027, 7, 1, 11, tzinfo=UTC))
    assert suspended["expedia"].until == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("2027-03-28T00:59", datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        ("2027-03-28T01:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # clocks go from 1:00 to 2:00: it never comes
        ("2027-03-28T02:00", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("2027-10-31T00:59", datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        ("2027-10-31T01:30", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),  # clocks go from 2:00 to 1:00: it comes twice
        ("2027-10-31T02:00", datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
)
def test_where_clocks_change_a_suspension_never_ends_early(tmp_path: Path, written: str, ends: datetime) -> None:
    text = f"""
suspend: {{reason: fire, until: {written}}}
providers: {{expedia: {{property_id: "1", suspend: {{reason: audit, until: {written}}}}}}}
"""
    suspended = hotel(tmp_path, HOTEL + text).suspended
    assert {scope: one.until.astimezone(UTC) for scope, one in suspended.items()} == {"": ends, "expedia": ends}


def test_the_window_begins_with_the_propertys_own_today(tmp_path: Path) -> None:
    files = {
        "properties/auckland.yaml": HEAD.replace("Europe/Lisbon", "Pacific/Auckland"),
        "properties/honolulu.yaml": HEAD.replace("Europe/Lisbon", "Pacific/Honolulu").replace("0b9f", "1b9f")
        + "horizon: 7\n",
    }
    found = load.workspace(write(tmp_path, files), now=datetime(2026, 12, 31, 11, 30, tzinfo=UTC))
    auckland, honolulu = (here.window for here in found.properties)
    assert (auckland.start, auckland.until - auckland.start) == (date(2027, 1, 1), timedelta(days=500))
    assert (honolulu.start, honolulu.until) == (date(2026, 12, 31), date(2027, 1, 7))


def test_ids_that_two_properties_claim_are_refused(tmp_path: Path) -> None:
    text = HOTEL + 'providers: {expedia: {property_id: "1"}}\n'
    found = load.workspace(
        write(tmp_path, {FILE: text, "properties/porto.yaml": text}), now=datetime(2026, 12, 1, tzinfo=UTC)
    )
    assert [(one.code, one.file, one.line) for one in found.diagnostics] == [
        ("id-used-twice", "properties/porto.yaml", line) for line in (2, 8, 9, 13)
    ]
