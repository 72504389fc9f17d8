import http.client
import json
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.sandbox.admin import Admin, AdminError
from reconciler.sandbox.server import Running, running, serve

from .desk import ar_message, auth, update
from .hotels import NOW, PASSWORD, USER, booking_hotel, expedia_hotel, run

LEFT = update('<RoomType id="1"><Inventory totalInventoryAvailable="2"/></RoomType>')


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running() as started:
        fill(started)
        yield started


def fill(started: Running) -> None:
    started.admin.clock(frozen_at=NOW)
    started.admin.load_hotel("expedia", expedia_hotel())
    started.admin.load_hotel("booking.com", booking_hotel())


def post(url: str, body: str = ar_message(LEFT), **headers: str) -> tuple[int, str, dict[str, str]]:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    request = urllib.request.Request(url, body.encode(), named)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read().decode(), dict(reply.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


def left(sandbox: Running) -> int:
    nights = sandbox.admin.hotel("expedia", "42")["rooms"][0]["left"]
    return next(int(found["value"]) for found in nights if found["from"] <= "2026-06-01" < found["until"])


def test_both_providers_answer_on_one_address(sandbox: Running) -> None:
    assert "<Success" in post(f"{sandbox.url}/eqc/ar")[1]
    body = "<request><hotel_id>367456</hotel_id></request>"
    assert "RUID" in post(f"{sandbox.url}/hotels/xml/roomrates", body, **auth())[1]
    assert post(f"{sandbox.url}/nowhere")[0] == 404
    assert [entry["operation"] for entry in sandbox.admin.log()] == ["ar", "roomrates", "unknown"]


def test_a_reply_dropped_after_the_change_leaves_the_change(sandbox: Running) -> None:
    sandbox.admin.fault("drop_after", {"operation": "ar"})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, urllib.error.URLError)):
        post(f"{sandbox.url}/eqc/ar")
    assert left(sandbox) == 2
    assert post(f"{sandbox.url}/eqc/ar")[0] == 200, "only once"


def test_a_request_dropped_before_changes_nothing(sandbox: Running) -> None:
    sandbox.admin.fault("drop_before", {"path": "/eqc/ar"})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, urllib.error.URLError)):
        post(f"{sandbox.url}/eqc/ar")
    assert left(sandbox) == 5


def test_a_status_comes_with_its_retry_after(sandbox: Running) -> None:
    sandbox.admin.fault("status", {"provider": "expedia"}, status=429, retry_after=7)
    status, _, headers = post(f"{sandbox.url}/eqc/ar")
    assert (status, headers["retry-after"], left(sandbox)) == (429, "7", 5)


def test_a_status_may_come_after_the_change(sandbox: Running) -> None:
    sandbox.admin.fault("status", {"hotel": "42"}, status=500, after=True)
    assert (post(f"{sandbox.url}/eqc/ar")[0], left(sandbox)) == (500, 2)


def test_a_truncated_reply_ends_early(sandbox: Running) -> None:
    sandbox.admin.fault("truncate", {"operation": "ar"}, bytes=20)
    with pytest.raises(http.client.IncompleteRead) as cut:
        post(f"{sandbox.url}/eqc/ar")
    assert len(cut.value.partial) == 20
    assert left(sandbox) == 2


def test_a_partial_failure_refuses_the_items_named(sandbox: Running) -> None:
    sandbox.admin.fault("partial", {"operation": "ar"}, items=[1])
    second = LEFT.replace("2026-06-01", "2026-06-02")
    reply = post(f"{sandbox.url}/eqc/ar", ar_message(LEFT + second))[1]
    assert '<Warning code="7000">[Room Type ID 1; Stay Date 2026-06-02]' in reply
    assert sandbox.admin.log(operation="ar")[0]["updates"] == 1
    sandbox.admin.fault("partial", {"operation": "availability"})
    days = "".join(f'<date value="2026-06-0{day}"><roomstosell>1</roomstosell></date>' for day in (1, 2))
    body = f'<request><room id="36745601">{days}</room></request>'
    status, reply, _ = post(f"{sandbox.url}/hotels/xml/availability", body, accept_version="1.1", **auth())
    assert (status, "INTERNAL_ERROR" in reply) == (200, True)
    assert sandbox.admin.log(operation="availability")[0]["updates"] == 1


