"""Checks: what a plan must not do without consent. One contract, one file per check, named as in the YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.diagnostics import Diagnostic, Severity, did_you_mean
from reconciler.model.plan import Operation
from reconciler.model.state import Json
from reconciler.policy.blast_radius import BLAST_RADIUS
from reconciler.policy.contract import PREFIX, Check

CHECKS: dict[str, Check] = {check.name: check for check in (BLAST_RADIUS,)}
"""Every check by its name under `policies:`."""


def not_enforced(policies: Mapping[str, Mapping[str, Json]]) -> Iterator[Diagnostic]:
    """A warning for every policy that the files name and this version has no check for: nobody shall rely on it."""
    for name in sorted(policies):
        if name not in CHECKS:
            yield Diagnostic(
                "policy-not-enforced",
                f"`policies.{name}` is not enforced by this version",
                Severity.WARNING,
                hint=f"enforced: {', '.join(sorted(CHECKS))}",
                file="reconciler.yaml",
            )


def judge(
    operations: tuple[Operation, ...], policies: Mapping[str, Mapping[str, Json]], consents: Iterable[str]
) -> Iterator[Diagnostic]:
    """What the checks find. With consent for its rule by name a refusal becomes a warning that says so."""
    given = frozenset(consents)
    for name, check in CHECKS.items():
        parameters = policies.get(name, {})
        for finding in (*_unknown(check, parameters), *check.judge(operations, parameters)):
            if name in given and finding.severity is Severity.ERROR:
                yield Diagnostic(
                    finding.code, f"{finding.message} (consent given)", Severity.WARNING, address=finding.address
                )
            else:
                yield finding


def _unknown(check: Check, parameters: Mapping[str, Json]) -> Iterator[Diagnostic]:
    """A slip in a parameter's name would leave its limit at the default without a word."""
    for key in sorted(set(parameters) - set(check.parameters)):
        yield Diagnostic(
            f"{PREFIX}{check.name}",
            f"policies.{check.name} has no `{key}`",
            hint=did_you_mean(key, check.parameters),
            file="reconciler.yaml",
        )


def refused(findings: Iterable[Diagnostic]) -> tuple[str, ...]:
    """The names of the checks that refuse the plan."""
    return tuple(
        sorted(
            {
                finding.code.removeprefix(PREFIX)
                for finding in findings
                if finding.severity is Severity.ERROR and finding.code.startswith(PREFIX)
            }
        )
    )
