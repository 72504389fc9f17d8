"""Credential age: credentials are rotated before they are older than they may be. An age that nobody knows says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.diagnostics import Severity
from reconciler.model.policies import CredentialAge
from reconciler.policy.contract import Case, Check, Rotation, Violation


def _judge(case: Case, parameters: CredentialAge) -> Iterator[Violation]:
    for rotation in case.rotations:
        age = case.now - rotation.at
        if age > rotation.every:
            yield _violation(rotation, f"was last rotated {age.days} days ago", parameters.severity)
        elif age >= rotation.every - parameters.warn_before:
            left = (rotation.every - age).days
            soon = f"is to be rotated within {left} {'day' if left == 1 else 'days'}"
            yield _violation(rotation, soon, max(parameters.severity, Severity.WARNING, key=lambda one: one.rank))


def _violation(rotation: Rotation, said: str, severity: Severity) -> Violation:
    name = rotation.credential
    return Violation(
        f"credential `{name}` at {rotation.provider} {said}; credentials.{name}.rotate_every = {rotation.every.days}d",
        "rotate it",
        f"{rotation.property}/{rotation.provider}",
        rotation.property,
        severity=severity,
    )


CREDENTIAL_AGE = Check("credential_age", _judge)