def test_a_held_back_request_keeps_the_hotels_connection(sandbox: Running) -> None:
    sandbox.admin.fault("latency", {"operation": "ar"}, seconds=2)
    first: list[str] = []
    thread = threading.Thread(target=lambda: first.append(post(f"{sandbox.url}/eqc/ar")[1]))
    thread.start()
    while not sandbox.admin.call("GET", "/faults")["faults"][0]["seen"]:
        pass
    assert 'code="3210"' in post(f"{sandbox.url}/eqc/ar")[1]
    thread.join()
    assert "<Success" in first[0]


def test_a_fault_hits_the_nth_request_and_as_often_as_told(sandbox: Running) -> None:
    sandbox.admin.fault("status", {"nth": 2, "times": 2}, status=503)
    statuses = [post(f"{sandbox.url}/eqc/ar")[0] for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    sandbox.admin.fault("status", {"times": 0}, status=503)
    assert [post(f"{sandbox.url}/eqc/ar")[0] for _ in range(3)] == [503] * 3
    sandbox.admin.clear_faults()
    assert post(f"{sandbox.url}/eqc/ar")[0] == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "explode"},
        {"kind": "latency"},
        {"kind": "status", "status": 7},
        {"kind": "drop_after", "match": {"x": "y"}},
        {"kind": "rewrite"},
        {"kind": "misread", "pattern": "(", "by": ""},
        {"kind": "rewrite", "pattern": "x", "by": "\\9"},
    ],
)
def test_a_fault_that_cannot_be_is_refused(sandbox: Running, fault: dict[str, object]) -> None:
    with pytest.raises(AdminError):
        sandbox.admin.call("POST", "/faults", fault)


def test_what_was_received_is_listed_without_secrets(sandbox: Running) -> None:
    post(f"{sandbox.url}/eqc/ar")
    body = json.dumps({"client_id": USER, "client_secret": PASSWORD})
    token = json.loads(post(f"{sandbox.url}/token-based-authentication/exchange", body)[1])["jwt"]
    entries = sandbox.admin.log()
    assert [(entry["seq"], entry["operation"], entry["status"], entry["updates"]) for entry in entries] == [
        (1, "ar", 200, 1),
        (2, "token", 200, 0),
    ]
    assert entries[0]["applied"] == ["left 1 2026-06-01..2026-06-01 x1 = 2"]
    assert entries[0]["hotel"] == "42"
    assert 'password="***"' in entries[0]["body"]
    everything = json.dumps([entries, sandbox.admin.state()], default=str)
    assert PASSWORD not in everything
    assert token not in everything
    assert sandbox.admin.log(since=1, provider="booking.com") == entries[1:]
    assert sandbox.admin.counts() == {"expedia/ar": 1, "booking.com/token": 1}
    sandbox.admin.clear_log()
    assert sandbox.admin.log() == []


def test_state_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state" / "sandbox.json"
    with running(state_file=file) as started:
        fill(started)
        post(f"{started.url}/eqc/ar")
        started.admin.book(
            "booking.com",
            "367456",
            room="36745601",
            rate_plan="1278606",
            arrival="2026-06-01",
            departure="2026-06-03",
        )
        body = json.dumps({"client_id": USER, "client_secret": PASSWORD})
        token = json.loads(post(f"{started.url}/token-based-authentication/exchange", body)[1])["jwt"]
        started.admin.switch(booking_rate_rows="flat")
        before = started.admin.state()
    assert file.stat().st_mode & 0o777 == 0o600
    with running(state_file=file) as again:
        assert again.admin.state() == before
        bearer = {"authorization": f"Bearer {token}"}
        assert (
            post(f"{again.url}/hotels/xml/roomrates", "<request><hotel_id>367456</hotel_id></request>", **bearer)[0]
            == 200
        )
        again.admin.reset()
    with running(state_file=file) as empty:
        assert empty.admin.state()["hotels"] == []


def test_every_change_is_in_the_file_before_it_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    with running(state_file=file) as started:
        fill(started)
        post(f"{started.url}/eqc/ar")
        stored = json.loads(file.read_text())["hotels"][0]["rooms"][0]["left"]
    assert {"from": "2026-06-01", "until": "2026-06-02", "value": 2} in stored


