"""Faults between us and the extranet: lost and cut replies, refusals, credentials that must not show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.errors import (
    AuthenticationFailedError,
    CredentialError,
    RequestRefusedError,
    TemporaryError,
    UncertainError,
)
from reconciler.model.calendar import constant
from reconciler.model.journal import Outcome
from reconciler.model.property import Mappings
from reconciler.model.secret import Secret
from reconciler.model.state import Availability
from reconciler.providers.expedia.provider import Expedia
from reconciler.providers.remote import Ids, ids_of

from .hotels import (
    ALL,
    CREDENTIAL,
    PASSWORD,
    TODAY,
    USER,
    WINDOW,
    Extranet,
    address,
    bring_about,
    hotel,
    pending,
    weekends,
)

DOUBLE = address("rates", "double", "BAR")
DOUBLE_UNITS = address("availability", "double")
DAY = timedelta(days=1)


def test_a_lost_reply_of_prices_is_made_up_for_by_sending_again(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("drop_after", {"operation": "ar"})
    (result,) = bring_about(target, {DOUBLE: weekends("120.00", "140.00")}, before)
    assert result.results[0].outcome is Outcome.APPLIED
    assert len(extranet.sent("ar")) == 2


def test_counts_are_never_sent_twice_for_a_lost_reply(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("drop_after", {"operation": "ar"})
    with pytest.raises(UncertainError):
        bring_about(target, {DOUBLE_UNITS: constant(TODAY, TODAY + DAY, Availability(3))}, before)
    assert len(extranet.sent("ar")) == 1


def test_an_answer_cut_in_the_middle_leaves_open_what_became_of_counts(extranet: Extranet) -> None:
    target = extranet.target()
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("truncate", {"operation": "ar"})
    with pytest.raises(UncertainError):
        bring_about(target, {DOUBLE_UNITS: constant(TODAY, TODAY + DAY, Availability(3))}, before)


def test_reading_survives_short_faults(extranet: Extranet) -> None:
    for operation, kind in (("parr", "drop_before"), ("parr", "truncate"), ("products", "drop_after")):
        extranet.admin.fault(kind, {"operation": operation})
    extranet.admin.fault("status", {"operation": "parr", "nth": 2}, status=503)
    extranet.target().observe(ALL, WINDOW)


def test_reading_that_fails_for_good_is_temporary_and_leaves_no_doubt(extranet: Extranet) -> None:
    extranet.admin.fault("drop_after", {"operation": "parr", "times": 0})
    with pytest.raises(TemporaryError):
        extranet.target().observe(ALL, WINDOW)


def test_wrong_credentials_are_told_without_showing_them(extranet: Extranet) -> None:
    wanted = hotel()
    wrong = {"api_key": Secret(USER), "api_secret": Secret("canary-wrong-1")}
    target = Expedia(wanted, ids_of(wanted, "expedia", {}), extranet.http(), wrong, TODAY)
    with pytest.raises(AuthenticationFailedError) as raised:
        target.observe(ALL, WINDOW)
    assert "canary" not in f"{raised.value!r}{raised.value.message}{target!r}{vars(target)}"


def test_credentials_quoted_in_a_refusal_are_blotted_out(extranet: Extranet) -> None:
    wanted = hotel(mappings={"expedia": Mappings({"double": PASSWORD}, {})})
    target = Expedia(wanted, Ids({"double": PASSWORD}, {}), extranet.http(), CREDENTIAL, TODAY)
    (batch,) = target.batches([pending(DOUBLE_UNITS, constant(TODAY, TODAY + DAY, Availability(1)))])
    with pytest.raises(RequestRefusedError) as raised:
        target.execute(batch)
    assert PASSWORD not in str(raised.value)
    assert "***" in raised.value.message


def test_a_credential_without_its_parts_is_an_error_by_name(extranet: Extranet) -> None:
    wanted = hotel()
    with pytest.raises(CredentialError, match="api_secret"):
        Expedia(wanted, Ids({}, {}), extranet.http(), {"api_key": Secret("someone")}, TODAY)
