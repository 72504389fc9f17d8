"""Credentials are rotated in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.policies import CredentialAge
from reconciler.policy.contract import Rotation
from tests.policy.cases import NOW, case, costs, op, said

CHANGE = op("expedia/rates/double/BAR", None, costs("1.00"))
SECOND = timedelta(seconds=1)


def found(age: timedelta, **parameters: Any) -> list[Diagnostic]:
    rotation = Rotation("lisbon-baixa", "expedia", "expedia-group", NOW - age, timedelta(days=90))
    return said(case(CHANGE, rotations=(rotation,)), "credential_age", CredentialAge(**parameters))


@pytest.mark.parametrize(
    ("age", "severity"),
    [
        (timedelta(days=60) - SECOND, None),
        (timedelta(days=60), Severity.WARNING),
        (timedelta(days=90), Severity.WARNING),
        (timedelta(days=90) + SECOND, Severity.ERROR),
    ],
)
def test_it_warns_in_time_and_refuses_when_it_is_too_late(age: timedelta, severity: Severity | None) -> None:
    assert [one.severity for one in found(age)] == ([severity] if severity else [])


def test_the_message_names_the_credential_the_days_and_the_key() -> None:
    (told,) = found(timedelta(days=100))
    assert told.message == (
        "credential `expedia-group` at expedia was last rotated 100 days ago; credentials.expedia-group.rotate_every = 90d"
    )
    (told,) = found(timedelta(days=89))
    assert "is to be rotated within 1 day;" in told.message


def test_how_early_it_warns_can_be_said() -> None:
    assert not found(timedelta(days=80), warn_before=timedelta(days=9))
    assert found(timedelta(days=81), warn_before=timedelta(days=9))


def test_a_milder_policy_is_milder_on_both_sides() -> None:
    assert [one.severity for one in found(timedelta(days=91), severity=Severity.INFO)] == [Severity.INFO]
    assert [one.severity for one in found(timedelta(days=89), severity=Severity.INFO)] == [Severity.INFO]


def test_an_age_that_is_not_known_says_nothing() -> None:
    assert not said(case(CHANGE), "credential_age", CredentialAge())