def test_a_described_hotel_is_answered_as_it_was_described(sandbox: Running) -> None:
    loaded = sandbox.admin.hotel("expedia", "42")
    assert sandbox.admin.load_hotel("expedia", loaded) == loaded
    weekends = {**run("2026-06-01", "2026-06-15", 9), "days": ["sat"]}
    hotel = expedia_hotel(rooms=[{"id": "1", "name": "A", "left": [weekends]}], rate_plans=[])
    assert [found["from"] for found in sandbox.admin.load_hotel("expedia", hotel)["rooms"][0]["left"]] == [
        "2026-06-06",
        "2026-06-13",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"currency": None},
        {"rooms": [{"id": "x", "name": "Letters"}]},
        {"rooms": [], "rate_plans": [{"id": "1", "name": "A", "room": "1"}]},
        {"rooms": [{"id": "1", "name": "A", "price": []}]},
        {"rooms": [{"id": "1", "name": "A", "left": [run("2026-06-02", "2026-06-01", 1)]}]},
        {"colour": "red"},
    ],
)
def test_a_hotel_that_makes_no_sense_is_refused(sandbox: Running, change: dict[str, object]) -> None:
    hotel = {key: value for key, value in {**expedia_hotel(), **change}.items() if value is not None}
    with pytest.raises(AdminError):
        sandbox.admin.load_hotel("expedia", hotel)


def test_something_is_changed_by_hand(sandbox: Running) -> None:
    week = {"from": "2026-06-01", "until": "2026-06-08"}
    changed = sandbox.admin.change(
        "booking.com",
        "367456",
        {"room": "36745601", **week, "set": {"left": 1, "closed": True}},
        {"room": "36745601", "rate_plan": "1278606", **week, "set": {"price": "99.00", "min_los": 3}},
        {"rate_plan": "1278606", "rename": "Flexible", "active": False},
    )
    assert changed["rooms"][0]["closed"] == [{**week, "value": True}]
    pair = next(found for found in changed["room_rates"] if (found["room"], found["id"]) == ("36745601", "1278606"))
    assert {**week, "value": "99.00"} in pair["price"]
    assert (changed["rate_plans"][0]["name"], changed["rate_plans"][0]["active"]) == ("Flexible", False)
    with pytest.raises(AdminError):
        sandbox.admin.change("booking.com", "367456", {"room": "1", **week, "set": {"left": 1}})
    with pytest.raises(AdminError):
        sandbox.admin.change("booking.com", "367456", {"room": "36745601", **week, "set": {"price": 1}})


def test_amounts_pass_the_admin_face_digit_for_digit(sandbox: Running) -> None:
    facts = {"additionalGuestAmounts": [{"ageCategory": "Adult", "amount": Decimal("8.70")}]}
    changed = sandbox.admin.change("expedia", "42", {"rate_plan": "11", "facts": facts})
    assert changed["rate_plans"][0]["facts"]["additionalGuestAmounts"][0]["amount"] == Decimal("8.70")


def test_switches_and_clock_are_checked(sandbox: Running) -> None:
    for path, body in (("/switches", {"no_such": True}), ("/switches", {"booking_room_closed": "yes"})):
        with pytest.raises(AdminError):
            sandbox.admin.call("PUT", path, body)
    with pytest.raises(AdminError):
        sandbox.admin.clock(frozen_at="2026-01-01T00:00:00")
    assert sandbox.admin.clock(frozen_at="2026-01-01T00:00:00+01:00") == "2025-12-31T23:00:00+00:00"


def test_the_admin_face_is_not_for_web_pages(sandbox: Running) -> None:
    for headers in ({"Origin": "http://example.com"}, {"Host": "example.com"}):
        request = urllib.request.Request(f"{sandbox.url}/admin/state", headers=headers)
        with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request):
            pass
        assert refused.value.code == 403
        refused.value.close()


def test_a_body_beyond_all_measure_is_refused(sandbox: Running) -> None:
    assert post(f"{sandbox.url}/hotels/xml/availability", "x" * 4_000_001)[0] == 413


def test_it_serves_until_interrupted_and_ends_well(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from reconciler.sandbox.server import serve;"
        f"serve(state_file=Path({str(tmp_path / 'state.json')!r}), ready=lambda url: print(url, flush=True)); print('over')"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        Admin(url).load_hotel("expedia", expedia_hotel())
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "over\n"
    assert process.returncode == 0
    assert json.loads((tmp_path / "state.json").read_text())["hotels"][0]["name"] == "Baixa"


def test_it_listens_on_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve("0.0.0.0")
