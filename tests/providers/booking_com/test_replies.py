"""What is made of the replies to OTA messages: warnings inside a success, faults that pass, and missing rights."""

from __future__ import annotations

import pytest

from reconciler.errors import AuthenticationFailedError, ProviderError, RequestRefusedError, TemporaryError
from reconciler.model.journal import Outcome
from reconciler.model.property import CREATE
from reconciler.model.state import Document
from reconciler.providers.booking_com.codec_ota import Notif, PlanNotif
from reconciler.providers.booking_com.session import Session
from reconciler.providers.contract import BatchResult

from .hotels import ALL, CODES, DOCUMENT, WINDOW, Extranet, address, bring_about, hotel, plan

BAR = address("rate_plan", "double", "BAR")
LONG = address("rate_plan", "double", "LONG")
RENAMED: Document = {**DOCUMENT, "name": "Flexible"}
WARNED = "<Warnings><Warning Type='3' Code='345' ShortText='not everything was taken over'/></Warnings>"


def answer(extranet: Extranet, message: str, inside: str, status: int = 200, *, after: bool = False) -> None:
    """The next message of this name gets this answer."""
    body = f'<{message}RS xmlns="http://www.opentravel.org/OTA/2003/05">{inside}</{message}RS>'
    path = f"/hotels/ota/{message}"
    extranet.admin.fault("status", {"path": path}, status=status, body=body, after=after)


def errors(*codes: str) -> str:
    listed = "".join(f'<Error Type="3" Code="{code}" Status="NotProcessed" ShortText="told {code}"/>' for code in codes)
    return f"<Errors>{listed}</Errors>"


def rename(extranet: Extranet) -> list[BatchResult]:
    target = extranet.target()
    return bring_about(target, {BAR: RENAMED}, target.observe(ALL, WINDOW))


def make(extranet: Extranet) -> BatchResult:
    long = plan("LONG", "Long stay")
    wanted = hotel(plans={("double", "LONG"): CREATE}, rate_plans={"LONG": long}, link={"codes": CODES})
    target = extranet.target(wanted)
    (result,) = bring_about(target, {LONG: {**DOCUMENT, "name": "Long stay"}}, target.observe(ALL, WINDOW))
    return result


def raised(extranet: Extranet) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        rename(extranet)
    return caught.value


def test_a_warning_inside_the_success_of_a_plan_is_a_failure_of_its_parts(extranet: Extranet) -> None:
    answer(extranet, "OTA_HotelRatePlanNotif", f"<Success/>{WARNED}", after=True)
    (result,) = rename(extranet)
    (part,) = result.results
    assert part.outcome is Outcome.FAILED
    assert "345 not everything was taken over" in part.detail


def test_a_warning_inside_the_success_of_conditions_is_a_failure_and_the_id_is_kept(extranet: Extranet) -> None:
    answer(extranet, "OTA_HotelProductNotif", f"<Success/>{WARNED}", after=True)
    result = make(extranet)
    assert [part.outcome for part in result.results] == [Outcome.FAILED]
    assert "not everything" in result.results[0].detail
    assert list(result.assigned) == [("double", "LONG")]


def test_a_plan_that_is_made_with_a_warning_keeps_its_id_and_gets_its_rooms(extranet: Extranet) -> None:
    extranet.load(rate_plans=[{"id": "1278606", "name": "Standard", "rooms": ["36745601", "36745602"]}])
    made = "<RatePlanCrossRefs><RatePlanCrossRef RequestRatePlanCode='LONG' ResponseRatePlanCode='5710483'/></RatePlanCrossRefs>"
    answer(extranet, "OTA_HotelRatePlanNotif", f"<Success/>{made}{WARNED}", after=True)
    result = make(extranet)
    assert [part.outcome for part in result.results] == [Outcome.FAILED]
    assert result.assigned == {("double", "LONG"): "5710483"}
    assert extranet.room_rate("36745601", "5710483")["active"]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("code", ["448", "450"])
def test_faults_of_the_system_may_pass_and_are_not_repeated_at_once(extranet: Extranet, code: str, status: int) -> None:
    answer(extranet, "OTA_HotelRatePlanNotif", errors(code), status)
    error = raised(extranet)
    assert isinstance(error, TemporaryError)
    assert (error.code, error.retryable) == (code, True)
    assert len(extranet.sent("OTA_HotelRatePlanNotif")) == 1


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("codes", "first"), [(("402",), "402"), (("448", "402"), "402"), (("402", "497"), "497"), (("497",), "497")]
)
def test_what_will_not_pass_is_refused_for_good(
    extranet: Extranet, codes: tuple[str, ...], first: str, status: int
) -> None:
    answer(extranet, "OTA_HotelRatePlanNotif", errors(*codes), status)
    (part,) = rename(extranet)[0].results
    assert part.outcome is Outcome.FAILED
    assert f"told {first}" in part.detail


def refusal(extranet: Extranet, inside: str, status: int) -> ProviderError:
    """How a message that makes nothing is refused, as it is raised by the session."""
    answer(extranet, "OTA_HotelRatePlanNotif", inside, status)
    session = Session("367456", extranet.http(), extranet.login(auth="basic"))
    with pytest.raises(ProviderError) as caught:
        session.rate_plan(PlanNotif(Notif.OVERLAY, "1278606", name="Flexible"))
    return caught.value


@pytest.mark.parametrize(
    ("inside", "status", "kind", "hint"),
    [
        (errors("497"), 200, RequestRefusedError, "rights"),
        (errors("497"), 400, RequestRefusedError, "rights"),
        (errors("497"), 403, RequestRefusedError, "367456"),
        (errors("497"), 401, AuthenticationFailedError, "api_key"),
        ("", 401, AuthenticationFailedError, "api_key"),
        ("", 403, RequestRefusedError, "367456"),
    ],
)
def test_missing_rights_are_not_wrong_credentials(
    extranet: Extranet, inside: str, status: int, kind: type[ProviderError], hint: str
) -> None:
    error = refusal(extranet, inside, status)
    assert type(error) is kind
    assert hint in error.hint
