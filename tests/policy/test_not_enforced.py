"""A policy that nothing enforces is never passed over in silence."""

from __future__ import annotations

from reconciler.model.diagnostics import Severity
from reconciler.policy import not_enforced


def test_a_policy_without_a_check_is_a_warning_that_names_it() -> None:
    (finding,) = not_enforced({"blast_radius": {}, "rate_step": {"percent": 40}})
    assert finding.code == "policy-not-enforced"
    assert finding.severity is Severity.WARNING
    assert "rate_step" in finding.message
