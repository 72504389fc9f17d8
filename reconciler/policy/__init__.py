"""Checks: what a plan must not do without consent. One contract, one file per check, named as in the YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.policies import CODE, Custom, Policy, refused
from reconciler.policy.blast_radius import BLAST_RADIUS
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.coverage import COVERAGE
from reconciler.policy.credential_age import CREDENTIAL_AGE
from reconciler.policy.custom import CUSTOM
from reconciler.policy.freeze import FREEZE
from reconciler.policy.inventory import INVENTORY
from reconciler.policy.rate_bounds import RATE_BOUNDS
from reconciler.policy.rate_parity import RATE_PARITY
from reconciler.policy.rate_step import RATE_STEP

__all__ = ["CHECKS", "Case", "Violation", "judge", "refused", "rules"]

CHECKS: dict[str, Check[Any]] = {
    check.name: check
    for check in (
        RATE_PARITY,
        RATE_BOUNDS,
        RATE_STEP,
        BLAST_RADIUS,
        INVENTORY,
        COVERAGE,
        FREEZE,
        CREDENTIAL_AGE,
        CUSTOM,
    )
}
"""Every check by its name under `policies:`."""

Where = Callable[[Violation], tuple[str, int, int]]
"""File, line and column of what a violation is about; an empty file and zeros where they are not known."""


def _nowhere(_violation: Violation) -> tuple[str, int, int]:
    return "", 0, 0


def judge(
    case: Case, policies: Mapping[str, Policy], consents: Iterable[str] = (), where: Where = _nowhere
) -> Iterator[Diagnostic]:
    """What the checks find. What would refuse a plan is a warning where consent is given for the rule, and where there is nothing to do."""
    given = frozenset(consents)
    for name, check in CHECKS.items():
        parameters = policies.get(name, check.unwritten)
        if parameters is not None:
            for violation in check.judge(case, parameters):
                yield _told(violation, name, parameters, case, given, where)


def _told(
    violation: Violation, name: str, parameters: Policy, case: Case, given: frozenset[str], where: Where
) -> Diagnostic:
    rule = violation.rule or name
    severity = violation.severity or parameters.severity
    refuses = severity is Severity.ERROR
    consented = refuses and rule in given
    file, line, column = where(violation)
    return Diagnostic(
        CODE + rule,
        violation.message + (" (consent given)" if consented else ""),
        Severity.WARNING if refuses and (consented or not case.operations) else severity,
        hint="" if consented else _hint(violation.remedy, rule, case) if refuses else violation.remedy,
        file=file,
        line=line,
        column=column,
        address=violation.address,
    )


def _hint(remedy: str, rule: str, case: Case) -> str:
    if case.everything:
        return f"{remedy}; a plan that sends it is refused without --consent {rule}"
    return f"{remedy}, or consent to this plan with --consent {rule}" if case.operations else remedy


def rules(policies: Mapping[str, Policy]) -> tuple[str, ...]:
    """Every rule that consent can be given to, by name: the checks, and each custom rule."""
    custom = policies.get("custom")
    own = custom.rules if isinstance(custom, Custom) else {}
    return tuple(sorted([name for name in CHECKS if name != CUSTOM.name] + [f"{CUSTOM.name}/{name}" for name in own]))
